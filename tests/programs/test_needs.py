"""What partner countries aim at and ask for, and how the plan meets it; synthetic only."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from services.common.identity import Grant, GrantKind, Role
from services.programs.domain.needs import SectorMatch, match_sectors
from tests.apps import Door
from tests.programs.demonstrations import PLAN, enter

YEAR = 2031


@pytest.mark.parametrize(
    ("wanted", "offered", "match"),
    [
        (["12181"], ["12181", "11420"], SectorMatch.SAME),
        (["12181"], ["12110"], SectorMatch.RELATED),
        (["12181", "14010"], ["14081"], SectorMatch.RELATED),
        (["12181"], ["14010"], None),
        (["12181"], [], None),
    ],
)
def test_sectors_match_by_purpose_or_by_sector(
    wanted: list[str], offered: list[str], match: SectorMatch | None
) -> None:
    assert match_sectors(wanted, offered) is match


@pytest.fixture
def manager(demonstration: Door) -> httpx.AsyncClient:
    """Somebody of the agency."""
    return demonstration.as_("manager")


def officer(door: Door, country: str) -> httpx.AsyncClient:
    grant = Grant(Role.NOMINATOR, GrantKind.COUNTRY, country)
    return door.as_("nominator", subject=uuid4(), grants=frozenset({grant}))


async def fill(client: httpx.AsyncClient, survey: dict[str, Any], *needs: dict[str, Any]) -> httpx.Response:
    at = f"/v1/needs-surveys/{survey['id']}/needs"
    headers = {"If-Match": f'"{survey["version"]}"'}
    return await client.put(at, json={"needs": list(needs)}, headers=headers)


async def test_a_country_says_what_it_needs_and_nobody_elses(
    demonstration: Door, manager: httpx.AsyncClient
) -> None:
    asked = {"country": "TJ", "year": YEAR}
    survey = await enter(manager, "/v1/needs-surveys", asked)
    assert (await manager.post("/v1/needs-surveys", json=asked)).json()["code"] == "portfolio-item-exists"
    foreign, own = officer(demonstration, "UZ"), officer(demonstration, "TJ")
    at = f"/v1/needs-surveys/{survey['id']}"
    need = {
        "topic": {"en": "Synthetic telemedicine", "ru": "Телемедицина"},
        "sector": "12181",
        "participants": 12,
    }
    assert (await foreign.get(at)).status_code == 404
    assert (await foreign.get("/v1/needs-surveys")).json()["items"] == []
    assert (await fill(foreign, survey, need)).status_code == 404
    assert [row["id"] for row in (await own.get("/v1/needs-surveys")).json()["items"]] == [survey["id"]]
    empty = await own.post(f"{at}/submission")
    assert (empty.json()["code"], empty.json()["errors"][0]["code"]) == ("guards-unmet", "nothing_asked_for")
    filled = await fill(own, survey, need)
    assert filled.status_code == 200, filled.text
    whole = need | {"importance": 2, "audience": None, "note": None}
    assert filled.json()["needs"] == [whole]
    submitted = (await own.post(f"{at}/submission")).json()
    assert (submitted["state"], submitted["submitted_at"] is not None) == ("submitted", True)
    assert (await fill(own, submitted, need, need)).json()["code"] == "transition-refused"
    assert (await own.post(f"{at}/closing")).status_code == 403
    reopened = (await manager.post(f"{at}/reopening")).json()
    assert (await fill(own, reopened, need, need)).status_code == 200
    assert (await manager.post(f"{at}/closing")).json()["state"] == "closed"
    assert (await manager.post(f"{at}/reopening")).json()["code"] == "transition-refused"
    assert (await demonstration.as_().get(at)).status_code == 401


async def test_an_officer_of_an_authority_reaches_its_survey(
    demonstration: Door, manager: httpx.AsyncClient
) -> None:
    body = {"code": "syn-embassy", "names": {"en": "Synthetic embassy"}, "country": "TJ"}
    embassy = await enter(manager, "/v1/organizations", body)
    asked = {"country": "TJ", "year": YEAR, "authority_id": embassy["id"]}
    survey = await enter(manager, "/v1/needs-surveys", asked)
    grant = Grant(Role.NOMINATOR, GrantKind.ORGANIZATION, embassy["id"])
    client = demonstration.as_("nominator", grants=frozenset({grant}))
    assert (await client.get(f"/v1/needs-surveys/{survey['id']}")).status_code == 200


async def test_the_plan_is_held_against_aims_and_needs(
    manager: httpx.AsyncClient, program: dict[str, Any], edition: dict[str, Any]
) -> None:
    """The edition is of 12181 (medical education), for nobody in particular; another is of 14010 (water)."""
    water = PLAN | {
        "code": "SYN-W",
        "program_id": program["id"],
        "sectors": [{"code": "14010", "share": "100"}],
    }
    other = await enter(manager, "/v1/editions", water | {"audience": "officials"})
    elsewhere = await enter(manager, "/v1/editions", water | {"code": "SYN-E"})
    await enter(
        manager, f"/v1/editions/{elsewhere['id']}/countries", {"country": "UZ", "relation": "invited"}
    )
    await enter(manager, f"/v1/editions/{other['id']}/countries", {"country": "TJ", "relation": "invited"})
    priority = {
        "code": "tj-2030-health",
        "country": "TJ",
        "document": "A synthetic strategy until 2032",
        "theme": {"en": "Health personnel"},
        "sectors": ["12110"],
        "period": "2016/2032",
    }
    priority["provenance"] = "synthetic"
    await enter(manager, "/v1/country-priorities", priority)
    past = priority | {"code": "tj-old", "period": "2016/2020"}
    old = await enter(manager, "/v1/country-priorities", past)
    assert (old["earliest"], old["latest"]) == ("2016-01-01", "2020-12-31")
    asked = {"country": "TJ", "year": YEAR, "provenance": "synthetic"}
    survey = await enter(manager, "/v1/needs-surveys", asked)
    assert (await enter(manager, "/v1/needs-surveys", asked | {"provenance": "real"}))["id"] != survey["id"]
    needs = [
        {"topic": {"en": "Synthetic"}, "sector": "12181", "audience": "students"},
        {"topic": {"en": "Synthetic"}, "sector": "43060"},
    ]
    await fill(manager, survey, *needs)
    at = f"/v1/countries/TJ/plan-match?year={YEAR}&provenance=synthetic"
    assert (await manager.get(at)).json()["needs"] == []
    await manager.post(f"/v1/needs-surveys/{survey['id']}/submission")
    match = (await manager.get(at)).json()
    (aim,) = match["priorities"]
    assert (aim["code"], [(one["edition"]["id"], one["match"]) for one in aim["editions"]]) == (
        "tj-2030-health",
        [(edition["id"], "related")],
    )
    met, unmet = match["needs"]
    assert [(one["edition"]["id"], one["match"], one["for_the_audience"]) for one in met["editions"]] == [
        (edition["id"], "same", None)
    ]
    assert (unmet["editions"], match["unmet_needs"]) == ([], 1)
    assert [one["id"] for one in match["unasked"]] == [other["id"]]
    real = (await manager.get(f"/v1/countries/TJ/plan-match?year={YEAR}")).json()
    assert (real["unasked"], real["unmet_needs"], real["priorities"]) == ([], 0, [])
    for path, count in (("country-priorities", 2), ("needs-surveys", 1)):
        listed = (await manager.get(f"/v1/{path}", params={"provenance": "synthetic"})).json()["items"]
        assert [row["provenance"] for row in listed] == ["synthetic"] * count
        real_rows = (await manager.get(f"/v1/{path}")).json()["items"]
        assert {row["provenance"] for row in real_rows} <= {"real"}


@pytest.mark.parametrize(
    ("path", "row"),
    [
        ("needs-surveys", {"country": "TJ", "year": YEAR}),
        (
            "country-priorities",
            {
                "code": "syn",
                "country": "TJ",
                "document": "D",
                "theme": {"en": "T"},
                "sectors": ["14010"],
                "period": "2031",
            },
        ),
        (
            "agreements",
            {"code": "syn", "kind": "memorandum", "title": {"en": "T"}, "party_ids": [str(uuid4())]},
        ),
    ],
)
async def test_synthetic_ones_are_refused_outside_demonstration(
    programs: Door, path: str, row: dict[str, Any]
) -> None:
    answer = await programs.as_("manager").post(f"/v1/{path}", json=row | {"provenance": "synthetic"})
    assert answer.json()["code"] == "demonstration-only"


async def test_an_aim_is_changed_as_a_whole_and_found_by_sector(manager: httpx.AsyncClient) -> None:
    priority = {
        "code": "tj-aim",
        "country": "TJ",
        "document": "A synthetic strategy",
        "theme": {"en": "Water"},
        "sectors": ["14010"],
        "period": "2031",
    }
    made = await enter(manager, "/v1/country-priorities", priority)
    body = {key: value for key, value in priority.items() if key != "code"} | {"sectors": ["14015"]}
    at = f"/v1/country-priorities/{made['id']}"
    changed = await manager.patch(at, json=body, headers={"If-Match": f'"{made["version"]}"'})
    assert changed.json()["sectors"] == ["14015"]
    for sector, found in (("14010", 0), ("14015", 1)):
        rows = (await manager.get("/v1/country-priorities", params={"sector": sector})).json()["items"]
        assert len(rows) == found
