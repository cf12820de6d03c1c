"""Tables of what evaluators judge and what countries claim."""

from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.common.clock import Provenance
from services.common.database import Versioned
from services.common.database_errors import translate_constraint
from services.evaluation.db.base import Base
from services.evaluation.domain.assessments import EvaluationTiming, EvidenceStrength, OutcomeState
from services.evaluation.domain.instruments import DacCriterion, KirkpatrickLevel
from services.evaluation.domain.problems import AssessmentExists


class EvaluationPlan(Versioned, Base):
    """What an evaluation of a program or of one edition asks, by which method, and who does it."""

    __tablename__ = "evaluation_plan"
    __table_args__ = (
        Index("ix_evaluation_plan_program_id", "program_id"),
        Index("ix_evaluation_plan_edition_id", "edition_id"),
    )

    program_id: Mapped[UUID]
    edition_id: Mapped[UUID | None]
    provenance: Mapped[Provenance]
    title: Mapped[dict[str, str]]
    timing: Mapped[EvaluationTiming]
    questions: Mapped[list[dict[str, Any]]]
    evaluator: Mapped[str]
    """An organization or a unit, not a person."""
    independence: Mapped[str]
    """The evaluator's declaration of independence and conflicts (UNEG norm 4)."""


class Assessment(Versioned, Base):
    """What evaluators find of an edition under one criterion; the criteria are never averaged."""

    __tablename__ = "assessment"
    __table_args__ = (UniqueConstraint("edition_id", "criterion", name="uq_assessment_criterion"),)

    edition_id: Mapped[UUID]
    provenance: Mapped[Provenance]
    criterion: Mapped[DacCriterion]
    finding: Mapped[dict[str, str]]
    strength: Mapped[EvidenceStrength]
    evidence: Mapped[list[dict[str, Any]]]


class OutcomeEvidence(Versioned, Base):
    """A change that a country or organization claims, with the agency's part in it, and who substantiates it."""

    __tablename__ = "outcome_evidence"
    __table_args__ = (
        Index("ix_outcome_evidence_country", "country"),
        CheckConstraint("substantiated_by IS DISTINCT FROM claimed_by", name="third_person"),
    )

    country: Mapped[str] = mapped_column()
    organization_id: Mapped[UUID | None]
    edition_id: Mapped[UUID | None]
    delivery_id: Mapped[UUID | None]
    provenance: Mapped[Provenance]
    level: Mapped[KirkpatrickLevel]
    criterion: Mapped[DacCriterion | None]
    change: Mapped[dict[str, str]]
    contribution: Mapped[str]
    """What the agency did for it, and what others did."""
    evidence: Mapped[list[dict[str, Any]]]
    observed: Mapped[str]
    """When the change was seen (EDTF)."""
    state: Mapped[OutcomeState]
    claimed_by: Mapped[str]
    substantiated_by: Mapped[str | None]
    substantiation: Mapped[str | None]


translate_constraint("uq_assessment_criterion", AssessmentExists)
