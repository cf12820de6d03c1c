"""How an undertaking is followed: milestones, risks and status reports."""

from enum import StrEnum
from typing import Final

from services.common.states import LifeCycle


class MilestoneState(StrEnum):
    """Whether a milestone has been reached."""

    OPEN = "open"
    ACHIEVED = "achieved"
    CANCELLED = "cancelled"


MILESTONE_LIFE: Final = LifeCycle(
    initial=MilestoneState.OPEN,
    transitions={
        MilestoneState.OPEN: frozenset({MilestoneState.ACHIEVED, MilestoneState.CANCELLED}),
        MilestoneState.ACHIEVED: frozenset(),
        MilestoneState.CANCELLED: frozenset(),
    },
)


class RiskState(StrEnum):
    """Whether a risk may come, has come (then it is called an issue), or is past."""

    OPEN = "open"
    OCCURRED = "occurred"
    CLOSED = "closed"


RISK_LIFE: Final = LifeCycle(
    initial=RiskState.OPEN,
    transitions={
        RiskState.OPEN: frozenset({RiskState.OCCURRED, RiskState.CLOSED}),
        RiskState.OCCURRED: frozenset({RiskState.CLOSED}),
        RiskState.CLOSED: frozenset(),
    },
)


class OverdueKind(StrEnum):
    """What can be overdue: a milestone, the review of a risk, a handover, a design task, the next report."""

    MILESTONE = "milestone"
    RISK = "risk"
    DELIVERY = "delivery"
    DESIGN_TASK = "design_task"
    STATUS_REPORT = "status_report"


class Light(StrEnum):
    """How one side of an undertaking stands."""

    GREEN = "green"
    """As planned."""
    AMBER = "amber"
    """Off the plan, and those in charge can mend it."""
    RED = "red"
    """Off the plan, and others must decide."""


def rate_risk(likelihood: int, impact: int) -> int:
    """Return the rating of a risk, 1 to 25: likelihood times impact, 1 to 5 each (matrix of IEC 31010)."""
    return likelihood * impact
