"""Seats under fire: many clients of two processes answer and withdraw while offers expire and others move up."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta

import httpx
import pytest

from services.common.clock import move_demonstration_clock
from services.participants.domain.applications import ApplicationState
from tests.chaos.processes import PRODUCTION, House, check_invariants, until, until_served
from tests.chaos.test_seats import NO_PROGRAMS, TWO
from tests.participants.courses import Course
from tests.participants.test_fire import SEATS, seated
from tests.participants.test_seats import enter

pytestmark = pytest.mark.process

UNPROMOTED = "tests.chaos.unpromoted"
STANDING = (
    "SELECT count(*) FROM participants.offer WHERE state = 'offered'"
    " AND reply_by < clock_timestamp() + interval '4 days'"
)
"""Offers whose time is over by the clock of synthetic people, and that nobody has ended yet."""

Shot = Callable[[], Awaitable[httpx.Response]]


async def fire(course: Course, house: House, module: str, clients: int) -> Counter[int]:
    """Let `clients` at once do what frees seats and takes them, each of it through both processes."""
    participations, lasting = await seated(course)
    leaving = await enter(course, 20, ApplicationState.WAITLISTED)
    await enter(course, 100, ApplicationState.WAITLISTED)
    await house.start(*TWO, module=module)
    async with course.door.app.state.sessions.transaction() as session:
        await move_demonstration_clock(session, timedelta(days=4))
    manager = dict(course.manager.headers)
    async with house.client(TWO[0]) as one, house.client(TWO[1]) as other:

        def post(at: str, headers: dict[str, str], body: object = None) -> Iterator[Shot]:
            for client in (one, other):
                yield lambda client=client: client.post(at, json=body, headers=headers)  # type: ignore[misc]

        async def answer_promoted(client: httpx.AsyncClient, turn: int) -> httpx.Response:
            listed = await client.get("/v1/offers?state=offered&limit=200", headers=manager)
            if listed.status_code != 200 or not (offers := listed.json()["items"]):
                return listed
            offer = offers[turn % len(offers)]
            word = ("acceptance", "acceptance", "decline")[turn % 3]
            holder = dict(course.holder(offer["person_id"]).headers)
            return await client.post(f"/v1/offers/{offer['id']}/{word}", headers=holder)

        shots: list[Shot] = [
            *(
                s
                for at in participations
                for s in post(f"{at}/state-changes", manager, {"state": "withdrawn"})
            ),
            *(s for at in lasting for s in post(f"{at}/withdrawal", manager)),
            *(
                s
                for person, id_ in leaving
                for s in post(f"/v1/applications/{id_}/withdrawal", dict(course.holder(person).headers))
            ),
        ]
        for turn in range(clients - len(shots)):
            client = (one, other)[turn % 2]
            shots.append(lambda client=client, turn=turn: answer_promoted(client, turn))  # type: ignore[misc]
        random.Random(20).shuffle(shots)  # noqa: S311  the same disorder in each run
        answers = await asyncio.gather(*map(until_served, shots))

    async def all_expired() -> bool:
        return bool(await house.fetch(STANDING) == 0)

    await until(all_expired, "offers that are over have expired")
    return Counter(answer.status_code for answer in answers)


@pytest.mark.parametrize("clients", [100, pytest.param(200, marks=pytest.mark.chaos)])
async def test_of_seats_under_fire_none_is_given_twice_and_none_stays_free(
    course: Course, house: House, clients: int
) -> None:
    tally = await fire(course, house, PRODUCTION, clients)
    assert set(tally) <= {200, 403, 404, 409}
    assert tally[200] > SEATS
    await check_invariants(house.database, besides=NO_PROGRAMS)
    held = "SELECT count(*) FROM participants.offer WHERE state IN ('offered', 'accepted')"
    left = "SELECT count(*) FROM participants.participation WHERE state = 'withdrawn'"
    taken = await house.fetch("SELECT sum(taken) FROM participants.mirror_seat_line")
    assert await house.fetch(held) - await house.fetch(left) == taken == SEATS


@pytest.mark.chaos  # every run has the same control in one process: tests/participants/test_fire.py
async def test_where_nobody_moves_up_the_invariants_name_who_waits_in_vain(
    course: Course, house: House
) -> None:
    """The negative control of the test above."""
    await fire(course, house, UNPROMOTED, 100)
    with pytest.raises(AssertionError, match="I9"):
        await check_invariants(house.database, besides=NO_PROGRAMS)
