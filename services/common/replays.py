"""Replay: the owner of facts sends the full state of its aggregates again, so that a mirror can be rebuilt."""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.events import EventData, EventRegistry
from services.common.outbox import publish
from services.common.problems import Fault, RequestInvalid

Replayer = Callable[[AsyncSession], AsyncIterator[EventData]]
"""Yields the state of every aggregate of one kind."""
Replayers = Mapping[str, Replayer]
"""Kind of event -> the aggregates whose state it carries; one-shot facts have none."""


async def replay(
    session: AsyncSession,
    registry: EventRegistry,
    replayers: Replayers,
    kinds: Iterable[str],
    *,
    to: str | None,
) -> int:
    """Publish the state of all aggregates of `kinds` to the app `to` (None: to all that act on them).

    Returns how many events that are. Raises `RequestInvalid` for a kind that cannot be replayed.
    """
    asked = sorted(set(kinds))
    faults = [
        Fault(f"/kinds/{place}", "unknown_kind", "This kind cannot be replayed.")
        for place, name in enumerate(asked)
        if name not in replayers
    ]
    if faults:
        raise RequestInvalid("Not every kind can be replayed.", errors=faults)
    count = 0
    for name in asked:
        kind = registry.kinds[name]
        destinations = tuple(app for app in kind.destinations if to in (None, app))
        async for data in replayers[name](session):
            await publish(session, kind, data, replay_to=destinations)
            count += len(destinations)
    return count
