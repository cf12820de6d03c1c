"""Roles and schemas: each app owns one schema, and its logins can reach no other."""

import base64
import hashlib
import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import asyncpg

# One schema each in the main database.
APPS = ("programs", "participants", "evaluation", "gateway")
# In a database of its own, so that no ordinary backup ever holds a key beside what it opens.
KEYSTORE = "keystore"

_LONGEST_NAME = 63  # bytes; PostgreSQL cuts longer names without an error
_LIMITS = {
    "statement_timeout": "5s",
    "lock_timeout": "2s",
    "idle_in_transaction_session_timeout": "10s",
}


@dataclass(frozen=True)
class Names:
    """What one app is called in PostgreSQL; roles are cluster-wide, so they carry the database's name."""

    database: str
    schema: str
    owner: str
    runtime: str
    reader: str | None

    @property
    def logins(self) -> tuple[str, ...]:
        """The roles that log in."""
        return (self.runtime,) if self.reader is None else (self.runtime, self.reader)


def names_of(app: str, database: str) -> Names:
    """Return the names of `app` (one of `APPS`, or `KEYSTORE`) for the main database `database`.

    Raises `ValueError` when a name would be longer than PostgreSQL keeps.
    """
    role = f"{database}_{app}"
    if len(f"{role}_reader".encode()) > _LONGEST_NAME:
        raise ValueError(f"the database's name {database!r} is too long: its roles' names carry it")
    if app == KEYSTORE:
        return Names(f"{database}_{app}", app, f"{role}_owner", role, None)
    return Names(database, app, f"{role}_owner", role, f"{role}_reader")


def logins(database: str) -> list[str]:
    """Return every role that logs in, i.e. needs a password."""
    return [role for app in (*APPS, KEYSTORE) for role in names_of(app, database).logins]


def dsn_for(admin_dsn: str, database: str, user: str | None = None, password: str = "") -> str:
    """Return `admin_dsn` pointed at `database`, and with another login if `user` is given."""
    parts = urlsplit(admin_dsn)
    login, at, place = parts.netloc.rpartition("@")
    replaced = {"dbname", "database"}
    if user is not None:
        login, at = f"{quote(user, safe='')}:{quote(password, safe='')}", "@"
        replaced |= {"user", "password"}
    kept = [item for item in parse_qsl(parts.query) if item[0] not in replaced]
    query = urlencode(kept, safe="/", quote_via=quote)
    return f"postgresql://{login}{at}{place}/{quote(database, safe='')}" + (f"?{query}" if query else "")


async def apply_roles(admin_dsn: str, names: Names, passwords: Mapping[str, str]) -> None:
    """Make one app's database, schema and roles, or bring them up to date; safe to repeat.

    `admin_dsn` logs in as a superuser, or as a role with CREATEROLE that owns the database or has CREATEDB.
    `passwords` maps roles of `names.logins` to their (ASCII) passwords; a role not in it keeps its own.
    """
    connection = await _connect_creating(admin_dsn, names.database)
    try:
        async with connection.transaction():
            # Two that do this at once would meet in the catalogs ("tuple concurrently updated").
            await connection.execute("SELECT pg_advisory_xact_lock(hashtext('qoldau roles'))")
            for statement in _statements(names, passwords):
                await connection.execute(statement)
    finally:
        await connection.close()


def print_sql(database: str) -> str:
    """Return what `apply_roles` does for every app as a psql script, which asks for the passwords."""
    lines = []
    for name in dict.fromkeys(names_of(app, database).database for app in (*APPS, KEYSTORE)):
        lines.append(f"SELECT {_literal(_create_database(name))}")
        lines.append(f"WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = {_literal(name)})\\gexec")
    for app in (*APPS, KEYSTORE):
        names = names_of(app, database)
        lines += ["", f"\\connect {_name(names.database)}"]
        lines += [f"{statement};" for statement in _statements(names, {})]
    lines += ["", *(f"\\password {_name(role)}" for role in logins(database))]
    return "\n".join(lines) + "\n"


