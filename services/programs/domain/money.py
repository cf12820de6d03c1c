"""The rules of money: what a ledger entry is, and which exchange rate applies."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final

from services.common.codelists.iso import currency_minor_units
from services.common.money import Money
from services.programs.domain.problems import RateMissing

PIVOT: Final = "KZT"
"""Two currencies without a rate of their own are converted through the tenge."""


class EntryKind(StrEnum):
    """What a ledger entry records; a reversal has the kind of what it reverses."""

    PLEDGE = "pledge"
    COMMITMENT = "commitment"
    RECEIPT = "receipt"
    IN_KIND = "in_kind"
    EXCHANGE_OUT = "exchange_out"
    """What a fund gave away for money of another currency; the next is what it got for it."""
    EXCHANGE_IN = "exchange_in"
    ALLOCATION = "allocation"
    OUTGOING_COMMITMENT = "outgoing_commitment"
    DISBURSEMENT = "disbursement"
    EXPENDITURE = "expenditure"


IATI_TYPES: Final[Mapping[EntryKind, str]] = {
    EntryKind.PLEDGE: "13",
    EntryKind.COMMITMENT: "11",
    EntryKind.RECEIPT: "1",
    EntryKind.OUTGOING_COMMITMENT: "2",
    EntryKind.DISBURSEMENT: "3",
    EntryKind.EXPENDITURE: "4",
}
"""IATI TransactionType; allocations, exchanges within a fund and goods in kind are no transactions there."""
ORIGINS: Final[Mapping[EntryKind, EntryKind]] = {
    EntryKind.COMMITMENT: EntryKind.PLEDGE,
    EntryKind.RECEIPT: EntryKind.COMMITMENT,
}
"""What an entry may fulfill: a commitment a pledge, a receipt a commitment."""
EXCHANGED: Final = frozenset({EntryKind.EXCHANGE_OUT, EntryKind.EXCHANGE_IN})
"""The two sides of an exchange, which stand and fall together."""
ACTUAL: Final = EXCHANGED | frozenset(
    {EntryKind.RECEIPT, EntryKind.IN_KIND, EntryKind.DISBURSEMENT, EntryKind.EXPENDITURE}
)
"""What has happened, and so cannot be dated in the future (invariant P7)."""
SPENT: Final = frozenset({EntryKind.DISBURSEMENT, EntryKind.EXPENDITURE})
"""What leaves the fund, and is the cost of what it was spent on."""
GIVEN: Final = frozenset({EntryKind.RECEIPT, EntryKind.IN_KIND})
"""What a donor has really given."""


@dataclass(frozen=True)
class Rate:
    """One unit of `base` is worth `rate` units of `quote` on that day."""

    base: str
    quote: str
    dated: date
    rate: Decimal
    source: str


@dataclass(frozen=True)
class Converted:
    """An amount in another currency, and the rates that led there; none if it was in that currency."""

    money: Money
    rates: Sequence[Rate]


def fits_rate(given: Money, received: Money, rate: Decimal) -> bool:
    """Say whether `received` is `given` at `rate`, give or take less than a minor unit: banks round differently."""
    exact = Fraction(given.amount) * Fraction(rate)
    unit = Fraction(1, 10 ** currency_minor_units(received.currency))
    return abs(Fraction(received.amount) - exact) < unit


def convert(money: Money, currency: str, on: date, rates: Sequence[Rate]) -> Converted:
    """Return the amount in `currency` by the rates of day `on`, rounded half to even to its minor unit.

    The latest rate of that day or before applies: of the pair, or where it has none, its inverse, or both
    through the tenge. Raises `RateMissing` where no rate leads to the currency.
    """
    path = _find_path(money.currency, currency, on, rates)
    value, held = Fraction(money.amount), money.currency
    for step in path:
        forward = step.base == held
        value = value * Fraction(step.rate) if forward else value / Fraction(step.rate)
        held = step.quote if forward else step.base
    unit = Decimal(1).scaleb(-currency_minor_units(currency))
    return Converted(Money(round(value / Fraction(unit)) * unit, currency), path)


def _find_path(base: str, quote: str, on: date, rates: Sequence[Rate]) -> list[Rate]:
    if base == quote:
        return []
    if direct := _latest(base, quote, on, rates):
        return [direct]
    first, second = _latest(base, PIVOT, on, rates), _latest(PIVOT, quote, on, rates)
    if first is None or second is None:
        raise RateMissing(f"No rate from {base} to {quote} on {on} or before.")
    return [first, second]


def _latest(base: str, quote: str, on: date, rates: Sequence[Rate]) -> Rate | None:
    for pair in ((base, quote), (quote, base)):
        known = [rate for rate in rates if (rate.base, rate.quote) == pair and rate.dated <= on]
        if known:
            return max(known, key=lambda rate: rate.dated)
    return None
