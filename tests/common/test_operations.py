"""Long work accepted with 202, as whoever started it follows it."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.common.http.app import Room, create_room_app
from services.common.http.operations import operations_router
from services.common.identity import Caller, Role
from services.common.operations import (
    OPERATION_READERS,
    attempt_operation,
    fail_operation,
    report_progress,
    start_operation,
    succeed_operation,
)
from services.common.problems import Conflict, Fault, RequestInvalid, Unavailable
from services.programs.db.tables import SCHEMA_REVISION
from services.programs.settings import Settings
from tests.apps import Door, facts_of, open_door
from tests.cluster import TestDatabase

OWNER = uuid4()


@pytest.fixture
async def door(clean: TestDatabase, keys: Path) -> AsyncIterator[Door]:
    room = Room(
        "programs",
        "Works long.",
        [operations_router("programs")],
        {"read_programs_operation": OPERATION_READERS},
        SCHEMA_REVISION,
        keeps_bodies=True,
    )
    settings = Settings(**facts_of("programs", clean.programs, keys))
    async with open_door("programs", create_room_app(room, settings), keys) as opened:
        yield opened.over(clean)


async def start(door: Door) -> UUID:
    async with door.app.state.sessions.transaction() as session:
        return await start_operation(session, Caller(OWNER, frozenset({Role.MANAGER})), "import", total=3)


async def read(door: Door, operation_id: UUID) -> dict[str, Any]:
    answer = await door.as_("manager", subject=OWNER).get(f"/v1/services/programs/operations/{operation_id}")
    assert answer.status_code == 200
    body: dict[str, Any] = answer.json()
    return body


async def test_an_operation_tells_how_far_it_is_and_what_came_of_it(door: Door) -> None:
    started = await start(door)
    body = await read(door, started)
    assert (body["state"], body["progress"], body["result"]) == ("running", {"done": 0, "total": 3}, None)
    async with door.app.state.sessions.transaction() as session:
        await report_progress(session, started, 2)
    assert (await read(door, started))["progress"] == {"done": 2, "total": 3}
    async with door.app.state.sessions.transaction() as session:
        await succeed_operation(session, started, {"created": 3})
        await fail_operation(session, started, Conflict("What has ended stays as it is."))
    body = await read(door, started)
    assert (body["state"], body["result"], body["problem"]) == ("succeeded", {"created": 3}, None)
    assert body["ended_at"] is not None


async def test_a_failure_is_told_as_a_problem(door: Door) -> None:
    started = await start(door)

    async def refuse() -> dict[str, Any]:
        raise RequestInvalid("Row 2 is wrong.", errors=[Fault("/rows/2/code", "missing", "Say which.")])

    async with door.app.state.sessions.transaction() as session:
        await attempt_operation(session, started, refuse)
    body = await read(door, started)
    assert body["state"] == "failed"
    assert body["problem"]["type"] == "/problems/request-invalid"
    assert body["problem"]["errors"] == [
        {"pointer": "/rows/2/code", "code": "missing", "detail": "Say which."}
    ]


async def test_what_was_done_before_a_problem_is_undone(door: Door) -> None:
    started = await start(door)
    async with door.app.state.sessions.transaction() as session:

        async def half_done() -> dict[str, Any]:
            await report_progress(session, started, 2)
            raise Conflict("In the middle.")

        await attempt_operation(session, started, half_done)
    body = await read(door, started)
    assert (body["state"], body["progress"]["done"]) == ("failed", 0)


async def test_a_passing_problem_leaves_the_operation_running(door: Door) -> None:
    started = await start(door)

    async def busy() -> dict[str, Any]:
        raise Unavailable("Try again.")

    with pytest.raises(Unavailable):
        async with door.app.state.sessions.transaction() as session:
            await attempt_operation(session, started, busy)
    assert (await read(door, started))["state"] == "running"


async def test_who_sees_an_operation(door: Door) -> None:
    path = f"/v1/services/programs/operations/{await start(door)}"
    assert (await door.as_("administrator").get(path)).status_code == 200
    assert (await door.as_("manager").get(path)).status_code == 404
    assert (await door.as_().get(path)).status_code == 401


async def test_its_operation_id_names_the_room(door: Door) -> None:
    path = door.app.openapi()["paths"]["/v1/services/programs/operations/{operation_id}"]
    assert path["get"]["operationId"] == "read_programs_operation"
    assert not [known for known in door.app.openapi()["paths"] if known.startswith("/internal")]
