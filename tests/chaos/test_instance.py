"""A whole instance under load while its parts are killed, cut off, locked and frozen."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest

from cli.acts.planning import CODE
from cli.cluster import prepare_cluster
from cli.environment import GATEWAY
from services.common.identity import Role
from tests.chaos.load import APPS, Site, enter, go_on
from tests.instances import empty_home, running_instance

pytestmark = [pytest.mark.process, pytest.mark.chaos]

CUT = "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity WHERE usename = $1"
BUDGET = 15.0
"""Seconds that nobody waits for the gateway: its own limit is 10."""


@pytest.fixture(scope="module")
async def site() -> AsyncIterator[Site]:
    with empty_home() as home, running_instance(home, {"QOLDAU_DEMO": "1"}) as instance:
        assert instance.process.stdout is not None
        while not instance.ready_line.startswith("Qoldau is ready"):
            instance.ready_line = await asyncio.to_thread(instance.process.stdout.readline)
            assert instance.ready_line, "the instance did not start"
        yield await enter(instance)


@pytest.mark.parametrize("app", APPS)
async def test_a_killed_app_loses_nothing_acknowledged_and_comes_back(site: Site, app: str) -> None:
    async with site.under_load() as load:
        await go_on(load)
        await asyncio.to_thread(site.instance.kill, app)
        await site.heal()
        await go_on(load)
    assert 500 not in load.answers
    assert set(load.answers) <= {200, 201, 502, 503} | ({0} if app == GATEWAY else set())
    await site.check(load)


async def test_a_killed_postgresql_loses_nothing_acknowledged_and_is_only_unavailable(site: Site) -> None:
    failures = await site.count_failures()
    async with site.under_load() as load:
        for _ in range(2):
            await go_on(load)
            await asyncio.to_thread(site.instance.kill, "postgresql")
            await site.heal()
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
    async with site.client(Role.MANAGER) as manager, asyncio.timeout(4 * BUDGET):
        async with frozen(site, service):
            async with asyncio.timeout(BUDGET):
                overview = await manager.get(f"/v1/overviews/editions/{edition}")
            assert overview.status_code == 200, overview.text
            assert {part["part"] for part in overview.json()["missing"]} == parts[service]
            async with asyncio.timeout(BUDGET):
                passed = await manager.get("/v1/persons" if service == "participants" else "/v1/instruments")
            assert passed.status_code in {503, 504}
            assert (await manager.get("/v1/organizations")).status_code == 200
        await site.heal()
        whole = await manager.get(f"/v1/overviews/editions/{edition}")
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


async def edition_of_the_story(site: Site) -> str:
    query = "SELECT id::text FROM programs.edition WHERE code = $1"
    return str(await site.fetch(query, CODE))


@asynccontextmanager
async def locked(site: Site, table: str) -> AsyncIterator[None]:
    """Hold a table so that nobody writes to it."""
    connection = await asyncpg.connect(prepare_cluster(site.instance.home).dsn("qoldau"))
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
        yield
    finally:
        supervisor.resume()
