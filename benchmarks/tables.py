"""100,000 persons imported, against COPY of the same rows; 1,000,000 rows exported, in constant memory."""

import io
import time
from pathlib import Path
from uuid import uuid4

import asyncpg
import psutil

from benchmarks.harness import measure_on_database, say_goal
from services.common.clock import Provenance
from services.common.exports import stream_table
from services.common.identity import acting_service
from services.common.sessions import Sessions
from services.common.tabular.writing import TableFormat
from services.participants.app import create_app
from services.participants.db.exports import persons_table
from services.participants.settings import Settings
from tests.apps import facts_of, open_door, write_keys
from tests.cluster import TestDatabase
from tests.tables import import_table, order_import, run_imports, upload_table

PERSONS = 100_000
ROWS = 1_000_000
MIB = 1 << 20


def main() -> None:
    """Measure and print."""
    measure_on_database(_measure)


def table(persons: int) -> bytes:
    """Return a table of so many synthetic persons."""
    heading = (
        "family,given,language,latin_family,latin_given,sex,birth_date,nationality,email,preferred_language"
    )
    lines = (
        f"Тестов{n},Имя,ru,Testov{n},Imia,female,{1960 + n % 40}-0{1 + n % 9}-1{n % 10},TJ,p{n}@example.org,ru"
        for n in range(persons)
    )
    return "\n".join([heading, *lines, ""]).encode()


async def _measure(database: TestDatabase, folder: Path) -> None:
    write_keys(folder)
    ceiling, ceiling_cpu = sorted([await _copy(database) for _ in range(3)])[1]
    facts = facts_of("participants", database.participants, folder)
    async with open_door("participants", create_app(Settings(**facts)), folder) as door:
        client = door.as_("manager", subject=uuid4())
        await import_table(door, client, "persons", table(100), dry_run=True)  # starts the worker
        file_id = await upload_table(client, "participants", table(PERSONS))
        accepted = await order_import(client, "persons", file_id)
        begun, used = time.perf_counter(), _cpu()
        await run_imports(door)
        seconds, cpu = time.perf_counter() - begun, _cpu() - used
        ended = (await client.get(accepted.headers["location"])).json()
        assert ended["result"]["created"] == PERSONS, ended
        print(f"\nImport of {PERSONS} persons: {seconds:.2f} s, {cpu:.2f} s CPU of all processes")
        print(f"COPY of the rows alone: {ceiling:.2f} s, {ceiling_cpu:.2f} s CPU")
        say_goal(f"Import of {PERSONS:,} persons against COPY", ceiling / seconds, 0.30)
        say_goal(f"Import of {PERSONS:,} persons against COPY, CPU of all processes", ceiling_cpu / cpu, 0.30)
        await _fill(database)
        for form in TableFormat:
            await _export(door.app.state.sessions, form)


def _cpu() -> float:
    """Return the processor time of this process and all that it has started: worker and database."""
    family = [psutil.Process(), *psutil.Process().children(recursive=True)]
    return sum(sum(process.cpu_times()[:2]) for process in family)


async def _copy(database: TestDatabase) -> tuple[float, float]:
    """Return how long the same rows take by COPY into a table like theirs, indexes and all, and its CPU."""
    connection = await asyncpg.connect(database.admin)
    try:
        await connection.execute("CREATE TABLE participants.copied (LIKE participants.person INCLUDING ALL)")
        lines = "".join(
            f'{uuid4()}\t1\t[{{"language": "ru", "given": "Имя", "family": "Тестов{n}"}}, {{"language": '
            f'"und-Latn", "given": "Imia", "family": "Testov{n}"}}]\tfemale\t1990-01-01\tTJ\tp{n}@example.org\t'
            "ru\treal\n"
            for n in range(PERSONS)
        )
        columns = "id version names sex birth_date nationality email preferred_language provenance"
        begun, used = time.perf_counter(), _cpu()
        await connection.copy_to_table(
            "copied",
            schema_name="participants",
            source=io.BytesIO(lines.encode()),
            columns=columns.split(),
            format="text",
        )
        spent = time.perf_counter() - begun, _cpu() - used
        await connection.execute("DROP TABLE participants.copied")
    finally:
        await connection.close()
    return spent


async def _fill(database: TestDatabase) -> None:
    connection = await asyncpg.connect(database.admin)
    try:
        await connection.execute(
            "INSERT INTO participants.person (id, version, names, sex, birth_date, nationality, email, "
            "preferred_language, provenance) SELECT gen_random_uuid(), 1, names, sex, birth_date, nationality, "
            "email, preferred_language, 'synthetic' FROM participants.person, generate_series(1, $1::int)",
            ROWS // PERSONS,
            timeout=300,
        )
    finally:
        await connection.close()


async def _export(sessions: Sessions, form: TableFormat) -> None:
    query = persons_table(
        visible_to=acting_service("participants"), provenance=Provenance.SYNTHETIC, nationality=None
    )
    process, most, size = psutil.Process(), 0, 0
    before, begun = process.memory_info().rss, time.perf_counter()
    async for part in stream_table(sessions, query, form):
        size += len(part)
        most = max(most, process.memory_info().rss)
    seconds, grown = time.perf_counter() - begun, (most - before) / MIB
    print(f"\nExport of {ROWS:,} rows as {form}: {size / MIB:.0f} MiB in {seconds:.0f} s")
    say_goal(f"Export of {ROWS:,} rows as {form}, memory", grown, 150, unit=" MiB", at_most=True)


if __name__ == "__main__":
    main()
