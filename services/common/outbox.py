"""The outbox: events are written in the transaction that causes them, one row per destination."""

from typing import Final

from sqlalchemy import Column, DateTime, Index, Integer, Table, Text, Uuid, func, insert, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.context import traceparent
from services.common.database import house, new_id
from services.common.events import EventData, EventKind

outbox_event: Final = Table(
    "outbox_event",
    house,
    Column("id", Uuid, primary_key=True),
    Column("destination", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("subject", Uuid, nullable=False),
    Column("data", JSONB, nullable=False),
    Column("traceparent", Text),
    Column("occurred_at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    Column("due_at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("leased_until", DateTime(timezone=True)),
    Column("delivered_at", DateTime(timezone=True)),
    Column("dead_at", DateTime(timezone=True)),
    Column("last_problem", Text),
    Index("ix_outbox_event_due", "due_at", postgresql_where=text("delivered_at IS NULL AND dead_at IS NULL")),
    Index("ix_outbox_event_subject", "subject"),
)


async def publish(session: AsyncSession, kind: EventKind, data: EventData) -> None:
    """Send an event to every app that acts on its kind, if and when this transaction commits."""
    if not isinstance(data, kind.data):
        raise TypeError(f"{kind.name} carries {kind.data.__name__}")
    event = {
        "id": new_id(),
        "kind": kind.name,
        "subject": data.aggregate_id,
        "data": data.model_dump(mode="json"),
        "traceparent": traceparent.get(),
    }
    await session.execute(insert(outbox_event), [event | {"destination": app} for app in kind.destinations])
