"""Sessions: one unit of work is one transaction, and this is the only place that commits."""

import asyncio
import io
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, async_sessionmaker
from sqlalchemy.orm import Session, UOWTransaction

from services.common.database import Versioned
from services.common.database_errors import translated_database_errors
from services.common.problems import Unavailable

CHANGED = "changed"
AUDITED = "audited"
_AFTER_COMMIT = "after_commit"
EXPORTS_AT_ONCE: Final = 2
"""Per process; each holds one of the connections for reading."""
_EXPORT_LIMITS: Final = {"statement_timeout": "15min", "idle_in_transaction_session_timeout": "1min"}


class UnauditedChangeError(RuntimeError):
    """An operation changed a row without writing its audit entry: a bug, so the transaction is undone."""


class HouseSession(Session):
    """A session that remembers which versioned rows it changed, so that none goes unaudited."""


@event.listens_for(HouseSession, "after_flush")
def _remember_changes(session: Session, _: UOWTransaction) -> None:
    changed: set[tuple[str, UUID, int]] = session.info.setdefault(CHANGED, set())
    touched = (*session.new, *(row for row in session.dirty if session.is_modified(row)), *session.deleted)
    changed.update((row.__tablename__, row.id, row.version) for row in touched if isinstance(row, Versioned))


@dataclass(frozen=True)
class HotReader:
    """A connection of the reader role, lent for one request."""

    driver: Any

    async def fetch_row(self, sql: str, arguments: Sequence[Any]) -> Sequence[Any]:
        """Return the one row of a statement that the driver has prepared, or prepares now."""
        row: Sequence[Any] = await self.driver.fetchrow(sql, *arguments)
        return row

    async def fetch_rows(self, sql: str, arguments: Sequence[Any]) -> Sequence[Any]:
        """Return the rows of such a statement."""
        rows: Sequence[Any] = await self.driver.fetch(sql, *arguments)
        return rows


@dataclass(frozen=True)
class HotWriter:
    """A connection of the runtime role; each statement is a transaction of its own."""

    driver: Any

    async def change_rows(self, sql: str, arguments: Sequence[Any]) -> Sequence[Any]:
        """Return the rows of a prepared statement once what it changes is committed, all of it."""
        rows: Sequence[Any] = await self.driver.fetch(sql, *arguments)
        return rows


class Sessions:
    """The two doors to one room's database: changes, and reads that PostgreSQL itself holds read-only."""

    def __init__(self, write_engine: AsyncEngine, read_engine: AsyncEngine) -> None:
        self.write_engine = write_engine
        self.read_engine = read_engine
        # No autoflush: a version counts one change, not the queries that happened to be asked in between.
        options: dict[str, Any] = {
            "autoflush": False,
            "expire_on_commit": False,
            "sync_session_class": HouseSession,
        }
        self._write = async_sessionmaker(write_engine, **options)
        self._read = async_sessionmaker(read_engine, **options)
        self._exports = asyncio.Semaphore(EXPORTS_AT_ONCE)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """Do everything inside or nothing; commits at the end of the block.

        Raises `Unavailable`, `Conflict` or `PreconditionFailed` for what the database refuses, and
        `UnauditedChangeError` if a versioned row changed without an audit entry.
        """
        with translated_database_errors():
            async with self._write() as session:
                try:
                    yield session
                    await session.flush()
                    _require_audit(session)
                    await session.commit()
                except BaseException:
                    await session.rollback()
                    raise
        for action in session.info.get(_AFTER_COMMIT, ()):
            action()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """Read; each statement sees one consistent state, and nothing can be changed."""
        with translated_database_errors():
            async with self._read() as session:
                yield session

    @asynccontextmanager
    async def hot_reading(self) -> AsyncIterator[HotReader]:
        """Read as in `reading`, by statements that are compiled already: a session would cost more than they do."""
        with translated_database_errors():
            lent = await self.read_engine.raw_connection()
            try:
                yield HotReader(lent.driver_connection)
            finally:
                lent.close()

    @asynccontextmanager
    async def hot_writing(self) -> AsyncIterator[HotWriter]:
        """Change what has no version, and so no audit, by one statement: no BEGIN and no COMMIT to wait for."""
        with translated_database_errors():
            lent = await self.write_engine.raw_connection()
            try:
                yield HotWriter(lent.driver_connection)
            finally:
                lent.close()

    @asynccontextmanager
    async def exporting(self) -> AsyncIterator[AsyncConnection]:
        """Read as long as an export takes, all from one moment; a few at once, more are `Unavailable`.

        Its connection waits for slow clients longer than others, but not for ever.
        """
        if self._exports.locked():
            raise Unavailable("Other exports are being made; try again shortly.")
        async with self._exports:
            with translated_database_errors():
                async with self.read_engine.connect() as connection:
                    await connection.execution_options(isolation_level="REPEATABLE READ")
                    for name, value in _EXPORT_LIMITS.items():
                        await connection.execute(text(f"SET LOCAL {name} = '{value}'"))
                    yield connection

    async def close(self) -> None:
        """Close every connection."""
        await self.write_engine.dispose()
        await self.read_engine.dispose()


@asynccontextmanager
async def savepoint(session: AsyncSession) -> AsyncIterator[None]:
    """Do what is inside, or none of it where it raises; the transaction around it goes on."""
    known = {name: set(session.info.get(name, ())) for name in (CHANGED, AUDITED)}
    try:
        with translated_database_errors():
            async with session.begin_nested():
                yield
                await session.flush()
    except BaseException:
        session.info.update(known)  # what was undone need not be audited
        raise


async def copy_in(session: AsyncSession, table: str, columns: Sequence[str], lines: bytes) -> None:
    """Fill a table of this transaction from the lines of COPY's text format.

    Something must have been executed before: only that makes SQLAlchemy begin the transaction.
    """
    connection = await session.connection()
    driver: Any = (await connection.get_raw_connection()).driver_connection
    await driver.copy_to_table(table, source=io.BytesIO(lines), columns=columns, format="text")


def after_commit(session: AsyncSession, action: Callable[[], None]) -> None:
    """Run `action` once the transaction of `session` is durable; never if it is undone."""
    session.info.setdefault(_AFTER_COMMIT, []).append(action)


def _require_audit(session: AsyncSession) -> None:
    missing = session.info.get(CHANGED, set()) - session.info.get(AUDITED, set())
    if missing:
        raise UnauditedChangeError(", ".join(sorted({table for table, *_ in missing})))
