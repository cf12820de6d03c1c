"""What the results framework looks like on the wire."""

from decimal import Decimal
from enum import StrEnum
from typing import Self
from uuid import UUID

from pydantic import Field, model_validator

from services.common.clock import Provenance
from services.common.wire import Amount, Answer, Code, Id, Request, Resource, Text, Texts
from services.common.wire_codes import CountryCode, EdtfText
from services.evaluation.domain.action_plans import PlanMoment
from services.evaluation.domain.campaigns import Phase
from services.evaluation.domain.computed_indicators import Omission
from services.evaluation.domain.indicators import (
    OF_SURVEYS,
    IndicatorSource,
    Measure,
    PeriodState,
    ResultLevel,
)
from services.evaluation.domain.instruments import DacCriterion, KirkpatrickLevel
from services.evaluation.domain.suppression import SuppressionRule


class FigureSex(StrEnum):
    """Groups by which figures are told apart."""

    FEMALE = "female"
    MALE = "male"


class IndicatorCreate(Request):
    """What shows whether a program reaches a result."""

    code: Code
    program_id: Id
    country: CountryCode | None = None
    """Whose outcome it is, where it is one partner country's own: its reporter may then report it."""
    provenance: Provenance = Provenance.REAL
    title: Texts
    unit: Texts | None = None
    measure: Measure
    level: ResultLevel
    criterion: DacCriterion | None = None
    kirkpatrick: KirkpatrickLevel | None = None
    source: IndicatorSource = IndicatorSource.MANUAL
    phase: Phase | None = None
    """Of surveys: which is looked at. Of action plans: the moment, 3, 6 or 12 months after the course."""
    comparable_key: Code | None = None
    """Of surveys: which question is looked at."""
    counted_answers: list[Code] = Field(default_factory=list, max_length=50)
    """Of a share: the points or options that count; none: the two best points of the scale."""

    @model_validator(mode="after")
    def _says_what_is_looked_at(self) -> Self:
        if self.country is not None and self.source is not IndicatorSource.MANUAL:
            raise ValueError("what is computed is of the program, not of one country")
        survey = self.source in OF_SURVEYS
        if survey != (self.comparable_key is not None):
            raise ValueError("a comparable key belongs to indicators of surveys")
        if self.counted_answers and self.source is not IndicatorSource.SURVEY_SHARE:
            raise ValueError("answers are counted by shares of surveys only")
        plans = self.source is IndicatorSource.ACTION_PLANS
        if (survey or plans) != (self.phase is not None):
            raise ValueError("a phase belongs to indicators of surveys and of action plans")
        if plans and str(self.phase) not in {str(moment) for moment in PlanMoment}:
            raise ValueError("action plans are told of after 3, 6 and 12 months")
        return self


class IndicatorRead(Resource):
    """An indicator of a program."""

    code: str
    program_id: UUID
    country: str | None
    provenance: Provenance
    title: dict[str, str]
    unit: dict[str, str] | None
    measure: Measure
    level: ResultLevel
    criterion: DacCriterion | None
    kirkpatrick: KirkpatrickLevel | None
    source: IndicatorSource
    phase: Phase | None
    comparable_key: str | None
    counted_answers: list[str]


class CountryFigureWrite(Request):
    """One country's part of a figure."""

    country: CountryCode
    numerator: Amount
    denominator: Amount | None = None


class SexFigureWrite(Request):
    """The part of a figure that women or men have."""

    sex: FigureSex
    numerator: Amount
    denominator: Amount | None = None


class FigureWrite(Request):
    """A count, or numerator and denominator of a percentage or ratio; countries and sexes, if any, sum to it."""

    numerator: Amount
    denominator: Amount | None = None
    countries: list[CountryFigureWrite] = Field(default_factory=list, max_length=250)
    sexes: list[SexFigureWrite] = Field(default_factory=list, max_length=2)


class IndicatorPeriodCreate(Request):
    """A period with where it starts from and what is aimed at."""

    period: EdtfText
    baseline: FigureWrite | None = None
    target: FigureWrite | None = None


class ActualReport(Request):
    """What was reached; a computed indicator takes no figure, because this system counts it."""

    actual: FigureWrite | None = None
    note: Text | None = None


class ActualReturn(Request):
    """Why a reported value goes back."""

    reason: Text


class CountryFigure(Answer):
    """A figure of one country, of one sex, or of all where both are empty."""

    country: str
    sex: str
    numerator: Decimal
    denominator: Decimal | None
    value: Decimal | None
    """The count, the percentage from 0 to 100, or the ratio; null of an empty group."""


class EditionPart(Answer):
    """What one edition adds to a computed value."""

    edition_id: UUID
    n: int
    """People it speaks of."""
    numerator: Decimal
    denominator: Decimal
    result_id: UUID | None
    """The published result that it was read from."""


class EditionLeftOut(Answer):
    """An edition that adds nothing, and why."""

    edition_id: UUID
    reason: Omission
    rule: SuppressionRule | None


class HiddenBreakdown(Answer):
    """A breakdown that is not told in full, and by which rule."""

    dimension: str
    rule: SuppressionRule


class IndicatorBasis(Answer):
    """What a computed value rests on."""

    methods: list[str]
    respondents: int | None
    """Over all editions; null where records are counted."""
    editions: list[EditionPart]
    left_out: list[EditionLeftOut]
    hidden: list[HiddenBreakdown]


class IndicatorPeriodRead(Resource):
    """A period of an indicator; each list of figures begins with the whole, and is empty where unknown."""

    indicator_id: UUID
    period: str
    state: PeriodState
    reported_by: str | None
    note: str | None
    return_reason: str | None
    baseline: list[CountryFigure]
    target: list[CountryFigure]
    actual: list[CountryFigure]
    basis: IndicatorBasis | None
    """Of a computed value; null where somebody reported it."""


class IndicatorRollUp(Answer):
    """What was reached over all periods whose report is verified or locked."""

    indicator_id: UUID
    periods: list[str]
    figures: list[CountryFigure]
