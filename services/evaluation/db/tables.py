"""Every table of the evaluation schema."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.common.clock import Provenance
from services.common.database import Versioned
from services.common.database_errors import translate_constraint
from services.evaluation.db.answer_tables import AnswerRead, AnswerReader
from services.evaluation.db.assessment_tables import Assessment, EvaluationPlan, OutcomeEvidence
from services.evaluation.db.base import Base
from services.evaluation.db.comment_tables import CodeFrame, Coding
from services.evaluation.db.composite_tables import Composite
from services.evaluation.db.indicator_tables import (
    EditionMeasure,
    Indicator,
    IndicatorPeriod,
    IndicatorValue,
)
from services.evaluation.db.learning_tables import (
    ActionPlan,
    IdentifiedAnswer,
    LearningFigureRow,
    PairedAnswer,
    TestAttempt,
)
from services.evaluation.db.mirror_tables import (
    ErasedPseudonym,
    MirrorCohort,
    MirrorDelivery,
    MirrorEdition,
    MirrorTrainingSession,
    MirrorVoucherCount,
    MirrorVoucherScheme,
)
from services.evaluation.domain.campaigns import Anonymity, CampaignState, Delivery, Phase, TokenState
from services.evaluation.domain.instruments import InstrumentVersionState
from services.evaluation.domain.problems import InstrumentExists
from services.evaluation.domain.recommendations import Moderation, Priority, RecommendationState
from services.evaluation.domain.results import SnapshotState
from services.evaluation.domain.suppression import Audience, SuppressionRule
from services.evaluation.domain.wordings import Wording

__all__ = [
    "ActionPlan",
    "AnswerRead",
    "AnswerReader",
    "Assessment",
    "Base",
    "CodeFrame",
    "Coding",
    "Composite",
    "EditionMeasure",
    "ErasedPseudonym",
    "EvaluationPlan",
    "IdentifiedAnswer",
    "Indicator",
    "IndicatorPeriod",
    "IndicatorValue",
    "LearningFigureRow",
    "MirrorCohort",
    "MirrorDelivery",
    "MirrorEdition",
    "MirrorTrainingSession",
    "MirrorVoucherCount",
    "MirrorVoucherScheme",
    "OutcomeEvidence",
    "PairedAnswer",
    "TestAttempt",
]

SCHEMA_REVISION: Final = "0021"
"""The revision of `migrations/evaluation` that this code needs."""


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


class CountryRollUp(Versioned, Base):
    """Answers to one question by country, over the editions of a program; fixed when it is made (E3)."""

    __tablename__ = "country_roll_up"
    __table_args__ = (Index("ix_country_roll_up_program_id", "program_id"),)

    program_id: Mapped[UUID]
    provenance: Mapped[Provenance]
    phase: Mapped[Phase]
    comparable_key: Mapped[str]
    visibility: Mapped[Audience]
    state: Mapped[SnapshotState]
    rule: Mapped[SuppressionRule | None]
    """Why it is withheld."""
    campaigns: Mapped[list[str]]
    """The counted surveys that it is made of, one an edition."""
    figures: Mapped[dict[str, Any]]


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


translate_constraint("uq_instrument_code", InstrumentExists)
