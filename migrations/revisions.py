"""Which revision each app's schema should stand at, and which it does; light, since every start asks."""

from pathlib import Path

import asyncpg


def expected_revision(app: str) -> str | None:
    """Return the newest revision of `app`'s schema, or None before its first one.

    Revisions are numbered in a row, so the highest number of a file is the newest.
    """
    numbers = [
        path.name.partition("_")[0] for path in (Path(__file__).parent / app / "versions").glob("*.py")
    ]
    return max(numbers, default=None)


async def current_revision(connection: asyncpg.Connection, schema: str) -> str | None:
    """Return the revision `schema` stands at, or None when nothing was ever migrated."""
    table = f'"{schema}".alembic_version'
    if await connection.fetchval("SELECT to_regclass($1)", table) is None:
        return None
    revision: str | None = await connection.fetchval(f"SELECT version_num FROM {table}")  # noqa: S608 our own name
    return revision
