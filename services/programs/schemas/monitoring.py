"""Milestones, risks and status reports on the wire."""

from datetime import date
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from services.common.actions import Action
from services.common.clock import Provenance
from services.common.wire import Answer, Day, Id, Request, Resource, Text, Texts
from services.common.wire_codes import EdtfText
from services.programs.domain.evidence import SubjectKind
from services.programs.domain.monitoring import Light, MilestoneState, OverdueKind, RiskState
from services.programs.schemas.evidence import SubjectRead

PercentDone = Annotated[int, Field(strict=True, ge=0, le=100)]
Grade = Annotated[int, Field(strict=True, ge=1, le=5)]
"""1 (least) to 5 (most)."""


class MonitoredSubject(Request):
    """The program, edition or delivery that is followed."""

    kind: Literal[SubjectKind.PROGRAM, SubjectKind.EDITION, SubjectKind.DELIVERY]
    id: Id


class MilestoneCreate(Request):
    """Something to be reached by a day; synthetic where its subject is."""

    subject: MonitoredSubject
    title: Texts
    due: EdtfText
    progress: PercentDone | None = None


class MilestoneChange(Request):
    """What is to be different of a milestone that is open; what is left out stays as it is."""

    title: Texts | None = None
    due: EdtfText | None = None
    progress: PercentDone | None = None


class MilestoneAchievement(Request):
    """When it was reached."""

    achieved_on: Day


class MilestoneCancellation(Request):
    """Why it is given up."""

    reason: Text


class MilestoneItem(Resource):
    """Something to be reached by a day."""

    subject: SubjectRead
    title: dict[str, str]
    due: str
    progress: int | None
    state: MilestoneState
    overdue: bool
    achieved_on: date | None
    state_reason: str | None
    provenance: Provenance


class MilestoneRead(MilestoneItem):
    """One milestone, with what the caller may do next."""

    actions: list[Action]


class RiskCreate(Request):
    """What may go wrong."""

    subject: MonitoredSubject
    title: Texts
    likelihood: Grade
    impact: Grade
    response: Texts | None = None
    review_by: Day | None = None


class RiskChange(Request):
    """What is to be different of a risk that is not closed; what is left out stays as it is."""

    likelihood: Grade | None = None
    impact: Grade | None = None
    response: Texts | None = None
    review_by: Day | None = None


class RiskStateChange(Request):
    """What became of a risk, and how."""

    state: Literal[RiskState.OCCURRED, RiskState.CLOSED]
    reason: Text


class RiskItem(Resource):
    """What may go wrong or, once it has occurred, what does."""

    subject: SubjectRead
    title: dict[str, str]
    likelihood: int
    impact: int
    rating: int
    """Likelihood times impact, 1 to 25."""
    response: dict[str, str] | None
    review_by: date | None
    overdue: bool
    """It should have been reviewed by now."""
    state: RiskState
    state_reason: str | None
    provenance: Provenance


class RiskRead(RiskItem):
    """One risk, with what the caller may do next."""

    actions: list[Action]


class StatusReportCreate(Request):
    """How an undertaking stood on one day; a light that is not green says why."""

    subject: MonitoredSubject
    as_of: Day
    schedule: Light
    cost: Light
    scope: Light
    quality: Light
    comment: Texts | None = None
    next_by: Day | None = None
    """The last day for the report after this one; from then on it is overdue."""

    @model_validator(mode="after")
    def _say_why(self) -> Self:
        if self.next_by is not None and self.next_by <= self.as_of:
            raise ValueError("the next report comes after this one")
        if self.comment is None and {self.schedule, self.cost, self.scope, self.quality} != {Light.GREEN}:
            raise ValueError("a light that is not green needs a comment")
        return self


class StatusReportRead(Resource):
    """How a program, edition or delivery stood on one day."""

    subject: SubjectRead
    as_of: date
    schedule: Light
    cost: Light
    scope: Light
    quality: Light
    comment: dict[str, str] | None
    next_by: date | None
    provenance: Provenance


class OverdueItem(Answer):
    """Something that should have happened by now and has not."""

    kind: OverdueKind
    id: UUID
    href: str
    title: dict[str, str]
    subject: SubjectRead
    """The program, edition or delivery that it concerns."""
    due: date
    """The last day on which it would have been in time."""
