"""Random histories over HTTP: whatever people do in whatever order, the invariants hold."""

import asyncio
from collections.abc import Callable, Coroutine
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
from services.participants.domain.applications import ApplicationState
from services.participants.domain.offers import EXPIRE_OFFER
from services.participants.domain.participations import ParticipationState
from services.participants.inbox.jobs import JOBS
from tests.apps import Door
from tests.cluster import TestDatabase
from tests.participants.courses import SYNTHETIC_NAMES, Course, edition_facts, line_facts, tell
from tests.participants.test_journey import broken
from tests.participants.test_nominees import CONSENT

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
    seen: ClassVar[set[str]]
    """States that somebody was in after some step of some history."""

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
        self.invited: list[tuple[str, str]] = []
        self.merges: list[str] = []
        self.offset = timedelta(0)
        self.is_over = False
        self.do(self._pass_time(timedelta(0)))
        self.do(tell(self.door, "programs.edition.announced.v1", facts))
        self.meeting = str(uuid4())
        self.do(tell(self.door, "programs.training_session.scheduled.v1", self._meeting_facts()))
        # Hypothesis leaves some rules out of each history: somebody is always there.
        for country, place, man in _FIRST:
            self.nominate(country, place, man)

    def _meeting_facts(self) -> dict[str, Any]:
        starts = datetime.now(UTC) - timedelta(minutes=100)
        return {
            "aggregate_id": self.meeting,
            "aggregate_version": 1,
            "edition_id": self.course.id,
            "title": {"en": "Lecture"},
            "starts_at": starts.isoformat(),
            "ends_at": (starts + timedelta(minutes=90)).isoformat(),
            "state": "scheduled",
            "counts_for_attendance": True,
        }

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

    @rule(country=COUNTRY, place=st.sampled_from(["principal", "reserve"]))
    def invite(self, country: str, place: str) -> None:
        """Name somebody who completes the file by a link."""
        request = {
            "edition_id": self.course.id,
            "authority_id": self.do(self.course.authority(country))["id"],
            "name": SYNTHETIC_NAMES[2],
            "email": "nominee@example.org",
            "preferred_language": "ru",
            "place": place,
        }
        made = self.post(self.course.officer(country), "/v1/nominations/invitations", request)
        assert made.status_code == 201 or made.json()["code"] in {"seat-line-refused", "call-closed"}
        if made.status_code == 201:
            application = made.json()["application_id"]
            read = self.do(self.course.manager.get(f"/v1/applications/{application}")).json()
            self.invited.append((read["person_id"], application))
            self.people.append((read["person_id"], application))

    @precondition(lambda self: self.invited)
    @rule(
        number=PICK, step=st.sampled_from(["submission", "submission", "return", "non-nomination", "certify"])
    )
    def move_file(self, number: int, step: str) -> None:
        """Send a file, send it back, refuse it, or let the authorities stand by their lists."""
        person, application = self.invited[number % len(self.invited)]
        at = f"/v1/applications/{application}"
        if step == "submission":
            self._complete(person)
            self.post(self.course.holder(person), f"{at}/submission")
        elif step == "certify":
            for country, authority in self.course.authorities.items():
                path = f"/v1/authorities/{authority['id']}/certifications/{self.course.id}"
                self.post(self.course.officer(country), path)
        else:
            body = {"note": "Please add."} if step == "return" else None
            self.post(self.course.manager, f"{at}/{step}", body)

    def _complete(self, person: str) -> None:
        holder = self.course.holder(person)
        read = self.do(holder.get(f"/v1/persons/{person}"))
        if read.status_code != 200 or read.json()["birth_date"] is not None:
            return
        headers = {"If-Match": read.headers["etag"]}
        self.do(holder.patch(f"/v1/persons/{person}", json={"birth_date": "1990-05-01"}, headers=headers))
        given = self.post(holder, f"/v1/persons/{person}/consents", CONSENT)
        assert given.status_code == 201, given.text

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

    @rule()
    def check_rules(self) -> None:
        asked = self.post(self.course.manager, f"/v1/editions/{self.course.id}/eligibility-checks")
        assert asked.status_code == 200, asked.text

    @precondition(lambda self: self.people)
    @rule(number=PICK)
    def find_unfit(self, number: int) -> None:
        row = {"application_id": self.pick(number)[1], "decision": "ineligible", "reason_code": "other"}
        at = f"/v1/editions/{self.course.id}/decisions"
        assert self.post(self.course.manager, at, {"decisions": [row]}).status_code == 200

    @precondition(lambda self: self.people)
    @rule(number=PICK, reason=st.sampled_from(["fraud", "duplicate"]))
    def strike_out(self, number: int, reason: str) -> None:
        at = f"/v1/applications/{self.pick(number)[1]}/voiding"
        done = self.post(self.course.manager, at, {"reason": reason})
        assert done.status_code == 200 or done.json()["code"] == "step-refused"

    @precondition(lambda self: len(self.people) > 1)
    @rule(number=PICK, other=PICK)
    def merge(self, number: int, other: int) -> None:
        survivor, duplicate = self.pick(number)[0], self.pick(other)[0]
        made = self.post(self.course.manager, f"/v1/persons/{survivor}/merge", {"duplicate_id": duplicate})
        assert made.status_code == 201 or made.json()["code"] in {"merge-refused", "person-not-found"}
        if made.status_code == 201:
            self.merges.append(made.headers["location"])

    @precondition(lambda self: self.merges)
    @rule()
    def part(self) -> None:
        undone = self.post(self.course.manager, f"{self.merges.pop()}/reversal")
        assert undone.status_code == 200 or undone.json()["code"] == "merge-final"

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

    @rule(number=PICK, state=st.sampled_from(["withdrawn", "arrived", "active", "no_show", "dismissed"]))
    def change_participation(self, number: int, state: str) -> None:
        held = self._participations()
        if held:
            at = f"/v1/participations/{held[number % len(held)]['id']}/state-changes"
            self.post(self.course.manager, at, {"state": state})

    @rule(marks=st.lists(st.sampled_from(["present", "absent"]), min_size=3, max_size=3))
    def finish(self, marks: list[str]) -> None:
        """Take attendance, reckon who completed the course, and give everybody the certificate they earned."""
        at, manager = f"/v1/editions/{self.course.id}", self.course.manager
        present = [one for one in self._participations() if one["state"] in {"enrolled", "arrived", "active"}]
        if not present:
            return
        rows = [
            {"participation_id": one["id"], "status": mark}
            for one, mark in zip(present, marks * 10, strict=False)
        ]
        sheet = f"{at}/attendance/{self.meeting}"
        taken = self.do(manager.put(sheet, json={"rows": rows}))
        assert taken.status_code == 200, taken.text
        assert self.post(manager, f"{at}/attendance-finalization").status_code == 200
        self.note_states()
        for kind, earned in (("completion", "completed"), ("attendance", "incomplete")):
            ids = [one["id"] for one in self._participations() if one["state"] == earned]
            if ids:
                issued = self.post(manager, f"{at}/certificates", {"participation_ids": ids, "kind": kind})
                assert issued.status_code == 200, issued.text

    def _participations(self) -> list[dict[str, Any]]:
        path = f"/v1/participations?edition_id={self.course.id}&limit=200"
        found: list[dict[str, Any]] = self.do(self.course.manager.get(path)).json()["items"]
        return found

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
            self.note_states()

    def note_states(self) -> None:
        path = f"/v1/applications?edition_id={self.course.id}&limit=200"
        applications = self.do(self.course.manager.get(path)).json()["items"]
        self.seen.update(one["state"] for one in [*applications, *self._participations()])


