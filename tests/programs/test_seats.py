"""The numbers of a seat line, as a table, and through HTTP; synthetic only."""

import json
from dataclasses import replace
from datetime import date
from typing import Any

import asyncpg
import httpx
import pytest

from services.programs.domain.seats import (
    RollOver,
    SeatFacts,
    exceeds_capacity,
    is_shown_to_authorities,
    seat_faults,
    seats_rolled_over,
)
from tests.apps import Door
from tests.programs.demonstrations import PLAN, enter, step

LINE = SeatFacts(
    seats=10,
    discretionary=2,
    minimum_women=5,
    minimum_women_is_hard=False,
    minimum_women_released_on=date(2031, 4, 20),
    minimum_women_release_reason="Seats must not stay empty",
    roll_over=RollOver.NEXT_EDITION,
    roll_over_until=date(2032, 12, 31),
)
START = date(2032, 5, 1)


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({}, []),
        ({"seats": None}, []),
        ({"discretionary": 11}, ["more_than_seats"]),
        ({"minimum_women": 11}, ["more_than_seats"]),
        ({"minimum_women_is_hard": True}, ["hard_minimum"]),
        ({"roll_over": RollOver.NONE}, ["not_rolled_over"]),
    ],
)
def test_the_numbers_of_a_line_agree(changes: dict[str, Any], codes: list[str]) -> None:
    assert [fault.code for fault in seat_faults(replace(LINE, **changes))] == codes


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({}, True),
        ({"seats": None}, False),
        ({"minimum_women_released_on": None}, False),
        ({"minimum_women_release_reason": None}, False),
        ({"minimum_women": 0, "minimum_women_released_on": None}, True),
        ({"minimum_women_is_hard": True, "minimum_women_released_on": None}, True),
    ],
)
def test_authorities_are_told_what_binds_them(changes: dict[str, Any], shown: bool) -> None:
    assert is_shown_to_authorities(replace(LINE, **changes)) is shown


@pytest.mark.parametrize(
    ("changes", "taken", "rolled"),
    [
        ({}, 7, 3),
        ({}, 12, 0),
        ({}, None, 0),
        ({"seats": None}, 7, 0),
        ({"roll_over": RollOver.NONE}, 7, 0),
        ({"roll_over_until": date(2032, 4, 30)}, 7, 0),
        ({"roll_over_until": date(2032, 5, 1)}, 7, 3),
        ({"roll_over_until": None}, 7, 3),
    ],
)
def test_unused_seats_roll_over_where_the_line_says_so(
    changes: dict[str, Any], taken: int | None, rolled: int
) -> None:
    assert seats_rolled_over(replace(LINE, **changes), taken, START) == rolled


def test_seats_stay_within_the_capacity() -> None:
    assert not exceeds_capacity([5, None, 5], 10)
    assert exceeds_capacity([5, 6], 10)
    assert not exceeds_capacity([500], None)


@pytest.fixture
def manager(demonstration: Door) -> httpx.AsyncClient:
    """Somebody of the agency."""
    return demonstration.as_("manager")


async def change(client: httpx.AsyncClient, path: str, version: int, **changes: Any) -> httpx.Response:
    return await client.patch(path, json=changes, headers={"If-Match": f'"{version}"'})


async def test_a_line_is_changed_within_its_capacity_and_its_own_numbers(
    manager: httpx.AsyncClient, edition: dict[str, Any]
) -> None:
    at = f"/v1/editions/{edition['id']}"
    version = (await manager.get(at)).json()["version"]
    assert (await change(manager, at, version, capacity_max=12)).status_code == 200
    (line,) = (await manager.get(f"{at}/seats")).json()
    path = f"{at}/seats/{line['id']}"
    too_many = await change(manager, path, line["version"], seats=13)
    assert (too_many.status_code, too_many.json()["code"]) == (409, "seats-exceed-capacity")
    women = await change(manager, path, line["version"], minimum_women=11)
    assert (women.status_code, women.json()["code"]) == (422, "seat-line-inconsistent")
    assert [error["pointer"] for error in women.json()["errors"]] == ["/seats"]
    assert (await manager.get(f"{at}/seats")).json() == [line]
    fewer = await change(manager, at, version + 1, capacity_max=9)
    assert fewer.json()["code"] == "seats-exceed-capacity"
    soft = {
        "minimum_women": 4,
        "minimum_women_released_on": "2031-04-20",
        "minimum_women_release_reason": "Synthetic",
    }
    changed = await change(manager, path, line["version"], seats=12, roll_over="next_edition", **soft)
    assert changed.status_code == 200, changed.text
    assert changed.json() == line | soft | {
        "seats": 12,
        "roll_over": "next_edition",
        "version": line["version"] + 1,
    }


