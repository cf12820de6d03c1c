"""The relay: nothing lost, nothing applied twice, nobody kept waiting by somebody else's trouble."""

import asyncio
import os
import random
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest
import uvicorn
from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.clock import real_now
from services.common.inbox import Event, inbox_event
from services.common.leases import LONGEST_PAUSE, MAX_ATTEMPTS, back_off
from services.common.operations import operation
from services.common.outbox import list_dead, outbox_event, publish, redeliver
from services.common.peers import MAX_ANSWER, PeerRefusedError, Peers, PeerUnreachableError, open_client
from services.common.problems import Conflict, Unavailable
from services.common.relay import Tally, deliver_due
from services.common.sessions import Sessions
from tests.cluster import TestDatabase
from tests.delivery import THING_CHANGED, THINGS, Pair, ThingData, open_pair, open_sender

LATER = timedelta(hours=1)
POISON = UUID(int=13)


async def note_effect(session: AsyncSession, event: Event) -> None:
    """Leave one row per effect; nothing but the inbox keeps a second one away."""
    if event.subject == POISON:
        raise Conflict("This event cannot be applied.")
    row = {"id": uuid4(), "kind": "effect", "state": "succeeded", "owner": str(event.id)}
    await session.execute(insert(operation).values(row))


async def note_effect_without_inbox(session: AsyncSession, event: Event) -> None:
    await note_effect(session, event)
    await session.execute(delete(inbox_event).where(inbox_event.c.id == event.id))


@pytest.fixture
async def pair(clean: TestDatabase, keys: Path) -> AsyncIterator[Pair]:
    async with open_pair(clean, keys, {THING_CHANGED.name: note_effect}) as opened:
        yield opened


async def send(sessions: Sessions, count: int = 1, **changes: Any) -> None:
    async with sessions.transaction() as session:
        for _ in range(count):
            data: dict[str, Any] = {"aggregate_id": uuid4(), "aggregate_version": 1} | changes
            await publish(session, THING_CHANGED, ThingData(**data))


async def effects(pair: Pair) -> int:
    async with pair.receiver.app.state.sessions.reading() as session:
        return int(await session.scalar(select(func.count()).select_from(operation)) or 0)


async def outbox(sessions: Sessions) -> list[Any]:
    async with sessions.reading() as session:
        return list(await session.execute(select(outbox_event).order_by(outbox_event.c.id)))


async def round_of(pair: Pair, peers: Peers, ahead: timedelta = timedelta(0)) -> Tally:
    return await deliver_due(pair.sender, peers, THINGS, "participants", ahead=ahead)


class Faulty(httpx.AsyncBaseTransport):
    """A wire that sometimes loses the request, the answer, or the consumer in the middle of its work."""

    def __init__(self, pair: Pair, chance: random.Random, rate: float) -> None:
        self._wire = httpx.ASGITransport(pair.receiver.app, raise_app_exceptions=False)
        self._chance = chance
        self.rate = rate

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        fate = self._chance.random()
        if fate < self.rate:
            raise httpx.ConnectError("nobody listens")
        if fate < 2 * self.rate:
            await self._wire.handle_async_request(request)
            raise httpx.ReadError("the answer is lost")
        if fate < 3 * self.rate:
            consuming = asyncio.ensure_future(self._wire.handle_async_request(request))
            await yield_often(self._chance.randrange(60))
            consuming.cancel()
            with suppress(asyncio.CancelledError):
                await consuming
            raise httpx.ReadError("the consumer was killed")
        return await self._wire.handle_async_request(request)


async def yield_often(times: int) -> None:
    for _ in range(times):
        await asyncio.sleep(0)


async def cut_connections(database: TestDatabase, since: datetime) -> None:
    """End the writing connections opened `since` then, wherever they are; older ones are other tests' apps'."""
    connection = await asyncpg.connect(database.admin)
    try:
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND usename NOT LIKE '%reader' AND backend_start >= $1",
            since,
        )
    finally:
        await connection.close()


