"""The audit log: who changed what and when. Ids and field names only, never values."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Index,
    Integer,
    Table,
    Text,
    Uuid,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.context import request_id
from services.common.database import Versioned, house, new_id
from services.common.identity import Caller, Reach, Role
from services.common.pagination import PageRequest, SortKey, fetch_json_page
from services.common.sessions import AUDITED
from services.common.wire import Answer

CURRENT_TRANSACTION: Final = "((pg_current_xact_id())::text)::bigint"
"""The number of the transaction that writes an entry, by which lists are followed (`services.common.changes`)."""
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
    Column("changed_in", BigInteger, nullable=False, server_default=text(CURRENT_TRANSACTION)),
    Index("ix_audit_entry_changed", "subject_kind", "changed_in"),
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
    await record_entry(session, caller, action, row.__tablename__, row.id, row.version, fields)
    session.info.setdefault(AUDITED, set()).add((row.__tablename__, row.id, row.version))


async def record_changes(
    session: AsyncSession, caller: Caller, action: str, rows: Sequence[Versioned], fields: Iterable[str] = ()
) -> None:
    """Write that `caller` did `action` to each of these rows, in one statement."""
    await session.flush()
    common = {
        "actor": caller.principal,
        "action": action,
        "fields": sorted(fields),
        "request_id": request_id.get(),
    }
    entries = [
        common | {"subject_kind": row.__tablename__, "subject_id": row.id, "subject_version": row.version}
        for row in rows
    ]
    if entries:
        await session.execute(insert(audit_entry), entries)
    audited = session.info.setdefault(AUDITED, set())
    audited.update((row.__tablename__, row.id, row.version) for row in rows)


async def record_entry(
    session: AsyncSession,
    caller: Caller,
    action: str,
    kind: str,
    id_: UUID,
    version: int,
    fields: Iterable[str] = (),
) -> None:
    """Write that `caller` did `action` to a thing that is no `Versioned` row, such as a file."""
    await session.execute(
        insert(audit_entry).values(
            actor=caller.principal,
            action=action,
            subject_kind=kind,
            subject_id=id_,
            subject_version=version,
            fields=sorted(fields),
            request_id=request_id.get(),
        )
    )


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


AUDIT_READERS: Final[Mapping[Role, Reach]] = {
    Role.AUDITOR: Reach.ALL,
    Role.DATA_PROTECTION_OFFICER: Reach.ALL,
    Role.ADMINISTRATOR: Reach.ALL,
}
"""The permission of `list_<room>_audit_entries`."""


class AuditEntryRead(Answer):
    """Who did what to what, and when; ids and field names only."""

    id: UUID
    at: datetime
    actor: str
    """The id of an account, the name of a service, or `public`."""
    action: str
    subject_kind: str
    subject_id: UUID
    subject_version: int
    fields: list[str]
    request_id: UUID | None


@dataclass(frozen=True)
class AuditFilter:
    """Which entries are wanted; None leaves a question open."""

    subject: UUID | None = None
    actor: str | None = None
    action: str | None = None
    earliest: datetime | None = None
    """Inclusive."""
    latest: datetime | None = None
    """Exclusive."""
    before: UUID | None = None
    """Only entries that were written before this one, which may be another service's."""
    subjects: frozenset[UUID] | None = None
    """Only entries about any of these."""


async def fetch_entries(session: AsyncSession, wanted: AuditFilter, page: PageRequest) -> bytes:
    """Return a part of these entries as the JSON of a `wire.Page`, the latest first.

    Their ids are in the order of writing, over all services.
    """
    entry = audit_entry.c
    query = select(*(entry[name] for name in AuditEntryRead.model_fields))
    for column, value in (
        (entry.subject_id, wanted.subject),
        (entry.actor, wanted.actor),
        (entry.action, wanted.action),
    ):
        if value is not None:
            query = query.where(column == value)
    if wanted.subjects is not None:
        query = query.where(entry.subject_id.in_(wanted.subjects))
    if wanted.earliest is not None:
        query = query.where(entry.at >= wanted.earliest)
    if wanted.latest is not None:
        query = query.where(entry.at < wanted.latest)
    if wanted.before is not None:
        query = query.where(entry.id < wanted.before)
    return await fetch_json_page(session, query, page, SortKey(entry.id, descending=True))
