"""What came of editions, as it looks on the wire."""

from typing import Any
from uuid import UUID

from services.common.clock import Provenance
from services.common.wire import Answer
from services.evaluation.domain.campaigns import Phase
from services.evaluation.domain.indicators import Measure, PeriodState, ResultLevel
from services.evaluation.domain.instruments import DacCriterion
from services.evaluation.domain.recommendations import Priority, RecommendationState
from services.evaluation.domain.suppression import SuppressionRule
from services.evaluation.schemas.assessments import OutcomeEvidenceRead
from services.evaluation.schemas.indicators import CountryFigure
from services.evaluation.schemas.results import ResultRead


class CountryOutputCell(Answer):
    """A number of people, or the rule that hides it."""

    group: str
    n: int | None
    suppressed: bool
    rule: SuppressionRule | None


class CountryOutputYear(Answer):
    """What a country got in the editions that began in one year; null for editions of an unknown day."""

    year: int | None
    participants: int
    """Everybody who enrolled, whatever became of it."""
    completed: CountryOutputCell
    by_sex: list[CountryOutputCell]


class CountryResult(Answer):
    """The published result of a whole edition that the country took part in; never the country's own part."""

    id: UUID
    edition_id: UUID
    edition_title: dict[str, str]
    phase: Phase
    figures: dict[str, Any]


class CountryRollUpCell(Answer):
    """What a country's people answered to one question, over the editions of a program."""

    roll_up_id: UUID
    program_id: UUID
    phase: Phase
    comparable_key: str
    text: dict[str, str]
    editions: int
    n: int
    statistics: dict[str, Any]


class CountryRecommendation(Answer):
    """What should be different, from an edition that the country took part in."""

    id: UUID
    edition_id: UUID
    edition_title: dict[str, str]
    title: dict[str, str]
    priority: Priority
    state: RecommendationState


class CountryIndicator(Answer):
    """What an indicator reached in the country in one period, reported and approved by two people."""

    indicator_id: UUID
    code: str
    title: dict[str, str]
    unit: dict[str, str] | None
    measure: Measure
    level: ResultLevel
    criterion: DacCriterion | None
    period: str
    state: PeriodState
    suppressed: bool
    actual: CountryFigure | None
    """Null where the figure would tell of too few."""


class CountryOutcomes(Answer):
    """What came of everything done with one country."""

    country: str
    provenance: Provenance
    outputs: list[CountryOutputYear]
    indicators: list[CountryIndicator]
    results: list[CountryResult]
    roll_ups: list[CountryRollUpCell]
    """What its own people answered, over editions, as far as that may be told; the latest release of each."""
    outcome_evidence: list[OutcomeEvidenceRead]
    """Changes that were claimed; to the public, those that a third person substantiated."""
    recommendations: list[CountryRecommendation] | None
    """Null to those who may not read recommendations."""


class WordingResults(Answer):
    """The published results of what was asked in one wording."""

    instrument_id: UUID
    instrument_code: str
    instrument_title: dict[str, str]
    version_number: int
    results: list[ResultRead]


class EditionResults(Answer):
    """An edition's published results by instrument, as far as the caller may see them."""

    edition_id: UUID
    instruments: list[WordingResults]
