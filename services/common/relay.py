"""The relay: takes events from the outbox to their destinations, at least once, in no promised order.

One loop per destination, so that a frozen consumer keeps nobody else waiting. An event that is refused pauses
and tries again; a destination where nobody listens pauses as a whole, which costs its events no attempt.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import Any, Final

import orjson
from sqlalchemy import Row, func, literal, tuple_, update
from sqlalchemy.dialects.postgresql import JSONB

from services.common.events import EventRegistry
from services.common.leases import NO_TIME, bell, claim, fail, held, keep_working
from services.common.outbox import outbox_event
from services.common.peers import PeerRefusedError, Peers, PeerUnreachableError
from services.common.sessions import Sessions

LEASE: Final = timedelta(seconds=60)
BATCH: Final = 20
AT_ONCE: Final = 4
"""Events on the way to one destination at a time; a batch of slow answers still ends within its lease."""
MEDIA_TYPE: Final = "application/cloudevents+json"
RECEIVER: Final = "/internal/events"


@dataclass(frozen=True)
class Tally:
    """What became of the events that one round claimed."""

    delivered: int
    refused: int
    unreachable: int
    """Not sent, because nobody listens; they stay due."""


class DestinationDownError(RuntimeError):
    """Nobody listens at a destination; its loop pauses."""


def envelope_of(row: Row[Any], source: str) -> bytes:
    """Return the CloudEvents 1.0 JSON document of an outbox row.

    `replay` and `traceparent` are extension attributes, left out where they say nothing.
    """
    event = {
        "specversion": "1.0",
        "id": str(row.id),
        "source": source,
        "type": row.kind,
        "subject": str(row.subject),
        "time": row.occurred_at.astimezone(UTC).isoformat(),
        "datacontenttype": "application/json",
        "data": row.data,
    }
    if row.traceparent:
        event["traceparent"] = row.traceparent
    if row.replay:
        event["replay"] = True
    return orjson.dumps(event)


async def deliver_due(
    sessions: Sessions,
    peers: Peers,
    registry: EventRegistry,
    destination: str,
    *,
    ahead: timedelta = NO_TIME,
) -> Tally:
    """Claim one batch of events due for `destination`, send them, and record what became of each.

    `ahead` lets a test see retries and expired leases without waiting for them.
    """
    waiting = (
        (outbox_event.c.destination == destination)
        & outbox_event.c.delivered_at.is_(None)
        & outbox_event.c.dead_at.is_(None)
    )
    async with sessions.transaction() as session:
        rows = await claim(session, outbox_event, waiting, lease=LEASE, limit=BATCH, ahead=ahead)
    turns = asyncio.Semaphore(AT_ONCE)

    async def send(row: Row[Any]) -> str | None:
        async with turns:
            return await _send(peers, destination, row, registry.room)

    outcomes = await asyncio.gather(*(send(row) for row in rows))
    await _record(sessions, registry, list(zip(rows, outcomes, strict=True)))
    unreachable = outcomes.count(_UNREACHABLE)
    delivered = outcomes.count(None)
    return Tally(delivered, len(rows) - delivered - unreachable, unreachable)


async def relay_to(sessions: Sessions, peers: Peers, registry: EventRegistry, destination: str) -> None:
    """Deliver what falls due for `destination`, until cancelled."""

    async def work() -> bool:
        tally = await deliver_due(sessions, peers, registry, destination)
        if tally.unreachable:
            raise DestinationDownError(destination)
        return tally.delivered + tally.refused == BATCH

    await keep_working(f"relay to {destination}", bell(sessions.write_engine, f"outbox {destination}"), work)


_UNREACHABLE: Final = "unreachable"


async def _send(peers: Peers, destination: str, row: Row[Any], source: str) -> str | None:
    try:
        await peers.post(destination, RECEIVER, envelope_of(row, source), MEDIA_TYPE)
    except PeerUnreachableError:
        return _UNREACHABLE
    except PeerRefusedError as error:
        return error.code
    return None


async def _record(
    sessions: Sessions, registry: EventRegistry, outcomes: Sequence[tuple[Row[Any], str | None]]
) -> None:
    if not outcomes:
        return
    async with sessions.transaction() as session:
        for kind in {row.kind for row, problem in outcomes if problem is None}:
            keys = [(row.id, row.destination) for row, p in outcomes if p is None and row.kind == kind]
            defined = registry.kinds.get(kind)
            forgotten = dict.fromkeys(defined.secret_fields if defined else ())
            # True whoever holds the lease by now: the consumer has it.
            await session.execute(
                update(outbox_event)
                .where(tuple_(outbox_event.c.id, outbox_event.c.destination).in_(keys))
                .values(
                    delivered_at=func.clock_timestamp(),
                    leased_until=None,
                    dead_at=None,
                    last_problem=None,
                    data=outbox_event.c.data.concat(literal(forgotten, JSONB)),
                )
            )
        for row, problem in outcomes:
            if problem == _UNREACHABLE:
                await session.execute(
                    update(outbox_event)
                    .where(held(outbox_event, row))
                    .values(leased_until=None, attempts=row.attempts - 1, last_problem=problem)
                )
            elif problem is not None:
                await fail(session, outbox_event, row, problem)
