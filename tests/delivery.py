"""Events between apps in one process: delivered when a test says so, without time passing."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from gateway.identity.domain.events import EVENTS as GATEWAY_EVENTS
from services.common.events import EventData, EventRegistry
from services.common.http.app import Room, create_room_app
from services.common.identity import TokenSigner
from services.common.inbox import Consumers
from services.common.jobs import Works
from services.common.peers import Peers
from services.common.relay import deliver_due
from services.common.replays import Replayers
from services.common.sessions import Sessions
from services.evaluation.domain.events import EVENTS as EVALUATION_EVENTS
from services.participants.db.tables import SCHEMA_REVISION as PARTICIPANTS_REVISION
from services.participants.domain.events import EVENTS as PARTICIPANTS_EVENTS
from services.participants.settings import Settings as ParticipantsSettings
from services.programs.db.tables import SCHEMA_REVISION as PROGRAMS_REVISION
from services.programs.domain.events import EVENTS as PROGRAMS_EVENTS
from services.programs.settings import Settings as ProgramsSettings
from tests.apps import Door, facts_of, open_door
from tests.cluster import TestDatabase

Deliver = Callable[[], Awaitable[int]]


class ThingData(EventData):
    """Something made up, to be told from one room to another."""

    note: str | None = None
    sealed: str | None = None


THINGS = EventRegistry("programs")
THING_CHANGED = THINGS.define("thing.changed", ThingData, "participants", secret_fields=("sealed",))
NEWS_SHOUTED = THINGS.define("news.shouted", ThingData, "participants", "evaluation")


def client_of(transport: httpx.AsyncBaseTransport) -> httpx.AsyncClient:
    """Return a client as peers have them, over `transport`."""
    return httpx.AsyncClient(transport=transport, base_url="http://app")


@asynccontextmanager
async def delivering(*doors: Door) -> AsyncIterator[Deliver]:
    """Carry every event that is due between these apps, and those that they cause, each time it is asked."""
    registries = {
        r.room: r for r in (PROGRAMS_EVENTS, PARTICIPANTS_EVENTS, EVALUATION_EVENTS, GATEWAY_EVENTS)
    }
    async with AsyncExitStack() as stack:
        clients = {
            door.name: await stack.enter_async_context(client_of(httpx.ASGITransport(door.app)))
            for door in doors
        }

        async def carry() -> int:
            total, moved = 0, True
            while moved:
                moved = False
                for door in doors:
                    peers = Peers(door.app.state.signer, clients)
                    for receiver in clients.keys() - {door.name}:
                        registry = registries[door.name]
                        tally = await deliver_due(door.app.state.sessions, peers, registry, receiver)
                        refused = tally.refused + tally.unreachable
                        assert refused == 0, f"{receiver} refused events of {door.name}"
                        total += tally.delivered
                        moved |= tally.delivered > 0
            return total

        yield carry


@pytest.fixture
async def deliver(programs: Door, participants: Door, evaluation: Door) -> AsyncIterator[Deliver]:
    """Carry events between the three rooms, and return how many."""
    async with delivering(programs, participants, evaluation) as carry:
        yield carry


@dataclass(frozen=True)
class Pair:
    """A room that sends things and the room that takes them, with the wire between."""

    sender: Sessions
    receiver: Door
    signer: TokenSigner

    def over(self, transport: httpx.AsyncBaseTransport) -> Peers:
        """Return the sender's peers, with `transport` between it and the receiver."""
        return Peers(self.signer, {"participants": client_of(transport)})

    def wire(self) -> Peers:
        """Return the sender's peers, with nothing in between that could fail."""
        return self.over(httpx.ASGITransport(self.receiver.app, raise_app_exceptions=False))


@asynccontextmanager
async def open_pair(database: TestDatabase, keys: Path, consumers: Consumers) -> AsyncIterator[Pair]:
    """Start a sender in the programs schema and a receiver in the participants schema with these consumers."""
    async with AsyncExitStack() as stack:
        sender = await stack.enter_async_context(open_sender(database, keys))
        room = Room(
            "participants",
            "Takes things.",
            [],
            {},
            PARTICIPANTS_REVISION,
            keeps_bodies=False,
            consumers=consumers,
        )
        settings = ParticipantsSettings(**facts_of("participants", database.participants, keys))
        app = create_room_app(room, settings)
        receiver = await stack.enter_async_context(open_door("participants", app, keys))
        yield Pair(sender.app.state.sessions, receiver.over(database), sender.app.state.signer)


@asynccontextmanager
async def open_sender(
    database: TestDatabase,
    keys: Path,
    replayers: Replayers | None = None,
    jobs: Works | None = None,
    addresses: Mapping[str, str] | None = None,
) -> AsyncIterator[Door]:
    """Start a room that sends things in the programs schema; with `addresses`, it works in the background."""
    room = Room(
        "programs",
        "Sends things.",
        [],
        {},
        PROGRAMS_REVISION,
        keeps_bodies=True,
        registry=THINGS,
        replayers=replayers or {},
        jobs=jobs or {},
    )
    facts = facts_of("programs", database.programs, keys)
    if addresses is not None:
        facts |= {"background": True, **addresses}
    async with open_door("programs", create_room_app(room, ProgramsSettings(**facts)), keys) as door:
        yield door.over(database)
