"""The results framework: indicators, what was aimed at and what was reached, and how figures add up."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from services.common.states import LifeCycle

TOTAL: Final = ""
"""In place of a country: all of them together."""


class ResultLevel(StrEnum):
    """Where in the results chain of IATI an indicator stands."""

    OUTPUT = "output"
    OUTCOME = "outcome"
    IMPACT = "impact"


class Measure(StrEnum):
    """What an indicator's figures are."""

    COUNT = "count"
    PERCENTAGE = "percentage"
    RATIO = "ratio"
    """A sum over a number: a mean of points, or the gain of a test."""


class IndicatorSource(StrEnum):
    """Where actual values come from: somebody reports them, or this system computes them from its own data."""

    MANUAL = "manual"
    PARTICIPANTS = "participants"
    """People who enrolled, whatever became of it."""
    COMPLETION = "completion"
    """The share of them that completed."""
    CERTIFIED = "certified"
    """People who hold a certificate of completion."""
    DELIVERIES = "deliveries"
    """Deliveries that their recipients accepted."""
    VOUCHERS = "vouchers"
    """Vouchers redeemed at their providers."""
    SURVEY_SHARE = "survey_share"
    """The share of respondents who gave one of certain answers, by default one of the two best points."""
    SURVEY_MEAN = "survey_mean"
    """The mean of a scale, or the net promoter score."""
    GAIN = "gain"
    """The normalized gain of knowledge tests."""
    ACTION_PLANS = "action_plans"
    """The share of action plans of which something was begun or done by a moment."""


MEASURES: Final = {
    IndicatorSource.PARTICIPANTS: Measure.COUNT,
    IndicatorSource.COMPLETION: Measure.PERCENTAGE,
    IndicatorSource.CERTIFIED: Measure.COUNT,
    IndicatorSource.DELIVERIES: Measure.COUNT,
    IndicatorSource.VOUCHERS: Measure.COUNT,
    IndicatorSource.SURVEY_SHARE: Measure.PERCENTAGE,
    IndicatorSource.SURVEY_MEAN: Measure.RATIO,
    IndicatorSource.GAIN: Measure.RATIO,
    IndicatorSource.ACTION_PLANS: Measure.PERCENTAGE,
}
"""What each computed indicator must measure."""
OF_SURVEYS: Final = frozenset({IndicatorSource.SURVEY_SHARE, IndicatorSource.SURVEY_MEAN})
"""Sources that name the phase and the comparable key of a question."""


class ValueKind(StrEnum):
    """What a figure of a period says."""

    BASELINE = "baseline"
    TARGET = "target"
    ACTUAL = "actual"


class PeriodState(StrEnum):
    """How far the actual value of a period has come."""

    OPEN = "open"
    REPORTED = "reported"
    VERIFIED = "verified"
    LOCKED = "locked"


PERIOD_LIFE: Final = LifeCycle(
    initial=PeriodState.OPEN,
    transitions={
        PeriodState.OPEN: frozenset({PeriodState.REPORTED}),
        PeriodState.REPORTED: frozenset({PeriodState.VERIFIED, PeriodState.OPEN}),
        PeriodState.VERIFIED: frozenset({PeriodState.LOCKED, PeriodState.OPEN}),
        PeriodState.LOCKED: frozenset(),
    },
)


@dataclass(frozen=True)
class Figure:
    """A figure of one country, of one sex, or of all; counts alone have no denominator."""

    country: str
    numerator: Decimal
    denominator: Decimal | None
    sex: str = TOTAL

    def value_as(self, measure: Measure) -> Decimal | None:
        """Return the count, the percentage from 0 to 100 or the ratio, to four decimals; None of an empty group."""
        if self.denominator is None:
            return self.numerator
        if not self.denominator:
            return None
        whole = 100 if measure is Measure.PERCENTAGE else 1
        return (whole * self.numerator / self.denominator).quantize(Decimal("0.0001"))


def find_faults(
    measure: Measure, total: Figure, countries: Sequence[Figure], sexes: Sequence[Figure] = ()
) -> list[str]:
    """Return what is wrong with a figure and its parts, which must sum to it; nothing if it is right."""
    faults = [fault for figure in (total, *countries, *sexes) if (fault := _find_fault(measure, figure))]
    for parts, once, sums in (
        (countries, "A country stands once.", "The countries must sum to the whole."),
        (sexes, "A sex stands once.", "Women and men must sum to the whole."),
    ):
        if len({(part.country, part.sex) for part in parts}) < len(parts):
            faults.append(once)
        elif parts and not faults:
            (summed,) = roll_up(Figure(TOTAL, part.numerator, part.denominator) for part in parts)
            if summed != total:
                faults.append(sums)
    return faults


def _find_fault(measure: Measure, figure: Figure) -> str | None:
    if (figure.denominator is None) != (measure is Measure.COUNT):
        return "A percentage or a ratio needs a denominator, a count has none."
    if measure is Measure.RATIO:
        return None if (figure.denominator or 0) > 0 else "A ratio is over something."
    if figure.denominator is not None and not 0 <= figure.numerator <= figure.denominator:
        return "A percentage counts a part of its denominator."
    return "A count is never negative." if figure.numerator < 0 else None


def roll_up(figures: Iterable[Figure]) -> list[Figure]:
    """Return one figure per country and sex: numerators and denominators are added, percentages never averaged."""
    sums: dict[tuple[str, str], Figure] = {}
    for figure in figures:
        place = (figure.country, figure.sex)
        known = sums.get(place)
        if known is None:
            sums[place] = figure
            continue
        parts = [d for d in (known.denominator, figure.denominator) if d is not None]
        numerator = known.numerator + figure.numerator
        sums[place] = Figure(figure.country, numerator, sum(parts, Decimal(0)) if parts else None, figure.sex)
    return [sums[place] for place in sorted(sums)]