async def survive_chaos(pair: Pair, database: TestDatabase) -> None:
    """Send 500 events while relays, consumers and connections are killed at random, then let all calm down."""
    chance = random.Random(20261123)  # noqa: S311  repeatable, not secret
    async with pair.sender.reading() as session:
        start = await real_now(session)
    await send(pair.sender, 500)
    faulty = Faulty(pair, chance, rate=0.06)
    peers = pair.over(faulty)
    for turn in range(30):
        relays = [asyncio.ensure_future(round_of(pair, peers, LATER)) for _ in range(2)]
        await yield_often(chance.randrange(4000))
        if turn % 10 == 9:
            await cut_connections(database, start)
        if chance.random() < 0.3:
            relays[0].cancel()
        await asyncio.gather(*relays, return_exceptions=True)
    faulty.rate = 0
    for _ in range(100):
        with suppress(Unavailable):  # connections that were cut are noticed one by one
            async with pair.sender.transaction() as session:
                for dead in await list_dead(session):
                    await redeliver(session, dead.id)
            if await round_of(pair, peers, LATER) == Tally(0, 0, 0):
                return
    raise AssertionError("the outbox never became empty")


async def test_500_events_have_one_effect_each_whoever_is_killed(pair: Pair, clean: TestDatabase) -> None:
    await survive_chaos(pair, clean)
    assert await effects(pair) == 500
    assert all(row.delivered_at for row in await outbox(pair.sender))


async def test_without_the_inbox_the_same_chaos_repeats_effects(clean: TestDatabase, keys: Path) -> None:
    async with open_pair(clean, keys, {THING_CHANGED.name: note_effect_without_inbox}) as careless:
        await survive_chaos(careless, clean)
        assert await effects(careless) > 500


async def test_two_relays_at_once_share_the_work(pair: Pair) -> None:
    await send(pair.sender, 150)
    sent: list[str] = []

    async def count(request: httpx.Request) -> None:
        sent.append(request.content.decode())

    peers = pair.wire()
    peers.clients["participants"].event_hooks["request"].append(count)
    while any(not row.delivered_at for row in await outbox(pair.sender)):
        await asyncio.gather(*(round_of(pair, peers) for _ in range(3)))
    assert (len(sent), await effects(pair)) == (150, 150)


async def test_a_lease_keeps_others_away_until_it_ends(pair: Pair) -> None:
    await send(pair.sender, 3)
    arrived = asyncio.Event()

    async def freeze(_: httpx.Request) -> httpx.Response:
        arrived.set()
        await asyncio.Event().wait()
        raise AssertionError

    frozen = asyncio.ensure_future(round_of(pair, pair.over(httpx.MockTransport(freeze))))
    await arrived.wait()
    assert await round_of(pair, pair.wire()) == Tally(0, 0, 0)
    frozen.cancel()
    with suppress(asyncio.CancelledError):
        await frozen
    assert await round_of(pair, pair.wire(), LATER) == Tally(3, 0, 0)
    assert await effects(pair) == 3


