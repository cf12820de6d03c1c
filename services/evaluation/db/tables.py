"""Every table of the evaluation schema."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.common.clock import Provenance
from services.common.database import Versioned
from services.common.database_errors import translate_constraint
from services.evaluation.db.assessment_tables import Assessment, EvaluationPlan, OutcomeEvidence
from services.evaluation.db.base import Base
from services.evaluation.db.comment_tables import CodeFrame, Coding
from services.evaluation.db.learning_tables import ActionPlan, IdentifiedAnswer, PairedAnswer, TestAttempt
from services.evaluation.domain.campaigns import Anonymity, CampaignState, Delivery, Phase, TokenState
from services.evaluation.domain.indicators import (
    IndicatorSource,
    Measure,
    PeriodState,
    ResultLevel,
    ValueKind,
)
from services.evaluation.domain.instruments import DacCriterion, InstrumentVersionState, KirkpatrickLevel
from services.evaluation.domain.problems import IndicatorExists, IndicatorPeriodExists, InstrumentExists
from services.evaluation.domain.recommendations import Moderation, Priority, RecommendationState
from services.evaluation.domain.results import SnapshotState
from services.evaluation.domain.suppression import Audience, SuppressionRule
from services.evaluation.domain.wordings import Wording

__all__ = [
    "ActionPlan",
    "Assessment",
    "Base",
    "CodeFrame",
    "Coding",
    "EvaluationPlan",
    "IdentifiedAnswer",
    "OutcomeEvidence",
    "PairedAnswer",
    "TestAttempt",
]

SCHEMA_REVISION: Final = "0013"
"""The revision of `migrations/evaluation` that this code needs."""


class MirrorEdition(Base):
    """What this room needs of an edition; kept by events of programs."""

    __tablename__ = "mirror_edition"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    program_id: Mapped[UUID]
    title: Mapped[dict[str, str]]
    state: Mapped[str]
    provenance: Mapped[Provenance]
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    zone: Mapped[str | None]
    pass_mark_percent: Mapped[int | None]
    """What a knowledge test must reach for a certificate."""
    countries: Mapped[list[str]]


class MirrorDelivery(Base):
    """A delivery that its recipient has accepted; kept by the event that says so."""

    __tablename__ = "mirror_delivery"
    __table_args__ = (Index("ix_mirror_delivery_program_id", "program_id", "accepted_on"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    program_id: Mapped[UUID | None]
    kind: Mapped[str]
    recipient_country: Mapped[str | None]
    accepted_on: Mapped[date]
    provenance: Mapped[Provenance]


class MirrorTrainingSession(Base):
    """Who taught in an edition; kept by events of programs."""

    __tablename__ = "mirror_training_session"
    __table_args__ = (Index("ix_mirror_training_session_edition_id", "edition_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    edition_id: Mapped[UUID]
    module_id: Mapped[UUID | None]
    state: Mapped[str]
    lecturers: Mapped[list[str]]
    interpreted: Mapped[list[str]] = mapped_column(server_default=text("'[]'"))
    """Those of them whom participants heard through an interpreter."""


class MirrorCohort(Base):
    """One pseudonym's part in an edition; kept by events of participants, deleted on erasure."""

    __tablename__ = "mirror_cohort"
    __table_args__ = (
        Index("ix_mirror_cohort_edition_id", "edition_id"),
        UniqueConstraint("pseudonym", name="uq_mirror_cohort_pseudonym"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    edition_id: Mapped[UUID]
    pseudonym: Mapped[str]
    state: Mapped[str]
    country: Mapped[str | None]
    sex: Mapped[str | None]
    audience: Mapped[str | None]
    language: Mapped[str | None]


class ErasedPseudonym(Base):
    """The digest of a pseudonym that was forgotten, so that a late or repeated event does not bring it back."""

    __tablename__ = "erased_pseudonym"

    digest: Mapped[bytes] = mapped_column(primary_key=True)


class Instrument(Versioned, Base):
    """A questionnaire over all its versions."""

    __tablename__ = "instrument"
    __table_args__ = (UniqueConstraint("code", name="uq_instrument_code"),)

    code: Mapped[str]
    title: Mapped[dict[str, str]]


class InstrumentVersion(Versioned, Base):
    """One wording of a questionnaire; immutable once published."""

    __tablename__ = "instrument_version"
    __table_args__ = (UniqueConstraint("instrument_id", "number", name="uq_instrument_version_number"),)

    instrument_id: Mapped[UUID] = mapped_column(ForeignKey("evaluation.instrument.id"))
    number: Mapped[int]
    state: Mapped[InstrumentVersionState]
    questions: Mapped[list[dict[str, Any]]]
    sections: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")
    reviewed_languages: Mapped[list[str]] = mapped_column(server_default="[]")
    """Translations that somebody who knows the language has read."""

    @property
    def wording(self) -> Wording:
        """What it asks."""
        return Wording.read(self.questions, self.sections)


class Campaign(Versioned, Base):
    """One survey of one edition's cohort."""

    __tablename__ = "campaign"
    __table_args__ = (Index("ix_campaign_edition_id", "edition_id"),)

    edition_id: Mapped[UUID]
    provenance: Mapped[Provenance]
    instrument_version_id: Mapped[UUID] = mapped_column(ForeignKey("evaluation.instrument_version.id"))
    phase: Mapped[Phase]
    anonymity: Mapped[Anonymity]
    delivery: Mapped[Delivery]
    state: Mapped[CampaignState]
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    reminder_days: Mapped[list[Any]] = mapped_column(JSONB(none_as_null=True), server_default="[]")
    """Days after the opening on which those who have not answered are reminded."""
    reminders_sent: Mapped[int] = mapped_column(server_default="0")
    paired: Mapped[bool] = mapped_column(server_default="false")
    """Whether respondents may give a code of their own by which their answers before and after are paired."""
    planned: Mapped[bool] = mapped_column(server_default="false")
    """Whether a template planned it; its times then follow the edition's."""
    thresholds: Mapped[dict[str, Any]]
    subjects: Mapped[list[dict[str, str]]]
    """Whom and what it asks about, fixed when it opens: the edition and each of its lecturers."""
    public_key: Mapped[bytes | None]
    """Answers are sealed to it; the private half lives in the key store until they have been counted."""
    answered: Mapped[int | None]
    """How many ballots were counted."""
    dropped_answers: Mapped[int | None]
    """How many answers to questions that were not relevant were left out (E6)."""
    key_destroyed_at: Mapped[datetime | None]


class CampaignTemplate(Versioned, Base):
    """How a phase of every edition is asked without anybody's doing."""

    __tablename__ = "campaign_template"
    __table_args__ = (UniqueConstraint("phase", name="uq_campaign_template_phase"),)

    phase: Mapped[Phase]
    instrument_id: Mapped[UUID] = mapped_column(ForeignKey("evaluation.instrument.id"))
    opens_after_days: Mapped[int]
    """After the edition's last day, or its first for a baseline; negative: before it."""
    open_days: Mapped[int]
    reminder_days: Mapped[list[Any]] = mapped_column(JSONB(none_as_null=True))
    delivery: Mapped[Delivery]
    anonymity: Mapped[Anonymity]
    active: Mapped[bool]


class BallotToken(Base):
    """The right to answer once. Ids are random: nothing here tells an order."""

    __tablename__ = "ballot_token"
    __table_args__ = (
        UniqueConstraint("token_hash", name="uq_ballot_token_token_hash"),
        Index("ix_ballot_token_campaign_id", "campaign_id"),
        Index("ix_ballot_token_dispatch_id", "dispatch_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("evaluation.campaign.id"))
    token_hash: Mapped[bytes]
    pseudonym: Mapped[str | None]
    """Who was invited, for reminders and response rates by group; None on slips."""
    dispatch_id: Mapped[UUID | None]
    state: Mapped[TokenState]
    submission: Mapped[bytes | None]
    """Hash of token and client nonce, by which a repeat of the same submission is known."""
    reminders: Mapped[list[dict[str, str]] | None]
    """The same token, sealed to participants once for each reminder; gone when used or closed."""


class SealedBallot(Base):
    """What one respondent said, sealed; deleted when counted."""

    __tablename__ = "sealed_ballot"
    __table_args__ = (Index("ix_sealed_ballot_campaign_id", "campaign_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("evaluation.campaign.id"))
    sealed: Mapped[bytes]


class Response(Base):
    """What somebody answered about one subject; written for all in one transaction, in random order."""

    __tablename__ = "response"
    __table_args__ = (Index("ix_response_campaign_id", "campaign_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("evaluation.campaign.id"))
    subject_kind: Mapped[str]
    subject_id: Mapped[UUID]
    answers: Mapped[dict[str, Any]]


class Counter(Base):
    """How often a question about a subject was answered in one way, in all or within one group."""

    __tablename__ = "counter"

    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("evaluation.campaign.id"), primary_key=True)
    subject_kind: Mapped[str] = mapped_column(primary_key=True)
    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    dimension: Mapped[str] = mapped_column(primary_key=True)
    """Empty for all respondents together."""
    group_code: Mapped[str] = mapped_column(primary_key=True)
    question_code: Mapped[str] = mapped_column(primary_key=True)
    """Empty for the number of responses."""
    answer: Mapped[str] = mapped_column(primary_key=True)
    """Empty for the number of respondents who answered the question; "does not apply" is no answer."""
    n: Mapped[int]


class ResultSnapshot(Versioned, Base):
    """Figures about a subject as they may be shown to one audience; fixed once frozen."""

    __tablename__ = "result_snapshot"
    __table_args__ = (
        Index("ix_result_snapshot_edition_id", "edition_id"),
        Index("ix_result_snapshot_subject_id", "subject_id"),
    )

    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("evaluation.campaign.id"))
    edition_id: Mapped[UUID]
    provenance: Mapped[Provenance]
    phase: Mapped[Phase]
    subject_kind: Mapped[str]
    subject_id: Mapped[UUID]
    visibility: Mapped[Audience]
    state: Mapped[SnapshotState]
    rule: Mapped[SuppressionRule | None]
    """Why it is withheld."""
    figures: Mapped[dict[str, Any]]
    reply: Mapped[str | None]
    """What the lecturer whom it is about says to it; stands with the result."""


class Suggestion(Versioned, Base):
    """A free text of a respondent, or one that staff heard; the original is kept whatever is shown."""

    __tablename__ = "suggestion"
    __table_args__ = (Index("ix_suggestion_edition_id", "edition_id"),)

    edition_id: Mapped[UUID]
    campaign_id: Mapped[UUID | None]
    subject_kind: Mapped[str]
    subject_id: Mapped[UUID]
    question_code: Mapped[str | None]
    original: Mapped[str]
    language: Mapped[str | None]
    """Of the original, as a moderator says: the language of answering is kept nowhere."""
    translation: Mapped[dict[str, Any] | None]
    """Language, text and who translated: a person or a machine."""
    shown: Mapped[str | None]
    """The moderated text; None until somebody has read the original, and once it is removed."""
    moderation: Mapped[Moderation]
    reason: Mapped[str | None]


class Recommendation(Versioned, Base):
    """What should be different, what management says to it, and what became of it."""

    __tablename__ = "recommendation"
    __table_args__ = (Index("ix_recommendation_edition_id", "edition_id"),)

    edition_id: Mapped[UUID]
    program_id: Mapped[UUID]
    provenance: Mapped[Provenance]
    title: Mapped[dict[str, str]]
    priority: Mapped[Priority]
    addressee: Mapped[str | None]
    """Who is asked to act."""
    suggestions: Mapped[list[str]]
    state: Mapped[RecommendationState]
    response_reason: Mapped[str | None]
    lapse_reason: Mapped[str | None]
    owner: Mapped[str | None]
    due: Mapped[str | None]
    design_change_edition_id: Mapped[UUID | None]
    verified_by_snapshot_id: Mapped[UUID | None] = mapped_column(ForeignKey("evaluation.result_snapshot.id"))


class Indicator(Versioned, Base):
    """What shows whether a program reaches a result."""

    __tablename__ = "indicator"
    __table_args__ = (
        UniqueConstraint("code", name="uq_indicator_code"),
        Index("ix_indicator_program_id", "program_id"),
    )

    code: Mapped[str]
    program_id: Mapped[UUID]
    provenance: Mapped[Provenance]
    title: Mapped[dict[str, str]]
    unit: Mapped[dict[str, str] | None]
    measure: Mapped[Measure]
    level: Mapped[ResultLevel]
    criterion: Mapped[DacCriterion | None]
    kirkpatrick: Mapped[KirkpatrickLevel | None]
    source: Mapped[IndicatorSource]


class IndicatorPeriod(Versioned, Base):
    """One period of an indicator, and how far the report of it has come."""

    __tablename__ = "indicator_period"
    __table_args__ = (UniqueConstraint("indicator_id", "period", name="uq_indicator_period_period"),)

    indicator_id: Mapped[UUID] = mapped_column(ForeignKey("evaluation.indicator.id"))
    period: Mapped[str]
    """EDTF."""
    state: Mapped[PeriodState]
    reported_by: Mapped[str | None]
    """Who reported the actual value, and so may not approve it."""
    note: Mapped[str | None]
    return_reason: Mapped[str | None]


class IndicatorValue(Base):
    """A figure of one period, for one country or for all of them."""

    __tablename__ = "indicator_value"

    period_id: Mapped[UUID] = mapped_column(ForeignKey("evaluation.indicator_period.id"), primary_key=True)
    kind: Mapped[ValueKind] = mapped_column(primary_key=True)
    country: Mapped[str] = mapped_column(primary_key=True)
    """Empty for all countries together."""
    numerator: Mapped[Decimal]
    denominator: Mapped[Decimal | None]


translate_constraint("uq_instrument_code", InstrumentExists)
translate_constraint("uq_indicator_code", IndicatorExists)
translate_constraint("uq_indicator_period_period", IndicatorPeriodExists)
