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


class IndicatorSource(StrEnum):
    """Where actual values come from: somebody reports them, or this system counts them itself."""

    MANUAL = "manual"
    PARTICIPANTS = "participants"
    COMPLETION = "completion"
    DELIVERIES = "deliveries"


MEASURES: Final = {
    IndicatorSource.PARTICIPANTS: Measure.COUNT,
    IndicatorSource.COMPLETION: Measure.PERCENTAGE,
    IndicatorSource.DELIVERIES: Measure.COUNT,
}
"""What each computed indicator must measure."""


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
    """A figure of one country, or of all; only percentages have a denominator."""

    country: str
    numerator: Decimal
    denominator: Decimal | None

    @property
    def value(self) -> Decimal | None:
        """The count as it is, or the percentage from 0 to 100 to four decimals; None of an empty group."""
        if self.denominator is None:
            return self.numerator
        if not self.denominator:
            return None
        return (100 * self.numerator / self.denominator).quantize(Decimal("0.0001"))


def find_faults(measure: Measure, total: Figure, countries: Sequence[Figure]) -> list[str]:
    """Return what is wrong with a figure and its disaggregation, which must sum to it; nothing if empty."""
    faults = []
    for figure in (total, *countries):
        if (figure.denominator is None) != (measure is Measure.COUNT):
            faults.append("A percentage needs a denominator, a count has none.")
        elif figure.denominator is not None and not 0 <= figure.numerator <= figure.denominator:
            faults.append("A percentage counts a part of its denominator.")
        elif figure.numerator < 0:
            faults.append("A count is never negative.")
    if len({figure.country for figure in countries}) < len(countries):
        faults.append("A country stands once.")
    if countries and not faults:
        (summed,) = roll_up(Figure(TOTAL, f.numerator, f.denominator) for f in countries)
        if summed != total:
            faults.append("The countries must sum to the whole.")
    return faults


def roll_up(figures: Iterable[Figure]) -> list[Figure]:
    """Return one figure per country: numerators and denominators are added, percentages never averaged."""
    sums: dict[str, Figure] = {}
    for figure in figures:
        known = sums.get(figure.country)
        if known is None:
            sums[figure.country] = figure
            continue
        parts = [d for d in (known.denominator, figure.denominator) if d is not None]
        sums[figure.country] = Figure(
            figure.country,
            known.numerator + figure.numerator,
            sum(parts, Decimal(0)) if parts else None,
        )
    return [sums[country] for country in sorted(sums)]
