"""How an edition stands, stood and may change, on the wire."""

from datetime import datetime
from typing import Any, Self
from uuid import UUID

from pydantic import model_validator

from services.common.actions import BlockedBy
from services.common.wire import Answer, Line, Reference, Request
from services.programs.domain.editions import EditionState
from services.programs.schemas.editions import EligibilityRuleRead, Period
from services.programs.schemas.monitoring import StatusReportRead


class EditionStateChange(Request):
    """The state that is wanted, and why where the step needs a reason."""

    state: EditionState
    reason: Line | None = None
    period: Period | None = None
    """Where an edition is postponed, or planned anew: the new period. Call and timetable move along by days."""

    @model_validator(mode="after")
    def _of_another_time(self) -> Self:
        if self.period is not None and self.state not in (EditionState.POSTPONED, EditionState.PLANNED):
            raise ValueError("only a postponed edition gets another period by its change of state")
        return self


class EditionStateChangeResult(Answer):
    """What the change did, or would do."""

    edition_id: UUID
    from_state: EditionState
    to_state: EditionState
    applied: bool
    unmet: list[BlockedBy]


class EditionHistoryRead(Answer):
    """What a change made of an edition."""

    edition_version: int
    created_at: datetime
    actor: str
    """The id of an account, or the name of the service whose clock acted."""
    action: str
    state: EditionState
    """After the change."""
    changes: dict[str, Any]
    """The new values of the fields that changed; a part that changed, such as the seats, stands with null."""


class PublicTextRead(Answer):
    """One version of what the public was told of an edition."""

    number: int
    since: datetime
    text: dict[str, str]


class RuleVersionRead(Answer):
    """One version of an edition's eligibility rules."""

    number: int
    since: datetime
    actor: str
    rules: list[EligibilityRuleRead] | None


class SeatCount(Answer):
    """How the seats of one line stand, as participants last told."""

    seat_line_id: UUID
    taken: int
    accepted: int
    waiting: int
    overcommitted: int


class ResultState(Answer):
    """How a snapshot of results stands, as evaluation last told."""

    phase: str
    state: str
    visibility: str
    reason: str | None


class MonitoringRead(Answer):
    """An edition's progress, as its managers report it and from what the other rooms told."""

    edition: Reference
    state: EditionState
    status_report: StatusReportRead | None
    """The latest."""
    overdue_milestones: int
    open_risks: int
    seats: int | None
    lines: list[SeatCount]
    results: list[ResultState]
