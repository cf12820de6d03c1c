"""Revisions, declared tables and running code agree; roles reach their own schema only."""

import importlib

import asyncpg
import pytest

from cli.roles import APPS, KEYSTORE, names_of
from migrations.revisions import expected_revision
from migrations.run import check
from tests.cluster import AppDsns, TestDatabase

ROOMS = ("programs", "participants", "evaluation")


@pytest.mark.parametrize("app", [*APPS, KEYSTORE])
async def test_the_revisions_make_what_the_tables_declare(database: TestDatabase, app: str) -> None:
    template = names_of(app, database.name)
    admin = database.keystore_admin if app == KEYSTORE else database.admin
    await check(app, admin, template.owner)


@pytest.mark.parametrize("room", ROOMS)
def test_the_code_asks_for_the_newest_revision(room: str) -> None:
    tables = importlib.import_module(f"services.{room}.db.tables")
    assert expected_revision(room) == tables.SCHEMA_REVISION


@pytest.mark.parametrize("room", ROOMS)
async def test_a_room_reaches_no_other_schema(database: TestDatabase, room: str) -> None:
    dsns: AppDsns = getattr(database, room)
    for dsn in (dsns.runtime, dsns.reader):
        connection = await asyncpg.connect(dsn)
        try:
            assert await connection.fetchval("SELECT count(*) FROM audit_entry") == 0
            for other in set(ROOMS) - {room}:
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await connection.fetchval(f"SELECT count(*) FROM {other}.audit_entry")  # noqa: S608  our names
        finally:
            await connection.close()


@pytest.mark.parametrize("room", ROOMS)
async def test_the_audit_log_only_grows(database: TestDatabase, room: str) -> None:
    connection = await asyncpg.connect(getattr(database, room).runtime)
    try:
        for statement in (
            "UPDATE audit_entry SET actor = 'x'",
            "DELETE FROM audit_entry",
            "TRUNCATE audit_entry",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)
    finally:
        await connection.close()


@pytest.mark.parametrize("room", ROOMS)
async def test_a_reader_cannot_write_even_when_it_asks_to(database: TestDatabase, room: str) -> None:
    connection = await asyncpg.connect(getattr(database, room).reader)
    try:
        await connection.execute("SET default_transaction_read_only = off")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("DELETE FROM idempotency_key")
    finally:
        await connection.close()
