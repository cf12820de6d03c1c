"""Random histories of a fund, over HTTP: each step is taken or refused as a plain model says.

Invariants P6, P7 and I6. The model is a list of entries and four sums over it; it shares no code with the product.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from services.programs.db.invariants import INVARIANTS
from tests.apps import Door
from tests.programs.demonstrations import PLAN, enter

CURRENCIES = {"USD": Decimal("0.01"), "JPY": Decimal(1), "KZT": Decimal("0.01")}
TENGE = {"USD": Decimal(500), "JPY": Decimal("3.5"), "KZT": Decimal(1)}
WINDOW = 30
FUTURE = date(9999, 1, 1)
PROMISED_BY = {"commitment": "pledge", "receipt": "commitment"}
ACTUAL = {"receipt", "disbursement", "exchange_out", "exchange_in"}
_windows = count()

UNITS = st.integers(1, 20)
HELD = st.sampled_from(["USD", "USD", "USD", "JPY", "KZT"])
"""Mostly one currency, so that steps meet."""
DAYS = st.one_of(st.integers(0, WINDOW - 1), st.just(-1))
"""A day of the window; now and then the far future."""
STEPS = st.lists(
    st.one_of(
        st.tuples(
            st.just("give"),
            st.sampled_from(["pledge", "commitment", "receipt"]),
            HELD,
            UNITS,
            DAYS,
            st.integers(0, 3),
        ),
        st.tuples(st.just("allocate"), HELD, UNITS, DAYS),
        st.tuples(st.just("pay"), HELD, UNITS, DAYS),
        st.tuples(st.just("exchange"), st.sampled_from(["USD", "USD", "JPY"]), UNITS, DAYS),
        st.tuples(st.just("reverse"), st.integers(0, 30), DAYS),
        st.tuples(st.just("plan"), HELD, UNITS, DAYS, st.integers(0, 400)),
        st.tuples(st.just("revise"), st.integers(0, 5), UNITS),
        st.tuples(st.just("freeze"), st.integers(0, WINDOW // 2)),
    ),
    min_size=8,
    max_size=30,
)


@dataclass
class Entry:
    id: str
    kind: str
    currency: str
    amount: Decimal
    dated: date
    donor: int | None = None
    origin: str | None = None
    reverses: str | None = None


@dataclass
class Budget:
    id: str
    currency: str
    amount: Decimal
    starts_on: date
    ends_on: date


@dataclass
class Model:
    """What should be in the books."""

    closed: date
    entries: list[Entry] = field(default_factory=list)
    budgets: list[Budget] = field(default_factory=list)

    def sum(self, currency: str, test: Callable[[Entry], bool]) -> Decimal:
        return sum((e.amount for e in self.entries if e.currency == currency and test(e)), Decimal(0))

    def available(self, currency: str) -> Decimal:
        def signed(e: Entry) -> int:
            if e.kind == "receipt":
                return 0 if e.origin else 1
            return {"commitment": 1, "exchange_in": 1, "exchange_out": -1, "allocation": -1}.get(e.kind, 0)

        return sum((signed(e) * e.amount for e in self.entries if e.currency == currency), Decimal(0))

    def cash(self, currency: str) -> Decimal:
        came = self.sum(currency, lambda e: e.kind in {"receipt", "exchange_in"})
        return came - self.sum(currency, lambda e: e.kind in {"exchange_out", "disbursement"})

    def left(self, promise: str) -> Decimal:
        made = sum((e.amount for e in self.entries if promise in {e.id, e.reverses}), Decimal(0))
        return made - sum((e.amount for e in self.entries if e.origin == promise), Decimal(0))

    def bears(self, *new: Entry) -> bool:
        """Say whether the books may hold these entries too."""
        after = Model(self.closed, [*self.entries, *new])
        promises = {
            one for e in new if not e.kind.startswith("exchange") for one in (e.origin, e.reverses) if one
        }
        return all(
            e.dated > self.closed
            and not (e.kind in ACTUAL and e.dated == FUTURE)
            and after.available(e.currency) >= 0
            and (
                not e.kind.startswith("exchange")
                or (e.kind == "exchange_out") != (e.amount > 0)
                or after.cash(e.currency) >= 0
            )
            for e in new
        ) and all(after.left(promise) >= 0 for promise in promises if self.is_promise(promise))

    def is_promise(self, entry_id: str) -> bool:
        return any(e.id == entry_id and e.kind in {"pledge", "commitment"} for e in self.entries)


class History:
    """One fund and one edition, and the steps that are taken with them."""

    def __init__(self, door: Door, model: Model, base: date) -> None:
        self.finance, self.manager = door.as_("finance"), door.as_("manager")
        self.model, self.base = model, base

    async def open(self) -> None:
        code = f"f{uuid4().hex[:12]}"
        names = {"names": {"en": code}, "purpose": {"en": "Tests"}}
        self.fund = (await enter(self.manager, "/v1/funds", {"code": code} | names))["id"]
        self.donors = [
            (await enter(self.manager, "/v1/organizations", {"code": f"{code}-{n}", "names": {"en": code}}))[
                "id"
            ]
            for n in range(2)
        ]
        program = {"code": code, "title": {"en": code}, "kind": "course_program"}
        self.program = (await enter(self.manager, "/v1/programs", program))["id"]
        plan = PLAN | {"code": code, "period": "2001-05", "provenance": "real", "program_id": self.program}
        self.edition = (await enter(self.manager, "/v1/editions", plan))["id"]

    def day(self, place: int) -> date:
        return FUTURE if place < 0 else self.base + timedelta(place)

    async def post(self, path: str, row: dict[str, Any]) -> httpx.Response:
        return await self.finance.post(f"/v1/{path}", json=row, headers={"Idempotency-Key": str(uuid4())})

    async def expect(self, may: bool, path: str, row: dict[str, Any]) -> Any:
        answer = await self.post(path, row)
        assert (answer.status_code == 201) is may, (path, row, answer.text, self.model)
        return answer.json() if may else None

    async def take(self, step: tuple[Any, ...]) -> None:
        await getattr(self, step[0])(*step[1:])

    async def give(self, kind: str, currency: str, units: int, place: int, choice: int) -> None:
        fulfillable = [
            e
            for e in self.model.entries
            if e.kind == PROMISED_BY.get(kind) and e.currency == currency and not e.reverses
        ]
        origin = fulfillable[choice % len(fulfillable)] if fulfillable and choice else None
        donor = origin.donor if origin else choice % 2
        new = Entry("", kind, currency, units * CURRENCIES[currency], self.day(place), donor)
        new.origin = origin.id if origin else None
        row = self.row(new) | {"kind": kind, "organization_id": self.donors[donor or 0]}
        row |= {"origin_id": new.origin}
        await self.enter(f"funds/{self.fund}/contributions", row, new)

    async def allocate(self, currency: str, units: int, place: int) -> None:
        new = Entry("", "allocation", currency, units * CURRENCIES[currency], self.day(place))
        row = self.row(new) | {"edition_id": self.edition}
        await self.enter(f"funds/{self.fund}/allocations", row, new)

    async def pay(self, currency: str, units: int, place: int) -> None:
        new = Entry("", "disbursement", currency, units * CURRENCIES[currency], self.day(place))
        row = self.row(new) | {"kind": new.kind, "edition_id": self.edition, "fund_id": self.fund}
        await self.enter("transactions", row, new)

    async def exchange(self, currency: str, units: int, place: int) -> None:
        amount = units * CURRENCIES[currency]
        out = Entry("", "exchange_out", currency, amount, self.day(place))
        into = Entry("", "exchange_in", "KZT", amount * TENGE[currency], self.day(place))
        row = {"given": self.money(out), "received": self.money(into), "rate": str(TENGE[currency])}
        may = self.model.bears(out) and self.model.bears(into)
        made = await self.expect(may, f"funds/{self.fund}/exchanges", row | {"dated": out.dated.isoformat()})
        if made:
            out.id, into.id, into.origin = made["given"]["id"], made["received"]["id"], made["given"]["id"]
            self.model.entries += [out, into]

    async def reverse(self, choice: int, place: int) -> None:
        if not self.model.entries:
            return
        entry = self.model.entries[choice % len(self.model.entries)]
        both = [entry]
        if entry.kind.startswith("exchange") and not entry.reverses:
            both += [e for e in self.model.entries if entry.id == e.origin or entry.origin == e.id]
            both = [e for e in both if not e.reverses]
        taken_back = {e.reverses for e in self.model.entries}
        back = [
            Entry("", e.kind, e.currency, -e.amount, self.day(place), e.donor, e.origin, e.id) for e in both
        ]
        may = (
            entry.reverses is None
            and entry.id not in taken_back
            and self.day(place) >= entry.dated
            and all(self.model.bears(one) for one in back)
        )
        row = {"dated": self.day(place).isoformat(), "note": "Taken back"}
        made = await self.expect(may, f"transactions/{entry.id}/reversal", row)
        if made:
            for one in back:
                one.id = made["id"] if one.reverses == entry.id else str(uuid4())
            self.model.entries += back

    async def plan(self, currency: str, units: int, place: int, length: int) -> None:
        starts_on = self.day(max(place, 0))
        ends_on = starts_on + timedelta(length)
        taken = any(
            b.currency == currency and b.starts_on <= ends_on and starts_on <= b.ends_on
            for b in self.model.budgets
        )
        row = {
            "subject": {"kind": "edition", "id": self.edition},
            "status": "committed",
            "starts_on": starts_on.isoformat(),
            "ends_on": ends_on.isoformat(),
            "money": {"amount": str(units * CURRENCIES[currency]), "currency": currency},
        }
        within = ends_on < starts_on.replace(year=starts_on.year + 1)
        made = await self.expect(not taken and within and ends_on > self.model.closed, "budgets", row)
        if made:
            amount = units * CURRENCIES[currency]
            self.model.budgets.append(Budget(made["id"], currency, amount, starts_on, ends_on))

    async def revise(self, choice: int, units: int) -> None:
        if not self.model.budgets:
            return
        budget = self.model.budgets[choice % len(self.model.budgets)]
        amount = (units - 1) * CURRENCIES[budget.currency]
        row = {
            "status": "indicative",
            "amount": str(amount),
            "valued_on": self.base.isoformat(),
            "note": "New",
        }
        made = await self.expect(budget.ends_on > self.model.closed, f"budgets/{budget.id}/revision", row)
        if made:
            budget.id, budget.amount = made["id"], amount

    async def freeze(self, place: int) -> None:
        through = self.day(place)
        may = through > self.model.closed
        await self.expect(may, "fiscal-closures", {"through": through.isoformat()})
        if may:
            self.model.closed = through

    async def enter(self, path: str, row: dict[str, Any], new: Entry) -> None:
        made = await self.expect(self.model.bears(new), path, row)
        if made:
            new.id = made["id"]
            self.model.entries.append(new)

    def row(self, entry: Entry) -> dict[str, Any]:
        return {"money": self.money(entry), "dated": entry.dated.isoformat()}

    def money(self, entry: Entry) -> dict[str, str]:
        amount = entry.amount.quantize(CURRENCIES[entry.currency])
        return {"amount": str(amount), "currency": entry.currency}

    async def compare(self) -> None:
        """Hold what is read against the model: the statement to the end of time, finance and costs."""
        params = {"since": self.base.isoformat(), "through": FUTURE.isoformat()}
        read = (await self.finance.get(f"/v1/funds/{self.fund}/statement", params=params)).json()
        lines = {line["currency"]: line for line in read["lines"]}
        assert lines.keys() == {e.currency for e in self.model.entries}
        for currency, line in lines.items():
            figures = {name: Decimal(value) for name, value in line.items() if name != "currency"}
            assert figures["available"] == self.model.available(currency) >= 0
            assert figures["closing"] == self.model.cash(currency)
            came = figures["opening"] + figures["received"] + figures["exchanged_in"]
            assert figures["closing"] == came - figures["exchanged_out"] - figures["paid"]
            assert figures["allocated"] == self.model.sum(currency, lambda e: e.kind == "allocation")
        finance = (await self.finance.get(f"/v1/editions/{self.edition}/finance")).json()
        for standing in finance["currencies"]:
            currency = standing["paid"]["currency"]
            budgeted = sum(b.amount for b in self.model.budgets if b.currency == currency)
            assert Decimal(standing["budgeted"]["amount"]) == budgeted
            paid = self.model.sum(currency, lambda e: e.kind == "disbursement")
            assert Decimal(standing["paid"]["amount"]) == paid
            assert Decimal(standing["left"]["amount"]) == budgeted - paid
        costs = (await self.finance.get(f"/v1/editions/{self.edition}/costs")).json()
        for part in (*costs["currencies"], costs["reported"]):
            shares = sum(Decimal(donor["money"]["amount"]) for donor in part["donors"])
            assert shares == Decimal(part["total"]["amount"])


@given(steps=STEPS)
@example(steps=[("give", "commitment", "USD", 9, 0, 0), ("exchange", "USD", 5, 1), ("exchange", "USD", 9, 1)])
@example(
    steps=[
        ("give", "pledge", "USD", 9, 0, 0),
        ("give", "commitment", "USD", 10, 0, 1),
        ("give", "commitment", "USD", 9, 0, 1),
        ("reverse", 0, 2),
    ]
)
@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],  # a history that fails is short enough to read
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
async def test_every_history_keeps_the_books_right(steps: list[tuple[Any, ...]], programs: Door) -> None:
    number = next(_windows)
    base = date(2000, 1, 1) + timedelta(WINDOW * 2 * number)
    history = History(programs, Model(closed=base - timedelta(WINDOW)), base)
    if number == 0:
        rates = [
            {
                "base": base_,
                "quote": "KZT",
                "rate": str(value),
                "dated": "1999-12-31",
                "source": "Synthetic bank",
            }
            for base_, value in TENGE.items()
            if base_ != "KZT"
        ]
        assert (await history.post("exchange-rates", {"rates": rates})).status_code == 201
    await history.open()
    for step in steps:
        await history.take(step)
    await history.compare()
    connection = await asyncpg.connect(programs.database.admin)
    try:
        await connection.execute("SET search_path TO programs")
        assert [name for name, query in INVARIANTS.items() if await connection.fetch(query)] == []
    finally:
        await connection.close()
