"""200 clients at once for 20 seats, through the service, against a guarded counter in SQL alone.

And, so that the ratio can be read: through the least code that knows who calls before it asks that counter.
"""

import asyncio
import json
import statistics
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import asyncpg

from benchmarks.ceilings import SEAT_COUNTER, take_counted_seat
from benchmarks.harness import (
    connect,
    measure_on_database,
    read_answer,
    say_goal,
    serve,
    serve_as_in_production,
)
from services.participants.domain.applications import ApplicationState
from tests.apps import open_door, write_keys
from tests.cluster import TestDatabase
from tests.participants.courses import Course, app_of, edition_facts, line_facts, tell
from tests.participants.test_seats import enter

CLIENTS: Final = 200
SEATS: Final = 20
ROUNDS: Final = 5
BUSY: Final = 503
"""On a busy machine some wait longer for a connection than a request may, and come again."""
CONNECTIONS: Final = 8
"""To the database, as the service has."""


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
    factory = "services.participants.app:create_app"
    seconds: dict[str, list[float]] = {}
    cpu: list[float] = []
    async with (
        open_door("participants", app, folder) as door,
        asyncpg.create_pool(database.admin, min_size=CONNECTIONS, max_size=CONNECTIONS) as pool,
    ):
        await pool.execute(SEAT_COUNTER)
        with (
            serve_as_in_production(factory, folder, environment) as (service, ours),
            serve("benchmarks.ceilings:counted_seats", folder, environment) as (_, least),
        ):
            for number in range(ROUNDS):
                course = Course(door, edition_facts(code=f"bench-{number}"), door.as_("manager"))
                lines = [(2 * number, SEATS), (2 * number + 1, SEATS)]
                await pool.executemany("INSERT INTO bench.line VALUES ($1, 0, $2)", lines)
                seconds.setdefault("guarded counter in SQL alone", []).append(
                    await _race_in_sql(pool, 2 * number)
                )
                bodies = [{"line": 2 * number + 1, "holder": holder} for holder in range(CLIENTS)]
                seconds.setdefault("the same behind HTTP, caller known", []).append(
                    await _race(least, course, bodies)
                )
                offers = await _enter(course)
                before = sum(service.cpu_times()[:2])
                seconds.setdefault("offers through the participants service", []).append(
                    await _race(ours, course, offers)
                )
                cpu.append((sum(service.cpu_times()[:2]) - before) / CLIENTS * 1000)
    _report(seconds, statistics.median(cpu))


async def _enter(course: Course) -> list[Mapping[str, Any]]:
    """Return the bodies of requests that offer a seat of the course to each of `CLIENTS` people."""
    await tell(course.door, "programs.edition.planned.v1", course.facts)
    await course.change(seat_lines=[line_facts("KG", SEATS)], capacity_max=SEATS)
    people = await enter(course, CLIENTS, ApplicationState.SELECTED)
    reply_by = (datetime.now(UTC) + timedelta(days=3)).isoformat()
    return [{"application_id": application, "reply_by": reply_by} for _, application in people]


async def _race(address: str, course: Course, bodies: Sequence[Mapping[str, Any]]) -> float:
    """Return the seconds until all have their answer; exactly `SEATS` of them get a seat."""
    authorization = course.manager.headers["authorization"]
    connections = [await connect(address) for _ in bodies]

    async def ask(number: int) -> int:
        reader, writer = connections[number]
        body = json.dumps(bodies[number]).encode()
        head = f"POST /v1/offers HTTP/1.1\r\nHost: bench.test\r\nAuthorization: {authorization}\r\n"
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        while True:
            writer.write(head.encode() + body)
            if (status := await read_answer(reader)) != BUSY:
                return status
            await asyncio.sleep(0.05)

    begun = time.perf_counter()
    answers = await asyncio.gather(*map(ask, range(len(bodies))))
    seconds = time.perf_counter() - begun
    for _, writer in connections:
        writer.close()
    assert sorted(answers) == [201] * SEATS + [409] * (CLIENTS - SEATS), sorted(answers)
    return seconds


async def _race_in_sql(pool: asyncpg.Pool, line: int) -> float:
    begun = time.perf_counter()
    taken = await asyncio.gather(*(take_counted_seat(pool, line, holder) for holder in range(CLIENTS)))
    seconds = time.perf_counter() - begun
    assert sum(taken) == SEATS
    return seconds


def _report(seconds: Mapping[str, Sequence[float]], cpu: float) -> None:
    print(f"\nSeats: {CLIENTS} clients for {SEATS}; exactly {SEATS} are seated in every round")
    for name, taken in seconds.items():
        rate, fastest = CLIENTS / statistics.median(taken), CLIENTS / min(taken)
        print(f"  {name:<42} {rate:8.0f} clients/s   fastest {fastest:.0f}/s")
    print(f"  CPU of the service {cpu:.2f} ms a client")
    alone, least, ours = (statistics.median(taken) for taken in seconds.values())
    print(f"  of the counter behind HTTP {least / ours:.2f}; that is {alone / least:.2f} of SQL alone")
    say_goal(f"{CLIENTS} clients for {SEATS} seats against SQL alone", alone / ours, 0.50)


if __name__ == "__main__":
    main()
