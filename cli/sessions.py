"""One app's database, opened for a command's short work."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from cli.databases import AppDatabase
from services.common.database import open_engine
from services.common.sessions import Sessions


@asynccontextmanager
async def open_sessions(database: AppDatabase) -> AsyncIterator[Sessions]:
    """Yield sessions of the app's runtime role, over a single connection."""
    engine = open_engine(database.runtime, connections=1)
    sessions = Sessions(engine, engine)
    try:
        yield sessions
    finally:
        await sessions.close()
