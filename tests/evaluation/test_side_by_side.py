"""Published figures of several editions side by side: who sees what (people and answers synthetic)."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

from services.common.identity import Grant, GrantKind, Role
from services.evaluation.domain.side_by_side import PublishedResult, lay_side_by_side
from services.evaluation.domain.suppression import Audience
from tests.apps import Door
from tests.evaluation.surveys import Survey, open_survey

ONE, TWO = UUID(int=1), UUID(int=2)


def question(code: str, mean: float | None, **more: Any) -> dict[str, Any]:
    statistics = None if mean is None else {"mean": mean, "top_two": 0.5}
    cell = {"n": 12, "statistics": statistics, "suppressed": False}
    return {"code": code, "level": "reaction", "text": {"en": code}, "cell": cell} | more


def result(edition: UUID, visibility: Audience, *questions: dict[str, Any]) -> PublishedResult:
    return PublishedResult(uuid4(), edition, "end", visibility, {"questions": list(questions)})


def test_questions_meet_by_their_comparable_key() -> None:
    rows = lay_side_by_side(
        [
            result(ONE, Audience.PUBLIC, question("a1", 3.5, comparable_key="overall")),
            result(TWO, Audience.PUBLIC, question("b7", 4.5, comparable_key="overall", text={"en": "New"})),
        ]
    )
    (row,) = rows
    assert (row.key, row.phase, row.level, row.text) == ("overall", "end", "reaction", {"en": "New"})
    assert [(cell.edition_id, cell.mean, cell.top_two) for cell in row.editions] == [
        (ONE, 3.5, 0.5),
        (TWO, 4.5, 0.5),
    ]


def test_the_most_detailed_result_counts_once() -> None:
    public, internal = question("q", None), question("q", 4.0)
    public["cell"]["suppressed"] = True
    for order in ((Audience.PUBLIC, Audience.INTERNAL), (Audience.INTERNAL, Audience.PUBLIC)):
        made = {Audience.PUBLIC: public, Audience.INTERNAL: internal}
        (row,) = lay_side_by_side([result(ONE, audience, made[audience]) for audience in order])
        assert [cell.mean for cell in row.editions] == [4.0]


def test_what_has_no_figure_is_left_out_and_what_is_hidden_says_so() -> None:
    hidden, text = question("hidden", None), question("text", None)
    hidden["cell"] |= {"suppressed": True, "n": None}
    (row,) = lay_side_by_side([result(ONE, Audience.PUBLIC, hidden, text), result(TWO, Audience.PUBLIC)])
    assert row.key == "hidden"
    assert [(cell.n, cell.mean, cell.suppressed) for cell in row.editions] == [(None, None, True)]
    assert lay_side_by_side([PublishedResult(ONE, ONE, "end", Audience.PUBLIC, {})]) == []


async def published(door: Door) -> Survey:
    survey = await open_survey(door, 12)
    sent = [survey.submit(token, overall=n % 5 + 1, country="TJ") for n, token in enumerate(survey.slips)]
    assert {answer.status_code for answer in await asyncio.gather(*sent)} == {204}
    await survey.count()
    await survey.result("public")
    await survey.result("partner")
    return survey


async def test_partners_see_their_own_editions_and_others_what_is_public(evaluation: Door) -> None:
    survey = await published(evaluation)
    own = frozenset({Grant(Role.PARTNER, GrantKind.EDITION, str(survey.edition_id))})
    partner = evaluation.as_("partner", grants=own)
    asked = {"edition_ids": f"{survey.edition_id},{uuid4()}"}
    told = (await partner.get("/v1/partner-results", params=asked)).json()["rows"]
    assert {row["key"] for row in told} >= {"overall"}
    figures = {cell["result_id"] for row in told for cell in row["editions"]}
    stranger = (await evaluation.as_("partner").get("/v1/partner-results", params=asked)).json()["rows"]
    assert figures.isdisjoint({cell["result_id"] for row in stranger for cell in row["editions"]})
    staff = (await survey.staff.get("/v1/partner-results", params=asked)).json()["rows"]
    assert {cell["result_id"] for row in staff for cell in row["editions"]} == figures
    assert (await evaluation.as_().get("/v1/partner-results", params=asked)).status_code == 401
    for wrong in ("", "x", ",".join(str(uuid4()) for _ in range(101))):
        refused = await survey.staff.get("/v1/partner-results", params={"edition_ids": wrong})
        assert refused.status_code == 422


async def test_a_programs_results_stand_side_by_side(evaluation: Door) -> None:
    survey = await published(evaluation)
    at, synthetic = f"/v1/programs/{survey.program_id}/results", {"provenance": "synthetic"}
    rows = (await survey.staff.get(at, params=synthetic)).json()["rows"]
    (overall,) = [row for row in rows if row["key"] == "overall"]
    assert [cell["edition_id"] for cell in overall["editions"]] == [str(survey.edition_id)]
    assert (await survey.staff.get(at)).json()["rows"] == []
    assert (await evaluation.as_().get(at, params=synthetic)).json()["rows"] == []
