"""The rules of money: what a ledger entry is, which exchange rate applies, how costs are shared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final
from uuid import UUID

from services.common.codelists.iso import currency_minor_units
from services.common.money import Money, split_largest_remainder
from services.programs.domain.problems import RateMissing

PIVOT: Final = "KZT"
"""Two currencies without a rate of their own are converted through the tenge."""


class EntryKind(StrEnum):
    """What a ledger entry records; a reversal has the kind of what it reverses."""

    PLEDGE = "pledge"
    COMMITMENT = "commitment"
    RECEIPT = "receipt"
    IN_KIND = "in_kind"
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
"""IATI TransactionType; allocations and goods in kind are no transactions there."""
ORIGINS: Final[Mapping[EntryKind, EntryKind]] = {
    EntryKind.COMMITMENT: EntryKind.PLEDGE,
    EntryKind.RECEIPT: EntryKind.COMMITMENT,
}
"""What an entry may fulfill: a commitment a pledge, a receipt a commitment."""
ACTUAL: Final = frozenset(
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


@dataclass(frozen=True)
class Share:
    """The part of a cost that falls on one owner: a donor's id, a country's code."""

    owner: str
    money: Money


def share(total: Money, weights: Mapping[str, Decimal | int]) -> list[Share]:
    """Split a cost over owners in proportion to their weights, by owner; nothing to share it by: nothing.

    The shares sum to the cost exactly. Owners are put in order first, so that the order in which they come
    decides nothing.
    """
    owners = sorted(owner for owner, weight in weights.items() if weight > 0)
    if not owners:
        return []
    parts = split_largest_remainder(total, [weights[owner] for owner in owners])
    return [Share(owner, part) for owner, part in zip(owners, parts, strict=True)]


@dataclass(frozen=True)
class PerHead:
    """So many participants cost so much each."""

    participants: int
    money: Money


def cost_per_head(total: Money, participants: int) -> list[PerHead]:
    """Return what one participant costs; two amounts, a minor unit apart, where it does not come out even.

    Participants times amounts sum to the total exactly; without participants there is no such cost.
    """
    if participants == 0:
        return []
    parts = [part.amount for part in split_largest_remainder(total, [1] * participants)]
    return [
        PerHead(parts.count(amount), Money(amount, total.currency))
        for amount in sorted(set(parts), reverse=True)
    ]


@dataclass(frozen=True)
class Booked:
    """A ledger entry, as far as costs depend on it."""

    fund_id: UUID
    organization_id: UUID | None
    kind: EntryKind
    money: Money
    dated: date


def sum_by_currency(entries: Sequence[Booked]) -> list[Money]:
    """Return one exact sum per currency, by currency."""
    totals: dict[str, Money] = {}
    for entry in entries:
        held = totals.get(entry.money.currency)
        totals[entry.money.currency] = entry.money if held is None else held + entry.money
    return [totals[currency] for currency in sorted(totals)]


@dataclass(frozen=True)
class Reckoned:
    """Costs in one currency, and every rate that was used."""

    total: Money
    donors: Sequence[Share]
    rates: Sequence[Rate]


def reckon(
    costs: Sequence[Booked], gifts: Sequence[Booked], currency: str, rates: Sequence[Rate]
) -> Reckoned:
    """Return the costs in `currency`, and each donor's share of them.

    Each entry is converted by the rate of its own day. What a fund has paid is shared among its donors in
    proportion to what each of them has given to it.
    """
    used: dict[Rate, None] = {}

    def worth(entry: Booked) -> Money:
        converted = convert(entry.money, currency, entry.dated, rates)
        used.update(dict.fromkeys(converted.rates))
        return converted.money

    nothing = Money(Decimal(0), currency)
    paid: dict[UUID, Money] = {}
    for cost in costs:
        paid[cost.fund_id] = paid.get(cost.fund_id, nothing) + worth(cost)
    given: dict[UUID, dict[str, Decimal]] = {fund: {} for fund in paid}
    for gift in gifts:
        donors = given[gift.fund_id]
        owner = str(gift.organization_id)
        donors[owner] = donors.get(owner, Decimal(0)) + worth(gift).amount
    shares: dict[str, Money] = {}
    for fund, amount in paid.items():
        for part in share(amount, given[fund]):
            shares[part.owner] = shares.get(part.owner, nothing) + part.money
    total = sum(paid.values(), nothing)
    in_order = sorted(used, key=lambda rate: (rate.base, rate.quote, rate.dated))
    return Reckoned(total, [Share(owner, shares[owner]) for owner in sorted(shares)], in_order)
