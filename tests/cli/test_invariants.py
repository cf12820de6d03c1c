"""What the check finds: nothing where all is well, and each kind of damage by its name."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from cli.databases import AppDatabase
from cli.invariants import find_broken
from tests.apps import Door
from tests.cluster import TestDatabase, app_databases


@pytest.fixture
def databases(clean: TestDatabase) -> list[AppDatabase]:
    return app_databases(clean)


async def damage(clean: TestDatabase, statement: str, *values: object) -> None:
    connection = await asyncpg.connect(clean.admin)
    try:
        await connection.execute(statement, *values)
    finally:
        await connection.close()


async def enter_organization(programs: Door) -> dict[str, Any]:
    body = {"code": "synthetic-body", "names": {"en": "Synthetic body"}, "country": "TJ"}
    made = await programs.as_("manager").post("/v1/organizations", json=body)
    assert made.status_code == 201, made.text
    read: dict[str, Any] = made.json()
    return read


async def test_nothing_is_broken_after_ordinary_work(
    programs: Door, databases: Sequence[AppDatabase]
) -> None:
    await enter_organization(programs)
    assert await find_broken(databases) == {}


async def test_a_change_behind_the_audit_log_is_found(
    programs: Door, clean: TestDatabase, databases: Sequence[AppDatabase]
) -> None:
    await enter_organization(programs)
    await damage(clean, "UPDATE programs.organization SET version = version + 1")
    assert await find_broken(databases) == {
        "programs: I3 each version of organization has its audit entry": 1
    }


async def test_an_event_lost_on_its_way_is_found(
    programs: Door, clean: TestDatabase, databases: Sequence[AppDatabase]
) -> None:
    await enter_organization(programs)
    await damage(
        clean, "UPDATE programs.outbox_event SET delivered_at = now() WHERE destination = 'participants'"
    )
    lost = "participants: I4 an event that programs delivered is not in the inbox"
    assert await find_broken(databases) == {lost: 1}


async def test_an_event_that_nobody_sent_is_found(
    clean: TestDatabase, databases: Sequence[AppDatabase]
) -> None:
    await damage(
        clean,
        "INSERT INTO evaluation.inbox_event (id, kind, subject, aggregate_version)"
        " VALUES ($1, 'programs.edition.changed.v1', $1, 1)",
        uuid4(),
    )
    assert await find_broken(databases) == {
        "evaluation: I4 an event in the inbox is not known to programs": 1
    }


async def test_a_mirror_of_nothing_is_found(clean: TestDatabase, databases: Sequence[AppDatabase]) -> None:
    await damage(
        clean,
        "INSERT INTO participants.mirror_training_session"
        " (id, aggregate_version, edition_id, title, starts_at, ends_at, state, counts_for_attendance)"
        " VALUES ($1, 1, $1, '{}', now(), now(), 'scheduled', true)",
        uuid4(),
    )
    broken = await find_broken(databases)
    assert broken == {"participants: I5 a mirror is ahead of programs's training_session": 1}


async def test_a_job_that_others_overtook_is_found(
    clean: TestDatabase, databases: Sequence[AppDatabase]
) -> None:
    insert = (
        "INSERT INTO participants.job (id, kind, subject, payload, provenance, due_at, done_at)"
        " VALUES ($1, 'a kind', $1, '{}', 'real', now() - $2::interval, $3)"
    )
    connection = await asyncpg.connect(clean.admin)
    try:
        late = "interval '6 minutes'"
        await connection.execute(insert.replace("$2::interval", late).replace("$3", "NULL"), uuid4())
        assert await find_broken(databases) == {}, "nothing runs, so nothing is late"
        await connection.execute(insert.replace("$2::interval", late).replace("$3", "now()"), uuid4())
    finally:
        await connection.close()
    assert await find_broken(databases) == {
        "participants: I8 no job is passed over without a lease or a problem": 1
    }
