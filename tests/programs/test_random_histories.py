"""Random histories of editions over HTTP: whatever is asked, P1, P3, P4, P5, P8 and P10 hold; synthetic only.

A model beside the service knows what must come of each request: which steps the guards of design/programs.md let
pass, what is refused, and that a refusal changes nothing.
"""

from collections.abc import Callable, Coroutine
from datetime import date, timedelta
from itertools import count
from typing import Any, Final

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DataObject

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
    "postponed": {"planned", "cancelled"},
    "cancelled": set(),
}
"""What may follow before the first day, written down from the page and not from the code."""
STATES: Final = [
    "planned",
    "announced",
    "call_open",
    "selection",
    "confirmed",
    "running",
    "postponed",
    "cancelled",
]
NUMBERS: Final = count(1)


class Model:
    """One edition as it must be, and the service that is asked to change it."""

    def __init__(
        self, client: httpx.AsyncClient, public: httpx.AsyncClient, program: str, number: int
    ) -> None:
        self.client, self.public, self.program, self.number = client, public, program, number
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

    async def begin(self) -> None:
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

    async def move_on(self, data: DataObject) -> None:
        target = data.draw(st.sampled_from(STATES))
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
        moved = {one for one, (_, state) in self.meetings.items() if state != "cancelled"}
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
            case "postponed" | "cancelled":
                return reason is not None
            case "call_open" | "running":
                return False  # neither the call nor the course is due in 2026
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
            *[self.move_on] * 5,
        ]
        await data.draw(st.sampled_from(steps))(data)


def _hundredths(share: str) -> int:
    whole, _, part = share.partition(".")
    return int(whole) * 100 + int((part + "00")[:2])


@pytest.fixture
def models(demonstration: Door, program: dict[str, Any]) -> Callable[[], Model]:
    """Return a new edition's model."""
    client, public = demonstration.as_("manager"), demonstration.as_()
    return lambda: Model(client, public, program["id"], next(NUMBERS))


@settings(
    max_examples=HISTORIES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
async def test_the_invariants_hold_on_random_histories(models: Callable[[], Model], data: DataObject) -> None:
    model = models()
    await model.begin()
    for _ in range(data.draw(st.integers(1, STEPS))):
        await model.step(data)
        await model.hold()
