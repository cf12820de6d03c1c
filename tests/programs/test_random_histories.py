"""Random histories of editions over HTTP: whatever is asked, P1 to P5, P7, P8 and P10 hold; synthetic only.

A model beside the service knows what must come of each request: which steps the guards of design/programs.md let
pass, what is refused, that a refusal changes nothing, and what the clock brings by itself: calls that open and
close, courses that begin and end. Of money (P6, P7) tell `test_money_histories.py`.
"""

from collections.abc import Callable, Coroutine
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Any, Final

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DataObject

from services.common.clock import move_demonstration_clock, real_now
from services.common.jobs import run_due_jobs
from services.common.sessions import Sessions
from services.programs.inbox.clock import follow_edition_clock
from services.programs.operations.edition_clock import FOLLOW_CLOCK
from tests.apps import Door
from tests.programs.demonstrations import PLAN, enter

HISTORIES: Final = 12
STEPS: Final = 14
START: Final = date(2031, 5, 1)
NEXT: Final = {
    "draft": {"planned", "cancelled"},
    "planned": {"announced", "confirmed", "postponed", "cancelled"},
    "announced": {"call_open", "confirmed", "postponed", "cancelled"},
    "call_open": {"selection", "postponed", "cancelled"},
    "selection": {"confirmed", "postponed", "cancelled"},
    "confirmed": {"running", "postponed", "cancelled"},
    "running": {"completed", "suspended"},
    "suspended": {"running", "cancelled"},
    "completed": {"evaluated"},
    "postponed": {"planned", "cancelled"},
    "cancelled": set(),
}
"""What may follow, written down from the page and not from the code."""
STATES: Final = [
    "planned",
    "announced",
    "call_open",
    "selection",
    "confirmed",
    "running",
    "suspended",
    "completed",
    "evaluated",
    "postponed",
    "cancelled",
]
BEFORE: Final = datetime(2031, 2, 1, tzinfo=UTC)
ALMATY: Final = timedelta(hours=5)
OPEN: Final = ("scheduled", "moved")
PARTIES: Final = {"syn-jp": "JP", "syn-kz": "KZ", "syn-uz": "UZ", "syn-tj": "TJ"}
"""Of which Japan alone is no recipient of development assistance."""
WORKS: Final = {FOLLOW_CLOCK: follow_edition_clock}
NUMBERS: Final = count(1)


