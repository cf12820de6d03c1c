"""Sessions: one unit of work is one transaction, and this is the only place that commits."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker
from sqlalchemy.orm import Session, UOWTransaction

from services.common.database import Versioned
from services.common.database_errors import translated_database_errors

CHANGED = "changed"
AUDITED = "audited"
_AFTER_COMMIT = "after_commit"


class UnauditedChangeError(RuntimeError):
    """An operation changed a row without writing its audit entry: a bug, so the transaction is undone."""


class HouseSession(Session):
    """A session that remembers which versioned rows it changed, so that none goes unaudited."""


@event.listens_for(HouseSession, "after_flush")
def _remember_changes(session: Session, _: UOWTransaction) -> None:
    changed: set[tuple[str, UUID, int]] = session.info.setdefault(CHANGED, set())
    touched = (*session.new, *(row for row in session.dirty if session.is_modified(row)), *session.deleted)
    changed.update((row.__tablename__, row.id, row.version) for row in touched if isinstance(row, Versioned))


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

    async def close(self) -> None:
        """Close every connection."""
        await self.write_engine.dispose()
        await self.read_engine.dispose()


def after_commit(session: AsyncSession, action: Callable[[], None]) -> None:
    """Run `action` once the transaction of `session` is durable; never if it is undone."""
    session.info.setdefault(_AFTER_COMMIT, []).append(action)


def _require_audit(session: AsyncSession) -> None:
    missing = session.info.get(CHANGED, set()) - session.info.get(AUDITED, set())
    if missing:
        raise UnauditedChangeError(", ".join(sorted({table for table, *_ in missing})))
