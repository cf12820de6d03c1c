"""Work that several processes share: who claims a due row has it until the lease ends, then others may.

The outbox and the jobs are such tables. A claim is committed before the work begins, so no transaction stays
open while something slow happens; the lease's end is also the mark by which a claimant proves that the row is
still its own. Leases run on real time, `due_at` on the clock of the table.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Final
from weakref import WeakKeyDictionary

import structlog
from sqlalchemy import ColumnElement, Row, Table, case, func, null, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.problems import Problem
from services.common.sessions import after_commit

MAX_ATTEMPTS: Final = 20
"""After so many failures a row is dead: nobody claims it until an operator revives it."""
LONGEST_PAUSE: Final = timedelta(minutes=15)
POLL: Final = timedelta(seconds=1)
"""How often a process looks for due rows that nobody told it of."""
NO_TIME: Final = timedelta(0)

_BELLS: Final[WeakKeyDictionary[object, dict[str, asyncio.Event]]] = WeakKeyDictionary()
log = structlog.get_logger()


def back_off(attempts: int) -> timedelta:
    """Return how long to wait after `attempts` failures: full jitter below 2, 4, 8 ... s, 15 min at most."""
    ceiling = min(timedelta(seconds=2 ** min(attempts, 20)), LONGEST_PAUSE)
    return ceiling * random.random()  # noqa: S311  spreads load, guards no secret


async def claim(
    session: AsyncSession,
    table: Table,
    waiting: ColumnElement[bool],
    *,
    lease: timedelta,
    limit: int,
    now: ColumnElement[Any] | None = None,
    ahead: timedelta = NO_TIME,
) -> list[Row[Any]]:
    """Lease up to `limit` due rows among `waiting`, the longest due first, and return them.

    Rows are chosen by their state, never by "id greater than the last seen": a slow transaction that commits
    late would be passed over. A row whose last attempt ended without a word (its process died) is buried
    instead. `now` is the clock of `due_at` (real time if None); `ahead` claims what falls due until then and
    ends leases early, which only tests want.
    """
    real = func.clock_timestamp()
    key = list(table.primary_key)
    due = (
        select(*key)
        .where(waiting, table.c.due_at <= (real if now is None else now) + ahead)
        .where(or_(table.c.leased_until.is_(None), table.c.leased_until <= real + ahead))
        .order_by(table.c.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    spent = table.c.attempts >= MAX_ATTEMPTS
    leased = (
        update(table)
        .where(*(column == due.c[column.name] for column in key))
        .values(
            leased_until=real + lease,
            attempts=case((spent, table.c.attempts), else_=table.c.attempts + 1),
            dead_at=case((spent, real), else_=null()),
        )
        .returning(*table.c)
    )
    rows = (await session.execute(leased)).all()
    return sorted((row for row in rows if row.dead_at is None), key=lambda row: row.due_at)


def held(table: Table, row: Row[Any]) -> ColumnElement[bool]:
    """Return the condition under which `row`, claimed earlier, is still the claimant's."""
    same = [column == getattr(row, column.name) for column in table.primary_key]
    owned: ColumnElement[bool] = table.c.leased_until == row.leased_until
    for condition in same:
        owned &= condition
    return owned


async def fail(
    session: AsyncSession, table: Table, row: Row[Any], problem: str, *, now: ColumnElement[Any] | None = None
) -> bool:
    """Record that the attempt failed with `problem` (a code, no message) and say whether the row is now dead.

    A row that lives falls due again after a pause; one that another process holds by now is left alone.
    """
    dead = row.attempts >= MAX_ATTEMPTS
    clock = func.clock_timestamp() if now is None else now
    changes: dict[str, Any] = {"leased_until": None, "last_problem": problem}
    changes |= {"dead_at": func.clock_timestamp()} if dead else {"due_at": clock + back_off(row.attempts)}
    marked = await session.execute(
        update(table).where(held(table, row)).values(changes).returning(table.c.attempts)
    )
    return dead and marked.first() is not None


def problem_code(error: BaseException) -> str:
    """Return what may be stored of a failure: a problem's slug or the error's class, never its message."""
    return error.slug if isinstance(error, Problem) else type(error).__name__


def bell(engine: object, work: str) -> asyncio.Event:
    """Return the bell that rings in this process when `work` may have fallen due in the database of `engine`."""
    return _BELLS.setdefault(engine, {}).setdefault(work, asyncio.Event())


def ring_after_commit(session: AsyncSession, work: str) -> None:
    """Ring the bell of `work` once this transaction is durable: a hint, for whoever misses it polls."""
    after_commit(session, bell(session.bind, work).set)


async def keep_working(name: str, ring: asyncio.Event, work: Callable[[], Awaitable[bool]]) -> None:
    """Call `work` until cancelled: at once while it says that there is more, else when rung or a second later.

    A failure (the database is away) is logged and waited out; it never ends the loop.
    """
    failures = 0
    while True:
        ring.clear()
        pause = POLL
        try:
            if await work():
                failures = 0
                continue
            failures = 0
        except Exception as error:  # noqa: BLE001  the loop must outlive every failure; cancellation passes
            failures += 1
            pause = max(POLL, min(back_off(failures), timedelta(seconds=30)))
            log.warning("background_work_failed", work=name, problem=problem_code(error))
        try:
            async with asyncio.timeout(pause.total_seconds()):
                await ring.wait()
        except TimeoutError:
            continue
