"""What editions and deliveries cost, through HTTP over PostgreSQL."""

from decimal import Decimal
from typing import Any

import pytest

from services.common.identity import Grant, GrantKind, Role
from tests.programs.books import Books, code_of, figures
from tests.programs.demonstrations import enter


async def play(books: Books) -> None:
    """A fund in dollars and lira pays an edition in tenge, and a lecturer's fee in dollars."""
    await books.rate("2025-03-01", USD="500", TRY="13")
    await books.rate("2025-04-01", USD="520", TRY="13.2")
    await books.give("10000.00", "USD", donor=0, dated="2025-03-03")
    await books.give("150000.00", "TRY", donor=1, dated="2025-03-04")
    await books.exchange("6000.00 USD", "3120000.00 KZT", "520")
    await books.exchange("100000.00 TRY", "1320000.00 KZT", "13.2")
    await books.allocate("4000000.00", "KZT")
    await books.pay("3333333.33", kind="disbursement", dated="2025-04-10")
    await books.pay("100.00", "USD", dated="2025-04-11")
    await books.reverse(await books.pay("5000.00", dated="2025-04-11"), dated="2025-04-12")
    await books.seat(TJ=4, KG=2, UZ=1)


def amounts(parts: list[dict[str, Any]], name: str) -> dict[Any, str]:
    return {part[name]: part["money"]["amount"] for part in parts}


class TestWorkedExample:
    """By hand.

    Gifts: 10,000 USD x 500 = 5,000,000 and 150,000 TRY x 13 = 1,950,000 tenge: 5 and 1.95 parts of 6.95.
    Costs: 3,333,333.33 KZT, and 100 USD x 520 = 52,000.00 KZT; together 3,385,333.33.
    Donors: 2,435,491.604 and 949,841.726; the tiyn that is left goes to the larger remainder, the second.
    Seven participants: 483,619.0471 each, so five pay .05 and two .04.
    Four, two and one of seven: 1,934,476.1886, 967,238.0943 and 483,619.0471; two tiyns go to the first and third.
    """

    async def test_the_statement_tells_each_currency_from_its_opening_to_its_closing(
        self, books: Books
    ) -> None:
        await play(books)
        assert await books.statement(since="2025-04-01", through="2025-04-30") == {
            "KZT": figures(
                exchanged_in="4440000.00",
                paid="3333333.33",
                closing="1106666.67",
                allocated="4000000.00",
                available="440000.00",
            ),
            "TRY": figures(
                opening="150000.00", exchanged_out="100000.00", closing="50000.00", available="50000.00"
            ),
            "USD": figures(
                opening="10000.00",
                exchanged_out="6000.00",
                paid="100.00",
                closing="3900.00",
                available="4000.00",
            ),
        }

    async def test_shares_and_cost_per_participant_come_out_to_the_minor_unit(self, books: Books) -> None:
        await play(books)
        costs = await books.read(f"editions/{books.edition}/costs")
        reported, (tenge, dollars) = costs["reported"], costs["currencies"]
        assert reported["total"] == {"amount": "3385333.33", "currency": "KZT"}
        first, second = books.donors
        assert amounts(reported["donors"], "owner") == {first: "2435491.60", second: "949841.73"}
        assert amounts(reported["per_participant"], "participants") == {5: "483619.05", 2: "483619.04"}
        assert amounts(reported["countries"], "owner") == {
            "TJ": "1934476.19",
            "KG": "967238.09",
            "UZ": "483619.05",
        }
        assert (tenge["total"]["amount"], dollars["total"]["amount"]) == ("3333333.33", "100.00")
        assert amounts(tenge["donors"], "owner") == {first: "2398081.53", second: "935251.80"}
        assert amounts(dollars["donors"], "owner") == {first: "71.94", second: "28.06"}
        assert amounts(dollars["per_participant"], "participants") == {4: "14.29", 3: "14.28"}
        used = {(rate["base"], rate["dated"], rate["rate"]) for rate in costs["rates"]}
        assert used == {
            ("USD", "2025-03-01", "500"),
            ("USD", "2025-04-01", "520"),
            ("TRY", "2025-03-01", "13"),
        }

    async def test_the_same_in_dollars(self, books: Books) -> None:
        """3,333,333.33 / 520 = 6,410.2564 and 100; gifts of 10,000 and 150,000 x 13 / 500 = 3,900 dollars."""
        await play(books)
        costs = await books.read(f"editions/{books.edition}/costs", currency="USD")
        assert costs["reported"]["total"] == {"amount": "6510.26", "currency": "USD"}
        first, second = books.donors
        assert amounts(costs["reported"]["donors"], "owner") == {first: "4683.64", second: "1826.62"}

    async def test_budget_against_actual(self, books: Books) -> None:
        await play(books)
        made = await books.budget("4000000.00 KZT", "2025-01-01", "2025-12-31")
        revision = {
            "status": "committed",
            "amount": "3500000.00",
            "valued_on": "2025-03-01",
            "note": "Fewer seats",
        }
        assert (await books.post(f"budgets/{made.json()['id']}/revision", revision)).status_code == 201
        finance = await books.read(f"editions/{books.edition}/finance")
        tenge, dollars = [
            {name: money["amount"] for name, money in standing.items()} for standing in finance["currencies"]
        ]
        assert tenge == {
            "budgeted": "3500000.00",
            "allocated": "4000000.00",
            "committed": "0.00",
            "paid": "3333333.33",
            "left": "166666.67",
        }
        assert (dollars["budgeted"], dollars["left"]) == ("0.00", "-100.00")
        (compared,) = finance["budgets"]
        assert compared["left"] == finance["reported"]["left"] == {"amount": "114666.67", "currency": "KZT"}
        assert compared["spent_percent"] == "96.7"
        program = await books.read(f"programs/{books.program}/finance")
        assert (program["reported"], program["budgets"]) == (finance["reported"], finance["budgets"])


