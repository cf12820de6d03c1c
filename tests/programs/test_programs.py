"""The life of a program, finding editions, and joining two records of one organization; synthetic only."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from services.programs.domain.program_life import ProgramFacts, StatusStep, unmet_program_guards
from services.programs.domain.programs import ProgramStatus
from tests.apps import Door
from tests.programs.demonstrations import PLAN, enter

P = ProgramStatus
PILOT = ProgramFacts(status=P.PILOT, completed_editions=1, evaluated=True)


@pytest.mark.parametrize(
    ("facts", "step", "codes"),
    [
        (PILOT, StatusStep(P.ANNUAL), []),
        (replace(PILOT, completed_editions=0), StatusStep(P.ANNUAL), ["edition_missing"]),
        (replace(PILOT, evaluated=False), StatusStep(P.ANNUAL), ["evaluation_missing"]),
        (replace(PILOT, evaluated=False), StatusStep(P.ANNUAL, evaluation_reference="Report 7"), []),
        (ProgramFacts(P.PILOT, 0, evaluated=False), StatusStep(P.ANNUAL, historic=True), ["source_missing"]),
        (ProgramFacts(P.PILOT, 0, evaluated=False), StatusStep(P.ANNUAL, historic=True, has_source=True), []),
        (ProgramFacts(P.SUSPENDED, 0, evaluated=False), StatusStep(P.ANNUAL), []),
        (ProgramFacts(None, 0, evaluated=False), StatusStep(P.PILOT), []),
        (replace(PILOT, status=P.ANNUAL), StatusStep(P.SUSPENDED), ["reason_missing"]),
        (replace(PILOT, status=P.ANNUAL), StatusStep(P.CLOSED, reason="Synthetic"), []),
        (
            replace(PILOT, status=P.CLOSED),
            StatusStep(P.ANNUAL, historic=True, has_source=True),
            ["no_such_step"],
        ),
        (replace(PILOT, status=P.IDEA), StatusStep(P.ANNUAL), ["no_such_step"]),
    ],
)
def test_what_stands_in_the_way_of_a_status(facts: ProgramFacts, step: StatusStep, codes: list[str]) -> None:
    assert [fault.code for fault in unmet_program_guards(facts, step)] == codes


@pytest.fixture
def manager(demonstration: Door) -> httpx.AsyncClient:
    """Somebody of the agency."""
    return demonstration.as_("manager")


async def test_a_pilot_becomes_annual_by_an_edition_and_its_evaluation(
    manager: httpx.AsyncClient, program: dict[str, Any]
) -> None:
    at = f"/v1/programs/{program['id']}"
    moved = f"{at}/status-changes"
    assert (await manager.post(moved, json={"status": "pilot"})).json()["applied"] is True
    tried = (await manager.post(f"{moved}?dry_run=true", json={"status": "annual"})).json()
    assert [unmet["code"] for unmet in tried["unmet"]] == ["edition_missing", "evaluation_missing"]
    assert (await manager.post(moved, json={"status": "annual"})).json()["code"] == "guards-unmet"
    source = {"code": "syn-report", "kind": "document", "title": "A synthetic report"}
    await enter(manager, "/v1/sources", source)
    sources = [{"source_code": "syn-report"}]
    stated = {"stated": {"state": "completed", "as_of": "2026-01-01"}, "sources": sources}
    held = PLAN | {"code": "SYN-P", "program_id": program["id"], "period": "2025-05"}
    held |= {"call_opens_at": None, "call_closes_at": None}
    await enter(manager, "/v1/editions", held | stated)
    # A synthetic edition proves nothing of a real program (P11).
    tried = (await manager.post(f"{moved}?dry_run=true", json={"status": "annual"})).json()
    assert [unmet["code"] for unmet in tried["unmet"]] == ["edition_missing", "evaluation_missing"]
    await enter(manager, "/v1/editions", held | stated | {"code": "REAL-P", "provenance": "real"})
    annual = {"status": "annual", "evaluation_reference": "Synthetic report, p. 7"}
    done = (await manager.post(moved, json=annual)).json()
    assert (done["from_status"], done["to_status"], done["applied"]) == ("pilot", "annual", True)
    read = (await manager.get(at)).json()
    assert (read["status"], read["evaluation_reference"]) == ("annual", annual["evaluation_reference"])
    stopped = await manager.post(moved, json={"status": "suspended", "reason": "Synthetic"})
    assert stopped.json()["to_status"] == "suspended"
    assert (await manager.get(at)).json()["status_reason"] == "Synthetic"


async def test_a_status_that_only_a_source_can_state_needs_one(manager: httpx.AsyncClient) -> None:
    row = {"code": "syn-a", "title": {"en": "Synthetic"}, "kind": "course_program", "status": "annual"}
    refused = await manager.post("/v1/programs", json=row)
    assert (refused.status_code, refused.json()["code"]) == (422, "source-required")
    await enter(manager, "/v1/programs", row | {"status": "idea"})


async def test_editions_are_found_by_what_they_are(
    manager: httpx.AsyncClient, program: dict[str, Any], edition: dict[str, Any]
) -> None:
    seminars = {
        "code": "syn-s",
        "title": {"en": "Synthetic seminars"},
        "kind": "seminar_series",
        "sdg_goals": ["6"],
        "sectors": [{"code": "14010", "share": "100"}],
    }
    series = await enter(manager, "/v1/programs", seminars)
    row = PLAN | {"code": "SYN-W", "program_id": series["id"], "title": {"ru": "Трансграничные воды"}}
    water = await enter(manager, "/v1/editions", row | {"sectors": [], "topic": {"en": "Rivers of Asia"}})
    partner = (await manager.get("/v1/organizations?q=syn-lead")).json()["items"][0]["id"]

    async def found(**query: str) -> list[str]:
        answer = await manager.get("/v1/editions", params={"provenance": "synthetic"} | query)
        assert answer.status_code == 200, answer.text
        return [item["id"] for item in answer.json()["items"]]

    both = {edition["id"], water["id"]}
    assert set(await found()) == both
    assert await found(q="водЫ") == [water["id"]]
    assert await found(q="river asia") == [water["id"]]
    assert await found(q="synth") == [edition["id"]]
    assert await found(q="syn-w") == [water["id"]]
    assert await found(q="nothing-of-the-kind") == []
    assert await found(q="!&|'") == []
    assert await found(sector="14010") == [water["id"]]
    assert await found(sector="12181") == [edition["id"]]
    assert await found(sdg_goal="6") == [water["id"]]
    assert await found(kind="seminar_series") == [water["id"]]
    assert await found(partner_id=partner) == [edition["id"]]
    assert set(await found(year="2031")) == both
    assert await found(year="2030") == []
    assert await found(program_id=program["id"], state="planned", country="TJ") == [edition["id"]]


async def test_two_records_of_one_organization_become_one(
    demonstration: Door, manager: httpx.AsyncClient, edition: dict[str, Any]
) -> None:
    async def organization(code: str, **fields: Any) -> dict[str, Any]:
        body = {"code": code, "names": {"en": f"Synthetic {code}"}} | fields
        return await enter(manager, "/v1/organizations", body)

    twice, kept = await organization("twin-a"), await organization("twin-b", country="JP")
    at = f"/v1/editions/{edition['id']}"
    subjects = [{"kind": "edition", "id": edition["id"]}]
    partnership = {"code": "syn-twin", "organization_id": twice["id"], "subjects": subjects}
    partner = await enter(manager, "/v1/partnerships", partnership)
    line = {"owner": "authority", "organization_id": twice["id"], "seats": 3}
    await enter(manager, f"{at}/seats", line)
    agreement = {
        "code": "syn-mou",
        "kind": "memorandum",
        "title": {"en": "Synthetic"},
        "party_ids": [twice["id"], kept["id"]],
    }
    mou = await enter(manager, "/v1/agreements", agreement)
    path = f"/v1/organizations/{twice['id']}/merge"
    version = (await manager.get(at)).json()["version"]
    merged = await manager.post(path, json={"into_id": kept["id"]})
    assert merged.status_code == 200, merged.text
    assert (merged.json()["status"], merged.json()["merged_into_id"]) == ("merged", kept["id"])
    read = (await manager.get(f"/v1/partnerships/{partner['id']}")).json()
    assert (read["organization"]["id"], read["version"]) == (kept["id"], partner["version"] + 1)
    owners = {row["organization_id"] for row in (await manager.get(f"{at}/seats")).json()}
    assert kept["id"] in owners
    assert twice["id"] not in owners
    assert (await manager.get(at)).json()["version"] == version + 1
    parties = (await manager.get(f"/v1/agreements/{mou['id']}")).json()["parties"]
    assert [party["id"] for party in parties] == [kept["id"]]
    connection = await asyncpg.connect(demonstration.database.admin)
    try:
        told = await connection.fetch(
            "SELECT DISTINCT kind, data ->> 'merged_into' AS into FROM programs.outbox_event"
            " WHERE subject = $1 AND data ->> 'status' = 'merged'",
            twice["id"],
        )
    finally:
        await connection.close()
    assert {(row["kind"], row["into"]) for row in told} == {
        ("programs.organization.changed.v1", kept["id"]),
        ("programs.organization.merged.v1", kept["id"]),
    }
    again = await manager.post(path, json={"into_id": kept["id"]})
    assert (again.status_code, again.json()["code"]) == (409, "transition-refused")
    back = await manager.post(f"/v1/organizations/{kept['id']}/merge", json={"into_id": twice["id"]})
    assert back.json()["code"] == "transition-refused"
    itself = await manager.post(f"/v1/organizations/{kept['id']}/merge", json={"into_id": kept["id"]})
    assert itself.json()["code"] == "reference-unknown"
    nowhere = await manager.post(f"/v1/organizations/{kept['id']}/merge", json={"into_id": str(uuid4())})
    assert nowhere.json()["code"] == "organization-not-found"
    made_up = await organization("twin-c", provenance="synthetic")
    mixed = await manager.post(f"/v1/organizations/{made_up['id']}/merge", json={"into_id": kept["id"]})
    assert mixed.json()["code"] == "reference-unknown"


async def test_a_merge_that_would_give_one_owner_two_lines_is_refused_whole(
    manager: httpx.AsyncClient, edition: dict[str, Any]
) -> None:
    ids = []
    for code in ("twin-a", "twin-b"):
        body = {"code": code, "names": {"en": f"Synthetic {code}"}}
        ids.append((await enter(manager, "/v1/organizations", body))["id"])
        line = {"owner": "authority", "organization_id": ids[-1], "seats": 3}
        await enter(manager, f"/v1/editions/{edition['id']}/seats", line)
    refused = await manager.post(f"/v1/organizations/{ids[0]}/merge", json={"into_id": ids[1]})
    assert (refused.status_code, refused.json()["code"]) == (409, "portfolio-item-exists")
    assert (await manager.get(f"/v1/organizations/{ids[0]}")).json()["status"] == "proposed"
