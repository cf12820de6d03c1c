"""The inbox and the internal routes: one effect per event, and only from whom it claims to be."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from pydantic import BaseModel
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.events import EventData
from services.common.identity import ANONYMOUS, Caller, Role, TokenSigner, TokenVerifier
from services.common.inbox import Event, inbox_event, is_newer
from services.common.operations import operation
from services.common.outbox import outbox_event
from services.common.problems import Conflict
from services.common.relay import deliver_due
from tests.apps import Door
from tests.cluster import TestDatabase
from tests.delivery import (
    NEWS_SHOUTED,
    THING_CHANGED,
    THINGS,
    Deliver,
    Pair,
    ThingData,
    open_pair,
    open_sender,
)

BROKEN = "broken"


class Thing(BaseModel):
    """The few fields that this consumer uses; what else the event holds is no concern of it."""

    aggregate_version: int
    note: str | None


async def mirror(session: AsyncSession, event: Event) -> None:
    """Keep the newest state of a thing in one row, with its version."""
    thing = event.read(Thing)
    known = (await session.execute(select(operation).where(operation.c.id == event.subject))).one_or_none()
    values = {"done": thing.aggregate_version, "owner": thing.note or "", "kind": "mirror", "state": "known"}
    if known is None:
        await session.execute(insert(operation).values(id=event.subject, **values))
    elif is_newer(known.done, thing.aggregate_version, replay=event.replay):
        await session.execute(update(operation).where(operation.c.id == event.subject).values(**values))
    if thing.note == BROKEN:
        raise Conflict("The consumer fails after its first statement.")


@pytest.fixture
async def pair(clean: TestDatabase, keys: Path) -> AsyncIterator[Pair]:
    async with open_pair(clean, keys, {THING_CHANGED.name: mirror}) as opened:
        yield opened


@pytest.fixture
async def sender(pair: Pair) -> AsyncIterator[httpx.AsyncClient]:
    token = pair.signer.sign_as_service(audience="participants")
    transport = httpx.ASGITransport(pair.receiver.app, raise_app_exceptions=False)
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://app", headers=headers) as client:
        yield client


def envelope(subject: UUID | None = None, version: int = 1, note: str = "", **changes: Any) -> dict[str, Any]:
    subject = subject or uuid4()
    data = {"aggregate_id": str(subject), "aggregate_version": version, "note": note, "unknown_to_us": [1]}
    return {
        "specversion": "1.0",
        "id": str(uuid4()),
        "source": "programs",
        "type": THING_CHANGED.name,
        "subject": str(subject),
        "time": "2026-01-02T03:04:05Z",
        "data": data,
        "somethingnew": "ignored",
    } | changes


async def take(client: httpx.AsyncClient, event: dict[str, Any]) -> int:
    return (await client.post("/internal/events", json=event)).status_code


async def rows(pair: Pair, table: Any) -> list[Any]:
    async with pair.receiver.app.state.sessions.reading() as session:
        return list(await session.execute(select(table)))


async def test_an_event_twice_has_one_effect(pair: Pair, sender: httpx.AsyncClient) -> None:
    event = envelope(note="first")
    assert await take(sender, event) == 204
    assert (
        await take(sender, event | {"data": event["data"] | {"note": "tampered", "aggregate_version": 9}})
        == 204
    )
    (row,) = await rows(pair, operation)
    assert (row.done, row.owner) == (1, "first")
    (seen,) = await rows(pair, inbox_event)
    assert (str(seen.id), seen.kind, seen.aggregate_version) == (event["id"], THING_CHANGED.name, 1)
    assert seen.applied_at is not None


async def test_out_of_order_the_newest_state_stays(pair: Pair, sender: httpx.AsyncClient) -> None:
    thing = uuid4()
    for version in (2, 5, 1, 3):
        assert await take(sender, envelope(thing, version, f"v{version}")) == 204
    (row,) = await rows(pair, operation)
    assert (row.done, row.owner) == (5, "v5")


async def test_all_at_once_the_newest_state_stays(pair: Pair, sender: httpx.AsyncClient) -> None:
    thing = uuid4()
    answers = await asyncio.gather(*(take(sender, envelope(thing, v, f"v{v}")) for v in range(1, 13)))
    assert set(answers) == {204}
    (row,) = await rows(pair, operation)
    assert (row.done, row.owner) == (12, "v12")


async def test_a_replay_writes_an_equal_version_again_but_none_older(
    pair: Pair, sender: httpx.AsyncClient
) -> None:
    thing = uuid4()
    await take(sender, envelope(thing, 3, "damaged"))
    await take(sender, envelope(thing, 3, "live repeats are ignored"))
    assert [row.owner for row in await rows(pair, operation)] == ["damaged"]
    await take(sender, envelope(thing, 3, "repaired", replay=True))
    await take(sender, envelope(thing, 2, "older", replay=True))
    assert [row.owner for row in await rows(pair, operation)] == ["repaired"]


async def test_an_effect_that_fails_leaves_neither_effect_nor_inbox_row(
    pair: Pair, sender: httpx.AsyncClient
) -> None:
    event = envelope(note=BROKEN)
    assert await take(sender, event) == 409
    assert await rows(pair, operation) == await rows(pair, inbox_event) == []
    assert await take(sender, event | {"data": event["data"] | {"note": "mended"}}) == 204
    assert [row.owner for row in await rows(pair, operation)] == ["mended"]


async def test_kinds_of_a_newer_sender_are_acknowledged_and_ignored(
    pair: Pair, sender: httpx.AsyncClient
) -> None:
    assert await take(sender, envelope(type="programs.thing.vanished.v7")) == 204
    assert await rows(pair, operation) == []
    (seen,) = await rows(pair, inbox_event)
    assert seen.applied_at is None


@pytest.mark.parametrize(
    "changes",
    [
        {"specversion": "0.3"},
        {"id": "not-a-uuid"},
        {"subject": None},
        {"data": []},
        {"data": {"aggregate_id": str(UUID(int=1))}},
        {"data": {"aggregate_id": str(UUID(int=1)), "aggregate_version": -1}},
    ],
)
async def test_what_is_no_event_is_invalid(
    pair: Pair, sender: httpx.AsyncClient, changes: dict[str, Any]
) -> None:
    assert await take(sender, envelope() | changes) == 422
    assert await rows(pair, inbox_event) == []


async def test_only_an_app_in_its_own_name_may_send(
    pair: Pair, sender: httpx.AsyncClient, keys: Path
) -> None:
    assert await take(sender, envelope(source="evaluation", type="evaluation.thing.changed.v1")) == 403
    assert await take(sender, envelope(type="evaluation.thing.changed.v1")) == 403
    assert await take(pair.receiver.as_("administrator"), envelope()) == 403
    assert await take(pair.receiver.as_("service"), envelope()) == 403
    assert await take(pair.receiver.as_(), envelope()) == 401
    signer = TokenSigner.read("programs", keys / "programs.json")
    elsewhere = {"Authorization": f"Bearer {signer.sign_as_service(audience='evaluation')}"}
    answer = await sender.post("/internal/events", json=envelope(), headers=elsewhere)
    assert answer.status_code == 401
    assert await rows(pair, inbox_event) == []


@pytest.mark.parametrize(
    ("stored", "event", "live", "replayed"),
    [(None, 1, True, True), (1, 2, True, True), (2, 2, False, True), (3, 2, False, False)],
)
def test_what_is_newer(*, stored: int | None, event: int, live: bool, replayed: bool) -> None:
    assert is_newer(stored, event) is live
    assert is_newer(stored, event, replay=True) is replayed


async def _things(_: AsyncSession) -> AsyncIterator[EventData]:
    for number in range(1, 4):
        yield ThingData(aggregate_id=UUID(int=number), aggregate_version=number)


@pytest.fixture
async def owner(clean: TestDatabase, keys: Path) -> AsyncIterator[Door]:
    replayers = {THING_CHANGED.name: _things, NEWS_SHOUTED.name: _things}
    async with open_sender(clean, keys, replayers) as door:
        yield door


async def asked(owner: Door, client: httpx.AsyncClient, body: Any) -> tuple[int, list[tuple[str, bool]]]:
    answer = await client.post("/internal/replay", json=body)
    async with owner.app.state.sessions.reading() as session:
        sent = await session.execute(select(outbox_event.c.destination, outbox_event.c.replay))
    return answer.status_code, sorted((row.destination, row.replay) for row in sent)


async def test_an_app_gets_again_what_is_meant_for_it(owner: Door, keys: Path) -> None:
    signer = TokenSigner.read("evaluation", keys / "evaluation.json")
    client = owner.as_()
    client.headers["Authorization"] = f"Bearer {signer.sign_as_service(audience='programs')}"
    body = {"kinds": [THING_CHANGED.name, NEWS_SHOUTED.name]}
    assert await asked(owner, client, body) == (202, [("evaluation", True)] * 3)


async def test_an_administrator_replays_to_all(owner: Door) -> None:
    both = [("evaluation", True)] * 3 + [("participants", True)] * 3
    assert await asked(owner, owner.as_("administrator"), {"kinds": [NEWS_SHOUTED.name]}) == (202, both)


@pytest.mark.parametrize(
    ("roles", "body", "status"),
    [
        ((), {"kinds": [THING_CHANGED.name]}, 401),
        (("manager",), {"kinds": [THING_CHANGED.name]}, 403),
        (("administrator",), {"kinds": ["programs.unknown.v1"]}, 422),
        (("administrator",), {"kinds": []}, 422),
        (("administrator",), {"kinds": [THING_CHANGED.name], "to": "gateway"}, 422),
    ],
)
async def test_others_replay_nothing(owner: Door, roles: tuple[str, ...], body: Any, status: int) -> None:
    assert await asked(owner, owner.as_(*roles), body) == (status, [])


async def test_a_replay_mends_a_mirror(pair: Pair, owner: Door) -> None:
    await owner.as_("administrator").post("/internal/replay", json={"kinds": [THING_CHANGED.name]})
    await deliver_due(owner.app.state.sessions, pair.wire(), THINGS, "participants")
    assert sorted(row.done for row in await rows(pair, operation)) == [1, 2, 3]


async def test_quiet_rooms_have_nothing_to_deliver(deliver: Deliver) -> None:
    assert await deliver() == 0


async def test_the_gateway_speaks_for_itself_by_naming_nobody(keys: Path) -> None:
    """Whoever it speaks for is no service, whatever roles they hold."""
    signer = TokenSigner.read("gateway", keys / "gateway.json")
    tokens = TokenVerifier.read("participants", keys / "public.json")
    assert tokens.verify(signer.sign_as_service(audience="participants")).service == "gateway"
    for caller in (
        Caller(uuid4(), frozenset({Role.SERVICE})),
        Caller(None, frozenset({Role.SERVICE, Role.PUBLIC})),
        ANONYMOUS,
    ):
        assert tokens.verify(signer.sign(caller, audience="participants")).service is None
