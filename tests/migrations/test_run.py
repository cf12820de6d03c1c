import asyncio
import secrets
from collections.abc import AsyncIterator

import asyncpg
import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from cli.roles import APPS, KEYSTORE, apply_roles, dsn_for, names_of
from migrations.revisions import current_revision, expected_revision
from migrations.run import upgrade


@pytest.fixture
async def place(cluster_dsn: str) -> AsyncIterator[str]:
    """A database with roles and an empty schema."""
    name = f"migrations_{secrets.token_hex(4)}"
    await apply_roles(cluster_dsn, names_of("programs", name), {})
    yield name
    connection = await asyncpg.connect(cluster_dsn)
    try:
        await connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    finally:
        await connection.close()


async def objects(dsn: str) -> list[tuple[str, int]]:
    """Every table of the schema with its inner id, which a table made anew would not keep."""
    connection = await asyncpg.connect(dsn)
    try:
        rows = await connection.fetch(
            "SELECT relname, oid::int FROM pg_class WHERE relnamespace = 'programs'::regnamespace ORDER BY 1"
        )
        return [(row["relname"], row["oid"]) for row in rows]
    finally:
        await connection.close()


async def revision(dsn: str) -> str | None:
    connection = await asyncpg.connect(dsn)
    try:
        return await current_revision(connection, "programs")
    finally:
        await connection.close()


async def test_migrating_twice_changes_nothing(cluster_dsn: str, place: str) -> None:
    dsn, owner = dsn_for(cluster_dsn, place), names_of("programs", place).owner
    assert await revision(dsn) is None
    await upgrade("programs", dsn, owner)
    made = await objects(dsn)
    assert made
    await upgrade("programs", dsn, owner)
    assert await objects(dsn) == made
    assert await revision(dsn) == expected_revision("programs")


async def test_several_migrators_at_once_queue(cluster_dsn: str, place: str) -> None:
    dsn, owner = dsn_for(cluster_dsn, place), names_of("programs", place).owner
    await asyncio.gather(*(asyncio.to_thread(asyncio.run, upgrade("programs", dsn, owner)) for _ in range(3)))
    assert await revision(dsn) == expected_revision("programs")


@pytest.mark.parametrize("app", [*APPS, KEYSTORE])
def test_the_newest_file_is_the_one_head_of_the_revisions(app: str) -> None:
    config = Config("alembic.ini", ini_section=app)
    assert ScriptDirectory.from_config(config).get_heads() == [expected_revision(app)]
