"""Many who want few seats, through two instances of the app with pools of their own."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import insert

from services.common.audit import audit_entry
from services.common.clock import Provenance
from services.common.sessions import Sessions
from services.participants.db.tables import Application, Person
from services.participants.domain.applications import ApplicationState, Channel
from services.participants.domain.people import Sex
from tests.apps import Door, open_door
from tests.chaos.unguarded import SEATS, without_guard
from tests.cluster import TestDatabase
from tests.participants.courses import SYNTHETIC_NAMES, Course, app_of, line_facts
from tests.participants.test_journey import broken

WHO_WANT = 200
AT_ONCE = 12
"""More than the eight connections of both instances, so that some wait; few enough that none waits too long."""


@pytest.fixture
async def twin(clean: TestDatabase, keys: Path) -> AsyncIterator[Door]:
    async with open_door("participants", app_of(clean, keys), keys) as door:
        yield door.over(clean)


def own_name(person_id: UUID) -> dict[str, str]:
    """Return a name that nobody else has: people of one name would be taken for one another, pair by pair."""
    word = "".join(chr(ord("a") + int(digit, 16)) for digit in person_id.hex)
    return SYNTHETIC_NAMES[2] | {"given": word[:16].title(), "family": word[16:].title()}


async def enter(course: Course, count: int, state: ApplicationState) -> list[tuple[str, str]]:
    """Enter synthetic people with applications that stand in `state`; return (person, application)."""
    authority = UUID((await course.authority("KG"))["id"])
    line = UUID(course.facts["seat_lines"][0]["id"])
    pairs = [(uuid4(), uuid4()) for _ in range(count)]
    sessions: Sessions = course.door.app.state.sessions
    async with sessions.transaction() as session:
        person: dict[str, Any] = {
            "sex": Sex.FEMALE,
            "nationality": "KG",
            "preferred_language": "ky",
            "provenance": Provenance.SYNTHETIC,
        }
        application: dict[str, Any] = {
            "edition_id": UUID(course.id),
            "authority_id": authority,
            "seat_line_id": line,
            "channel": Channel.AUTHORITY,
            "state": state,
            "provenance": Provenance.SYNTHETIC,
        }
        entry: dict[str, Any] = {"actor": "test", "subject_version": 1, "fields": []}
        await session.execute(
            insert(Person), [person | {"id": one, "names": [own_name(one)]} for one, _ in pairs]
        )
        await session.execute(
            insert(Application),
            [
                application
                | {"id": two, "person_id": one}
                | ({"waiting_rank": n} if state is ApplicationState.WAITLISTED else {})
                for n, (one, two) in enumerate(pairs)
            ],
        )
        await session.execute(
            insert(audit_entry),
            [
                entry | {"action": f"{kind}.entered", "subject_kind": kind, "subject_id": id_}
                for pair in pairs
                for kind, id_ in zip(("person", "application"), pair, strict=True)
            ],
        )
    return [(str(one), str(two)) for one, two in pairs]


async def at_once(requests: list[Callable[[], Awaitable[httpx.Response]]]) -> list[httpx.Response]:
    """Send the requests, never more than `AT_ONCE` of them together; who is told to come back does."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def send(request: Callable[[], Awaitable[httpx.Response]]) -> httpx.Response:
        async with gate:
            answer = await request()
            for _ in range(50):
                if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                    break
                await asyncio.sleep(0.2)
                answer = await request()
            return answer

    return await asyncio.gather(*map(send, requests))


async def offer_to_all(course: Course, twin: Door, people: list[tuple[str, str]]) -> list[httpx.Response]:
    reply_by = (datetime.now(UTC) + timedelta(days=3)).isoformat()
    managers = [course.manager, twin.as_("manager")]

    def request(n: int, application: str) -> Callable[[], Awaitable[httpx.Response]]:
        body = {"application_id": application, "reply_by": reply_by}
        return lambda: managers[n % 2].post("/v1/offers", json=body)

    return await at_once([request(n, application) for n, (_, application) in enumerate(people)])


async def test_of_200_at_once_20_are_offered_and_20_accept(
    course: Course, twin: Door, clean: TestDatabase
) -> None:
    await course.change(seat_lines=[line_facts("KG", SEATS)], capacity_max=SEATS)
    people = await enter(course, WHO_WANT, ApplicationState.SELECTED)
    answers = await offer_to_all(course, twin, people)
    tally = Counter((answer.status_code, answer.json().get("code")) for answer in answers)
    assert tally == {(201, None): SEATS, (409, "no-free-seat"): WHO_WANT - SEATS}
    made = [
        (person, answer.headers["location"])
        for (person, _), answer in zip(people, answers, strict=True)
        if answer.status_code == 201
    ]

    def acceptance(n: int, person: str, at: str) -> Callable[[], Awaitable[httpx.Response]]:
        door = (course.door, twin)[n % 2]
        client = Course(door, course.facts, course.manager).holder(person)
        return lambda: client.post(f"{at}/acceptance")

    tenfold = [acceptance(n, person, at) for n in range(WHO_WANT // SEATS) for person, at in made]
    accepted = Counter(answer.status_code for answer in await at_once(tenfold))
    assert accepted == {200: SEATS, 409: WHO_WANT - SEATS}
    assert await broken(clean) == []


async def test_without_the_guard_too_many_are_offered(
    course: Course, twin: Door, clean: TestDatabase
) -> None:
    """The negative control of the test above: counting first and writing afterwards over-allocates."""
    await course.change(seat_lines=[line_facts("KG", SEATS)])
    people = await enter(course, 60, ApplicationState.SELECTED)
    with without_guard():
        statuses = [answer.status_code for answer in await offer_to_all(course, twin, people)]
    assert statuses.count(201) > SEATS
    assert await broken(clean) != []


async def test_seats_given_back_at_once_all_go_to_who_waits(
    course: Course, twin: Door, clean: TestDatabase
) -> None:
    await course.change(seat_lines=[line_facts("KG", SEATS)], capacity_max=SEATS)
    people = await enter(course, SEATS, ApplicationState.SELECTED)
    waiting = await enter(course, SEATS, ApplicationState.WAITLISTED)
    made = [answer.headers["location"] for answer in await offer_to_all(course, twin, people)]
    assert (await course.manager.post(f"/v1/editions/{course.id}/decision-release")).status_code == 200
    managers = [course.manager, twin.as_("manager")]

    def withdrawal(n: int, at: str) -> Callable[[], Awaitable[httpx.Response]]:
        return lambda: managers[n % 2].post(f"{at}/withdrawal")

    answers = await at_once([withdrawal(n, at) for n, at in enumerate(made[:10])])
    assert [answer.status_code for answer in answers] == [200] * 10
    offered = (await course.manager.get("/v1/offers?state=offered&limit=200")).json()["items"]
    promoted = {offer["application_id"] for offer in offered}
    assert len(offered) == SEATS
    assert promoted >= {application for _, application in waiting[:10]}
    assert await broken(clean) == []
