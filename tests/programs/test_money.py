"""Money, through HTTP over PostgreSQL: nothing is lost, changed or allocated twice."""

import asyncio
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import event

from services.common.identity import Grant, GrantKind, Role
from services.programs.db.invariants import INVARIANTS
from tests.apps import Door
from tests.programs.books import Books, code_of, entry, figures
from tests.programs.demonstrations import enter


class TestContributions:
    async def test_a_pledge_becomes_a_commitment_becomes_a_receipt(self, books: Books) -> None:
        pledge = await books.give("100.00", kind="pledge")
        commitment = await books.give("80.00", kind="commitment", origin_id=pledge.json()["id"])
        assert commitment.json()["iati_type"] == "11"
        receipt = await books.give("50.00", origin_id=commitment.json()["id"])
        assert (receipt.status_code, receipt.json()["money"]["amount"]) == (201, "50.00")
        line = (await books.statement())["USD"]
        assert (line["received"], line["available"]) == ("50.00", "80.00")

        too_much = await books.give("30.01", origin_id=commitment.json()["id"])
        assert code_of(too_much) == (409, "fund-exceeded")
        assert code_of(await books.reverse(commitment)) == (409, "fund-exceeded")
        assert (await books.reverse(receipt)).status_code == 201
        assert (await books.reverse(commitment)).status_code == 201

    async def test_only_the_same_donors_promise_is_fulfilled(self, books: Books) -> None:
        pledge = (await books.give("100.00", kind="pledge")).json()["id"]
        commitment = (await books.give("100.00", kind="commitment")).json()["id"]
        for wrong in (
            await books.give("1.00", origin_id=pledge),
            await books.give("1.00", origin_id=commitment, donor=1),
            await books.give("1", "JPY", origin_id=commitment),
        ):
            assert code_of(wrong) == (422, "reference-unknown")

    async def test_a_gift_in_kind_tells_how_it_was_valued_and_is_no_cash(self, books: Books) -> None:
        assert (await books.give("9.00", kind="in_kind")).status_code == 422
        assert (await books.give("9.00", valuation_method="List price")).status_code == 422
        assert (await books.give("9.00", kind="in_kind", valuation_method="List price")).status_code == 201
        assert (await books.statement())["USD"]["available"] == "0.00"

    @pytest.mark.parametrize(("amount", "currency"), [("0.00", "USD"), ("-1.00", "USD"), ("1.5", "JPY")])
    async def test_amounts_are_above_zero_and_whole_in_minor_units(
        self, books: Books, amount: str, currency: str
    ) -> None:
        assert (await books.give(amount, currency)).status_code == 422

    async def test_what_was_given_is_not_in_the_future_but_a_promise_may_be(self, books: Books) -> None:
        assert code_of(await books.give("1.00", dated="9999-01-01")) == (422, "actual-in-future")
        assert (await books.give("1.00", kind="pledge", dated="9999-01-01")).status_code == 201


