"""Lists of 50 from 100,000 rows through their service, against Starlette + asyncpg + orjson with the same query."""

import asyncio
from pathlib import Path
from typing import Final

import asyncpg

from benchmarks.harness import (
    Contender,
    compare,
    measure_on_database,
    report,
    serve,
    serve_as_in_production,
)
from tests.apps import write_keys
from tests.cluster import TestDatabase

ROWS: Final = 100_000
_ENTERED: Final = (
    (
        "INSERT INTO programs.organization "
        "(id, version, code, names, kind, country, identifiers, status, provenance) "
        "SELECT gen_random_uuid(), 1, 'org-' || n, jsonb_build_object('en', 'Organization ' || n), '10', 'KZ', "
        "'[]', 'verified', 'real' FROM generate_series(1, {rows}) n"
    ),
    (
        "INSERT INTO programs.program (id, version, code, title, kind, sectors, sdg_goals, audiences) "
        "SELECT gen_random_uuid(), 1, 'p-' || n, jsonb_build_object('en', 'Program ' || n), 'course_program', "
        "'[]', '[]', '[]' FROM generate_series(1, 20) n"
    ),
    (
        "INSERT INTO programs.edition (id, version, program_id, code, title, period, earliest, latest, "
        "host_places, zone, languages, sectors, eligibility_rules_version, attendance_percent, pilot, historic, "
        "state, provenance) SELECT gen_random_uuid(), 1, p.id, p.code || '-' || n, "
        "jsonb_build_object('en', 'Edition ' || n), '2025', "
        "date '2015-01-01' + n, date '2015-01-05' + n, '[]', 'Asia/Almaty', '[]', '[]', 0, 80, false, true, "
        "'completed', 'real' FROM programs.program p, generate_series(1, {rows} / 20) n"
    ),
    "ANALYZE programs.organization, programs.edition",
)


def main() -> None:
    """Measure and print."""
    measure_on_database(_measure)


async def _measure(database: TestDatabase, folder: Path) -> None:
    await fill(database)
    await asyncio.to_thread(_compare, database, folder)


async def fill(database: TestDatabase, rows: int = ROWS) -> None:
    """Enter synthetic organizations and editions."""
    connection = await asyncpg.connect(database.admin)
    try:
        for statement in _ENTERED:
            await connection.execute(statement.format(rows=rows), timeout=120)
    finally:
        await connection.close()


def _compare(database: TestDatabase, folder: Path) -> None:
    write_keys(folder)
    environment = {
        "PROGRAMS_DATABASE_URL": database.programs.runtime,
        "PROGRAMS_READ_DATABASE_URL": database.programs.reader,
        "PROGRAMS_SIGNING_KEY": str(folder / "programs.json"),
        "QOLDAU_PUBLIC_KEYS": str(folder / "public.json"),
        "QOLDAU_BACKGROUND": "0",
    }
    with (
        serve_as_in_production("services.programs.app:create_app", folder, environment) as (
            ours,
            our_address,
        ),
        serve("benchmarks.ceilings:hot_list", folder, environment) as (theirs, their_address),
    ):
        for path in ("/v1/organizations", "/v1/editions"):
            measured = Contender("programs service", [ours], our_address, path)
            ceiling = Contender("Starlette + asyncpg + orjson", [theirs], their_address, path)
            compare([ceiling, measured])
            report(f"Hot list {path}: 50 of {ROWS} rows", measured, ceiling, goal=0.60)


if __name__ == "__main__":
    main()