async def test_what_authorities_were_told_is_fixed_and_the_number_is_not(
    manager: httpx.AsyncClient, program: dict[str, Any]
) -> None:
    past = {"call_opens_at": "2020-03-01T00:00:00Z", "call_closes_at": "2031-04-01T00:00:00Z"}
    made = await enter(manager, "/v1/editions", PLAN | past | {"program_id": program["id"]})
    at = f"/v1/editions/{made['id']}"
    await enter(manager, f"{at}/countries", {"country": "TJ", "relation": "targeted"})
    line = await enter(manager, f"{at}/seats", {"country": "TJ", "seats": 10, "minimum_women": 4})
    lead = await enter(manager, "/v1/organizations", {"code": "syn-lead", "names": {"en": "Synthetic lead"}})
    partnership = {
        "code": "syn-lead",
        "organization_id": lead["id"],
        "functional_role": "lead",
        "subjects": [{"kind": "edition", "id": made["id"]}],
    }
    await enter(manager, "/v1/partnerships", partnership)
    for state in ("planned", "announced"):
        await step(manager, made, state)
    tried = await manager.post(f"{at}/state-changes?dry_run=true", json={"state": "call_open"})
    assert [unmet["code"] for unmet in tried.json()["unmet"]] == ["seat_lines_unclear"]
    path = f"{at}/seats/{line['id']}"
    assert (await change(manager, path, line["version"], minimum_women=0)).status_code == 200
    await step(manager, made, "call_open")
    fixed = await change(manager, path, line["version"] + 1, minimum_women=2)
    assert (fixed.status_code, fixed.json()["code"]) == (409, "allocation-settings-fixed")
    version = (await manager.get(at)).json()["version"]
    basis = await change(manager, at, version, allocation={"basis": "score"})
    assert basis.json()["code"] == "allocation-settings-fixed"
    assert (await change(manager, path, line["version"] + 1, seats=9, minimum_women=0)).status_code == 200
    same = await change(manager, at, version + 1, allocation=made["allocation"])
    assert same.status_code == 200, same.text


@pytest.mark.parametrize(
    "allocation",
    [
        {"basis": "weighted"},
        {"basis": "score", "score_percent": 50},
        {"basis": "weighted", "score_percent": 101},
    ],
)
async def test_a_basis_that_is_not_whole_is_refused(
    manager: httpx.AsyncClient, program: dict[str, Any], allocation: dict[str, Any]
) -> None:
    row = PLAN | {"program_id": program["id"], "allocation": allocation}
    assert (await manager.post("/v1/editions", json=row)).json()["code"] == "request-invalid"


async def test_a_clone_takes_over_what_nobody_took_once(
    demonstration: Door, manager: httpx.AsyncClient, edition: dict[str, Any]
) -> None:
    at = f"/v1/editions/{edition['id']}"
    (line,) = (await manager.get(f"{at}/seats")).json()
    path = f"{at}/seats/{line['id']}"
    rolls = {"roll_over": "next_edition", "roll_over_until": "2032-12-31"}
    assert (await change(manager, path, line["version"], **rolls)).status_code == 200
    told = {"seat_line_id": line["id"], "taken": 7, "accepted": 6, "waiting": 0, "overcommitted": 0}
    connection = await asyncpg.connect(demonstration.database.admin)
    try:
        mirror = "INSERT INTO programs.mirror_seats (edition_id, version, lines) VALUES ($1, 1, $2)"
        await connection.execute(mirror, edition["id"], json.dumps([told]))
    finally:
        await connection.close()
    clone = {"code": "SYN-2", "title": {"en": "Next"}, "period": "2032-05", "provenance": "synthetic"}
    tight = await manager.post(f"{at}/clone", json=clone | {"capacity_max": 12})
    assert tight.json()["code"] == "seats-exceed-capacity"
    following = await enter(manager, f"{at}/clone", clone | {"capacity_max": 13})
    (rolled,) = (await manager.get(f"/v1/editions/{following['id']}/seats")).json()
    assert (rolled["seats"], rolled["rolled_over"], rolled["origin_id"]) == (13, 3, line["id"])
    again = await enter(manager, f"{at}/clone", clone | {"code": "SYN-3"})
    (plain,) = (await manager.get(f"/v1/editions/{again['id']}/seats")).json()
    assert (plain["seats"], plain["rolled_over"], plain["origin_id"]) == (10, 0, None)
    # What was rolled over once does not become the line's own.
    last = await enter(manager, f"/v1/editions/{following['id']}/clone", clone | {"code": "SYN-4"})
    (own,) = (await manager.get(f"/v1/editions/{last['id']}/seats")).json()
    assert (own["seats"], own["rolled_over"]) == (10, 0)
