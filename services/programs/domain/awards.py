"""Grants and scholarships that are paid in instalments, by two people."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from services.common.problems import Fault
from services.common.states import LifeCycle


class AwardKind(StrEnum):
    """What is awarded."""

    GRANT = "grant"
    SCHOLARSHIP = "scholarship"


class InstalmentState(StrEnum):
    """How far an instalment has come."""

    PLANNED = "planned"
    APPROVED = "approved"
    PAID = "paid"
    CANCELLED = "cancelled"


I = InstalmentState  # noqa: E741  an abbreviation for the table below

INSTALMENT_LIFE: Final = LifeCycle(
    initial=I.PLANNED,
    transitions={
        I.PLANNED: frozenset({I.APPROVED, I.CANCELLED}),
        I.APPROVED: frozenset({I.PAID, I.PLANNED, I.CANCELLED}),
        I.PAID: frozenset({I.APPROVED}),
        I.CANCELLED: frozenset(),
    },
)
"""A paid instalment is approved again when its payment is reversed."""
OPEN: Final = frozenset({I.PLANNED, I.APPROVED})
"""What is still to be paid."""


@dataclass(frozen=True)
class InstalmentFacts:
    """What the guards look at."""

    state: InstalmentState
    has_condition: bool
    condition_met_on: date | None
    approved_by: str | None


def _no_step(facts: InstalmentFacts, target: InstalmentState) -> Fault:
    return Fault("/state", "no_such_step", f"An instalment that is {facts.state} cannot become {target}.")


def unmet_to_approve(facts: InstalmentFacts, today: date) -> list[Fault]:
    """Return what stands in the way of approving the instalment: its condition must have been met."""
    faults = [] if facts.state is I.PLANNED else [_no_step(facts, I.APPROVED)]
    if facts.has_condition and facts.condition_met_on is None:
        faults.append(
            Fault("/condition_met_on", "condition_unmet", "Say on which day the condition was met.")
        )
    if facts.condition_met_on is not None and facts.condition_met_on > today:
        faults.append(Fault("/condition_met_on", "in_future", "A condition is not met in the future."))
    return faults


def unmet_to_pay(facts: InstalmentFacts, payer: str) -> list[Fault]:
    """Return what stands in the way of `payer` paying the instalment: somebody else must have approved it."""
    faults = [] if facts.state is I.APPROVED else [_no_step(facts, I.PAID)]
    if facts.approved_by == payer:
        faults.append(Fault("/approved_by", "same_person", "Whoever approved an instalment does not pay it."))
    return faults
