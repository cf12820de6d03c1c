import asyncio
import secrets
from collections import Counter
from collections.abc import AsyncIterator
from uuid import UUID

import asyncpg
import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from cli.roles import APPS, KEYSTORE, apply_roles, dsn_for, names_of
from migrations.revisions import current_revision, expected_revision
from migrations.run import upgrade

ALIKE = (
    ("first", 1, "participants"),
    ("second", 1, "participants"),
    ("third", 1, "participants"),
    ("another_source", 1, "completion"),
    ("another_program", 2, "participants"),
    ("by_hand", 1, "manual"),
    ("by_hand_too", 1, "manual"),
)
"""Code, program and source of indicators, the first made first."""


@pytest.fixture
async def place(cluster_dsn: str) -> AsyncIterator[str]:
    """A database with roles and empty schemas."""
    name = f"migrations_{secrets.token_hex(4)}"
    for app in ("programs", "evaluation"):
        await apply_roles(cluster_dsn, names_of(app, name), {})
    yield name
    connection = await asyncpg.connect(cluster_dsn)
    try:
        await connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    finally:
        await connection.close()


async def objects(dsn: str) -> list[tuple[str, int]]:
    """Every table of the schema with its inner id, which a table made anew would not keep."""
    connection = await asyncpg.connect(dsn)
    try:
        rows = await connection.fetch(
            "SELECT relname, oid::int FROM pg_class WHERE relnamespace = 'programs'::regnamespace ORDER BY 1"
        )
        return [(row["relname"], row["oid"]) for row in rows]
    finally:
        await connection.close()


async def revision(dsn: str) -> str | None:
    connection = await asyncpg.connect(dsn)
    try:
        return await current_revision(connection, "programs")
    finally:
        await connection.close()


async def test_migrating_twice_changes_nothing(cluster_dsn: str, place: str) -> None:
    dsn, owner = dsn_for(cluster_dsn, place), names_of("programs", place).owner
    assert await revision(dsn) is None
    await upgrade("programs", dsn, owner)
    made = await objects(dsn)
    assert made
    await upgrade("programs", dsn, owner)
    assert await objects(dsn) == made
    assert await revision(dsn) == expected_revision("programs")


async def test_several_migrators_at_once_queue(cluster_dsn: str, place: str) -> None:
    dsn, owner = dsn_for(cluster_dsn, place), names_of("programs", place).owner
    await asyncio.gather(*(asyncio.to_thread(asyncio.run, upgrade("programs", dsn, owner)) for _ in range(3)))
    assert await revision(dsn) == expected_revision("programs")


@pytest.mark.parametrize("app", [*APPS, KEYSTORE])
def test_the_newest_file_is_the_one_head_of_the_revisions(app: str) -> None:
    config = Config("alembic.ini", ini_section=app)
    assert ScriptDirectory.from_config(config).get_heads() == [expected_revision(app)]


async def test_of_indicators_computed_alike_the_first_stays_computed(cluster_dsn: str, place: str) -> None:
    dsn, owner = dsn_for(cluster_dsn, place), names_of("evaluation", place).owner
    await upgrade("evaluation", dsn, owner, "0013")
    connection = await asyncpg.connect(dsn)
    try:
        for number, (code, program, source) in enumerate(ALIKE, 1):
            await connection.execute(
                "INSERT INTO evaluation.indicator"
                " (id, version, code, program_id, provenance, title, measure, level, source)"
                " VALUES ($1, 1, $2, $3, 'synthetic', '{\"en\": \"People\"}', 'count', 'output', $4)",
                *(UUID(int=number), code, UUID(int=program), source),
            )
            await connection.execute(
                "INSERT INTO evaluation.indicator_period (id, version, indicator_id, period, state, note)"
                " VALUES ($1, 1, $1, '2026', 'verified', $2)",
                *(UUID(int=number), "Counted in May." if code == "third" else None),
            )
            await connection.execute(
                "INSERT INTO evaluation.indicator_value VALUES ($1, 'actual', '', 7, NULL)", UUID(int=number)
            )
        await upgrade("evaluation", dsn, owner)
        rows = await connection.fetch(
            "SELECT code, source, i.version, note, numerator FROM evaluation.indicator i"
            " JOIN evaluation.indicator_period p ON p.indicator_id = i.id"
            " JOIN evaluation.indicator_value ON period_id = p.id"
        )
    finally:
        await connection.close()
    found = {row["code"]: row for row in rows}
    sources = {code: row["source"] for code, row in found.items()}
    assert sources == {code: source for code, _, source in ALIKE} | dict.fromkeys(
        ("second", "third"), "manual"
    )
    said = "Was computed like first, which alone is computed now; reported by hand since."
    notes = {"second": said, "third": f"Counted in May. {said}"}
    assert {code: row["note"] for code, row in found.items() if row["note"]} == notes
    assert {code for code, row in found.items() if row["version"] == 2} == set(notes)
    assert Counter(row["numerator"] for row in rows) == {7: len(ALIKE)}, "no figure was touched"
