"""Where each app's database is: in the embedded cluster, or wherever the environment says."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

import asyncpg

from cli.cluster import prepare_cluster, running_cluster
from cli.home import DATABASE, Home, HomeInUseError
from cli.roles import APPS, KEYSTORE, Names, apply_roles, dsn_for, names_of
from migrations.revisions import current_revision, expected_revision


@dataclass(frozen=True)
class AppDatabase:
    """One app's database, and the DSNs of those who log in to it."""

    app: str
    names: Names
    admin: str
    runtime: str
    reader: str | None
    passwords: Mapping[str, str]
    """Of the logins that are ours to make; an operator's own roles keep their passwords."""


def administrator_named(environment: Mapping[str, str]) -> bool:
    """Return whether the environment names the PostgreSQL to use, instead of the embedded one."""
    return bool(environment.get("DATABASE_URL"))


def find_databases(environment: Mapping[str, str], home: Home, admin_dsn: str) -> list[AppDatabase]:
    """Return every app's database, the keystore's last.

    `admin_dsn` is the administrator's login; `{APP}_ADMIN_DATABASE_URL` moves one app elsewhere, and
    `{APP}_DATABASE_URL`, `{APP}_READ_DATABASE_URL`, `QOLDAU_KEYSTORE_URL` choose its logins.
    """
    return [_find(app, environment, home, admin_dsn) for app in (*APPS, KEYSTORE)]


@contextmanager
def reachable_databases(environment: Mapping[str, str], home: Home) -> Iterator[list[AppDatabase]]:
    """Yield every app's database while it can be logged in to.

    The embedded PostgreSQL is started for the length of the block, unless `qoldau up` runs it already.
    """
    if administrator_named(environment):
        yield find_databases(environment, home, environment["DATABASE_URL"])
        return
    with ExitStack() as stack:
        try:
            stack.enter_context(home.held())
        except HomeInUseError:
            if not (home.root / "data").exists():
                raise
            cluster = prepare_cluster(home.root, tcp_port=home.database_port)
        else:
            cluster = stack.enter_context(running_cluster(home.root, tcp_port=home.database_port))
        yield find_databases(environment, home, cluster.dsn(DATABASE))


async def apply_all_roles(databases: Iterable[AppDatabase]) -> None:
    """Bring databases, roles and schemas of every app up to date; safe to repeat."""
    for database in databases:
        await apply_roles(database.admin, database.names, database.passwords)


async def migrate_all(databases: Sequence[AppDatabase]) -> None:
    """Bring roles, schemas and tables of every app up to date; safe to repeat, and to do twice at once."""
    await apply_all_roles(databases)
    await upgrade_all(databases)


async def upgrade_all(databases: Sequence[AppDatabase]) -> None:
    """Bring schemas and tables of every app up to date, once its roles are; safe to repeat and to do at once."""
    outdated = [database for database in databases if await _is_outdated(database)]
    if outdated:
        from migrations.run import upgrade  # noqa: PLC0415  dear, and most starts have nothing to migrate

        for database in outdated:
            await upgrade(database.app, database.admin, database.names.owner)


async def _is_outdated(database: AppDatabase) -> bool:
    connection = await asyncpg.connect(database.admin)
    try:
        return await current_revision(connection, database.names.schema) != expected_revision(database.app)
    finally:
        await connection.close()


def _find(app: str, environment: Mapping[str, str], home: Home, admin_dsn: str) -> AppDatabase:
    prefix = app.upper()
    admin = environment.get(f"{prefix}_ADMIN_DATABASE_URL") or admin_dsn
    names = names_of(app, unquote(urlsplit(admin).path.strip("/")) or DATABASE)
    admin = dsn_for(admin, names.database)
    variables = {names.runtime: "QOLDAU_KEYSTORE_URL" if app == KEYSTORE else f"{prefix}_DATABASE_URL"}
    if names.reader is not None:
        variables[names.reader] = f"{prefix}_READ_DATABASE_URL"
    given = {role: dsn for role, variable in variables.items() if (dsn := environment.get(variable))}
    passwords = home.passwords([role for role in names.logins if role not in given])
    dsns = {
        role: dsn_for(admin, names.database, role, password) for role, password in passwords.items()
    } | given
    for role, dsn in given.items():
        parts = urlsplit(dsn)
        if parts.username == role and parts.password:
            passwords[role] = unquote(parts.password)
    reader = None if names.reader is None else dsns[names.reader]
    return AppDatabase(app, names, admin, dsns[names.runtime], reader, passwords)
