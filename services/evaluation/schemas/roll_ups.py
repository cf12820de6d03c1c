"""What answers by country over editions look like on the wire."""

from typing import Any
from uuid import UUID

from services.common.clock import Provenance
from services.common.wire import Answer, Code, Id, Request, Resource
from services.evaluation.domain.campaigns import Phase
from services.evaluation.domain.instruments import QuestionKind
from services.evaluation.domain.results import SnapshotState
from services.evaluation.domain.suppression import Audience, SuppressionRule


class RollUpCreate(Request):
    """One question of one phase, over all counted editions of a program, for one audience."""

    program_id: Id
    phase: Phase
    comparable_key: Code
    visibility: Audience
    provenance: Provenance = Provenance.REAL


class RolledUpQuestion(Answer):
    """What was asked; the wording is that of the latest edition."""

    code: str
    kind: QuestionKind
    text: dict[str, str]
    points: list[int]
    labels: dict[str, dict[str, str]]


class RollUpCell(Answer):
    """What a country's people answered, or the rule that hides it."""

    group: str
    """The country (ISO 3166-1 alpha-2)."""
    n: int | None
    statistics: dict[str, Any] | None
    suppressed: bool
    rule: SuppressionRule | None


class RollUpFigures(Answer):
    """What may be told."""

    methods: list[str]
    threshold: int
    editions: list[UUID]
    n_answered: int | None
    question: RolledUpQuestion
    cells: list[RollUpCell]


class RollUpRead(Resource):
    """Answers to one question by country, over the editions of a program."""

    program_id: UUID
    provenance: Provenance
    phase: Phase
    comparable_key: str
    visibility: Audience
    state: SnapshotState
    rule: SuppressionRule | None
    figures: RollUpFigures | None
    """Null once a rule withheld it."""
