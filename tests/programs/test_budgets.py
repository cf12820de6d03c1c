"""Budgets: the rules as tables, and through HTTP over PostgreSQL."""

import asyncio
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.common.clock import Provenance
from services.common.identity import Grant, GrantKind, Role
from services.common.money import Money
from services.programs.db.budgets import fetch_amounts_at_stake
from services.programs.db.invariants import INVARIANTS
from services.programs.domain.budgets import Planned, compare, within_a_year
from services.programs.domain.evidence import SubjectKind
from tests.apps import Door
from tests.programs.books import Books, code_of
from tests.programs.demonstrations import enter

YEAR = ("2025-01-01", "2025-12-31")


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "fits"),
    [
        ("2025-01-01", "2025-12-31", True),
        ("2025-01-01", "2026-01-01", False),
        ("2024-01-01", "2024-12-31", True),
        ("2024-07-01", "2025-06-30", True),
        ("2024-02-29", "2025-02-28", True),
        ("2024-02-29", "2025-03-01", False),
        ("2025-05-05", "2025-05-05", True),
        ("2025-05-05", "2025-05-04", False),
        ("9999-06-01", "9999-12-31", True),
    ],
)
def test_a_budget_is_for_a_year_at_most(starts_on: str, ends_on: str, *, fits: bool) -> None:
    assert within_a_year(date.fromisoformat(starts_on), date.fromisoformat(ends_on)) is fits


@given(st.dates(date(1900, 1, 1), date(9998, 12, 31)), st.integers(0, 800))
def test_a_year_is_at_most_366_days_and_never_less_than_365(starts_on: date, days: int) -> None:
    ends_on = date.fromordinal(min(starts_on.toordinal() + days, date.max.toordinal()))
    length = (ends_on - starts_on).days + 1
    if length <= 365:
        assert within_a_year(starts_on, ends_on)
    elif length > 366:
        assert not within_a_year(starts_on, ends_on)


def test_a_budget_of_nothing_has_no_percentage() -> None:
    day = date(2025, 1, 1)
    nothing = Planned(UUID(int=1), day, day, Money(Decimal(0), "KZT"), day)
    comparison, worth = compare(nothing, [], [])
    assert (comparison.spent_percent, comparison.left.amount, worth.rates) == (None, Decimal(0), [])


def revision(amount: str, **more: Any) -> dict[str, Any]:
    return {"status": "committed", "amount": amount, "valued_on": "2025-06-01", "note": "Revised"} | more


class TestRevisions:
    async def test_a_revision_takes_the_place_of_what_it_revises(self, books: Books) -> None:
        first = (await books.budget("100.00 USD", *YEAR, status="indicative", note="Draft")).json()
        assert (first["kind"], first["valued_on"]) == ("original", "2025-01-01")
        second = await books.post(f"budgets/{first['id']}/revision", revision("90.5"))
        assert second.json() | {"id": "", "version": 1} == first | {
            "id": "",
            "kind": "revised",
            "status": "committed",
            "money": {"amount": "90.50", "currency": "USD"},
            "valued_on": "2025-06-01",
            "revises_id": first["id"],
            "note": "Revised",
        }
        again = await books.post(f"budgets/{first['id']}/revision", revision("80"))
        assert code_of(again) == (409, "budget-revised")
        listed = (await books.read("budgets", subject_id=books.edition))["items"]
        assert [row["kind"] for row in listed] == ["original", "revised"]
        in_force = (await books.read("budgets", in_force="true"))["items"]
        assert [row["id"] for row in in_force] == [second.json()["id"]]
        assert (await books.read(f"budgets/{first['id']}"))["money"]["amount"] == "100.00"

    async def test_of_many_revisions_at_once_one_is_made(self, books: Books) -> None:
        made = (await books.budget("100.00 USD", *YEAR)).json()["id"]
        answers = await asyncio.gather(
            *(books.post(f"budgets/{made}/revision", revision("90")) for _ in range(3))
        )
        assert sorted(answer.status_code for answer in answers) == [201, 409, 409]

    @pytest.mark.parametrize("amount", ["-0.01", "1.005"])
    async def test_it_is_an_amount_of_the_budgets_currency(self, books: Books, amount: str) -> None:
        made = (await books.budget("100.00 USD", *YEAR)).json()["id"]
        refused = await books.post(f"budgets/{made}/revision", revision(amount))
        assert refused.json()["errors"][0]["pointer"] == "/amount"


