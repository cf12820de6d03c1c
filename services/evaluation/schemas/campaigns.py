"""What campaigns look like on the wire."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, Field, StrictInt

from services.common.clock import Provenance
from services.common.wire import Answer, Id, Instant, Request, Resource
from services.evaluation.domain.campaigns import Anonymity, CampaignState, Delivery, Phase
from services.evaluation.domain.suppression import Audience, settle_thresholds

Thresholds = Annotated[
    dict[Audience, Annotated[StrictInt, Field(ge=1, le=1000)]], AfterValidator(settle_thresholds)
]
"""Respondents needed before a figure is shown to an audience; they can only be raised."""


class CampaignCreate(Request):
    """A survey of an edition's cohort with a published version of an instrument."""

    edition_id: Id
    instrument_id: Id
    version_number: Annotated[StrictInt, Field(ge=1, le=10_000)]
    phase: Phase
    anonymity: Anonymity = Anonymity.ANONYMOUS
    delivery: Delivery = Delivery.EMAIL
    closes_at: Instant | None = None
    thresholds: Thresholds = Field(default_factory=dict, validate_default=True)


class CampaignRead(Resource):
    """A survey of an edition's cohort."""

    edition_id: UUID
    provenance: Provenance
    instrument_version_id: UUID
    phase: Phase
    anonymity: Anonymity
    delivery: Delivery
    state: CampaignState
    closes_at: datetime | None
    thresholds: dict[str, int]
    subjects: list[dict[str, Any]]
    answered: int | None
    dropped_answers: int | None
    """Answers to questions that were not relevant, and so were left out."""
    key_destroyed_at: datetime | None


class CampaignSlips(Answer):
    """The codes of a survey's slips, shown this once and stored nowhere."""

    codes: list[str]


class CampaignProgress(Answer):
    """How far a survey has come, coarse on purpose."""

    invited: int
    answered_at_least: int
    step: int
