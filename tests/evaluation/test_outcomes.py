"""What came of editions, through HTTP: each reader sees what is theirs (people and answers synthetic)."""

import asyncio
from uuid import UUID, uuid4

from services.common.identity import Grant, GrantKind, Role
from services.evaluation.inbox.mirrors import mirror_edition, mirror_participation
from tests.apps import Door
from tests.evaluation.surveys import Survey, open_survey
from tests.events import arriving

SYNTHETIC = {"provenance": "synthetic"}
OUTCOMES = "/v1/countries/TJ/outcomes"


async def tell_of_past_course(door: Door, cohort: dict[str, tuple[int, int]], provenance: str) -> UUID:
    """Let a course of 2024 be known with so many people per country who did and did not complete it."""
    edition_id = uuid4()
    edition = {
        "aggregate_id": str(edition_id),
        "program_id": str(uuid4()),
        "title": {"en": "A synthetic course of the past"},
        "state": "completed",
        "provenance": provenance,
        "starts_on": "2024-04-08",
        "countries": sorted(cohort),
    }
    async with door.app.state.sessions.transaction() as session:
        await mirror_edition(session, arriving("programs.edition.completed.v1", edition))
        for country, numbers in cohort.items():
            for state, sex, n in zip(("certified", "incomplete"), ("female", "male"), numbers, strict=True):
                for _ in range(n):
                    part = {
                        "aggregate_id": str(uuid4()),
                        "edition_id": str(edition_id),
                        "pseudonym": f"synthetic-{uuid4()}",
                        "state": state,
                        "country": country,
                        "sex": sex,
                    }
                    await mirror_participation(
                        session, arriving("participants.participation.completed.v1", part)
                    )
    return edition_id


async def published(door: Door) -> Survey:
    survey = await open_survey(door, 12)
    sent = [survey.submit(token, overall=n % 5 + 1, country="TJ") for n, token in enumerate(survey.slips)]
    assert {answer.status_code for answer in await asyncio.gather(*sent)} == {204}
    await survey.count()
    await survey.result("public")
    await survey.result("partner")
    await survey.result("lecturer", lecturer_id=str(survey.lecturer_id))
    return survey


async def test_everybody_sees_how_many_took_part_and_small_groups_stay_hidden(evaluation: Door) -> None:
    await tell_of_past_course(evaluation, {"TJ": (14, 11), "KG": (12, 10), "UZ": (2, 1)}, "real")
    answer = await evaluation.as_().get(OUTCOMES)
    assert answer.status_code == 200, answer.text
    outcomes = answer.json()
    (year,) = outcomes["outputs"]
    assert (year["year"], year["participants"]) == (2024, 25)
    assert outcomes["recommendations"] is None
    small = (await evaluation.as_().get("/v1/countries/UZ/outcomes")).json()["outputs"][0]
    assert (small["participants"], small["completed"]["n"]) == (3, None)
    assert [cell["n"] for cell in small["by_sex"]] == [None, None]


async def test_nothing_synthetic_shows_unless_staff_ask_for_it(evaluation: Door) -> None:
    survey = await published(evaluation)
    await tell_of_past_course(evaluation, {"TJ": (14, 11), "KG": (12, 10)}, "synthetic")
    body = {"edition_id": str(survey.edition_id), "title": {"en": "More practice"}}
    assert (await survey.staff.post("/v1/recommendations", json=body)).status_code == 201
    empty: dict[str, list[object]] = {"outputs": [], "results": []}
    for client, asked in ((survey.public, {}), (survey.public, SYNTHETIC), (survey.staff, {})):
        outcomes = (await client.get(OUTCOMES, params=asked)).json()
        assert {name: outcomes[name] for name in empty} == empty
    outcomes = (await survey.staff.get(OUTCOMES, params=SYNTHETIC)).json()
    assert [year["participants"] for year in outcomes["outputs"]] == [12, 25]
    assert [row["title"] for row in outcomes["recommendations"]] == [{"en": "More practice"}]
    (result,) = outcomes["results"]
    assert result["edition_id"] == str(survey.edition_id)
    assert result["figures"]["n_answered"] == 12
    assert "TJ" not in str(result["figures"])


async def test_an_edition_shows_published_results_by_instrument_to_each_their_own(evaluation: Door) -> None:
    survey = await published(evaluation)
    at = f"/v1/editions/{survey.edition_id}/results"

    async def seen(*roles: str, grants: frozenset[Grant] = frozenset()) -> list[str]:
        answer = await evaluation.as_(*roles, grants=grants).get(at)
        assert answer.status_code == 200, answer.text
        return sorted(r["visibility"] for i in answer.json()["instruments"] for r in i["results"])

    own = Grant(Role.LECTURER, GrantKind.LECTURER, str(survey.lecturer_id))
    other = Grant(Role.LECTURER, GrantKind.LECTURER, str(uuid4()))
    partner = Grant(Role.PARTNER, GrantKind.EDITION, str(survey.edition_id))
    assert await seen() == ["public"]
    assert await seen("lecturer", grants=frozenset({own})) == ["lecturer", "public"]
    assert await seen("lecturer", grants=frozenset({other})) == ["public"]
    assert await seen("partner", grants=frozenset({partner})) == ["partner", "public"]
    assert await seen("evaluator") == ["lecturer", "partner", "public"]
    draft = {"campaign_id": survey.campaign_id, "visibility": "internal"}
    assert (await survey.staff.post("/v1/results", json=draft)).status_code == 201
    assert await seen("evaluator") == ["lecturer", "partner", "public"]
    (instrument,) = (await survey.public.get(at)).json()["instruments"]
    assert (instrument["version_number"], instrument["instrument_title"]) == (1, {"en": "End"})


async def test_an_edition_without_results_has_none(evaluation: Door) -> None:
    answer = await evaluation.as_().get(f"/v1/editions/{uuid4()}/results")
    assert (answer.status_code, answer.json()["instruments"]) == (200, [])
