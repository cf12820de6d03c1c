"""The rules of money, as tables and properties."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.common.codelists.iso import currency_minor_units
from services.common.money import Money
from services.programs.domain.costs import Booked, Share, cost_per_head, reckon, share
from services.programs.domain.money import EntryKind, Rate, convert, fits_rate
from services.programs.domain.problems import RateMissing

CURRENCIES = st.sampled_from(["USD", "JPY", "KWD", "KZT"])
WEIGHTS = st.dictionaries(st.sampled_from("ABCDEFGH"), st.integers(0, 10**6), max_size=8)


@st.composite
def amounts(draw: st.DrawFn) -> Money:
    currency = draw(CURRENCIES)
    units = draw(st.integers(-(10**12), 10**12))
    return Money(Decimal(units).scaleb(-currency_minor_units(currency)), currency)


@given(amounts(), WEIGHTS, st.randoms())
def test_shares_sum_exactly_are_fair_and_stand_whatever_the_order(total: Money, weights, random) -> None:  # type: ignore[no-untyped-def]  # hypothesis gives the types
    parts = share(total, weights)
    shuffled = list(weights.items())
    random.shuffle(shuffled)
    assert share(total, dict(shuffled)) == parts
    whole = sum(weights.values())
    if whole == 0:
        assert parts == []
        return
    assert sum(part.money.amount for part in parts) == total.amount
    unit = Fraction(1, 10 ** currency_minor_units(total.currency))
    for part in parts:
        exact = Fraction(total.amount) * weights[part.owner] / whole
        assert abs(Fraction(part.money.amount) - exact) < unit


@given(amounts(), st.integers(0, 60))
def test_costs_per_head_sum_exactly_and_differ_by_a_minor_unit_at_most(total: Money, heads: int) -> None:
    parts = cost_per_head(total, heads)
    assert sum(part.participants for part in parts) == heads
    if heads:
        assert sum(part.participants * part.money.amount for part in parts) == total.amount
        spread = max(p.money.amount for p in parts) - min(p.money.amount for p in parts)
        assert spread <= Decimal(1).scaleb(-currency_minor_units(total.currency))


def rate(base: str, quote: str, day: int, value: str) -> Rate:
    return Rate(base, quote, date(2025, 4, day), Decimal(value), "Synthetic bank")


USD_1, USD_8 = rate("USD", "KZT", 1, "500"), rate("USD", "KZT", 8, "510")
TRY_1 = rate("TRY", "KZT", 1, "12.5")
JPY_1 = rate("JPY", "USD", 1, "0.01")
RATES = [USD_8, USD_1, TRY_1, JPY_1]


@pytest.mark.parametrize(
    ("amount", "currency", "wanted", "day", "expected", "used"),
    [
        ("10.00", "USD", "USD", 1, "10.00", []),
        ("10.00", "USD", "KZT", 1, "5000.00", [USD_1]),
        ("10.00", "USD", "KZT", 7, "5000.00", [USD_1]),
        ("10.00", "USD", "KZT", 8, "5100.00", [USD_8]),
        ("1000.00", "KZT", "USD", 8, "1.96", [USD_8]),  # 1000 / 510 = 1.9607...
        ("100.00", "TRY", "USD", 2, "2.50", [TRY_1, USD_1]),  # 100 * 12.5 / 500
        ("1.00", "USD", "JPY", 1, "100", [JPY_1]),
        ("2.50", "KZT", "USD", 1, "0.00", [USD_1]),  # half a cent goes to the even one
        ("7.50", "KZT", "USD", 1, "0.02", [USD_1]),
    ],
)
def test_the_latest_rate_applies_of_the_pair_its_inverse_or_through_the_tenge(
    amount: str, currency: str, wanted: str, day: int, expected: str, used: list[Rate]
) -> None:
    converted = convert(Money(Decimal(amount), currency), wanted, date(2025, 4, day), RATES)
    assert str(converted.money.amount) == expected
    assert list(converted.rates) == used


@pytest.mark.parametrize(("currency", "wanted"), [("USD", "EUR"), ("EUR", "USD"), ("TRY", "JPY")])
def test_without_a_rate_nothing_is_guessed(currency: str, wanted: str) -> None:
    with pytest.raises(RateMissing):
        convert(Money(Decimal(1), currency), wanted, date(2025, 4, 2), RATES)


def test_a_rate_of_a_later_day_does_not_apply() -> None:
    with pytest.raises(RateMissing):
        convert(Money(Decimal(1), "USD"), "KZT", date(2025, 3, 31), RATES)


def test_a_worked_example_of_two_donors_in_two_currencies() -> None:
    """By hand: gifts 1,000 USD x 500 = 500,000 and 20,000 TRY x 12.5 = 250,000 tenge, so 2 : 1.

    Costs 100,000.00 KZT and 10.00 USD x 510 = 5,100 tenge, together 105,100: 70,066.67 and 35,033.33.
    """
    fund, usa, turkey = UUID(int=1), UUID(int=2), UUID(int=3)

    def booked(donor: UUID | None, kind: EntryKind, amount: str, currency: str, day: int) -> Booked:
        dated = date(2025, 4, day)
        return Booked(fund, donor, kind, Money(Decimal(amount), currency), dated, dated)

    gifts = [
        booked(usa, EntryKind.RECEIPT, "600.00", "USD", 1),
        booked(usa, EntryKind.RECEIPT, "400.00", "USD", 2),
        booked(turkey, EntryKind.RECEIPT, "20000.00", "TRY", 1),
    ]
    costs = [
        booked(None, EntryKind.EXPENDITURE, "60000.00", "KZT", 3),
        booked(None, EntryKind.EXPENDITURE, "40000.00", "KZT", 3),
        booked(None, EntryKind.DISBURSEMENT, "10.00", "USD", 9),
    ]
    reckoned = reckon(costs, gifts, {"TJ": 2, "": 1}, "KZT", RATES)
    assert str(reckoned.reported.total.amount) == "105100.00"
    assert shares(reckoned.reported.donors) == {str(usa): "70066.67", str(turkey): "35033.33"}
    assert list(reckoned.rates) == [TRY_1, USD_1, USD_8]
    tenge, dollars = reckoned.currencies
    assert shares(tenge.donors) == {str(usa): "66666.67", str(turkey): "33333.33"}
    assert shares(dollars.donors) == {str(usa): "6.67", str(turkey): "3.33"}
    assert shares(dollars.countries) == {"TJ": "6.67", "": "3.33"}
    assert [(part.participants, str(part.money.amount)) for part in dollars.per_head] == [
        (1, "3.34"),
        (2, "3.33"),
    ]


def shares(parts: Sequence[Share]) -> dict[str, str]:
    return {part.owner: str(part.money.amount) for part in parts}


def test_a_reversal_leaves_nothing_whatever_the_rate_has_become() -> None:
    """300 USD given at 500 and taken back when a dollar is worth 510: the giver has given nothing."""
    fund, left, stays = UUID(int=1), UUID(int=2), UUID(int=3)
    first, later = date(2025, 4, 1), date(2025, 4, 9)

    def booked(donor: UUID | None, kind: EntryKind, amount: str, dated: date, valued_on: date) -> Booked:
        return Booked(fund, donor, kind, Money(Decimal(amount), "USD"), dated, valued_on)

    gifts = [
        booked(left, EntryKind.RECEIPT, "300.00", first, first),
        booked(left, EntryKind.RECEIPT, "-300.00", later, first),
        booked(stays, EntryKind.RECEIPT, "1.00", later, later),
    ]
    cost = booked(None, EntryKind.EXPENDITURE, "9.00", later, later)
    assert shares(reckon([cost], gifts, {}, "KZT", RATES).reported.donors) == {str(stays): "4590.00"}
    nobody = reckon([cost], gifts[:2], {}, "USD", RATES)
    assert shares(nobody.reported.donors) == {"": "9.00"}


@given(
    st.lists(st.tuples(st.integers(1, 3), CURRENCIES, st.integers(1, 10**9)), min_size=1, max_size=8),
    st.lists(st.tuples(st.integers(1, 3), st.integers(1, 5), CURRENCIES, st.integers(1, 10**9)), max_size=8),
    st.dictionaries(st.sampled_from(["TJ", "KG", "UZ", ""]), st.integers(1, 30), max_size=4),
)
def test_every_breakdown_sums_to_its_total_exactly(costs, gifts, heads) -> None:  # type: ignore[no-untyped-def]  # hypothesis gives the types
    day = date(2025, 4, 2)
    rates = [*RATES, rate("KWD", "KZT", 1, "1700.5"), rate("JPY", "KZT", 1, "3.51")]

    def booked(fund: int, donor: int, currency: str, units: int) -> Booked:
        money = Money(Decimal(units).scaleb(-currency_minor_units(currency)), currency)
        return Booked(UUID(int=fund), UUID(int=donor), EntryKind.RECEIPT, money, day, day)

    paid = [booked(fund, 9, currency, units) for fund, currency, units in costs]
    given_ = [booked(*gift) for gift in gifts if gift[0] in {cost[0] for cost in costs}]
    reckoned = reckon(paid, given_, heads, "KZT", rates)
    for part in (*reckoned.currencies, reckoned.reported):
        assert sum(donor.money.amount for donor in part.donors) == part.total.amount
        if heads:
            assert sum(country.money.amount for country in part.countries) == part.total.amount
            assert sum(h.participants * h.money.amount for h in part.per_head) == part.total.amount
    by_currency = {part.total.currency: part.total.amount for part in reckoned.currencies}
    for currency in {cost.money.currency for cost in paid}:
        exact = sum(cost.money.amount for cost in paid if cost.money.currency == currency)
        assert by_currency[currency] == exact


@pytest.mark.parametrize(
    ("given_", "received", "rate_", "fits"),
    [
        ("100.00 USD", "52354.00 KZT", "523.54", True),
        ("100.00 USD", "52354.01 KZT", "523.54", False),
        ("0.01 USD", "5.23 KZT", "523.54", True),
        ("0.01 USD", "5.24 KZT", "523.54", True),
        ("0.01 USD", "5.25 KZT", "523.54", False),
        ("1000.00 KZT", "1.91 USD", "0.00191008", True),
        ("1000.00 KZT", "1.90 USD", "0.00191008", False),
        ("100.00 USD", "15012 JPY", "150.125", True),
        ("100.00 USD", "15014 JPY", "150.125", False),
    ],
)
def test_a_bank_may_round_either_way_but_by_less_than_a_minor_unit(
    given_: str, received: str, rate_: str, *, fits: bool
) -> None:
    def money(text: str) -> Money:
        amount, currency = text.split()
        return Money(Decimal(amount), currency)

    assert fits_rate(money(given_), money(received), Decimal(rate_)) is fits
