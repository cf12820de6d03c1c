"""Telling again: every thing once, with its whole state as it stands."""

from typing import Any

import httpx
from sqlalchemy import select

from services.common.outbox import outbox_event
from services.programs.domain.events import EVENTS
from services.programs.operations.replays import REPLAYERS
from tests.apps import Door
from tests.programs.demonstrations import enter, step, voucher_scheme


async def outbox(door: Door, kind: str, *, replay: bool) -> list[dict[str, Any]]:
    query = select(outbox_event).where(
        outbox_event.c.kind == kind,
        outbox_event.c.replay.is_(replay),
        outbox_event.c.destination == "participants",
    )
    async with door.app.state.sessions.reading() as session:
        found = await session.execute(query.order_by(outbox_event.c.id))
        return [row.data for row in found]


async def populate(manager: httpx.AsyncClient, edition: dict[str, Any]) -> None:
    lecturer = await enter(
        manager,
        "/v1/lecturers",
        {"names": {"en": "Synthetic Lecturer"}, "consents_to_be_shown": False},
    )
    meeting = {
        "kind": "lecture",
        "title": {"en": "First day"},
        "starts_at": "2031-05-05T05:00:00Z",
        "ends_at": "2031-05-05T07:00:00Z",
        "lecturers": [{"lecturer_id": lecturer["id"]}],
    }
    held = await enter(manager, f"/v1/editions/{edition['id']}/training-sessions", meeting)
    moved = {"starts_at": "2031-05-06T05:00:00Z", "ends_at": "2031-05-06T07:00:00Z"}
    assert (await manager.post(f"/v1/training-sessions/{held['id']}/move", json=moved)).status_code == 200
    await step(manager, edition, "announced")
    provider = await enter(manager, "/v1/organizations", {"code": "hub", "names": {"en": "Synthetic hub"}})
    scheme = await enter(manager, "/v1/deliveries", voucher_scheme(provider["id"]))
    agreed = await manager.post(f"/v1/deliveries/{scheme['id']}/state-changes", json={"state": "agreed"})
    assert agreed.status_code == 200, agreed.text


async def award(door: Door, edition: dict[str, Any]) -> None:
    fund = {"code": "fund", "names": {"en": "Synthetic fund"}, "purpose": {"en": "Tests"}}
    row: dict[str, Any] = {"code": "a", "kind": "grant", "title": {"en": "Grant"}, "provenance": "synthetic"}
    row |= {
        "fund_id": (await enter(door.as_("manager"), "/v1/funds", fund))["id"],
        "edition_id": edition["id"],
    }
    row |= {"instalments": [{"money": {"amount": "1.00", "currency": "USD"}, "due_on": "2031-06-01"}]}
    await enter(door.as_("finance"), "/v1/awards", row)


async def test_a_replay_tells_the_state_that_was_told_last(
    demonstration: Door, edition: dict[str, Any]
) -> None:
    await populate(demonstration.as_("manager"), edition)
    await award(demonstration, edition)
    told_last = {
        "programs.organization.changed.v1": "programs.organization.changed.v1",
        "programs.lecturer.changed.v1": "programs.lecturer.changed.v1",
        "programs.edition.changed.v1": "programs.edition.announced.v1",
        "programs.training_session.scheduled.v1": "programs.training_session.moved.v1",
        "programs.voucher_scheme.agreed.v1": "programs.voucher_scheme.agreed.v1",
        "programs.award.made.v1": "programs.award.made.v1",
    }
    assert told_last.keys() == REPLAYERS.keys() <= EVENTS.kinds.keys()
    answer = await demonstration.as_("administrator").post(
        "/internal/replay", json={"kinds": list(told_last)}
    )
    # Two organizations; each goes to both other rooms, they and editions to the gateway too, the award to one.
    assert (answer.status_code, answer.json()) == (202, {"events": 6 * 2 + 3 + 1})
    for kind, last in told_last.items():
        again = await outbox(demonstration, kind, replay=True)
        assert again[-1] == (await outbox(demonstration, last, replay=False))[-1], kind
        assert "Synthetic Lecturer" not in str(again)


async def test_one_shot_facts_are_not_told_again(demonstration: Door) -> None:
    kinds = {"kinds": ["programs.delivery.accepted.v1"]}
    answer = await demonstration.as_("administrator").post("/internal/replay", json=kinds)
    assert answer.status_code == 422
