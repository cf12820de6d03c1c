"""What a budget is, and how it stands against what was paid."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from services.common.money import Money
from services.programs.domain.costs import Booked, Worth
from services.programs.domain.money import SPENT, EntryKind, Rate


class BudgetKind(StrEnum):
    """Whether it is the first one of its period (IATI BudgetType 1), or corrects another (2)."""

    ORIGINAL = "original"
    REVISED = "revised"


class BudgetStatus(StrEnum):
    """Whether it binds (IATI BudgetStatus 2), or is an estimate (1)."""

    INDICATIVE = "indicative"
    COMMITTED = "committed"


def within_a_year(starts_on: date, ends_on: date) -> bool:
    """Say whether the period, both days included, is in order and at most a year long (invariant P7)."""
    anniversary = (starts_on.year + 1, starts_on.month, starts_on.day)
    return starts_on <= ends_on and (ends_on.year, ends_on.month, ends_on.day) < anniversary


@dataclass(frozen=True)
class Planned:
    """A budget in force."""

    id: UUID
    starts_on: date
    ends_on: date
    money: Money
    valued_on: date


@dataclass(frozen=True)
class Comparison:
    """A budget, and what was paid in its period, each payment by the rate of its day."""

    budget_id: UUID
    starts_on: date
    ends_on: date
    budgeted: Money
    paid: Money

    @property
    def left(self) -> Money:
        """What is left of the budget; below zero where it is overspent."""
        return self.budgeted - self.paid

    @property
    def spent_percent(self) -> Decimal | None:
        """How much of it is spent, to one decimal; None of a budget of nothing."""
        if not self.budgeted.amount:
            return None
        return (100 * self.paid.amount / self.budgeted.amount).quantize(Decimal("0.1"))


def compare(budget: Planned, entries: Sequence[Booked], rates: Sequence[Rate]) -> tuple[Comparison, Worth]:
    """Return the budget against what was paid from its first to its last day; raises `RateMissing`."""
    worth = Worth(budget.money.currency, rates)
    within = [
        entry
        for entry in entries
        if entry.kind in SPENT and budget.starts_on <= entry.dated <= budget.ends_on
    ]
    return Comparison(budget.id, budget.starts_on, budget.ends_on, budget.money, worth.sum(within)), worth


@dataclass(frozen=True)
class Standing:
    """How the money for something stands, in one currency."""

    budgeted: Money
    allocated: Money
    committed: Money
    """What funds have committed themselves to pay."""
    paid: Money

    @property
    def left(self) -> Money:
        """Budgeted and not paid; below zero where it is overspent."""
        return self.budgeted - self.paid


def stand(budgets: Sequence[Planned], entries: Sequence[Booked], worth: Worth) -> Standing:
    """Return how the money stands in `worth`'s currency: budgets by the rate of the day they are valued on."""

    def booked(*kinds: EntryKind) -> Money:
        return worth.sum([entry for entry in entries if entry.kind in kinds])

    planned = (worth.of(budget.money, budget.valued_on) for budget in budgets)
    return Standing(
        budgeted=sum(planned, Money(Decimal(0), worth.currency)),
        allocated=booked(EntryKind.ALLOCATION),
        committed=booked(EntryKind.OUTGOING_COMMITMENT),
        paid=booked(*SPENT),
    )


def stand_by_currency(budgets: Sequence[Planned], entries: Sequence[Booked]) -> list[Standing]:
    """Return how the money stands in each currency that occurs, by currency, nothing converted."""
    held = {budget.money.currency for budget in budgets} | {entry.money.currency for entry in entries}
    return [
        stand(
            [budget for budget in budgets if budget.money.currency == currency],
            [entry for entry in entries if entry.money.currency == currency],
            Worth(currency, ()),
        )
        for currency in sorted(held)
    ]
