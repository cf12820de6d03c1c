"""What the house keeps for a while and then forgets: the machinery's rows, never a room's own.

A daily job of every room deletes what is past its time, a part at a time, so that no deletion holds locks for long.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from sqlalchemy import Column, ColumnElement, Table, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.file_records import delete_records, list_past_files
from services.common.files import Files
from services.common.idempotency import idempotency_key
from services.common.inbox import inbox_event
from services.common.jobs import Job, Work, job, plan_daily
from services.common.operations import operation
from services.common.outbox import outbox_event
from services.common.sessions import Sessions

PURGE: Final = "house.purge"
PURGE_FILES: Final = "house.purge_files"
FILES_AT_ONCE: Final = 200
"""Files that one run deletes at most."""
BATCH: Final = 5_000
"""Rows of one table that one run deletes at most."""

KEPT: Final[Mapping[Table, timedelta]] = {
    idempotency_key: timedelta(days=2),  # a repeat is promised the same answer for 24 h
    job: timedelta(days=7),
    operation: timedelta(days=30),
    outbox_event: timedelta(days=30),
    # Longer than the sender keeps what it delivered, or a late repeat would be applied a second time.
    inbox_event: timedelta(days=60),
}
"""How long each table keeps a row that has done its work."""
GIVEN_UP_KEPT: Final = timedelta(days=90)
"""How long an operator may look at, and revive, what was given up; its sealed values go with it."""


async def plan_purge(session: AsyncSession) -> None:
    """Schedule the room's first purge, unless one is planned."""
    await plan_daily(session, PURGE, unless_planned=True)


async def plan_file_purge(session: AsyncSession) -> None:
    """Schedule the first purge of a room that keeps files, unless one is planned."""
    await plan_daily(session, PURGE_FILES, unless_planned=True)


async def hasten_file_purge(session: AsyncSession) -> None:
    """Let what was discarded in this transaction be deleted right after it."""
    await plan_daily(session, PURGE_FILES, at_once=True)


def purge_files(sessions: Sessions, files: Files) -> Work:
    """Return the job that deletes the files whose time is over, object first: a record finds what is left."""

    async def work(session: AsyncSession, _: Job) -> None:
        async with sessions.reading() as looking:
            past = await list_past_files(looking, FILES_AT_ONCE)
        for row in past:
            await files.delete(row.object_name)
        await delete_records(session, [row.id for row in past])
        await plan_daily(session, PURGE_FILES, at_once=len(past) == FILES_AT_ONCE)

    return work


async def purge(session: AsyncSession, _: Job) -> None:
    """Delete what is past its time; come again at once where more is left, else tomorrow."""
    more = False
    for table, ended in _ends().items():
        more |= await _purge_table(session, table, ended)
    await plan_daily(session, PURGE, at_once=more)


def _ends() -> Mapping[Table, ColumnElement[bool]]:
    """Return, for each table, the condition under which a row is past its time."""
    return {
        idempotency_key: _past(idempotency_key.c.created_at),
        job: or_(_past(job.c.done_at), _past(job.c.dead_at, GIVEN_UP_KEPT)),
        operation: _past(operation.c.ended_at),
        outbox_event: or_(_past(outbox_event.c.delivered_at), _past(outbox_event.c.dead_at, GIVEN_UP_KEPT)),
        inbox_event: _past(inbox_event.c.received_at),
    }


def _past(column: Column[object], kept: timedelta | None = None) -> ColumnElement[bool]:
    return column < func.clock_timestamp() - (KEPT[column.table] if kept is None else kept)


async def _purge_table(session: AsyncSession, table: Table, ended: ColumnElement[bool]) -> bool:
    key = list(table.primary_key)
    batch = select(*key).where(ended).limit(BATCH).with_for_update(skip_locked=True).cte("batch")
    same = [column == batch.c[column.name] for column in key]
    gone = await session.execute(delete(table).where(*same).returning(*key))
    return len(gone.all()) == BATCH
