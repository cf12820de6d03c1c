"""Seats under fire: refusals, withdrawals, expiries and promotions at once through two instances of the app."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from services.common.clock import move_demonstration_clock
from services.common.jobs import run_due_jobs
from services.common.sessions import Sessions
from services.participants.domain.applications import ApplicationState
from services.participants.domain.offers import EXPIRE_OFFER
from services.participants.inbox.jobs import JOBS
from services.participants.operations import seats
from tests.apps import Door, open_door
from tests.cluster import TestDatabase
from tests.participants.courses import Course, app_of, line_facts
from tests.participants.test_journey import broken
from tests.participants.test_seats import at_once, enter

SEATS, WAITING = 20, 30


@pytest.fixture
async def twin(clean: TestDatabase, keys: Path) -> AsyncIterator[Door]:
    async with open_door("participants", app_of(clean, keys), keys) as door:
        yield door.over(clean)


async def seated(course: Course) -> tuple[list[str], list[str]]:
    """Fill the seats: a third accepted, a third offered for long, a third offered for three days.

    Returns the addresses of the participations and of the lasting offers.
    """
    line = line_facts("KG", SEATS)
    until = (datetime.now(UTC) + timedelta(days=60)).isoformat()
    await course.change(seat_lines=[line], capacity_max=SEATS, replacement_until=until)
    people = await enter(course, SEATS, ApplicationState.SELECTED)
    await enter(course, WAITING, ApplicationState.WAITLISTED)
    lasting = []
    for place, (person, application) in enumerate(people):
        days = 3 if place % 3 == 2 else 40
        reply_by = (datetime.now(UTC) + timedelta(days=days)).isoformat()
        request = {"application_id": application, "reply_by": reply_by}
        at = (await course.manager.post("/v1/offers", json=request)).headers["location"]
        if place % 3 == 0:
            assert (await course.holder(person).post(f"{at}/acceptance")).status_code == 200
        elif place % 3 == 1:
            lasting.append(at)
    held = (await course.manager.get("/v1/participations?limit=200")).json()["items"]
    assert (await course.manager.post(f"/v1/editions/{course.id}/decision-release")).status_code == 200
    return [f"/v1/participations/{one['id']}" for one in held], lasting


async def let_offers_expire(door: Door) -> None:
    sessions: Sessions = door.app.state.sessions
    await run_due_jobs(sessions, {EXPIRE_OFFER: JOBS[EXPIRE_OFFER]})


async def fire(course: Course, twin: Door) -> None:
    """Give back every seat at once: half of them twice, through both instances, while offers expire in both."""
    participations, offers = await seated(course)
    managers = [course.manager, twin.as_("manager")]
    sessions: Sessions = course.door.app.state.sessions
    async with sessions.transaction() as session:
        await move_demonstration_clock(session, timedelta(days=4))

    def post(n: int, at: str, body: object) -> Callable[[], Awaitable[httpx.Response]]:
        return lambda: managers[n % 2].post(at, json=body)

    shots = [
        post(n, f"{at}/state-changes", {"state": "withdrawn"}) for n, at in enumerate(participations * 2)
    ]
    shots += [post(n, f"{at}/withdrawal", None) for n, at in enumerate(offers * 2)]
    answers, *_ = await asyncio.gather(
        at_once(shots), let_offers_expire(course.door), let_offers_expire(twin)
    )
    assert {answer.status_code for answer in answers} <= {200, 409, 503}
    for door in (course.door, twin):
        await let_offers_expire(door)


async def test_every_seat_that_comes_free_at_once_goes_to_who_waits(
    course: Course, twin: Door, clean: TestDatabase
) -> None:
    await fire(course, twin)
    assert await broken(clean) == []
    offered = (await course.manager.get("/v1/offers?state=offered&limit=200")).json()["items"]
    assert len({one["application_id"] for one in offered}) == len(offered)
    call = (await course.manager.get(f"/v1/calls/{course.id}")).json()
    assert call["taken"] == SEATS


async def test_without_promotion_the_invariant_says_who_waits_in_vain(
    course: Course, twin: Door, clean: TestDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control of the test above."""

    async def nobody(*_: object, **__: object) -> list[object]:
        return []

    monkeypatch.setattr(seats, "find_promotions", nobody)
    await fire(course, twin)
    assert any(name.startswith("I9") for name in await broken(clean))
