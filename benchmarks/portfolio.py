"""What one country received, and the portfolio by country and year: ten years of 500 editions, 50,000 places."""

import statistics
import time
from pathlib import Path

import asyncpg
import httpx
import pycountry

from benchmarks.harness import measure_on_database, say_goal
from benchmarks.hot_list import fill
from services.programs.app import create_app
from services.programs.settings import Settings
from tests.apps import facts_of, open_door, write_keys
from tests.cluster import TestDatabase

EDITIONS = 5_000
TIMES = 15
_PLACES = (
    "INSERT INTO programs.edition_country (id, edition_id, place, country, relation) "
    "SELECT gen_random_uuid(), e.id, c, c, 'took_part' FROM programs.edition e, unnest($1::text[]) c "
    "WHERE abs(hashtext(e.code || c)) % 15 = 0"
)
COUNTRIES = [*sorted(country.alpha_2 for country in pycountry.countries)[:150], "TJ"]


def main() -> None:
    """Measure and print."""
    measure_on_database(_measure)


async def _measure(database: TestDatabase, folder: Path) -> None:
    write_keys(folder)
    await fill(database, EDITIONS)
    connection = await asyncpg.connect(database.admin)
    try:
        await connection.execute(_PLACES, COUNTRIES, timeout=120)
        # As autovacuum leaves tables that were not filled a second ago.
        await connection.execute("VACUUM ANALYZE")
    finally:
        await connection.close()
    facts = facts_of("programs", database.programs, folder)
    async with open_door("programs", create_app(Settings(**facts)), folder) as door:
        client = door.as_("manager")
        for path in (
            "/v1/countries/TJ/deliveries",
            "/v1/editions?country=TJ&year=2020&facets=state,program_id&count=true",
            "/v1/editions?state=completed&sort=-earliest",
            "/v1/portfolio",
            "/v1/portfolio/money",
            "/v1/services/programs/search?q=course",
        ):
            await _time(client, path)


async def _time(client: httpx.AsyncClient, path: str) -> None:
    taken = []
    for _ in range(TIMES):
        begun = time.perf_counter()
        answer = await client.get(path)
        taken.append(time.perf_counter() - begun)
        assert answer.status_code == 200, answer.text
    median = statistics.median(taken) * 1000
    size = len(answer.content) / 1024
    print(f"\n{path}: {size:.0f} KiB, the fastest in {min(taken) * 1000:.1f} ms")
    say_goal(f"{path.partition('?')[0]}, p50", median, 50, unit=" ms", at_most=True)


if __name__ == "__main__":
    main()