async def test_a_consumer_that_was_down_for_long_catches_up(pair: Pair) -> None:
    await send(pair.sender, 60)

    async def refuse(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("nobody listens")

    for _ in range(MAX_ATTEMPTS + 5):
        tally = await round_of(pair, pair.over(httpx.MockTransport(refuse)))
        assert tally.unreachable > 0
    while (await round_of(pair, pair.wire())).delivered:
        pass
    assert await effects(pair) == 60


async def test_poison_dies_after_its_attempts_and_blocks_nobody(pair: Pair) -> None:
    await send(pair.sender, aggregate_id=POISON)
    await send(pair.sender, 15)
    assert await round_of(pair, pair.wire()) == Tally(15, 1, 0)
    assert await effects(pair) == 15
    for _ in range(MAX_ATTEMPTS - 1):
        assert await round_of(pair, pair.wire(), LATER) == Tally(0, 1, 0)
    assert await round_of(pair, pair.wire(), LATER) == Tally(0, 0, 0)

    async with pair.sender.transaction() as session:
        (dead,) = await list_dead(session)
        assert (dead.subject, dead.attempts, dead.last_problem) == (POISON, MAX_ATTEMPTS, "status-409")
        assert await redeliver(session, dead.id) == ["participants"]
        assert await redeliver(session, dead.id) == []
    assert await round_of(pair, pair.wire()) == Tally(0, 1, 0)


async def test_an_event_whose_relay_always_dies_is_buried(pair: Pair) -> None:
    await send(pair.sender)
    waiting = asyncio.Event()

    async def freeze(_: httpx.Request) -> httpx.Response:
        waiting.set()
        await asyncio.Event().wait()
        raise AssertionError

    for _ in range(MAX_ATTEMPTS):
        waiting.clear()
        relay = asyncio.ensure_future(round_of(pair, pair.over(httpx.MockTransport(freeze)), LATER))
        await waiting.wait()
        relay.cancel()
        with suppress(asyncio.CancelledError):
            await relay
    assert await round_of(pair, pair.wire(), LATER) == Tally(0, 0, 0)
    async with pair.sender.reading() as session:
        assert len(await list_dead(session)) == 1


async def test_a_transaction_that_commits_late_is_not_passed_over(pair: Pair) -> None:
    async with pair.sender.transaction() as slow:
        await publish(slow, THING_CHANGED, ThingData(aggregate_id=uuid4(), aggregate_version=1, note="slow"))
        await send(pair.sender, note="fast")
        assert await round_of(pair, pair.wire()) == Tally(1, 0, 0)
        (fast,) = await outbox(pair.sender)
    late = [row for row in await outbox(pair.sender) if row.id > fast.id]
    assert late == []  # the negative control: "id greater than the last seen" would have lost it
    assert await round_of(pair, pair.wire()) == Tally(1, 0, 0)
    assert await effects(pair) == 2


async def test_secrets_are_forgotten_once_delivered(pair: Pair) -> None:
    await send(pair.sender, sealed="sealed-token", note="stays")
    (row,) = await outbox(pair.sender)
    assert row.data["sealed"] == "sealed-token"
    await round_of(pair, pair.wire())
    (row,) = await outbox(pair.sender)
    assert (row.data["sealed"], row.data["note"]) == (None, "stays")


def test_only_fields_that_exist_can_be_secret() -> None:
    with pytest.raises(LookupError):
        THINGS.define("thing.other", ThingData, secret_fields=("unknown",))


def test_pauses_grow_up_to_a_quarter_of_an_hour() -> None:
    longest = [max(back_off(attempts) for _ in range(200)) for attempts in range(1, 40)]
    assert all(pause <= min(timedelta(seconds=2**n), LONGEST_PAUSE) for n, pause in enumerate(longest, 1))
    assert longest[-1] > timedelta(minutes=5)


@pytest.mark.parametrize(
    ("status", "size", "code"),
    [(200, MAX_ANSWER + 1, "answer-too-large"), (302, 0, "status-302"), (503, 0, "status-503")],
)
async def test_answers_are_bounded(pair: Pair, status: int, size: int, code: str) -> None:
    async def body() -> AsyncIterator[bytes]:
        yield b"x" * size

    async def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(status, content=body(), headers={"Location": "http://elsewhere"})

    with pytest.raises(PeerRefusedError, match=code):
        await pair.over(httpx.MockTransport(answer)).post("participants", "/internal/events", b"{}", "x/y")


async def test_a_frozen_peer_costs_no_more_than_the_budget(pair: Pair) -> None:
    async def freeze(_: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError

    frozen = pair.over(httpx.MockTransport(freeze))
    with pytest.raises(PeerRefusedError, match="TimeoutError"):
        await Peers(frozen.signer, frozen.clients, budget=0.05).post("participants", "/", b"", "x/y")


async def test_an_address_where_nobody_listens_is_unreachable(pair: Pair, tmp_path: Path) -> None:
    for address in (f"unix:{tmp_path}/none.sock", "http://127.0.0.1:1"):
        client = open_client(address)
        with pytest.raises(PeerUnreachableError):
            await Peers(pair.signer, {"participants": client}).post("participants", "/", b"", "x/y")
        await client.aclose()


async def test_an_app_relays_by_itself_over_a_socket(pair: Pair, clean: TestDatabase, keys: Path) -> None:
    socket = Path(f"/tmp/qoldau-test-{uuid4().hex[:12]}.sock")  # noqa: S108  sockets need a short path
    server = uvicorn.Server(
        uvicorn.Config(pair.receiver.app, uds=str(socket), lifespan="off", log_config=None)
    )
    serving = asyncio.ensure_future(server._serve())
    try:
        addresses = {"participants_url": f"unix:{socket}"}
        async with open_sender(clean, keys, addresses=addresses) as sender:
            await send(sender.app.state.sessions, 5)
            async with asyncio.timeout(30):
                while await effects(pair) < 5:  # noqa: ASYNC110  the effect is in the database, nothing to wait on
                    await asyncio.sleep(0.02)
    finally:
        server.should_exit = True
        await serving
        os.unlink(socket)  # noqa: PTH108  one call; uvicorn leaves the file behind when it is not the main task
