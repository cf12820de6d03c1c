"""Files of any length fit in memory: peaks are measured by tracemalloc, which counts and does not time."""

import tracemalloc
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import asyncpg
from sqlalchemy import event

from services.programs.domain.activities import Activity
from services.programs.domain.publications import PublicationChannel
from services.programs.operations.activities import get_publisher
from services.programs.operations.iati_xml import write_activities
from services.programs.operations.publication_files import make_file
from tests.apps import Door
from tests.cluster import TestDatabase
from tests.programs.publishing import name_reporter
from tests.programs.test_activity_rules import AGENCY, FULL

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
ENTER = """
INSERT INTO programs.edition (id, version, program_id, code, title, period, earliest, latest, host_places, zone,
    languages, sectors, eligibility_rules_version, attendance_percent, pilot, historic, state, provenance)
SELECT gen_random_uuid(), 1, $1, 'SYN-' || n, '{"en": "A synthetic course"}', '2025-04-10/2025-05-02', '2025-04-10',
    '2025-05-02', '[]', 'Asia/Almaty', '[]', '[{"code": "12181", "share": "100"}]', 1, 80, false, false,
    'completed', 'real'
FROM generate_series($2::int, $3::int) AS n
"""
REACH = """
INSERT INTO programs.edition_country (id, edition_id, place, country, relation)
SELECT gen_random_uuid(), id, 'TJ', 'TJ', 'took_part' FROM programs.edition AS e
WHERE NOT EXISTS (SELECT 1 FROM programs.edition_country WHERE edition_id = e.id)
"""


async def peak_of(content: AsyncIterator[bytes]) -> tuple[int, int]:
    """Return the peak of what Python held while the file was made, and the file's size; both in bytes."""
    tracemalloc.start()
    try:
        size = 0
        async for part in content:
            size += len(part)
        return tracemalloc.get_traced_memory()[1], size
    finally:
        tracemalloc.stop()


async def many(count: int) -> AsyncIterator[Activity]:
    for number in range(count):
        yield replace(FULL, identifier=f"{AGENCY.ref}-EDN-{number}")


async def test_two_thousand_activities_need_the_memory_of_two_hundred() -> None:
    small, short = await peak_of(write_activities(many(200), AGENCY, NOW))
    large, long = await peak_of(write_activities(many(2000), AGENCY, NOW))
    assert long > 9 * short > 6_000_000
    assert large < small + 100_000


async def test_the_portfolio_is_read_batch_by_batch(programs: Door, clean: TestDatabase) -> None:
    """Statements grow with the batches, not with the rows; what is held does not grow."""
    await name_reporter(programs)
    row = {"code": "syn", "title": {"en": "Synthetic"}, "kind": "course_program"}
    program = (await programs.as_("manager").post("/v1/programs", json=row)).json()
    statements: list[str] = []

    def note(_: object, __: object, statement: str, *___: object) -> None:
        statements.append(statement)

    engine = programs.app.state.sessions.read_engine.sync_engine
    connection = await asyncpg.connect(clean.admin)
    peaks, counts, subjects = [], [], []
    try:
        for first, last in ((1, 400), (401, 1600)):
            await connection.execute(ENTER, program["id"], first, last)
            await connection.execute(REACH)
            statements.clear()
            event.listen(engine, "before_cursor_execute", note)
            async with programs.app.state.sessions.reading() as session:
                publisher = await get_publisher(session)
                report, content = await make_file(session, PublicationChannel.IATI_ACTIVITIES, publisher, NOW)
                peak, _ = await peak_of(aiter(content))
            event.remove(engine, "before_cursor_execute", note)
            peaks.append(peak)
            counts.append(len(statements))
            subjects.append(report.subjects)
    finally:
        await connection.close()
    assert subjects == [401, 1601]
    # A program names all its children: its own element grows, and nothing else.
    assert peaks[1] < peaks[0] + 1200 * 3_000
    batches = (1600 - 400) // 200
    assert (counts[1] - counts[0]) % batches == 0
    assert (counts[1] - counts[0]) // batches < 12
