"""Exchanges between the currencies of a fund, through HTTP over PostgreSQL."""

import asyncio
from typing import Any

import asyncpg
import pytest

from services.programs.db.invariants import INVARIANTS
from tests.programs.books import Books, code_of, figures


async def test_an_exchange_is_two_entries_that_stand_in_the_statement(books: Books) -> None:
    await books.give("1000.00", "USD")
    made = await books.exchange("400.00 USD", "209416.00 KZT", "523.54", note="Slip 7")
    assert made.status_code == 201
    given, received = made.json()["given"], made.json()["received"]
    assert (given["kind"], received["kind"]) == ("exchange_out", "exchange_in")
    assert received["origin_id"] == given["id"]
    assert {entry["rate"] for entry in (given, received)} == {"523.54"}
    assert {entry["iati_type"] for entry in (given, received)} == {None}
    assert await books.statement() == {
        "KZT": figures(exchanged_in="209416.00", closing="209416.00", available="209416.00"),
        "USD": figures(received="1000.00", exchanged_out="400.00", closing="600.00", available="600.00"),
    }
    assert (await books.allocate("209416.00", "KZT")).status_code == 201
    assert code_of(await books.allocate("600.01", "USD")) == (409, "fund-exceeded")


@pytest.mark.parametrize(
    "wrong",
    [
        {"received": {"amount": "209416.01", "currency": "KZT"}},
        {"received": {"amount": "400.00", "currency": "USD"}, "rate": "1"},
        {"rate": "523.55"},
        {"rate": "0"},
        {"given": {"amount": "-400.00", "currency": "USD"}},
        {"provenance": "invented"},
        {"dated": "9999-01-01"},
    ],
)
async def test_what_no_bank_would_do_is_refused(books: Books, wrong: dict[str, Any]) -> None:
    await books.give("1000.00", "USD")
    refused = await books.exchange("400.00 USD", "209416.00 KZT", "523.54", **wrong)
    assert refused.status_code == 422
    assert (await books.statement()).keys() == {"USD"}


async def test_only_cash_in_hand_that_is_not_allocated_is_exchanged(books: Books) -> None:
    await books.give("1000.00", "USD", kind="commitment")
    assert code_of(await books.exchange("1.00 USD", "500.00 KZT", "500")) == (409, "fund-exceeded")
    await books.give("100.00", "USD")
    await books.allocate("1050.00", "USD")
    assert code_of(await books.exchange("50.01 USD", "25005.00 KZT", "500")) == (409, "fund-exceeded")
    assert (await books.exchange("50.00 USD", "25000.00 KZT", "500")).status_code == 201


async def test_both_sides_are_taken_back_together_and_once(books: Books) -> None:
    await books.give("100.00", "USD")
    made = (await books.exchange("100.00 USD", "50000.00 KZT", "500")).json()

    async def take_back(side: str) -> tuple[int, str | None]:
        row = {"dated": "2025-05-01", "note": "Wrong"}
        return code_of(await books.post(f"transactions/{made[side]['id']}/reversal", row))

    await books.allocate("50000.00", "KZT")
    assert await take_back("received") == (409, "fund-exceeded")
    (allocation,) = (await books.read("transactions", kind="allocation"))["items"]
    undo = {"dated": "2025-05-01", "note": "Free it"}
    assert (await books.post(f"transactions/{allocation['id']}/reversal", undo)).status_code == 201
    answers = await asyncio.gather(take_back("given"), take_back("received"))
    assert sorted(answers) == [(201, None), (409, "entry-reversed")]
    statement = await books.statement()
    assert (statement["USD"]["closing"], statement["KZT"]["closing"]) == ("100.00", "0.00")
    rows = (await books.read("transactions"))["items"]
    assert len([row for row in rows if row["kind"].startswith("exchange")]) == 4


async def test_money_that_was_exchanged_is_not_given_back(books: Books) -> None:
    gift = await books.give("100.00", "USD")
    await books.exchange("40.00 USD", "20000.00 KZT", "500")
    assert code_of(await books.reverse(gift)) == (409, "fund-exceeded")


async def test_half_an_exchange_is_found(books: Books) -> None:
    """The invariant that `check-invariants` asks finds what the operation never leaves."""
    await books.give("100.00", "USD")
    await books.exchange("40.00 USD", "20000.00 KZT", "500")
    connection = await asyncpg.connect(books.door.database.admin)
    try:
        await connection.execute("SET search_path TO programs")

        async def broken() -> list[str]:
            return [name for name, query in INVARIANTS.items() if await connection.fetch(query)]

        assert await broken() == []
        async with connection.transaction():
            await connection.execute("SET LOCAL session_replication_role = replica")
            await connection.execute("DELETE FROM ledger_entry WHERE kind = 'exchange_out'")
        assert await broken() == ["I6 the two sides of an exchange stand and fall together"]
    finally:
        await connection.close()