class Model:
    """One edition as it must be, and the service that is asked to change it."""

    def __init__(self, door: Door, program: str, number: int) -> None:
        self.client, self.public = door.as_("manager"), door.as_()
        self.sessions: Sessions = door.app.state.sessions
        self.program, self.number = program, number
        self.now = BEFORE
        self.opens, self.closes = datetime(2031, 3, 1, tzinfo=UTC), datetime(2031, 4, 1, tzinfo=UTC)
        self.parties: dict[str, tuple[str, str]] = {}
        self.countries: set[str] = set()
        self.id = ""
        self.state = "draft"
        self.days = 5
        self.first = START
        self.capacity = 20
        self.shares = ["100"]
        self.places = 0
        self.lines: dict[str, int] = {}
        self.meetings: dict[str, tuple[date, str]] = {}
        self.texts: list[dict[str, str]] = []
        self.rules = 1

    @property
    def at(self) -> str:
        return f"/v1/editions/{self.id}"

    @property
    def period(self) -> str:
        return f"{self.first}/{self.first + timedelta(days=self.days - 1)}"

    async def live_at(self, moment: datetime) -> None:
        """Let the edition live at a moment, and know what the clock brings until then."""
        self.now = moment
        async with self.sessions.transaction() as session:
            await move_demonstration_clock(session, moment - await real_now(session))
        await self.let_the_clock_act()

    async def let_the_clock_act(self) -> None:
        await run_due_jobs(self.sessions, WORKS)
        while following := self._due():
            self.state = following
        if self.state in ("running", "completed"):
            for one, (day, state) in self.meetings.items():
                if state in OPEN and datetime(day.year, day.month, day.day, 7, tzinfo=UTC) <= self.now:
                    self.meetings[one] = (day, "held")
            if following := self._due():
                self.state = following

    def _due(self) -> str | None:
        today = (self.now + ALMATY).date()
        match self.state:
            case "announced" if self.lines and self.opens <= self.now:
                return "call_open"
            case "call_open" if self.closes <= self.now:
                return "selection"
            case "confirmed" if self.first <= today:
                return "running"
            case "running" if self._is_over():
                return "completed"
            case _:
                return None

    def _is_over(self) -> bool:
        last = self.first + timedelta(days=self.days - 1)
        waiting = any(state in OPEN for _, state in self.meetings.values())
        return last < (self.now + ALMATY).date() and not waiting

    async def begin(self) -> None:
        await self.live_at(BEFORE)
        row = PLAN | {
            "code": f"SYN-H{self.number}",
            "program_id": self.program,
            "ordinal": self.number,
            "period": self.period,
            "capacity_max": self.capacity,
        }
        self.id = (await enter(self.client, "/v1/editions", row))["id"]
        lead = {
            "code": f"syn-lead-{self.number}",
            "names": {"en": "Synthetic lead"},
        }
        organization = await enter(self.client, "/v1/organizations", lead)
        partnership = {
            "code": f"syn-lead-{self.number}",
            "organization_id": organization["id"],
            "functional_role": "lead",
            "subjects": [{"kind": "edition", "id": self.id}],
        }
        await enter(self.client, "/v1/partnerships", partnership)
        known = (await self.client.get("/v1/organizations?limit=200")).json()["items"]
        self.organizations = {row["code"]: row["id"] for row in known if row["code"] in PARTIES}
        for code in PARTIES.keys() - self.organizations.keys():
            party = {"code": code, "names": {"en": f"Synthetic {code}"}, "country": PARTIES[code]}
            self.organizations[code] = (await enter(self.client, "/v1/organizations", party))["id"]

    async def go_to(self, target: str) -> None:
        """Take the straight way to a state before the clock does anything."""
        body = {"country": "TJ", "relation": "targeted"}
        await enter(self.client, f"{self.at}/countries", body)
        await enter(self.client, f"{self.at}/seats", {"country": "TJ", "seats": 3})
        self.places, self.lines, self.countries = 1, {"TJ": 3}, {"TJ"}
        for state in ("planned", "announced", "confirmed"):
            answer = await self.client.post(f"{self.at}/state-changes", json={"state": state})
            assert answer.status_code == 200, answer.text
            self.state, self.texts = state, self.texts or [self.draft_text]
            if state == target:
                return

    async def change(self, **changes: Any) -> httpx.Response:
        version = (await self.client.get(self.at)).headers["etag"]
        return await self.client.patch(self.at, json=changes, headers={"If-Match": version})

    # What may be asked; each says whether the service must agree.

    async def share_sectors(self, data: DataObject) -> None:
        shares = data.draw(
            st.sampled_from([["100"], ["60", "40"], ["33.33", "66.66"], ["50"], ["99.99", "0.01"]])
        )
        codes = ["12181", "11420"]
        sectors = [{"code": code, "share": share} for code, share in zip(codes, shares, strict=False)]
        assert (await self.change(sectors=sectors)).status_code == 200
        self.shares = shares

    async def add_country(self, data: DataObject) -> None:
        country = data.draw(st.sampled_from(["TJ", "UZ", "KG", "TM", "AF"]))
        body = {"country": country, "relation": "targeted"}
        answer = await self.client.post(f"{self.at}/countries", json=body)
        assert answer.status_code in (201, 409)
        self.places += answer.status_code == 201
        self.countries.add(country)

    async def give_seats(self, data: DataObject) -> None:
        country = data.draw(st.sampled_from(["TJ", "UZ", "KG"]))
        seats = data.draw(st.integers(0, 15))
        fits = sum(self.lines.values()) + seats <= self.capacity
        body = {"country": country, "seats": seats}
        answer = await self.client.post(f"{self.at}/seats", json=body)
        if country in self.lines:
            assert answer.json()["code"] in ("portfolio-item-exists", "seats-exceed-capacity")
        elif fits:
            assert answer.status_code == 201, answer.text
            self.lines[country] = seats
        else:
            assert answer.json()["code"] == "seats-exceed-capacity"

    async def limit_capacity(self, data: DataObject) -> None:
        capacity = data.draw(st.integers(0, 40))
        answer = await self.change(capacity_max=capacity)
        if sum(self.lines.values()) <= capacity:
            assert answer.status_code == 200, answer.text
            self.capacity = capacity
        else:
            assert answer.json()["code"] == "seats-exceed-capacity"

    async def plan_meeting(self, data: DataObject) -> None:
        if self.state in ("suspended", "completed"):
            return  # what is planned then waits for a person
        day = self.first + timedelta(days=data.draw(st.integers(-2, 8)))
        meeting = {
            "kind": "lecture",
            "title": {"en": "Synthetic"},
            "starts_at": f"{day}T05:00:00Z",
            "ends_at": f"{day}T07:00:00Z",
        }
        answer = await self.client.post(f"{self.at}/training-sessions", json=meeting)
        if self.state == "cancelled":
            assert answer.json()["code"] == "transition-refused"
        elif self.first <= day < self.first + timedelta(days=self.days):
            assert answer.status_code == 201, answer.text
            self.meetings[answer.json()["id"]] = (day, "scheduled")
        else:
            assert answer.json()["code"] == "session-outside-edition"

    async def change_period(self, data: DataObject) -> None:
        first = self.first + timedelta(days=data.draw(st.integers(-3, 3)))
        days = data.draw(st.integers(1, 8))
        last = first + timedelta(days=days - 1)
        answer = await self.change(period=f"{first}/{last}")
        if all(first <= day <= last for day, state in self.meetings.values() if state != "cancelled"):
            assert answer.status_code == 200, answer.text
            self.first, self.days = first, days
        else:
            assert answer.json()["code"] == "session-outside-edition"

    async def rewrite_text(self, data: DataObject) -> None:
        words = data.draw(st.sampled_from(["One", "Two", "Three"]))
        text = dict.fromkeys(("kk", "ru", "en"), words)
        assert (await self.change(public_text=text)).status_code == 200
        if self.state != "draft" and self.texts[-1] != text:
            self.texts.append(text)
        self.draft_text = text

    draft_text: dict[str, str] = PLAN["public_text"]  # type: ignore[assignment]

    async def save_rules(self, data: DataObject) -> None:
        sound = data.draw(st.booleans())
        age = data.draw(st.integers(18, 60))
        rule = {
            "id": "age",
            "expression": f"age_at_start >= {age}" if sound else f"age_at_strat >= {age}",
            "severity": "block",
            "message": {"kk": "Үлгі", "ru": "Пример", "en": "Synthetic"},
        }
        before = (await self.client.get(self.at)).json()["eligibility_rules"]
        answer = await self.change(eligibility_rules=[rule])
        if not sound:
            assert answer.json()["code"] == "eligibility-rule-unsound"
        else:
            assert answer.status_code == 200, answer.text
            self.rules += before != [rule | {"audience": None}]

    async def delete(self, _: DataObject) -> None:
        version = (await self.client.get(self.at)).headers["etag"]
        answer = await self.client.delete(self.at, headers={"If-Match": version})
        # A partner is named from the beginning, so not even the draft can go.
        assert answer.json()["code"] == "edition-not-deletable"

    async def take_ordinal(self, _: DataObject) -> None:
        body = PLAN | {
            "code": f"SYN-X{next(NUMBERS)}",
            "program_id": self.program,
            "ordinal": self.number,
            "period": self.period,
        }
        answer = await self.client.post("/v1/editions", json=body)
        assert answer.json()["code"] == "portfolio-item-exists"

    async def pass_time(self, data: DataObject) -> None:
        """Live on until something may happen: the call, the first day, an ended meeting, the end."""
        noon = datetime.combine(self.first, time(12), UTC)
        moments = [self.opens, self.closes, noon - ALMATY * 3, noon, noon + timedelta(days=self.days + 1)]
        coming = [moment + timedelta(minutes=1) for moment in moments if moment > self.now]
        if coming:
            await self.live_at(data.draw(st.sampled_from(coming)))

    async def take_part(self, data: DataObject) -> None:
        code = data.draw(st.sampled_from(sorted(PARTIES)))
        role = data.draw(st.sampled_from(["facilitator", "pivotal", "beneficiary"]))
        row = {
            "code": f"syn-party-{next(NUMBERS)}",
            "organization_id": self.organizations[code],
            "functional_role": "partner",
            "triangular_role": role,
            "subjects": [{"kind": "edition", "id": self.id}],
        }
        made = await enter(self.client, "/v1/partnerships", row)
        self.parties[made["id"]] = (role, code)

    async def leave(self, data: DataObject) -> None:
        if not self.parties:
            return
        one = data.draw(st.sampled_from(sorted(self.parties)))
        ending = {"ended_on": "2026-01-01", "reason": "Synthetic"}
        answer = await self.client.post(f"/v1/partnerships/{one}/ending", json=ending)
        assert answer.status_code == 200, answer.text
        del self.parties[one]

    def is_triangular(self) -> bool:
        """Say so as invariant P2 does: three roles, three parties, the South among itself."""
        played: dict[str, set[str]] = {}
        for role, code in self.parties.values():
            played.setdefault(role, set()).add(code)
        if "beneficiary" not in played and self.countries:
            played["beneficiary"] = self.countries
        if len(played) < 3 or len(set().union(*played.values())) < 3:
            return False
        home = PARTIES | {country: country for country in self.countries}
        shares, gets = ({home[one] for one in played[role]} - {"JP"} for role in ("pivotal", "beneficiary"))
        return any(a != b for a in shares for b in gets)

    async def walk(self, data: DataObject) -> None:
        """Ask for a step that the page allows, so that histories get somewhere."""
        following = sorted(NEXT[self.state] - {"cancelled", "evaluated"})
        if following:
            await self._ask_for(data, data.draw(st.sampled_from(following)))

    async def move_on(self, data: DataObject) -> None:
        await self._ask_for(data, data.draw(st.sampled_from(STATES)))

    async def _ask_for(self, data: DataObject, target: str) -> None:
        reason = data.draw(st.sampled_from([None, "Synthetic"]))
        request: dict[str, Any] = {"state": target, "reason": reason}
        shift = 0
        if target == "postponed" and data.draw(st.booleans()):
            shift = data.draw(st.integers(0, 10))
            first = self.first + timedelta(days=shift)
            request["period"] = f"{first}/{first + timedelta(days=self.days - 1)}"
        path = f"{self.at}/state-changes"
        tried = (await self.client.post(f"{path}?dry_run=true", json=request)).json()
        answer = await self.client.post(path, json=request)
        assert (answer.status_code == 200) is (tried["unmet"] == []), (tried, answer.text)
        if not self._may_become(target, reason):
            assert answer.json()["code"] == "guards-unmet", answer.text
            return
        assert answer.status_code == 200, answer.text
        if self.state == "draft" and target != "draft":
            self.texts = [self.draft_text]
        self.state = target
        self.first += timedelta(days=shift)
        self.opens, self.closes = self.opens + timedelta(days=shift), self.closes + timedelta(days=shift)
        moved = {one for one, (_, state) in self.meetings.items() if state in OPEN}
        for one in moved:
            day, state = self.meetings[one]
            state = "cancelled" if target == "cancelled" else "moved" if shift else state
            self.meetings[one] = (day + timedelta(days=shift), state)

    def _may_become(self, target: str, reason: str | None) -> bool:
        if target not in NEXT[self.state]:
            return False
        match target:
            case "planned":
                return self.places > 0 and sum(map(_hundredths, self.shares)) == 10_000
            case "postponed" | "cancelled" | "suspended":
                return reason is not None
            case "call_open":
                return bool(self.lines) and self.opens <= self.now
            case "selection":
                return self.closes <= self.now or reason is not None
            case "running":
                return self.first <= (self.now + ALMATY).date()
            case "completed":
                return self._is_over()
            case "evaluated":
                return False  # evaluation has told of no results
            case _:
                return True

    async def hold(self) -> None:
        """Ask the service for everything that the model knows."""
        read = (await self.client.get(self.at)).json()
        assert (read["state"], read["period"], read["capacity_max"]) == (
            self.state,
            self.period,
            self.capacity,
        )
        if self.state not in ("draft", "cancelled"):
            assert sum(_hundredths(sector["share"]) for sector in read["sectors"]) == sum(
                map(_hundredths, self.shares)
            )
        seats = {
            line["country"]: line["seats"] for line in (await self.client.get(f"{self.at}/seats")).json()
        }
        assert seats == self.lines
        assert sum(seats.values()) <= read["capacity_max"]
        rows = (await self.client.get(f"{self.at}/training-sessions")).json()["items"]
        found = {row["id"]: (date.fromisoformat(row["starts_at"][:10]), row["state"]) for row in rows}
        assert found == self.meetings
        first, last = self.first, self.first + timedelta(days=self.days - 1)
        assert all(first <= day <= last for day, state in found.values() if state != "cancelled")
        texts = (await self.client.get(f"{self.at}/public-texts")).json()
        assert [version["text"] for version in reversed(texts)] == self.texts
        assert read["eligibility_rules_version"] == self.rules
        assert len((await self.client.get(f"{self.at}/eligibility-rules")).json()) == self.rules
        history = (await self.client.get(f"{self.at}/history?limit=200")).json()["items"]
        assert history[0]["edition_version"] == read["version"]
        assert history[0]["state"] == self.state
        assert (await self.public.get(self.at)).status_code == 404  # P11
        form = (await self.client.get(f"{self.at}/cooperation")).json()
        assert form["collaboration_type"] == ("8" if self.is_triangular() else "1")
        assert (form["doubts"] == []) is (self.is_triangular() or not self.parties)

    async def step(self, data: DataObject) -> None:
        steps: list[Callable[[DataObject], Coroutine[Any, Any, None]]] = [
            self.share_sectors,
            self.add_country,
            self.give_seats,
            self.limit_capacity,
            self.plan_meeting,
            self.change_period,
            self.rewrite_text,
            self.save_rules,
            self.delete,
            self.take_ordinal,
            self.take_part,
            self.take_part,
            self.leave,
            *[self.move_on] * 3,
            *[self.walk] * 3,
            *[self.pass_time] * 3,
        ]
        await data.draw(st.sampled_from(steps))(data)
        await self.let_the_clock_act()


