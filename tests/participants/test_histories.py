"""Random histories over HTTP: whatever people do in whatever order, the invariants hold."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from uuid import uuid4

import httpx
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from services.common.clock import move_demonstration_clock
from services.common.jobs import run_due_jobs
from services.participants.domain.offers import EXPIRE_OFFER
from services.participants.inbox.jobs import JOBS
from tests.apps import Door
from tests.cluster import TestDatabase
from tests.participants.courses import Course, edition_facts, line_facts, tell
from tests.participants.test_journey import broken

PICK = st.integers(0, 30)
COUNTRY = st.sampled_from(["TJ", "UZ"])
_FIRST = (
    ("TJ", "principal", True),
    ("TJ", "principal", False),
    ("TJ", "reserve", True),
    ("UZ", "principal", True),
    ("UZ", "reserve", False),
)


class Histories(RuleBasedStateMachine):
    """One edition of three seats, and people on their way through it."""

    door: ClassVar[Door]
    database: ClassVar[TestDatabase]
    loop: ClassVar[asyncio.AbstractEventLoop]

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Run `work` on the loop of the test, which waits for this thread."""
        future: Future[Any] = asyncio.run_coroutine_threadsafe(work, self.loop)
        return future.result(60)

    def post(self, client: httpx.AsyncClient, path: str, body: Any = None) -> httpx.Response:
        """Post, and post the same again: a retry has no effect of its own."""
        headers = {"Idempotency-Key": uuid4().hex}
        answer: httpx.Response = self.do(client.post(path, json=body, headers=headers))
        assert answer.status_code < 500, answer.text
        again: httpx.Response = self.do(client.post(path, json=body, headers=headers))
        assert again.status_code == answer.status_code, (answer.text, again.text)
        if answer.is_success:
            assert again.headers["Idempotent-Replayed"] == "true"
        return answer

    @initialize()
    def begin(self) -> None:
        closes = datetime.now(UTC) + timedelta(days=90)
        call = edition_facts()["call"] | {"closes_at": closes.isoformat()}
        women = {"minimum_women": 1, "minimum_women_is_hard": True}
        lines = [line_facts("TJ", 2, reserve=4), line_facts("UZ", 2, reserve=4) | women]
        facts = edition_facts(
            code=f"syn-{uuid4().hex[:8]}",
            call=call,
            seat_lines=lines,
            capacity_max=3,
            replacement_until=(closes - timedelta(days=60)).isoformat(),
        )
        self.course = Course(self.door, facts, self.door.as_("manager"))
        self.people: list[tuple[str, str]] = []
        self.offset = timedelta(0)
        self.is_over = False
        self.do(self._pass_time(timedelta(0)))
        self.do(tell(self.door, "programs.edition.announced.v1", facts))
        # Hypothesis leaves some rules out of each history: somebody is always there.
        for country, place, man in _FIRST:
            self.nominate(country, place, man)

    def pick(self, number: int) -> tuple[str, str]:
        return self.people[number % len(self.people)]

    def offers(self, state: str) -> list[dict[str, Any]]:
        path = f"/v1/offers?edition_id={self.course.id}&state={state}&limit=200"
        found: list[dict[str, Any]] = self.do(self.course.manager.get(path)).json()["items"]
        return found

    def nominate(self, country: str, place: str, man: bool) -> None:
        person = self.do(self.course.person(country))
        if man:
            at = f"/v1/persons/{person}"
            read = self.do(self.course.manager.get(at))
            self.do(
                self.course.manager.patch(
                    at, json={"sex": "male"}, headers={"If-Match": read.headers["etag"]}
                )
            )
        request = {
            "edition_id": self.course.id,
            "authority_id": self.do(self.course.authority(country))["id"],
            "person_id": person,
            "place": place,
        }
        made = self.post(self.course.officer(country), "/v1/nominations", request)
        assert made.status_code == 201 or made.json()["code"] in {"seat-line-refused", "call-closed"}
        if made.status_code == 201:
            self.people.append((person, made.json()["application_id"]))

    @rule(country=COUNTRY, place=st.sampled_from(["principal", "reserve"]), man=st.booleans())
    def nominate_another(self, country: str, place: str, man: bool) -> None:
        self.nominate(country, place, man)

    @precondition(lambda self: self.people)
    @rule(number=PICK, decision=st.sampled_from(["selected", "waitlisted", "rejected"]))
    def decide(self, number: int, decision: str) -> None:
        application = self.pick(number)[1]
        at = f"/v1/editions/{self.course.id}/decisions"
        for step in ("eligible", decision):
            row: dict[str, Any] = {
                "application_id": application,
                "decision": step,
                "reason_code": "lower_rank",
            }
            row |= {"waiting_rank": number} if step == "waitlisted" else {}
            assert self.post(self.course.manager, at, {"decisions": [row]}).status_code == 200

    @precondition(lambda self: self.people)
    @rule(number=PICK)
    def offer(self, number: int) -> None:
        reply_by = datetime.now(UTC) + self.offset + timedelta(days=3)
        request = {"application_id": self.pick(number)[1], "reply_by": reply_by.isoformat()}
        made = self.post(self.course.manager, "/v1/offers", request)
        assert made.status_code == 201 or made.json()["code"] in {
            "step-refused",
            "no-free-seat",
            "call-closed",
        }

    @rule(number=PICK, answer=st.sampled_from(["acceptance", "acceptance", "decline", "withdrawal"]))
    def answer(self, number: int, answer: str) -> None:
        standing = self.offers("offered")
        if not standing:
            return
        offer = standing[number % len(standing)]
        holder = self.course.holder(offer["person_id"])
        client = self.course.manager if answer == "withdrawal" else holder
        assert self.post(client, f"/v1/offers/{offer['id']}/{answer}").status_code == 200
        twice = self.post(client, f"/v1/offers/{offer['id']}/{answer}")
        assert twice.json()["code"] == "step-refused"

    @precondition(lambda self: self.people)
    @rule(number=PICK)
    def withdraw(self, number: int) -> None:
        person, application = self.pick(number)
        self.post(self.course.holder(person), f"/v1/applications/{application}/withdrawal")

    @rule(number=PICK, state=st.sampled_from(["withdrawn", "arrived", "dismissed"]))
    def change_participation(self, number: int, state: str) -> None:
        path = f"/v1/participations?edition_id={self.course.id}"
        held = self.do(self.course.manager.get(path)).json()["items"]
        if held:
            at = f"/v1/participations/{held[number % len(held)]['id']}/state-changes"
            self.post(self.course.manager, at, {"state": state})

    @rule()
    def release(self) -> None:
        done = self.post(self.course.manager, f"/v1/editions/{self.course.id}/decision-release")
        assert done.status_code == 200

    @rule()
    def allocate(self) -> None:
        made = self.post(self.course.manager, f"/v1/editions/{self.course.id}/seat-allocations", {})
        at = made.headers["location"]
        assert self.do(self.course.manager.get(f"{at}/repetition")).json()["same"]
        confirmed = self.post(self.course.manager, f"{at}/confirmation")
        assert confirmed.status_code == 200, confirmed.text

    @rule(seats=st.integers(0, 4))
    def change_seats(self, seats: int) -> None:
        first, second = self.course.facts["seat_lines"]
        self.do(self.course.change(seat_lines=[first | {"seats": seats}, second]))

    @rule()
    def let_time_pass(self) -> None:
        if self.offset < timedelta(days=16):
            self.offset += timedelta(days=4)
            self.do(self._pass_time(self.offset))

    async def _pass_time(self, offset: timedelta) -> None:
        sessions = self.door.app.state.sessions
        async with sessions.transaction() as session:
            await move_demonstration_clock(session, offset)
        await run_due_jobs(sessions, {EXPIRE_OFFER: JOBS[EXPIRE_OFFER]})

    @precondition(lambda self: self.people)
    @rule(number=PICK)
    def change_on_a_stale_version(self, number: int) -> None:
        at = f"/v1/nominations?edition_id={self.course.id}"
        found = self.do(self.course.manager.get(at)).json()["items"]
        if found:
            body = {"place": "reserve", "slot": "ordinary", "justification": "x"}
            one = found[number % len(found)]
            stale = self.do(
                self.course.manager.patch(
                    f"/v1/nominations/{one['id']}", json=body, headers={"If-Match": f'"{one["version"] + 1}"'}
                )
            )
            assert stale.status_code == 412

    @precondition(lambda self: len(self.people) > 3 and not self.is_over)
    @rule()
    def cancel(self) -> None:
        self.is_over = True
        self.do(self.course.change("cancelled", state="cancelled"))

    @invariant()
    def nothing_is_broken(self) -> None:
        if hasattr(self, "course"):
            assert self.do(broken(self.database)) == []


async def test_whatever_people_do_the_invariants_hold(participants: Door, clean: TestDatabase) -> None:
    Histories.door, Histories.database = participants, clean
    Histories.loop = asyncio.get_running_loop()
    bounds = settings(
        max_examples=8,
        stateful_step_count=22,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=True,
    )
    await asyncio.to_thread(run_state_machine_as_test, Histories, settings=bounds)
