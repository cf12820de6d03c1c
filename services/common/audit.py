"""The audit log: who changed what and when. Ids and field names only, never values."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from sqlalchemy import Column, DateTime, Index, Integer, Table, Text, Uuid, func, insert
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.context import request_id
from services.common.database import Versioned, house, new_id
from services.common.identity import Caller
from services.common.sessions import AUDITED

audit_entry: Final = Table(
    "audit_entry",
    house,
    Column("id", Uuid, primary_key=True, default=new_id),
    Column("at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject_kind", Text, nullable=False),
    Column("subject_id", Uuid, nullable=False),
    Column("subject_version", Integer, nullable=False),
    Column("fields", JSONB, nullable=False),
    Column("request_id", Uuid),
    Index("ix_audit_entry_subject", "subject_kind", "subject_id", "at"),
    Index("ix_audit_entry_actor", "actor", "at"),
)


async def record_change(
    session: AsyncSession, caller: Caller, action: str, row: Versioned, fields: Iterable[str] = ()
) -> None:
    """Write that `caller` did `action` (`edition.announced`) to `row`, in the transaction that does it.

    Flushes first, so that the entry carries the version the change produced.
    """
    await session.flush()
    await session.execute(
        insert(audit_entry).values(
            actor=caller.principal,
            action=action,
            subject_kind=row.__tablename__,
            subject_id=row.id,
            subject_version=row.version,
            fields=sorted(fields),
            request_id=request_id.get(),
        )
    )
    session.info.setdefault(AUDITED, set()).add((row.__tablename__, row.id, row.version))


async def record_entries(
    session: AsyncSession, caller: Caller, action: str, table: type[Versioned], ids: Iterable[UUID]
) -> None:
    """Write that `caller` entered these rows of `table`, all new, in one statement."""
    entry = {
        "actor": caller.principal,
        "action": action,
        "subject_kind": table.__tablename__,
        "subject_version": 1,
        "fields": [],
        "request_id": request_id.get(),
    }
    if entries := [entry | {"subject_id": id_} for id_ in ids]:
        await session.execute(insert(audit_entry), entries)
