"""A whole instance under load while its parts are killed, cut off, locked and frozen."""

import asyncio
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from cli.acts.planning import CODE
from cli.cluster import Cluster, running_cluster
from cli.environment import GATEWAY, SERVICES
from services.common.identity import Role
from tests.chaos.load import Site, enter, go_on
from tests.instances import (
    UNLIMITED,
    Instance,
    empty_home,
    is_alive,
    run_command,
    running_instance,
    wait_until,
)

pytestmark = pytest.mark.chaos

CUT = "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity WHERE usename = $1"
BUDGET = 15.0
"""Seconds that nobody waits for the gateway: its own limit is 10."""


@pytest.fixture(scope="module")
async def site() -> AsyncIterator[Site]:
    with empty_home() as home, running_instance(home, UNLIMITED | {"QOLDAU_DEMO": "1"}) as instance:
        assert instance.process.stdout is not None
        while not instance.ready_line.startswith("Qoldau is ready"):
            instance.ready_line = await asyncio.to_thread(instance.process.stdout.readline)
            assert instance.ready_line, "the instance did not start"
        yield await enter(instance)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM], ids=["killed", "ended"])
@pytest.mark.parametrize("app", [*SERVICES, GATEWAY])
async def test_an_app_that_ends_loses_nothing_acknowledged_and_comes_back(
    site: Site, app: str, number: signal.Signals
) -> None:
    async with site.under_load() as load:
        await go_on(load)
        await site.strike(app, number)
        await go_on(load)
    assert 500 not in load.answers
    # 408 is a farewell: nothing was read, and whoever sent it may send it again.
    assert set(load.answers) <= {200, 201, 502, 503} | ({0, 408} if app == GATEWAY else set())
    await site.check(load)


async def test_a_killed_postgresql_loses_nothing_acknowledged_and_is_only_unavailable(site: Site) -> None:
    failures = await site.count_failures()
    async with site.under_load() as load:
        for _ in range(2):
            await go_on(load)
            await site.strike("postgresql")
        await go_on(load)
    assert set(load.answers) <= {200, 201, 503}
    assert await site.count_failures() == failures
    await site.check(load)


@pytest.mark.parametrize("role", ["qoldau_programs", "qoldau_participants_reader", "qoldau_evaluation"])
async def test_a_role_whose_connections_are_cut_is_only_unavailable(site: Site, role: str) -> None:
    failures = await site.count_failures()
    async with site.under_load() as load:
        for _ in range(5):
            await go_on(load, 20)
            assert await site.fetch(CUT, role) > 0
        await go_on(load)
    assert set(load.answers) <= {200, 201, 503}
    assert await site.count_failures() == failures
    await site.check(load)


async def test_a_gateway_whose_idle_connections_were_cut_answers(site: Site) -> None:
    await site.fetch(CUT, "qoldau_gateway")
    await site.fetch(CUT, "qoldau_gateway_reader")
    async with site.client(Role.MANAGER) as manager:
        assert (await manager.get("/v1/me")).status_code == 200


async def test_a_lock_that_is_held_refuses_its_own_writes_only(site: Site) -> None:
    organization = {"organization_id": "00000000-0000-4000-8000-000000000001", "country": "TJ"}
    async with site.client(Role.MANAGER) as manager:
        async with locked(site, "participants.authority"):
            refused = await asyncio.gather(
                *(manager.post("/v1/authorities", json=organization) for _ in range(3))
            )
            assert {answer.status_code for answer in refused} == {503}
            assert all(answer.headers["retry-after"] for answer in refused)
            others = [await manager.get(path) for path in ("/v1/persons", "/v1/calls", "/v1/organizations")]
            assert [answer.status_code for answer in others] == [200, 200, 200]
        assert (await manager.post("/v1/authorities", json=organization)).status_code == 201
    await site.check_invariants()


@pytest.mark.parametrize("service", ["participants", "evaluation"])
async def test_of_a_frozen_service_only_its_parts_are_missing(site: Site, service: str) -> None:
    parts = {"participants": {"pipeline", "attendance"}, "evaluation": {"results", "recommendations"}}
    edition = await edition_of_the_story(site)
    # Managers see what an edition costs within their own grants only.
    async with site.client(Role.ADMINISTRATOR) as caller, asyncio.timeout(4 * BUDGET):
        async with frozen(site, service):
            async with asyncio.timeout(BUDGET):
                overview = await caller.get(f"/v1/overviews/editions/{edition}")
            assert overview.status_code == 200, overview.text
            assert {part["part"] for part in overview.json()["missing"]} == parts[service]
            async with asyncio.timeout(BUDGET):
                passed = await caller.get("/v1/persons" if service == "participants" else "/v1/instruments")
            assert passed.status_code in {503, 504}
            assert (await caller.get("/v1/organizations")).status_code == 200
        await site.heal()
        whole = await caller.get(f"/v1/overviews/editions/{edition}")
        assert whole.json()["missing"] == []


