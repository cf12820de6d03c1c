"""Work that follows the clock: transitions, expiries, reminders, mail, purges, long operations.

A job is (kind, subject) and a time. What it does and that it is done are one transaction, so it has its effect
once; what it does must look at its subject's state first, which may have moved since the job was scheduled.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import structlog
from sqlalchemy import (
    Column,
    ColumnElement,
    DateTime,
    Index,
    Integer,
    Row,
    Table,
    Text,
    Uuid,
    case,
    delete,
    func,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.clock import Provenance, demonstration_clock
from services.common.database import house, new_id
from services.common.leases import (
    NO_TIME,
    bell,
    claim,
    fail,
    held,
    keep_working,
    problem_code,
    ring_after_commit,
)
from services.common.operations import fail_operation_of
from services.common.sessions import Sessions

LEASE: Final = timedelta(minutes=5)
TIME_LIMIT: Final = timedelta(minutes=4)
"""A job that needs longer does a part and schedules itself again."""
WHOLE_ROOM: Final = UUID(int=0)
"""The subject of a job that has no other than the room itself."""
_OPEN: Final = "done_at IS NULL AND dead_at IS NULL"

job: Final = Table(
    "job",
    house,
    Column("id", Uuid, primary_key=True, default=new_id),
    Column("kind", Text, nullable=False),
    Column("subject", Uuid, nullable=False),
    Column("payload", JSONB, nullable=False),
    Column("provenance", Text, nullable=False),
    Column("due_at", DateTime(timezone=True), nullable=False),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("leased_until", DateTime(timezone=True)),
    Column("done_at", DateTime(timezone=True)),
    Column("dead_at", DateTime(timezone=True)),
    Column("last_problem", Text),
    Index("uq_job_kind_subject", "kind", "subject", unique=True, postgresql_where=text(_OPEN)),
    Index("ix_job_due_at", "due_at", postgresql_where=text(_OPEN)),
)


@dataclass(frozen=True)
class Job:
    """A job that is being done."""

    id: UUID
    kind: str
    subject: UUID
    payload: Mapping[str, str]
    attempts: int
    """Counts from 1."""


Work = Callable[[AsyncSession, Job], Awaitable[None]]
Works = Mapping[str, Work]
"""Kind of job -> what this room does when it falls due."""

_RUNNING: Final = "running_job"
log = structlog.get_logger()


class LeaseLostError(RuntimeError):
    """The job was moved, cancelled or taken over while it ran; what this run did is undone."""


async def schedule_job(
    session: AsyncSession,
    kind: str,
    subject: UUID,
    due_at: datetime,
    *,
    provenance: Provenance = Provenance.REAL,
    payload: Mapping[str, UUID | str] | None = None,
) -> None:
    """Let `kind` be done to `subject` at `due_at`; one that is already planned moves to that time.

    `due_at` is the subject's own time: domain time where it is synthetic. A job may schedule itself again.
    """
    await _finish_if_running(session, kind, subject)
    row = insert(job).values(
        kind=kind,
        subject=subject,
        payload={name: str(id_) for name, id_ in (payload or {}).items()},
        provenance=provenance,
        due_at=due_at,
    )
    afresh = {"payload", "provenance", "due_at"}
    await session.execute(
        row.on_conflict_do_update(
            index_elements=["kind", "subject"],
            index_where=text(_OPEN),
            set_={name: row.excluded[name] for name in afresh}
            | {"attempts": 0, "leased_until": None, "last_problem": None},
        )
    )
    ring_after_commit(session, "jobs")


async def plan_daily(
    session: AsyncSession, kind: str, *, unless_planned: bool = False, at_once: bool = False
) -> None:
    """Let a job of the room as a whole run tomorrow, or at once where more is left.

    `unless_planned` plans the first one, now, and leaves alone what is planned already.
    """
    due: ColumnElement[Any] = func.clock_timestamp()
    if not unless_planned:
        now = (await session.execute(select(due))).scalar_one()
        await schedule_job(session, kind, WHOLE_ROOM, now if at_once else now + timedelta(days=1))
        return
    first = insert(job).values(
        kind=kind, subject=WHOLE_ROOM, payload={}, provenance=Provenance.REAL, due_at=due
    )
    await session.execute(first.on_conflict_do_nothing())


async def cancel_job(session: AsyncSession, kind: str, subject: UUID) -> None:
    """Take the planned job away, if there is one; a run that is under way is undone."""
    await _finish_if_running(session, kind, subject)
    await session.execute(delete(job).where(job.c.kind == kind, job.c.subject == subject, text(_OPEN)))


async def run_due_jobs(
    sessions: Sessions, works: Works, *, limit: int = 100, ahead: timedelta = NO_TIME
) -> int:
    """Do the jobs that are due, one after the other, until none is left or `limit` ran; return how many ran.

    Kinds that this room's code does not know are left to a newer process. `ahead` lets a test see retries and
    expired leases without waiting for them.
    """
    waiting = job.c.kind.in_(list(works)) & job.c.done_at.is_(None) & job.c.dead_at.is_(None)
    for count in range(limit):
        async with sessions.transaction() as session:
            rows = await claim(session, job, waiting, lease=LEASE, limit=1, now=_domain_clock(), ahead=ahead)
        if not rows:
            return count
        await _run(sessions, works[rows[0].kind], rows[0])
    return limit


async def keep_running_jobs(sessions: Sessions, works: Works) -> None:
    """Do jobs as they fall due, until cancelled."""

    async def work() -> bool:
        return await run_due_jobs(sessions, works) > 0

    await keep_working("jobs", bell(sessions.write_engine, "jobs"), work)


async def count_overdue(session: AsyncSession) -> int:
    """Return how many jobs are due and not done, whether begun or not."""
    waiting = job.c.done_at.is_(None) & job.c.dead_at.is_(None) & (job.c.due_at <= _domain_clock())
    return (await session.execute(select(func.count()).select_from(job).where(waiting))).scalar_one()


def _domain_clock() -> ColumnElement[Any]:
    """Return the time by which each job's subject lives, in SQL (services.common.clock.domain_now)."""
    offset = func.coalesce(select(demonstration_clock.c.offset).scalar_subquery(), timedelta(0))
    return func.clock_timestamp() + case(
        (job.c.provenance == Provenance.SYNTHETIC, offset), else_=timedelta(0)
    )


