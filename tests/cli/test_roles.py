import asyncio
import os
import secrets
import signal
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from cli.cluster import FORGETFUL, Cluster, prepare_cluster, wheel_folder
from cli.processes import run, start
from cli.roles import APPS, KEYSTORE, Names, apply_roles, dsn_for, logins, names_of, print_sql
from migrations.revisions import current_revision, expected_revision
from migrations.run import upgrade
from tests.instances import empty_home, wait_until

EVERYONE = (*APPS, KEYSTORE)
OLDEST = Path("/usr/lib/postgresql/15/bin")


@asynccontextmanager
async def connected(dsn: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(dsn)
    try:
        yield connection
    finally:
        await connection.close()


@pytest.fixture(scope="module")
def oldest_dsn() -> Iterator[str]:
    """The administrator's DSN of a PostgreSQL 15, the oldest that Qoldau promises to run on."""
    if not OLDEST.exists():
        pytest.skip("this machine has no PostgreSQL 15")
    with empty_home() as home, (home / "log").open("ab") as log:
        made = prepare_cluster(home, durable=False)
        cluster = Cluster(home / "15" / "data", made.sockets, OLDEST, made.account)
        cluster.data.parent.mkdir()
        if made.account is not None:
            os.chown(cluster.data.parent, *made.account)
        run(cluster.program("initdb", "-D", str(cluster.data), "-U", "postgres", "-E", "UTF8", "--locale=C"))
        server = start(cluster.server({**FORGETFUL, "unix_socket_permissions": "0777"}), signal.SIGINT, log)
        try:
            wait_until(lambda: cluster.is_ready(server.pid), "PostgreSQL 15 is ready")
            yield cluster.dsn()
        finally:
            server.send_signal(signal.SIGINT)
            server.wait()


@pytest.fixture(params=["embedded", "oldest"])
def superuser(request: pytest.FixtureRequest) -> str:
    dsn: str = request.getfixturevalue("cluster_dsn" if request.param == "embedded" else "oldest_dsn")
    return dsn


@pytest.fixture
async def place(superuser: str) -> AsyncIterator[str]:
    """The name of a database that does not exist, and will not afterwards."""
    name = f"roles_{secrets.token_hex(4)}"
    yield name
    async with connected(superuser) as connection:
        for app in ("programs", KEYSTORE):
            await connection.execute(f'DROP DATABASE IF EXISTS "{names_of(app, name).database}" WITH (FORCE)')


async def settle(admin_dsn: str, name: str, passwords: dict[str, str]) -> None:
    for app in EVERYONE:
        names = names_of(app, name)
        await apply_roles(admin_dsn, names, passwords)
        await upgrade(app, dsn_for(admin_dsn, names.database), names.owner)


@pytest.mark.process
async def test_an_administrator_without_superuser_rights_suffices_and_may_repeat(
    superuser: str, place: str
) -> None:
    secret = secrets.token_hex(8)
    async with connected(superuser) as connection:
        await connection.execute(f"CREATE ROLE {place}_admin LOGIN CREATEROLE CREATEDB PASSWORD '{secret}'")
    admin_dsn = dsn_for(superuser, "postgres", f"{place}_admin", secret)
    passwords = {role: secrets.token_hex(8) for role in logins(place)}
    await settle(admin_dsn, place, passwords)
    await settle(admin_dsn, place, passwords)
    for app in EVERYONE:
        names = names_of(app, place)
        for role in names.logins:
            async with connected(dsn_for(superuser, names.database, role, passwords[role])) as connection:
                assert await current_revision(connection, names.schema) == expected_revision(app)


@pytest.mark.process
async def test_a_login_is_bounded_and_at_home_in_its_schema(superuser: str, place: str) -> None:
    names = names_of("participants", place)
    passwords = {role: secrets.token_hex(8) for role in names.logins}
    await apply_roles(superuser, names, passwords)
    for role, read_only in ((names.runtime, "off"), (names.reader, "on")):
        assert role is not None
        async with connected(dsn_for(superuser, place, role, passwords[role])) as connection:
            for setting, value in {
                "search_path": "participants",
                "statement_timeout": "5s",
                "lock_timeout": "2s",
                "idle_in_transaction_session_timeout": "10s",
                "default_transaction_read_only": read_only,
            }.items():
                assert await connection.fetchval("SELECT current_setting($1)", setting) == value


@pytest.mark.process
async def test_nobody_but_its_login_enters_the_keystore_or_makes_anything_public(
    superuser: str, place: str
) -> None:
    passwords = {role: secrets.token_hex(8) for role in logins(place)}
    for app in EVERYONE:
        await apply_roles(superuser, names_of(app, place), passwords)
    keystore = names_of(KEYSTORE, place)
    for app in APPS:
        role = names_of(app, place).runtime
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await asyncpg.connect(dsn_for(superuser, keystore.database, role, passwords[role]))
        async with connected(dsn_for(superuser, place, role, passwords[role])) as connection:
            for schema in ("public", *APPS):
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await connection.execute(f"CREATE TABLE {schema}.left_behind (id int)")


@pytest.mark.process
async def test_the_printed_sql_does_the_same(superuser: str, place: str) -> None:
    script = [line for line in print_sql(place).splitlines() if not line.startswith("\\password")]
    for _ in range(2):
        await asyncio.to_thread(run_psql, superuser, "\n".join(script))
    async with connected(superuser) as connection:
        found = await connection.fetch(
            "SELECT rolname FROM pg_roles WHERE starts_with(rolname, $1) AND rolcanlogin", f"{place}_"
        )
    assert {row["rolname"] for row in found} == set(logins(place))
    for app in EVERYONE:
        names = names_of(app, place)
        await upgrade(app, dsn_for(superuser, names.database), names.owner)


def run_psql(dsn: str, script: str) -> None:
    psql = str(wheel_folder() / "pginstall" / "bin" / "psql")
    arguments = [psql, "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", f"--dbname={dsn}"]
    subprocess.run(arguments, input=script, text=True, check=True, capture_output=True)


def test_the_names_carry_the_database_and_a_longer_one_is_refused() -> None:
    assert names_of("programs", "q") == Names(
        "q", "programs", "q_programs_owner", "q_programs", "q_programs_reader"
    )
    assert names_of(KEYSTORE, "q") == Names("q_keystore", "keystore", "q_keystore_owner", "q_keystore", None)
    longest = "q" * (63 - len("_participants_reader"))
    names_of("participants", longest)
    with pytest.raises(ValueError, match="too long"):
        names_of("participants", longest + "q")


@pytest.mark.parametrize(
    ("dsn", "expected"),
    [
        ("postgresql://admin:a%40b@db:5433/main", "postgresql://qoldau_programs:s%2Fe%3Fc@db:5433/qoldau"),
        ("postgresql:///main?host=/run/pg", "postgresql://qoldau_programs:s%2Fe%3Fc@/qoldau?host=/run/pg"),
        (
            "postgres://db/main?user=admin&password=x&sslmode=require&dbname=main",
            "postgresql://qoldau_programs:s%2Fe%3Fc@db/qoldau?sslmode=require",
        ),
        ("postgresql://a@[::1]:1/main", "postgresql://qoldau_programs:s%2Fe%3Fc@[::1]:1/qoldau"),
    ],
)
def test_a_dsn_is_turned_to_another_login(dsn: str, expected: str) -> None:
    assert dsn_for(dsn, "qoldau", "qoldau_programs", "s/e?c") == expected


def test_a_dsn_keeps_its_login_if_none_is_given() -> None:
    turned = dsn_for("postgresql://admin:a%40b@db/main?sslmode=require", "other")
    assert turned == "postgresql://admin:a%40b@db/other?sslmode=require"
    assert urlsplit(turned).password == "a%40b"
