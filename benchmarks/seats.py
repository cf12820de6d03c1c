"""200 clients at once for 20 seats, through the service, against a guarded counter in SQL alone."""

import asyncio
import json
import statistics
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg

from benchmarks.harness import connect, measure_on_database, read_answer, say_ratio, serve
from services.participants.domain.applications import ApplicationState
from tests.apps import open_door, write_keys
from tests.cluster import TestDatabase
from tests.participants.courses import Course, app_of, edition_facts, line_facts, tell
from tests.participants.test_seats import enter

CLIENTS, SEATS, ROUNDS = 200, 20, 5
CONNECTIONS = 8
"""To the database, as the service has."""

COUNTER = """
CREATE SCHEMA bench;
CREATE TABLE bench.line (id int PRIMARY KEY, taken int NOT NULL, seats int NOT NULL);
CREATE TABLE bench.seat (line int NOT NULL, holder int NOT NULL, PRIMARY KEY (line, holder));
"""


def main() -> None:
    """Measure and print."""
    measure_on_database(_measure)


async def _measure(database: TestDatabase, folder: Path) -> None:
    write_keys(folder)
    app = app_of(database, folder)
    environment = {
        "PARTICIPANTS_DATABASE_URL": database.participants.runtime,
        "PARTICIPANTS_READ_DATABASE_URL": database.participants.reader,
        "PARTICIPANTS_SIGNING_KEY": str(folder / "participants.json"),
        "QOLDAU_PUBLIC_KEYS": str(folder / "public.json"),
        "QOLDAU_KEYSTORE_URL": database.keystore,
        "QOLDAU_KEYSTORE_MASTER_KEY": str(folder / "master"),
        "QOLDAU_BACKGROUND": "0",
    }
    async with open_door("participants", app, folder) as door:
        with serve("services.participants.app:create_app", folder, environment) as (_, address):
            ours, theirs = [], []
            for number in range(ROUNDS):
                course = Course(door, edition_facts(code=f"bench-{number}"), door.as_("manager"))
                theirs.append(await _race_in_sql(database, number))
                ours.append(await _race_for_offers(course, address))
    _report(statistics.median(ours), statistics.median(theirs))


async def _race_for_offers(course: Course, address: str) -> float:
    """Return the seconds until all have their answer; exactly `SEATS` of them get a seat."""
    await tell(course.door, "programs.edition.planned.v1", course.facts)
    await course.change(seat_lines=[line_facts("KG", SEATS)], capacity_max=SEATS)
    people = await enter(course, CLIENTS, ApplicationState.SELECTED)
    reply_by = (datetime.now(UTC) + timedelta(days=3)).isoformat()
    authorization = course.manager.headers["authorization"]
    connections = [await connect(address) for _ in people]

    async def ask(number: int) -> int:
        reader, writer = connections[number]
        body = json.dumps({"application_id": people[number][1], "reply_by": reply_by}).encode()
        head = f"POST /v1/offers HTTP/1.1\r\nHost: bench.test\r\nAuthorization: {authorization}\r\n"
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        return await read_answer(reader)

    begun = time.perf_counter()
    answers = await asyncio.gather(*(ask(number) for number in range(CLIENTS)))
    seconds = time.perf_counter() - begun
    for _, writer in connections:
        writer.close()
    assert sorted(answers) == [201] * SEATS + [409] * (CLIENTS - SEATS), sorted(answers)
    return seconds


async def _race_in_sql(database: TestDatabase, line: int) -> float:
    async with asyncpg.create_pool(database.admin, min_size=CONNECTIONS, max_size=CONNECTIONS) as pool:
        if line == 0:
            await pool.execute(COUNTER)
        await pool.execute("INSERT INTO bench.line VALUES ($1, 0, $2)", line, SEATS)

        async def take(holder: int) -> bool:
            async with pool.acquire() as connection, connection.transaction():
                taken = await connection.fetchval(
                    "UPDATE bench.line SET taken = taken + 1 WHERE id = $1 AND taken < seats RETURNING taken",
                    line,
                )
                if taken is not None:
                    await connection.execute("INSERT INTO bench.seat VALUES ($1, $2)", line, holder)
                return taken is not None

        begun = time.perf_counter()
        taken = await asyncio.gather(*(take(holder) for holder in range(CLIENTS)))
        seconds = time.perf_counter() - begun
        assert sum(taken) == SEATS
        return seconds


def _report(ours: float, theirs: float) -> None:
    print(f"\nSeats: {CLIENTS} clients for {SEATS}")
    print(f"  {'guarded counter in SQL alone':<42} {CLIENTS / theirs:8.0f} clients/s")
    print(f"  {'offers through the participants service':<42} {CLIENTS / ours:8.0f} clients/s")
    say_ratio(theirs / ours, 0.50)


if __name__ == "__main__":
    main()
