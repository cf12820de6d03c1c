"""What campaigns look like on the wire."""

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import AfterValidator, Field, StrictInt, model_validator

from services.common.actions import Action
from services.common.clock import Provenance
from services.common.wire import Answer, Flag, Id, Instant, Request, Resource
from services.evaluation.domain.campaigns import MOST_REMINDERS, Anonymity, CampaignState, Delivery, Phase
from services.evaluation.domain.suppression import Audience, settle_thresholds

Thresholds = Annotated[
    dict[Audience, Annotated[StrictInt, Field(ge=1, le=1000)]], AfterValidator(settle_thresholds)
]
"""Respondents needed before a figure is shown to an audience; they can only be raised."""


def _in_order(days: list[int]) -> list[int]:
    if sorted(set(days)) != days:
        raise ValueError("expected different days in their order")
    return days


ReminderDays = Annotated[
    list[Annotated[StrictInt, Field(ge=1, le=120)]],
    Field(max_length=MOST_REMINDERS),
    AfterValidator(_in_order),
]
"""Days after the opening on which those who have not answered are reminded; by e-mail only."""


class CampaignCreate(Request):
    """A survey of an edition's cohort with a published version of an instrument."""

    edition_id: Id
    instrument_id: Id
    version_number: Annotated[StrictInt, Field(ge=1, le=10_000)]
    phase: Phase
    anonymity: Anonymity = Anonymity.ANONYMOUS
    delivery: Delivery = Delivery.EMAIL
    opens_at: Instant | None = None
    """When it opens by itself once it is scheduled."""
    closes_at: Instant | None = None
    reminder_days: ReminderDays = Field(default_factory=list)
    paired: Flag = False
    """Whether respondents may give a code of their own by which answers before and after are paired."""
    thresholds: Thresholds = Field(default_factory=dict, validate_default=True)

    @model_validator(mode="after")
    def _follows(self) -> Self:
        if self.opens_at and self.closes_at and self.closes_at <= self.opens_at:
            raise ValueError("a survey closes after it opens")
        identified = self.anonymity is Anonymity.IDENTIFIED
        if identified and (self.delivery is not Delivery.EMAIL or self.paired):
            raise ValueError("who answers is known by e-mail only, and needs no code")
        if self.phase is Phase.SUPERVISOR and (self.delivery is not Delivery.EMAIL or self.paired):
            raise ValueError("supervisors are asked by e-mail only, and not before and after")
        return self


class CampaignSummary(Answer):
    """A survey in a list."""

    id: UUID
    edition_id: UUID
    provenance: Provenance
    instrument_version_id: UUID
    phase: Phase
    anonymity: Anonymity
    delivery: Delivery
    state: CampaignState
    opens_at: datetime | None
    closes_at: datetime | None
    planned: bool
    answered: int | None


class CampaignRead(Resource):
    """A survey of an edition's cohort."""

    edition_id: UUID
    provenance: Provenance
    instrument_version_id: UUID
    phase: Phase
    anonymity: Anonymity
    delivery: Delivery
    state: CampaignState
    opens_at: datetime | None
    closes_at: datetime | None
    reminder_days: list[int]
    reminders_sent: int
    paired: bool
    planned: bool
    """Whether a template planned it; its times then follow the edition's."""
    thresholds: dict[str, int]
    subjects: list[dict[str, Any]]
    answered: int | None
    dropped_answers: int | None
    """Answers to questions that were not relevant, and so were left out."""
    key_destroyed_at: datetime | None
    actions: list[Action]


class CampaignTemplateWrite(Request):
    """How a phase of every edition is asked; it replaces what was said of the phase before."""

    phase: Phase
    instrument_id: Id
    """Its latest published version is asked."""
    opens_after_days: Annotated[StrictInt, Field(ge=-60, le=1_000)]
    """After the edition's last day, or its first for a baseline."""
    open_days: Annotated[StrictInt, Field(ge=1, le=120)]
    reminder_days: ReminderDays = Field(default_factory=list)
    delivery: Delivery = Delivery.EMAIL
    anonymity: Anonymity = Anonymity.ANONYMOUS
    active: Flag = True

    @model_validator(mode="after")
    def _reaches(self) -> Self:
        by_email = self.phase is Phase.SUPERVISOR or self.anonymity is Anonymity.IDENTIFIED
        if by_email and self.delivery is not Delivery.EMAIL:
            raise ValueError("supervisors, and those who answer by name, are asked by e-mail only")
        return self


class CampaignTemplateRead(Resource):
    """How a phase of every edition is asked."""

    phase: Phase
    instrument_id: UUID
    opens_after_days: int
    open_days: int
    reminder_days: list[int]
    delivery: Delivery
    anonymity: Anonymity
    active: bool


class CampaignSlips(Answer):
    """The codes of a survey's slips, shown this once and stored nowhere."""

    codes: list[str]


class CampaignProgress(Answer):
    """How far a survey has come, coarse on purpose."""

    invited: int
    answered_at_least: int
    step: int