class TestDeliveries:
    async def test_a_delivery_costs_per_unit(self, books: Books) -> None:
        row = {"code": "v", "title": {"en": "V"}, "quantity": 3, "details": {"kind": "voucher_scheme"}}
        delivery = await enter(books.manager, "/v1/deliveries", row | {"program_id": books.program})
        await books.give("100.00", "USD")
        purpose = {"edition_id": None, "delivery_id": delivery["id"]}
        assert (await books.pay("100.00", "USD", **purpose)).status_code == 201
        costs = await books.read(f"deliveries/{delivery['id']}/costs", currency="USD")
        assert amounts(costs["reported"]["per_unit"], "units") == {1: "33.34", 2: "33.33"}
        assert amounts(costs["reported"]["donors"], "owner") == {books.donors[0]: "100.00"}
        finance = await books.read(f"deliveries/{delivery['id']}/finance", currency="USD")
        assert (finance["reported"]["paid"]["amount"], finance["reported"]["left"]["amount"]) == (
            "100.00",
            "-100.00",
        )
        program = await books.read(f"programs/{books.program}/finance", currency="USD")
        assert program["reported"]["paid"]["amount"] == "100.00"
        manager = Grant(Role.MANAGER, GrantKind.PROGRAM, books.program)
        for grants, expected in ((frozenset({manager}), 200), (frozenset[Grant](), 404)):
            client = books.door.as_("manager", grants=grants)
            for path in (f"deliveries/{delivery['id']}", f"programs/{books.program}"):
                read = await client.get(f"/v1/{path}/finance", params={"currency": "USD"})
                assert read.status_code == expected


async def test_a_country_costs_its_parts_of_editions_and_its_deliveries(books: Books) -> None:
    """The worked example again: 1,934,476.19 tenge of the edition, and a delivery of 10 dollars x 520 = 5,200."""
    await play(books)
    row = {"code": "d", "title": {"en": "D"}, "recipient_country": "TJ", "details": {"kind": "consulting"}}
    delivery = await enter(books.manager, "/v1/deliveries", row)
    await books.pay("10.00", "USD", edition_id=None, delivery_id=delivery["id"])
    period = {"since": "2025-04-01", "through": "2025-04-30"}
    read = await books.read("countries/TJ/costs", **period)
    assert read["reported"] == {"amount": "1939676.19", "currency": "KZT"}
    # 3,333,333.33 x 4 / 7 = 1,904,761.9029 and 100 x 4 / 7 = 57.1429, as the edition's own costs show.
    assert [money["amount"] for money in read["currencies"]] == ["1904761.90", "67.14"]
    assert [(part["subject"]["kind"], part["participants"]) for part in read["parts"]] == [
        ("delivery", None),
        ("edition", 4),
    ]
    edition = await books.read(f"editions/{books.edition}/costs")
    whole = Decimal(0)
    for country in ("TJ", "KG", "UZ"):
        parts = (await books.read(f"countries/{country}/costs", **period))["parts"]
        whole += sum((Decimal(p["reported"]["amount"]) for p in parts if p["participants"]), Decimal(0))
    assert str(whole) == edition["reported"]["total"]["amount"]
    assert (await books.read("countries/AF/costs", **period))["parts"] == []
    before = await books.read("countries/TJ/costs", since="2024-01-01", through="2024-12-31")
    assert (before["reported"]["amount"], before["rates"]) == ("0.00", [])
    assert (await books.manager.get("/v1/countries/TJ/costs", params=period)).status_code == 403


async def test_without_payments_an_edition_costs_nothing(books: Books) -> None:
    read = await books.read(f"editions/{books.edition}/costs")
    assert (read["currencies"], read["reported"]["total"]["amount"]) == ([], "0.00")
    assert read["reported"]["per_participant"] == read["reported"]["donors"] == read["rates"] == []


async def test_a_missing_rate_is_told_not_guessed(books: Books) -> None:
    await books.pay("1.00", "USD")
    for view in ("costs", "finance"):
        refused = await books.finance.get(f"/v1/editions/{books.edition}/{view}")
        assert code_of(refused) == (409, "rate-missing")


async def test_what_a_fund_pays_that_nobody_gave_to_has_no_owner(books: Books) -> None:
    await books.pay("1.00", "KZT")
    read = await books.read(f"editions/{books.edition}/costs")
    assert amounts(read["reported"]["donors"], "owner") == {"": "1.00"}


@pytest.mark.parametrize("currency", ["JPY", "KWD"])
async def test_amounts_have_the_decimals_of_the_reporting_currency(books: Books, currency: str) -> None:
    await books.rate("2025-04-01", JPY="3.5", KWD="1700")
    await books.pay("1000.00")
    read = await books.read(f"editions/{books.edition}/costs", currency=currency)
    expected = {"JPY": Decimal(286), "KWD": Decimal("0.588")}[currency]  # 285.71 and 0.58823
    assert read["reported"]["total"]["amount"] == str(expected)