def _hundredths(share: str) -> int:
    whole, _, part = share.partition(".")
    return int(whole) * 100 + int((part + "00")[:2])


@pytest.fixture
def models(demonstration: Door, program: dict[str, Any]) -> Callable[[], Model]:
    """Return a new edition's model."""
    return lambda: Model(demonstration, program["id"], next(NUMBERS))


@settings(
    max_examples=HISTORIES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
async def test_the_invariants_hold_on_random_histories(models: Callable[[], Model], data: DataObject) -> None:
    model = models()
    await model.begin()
    if (target := data.draw(st.sampled_from(["draft", "announced", "confirmed"]))) != "draft":
        await model.go_to(target)
    for _ in range(data.draw(st.integers(1, STEPS))):
        await model.step(data)
        await model.hold()


async def test_the_model_knows_the_whole_way(models: Callable[[], Model]) -> None:
    """What random histories may reach: a call that opens and closes, and a course that begins and ends."""
    model = models()
    await model.begin()
    await model.go_to("announced")
    reached = []
    for moment in (model.opens, model.closes):
        await model.live_at(moment + timedelta(minutes=1))
        await model.hold()
        reached.append(model.state)
    answer = await model.client.post(f"{model.at}/state-changes", json={"state": "confirmed"})
    assert answer.status_code == 200, answer.text
    model.state = "confirmed"
    meeting = {
        "kind": "lecture",
        "title": {"en": "Synthetic"},
        "starts_at": f"{model.first}T05:00:00Z",
        "ends_at": f"{model.first}T07:00:00Z",
    }
    made = await enter(model.client, f"{model.at}/training-sessions", meeting)
    model.meetings[made["id"]] = (model.first, "scheduled")
    begun = datetime.combine(model.first, time(6), UTC)
    for moment in (begun, begun + timedelta(hours=2), begun + timedelta(days=model.days)):
        await model.live_at(moment)
        await model.hold()
        reached.append(model.state)
    assert reached == ["call_open", "selection", "running", "running", "completed"]
    assert model.meetings[made["id"]][1] == "held"
