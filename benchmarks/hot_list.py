"""A list of 50 from 100,000 rows through its service, against Starlette + asyncpg + orjson with the same query."""

import asyncio
from pathlib import Path

import asyncpg

from benchmarks.harness import Contender, compare, measure_on_database, report, serve
from tests.apps import write_keys
from tests.cluster import TestDatabase

ROWS = 100_000


def main() -> None:
    """Measure and print."""
    measure_on_database(_measure)


async def _measure(database: TestDatabase, folder: Path) -> None:
    await _fill(database)
    await asyncio.to_thread(_compare, database, folder)


async def _fill(database: TestDatabase) -> None:
    connection = await asyncpg.connect(database.admin)
    try:
        await connection.execute(
            "INSERT INTO programs.organization "
            "(id, version, code, names, kind, country, identifiers, status, provenance) "
            "SELECT gen_random_uuid(), 1, 'org-' || n, jsonb_build_object('en', 'Organization ' || n), '10', 'KZ', "
            "'[]', 'verified', 'real' FROM generate_series(1, $1::int) n",
            ROWS,
        )
        await connection.execute("ANALYZE programs.organization")
    finally:
        await connection.close()


def _compare(database: TestDatabase, folder: Path) -> None:
    write_keys(folder)
    environment = {
        "PROGRAMS_DATABASE_URL": database.programs.runtime,
        "PROGRAMS_READ_DATABASE_URL": database.programs.reader,
        "PROGRAMS_SIGNING_KEY": str(folder / "programs.json"),
        "QOLDAU_PUBLIC_KEYS": str(folder / "public.json"),
    }
    path = "/v1/organizations"
    with (
        serve("services.programs.app:create_app", folder, environment) as (ours, our_address),
        serve("benchmarks.ceilings:hot_list", folder, environment) as (theirs, their_address),
    ):
        measured = Contender("programs service", [ours], our_address, path)
        ceiling = Contender("Starlette + asyncpg + orjson", [theirs], their_address, path)
        compare([ceiling, measured])
    report(f"Hot list: 50 of {ROWS} rows", measured, ceiling, goal=0.60)


if __name__ == "__main__":
    main()
