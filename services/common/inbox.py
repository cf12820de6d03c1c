"""The inbox: every event that arrives has exactly one effect, however often it is delivered.

Events come in no promised order and wait for nothing: each carries the full state of its aggregate, and a
consumer applies it if its version `is_newer` than the mirror row has.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, Final, Literal, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import Column, DateTime, Index, Integer, Table, Text, Uuid, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.database import house
from services.common.problems import Fault, RequestInvalid

inbox_event: Final = Table(
    "inbox_event",
    house,
    Column("id", Uuid, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("subject", Uuid, nullable=False),
    Column("aggregate_version", Integer, nullable=False),
    Column("received_at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    # Null where this room had no use for the kind: acknowledged and ignored.
    Column("applied_at", DateTime(timezone=True)),
    Index("ix_inbox_event_received_at", "received_at"),
)

Data = TypeVar("Data", bound=BaseModel)


class _Tolerant(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class EventState(_Tolerant):
    """What the data of every event holds, whatever else it does."""

    aggregate_id: UUID
    aggregate_version: int = Field(ge=0, le=2**31 - 1)


class Event(_Tolerant):
    """An event as it arrives (CloudEvents 1.0); members that this code does not know are ignored."""

    specversion: Literal["1.0"]
    id: UUID
    source: str = Field(max_length=40)
    kind: str = Field(validation_alias="type", max_length=200)
    subject: UUID
    time: datetime
    traceparent: str | None = None
    replay: bool = False
    """Whether the owner repeats its full state, so that an equal version is applied again."""
    data: dict[str, Any]

    @property
    def aggregate_version(self) -> int:
        """The version that the sender's aggregate had."""
        return self.read(EventState).aggregate_version

    def read(self, model: type[Data]) -> Data:
        """Return the data as `model`, which names the few fields a consumer uses and ignores the rest.

        Raises `RequestInvalid`, with the pointers of what does not fit.
        """
        return _read(model, self.data, "/data")


Consumer = Callable[[AsyncSession, Event], Awaitable[None]]
"""Applies one event, in the transaction that records it; it meets no other event of the same subject."""
Consumers = Mapping[str, Consumer]
"""Kind of event -> what this room does on it."""


def read_envelope(document: object) -> Event:
    """Return the event that a CloudEvents 1.0 JSON document describes; raise `RequestInvalid`."""
    return _read(Event, document, "")


def is_newer(stored_version: int | None, event_version: int, *, replay: bool = False) -> bool:
    """Say whether an event is to be applied over a mirror row of `stored_version` (None: no row yet).

    A live event must be newer; a repeated one may be equal, so that a damaged row is written again.
    """
    if stored_version is None:
        return True
    return event_version >= stored_version if replay else event_version > stored_version


async def receive_event(session: AsyncSession, consumers: Consumers, event: Event) -> bool:
    """Record `event` and let the room apply it, in this one transaction; say whether it was new.

    A duplicate changes nothing. A kind without a consumer comes from a newer sender and is only recorded.
    """
    state = event.read(EventState)
    consume = consumers.get(event.kind)
    # Two events about one thing that has no row yet could not otherwise see each other.
    await session.execute(
        select(func.pg_advisory_xact_lock(func.hashtextextended(f"{event.source} {event.subject}", 0)))
    )
    recorded = await session.execute(
        insert(inbox_event)
        .values(
            id=event.id,
            kind=event.kind,
            subject=event.subject,
            aggregate_version=state.aggregate_version,
            applied_at=func.clock_timestamp() if consume else None,
        )
        .on_conflict_do_nothing(index_elements=["id"])
        .returning(inbox_event.c.id)
    )
    if recorded.first() is None:
        return False
    if consume:
        await consume(session, event)
    return True


def _read(model: type[Data], document: object, place: str) -> Data:
    try:
        return model.model_validate(document)
    except ValidationError as error:
        faults = [
            Fault(place + "".join(f"/{part}" for part in fault["loc"]), fault["type"], "Not as agreed.")
            for fault in error.errors(include_input=False, include_url=False, include_context=False)
        ]
        raise RequestInvalid("The event is not what its kind promises.", errors=faults) from error
