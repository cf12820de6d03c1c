"""Tables of what people learned and mean to do: under pseudonyms, or under codes that nobody can trace."""

from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.common.clock import Provenance
from services.common.database import Versioned
from services.evaluation.db.base import Base
from services.evaluation.domain.campaigns import Phase
from services.evaluation.domain.learning_figures import LearningKind


class TestAttempt(Base):
    """How somebody did in a knowledge test; known by the edition's pseudonym, forgotten on erasure."""

    __tablename__ = "test_attempt"
    __table_args__ = (
        UniqueConstraint("campaign_id", "pseudonym", name="uq_test_attempt_pseudonym"),
        Index("ix_test_attempt_edition_id", "edition_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("evaluation.campaign.id"))
    edition_id: Mapped[UUID]
    instrument_version_id: Mapped[UUID] = mapped_column(ForeignKey("evaluation.instrument_version.id"))
    phase: Mapped[Phase]
    pseudonym: Mapped[str]
    right: Mapped[int]
    total: Mapped[int]


class IdentifiedAnswer(Base):
    """What was answered by name, such as by a supervisor; free texts are apart, and it is forgotten on erasure."""

    __tablename__ = "identified_answer"
    __table_args__ = (
        UniqueConstraint("campaign_id", "pseudonym", name="uq_identified_answer_pseudonym"),
        Index("ix_identified_answer_pseudonym", "pseudonym"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("evaluation.campaign.id"))
    edition_id: Mapped[UUID]
    phase: Mapped[Phase]
    pseudonym: Mapped[str]
    """Of the participant: who answered, or whom their supervisor answered about."""
    answers: Mapped[list[dict[str, Any]]]
    """Each `subject` with its `answers`."""


class PairedAnswer(Base):
    """Attitudes of somebody who gave a code of their own, by a hash whose key is destroyed with the last survey."""

    __tablename__ = "paired_answer"
    __table_args__ = (Index("ix_paired_answer_edition_id", "edition_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("evaluation.campaign.id"))
    edition_id: Mapped[UUID]
    instrument_version_id: Mapped[UUID] = mapped_column(ForeignKey("evaluation.instrument_version.id"))
    phase: Mapped[Phase]
    code_hash: Mapped[bytes]
    answers: Mapped[dict[str, Any]]
    """Points of scales only."""


class LearningFigureRow(Base):
    """What is told of one comparison; told anew only once enough people joined (E3), kept through erasures."""

    __tablename__ = "learning_figure"

    edition_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[LearningKind] = mapped_column(primary_key=True)
    subject: Mapped[UUID] = mapped_column(primary_key=True)
    question: Mapped[str] = mapped_column(primary_key=True)
    n: Mapped[int]
    figures: Mapped[dict[str, Any]]


class ActionPlan(Versioned, Base):
    """What a participant means to do at home; its words are read by nobody but its author."""

    __tablename__ = "action_plan"
    __table_args__ = (
        UniqueConstraint("edition_id", "pseudonym", name="uq_action_plan_pseudonym"),
        UniqueConstraint("code_hash", name="uq_action_plan_code_hash"),
    )

    edition_id: Mapped[UUID]
    provenance: Mapped[Provenance]
    pseudonym: Mapped[str]
    code_hash: Mapped[bytes]
    items: Mapped[list[dict[str, Any]]]