class TestPeriods:
    async def test_no_day_is_budgeted_twice_in_a_currency(self, books: Books) -> None:
        first = await books.budget("100.00 USD", *YEAR)
        overlapping = await books.budget("1.00 USD", "2025-12-31", "2026-06-30")
        assert code_of(overlapping) == (409, "budget-overlaps")
        for other in (
            await books.budget("1.00 USD", "2026-01-01", "2026-06-30"),
            await books.budget("100 JPY", *YEAR),
            await books.budget("1.00 USD", *YEAR, subject={"kind": "program", "id": books.program}),
        ):
            assert other.status_code == 201
        await books.post(f"budgets/{first.json()['id']}/revision", revision("0"))
        assert code_of(await books.budget("1.00 USD", *YEAR)) == (409, "budget-overlaps")

    async def test_of_many_at_once_one_is_entered(self, books: Books) -> None:
        answers = await asyncio.gather(*(books.budget("1.00 USD", *YEAR) for _ in range(4)))
        assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]

    async def test_without_the_lock_they_would_all_be(self, books: Books) -> None:
        """The negative control: two who both look before either has written."""
        row = """INSERT INTO programs.budget
            (id, version, subject_kind, subject_id, kind, status,
             starts_on, ends_on, amount, currency, valued_on, provenance)
            VALUES (gen_random_uuid(), 1, 'edition', $1, 'original', 'committed',
                    '2025-01-01', '2025-12-31', 1, 'USD', '2025-01-01', 'real')"""
        writers = [await asyncpg.connect(books.door.database.admin) for _ in range(2)]
        try:
            turns = [writer.transaction() for writer in writers]
            for turn, writer in zip(turns, writers, strict=True):
                await turn.start()
                assert await writer.fetchval("SELECT count(*) FROM programs.budget") == 0
            for turn, writer in zip(turns, writers, strict=True):
                await writer.execute(row, UUID(books.edition))
                await turn.commit()
            await writers[0].execute("SET search_path TO programs")
            broken = {name for name, query in INVARIANTS.items() if await writers[0].fetch(query)}
            assert broken == {"P7 budgets of a subject in force do not overlap in a currency"}
        finally:
            for writer in writers:
                await writer.close()

    async def test_a_closed_period_takes_no_budget_and_no_revision(self, books: Books) -> None:
        made = (await books.budget("100.00 USD", "2024-01-01", "2024-12-31")).json()["id"]
        assert (await books.post("fiscal-closures", {"through": "2024-12-31"})).status_code == 201
        late = await books.post(f"budgets/{made}/revision", revision("90"))
        assert code_of(late) == (409, "period-closed")
        assert code_of(await books.budget("1.00 USD", "2023-01-01", "2023-12-31")) == (409, "period-closed")
        assert (await books.budget("1.00 USD", *YEAR)).status_code == 201

    @pytest.mark.parametrize(
        "wrong",
        [
            {"ends_on": "2026-01-01"},
            {"ends_on": "2024-12-31"},
            {"money": {"amount": "-1.00", "currency": "USD"}},
            {"status": "maybe"},
            {"subject": {"kind": "fund", "id": str(uuid4())}},
            {"subject": {"kind": "edition", "id": str(uuid4())}},
            {"subject": {"kind": "agency", "id": str(uuid4())}},
        ],
    )
    async def test_what_makes_no_sense_is_refused(self, books: Books, wrong: dict[str, Any]) -> None:
        refused = await books.budget("1.00 USD", "2025-01-01", "2025-12-31", **wrong)
        assert refused.status_code == 422
        assert (await books.read("budgets"))["items"] == []


async def test_the_agency_has_a_budget_too(books: Books) -> None:
    agency = {"names": {"en": "Synthetic agency"}, "country": "KZ"}
    made = (await books.door.as_("administrator").put("/v1/agency", json=agency)).json()
    subject = {"kind": "agency", "id": made["id"]}
    assert (await books.budget("1.00 USD", *YEAR, subject=subject)).json()["provenance"] == "real"


async def test_managers_see_the_budgets_of_their_own(books: Books) -> None:
    made = (await books.budget("1.00 USD", *YEAR)).json()["id"]
    for grants, expected in (
        ({Grant(Role.MANAGER, GrantKind.PROGRAM, books.program)}, 200),
        ({Grant(Role.MANAGER, GrantKind.EDITION, books.edition)}, 200),
        ({Grant(Role.MANAGER, GrantKind.PROGRAM, str(uuid4()))}, 404),
    ):
        client = books.door.as_("manager", grants=frozenset(grants))
        assert (await client.get(f"/v1/budgets/{made}")).status_code == expected
        assert len((await client.get("/v1/budgets")).json()["items"]) == (expected == 200)


async def test_a_synthetic_edition_has_a_synthetic_budget(
    demonstration: Door, edition: dict[str, Any]
) -> None:
    books = Books(demonstration)
    await books.open()
    await books.budget("1.00 USD", *YEAR, subject={"kind": "edition", "id": edition["id"]})
    assert (await books.read("budgets"))["items"] == []
    assert len((await books.read("budgets", provenance="synthetic"))["items"]) == 1


async def test_approvals_learn_what_a_decision_disposes_of(books: Books) -> None:
    """Budgets in force by currency; where there are none, what funds have allocated."""

    async def at_stake(kind: SubjectKind, subject_id: str) -> list[str]:
        async with books.door.app.state.sessions.reading() as session:
            sums = await fetch_amounts_at_stake(session, kind, UUID(subject_id), Provenance.REAL)
        return [f"{money.amount} {money.currency}" for money in sums]

    await books.give("100.00", "USD")
    await books.reverse(await books.allocate("30.00", "USD"))
    await books.allocate("20.00", "USD")
    assert await at_stake(SubjectKind.EDITION, books.edition) == ["20.00 USD"]
    await books.budget("100.00 USD", "2025-01-01", "2025-06-30")
    await books.budget("50.00 USD", "2025-07-01", "2025-12-31")
    await books.budget("7 JPY", "2025-07-01", "2025-12-31")
    for kind, subject in ((SubjectKind.EDITION, books.edition), (SubjectKind.PROGRAM, books.program)):
        assert await at_stake(kind, subject) == ["7 JPY", "150.00 USD"]
    await books.budget("1.00 USD", *YEAR, subject={"kind": "program", "id": books.program})
    assert await at_stake(SubjectKind.PROGRAM, books.program) == ["1.00 USD"]
    row = {"code": "d", "title": {"en": "D"}, "details": {"kind": "consulting"}}
    delivery = await enter(books.manager, "/v1/deliveries", row)
    assert await at_stake(SubjectKind.DELIVERY, delivery["id"]) == []
