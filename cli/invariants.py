"""`qoldau check-invariants`: what must always hold, asked of every room's database, and between the rooms.

Source: design/reliability.md, I1 to I10.
"""

import asyncio
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

import asyncpg
from sqlalchemy.orm import DeclarativeBase

from cli.databases import AppDatabase, reachable_databases
from cli.environment import GATEWAY, SERVICES
from cli.home import find_home
from gateway.webhooks.db.tables import Base as GatewayBase
from services.common.invariants import HOUSE, audit_invariants
from services.common.outbox import outbox_event
from services.common.purge import KEPT
from services.evaluation.db.invariants import INVARIANTS as EVALUATION
from services.evaluation.db.tables import Base as EvaluationBase
from services.participants.db.invariants import INVARIANTS as PARTICIPANTS
from services.participants.db.tables import Base as ParticipantsBase
from services.programs.db.invariants import INVARIANTS as PROGRAMS
from services.programs.db.tables import Base as ProgramsBase


@dataclass(frozen=True)
class Room:
    """What is asked of one app's database."""

    base: type[DeclarativeBase]
    own: Mapping[str, str] = field(default_factory=dict)
    mirrors: Sequence[tuple[str, str, str]] = ()
    """Owner's app, its table, and this room's query for (id, version) of what it mirrors."""


ROOMS: Final[Mapping[str, Room]] = {
    "programs": Room(ProgramsBase, PROGRAMS),
    "participants": Room(
        ParticipantsBase,
        PARTICIPANTS,
        [
            ("programs", "edition", "SELECT id, aggregate_version FROM mirror_edition"),
            ("programs", "training_session", "SELECT id, aggregate_version FROM mirror_training_session"),
            ("programs", "organization", "SELECT id, aggregate_version FROM mirror_organization"),
        ],
    ),
    "evaluation": Room(
        EvaluationBase,
        EVALUATION,
        [
            ("programs", "edition", "SELECT id, version FROM mirror_edition"),
            ("programs", "training_session", "SELECT id, version FROM mirror_training_session"),
            ("programs", "delivery", "SELECT id, version FROM mirror_delivery"),
        ],
    ),
    GATEWAY: Room(GatewayBase),
}

Connections = Mapping[str, asyncpg.Connection]


def check_invariants() -> None:
    """Say which invariants are broken, and by how many rows; the exit status is 1 if any is."""
    with reachable_databases(os.environ, find_home(os.environ)) as databases:
        broken = asyncio.run(find_broken(databases))
    for name, rows in broken.items():
        print(f"broken: {name} ({rows} rows)")
    if broken:
        sys.exit(1)
    print("all invariants hold")


async def find_broken(databases: Sequence[AppDatabase]) -> dict[str, int]:
    """Return every invariant that does not hold, with the number of rows that break it."""
    found: dict[str, int] = {}
    async with AsyncExitStack() as stack:
        connections: dict[str, asyncpg.Connection] = {}
        for database in databases:
            if database.app in ROOMS and database.reader is not None:
                connections[database.app] = await asyncpg.connect(database.reader)
                stack.push_async_callback(connections[database.app].close)
        for app, connection in connections.items():
            room = ROOMS[app]
            asked = {**HOUSE, **audit_invariants(room.base), **room.own}
            for name, query in asked.items():
                found[f"{app}: {name}"] = len(await connection.fetch(query))
        for sender in connections:
            for receiver in connections.keys() - {sender}:
                found |= await _check_travel(connections, sender, receiver)
        for app in SERVICES:
            found |= await _check_mirrors(connections, app)
    return {name: rows for name, rows in found.items() if rows}


async def _check_travel(connections: Connections, sender: str, receiver: str) -> dict[str, int]:
    """I4: what was delivered is in the receiver's inbox, and nothing is there that the sender does not know."""
    kept = KEPT[outbox_event]
    delivered = await connections[sender].fetch(
        "SELECT id FROM outbox_event WHERE destination = $1 AND delivered_at > clock_timestamp() - $2::interval",
        receiver,
        kept,
    )
    # The inbox is read between the two: what was delivered has arrived, and what arrived meanwhile is known.
    received = await connections[receiver].fetch(
        "SELECT id, received_at > clock_timestamp() - $2::interval AS recent FROM inbox_event WHERE kind LIKE $1",
        f"{sender}.%",
        kept,
    )
    known = await connections[sender].fetch("SELECT id FROM outbox_event WHERE destination = $1", receiver)
    arrived = {row["id"] for row in received}
    lost = {row["id"] for row in delivered} - arrived
    unknown = {row["id"] for row in received if row["recent"]} - {row["id"] for row in known}
    return {
        f"{receiver}: I4 an event that {sender} delivered is not in the inbox": len(lost),
        f"{receiver}: I4 an event in the inbox is not known to {sender}": len(unknown),
    }


async def _check_mirrors(connections: Connections, app: str) -> dict[str, int]:
    """I5: no mirror is ahead of what its owner has."""
    found = {}
    for owner, table, query in ROOMS[app].mirrors:
        mirrored = await connections[app].fetch(query)
        owned = await connections[owner].fetch(f'SELECT id, version FROM "{table}"')  # noqa: S608  our own table
        versions: dict[UUID, int] = {row["id"]: row["version"] for row in owned}
        ahead = [id_ for id_, version in mirrored if version > versions.get(id_, -1)]
        found[f"{app}: I5 a mirror is ahead of {owner}'s {table}"] = len(ahead)
    return found
