"""What the house forgets, and what it must not."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Table, func, insert, select

from services.common.idempotency import idempotency_key
from services.common.inbox import inbox_event
from services.common.jobs import job, run_due_jobs
from services.common.operations import operation
from services.common.outbox import outbox_event
from services.common.purge import GIVEN_UP_KEPT, KEPT, PURGE, plan_purge, purge
from services.common.sessions import Sessions
from tests.apps import Door

MINUTE = timedelta(minutes=1)


@pytest.fixture
def sessions(programs: Door) -> Sessions:
    opened: Sessions = programs.app.state.sessions
    return opened


def row_of(table: Table) -> dict[str, Any]:
    ids = {"id": uuid4(), "kind": "a.kind", "subject": uuid4()}
    rows: Mapping[Table, dict[str, Any]] = {
        idempotency_key: {"principal": "synthetic", "key": str(uuid4()), "fingerprint": "f", "status": 201},
        job: ids | {"payload": {}, "provenance": "real", "due_at": func.clock_timestamp()},
        operation: {"id": uuid4(), "kind": "a kind", "state": "running", "owner": "synthetic"},
        outbox_event: ids | {"destination": "participants", "data": {}},
        inbox_event: ids | {"aggregate_version": 1},
    }
    return rows[table]


ENDS = {
    idempotency_key: ["created_at"],
    job: ["done_at", "dead_at"],
    operation: ["ended_at"],
    outbox_event: ["delivered_at", "dead_at"],
    inbox_event: ["received_at"],
}
CASES = [(table, column) for table, columns in ENDS.items() for column in columns]


async def add(sessions: Sessions, table: Table, **values: Any) -> None:
    async with sessions.transaction() as session:
        await session.execute(insert(table).values(row_of(table) | values))


async def count(sessions: Sessions, table: Table) -> int:
    async with sessions.reading() as session:
        query = select(func.count()).select_from(table)
        if table is job:
            query = query.where(job.c.kind != PURGE)
        return int(await session.scalar(query) or 0)


async def run_purge(sessions: Sessions) -> None:
    async with sessions.transaction() as session:
        await plan_purge(session)
    assert await run_due_jobs(sessions, {PURGE: purge}) >= 1


@pytest.mark.parametrize(("table", "column"), CASES, ids=[f"{table.name}.{name}" for table, name in CASES])
async def test_a_row_goes_when_its_time_is_over_and_not_before(
    sessions: Sessions, table: Table, column: str
) -> None:
    kept = GIVEN_UP_KEPT if column == "dead_at" else KEPT[table]
    await add(sessions, table, **{column: func.clock_timestamp() - kept + MINUTE})
    await run_purge(sessions)
    assert await count(sessions, table) == 1

    await add(sessions, table, **{column: func.clock_timestamp() - kept - MINUTE})
    async with sessions.transaction() as session:
        await session.execute(job.update().where(job.c.kind == PURGE).values(due_at=func.clock_timestamp()))
    await run_purge(sessions)
    assert await count(sessions, table) == 1


@pytest.mark.parametrize("table", [job, operation, outbox_event], ids=lambda table: str(table.name))
async def test_what_has_not_ended_is_kept_however_old(sessions: Sessions, table: Table) -> None:
    old = func.clock_timestamp() - timedelta(days=4000)
    begun = {job: {"due_at": old}, operation: {"started_at": old}, outbox_event: {"occurred_at": old}}
    await add(sessions, table, **begun[table])
    await run_purge(sessions)
    assert await count(sessions, table) == 1


async def test_it_comes_again_tomorrow_and_at_once_where_more_is_left(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.common.purge.BATCH", 2)
    long_ago = func.clock_timestamp() - timedelta(days=4000)
    for _ in range(5):
        await add(sessions, inbox_event, received_at=long_ago)
    await run_purge(sessions)
    assert await count(sessions, inbox_event) == 0
    async with sessions.reading() as session:
        waiting = job.c.done_at.is_(None)
        due = (
            await session.execute(select(job.c.due_at - func.clock_timestamp()).where(waiting))
        ).scalar_one()
    assert timedelta(hours=23) < due < timedelta(hours=25)


async def test_planning_twice_plans_once(sessions: Sessions) -> None:
    for _ in range(2):
        async with sessions.transaction() as session:
            await plan_purge(session)
    async with sessions.reading() as session:
        assert await session.scalar(select(func.count()).select_from(job)) == 1
