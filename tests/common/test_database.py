"""Connections: what they plan with, and that they may end while nobody uses them."""

from uuid import uuid4

import asyncpg
from sqlalchemy import text

from tests.apps import Door


async def test_connections_closed_while_idle_cost_no_request(programs: Door) -> None:
    manager = programs.as_("manager")
    organization = {"code": "syn", "names": {"en": "Synthetic"}}
    assert (await manager.post("/v1/organizations", json=organization)).status_code == 201
    assert (await manager.get("/v1/organizations")).status_code == 200
    connection = await asyncpg.connect(programs.database.admin)
    try:
        ended = await connection.fetchval(
            "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND usename LIKE '%programs%'"
        )
    finally:
        await connection.close()
    assert ended >= 2
    assert (await manager.get("/v1/organizations")).status_code == 200
    again = await manager.post("/v1/organizations", json=organization | {"code": "syn-2"})
    assert again.status_code == 201


async def test_reads_are_planned_with_what_is_asked_for_however_often(programs: Door) -> None:
    sessions = programs.app.state.sessions
    asked = text("SELECT current_setting('plan_cache_mode')")
    async with sessions.reading() as reading:
        assert await reading.scalar(asked) == "force_custom_plan"
    async with sessions.transaction() as writing:
        assert await writing.scalar(asked) == "auto"


async def test_a_database_that_takes_no_connection_is_unavailable_on_every_way(programs: Door) -> None:
    manager = programs.as_("manager")
    connection = await asyncpg.connect(programs.database.admin)
    role = await connection.fetchval(
        "SELECT usename FROM pg_stat_activity WHERE usename LIKE '%programs%reader%'"
        " AND datname = current_database() LIMIT 1"
    )
    try:
        await connection.execute(f'ALTER ROLE "{role}" CONNECTION LIMIT 0')
        await connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = $1", role
        )
        # A list is read by the driver alone, an organization by a session.
        answers = [await manager.get(f"/v1/organizations{end}") for end in ("", f"/{uuid4()}")]
    finally:
        await connection.execute(f'ALTER ROLE "{role}" CONNECTION LIMIT -1')
        await connection.close()
    assert [answer.status_code for answer in answers] == [503, 503]
    assert all(answer.headers["retry-after"] for answer in answers)
