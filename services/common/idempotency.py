"""One effect per `Idempotency-Key`: the key is recorded in the same transaction as the effect.

Source: design/settled.md, after draft-ietf-httpapi-idempotency-key-header.
"""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Column, DateTime, Index, Integer, LargeBinary, Table, Text, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.database import house
from services.common.problems import IdempotencyKeyReused, RequestInFlight

idempotency_key: Final = Table(
    "idempotency_key",
    house,
    Column("principal", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("fingerprint", Text, nullable=False),
    Column("status", Integer, nullable=False),
    Column("location", Text),
    Column("body", LargeBinary),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    Index("ix_idempotency_key_created_at", "created_at"),
)


@dataclass(frozen=True)
class Attempt:
    """A request that names an `Idempotency-Key`."""

    principal: str
    key: str
    fingerprint: str
    """SHA-256 of method, path, canonical query and raw body."""


@dataclass(frozen=True)
class Outcome:
    """What the first request was answered; `body` is None where bodies are personal and rendered again."""

    status: int
    location: str | None
    body: bytes | None


async def find_outcome(session: AsyncSession, attempt: Attempt) -> Outcome | None:
    """Return the outcome of an earlier request with this key, or None and hold the key until the end.

    The first statement of its transaction. Raises `RequestInFlight` while the first request is being worked
    on and `IdempotencyKeyReused` if it was a different request.
    """
    lock = func.hashtextextended(f"{attempt.principal} {attempt.key}", 0)
    if not await session.scalar(select(func.pg_try_advisory_xact_lock(lock))):
        raise RequestInFlight("Wait for the first request with this Idempotency-Key.")
    found = (
        await session.execute(
            select(idempotency_key).where(
                idempotency_key.c.principal == attempt.principal, idempotency_key.c.key == attempt.key
            )
        )
    ).one_or_none()
    if found is None:
        return None
    if found.fingerprint != attempt.fingerprint:
        raise IdempotencyKeyReused("Choose a new Idempotency-Key for a new request.")
    return Outcome(found.status, found.location, found.body)


async def keep_outcome(session: AsyncSession, attempt: Attempt, outcome: Outcome) -> None:
    """Record what the request was answered, so that a repeat gets the same."""
    await session.execute(
        insert(idempotency_key).values(
            principal=attempt.principal,
            key=attempt.key,
            fingerprint=attempt.fingerprint,
            status=outcome.status,
            location=outcome.location,
            body=outcome.body,
        )
    )
