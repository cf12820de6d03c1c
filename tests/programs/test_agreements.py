"""Agreements: parties, subjects, amendments, and that somebody is told in time; synthetic only."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.common.clock import move_demonstration_clock, real_now
from services.programs.domain.agreements import due_alerts, has_expired, next_look
from services.programs.operations.agreements import follow_expiry
from tests.apps import Door
from tests.programs.demonstrations import enter

LAST = date(2031, 12, 31)
DAY = timedelta(days=1)
# 31 December less 90 days is 2 October, less 30 days 1 December.
NINETY, THIRTY = date(2031, 10, 2), date(2031, 12, 1)


@pytest.mark.parametrize(
    ("today", "raised", "due", "following"),
    [
        (NINETY - DAY, [], [], NINETY),
        (NINETY, [], [90], THIRTY),
        (NINETY + DAY, [90], [], THIRTY),
        (THIRTY, [90], [30], LAST + DAY),
        # Signed late, or the clock stood still: the nearer alert says it all.
        (THIRTY + DAY, [], [30], LAST + DAY),
        (THIRTY + DAY, [30], [], LAST + DAY),
        (LAST, [90, 30], [], LAST + DAY),
        (LAST + DAY, [], [], None),
    ],
)
def test_alerts_are_due_90_and_30_days_before(
    today: date, raised: list[int], due: list[int], following: date | None
) -> None:
    assert due_alerts(LAST, today, raised) == due
    assert next_look(LAST, today) == following
    assert has_expired(LAST, today) is (today > LAST)


def test_what_has_no_end_does_not_expire() -> None:
    assert not has_expired(None, LAST)
    assert next_look(None, LAST) is None


@pytest.fixture
def manager(demonstration: Door) -> httpx.AsyncClient:
    """Somebody of the agency."""
    return demonstration.as_("manager")


@pytest.fixture
async def today(demonstration: Door) -> date:
    """The day in the database."""
    async with demonstration.app.state.sessions.reading() as session:
        return (await real_now(session)).date()


Make = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
async def make(manager: httpx.AsyncClient, program: dict[str, Any], edition: dict[str, Any]) -> Make:
    """Enter an agreement with two parties about a program and an edition."""
    parties = [
        (await enter(manager, "/v1/organizations", {"code": code, "names": {"en": f"Synthetic {code}"}}))[
            "id"
        ]
        for code in ("party-b", "party-a")
    ]

    async def enter_agreement(**fields: Any) -> dict[str, Any]:
        row = {
            "code": "mou-1",
            "kind": "memorandum",
            "title": {"en": "A synthetic memorandum"},
            "party_ids": parties,
            "subjects": [{"kind": "program", "id": program["id"]}, {"kind": "edition", "id": edition["id"]}],
        }
        return await enter(manager, "/v1/agreements", row | fields)

    return enter_agreement


async def live_at(door: Door, agreement: dict[str, Any], day: date) -> None:
    async with door.app.state.sessions.transaction() as session:
        await follow_expiry(session, UUID(agreement["id"]), today=day)


async def alerts(client: httpx.AsyncClient, **query: Any) -> list[tuple[str, int]]:
    rows = (await client.get("/v1/agreement-alerts", params=query)).json()["items"]
    return [(row["expires_on"], row["days"]) for row in rows]


async def test_an_agreement_binds_many_about_much_and_says_when_it_ends(
    demonstration: Door, manager: httpx.AsyncClient, make: Make, edition: dict[str, Any], today: date
) -> None:
    last = today + timedelta(days=400)
    made = await make(expires_on=str(last))
    assert [party["label"] for party in made["parties"]] == ["Synthetic party-a", "Synthetic party-b"]
    assert {subject["kind"] for subject in made["subjects"]} == {"program", "edition"}
    assert [(a["name"], a["allowed"]) for a in made["actions"]] == [("in_force", True), ("terminated", True)]
    at = f"/v1/agreements/{made['id']}"
    tomorrow = {"signed_on": str(today + DAY)}
    assert (await manager.post(f"{at}/signature", json=tomorrow)).json()["code"] == "actual-in-future"
    signed = await manager.post(f"{at}/signature", json={"signed_on": str(today)})
    assert (signed.json()["state"], signed.json()["signed_on"]) == ("in_force", str(today))
    again = await manager.post(f"{at}/signature", json={"signed_on": str(today)})
    assert again.json()["code"] == "transition-refused"
    assert await alerts(manager) == []

    await live_at(demonstration, made, last - timedelta(days=90))
    await live_at(demonstration, made, last - timedelta(days=89))
    assert await alerts(manager) == [(str(last), 90)]
    await live_at(demonstration, made, last - timedelta(days=30))
    assert await alerts(manager, open="true") == [(str(last), 90), (str(last), 30)]
    (first, _) = (await manager.get("/v1/agreement-alerts")).json()["items"]
    noted = await manager.post(f"/v1/agreement-alerts/{first['id']}/acknowledgment")
    assert noted.json()["acknowledged_by"] is not None
    twice = await demonstration.as_("manager").post(f"/v1/agreement-alerts/{first['id']}/acknowledgment")
    assert twice.json() == noted.json()
    assert await alerts(manager, open="true") == [(str(last), 30)]

    found = (await manager.get("/v1/agreements", params={"subject_id": edition["id"]})).json()["items"]
    assert [row["code"] for row in found] == ["mou-1"]
    soon = (await manager.get("/v1/agreements", params={"expires_by": str(last - DAY)})).json()["items"]
    assert soon == []
    one = await manager.get(f"/v1/agreement-alerts/{first['id']}")
    assert one.json() == noted.json()


async def test_a_synthetic_agreement_lives_by_its_own_clock_and_stands_apart(
    demonstration: Door, manager: httpx.AsyncClient, make: Make, today: date
) -> None:
    made = await make(expires_on=str(today + timedelta(days=400)), provenance="synthetic")
    at = f"/v1/agreements/{made['id']}"
    async with demonstration.app.state.sessions.transaction() as session:
        await move_demonstration_clock(session, timedelta(days=380))
    signed = await manager.post(f"{at}/signature", json={"signed_on": str(today + timedelta(days=379))})
    assert signed.status_code == 200, signed.text
    assert (await alerts(manager), len(await alerts(manager, provenance="synthetic"))) == ([], 1)
    assert (await manager.get("/v1/agreements")).json()["items"] == []
    named = (await manager.get("/v1/agreements?provenance=synthetic")).json()["items"]
    assert [row["code"] for row in named] == ["mou-1"]


async def test_an_amendment_prolongs_and_revives(
    demonstration: Door, manager: httpx.AsyncClient, make: Make, today: date
) -> None:
    last = today + timedelta(days=10)
    made = await make(expires_on=str(last))
    at = f"/v1/agreements/{made['id']}"
    draft = {"number": 1, "signed_on": str(today), "summary": {"en": "Longer (synthetic)"}}
    assert (await manager.post(f"{at}/amendments", json=draft)).json()["code"] == "transition-refused"
    await manager.post(f"{at}/signature", json={"signed_on": str(today)})
    assert await alerts(manager) == [(str(last), 30)]
    await live_at(demonstration, made, last + DAY)
    expired = (await manager.get(at)).json()
    assert (expired["state"], [a["name"] for a in expired["actions"]]) == ("expired", ["terminated"])
    later = today + timedelta(days=60)
    amended = await manager.post(f"{at}/amendments", json=draft | {"expires_on": str(later)})
    assert amended.status_code == 201, amended.text
    assert (amended.json()["state"], amended.json()["expires_on"]) == ("in_force", str(later))
    assert [row["number"] for row in amended.json()["amendments"]] == [1]
    assert await alerts(manager) == [(str(last), 30), (str(later), 90)]
    assert (await manager.post(f"{at}/amendments", json=draft)).json()["code"] == "portfolio-item-exists"
    ended = await manager.post(f"{at}/termination", json={"reason": "Synthetic"})
    assert (ended.json()["state"], ended.json()["state_reason"]) == ("terminated", "Synthetic")
    await live_at(demonstration, made, later)
    assert len(await alerts(manager)) == 2


async def test_the_record_is_changed_as_a_whole_and_names_only_what_there_is(
    manager: httpx.AsyncClient, make: Make, edition: dict[str, Any]
) -> None:
    made = await make()
    at = f"/v1/agreements/{made['id']}"
    whole = {
        "kind": "contract",
        "title": {"en": "A synthetic contract"},
        "party_ids": [made["parties"][0]["id"]],
        "subjects": [{"kind": "edition", "id": edition["id"]}],
    }
    version = {"If-Match": f'"{made["version"]}"'}
    unknown = whole | {"subjects": [{"kind": "program", "id": edition["id"]}]}
    assert (await manager.patch(at, json=unknown, headers=version)).json()["code"] == "reference-unknown"
    nobody = whole | {"party_ids": [edition["id"]]}
    assert (await manager.patch(at, json=nobody, headers=version)).json()["code"] == "organization-not-found"
    changed = await manager.patch(at, json=whole, headers=version)
    assert changed.status_code == 200, changed.text
    assert (changed.json()["kind"], len(changed.json()["parties"])) == ("contract", 1)
    assert changed.json()["subjects"] == whole["subjects"]
