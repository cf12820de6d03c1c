"""What things cost, and whose part of it is how much."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from services.common.money import Money, split_largest_remainder
from services.programs.domain.money import EntryKind, Rate, convert


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
    """A ledger entry, as far as costs and budgets depend on it."""

    fund_id: UUID
    organization_id: UUID | None
    kind: EntryKind
    money: Money
    dated: date
    valued_on: date
    """The day whose rate applies: its own, or of a reversal that of what it takes back, so that nothing is left."""


def sum_by_currency(amounts: Iterable[Money]) -> list[Money]:
    """Return one exact sum per currency, by currency."""
    totals: dict[str, Money] = {}
    for money in amounts:
        held = totals.get(money.currency)
        totals[money.currency] = money if held is None else held + money
    return [totals[currency] for currency in sorted(totals)]


class Worth:
    """Amounts as they are worth in one currency, each by the rate of its own day, and every rate that was used."""

    def __init__(self, currency: str, rates: Sequence[Rate]) -> None:
        self.currency = currency
        self._known = rates
        self._used: dict[Rate, None] = {}

    def of(self, money: Money, on: date) -> Money:
        """Return what the amount was worth on that day; raises `RateMissing`."""
        converted = convert(money, self.currency, on, self._known)
        self._used.update(dict.fromkeys(converted.rates))
        return converted.money

    def sum(self, entries: Sequence[Booked]) -> Money:
        """Return what the entries were worth together."""
        return sum((self.of(e.money, e.valued_on) for e in entries), Money(Decimal(0), self.currency))

    @property
    def rates(self) -> list[Rate]:
        """The rates that were used, by pair and day."""
        return sorted(self._used, key=lambda rate: (rate.base, rate.quote, rate.dated))


@dataclass(frozen=True)
class CountryPart:
    """What one undertaking has cost for one country: by the currencies of payment, and in one to report in."""

    subject_id: UUID
    participants: int | None
    """Of the country; None of a delivery, which is the country's as a whole."""
    currencies: Sequence[Money]
    reported: Money


def part_of_country(
    subject_id: UUID, paid: Sequence[Booked], country: str, heads: Mapping[str, int] | None, worth: Worth
) -> CountryPart:
    """Return the country's part of what was paid: by its heads among all, or without heads the whole.

    It is the same part that the undertaking's own costs show for the country, to the minor unit.
    """

    def own(total: Money) -> Money:
        if heads is None:
            return total
        parts = {part.owner: part.money for part in share(total, heads)}
        return parts.get(country, Money(Decimal(0), total.currency))

    totals = sum_by_currency(entry.money for entry in paid)
    participants = None if heads is None else heads.get(country, 0)
    return CountryPart(subject_id, participants, [own(total) for total in totals], own(worth.sum(paid)))


@dataclass(frozen=True)
class Breakdown:
    """Costs in one currency, by head, by country and by donor; each sums to the total exactly."""

    total: Money
    per_head: Sequence[PerHead]
    countries: Sequence[Share]
    donors: Sequence[Share]


@dataclass(frozen=True)
class Reckoned:
    """Costs in each currency in which they were paid, and in one to report in, with every rate that was used."""

    currencies: Sequence[Breakdown]
    reported: Breakdown
    rates: Sequence[Rate]


def reckon(
    costs: Sequence[Booked],
    gifts: Sequence[Booked],
    heads: Mapping[str, int],
    currency: str,
    rates: Sequence[Rate],
) -> Reckoned:
    """Return the costs by currency and in `currency`, divided among heads (by country) and donors.

    Each entry is converted by the rate of its own day. What a fund has paid is shared among its donors in
    proportion to what each of them has given to it, worth in `currency`; an empty owner stands for money of a
    fund that nobody has given to. Raises `RateMissing`.
    """
    worth = Worth(currency, rates)
    weights: dict[UUID, dict[str, Decimal]] = {cost.fund_id: {} for cost in costs}
    for gift in gifts:
        given = weights[gift.fund_id]
        owner = str(gift.organization_id)
        given[owner] = given.get(owner, Decimal(0)) + worth.of(gift.money, gift.valued_on).amount

    def divide(paid: Mapping[UUID, Money], unit: str) -> Breakdown:
        nothing = Money(Decimal(0), unit)
        total = sum(paid.values(), nothing)
        donors: dict[str, Money] = {}
        for fund, amount in paid.items():
            for part in share(amount, weights[fund]) or [Share("", amount)]:
                donors[part.owner] = donors.get(part.owner, nothing) + part.money
        return Breakdown(
            total,
            cost_per_head(total, sum(heads.values())),
            share(total, heads),
            [Share(owner, donors[owner]) for owner in sorted(donors)],
        )

    by_fund = {fund: [cost for cost in costs if cost.fund_id == fund] for fund in weights}
    currencies = [
        divide(
            {
                fund: money
                for fund, paid in by_fund.items()
                for money in sum_by_currency(cost.money for cost in paid)
                if money.currency == unit
            },
            unit,
        )
        for unit in sorted({cost.money.currency for cost in costs})
    ]
    reported = divide({fund: worth.sum(paid) for fund, paid in by_fund.items()}, currency)
    return Reckoned(currencies, reported, worth.rates)
