"""`qoldau outbox replay`: what other apps keep is told again by whoever owns it."""

import pytest

from cli.databases import AppDatabase
from cli.errors import CommandError
from cli.outbox import tell_again
from cli.roles import names_of
from tests.apps import Door
from tests.cluster import TestDatabase

EDITION_CHANGED = "programs.edition.changed.v1"


@pytest.fixture
def databases(clean: TestDatabase) -> list[AppDatabase]:
    return [
        AppDatabase(app, names_of(app, "test"), clean.admin, dsns.runtime, dsns.reader, {})
        for app in ("programs", "evaluation")
        if (dsns := getattr(clean, app))
    ]


async def test_an_edition_is_told_again_to_who_is_named(programs: Door, databases: list[AppDatabase]) -> None:
    manager = programs.as_("manager")
    program = {"code": "avi", "title": {"en": "Avicenna"}, "kind": "course_program"}
    program_id = (await manager.post("/v1/programs", json=program)).json()["id"]
    edition = {"code": "AVI-1", "program_id": program_id, "title": {"en": "First"}}
    edition |= {"period": "2026-05", "modality": "hybrid"}
    made = await manager.post("/v1/editions", json=edition)
    assert made.status_code == 201, made.text
    assert await tell_again(databases, [EDITION_CHANGED], "evaluation") == 1
    assert await tell_again(databases, [EDITION_CHANGED, "evaluation.indicator_period.changed.v1"], None) == 3
    async with programs.app.state.sessions.reading() as session:
        connection = await session.connection()
        told = await connection.exec_driver_sql(
            "SELECT destination, data->>'modality' FROM outbox_event WHERE replay ORDER BY id LIMIT 1"
        )
        assert told.one() == ("evaluation", "hybrid")


async def test_what_cannot_be_told_again_is_refused_with_what_can(databases: list[AppDatabase]) -> None:
    with pytest.raises(CommandError, match=EDITION_CHANGED):
        await tell_again(databases, [EDITION_CHANGED, "programs.delivery.accepted.v1"], None)
