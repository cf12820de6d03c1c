from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.common.codelists.iso import currency_minor_units
from services.common.money import Money, split_largest_remainder

currencies = st.sampled_from(["KZT", "USD", "JPY", "BHD", "CLF", "AFN", "BGN"])
weights = st.lists(
    st.one_of(st.integers(0, 10**9), st.decimals(0, 10**6, allow_nan=False, places=4)),
    min_size=1,
    max_size=20,
).filter(any)


@st.composite
def amounts(draw: st.DrawFn) -> Money:
    currency = draw(currencies)
    units = draw(st.integers(-(10**13), 10**13))
    return Money(Decimal(units).scaleb(-currency_minor_units(currency)), currency)


@pytest.mark.parametrize(
    ("amount", "currency", "printed"),
    [
        ("12.5", "USD", "12.50"),
        ("12.5000", "USD", "12.50"),  # as numeric(18, 4) comes back from the database
        ("1E+2", "KZT", "100.00"),
        ("7", "JPY", "7"),
        ("7.0000", "JPY", "7"),
        ("0.125", "BHD", "0.125"),
        ("1.0001", "CLF", "1.0001"),
        ("12.50", "AFN", "12.50"),
        ("-3", "EUR", "-3.00"),
        ("-0", "EUR", "0.00"),
        ("99999999999999.9999", "CLF", "99999999999999.9999"),
        ("1", "BGN", "1.00"),  # withdrawn in 2026, still on old records
    ],
)
def test_amounts_are_kept_in_full_minor_units(amount: str, currency: str, printed: str) -> None:
    assert str(Money(Decimal(amount), currency).amount) == printed


@pytest.mark.parametrize(
    ("amount", "currency"),
    [
        ("1.005", "USD"),
        ("0.5", "JPY"),
        ("0.0001", "BHD"),
        ("0.00001", "CLF"),
        ("1E-40", "USD"),
        ("100000000000000", "USD"),
        ("-100000000000000", "USD"),
        ("1E+999999", "USD"),
        ("NaN", "USD"),
        ("sNaN", "USD"),
        ("Infinity", "USD"),
        ("-Infinity", "USD"),
        ("1", "usd"),
        ("1", "ZZZ"),
        ("1", "XAU"),
        ("1", "XXX"),
        ("1", ""),
    ],
)
def test_what_is_not_money_is_refused(amount: str, currency: str) -> None:
    with pytest.raises(ValueError, match=r"^(the amount (must|has)|not a currency)"):
        Money(Decimal(amount), currency)


def test_amounts_of_one_currency_add_and_subtract() -> None:
    ten, four = Money(Decimal(10), "USD"), Money(Decimal("4.05"), "USD")
    assert ten + four == Money(Decimal("14.05"), "USD")
    assert four - ten == Money(Decimal("-5.95"), "USD")


def test_two_currencies_never_mix() -> None:
    dollars, tenge = Money(Decimal(10), "USD"), Money(Decimal(10), "KZT")
    with pytest.raises(ValueError, match="different currencies"):
        _ = dollars + tenge
    with pytest.raises(ValueError, match="different currencies"):
        _ = dollars - tenge


def test_a_sum_outgrows_no_column() -> None:
    most = Money(Decimal("99999999999999.99"), "USD")
    with pytest.raises(ValueError, match="14 digits"):
        _ = most + Money(Decimal("0.01"), "USD")


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        ("10.00", [1, 1, 1], ["3.34", "3.33", "3.33"]),
        ("0.05", [1, 1], ["0.03", "0.02"]),
        ("100.00", [Decimal("33.33"), Decimal("33.33"), Decimal("33.34")], ["33.33", "33.33", "33.34"]),
        ("0.02", [1, 1, 1], ["0.01", "0.01", "0.00"]),
        ("1.00", [1, 0, 2], ["0.33", "0.00", "0.67"]),
        ("-10.00", [1, 1, 1], ["-3.34", "-3.33", "-3.33"]),
        ("0.00", [1, 2], ["0.00", "0.00"]),
        ("7.00", [5], ["7.00"]),
        # The usual example of the method: ten seats for six parties.
        ("0.10", [47000, 16000, 15800, 12000, 6100, 3100], ["0.05", "0.02", "0.01", "0.01", "0.01", "0.00"]),
    ],
)
def test_amounts_are_split_by_largest_remainder(
    total: str, weights: list[Decimal | int], parts: list[str]
) -> None:
    split = split_largest_remainder(Money(Decimal(total), "USD"), weights)
    assert [str(part.amount) for part in split] == parts


@given(amounts(), weights)
@settings(deadline=None)
def test_parts_sum_to_the_whole_and_stay_within_a_minor_unit_of_their_share(
    total: Money, weights: list[Decimal | int]
) -> None:
    parts = split_largest_remainder(total, weights)
    assert len(parts) == len(weights)
    assert sum(part.amount for part in parts) == total.amount
    unit = 10 ** currency_minor_units(total.currency)
    whole = sum(Decimal(weight) for weight in weights)
    for part, weight in zip(parts, weights, strict=True):
        # |part - share| < 1 minor unit, multiplied out so that nothing is divided
        assert abs(part.amount * whole - total.amount * weight) * unit < whole
        assert weight or part.amount == 0


@pytest.mark.parametrize("weights", [[], [0], [0, 0], [1, -1], [Decimal("NaN")], [1, Decimal("Infinity")]])
def test_weights_that_divide_nothing_are_refused(weights: list[Decimal | int]) -> None:
    with pytest.raises(ValueError, match="weights"):
        split_largest_remainder(Money(Decimal(1), "USD"), weights)