async def _connect_creating(admin_dsn: str, database: str) -> asyncpg.Connection:
    try:
        return await asyncpg.connect(dsn_for(admin_dsn, database))
    except asyncpg.InvalidCatalogNameError:
        connection = await asyncpg.connect(dsn_for(admin_dsn, "postgres"))
    try:
        await connection.execute(_create_database(database))
    except (asyncpg.DuplicateDatabaseError, asyncpg.UniqueViolationError):
        pass  # another start was faster
    finally:
        await connection.close()
    return await asyncpg.connect(dsn_for(admin_dsn, database))


def _create_database(database: str) -> str:
    # A cluster made under the C locale would give SQL_ASCII, which holds no Cyrillic in JSON.
    return f"CREATE DATABASE {_name(database)} TEMPLATE template0 ENCODING 'UTF8'"


def _statements(names: Names, passwords: Mapping[str, str]) -> list[str]:
    return [
        *_role_statements(names, passwords),
        *_schema_statements(names),
        *_setting_statements(names),
    ]


def _role_statements(names: Names, passwords: Mapping[str, str]) -> list[str]:
    statements = [
        f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {_literal(role)}) "
        f"THEN CREATE ROLE {_name(role)}; END IF; END $$"
        for role in (names.owner, *names.logins)
    ]
    # Whoever is no superuser must be a member of the owner to hand objects over to it.
    statements.append(f"GRANT {_name(names.owner)} TO CURRENT_USER")
    for role in names.logins:
        secret = f" PASSWORD {_literal(_verifier(passwords[role]))}" if role in passwords else ""
        statements.append(f"ALTER ROLE {_name(role)} LOGIN{secret}")
    return statements


def _schema_statements(names: Names) -> list[str]:
    database, schema, owner = _name(names.database), _name(names.schema), _name(names.owner)
    runtime, everyone = _name(names.runtime), ", ".join(map(_name, names.logins))
    future = f"ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA {schema}"
    return [
        f"REVOKE ALL ON DATABASE {database} FROM PUBLIC",
        "REVOKE ALL ON SCHEMA public FROM PUBLIC",
        f"GRANT CONNECT ON DATABASE {database} TO {everyone}",
        f"GRANT TEMPORARY ON DATABASE {database} TO {runtime}",  # imports are staged in temporary tables
        f"CREATE SCHEMA IF NOT EXISTS {schema} AUTHORIZATION {owner}",
        f"GRANT USAGE ON SCHEMA {schema} TO {everyone}",
        f"{future} GRANT SELECT ON TABLES TO {everyone}",
        f"{future} GRANT INSERT, UPDATE, DELETE ON TABLES TO {runtime}",
        f"{future} GRANT USAGE, SELECT ON SEQUENCES TO {runtime}",
    ]


def _setting_statements(names: Names) -> list[str]:
    settings = {role: {"search_path": _name(names.schema), **_LIMITS} for role in names.logins}
    if names.reader is not None:
        settings[names.reader]["default_transaction_read_only"] = "on"
    return [
        f"ALTER ROLE {_name(role)} IN DATABASE {_name(names.database)} SET {setting} = "
        f"{value if setting == 'search_path' else _literal(value)}"
        for role, chosen in settings.items()
        for setting, value in chosen.items()
    ]


def _verifier(password: str) -> str:
    """Return what PostgreSQL stores for `password` (RFC 5803): sent instead, no server log can show it."""
    salt, iterations = os.urandom(16), 4096
    salted = hashlib.pbkdf2_hmac("sha256", password.encode("ascii"), salt, iterations)
    client = hmac.digest(salted, b"Client Key", "sha256")
    server = hmac.digest(salted, b"Server Key", "sha256")
    stored = hashlib.sha256(client).digest()
    salt64, stored64, server64 = (base64.b64encode(part).decode() for part in (salt, stored, server))
    return f"SCRAM-SHA-256${iterations}:{salt64}${stored64}:{server64}"


def _name(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