class TestAllocations:
    async def test_currencies_do_not_stand_in_for_each_other(self, books: Books) -> None:
        await books.give("100.00", "USD")
        assert code_of(await books.allocate("1.00", "TRY")) == (409, "fund-exceeded")
        assert (await books.allocate("100.00", "USD")).status_code == 201
        assert code_of(await books.allocate("0.01", "USD")) == (409, "fund-exceeded")

    async def test_of_many_at_once_only_so_many_as_there_is_money_for(self, books: Books) -> None:
        await books.give("100.00")
        answers = await asyncio.gather(*(books.allocate("60.00") for _ in range(4)))
        assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
        assert (await books.statement())["USD"]["available"] == "40.00"

    async def test_without_the_lock_they_would_go_through(self, books: Books) -> None:
        """The negative control: two writers that both look before either has written."""
        await books.give("100.00")
        first = await asyncpg.connect(books.door.database.admin)
        second = await asyncpg.connect(books.door.database.admin)
        row = """INSERT INTO programs.ledger_entry
            (id, version, fund_id, kind, amount, currency, dated, provenance)
            VALUES (gen_random_uuid(), 1, $1, 'allocation', 60, 'USD', '2025-04-02', 'real')"""
        total = "SELECT sum(amount) FROM programs.ledger_entry WHERE kind = 'allocation'"
        try:
            turns = [first.transaction(), second.transaction()]
            for turn, writer in zip(turns, (first, second), strict=True):
                await turn.start()
                assert await writer.fetchval(total) is None
            for turn, writer in zip(turns, (first, second), strict=True):
                await writer.execute(row, UUID(books.fund))
                await turn.commit()
            assert await first.fetchval(total) == 120
            await first.execute("SET search_path TO programs")
            broken = {name for name, query in INVARIANTS.items() if await first.fetch(query)}
            assert broken == {
                "I6 allocations of a fund sum to no more than it received and was promised, per currency"
            }
        finally:
            await first.close()
            await second.close()

    async def test_money_that_is_allocated_is_not_taken_back(self, books: Books) -> None:
        gift = await books.give("100.00")
        allocation = await books.allocate("100.00")
        assert code_of(await books.reverse(gift)) == (409, "fund-exceeded")
        await books.reverse(allocation)
        assert (await books.reverse(gift)).status_code == 201

    async def test_real_money_is_not_for_what_is_synthetic(
        self, demonstration: Door, edition: dict[str, Any]
    ) -> None:
        books = Books(demonstration)
        await books.open()
        await books.give("100.00")
        refused = await books.allocate("1.00", edition_id=edition["id"])
        assert code_of(refused) == (422, "reference-unknown")
        await books.give("100.00", provenance="synthetic")
        made = await books.allocate("1.00", edition_id=edition["id"], provenance="synthetic")
        assert made.status_code == 201
        listed = await books.finance.get("/v1/transactions")
        assert {item["provenance"] for item in listed.json()["items"]} == {"real"}

    async def test_synthetic_money_needs_the_demonstration(self, books: Books) -> None:
        assert code_of(await books.give("1.00", provenance="synthetic")) == (403, "demonstration-only")


class TestLedger:
    async def test_a_reversal_is_made_once_and_not_reversed(self, books: Books) -> None:
        gift = await books.give("100.00")
        assert code_of(await books.reverse(gift, "2025-04-01")) == (409, "entry-reversed")
        answers = await asyncio.gather(*(books.reverse(gift) for _ in range(3)))
        assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
        (back,) = (answer for answer in answers if answer.status_code == 201)
        assert back.json()["money"]["amount"] == "-100.00"
        assert code_of(await books.reverse(back)) == (409, "entry-reversed")
        assert (await books.statement())["USD"]["closing"] == "0.00"

    @pytest.mark.parametrize("table", ["ledger_entry", "budget", "exchange_rate", "fiscal_closure"])
    @pytest.mark.parametrize("change", ["UPDATE {} SET version = 2", "DELETE FROM {}", "TRUNCATE {}"])
    async def test_the_app_cannot_change_what_is_booked(self, books: Books, table: str, change: str) -> None:
        app = await asyncpg.connect(books.door.database.programs.runtime)
        try:
            assert await app.fetchval(f"SELECT count(*) FROM {table}") == 0  # noqa: S608  our own table
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await app.execute(change.format(table))
        finally:
            await app.close()

    async def test_a_repeat_books_once_and_no_key_books_nothing(self, books: Books) -> None:
        row = entry("5.00", "USD") | {"kind": "receipt", "organization_id": books.donors[0]}
        at = f"/v1/funds/{books.fund}/contributions"
        assert code_of(await books.finance.post(at, json=row))[0] == 400
        for _ in range(2):
            made = await books.finance.post(at, json=row, headers={"Idempotency-Key": "once"})
            assert made.status_code == 201
        assert (await books.statement())["USD"]["received"] == "5.00"

    async def test_a_closed_period_takes_nothing_more(self, books: Books) -> None:
        gift = await books.give("100.00", dated="2024-12-31")
        assert (await books.post("fiscal-closures", {"through": "2024-12-31"})).status_code == 201
        assert code_of(await books.give("1.00", dated="2024-12-31")) == (409, "period-closed")
        assert code_of(await books.reverse(gift, "2024-12-31")) == (409, "period-closed")
        assert (await books.reverse(gift, "2025-01-01")).status_code == 201
        earlier = await books.post("fiscal-closures", {"through": "2023-12-31"})
        assert code_of(earlier) == (409, "period-closed")
        again = await books.post("fiscal-closures", {"through": "2024-12-31"})
        assert code_of(again) == (409, "portfolio-item-exists")
        listed = await books.finance.get("/v1/fiscal-closures")
        assert [item["through"] for item in listed.json()["items"]] == ["2024-12-31"]

    async def test_the_statement_carries_over_from_one_period_to_the_next(self, books: Books) -> None:
        await books.give("100.10", dated="2024-06-01")
        await books.give("0.20")
        await books.give("7", "JPY")
        await books.pay("30.05", "USD")
        commitment = await books.give("50.00", kind="commitment")
        await books.give("20.00", origin_id=commitment.json()["id"])
        await books.give("9.00", kind="in_kind", valuation_method="List price")
        statement = await books.statement(since="2025-01-01")
        assert statement["USD"] == figures(
            opening="100.10",
            received="20.20",
            paid="30.05",
            closing="90.25",
            promised="30.00",
            in_kind="9.00",
            available="150.30",
        )
        assert (statement["JPY"]["closing"], statement["JPY"]["paid"]) == ("7", "0")
        before = await books.statement(since="2024-01-01", through="2024-12-31")
        assert before["USD"]["closing"] == "100.10"

    async def test_a_list_of_more_rows_asks_no_more_questions(self, books: Books) -> None:
        asked: list[str] = []

        def count(_c: object, _u: object, statement: str, *_rest: object) -> None:
            asked.append(statement)

        engine = books.door.app.state.sessions.read_engine.sync_engine
        numbers = []
        for rows in (1, 9):
            for _ in range(rows):
                await books.give("1.00")
            event.listen(engine, "before_cursor_execute", count)
            listed = await books.finance.get("/v1/transactions", params={"fund_id": books.fund})
            event.remove(engine, "before_cursor_execute", count)
            numbers.append((len(listed.json()["items"]), len(asked)))
            asked.clear()
        assert [rows for rows, _ in numbers] == [1, 10]
        assert numbers[0][1] == numbers[1][1]


