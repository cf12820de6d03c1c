"""The outbox: events are written in the transaction that causes them, one row per destination."""

from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Index,
    Integer,
    Row,
    Table,
    Text,
    Uuid,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.context import traceparent
from services.common.database import house, new_id
from services.common.events import EventData, EventKind
from services.common.leases import ring_after_commit

outbox_event: Final = Table(
    "outbox_event",
    house,
    Column("id", Uuid, primary_key=True),
    Column("destination", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("subject", Uuid, nullable=False),
    Column("data", JSONB, nullable=False),
    Column("replay", Boolean, nullable=False, server_default=text("false")),
    Column("traceparent", Text),
    Column("occurred_at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    Column("due_at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("leased_until", DateTime(timezone=True)),
    Column("delivered_at", DateTime(timezone=True)),
    Column("dead_at", DateTime(timezone=True)),
    Column("last_problem", Text),
    Index(
        "ix_outbox_event_due",
        "destination",
        "due_at",
        postgresql_where=text("delivered_at IS NULL AND dead_at IS NULL"),
    ),
    Index("ix_outbox_event_dead", "dead_at", postgresql_where=text("dead_at IS NOT NULL")),
    Index("ix_outbox_event_subject", "subject"),
)


async def publish(
    session: AsyncSession,
    kind: EventKind,
    data: EventData,
    *,
    replay_to: tuple[str, ...] | None = None,
) -> None:
    """Send an event to every app that acts on its kind, if and when this transaction commits.

    `replay_to` sends to these apps only, as a repetition that rebuilds what they hold.
    """
    if not isinstance(data, kind.data):
        raise TypeError(f"{kind.name} carries {kind.data.__name__}")
    destinations = kind.destinations if replay_to is None else replay_to
    if not destinations:
        return
    event = {
        "id": new_id(),
        "kind": kind.name,
        "subject": data.aggregate_id,
        "data": data.model_dump(mode="json"),
        "replay": replay_to is not None,
        "traceparent": traceparent.get(),
    }
    await session.execute(insert(outbox_event), [event | {"destination": app} for app in destinations])
    for app in destinations:
        ring_after_commit(session, f"outbox {app}")


async def count_backlog(session: AsyncSession) -> tuple[int, int]:
    """Return how many events wait to be delivered, and how many were given up."""
    dead = outbox_event.c.dead_at.is_not(None)
    waiting = outbox_event.c.delivered_at.is_(None) & outbox_event.c.dead_at.is_(None)
    due, given_up = (
        await session.execute(
            select(
                select(func.count()).where(waiting).scalar_subquery(),
                select(func.count()).where(dead).scalar_subquery(),
            )
        )
    ).one()
    return due, given_up


async def list_dead(session: AsyncSession, *, limit: int = 200) -> list[Row[Any]]:
    """Return events that were given up, the latest first, without their data: what an operator looks at."""
    shown = [column for column in outbox_event.c if column.name != "data"]
    dead = select(*shown).where(outbox_event.c.dead_at.is_not(None))
    return list(await session.execute(dead.order_by(outbox_event.c.dead_at.desc()).limit(limit)))


async def redeliver(session: AsyncSession, event_id: UUID) -> list[str]:
    """Send a dead event again, with all its attempts before it; return to whom it goes (nobody: not dead)."""
    revived = await session.execute(
        update(outbox_event)
        .where(outbox_event.c.id == event_id, outbox_event.c.dead_at.is_not(None))
        .values(dead_at=None, attempts=0, leased_until=None, due_at=func.clock_timestamp())
        .returning(outbox_event.c.destination)
    )
    destinations = list(revived.scalars())
    for app in destinations:
        ring_after_commit(session, f"outbox {app}")
    return destinations
