"""Offers that nobody answers, and seats that many want at once."""

from collections.abc import Sequence
from datetime import timedelta

from services.common.clock import move_demonstration_clock
from services.common.jobs import run_due_jobs
from services.common.sessions import Sessions
from services.participants.domain.offers import EXPIRE_OFFER
from services.participants.inbox.jobs import JOBS
from tests.cluster import TestDatabase
from tests.participants.courses import Course
from tests.participants.test_journey import broken


async def prepare(course: Course, *, seats: int, waiting: int) -> tuple[list[tuple[str, str]], list[str]]:
    """Fill a line's seats with offers and let others wait; return (person, offer's address) and who waits."""
    line = course.facts["seat_lines"][1] | {"seats": seats, "reserve": waiting}
    await course.change(seat_lines=[course.facts["seat_lines"][0], line])
    first = [await course.nominee("UZ") for _ in range(seats)]
    after = [(await course.nominee("UZ", place="reserve"))[1] for _ in range(waiting)]
    selected = [application for _, application in first]
    await course.decide("eligible", *selected, *after)
    await course.decide("selected", *selected)
    if after:
        await course.decide("waitlisted", *after)
    offers = [(person, (await course.offer(one)).headers["location"]) for person, one in first]
    assert (await course.manager.post(f"/v1/editions/{course.id}/decision-release")).status_code == 200
    return offers, after


async def run_after(course: Course, time: timedelta) -> int:
    sessions: Sessions = course.door.app.state.sessions
    async with sessions.transaction() as session:
        await move_demonstration_clock(session, time)
    return await run_due_jobs(sessions, {EXPIRE_OFFER: JOBS[EXPIRE_OFFER]})


async def states(course: Course, addresses: Sequence[str]) -> list[str]:
    return [(await course.manager.get(at)).json()["state"] for at in addresses]


async def test_the_seat_of_an_unanswered_offer_goes_to_the_first_who_waits(
    course: Course, clean: TestDatabase
) -> None:
    offers, waiting = await prepare(course, seats=1, waiting=2)
    addresses = [at for _, at in offers]
    assert (await run_after(course, timedelta(days=2)), await states(course, addresses)) == (0, ["offered"])
    assert (await run_after(course, timedelta(days=4)), await states(course, addresses)) == (1, ["expired"])
    offered = (await course.manager.get("/v1/offers?state=offered")).json()["items"]
    assert [offer["application_id"] for offer in offered] == waiting[:1]
    assert await run_after(course, timedelta(days=12)) == 1  # the promoted one had seven days
    offered = (await course.manager.get("/v1/offers?state=offered")).json()["items"]
    assert [offer["application_id"] for offer in offered] == waiting[1:]
    assert await broken(clean) == []


async def test_an_answered_offer_does_not_expire(course: Course, clean: TestDatabase) -> None:
    offers, _ = await prepare(course, seats=3, waiting=0)
    for (person, at), answer in zip(offers, ("acceptance", "decline", "withdrawal"), strict=True):
        client = course.manager if answer == "withdrawal" else course.holder(person)
        answered = await client.post(f"{at}/{answer}")
        assert answered.status_code == 200, answered.text
    assert await run_after(course, timedelta(days=30)) == 0
    assert await states(course, [at for _, at in offers]) == ["accepted", "declined", "withdrawn"]
    assert await broken(clean) == []