async def test_rates_are_entered_all_or_none_and_once(books: Books) -> None:
    row = {"base": "USD", "quote": "KZT", "dated": "2025-04-01", "rate": "500", "source": "Synthetic bank"}
    known, new = row, row | {"dated": "2025-04-02"}
    assert (await books.post("exchange-rates", {"rates": [known]})).json() == {"entered": 1}
    refused = await books.post("exchange-rates", {"rates": [new, known]})
    assert code_of(refused) == (409, "portfolio-item-exists")
    weak = row | {"base": "IRR", "rate": "0.01234567"}
    assert (await books.post("exchange-rates", {"rates": [weak]})).status_code == 201
    for wrong in ({"rate": "0"}, {"rate": 500}, {"rate": "0.123456789"}, {"quote": "USD"}, {"base": "XYZ"}):
        assert (await books.post("exchange-rates", {"rates": [new | wrong]})).status_code == 422
    listed = await books.finance.get("/v1/exchange-rates", params={"base": "USD", "quote": "KZT"})
    assert [item["dated"] for item in listed.json()["items"]] == ["2025-04-01"]


async def test_managers_and_partners_see_the_money_of_their_own(books: Books) -> None:
    await books.give("100.00", "KZT", donor=0)
    await books.give("100.00", "KZT", donor=1)
    paid = (await books.pay("1.00")).json()["id"]

    async def seen(role: str, *grants: Grant) -> tuple[int, int, int]:
        client = books.door.as_(role, grants=frozenset(grants))
        listed = await client.get("/v1/transactions")
        one = await client.get(f"/v1/transactions/{paid}")
        costs = await client.get(f"/v1/editions/{books.edition}/costs")
        return len(listed.json()["items"]), one.status_code, costs.status_code

    assert await seen("manager") == (0, 404, 404)
    assert await seen("manager", Grant(Role.MANAGER, GrantKind.PROGRAM, books.program)) == (1, 200, 200)
    assert await seen("manager", Grant(Role.MANAGER, GrantKind.EDITION, books.edition)) == (1, 200, 200)
    donor = Grant(Role.PARTNER, GrantKind.ORGANIZATION, books.donors[0])
    assert await seen("partner", donor) == (1, 404, 404)
    partnership = {
        "code": "partnership",
        "organization_id": books.donors[0],
        "functional_role": "funder",
        "certainty": "stated",
        "subjects": [{"kind": "edition", "id": books.edition}],
    }
    await enter(books.manager, "/v1/partnerships", partnership)
    assert await seen("partner", donor) == (2, 200, 200)
    assert await seen("auditor") == (3, 200, 200)
