"""Jobs: done once, at the subject's own time, whoever runs them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.clock import Provenance, move_demonstration_clock, real_now
from services.common.identity import acting_service
from services.common.jobs import Job, cancel_job, job, run_due_jobs, schedule_job
from services.common.leases import MAX_ATTEMPTS
from services.common.operations import operation, start_operation
from services.common.sessions import Sessions
from tests.apps import Door
from tests.cluster import TestDatabase
from tests.delivery import open_sender

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
LATER = timedelta(hours=1)


async def note(session: AsyncSession, done: Job) -> None:
    """Leave one row per effect."""
    row = {
        "id": uuid4(),
        "kind": "effect",
        "state": "done",
        "owner": str(done.subject),
        "result": done.payload,
    }
    await session.execute(insert(operation).values(row))


async def break_down(_: AsyncSession, __: Job) -> None:
    raise RuntimeError("no personal data may reach the table")


@pytest.fixture
def sessions(programs: Door) -> Sessions:
    opened: Sessions = programs.app.state.sessions
    return opened


async def schedule(sessions: Sessions, kind: str = "note", **options: Any) -> UUID:
    subject: UUID = options.pop("subject", None) or uuid4()
    async with sessions.transaction() as session:
        await schedule_job(session, kind, subject, options.pop("due_at", LONG_AGO), **options)
    return subject


async def effects(sessions: Sessions) -> int:
    async with sessions.reading() as session:
        query = select(func.count()).select_from(operation).where(operation.c.kind == "effect")
        return int(await session.scalar(query) or 0)


async def jobs(sessions: Sessions) -> list[Any]:
    async with sessions.reading() as session:
        return list(await session.execute(select(job).order_by(job.c.id)))


async def test_what_is_due_is_done_once(sessions: Sessions) -> None:
    related = uuid4()
    await schedule(sessions, payload={"related": related})
    await schedule(sessions, due_at=datetime(2999, 1, 1, tzinfo=UTC))
    assert await run_due_jobs(sessions, {"note": note}) == 1
    assert await run_due_jobs(sessions, {"note": note}) == 0
    assert await effects(sessions) == 1
    async with sessions.reading() as session:
        assert await session.scalar(select(operation.c.result)) == {"related": str(related)}


async def test_scheduling_again_moves_the_job(sessions: Sessions) -> None:
    subject = await schedule(sessions)
    await schedule(sessions, subject=subject, due_at=datetime(2999, 1, 1, tzinfo=UTC))
    assert await run_due_jobs(sessions, {"note": note}) == 0
    await schedule(sessions, subject=subject)
    assert await run_due_jobs(sessions, {"note": note}) == 1
    assert len(await jobs(sessions)) == 1
    await schedule(sessions, subject=subject)
    assert await run_due_jobs(sessions, {"note": note}) == 1


async def test_a_cancelled_job_is_not_done(sessions: Sessions) -> None:
    subject = await schedule(sessions)
    async with sessions.transaction() as session:
        await cancel_job(session, "note", subject)
    assert await run_due_jobs(sessions, {"note": note}) == 0


async def test_kinds_of_a_newer_process_are_left_to_it(sessions: Sessions) -> None:
    await schedule(sessions, "unknown")
    assert await run_due_jobs(sessions, {"note": note}) == 0


async def test_runners_at_once_share_the_work(sessions: Sessions) -> None:
    for _ in range(40):
        await schedule(sessions)
    ran = await asyncio.gather(*(run_due_jobs(sessions, {"note": note}) for _ in range(3)))
    assert (sum(ran), await effects(sessions)) == (40, 40)


class Slow:
    """Work that stops in the middle until it is let go."""

    def __init__(self) -> None:
        self.started = asyncio.Event()
        self.go_on = asyncio.Event()

    async def __call__(self, session: AsyncSession, done: Job) -> None:
        await note(session, done)
        self.started.set()
        await self.go_on.wait()


async def test_a_runner_whose_lease_was_taken_over_leaves_no_effect(sessions: Sessions) -> None:
    await schedule(sessions)
    slow = Slow()
    first = asyncio.ensure_future(run_due_jobs(sessions, {"note": slow}, limit=1))
    await slow.started.wait()
    assert await run_due_jobs(sessions, {"note": note}) == 0
    assert await run_due_jobs(sessions, {"note": note}, ahead=LATER) == 1
    slow.go_on.set()
    await first
    assert await effects(sessions) == 1


async def test_a_killed_runner_leaves_its_job_to_another(sessions: Sessions) -> None:
    await schedule(sessions)
    slow = Slow()
    killed = asyncio.ensure_future(run_due_jobs(sessions, {"note": slow}))
    await slow.started.wait()
    killed.cancel()
    with suppress(asyncio.CancelledError):
        await killed
    assert await effects(sessions) == 0
    assert await run_due_jobs(sessions, {"note": note}, ahead=LATER) == 1
    assert await effects(sessions) == 1


@pytest.mark.parametrize("moved", [True, False])
async def test_a_job_moved_or_cancelled_while_it_runs_is_undone(sessions: Sessions, *, moved: bool) -> None:
    subject = await schedule(sessions)
    slow = Slow()
    running = asyncio.ensure_future(run_due_jobs(sessions, {"note": slow}, limit=1))
    await slow.started.wait()
    async with sessions.transaction() as session:
        if moved:
            await schedule_job(session, "note", subject, datetime(2999, 1, 1, tzinfo=UTC))
        else:
            await cancel_job(session, "note", subject)
    slow.go_on.set()
    await running
    assert await effects(sessions) == 0
    assert [row.done_at for row in await jobs(sessions)] == ([None] if moved else [])


async def test_a_job_schedules_itself_again(sessions: Sessions) -> None:
    async def again(session: AsyncSession, done: Job) -> None:
        await note(session, done)
        later = await real_now(session) + timedelta(days=1)
        await schedule_job(session, done.kind, done.subject, later)

    await schedule(sessions)
    assert await run_due_jobs(sessions, {"note": again}) == 1
    assert await effects(sessions) == 1
    done, planned = await jobs(sessions)
    assert done.done_at is not None
    assert planned.done_at is None


async def test_poison_dies_and_the_others_are_done(sessions: Sessions) -> None:
    await schedule(sessions, "poison")
    await schedule(sessions)
    works: dict[str, Callable[[AsyncSession, Job], Awaitable[None]]] = {"poison": break_down, "note": note}
    # The pause before another attempt is random, and may be over before the others are done.
    first = await run_due_jobs(sessions, works)
    assert await effects(sessions) == 1
    assert first + await run_due_jobs(sessions, works, ahead=LATER) == MAX_ATTEMPTS + 1
    assert await run_due_jobs(sessions, works, ahead=LATER) == 0
    (dead,) = [row for row in await jobs(sessions) if row.kind == "poison"]
    assert (dead.attempts, dead.last_problem) == (MAX_ATTEMPTS, "RuntimeError")
    assert dead.dead_at is not None


async def test_an_operation_whose_job_died_has_failed(sessions: Sessions) -> None:
    async with sessions.transaction() as session:
        started = await start_operation(session, acting_service("programs"), "import")
        await schedule_job(session, "poison", started, LONG_AGO)
    await run_due_jobs(sessions, {"poison": break_down}, ahead=LATER)
    async with sessions.reading() as session:
        row = (await session.execute(select(operation).where(operation.c.id == started))).one()
    assert (row.state, row.problem["code"]) == ("failed", "operation-given-up")


async def test_synthetic_subjects_live_by_the_demonstration_clock(sessions: Sessions) -> None:
    async with sessions.transaction() as session:
        await move_demonstration_clock(session, timedelta(days=-270))
        yesterday = await real_now(session) - timedelta(days=1)
    await schedule(sessions, due_at=yesterday, provenance=Provenance.SYNTHETIC)
    real = await schedule(sessions, due_at=yesterday)
    assert await run_due_jobs(sessions, {"note": note}) == 1
    async with sessions.reading() as session:
        assert await session.scalar(select(operation.c.owner)) == str(real)
    async with sessions.transaction() as session:
        await move_demonstration_clock(session, timedelta(0))
    assert await run_due_jobs(sessions, {"note": note}) == 1


@pytest.fixture
async def busy(clean: TestDatabase, keys: Path) -> AsyncIterator[Door]:
    async with open_sender(clean, keys, jobs={"note": note}, addresses={}) as door:
        yield door


async def test_an_app_does_its_jobs_by_itself(busy: Door) -> None:
    sessions: Sessions = busy.app.state.sessions
    await schedule(sessions)
    async with asyncio.timeout(30):
        while await effects(sessions) < 1:  # noqa: ASYNC110  the effect is in the database, nothing to wait on
            await asyncio.sleep(0.02)