async def test_whatever_people_do_the_invariants_hold(participants: Door, clean: TestDatabase) -> None:
    Histories.door, Histories.database = participants, clean
    Histories.loop, Histories.seen = asyncio.get_running_loop(), set()
    bounds = settings(
        max_examples=6,
        stateful_step_count=22,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=True,
    )
    await asyncio.to_thread(run_state_machine_as_test, Histories, settings=bounds)


def whole_life() -> None:
    """Lead an edition through every state that somebody can be in, by the steps of the random histories."""
    one = Histories()
    one.begin()
    one.change_seats(4)
    first, second, third, fourth, fifth = range(5)
    sixth, _, eighth, ninth = range(5, 9)
    walk: list[tuple[Callable[..., None], tuple[Any, ...]]] = [
        (one.invite, ("TJ", "principal")),
        (one.move_file, (0, "submission")),
        (one.move_file, (0, "return")),
        (one.move_file, (0, "submission")),
        (one.invite, ("TJ", "reserve")),
        (one.move_file, (1, "submission")),
        (one.move_file, (1, "non-nomination")),
        (one.move_file, (0, "certify")),
        (one.nominate, ("TJ", "principal", False)),
        (one.nominate, ("UZ", "principal", False)),
        (one.check_rules, ()),
        (one.find_unfit, (first,)),
        (one.decide, (first, "eligible")),
        (one.decide, (third, "waitlisted")),
        (one.decide, (fourth, "rejected")),
        (one.strike_out, (fifth, "fraud")),
        (one.withdraw, (ninth,)),
        *((one.decide, (number, "selected")) for number in (first, second, sixth, eighth)),
        (one.offer, (second,)),
        (one.answer, (0, "acceptance")),
        (one.change_participation, (0, "withdrawn")),
        (one.offer, (first,)),
        (one.answer, (0, "acceptance")),
        (one.change_participation, (1, "no_show")),
        (one.offer, (sixth,)),
        (one.answer, (0, "acceptance")),
        (one.change_participation, (2, "arrived")),
        (one.change_participation, (2, "active")),
        (one.finish, (["present"] * 3,)),
        (one.offer, (eighth,)),
        (one.answer, (0, "acceptance")),
        (one.change_participation, (3, "dismissed")),
        (one.decide, (third, "selected")),
        (one.offer, (third,)),
        (one.answer, (0, "acceptance")),
        (one.finish, (["absent"] * 3,)),
        (one.merge, (fourth, fifth)),
        (one.part, ()),
        (one.release, ()),
    ]
    for step, arguments in walk:
        step(*arguments)
        one.nothing_is_broken()


async def test_one_history_visits_every_state(participants: Door, clean: TestDatabase) -> None:
    Histories.door, Histories.database = participants, clean
    Histories.loop, Histories.seen = asyncio.get_running_loop(), set()
    await asyncio.to_thread(whole_life)
    unseen = {*ApplicationState, *ParticipationState} - Histories.seen
    assert not unseen, sorted(map(str, unseen))