async def _run(sessions: Sessions, work: Work, row: Row[Any]) -> None:
    running = Job(row.id, row.kind, row.subject, row.payload, row.attempts)
    try:
        async with asyncio.timeout(TIME_LIMIT.total_seconds()), sessions.transaction() as session:
            session.info[_RUNNING] = row
            await work(session, running)
            await _finish_if_running(session, row.kind, row.subject)
    except LeaseLostError:
        log.info("job_superseded", job_id=str(row.id), kind=row.kind)
    except Exception as error:  # noqa: BLE001  whatever it is, the job fails and the others go on
        problem = problem_code(error)
        log.warning("job_failed", job_id=str(row.id), kind=row.kind, attempt=row.attempts, problem=problem)
        async with sessions.transaction() as session:
            if await fail(session, job, row, problem, now=_domain_clock()):
                await fail_operation_of(session, row.subject)


async def _finish_if_running(session: AsyncSession, kind: str, subject: UUID) -> None:
    """Mark the job that this transaction carries out as done, if it is this one and not marked yet.

    As late as possible: whoever changes the subject locks it first and its job second, and so does this.
    """
    row: Row[Any] | None = session.info.get(_RUNNING)
    if row is None or (row.kind, row.subject) != (kind, subject):
        return
    del session.info[_RUNNING]
    done = await session.execute(
        update(job)
        .where(held(job, row), job.c.done_at.is_(None))
        .values(done_at=func.clock_timestamp(), leased_until=None, last_problem=None)
        .returning(job.c.id)
    )
    if done.first() is None:
        raise LeaseLostError
