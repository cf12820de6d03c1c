"""Few seats and one key, wanted by many at once through two processes of participants."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from services.participants.domain.applications import ApplicationState
from tests.chaos.processes import House, check_invariants, until_served
from tests.chaos.unguarded import SEATS
from tests.participants.courses import SYNTHETIC_NAMES, Course, line_facts
from tests.participants.test_seats import WHO_WANT, enter

pytestmark = pytest.mark.process

TWO = ("participants", "participants.2")
UNGUARDED = "tests.chaos.unguarded"
REQUESTS = 30
NO_PROGRAMS = "participants: I5 a mirror is ahead of programs's edition"
"""What the edition of these tests breaks: participants is told of it without programs."""


async def offer_to_all(
    course: Course, clients: list[httpx.AsyncClient], wanting: int
) -> dict[str, httpx.Response]:
    """Offer a seat to every one of new nominees at once; return the answers by person."""
    people = await enter(course, wanting, ApplicationState.SELECTED)
    reply_by = (datetime.now(UTC) + timedelta(days=3)).isoformat()
    manager = dict(course.manager.headers)

    async def offer(n: int, application: str) -> httpx.Response:
        body = {"application_id": application, "reply_by": reply_by}
        return await until_served(lambda: clients[n % 2].post("/v1/offers", json=body, headers=manager))

    answers = await asyncio.gather(*(offer(n, application) for n, (_, application) in enumerate(people)))
    return {person: answer for (person, _), answer in zip(people, answers, strict=True)}


async def accept_all(course: Course, clients: list[httpx.AsyncClient], made: dict[str, str]) -> Counter[int]:
    """Let every holder accept their offer at once, again and again through both processes."""

    async def accept(n: int, person: str, at: str) -> int:
        holder = dict(course.holder(person).headers)
        answer = await until_served(lambda: clients[n % 2].post(f"{at}/acceptance", headers=holder))
        if answer.is_error:
            assert answer.headers["content-type"] == "application/problem+json"
        return answer.status_code

    tries = [(n, person, at) for n in range(WHO_WANT // SEATS) for person, at in made.items()]
    return Counter(await asyncio.gather(*(accept(*one) for one in tries)))


async def test_of_200_at_once_through_two_processes_20_are_seated(course: Course, house: House) -> None:
    await house.start(*TWO)
    await course.change(seat_lines=[line_facts("KG", SEATS)], capacity_max=SEATS)
    async with house.client(TWO[0]) as one, house.client(TWO[1]) as other:
        answers = await offer_to_all(course, [one, other], WHO_WANT)
        tally = Counter((a.status_code, a.json().get("code")) for a in answers.values())
        assert tally == {(201, None): SEATS, (409, "no-free-seat"): WHO_WANT - SEATS}
        made = {person: a.headers["location"] for person, a in answers.items() if a.is_success}
        assert await accept_all(course, [one, other], made) == {200: SEATS, 409: WHO_WANT - SEATS}
    assert await house.fetch("SELECT count(*) FROM participants.participation") == SEATS
    assert await house.fetch("SELECT sum(taken) FROM participants.mirror_seat_line") == SEATS
    await check_invariants(house.database, besides=NO_PROGRAMS)


async def test_without_the_guard_two_processes_seat_too_many(course: Course, house: House) -> None:
    """The negative control of the test above."""
    await house.start(*TWO, module=UNGUARDED)
    await course.change(seat_lines=[line_facts("KG", SEATS)])
    async with house.client(TWO[0]) as one, house.client(TWO[1]) as other:
        answers = await offer_to_all(course, [one, other], 60)
    assert sum(answer.status_code == 201 for answer in answers.values()) > SEATS
    with pytest.raises(AssertionError, match="I1 seats taken in a line"):
        await check_invariants(house.database, besides=NO_PROGRAMS)


async def test_requests_with_one_key_have_one_effect(course: Course, house: House) -> None:
    """Those without a key are the negative control."""
    await house.start(*TWO)
    authority = await course.authority("KG")
    person = {
        "names": SYNTHETIC_NAMES,
        "sex": "female",
        "nationality": "KG",
        "preferred_language": "ru",
        "provenance": "synthetic",
        "authority_id": authority["id"],
    }
    officer = dict(course.officer("KG").headers)
    async with house.client(TWO[0], officer) as one, house.client(TWO[1], officer) as other:

        async def send(n: int, **headers: str) -> httpx.Response:
            client = (one, other)[n % 2]
            return await until_served(lambda: client.post("/v1/persons", json=person, headers=headers))

        key = {"Idempotency-Key": "synthetic-key"}
        answers = await asyncio.gather(*(send(n, **key) for n in range(REQUESTS)))
        late = [await send(n, **key) for n in range(2)]
        assert {answer.status_code for answer in answers} <= {201, 409}
        assert [answer.headers["idempotent-replayed"] for answer in late] == ["true", "true"]
        assert len({one.headers["location"] for one in [*answers, *late] if one.is_success}) == 1
        assert await house.fetch("SELECT count(*) FROM participants.person") == 1
        without = await asyncio.gather(*map(send, range(REQUESTS)))
    assert len({answer.headers["location"] for answer in without}) == REQUESTS
    assert await house.fetch("SELECT count(*) FROM participants.person") == 1 + REQUESTS
    await check_invariants(house.database, besides=NO_PROGRAMS)
