"""What the results framework looks like on the wire."""

from decimal import Decimal
from uuid import UUID

from pydantic import Field

from services.common.clock import Provenance
from services.common.wire import Amount, Answer, Code, Id, Request, Resource, Text, Texts
from services.common.wire_codes import CountryCode, EdtfText
from services.evaluation.domain.indicators import (
    IndicatorSource,
    Measure,
    PeriodState,
    ResultLevel,
)
from services.evaluation.domain.instruments import DacCriterion, KirkpatrickLevel


class IndicatorCreate(Request):
    """What shows whether a program reaches a result."""

    code: Code
    program_id: Id
    provenance: Provenance = Provenance.REAL
    title: Texts
    unit: Texts | None = None
    measure: Measure
    level: ResultLevel
    criterion: DacCriterion | None = None
    kirkpatrick: KirkpatrickLevel | None = None
    source: IndicatorSource = IndicatorSource.MANUAL


class IndicatorRead(Resource):
    """An indicator of a program."""

    code: str
    program_id: UUID
    provenance: Provenance
    title: dict[str, str]
    unit: dict[str, str] | None
    measure: Measure
    level: ResultLevel
    criterion: DacCriterion | None
    kirkpatrick: KirkpatrickLevel | None
    source: IndicatorSource


class CountryFigureWrite(Request):
    """One country's part of a figure."""

    country: CountryCode
    numerator: Amount
    denominator: Amount | None = None


class FigureWrite(Request):
    """A count, or the numerator and denominator of a percentage; the countries, if any, sum to it."""

    numerator: Amount
    denominator: Amount | None = None
    countries: list[CountryFigureWrite] = Field(default_factory=list, max_length=250)


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
    """A figure of one country, or of all where it is empty."""

    country: str
    numerator: Decimal
    denominator: Decimal | None
    value: Decimal | None
    """The count, or the percentage from 0 to 100; null of an empty group."""


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


class IndicatorRollUp(Answer):
    """What was reached over all periods whose report is verified or locked."""

    indicator_id: UUID
    periods: list[str]
    figures: list[CountryFigure]