async def test_without_programs_there_is_no_overview_but_an_answer(site: Site) -> None:
    edition = await edition_of_the_story(site)
    async with site.client(Role.MANAGER) as manager:
        async with frozen(site, "programs"), asyncio.timeout(BUDGET):
            late = await manager.get(f"/v1/overviews/editions/{edition}")
        assert (late.status_code, late.json()["code"]) == (504, "upstream-timed-out")
        await site.heal()
        async with stopped(site, "programs"), asyncio.timeout(BUDGET):
            away = await manager.get(f"/v1/overviews/editions/{edition}")
            assert (away.status_code, away.json()["code"]) == (503, "upstream-unavailable")
            assert away.headers["retry-after"]
            assert (await manager.get("/v1/persons")).status_code == 200
    await site.heal()
    await site.check_invariants()


async def test_a_backup_under_load_fills_a_new_home(site: Site, tmp_path: Path) -> None:
    file, keys = tmp_path / "backup", tmp_path / "keys"
    async with site.under_load() as load:
        await go_on(load)
        before = {table: list(ids) for table, ids in load.acknowledged.items()}
        await succeed("backup", str(file), home=site.instance.home)
    with empty_home() as home:
        await succeed("restore", str(file), home=home)
        with running_cluster(home) as cluster:
            restored = await count_rows(cluster)
            for table, ids in before.items():
                query = f"SELECT count(*) FROM {table} WHERE id = ANY ($1::uuid[])"  # noqa: S608  our own names
                assert await ask(cluster, query, ids) == len(ids)
        await succeed("check-invariants", home=home)

        await succeed("backup", str(file), home=site.instance.home)
        await succeed("backup-keys", str(keys), home=site.instance.home)
        await succeed("restore", "--replace", str(file), home=home)
        await succeed("restore-keys", "--replace", str(keys), home=home)
        shutil.copytree(site.instance.home / "keys", home / "keys")
        with running_cluster(home) as cluster:
            again = await count_rows(cluster)
        assert all(again[table] >= rows for table, rows in restored.items() if table in before)
        assert without_machinery(again) == without_machinery(await count_rows(site.cluster))
        await succeed("check-invariants", home=home)
        with running_instance(home) as instance:
            await assert_certificate_is_genuine(site, instance)


async def assert_certificate_is_genuine(site: Site, instance: Instance) -> None:
    """Fail unless a restored instance reads what only its restored keys open."""
    token = await site.fetch(
        "SELECT verify_token FROM participants.certificate WHERE state = 'issued' LIMIT 1"
    )
    async with httpx.AsyncClient(base_url=instance.url, trust_env=False) as public:
        verified = (await public.get(f"/v1/certificates/{token}/verification")).json()
    assert verified["verdict"] == "genuine"
    assert verified["holder"]


async def succeed(*arguments: str, home: Path) -> None:
    done = await asyncio.to_thread(run_command, *arguments, home=home)
    assert done.returncode == 0, done.stdout + done.stderr


async def ask(cluster: Cluster, query: str, *arguments: object) -> Any:
    connection = await asyncpg.connect(cluster.dsn("qoldau"))
    try:
        return await connection.fetchval(query, *arguments)
    finally:
        await connection.close()


async def count_rows(cluster: Cluster) -> dict[str, int]:
    """Return the number of rows of every table."""
    names = await ask(
        cluster,
        "SELECT array_agg(schemaname || '.' || tablename) FROM pg_tables"
        " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')",
    )
    return {name: await ask(cluster, f"SELECT count(*) FROM {name}") for name in names}  # noqa: S608


def without_machinery(rows: dict[str, int]) -> dict[str, int]:
    """Leave out what a running instance does by itself, such as its daily purge."""
    return {name: count for name, count in rows.items() if not name.endswith((".job", ".outbox_event"))}


async def edition_of_the_story(site: Site) -> str:
    query = "SELECT id::text FROM programs.edition WHERE code = $1"
    return str(await site.fetch(query, CODE))


@asynccontextmanager
async def locked(site: Site, table: str) -> AsyncIterator[None]:
    """Hold a table so that nobody writes to it."""
    connection = await asyncpg.connect(site.cluster.dsn("qoldau"))
    try:
        async with connection.transaction():
            await connection.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")
            yield
    finally:
        await connection.close()


@asynccontextmanager
async def frozen(site: Site, app: str) -> AsyncIterator[None]:
    """Let a process neither work nor end."""
    process = site.instance.child(app)
    process.suspend()
    try:
        yield
    finally:
        process.resume()


@asynccontextmanager
async def stopped(site: Site, app: str) -> AsyncIterator[None]:
    """Kill a process while its supervisor is frozen, so that nobody starts it again until the end."""
    supervisor = site.instance.processes()[0]
    killed = site.instance.child(app)
    supervisor.suspend()
    try:
        killed.kill()
        await asyncio.to_thread(wait_until, lambda: not is_alive(killed), f"{app} is dead")
        yield
    finally:
        supervisor.resume()
