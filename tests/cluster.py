"""One PostgreSQL for a whole test run, and a migrated database of its own for every worker.

The first worker that needs the cluster starts a keeper, a process that owns it. Every worker holds a shared
lock on one file for as long as it lives; the keeper waits for the exclusive lock, which it gets when the last
worker has ended, however it ended, and then takes the cluster away.
"""

import asyncio
import fcntl
import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import asyncpg
import pytest

from cli.cluster import FORGETFUL, running_cluster
from cli.databases import AppDatabase
from cli.roles import APPS, KEYSTORE, apply_roles, dsn_for, logins, names_of
from migrations.run import upgrade

TEMPLATE = "qoldau_template"


@dataclass(frozen=True)
class AppDsns:
    """How one app logs in to one database."""

    runtime: str
    reader: str


@dataclass(frozen=True)
class TestDatabase:
    """A migrated database of its own, with its keystore, and every way to log in to it."""

    __test__ = False  # pytest would collect the class by its name

    name: str
    admin: str
    keystore_admin: str
    keystore: str
    programs: AppDsns
    participants: AppDsns
    evaluation: AppDsns
    gateway: AppDsns


def app_databases(database: TestDatabase) -> list[AppDatabase]:
    """Return the apps' parts of `database` as the operator's commands know them."""
    found = [(app, getattr(database, app)) for app in APPS]
    return [
        AppDatabase(app, names_of(app, database.name), database.admin, dsns.runtime, dsns.reader, {})
        for app, dsns in found
    ]


@contextmanager
def shared_cluster(run_folder: Path) -> Iterator[str]:
    """Yield the administrator's DSN of the cluster that all workers of the run share.

    `run_folder` is the run's temporary folder, the same for all its workers.
    """
    with (run_folder / "cluster.users").open("ab") as users:
        with (run_folder / "cluster.start").open("ab") as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)
            # Waits where the last users have just left and their keeper is tidying up.
            fcntl.flock(users, fcntl.LOCK_SH)
            address = run_folder / "cluster.dsn"
            if not address.exists():
                _start_keeper(run_folder)
        yield address.read_text()


@asynccontextmanager
async def database_from_template(admin_dsn: str, name: str) -> AsyncIterator[TestDatabase]:
    """Yield a migrated database and its keystore, with roles of their own; both are dropped at the end."""
    passwords = {role: secrets.token_hex(16) for role in logins(name)}
    await _create(admin_dsn, name, passwords)
    try:
        yield _describe(admin_dsn, name, passwords)
    finally:
        await _drop(admin_dsn, name)


@pytest.fixture(scope="session")
def cluster_dsn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The administrator's DSN of the run's one cluster."""
    own = tmp_path_factory.getbasetemp()
    with shared_cluster(own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) as dsn:
        yield dsn


@pytest.fixture(scope="session")
async def database(cluster_dsn: str) -> AsyncIterator[TestDatabase]:
    """This worker's own database; a test that commits tidies up after itself or takes its own one."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    async with database_from_template(cluster_dsn, f"qoldau_{worker}") as made:
        yield made


def _start_keeper(run_folder: Path) -> None:
    log = run_folder / "cluster.log"
    with log.open("ab") as output:
        keeper = subprocess.Popen(
            [sys.executable, "-m", "tests.cluster", str(run_folder)],
            cwd=Path(__file__).parent.parent,
            env={name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=output,
            start_new_session=True,
        )
    assert keeper.stdout is not None
    ready = keeper.stdout.readline()
    keeper.stdout.close()
    keeper.returncode = 0  # not ours to wait for: it outlives this worker if others need it
    if not ready:
        raise RuntimeError(f"the tests' PostgreSQL did not start: {log.read_text()[-2000:]}")


async def _create(admin_dsn: str, name: str, passwords: dict[str, str]) -> None:
    connection = await asyncpg.connect(admin_dsn)
    try:
        for app in ("programs", KEYSTORE):  # one app of each of the two databases
            target, template = names_of(app, name).database, names_of(app, TEMPLATE).database
            await connection.execute(f'CREATE DATABASE "{target}" TEMPLATE "{template}" STRATEGY file_copy')
        for app in (*APPS, KEYSTORE):
            ours, theirs = names_of(app, name), names_of(app, TEMPLATE)
            await apply_roles(admin_dsn, ours, passwords)
            # The template's tables keep its roles' privileges, revocations included: inherit them.
            pairs = [(theirs.owner, ours.owner), *zip(theirs.logins, ours.logins, strict=True)]
            for theirs_role, our_role in pairs:
                await connection.execute(f'GRANT "{theirs_role}" TO "{our_role}"')
    finally:
        await connection.close()


async def _drop(admin_dsn: str, name: str) -> None:
    connection = await asyncpg.connect(admin_dsn)
    try:
        for app in ("programs", KEYSTORE):
            await connection.execute(f'DROP DATABASE "{names_of(app, name).database}" WITH (FORCE)')
    finally:
        await connection.close()


def _describe(admin_dsn: str, name: str, passwords: dict[str, str]) -> TestDatabase:
    def login(app: str, role: str | None) -> str:
        assert role is not None
        return dsn_for(admin_dsn, names_of(app, name).database, role, passwords[role])

    apps = {
        app: AppDsns(login(app, names_of(app, name).runtime), login(app, names_of(app, name).reader))
        for app in APPS
    }
    keystore = names_of(KEYSTORE, name)
    return TestDatabase(
        name=name,
        admin=dsn_for(admin_dsn, name),
        keystore_admin=dsn_for(admin_dsn, keystore.database),
        keystore=login(KEYSTORE, keystore.runtime),
        **apps,
    )


async def make_template(admin_dsn: str) -> None:
    """Make the migrated databases that `database_from_template` copies."""
    for app in (*APPS, KEYSTORE):
        names = names_of(app, TEMPLATE)
        await apply_roles(admin_dsn, names, {})
        await upgrade(app, dsn_for(admin_dsn, names.database), names.owner)


def _keep(run_folder: Path, users: IO[bytes]) -> None:
    address = run_folder / "cluster.dsn"
    with tempfile.TemporaryDirectory(prefix="qoldau-tests-") as name:
        home = Path(name)
        home.chmod(0o755)  # pytest's own folders are closed to root's unprivileged PostgreSQL
        with running_cluster(home, settings=FORGETFUL, durable=False) as cluster:
            asyncio.run(make_template(cluster.dsn()))
            address.write_text(cluster.dsn())
            os.write(sys.stdout.fileno(), b"ready\n")
            fcntl.flock(users, fcntl.LOCK_EX)
            address.unlink()


if __name__ == "__main__":
    _folder = Path(sys.argv[1])
    with (_folder / "cluster.users").open("ab") as _users:
        _keep(_folder, _users)
