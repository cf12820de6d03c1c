"""What plans, assessments and claimed outcomes look like on the wire."""

from uuid import UUID

from pydantic import Field

from services.common.clock import Provenance
from services.common.wire import Answer, Flag, Id, Line, Request, Resource, Text, Texts
from services.common.wire_codes import CountryCode, EdtfText
from services.evaluation.domain.assessments import (
    EvaluationTiming,
    EvidenceKind,
    EvidenceStrength,
    OutcomeState,
)
from services.evaluation.domain.instruments import DacCriterion, KirkpatrickLevel


class EvaluationQuestion(Request):
    """What an evaluation asks, under which criterion, and how it finds out."""

    text: Texts
    criterion: DacCriterion
    method: Line = Field(examples=["Survey six months after the course"])


class EvaluationPlanCreate(Request):
    """A plan for a program, or for one edition of it."""

    program_id: Id
    edition_id: Id | None = None
    title: Texts
    timing: EvaluationTiming
    questions: list[EvaluationQuestion] = Field(min_length=1, max_length=50)
    evaluator: Line
    independence: Text


class EvaluationPlanRead(Resource):
    """What an evaluation asks, by which method, and who does it."""

    program_id: UUID
    edition_id: UUID | None
    provenance: Provenance
    title: dict[str, str]
    timing: EvaluationTiming
    questions: list[EvaluationQuestion]
    evaluator: str
    independence: str


class EvidencePiece(Request):
    """One thing that a finding rests on: something of this system by its id, or a document in words."""

    kind: EvidenceKind
    id: Id | None = None
    note: Line | None = None


class AssessmentWrite(Request):
    """What evaluators find under one criterion; `none` of strength says that nothing is known."""

    criterion: DacCriterion
    finding: Texts
    strength: EvidenceStrength
    evidence: list[EvidencePiece] = Field(default_factory=list, max_length=50)


class AssessmentRead(Resource):
    """A finding under one criterion, with what it rests on."""

    edition_id: UUID
    criterion: DacCriterion
    finding: dict[str, str]
    strength: EvidenceStrength
    evidence: list[EvidencePiece]


class OutcomeEvidenceCreate(Request):
    """A change that is claimed, the agency's contribution to it, and what shows it."""

    country: CountryCode
    organization_id: Id | None = None
    edition_id: Id | None = None
    delivery_id: Id | None = None
    provenance: Provenance = Provenance.REAL
    level: KirkpatrickLevel = KirkpatrickLevel.RESULTS
    criterion: DacCriterion | None = None
    change: Texts
    contribution: Text
    evidence: list[EvidencePiece] = Field(min_length=1, max_length=50)
    observed: EdtfText


class OutcomeSubstantiation(Request):
    """What somebody else found when they looked."""

    confirmed: Flag
    account: Text


class OutcomeEvidenceRead(Resource):
    """A claimed change and whether a third person found it so."""

    country: str
    organization_id: UUID | None
    edition_id: UUID | None
    delivery_id: UUID | None
    provenance: Provenance
    level: KirkpatrickLevel
    criterion: DacCriterion | None
    change: dict[str, str]
    contribution: str
    evidence: list[EvidencePiece]
    observed: str
    state: OutcomeState
    substantiation: str | None


class LevelFigure(Answer):
    """One figure of a card, from a published result."""

    result_id: UUID
    phase: str
    question: str
    text: dict[str, str]
    n: int | None
    mean: float | None
    top_two: float | None
    suppressed: bool
    notes: list[dict[str, str]]


class CardLevel(Answer):
    """What is known at one level of Kirkpatrick's model; empty where nothing was published."""

    level: KirkpatrickLevel
    figures: list[LevelFigure]


class CardDecision(Answer):
    """What was recommended and what became of it."""

    recommendation_id: UUID
    title: dict[str, str]
    state: str
    design_change_edition_id: UUID | None


class EffectivenessCard(Answer):
    """An edition in one view: four levels, findings by criterion, claimed outcomes, suggestions, decisions."""

    edition_id: UUID
    title: dict[str, str]
    levels: list[CardLevel]
    assessments: list[AssessmentRead]
    outcome_evidence: list[OutcomeEvidenceRead]
    suggestions: list[str]
    """Texts that a moderator made public."""
    decisions: list[CardDecision]
