"""`qoldau backup` and `restore`; the keystore apart, so that no file holds a key beside what it opens."""

import asyncio
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated
from urllib.parse import unquote, urlsplit

import asyncpg
import typer

from cli.cluster import wheel_folder
from cli.databases import AppDatabase, apply_all_roles, migrate_all, reachable_databases
from cli.errors import CommandError
from cli.home import find_home
from cli.roles import KEYSTORE, dsn_for

File = Annotated[Path, typer.Argument(dir_okay=False)]
Replace = Annotated[bool, typer.Option("--replace", help="Give up the data that are there now.")]


def backup(file: File) -> None:
    """Write everything but the keystore to FILE, consistent to one moment; the services may go on."""
    with reachable_databases(os.environ, find_home(os.environ)) as databases:
        _dump(_without_keystore(databases), file)


def restore(file: File, replace: Replace = False) -> None:
    """Put back what `backup` wrote, while the services are stopped; nothing changes unless all of it fits."""
    with reachable_databases(os.environ, find_home(os.environ)) as databases:
        asyncio.run(_restore(_without_keystore(databases), file, replace=replace))
        asyncio.run(migrate_all(databases))


def backup_keys(file: File) -> None:
    """Write the keystore to FILE; keep it briefly, and never beside a backup of the data."""
    with reachable_databases(os.environ, find_home(os.environ)) as databases:
        _dump(_keystore(databases), file)


def restore_keys(file: File, replace: Replace = False) -> None:
    """Put back what `backup-keys` wrote: persons erased since then become readable again in old backups."""
    with reachable_databases(os.environ, find_home(os.environ)) as databases:
        asyncio.run(_restore(_keystore(databases), file, replace=replace))
        asyncio.run(migrate_all(databases))


def _without_keystore(databases: Sequence[AppDatabase]) -> list[AppDatabase]:
    chosen = [database for database in databases if database.app != KEYSTORE]
    if len({database.admin for database in chosen}) > 1:
        raise CommandError("the apps are in several databases: back up each with pg_dump")
    return chosen


def _keystore(databases: Sequence[AppDatabase]) -> list[AppDatabase]:
    return [database for database in databases if database.app == KEYSTORE]


def _dump(databases: Sequence[AppDatabase], file: Path) -> None:
    draft = file.with_name(f".{file.name}.draft")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    try:
        _run("pg_dump", databases[0].admin, "--format=custom", f"--file={draft}")
        draft.rename(file)
    finally:
        draft.unlink(missing_ok=True)


async def _restore(databases: Sequence[AppDatabase], file: Path, *, replace: bool) -> None:
    """Fill a new database and let it take the place of the old one, which stays whole until then."""
    await apply_all_roles(databases)
    name = databases[0].names.database
    draft = f"{name}_restored"
    await _check_replaceable(databases, replace=replace)
    await _execute(
        dsn_for(databases[0].admin, "postgres"),
        f'DROP DATABASE IF EXISTS "{draft}"',
        f'CREATE DATABASE "{draft}" TEMPLATE template0',
    )
    _run(
        "pg_restore", dsn_for(databases[0].admin, draft), "--exit-on-error", "--single-transaction", str(file)
    )
    await _count_transactions_anew(dsn_for(databases[0].admin, draft), databases)
    await _execute(
        dsn_for(databases[0].admin, "postgres"),
        f'DROP DATABASE "{name}"',
        f'ALTER DATABASE "{draft}" RENAME TO "{name}"',
    )


async def _count_transactions_anew(dsn: str, databases: Sequence[AppDatabase]) -> None:
    """Let what was restored be told to all who follow lists: numbers of another cluster say nothing here."""
    connection = await asyncpg.connect(dsn)
    try:
        for database in databases:
            log = f'"{database.names.schema}".audit_entry'
            counted = await connection.fetchval(
                "SELECT EXISTS (SELECT FROM pg_attribute WHERE attrelid = to_regclass($1)"
                " AND attname = 'changed_in')",
                log,
            )
            if counted:  # a backup of before its migration has no numbers, the keystore has no log
                await connection.execute(f"UPDATE {log} SET changed_in = DEFAULT")  # noqa: S608 quoted
    finally:
        await connection.close()


async def _check_replaceable(databases: Sequence[AppDatabase], *, replace: bool) -> None:
    connection = await asyncpg.connect(databases[0].admin)
    try:
        if await connection.fetchval(
            "SELECT EXISTS (SELECT FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid())"
        ):
            raise CommandError("the database is in use: stop the services first")
        tables = await connection.fetch(
            "SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables"
            " WHERE schemaname = ANY ($1::text[]) AND tablename <> 'alembic_version'",
            [database.names.schema for database in databases],
        )
        for table in tables:
            found = await connection.fetchval(f"SELECT EXISTS (SELECT FROM {table['name']})")  # noqa: S608 quoted
            if found and not replace:
                raise CommandError(f"there are data already, in {table['name']}: give --replace to lose them")
    finally:
        await connection.close()


async def _execute(dsn: str, *statements: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


def _run(program: str, dsn: str, *arguments: str) -> None:
    parts = urlsplit(dsn)
    environment = {"PATH": os.defpath}
    if parts.password:
        # Among the arguments, every user of the machine could read it.
        environment["PGPASSWORD"] = unquote(parts.password)
        dsn = parts._replace(netloc=parts.netloc.replace(f":{parts.password}@", "@", 1)).geturl()
    result = subprocess.run(
        [wheel_folder() / "pginstall" / "bin" / program, f"--dbname={dsn}", *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    if result.returncode:
        raise CommandError(f"{program} failed: {result.stderr.decode(errors='replace').strip()[-2000:]}")
