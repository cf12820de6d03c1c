"""What evaluation has approved, as results of an IATI activity."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Final

from services.common.edtf import parse_edtf
from services.programs.db.publication_tables import MirrorIndicatorPeriod
from services.programs.domain.activities import Figure, Indicator, Period, Result, Texts

RESULT_TYPES: Final = {"output": "1", "outcome": "2", "impact": "3"}
MEASURES: Final = {"count": "1", "percentage": "2", "ratio": "1"}
"""A mean of points or a gain is a number of units."""
_LEVELS: Final[Mapping[str, Texts]] = {
    "output": {"en": "Outputs", "ru": "Непосредственные результаты", "kk": "Тікелей нәтижелер"},
    "outcome": {"en": "Outcomes", "ru": "Конечные результаты", "kk": "Түпкі нәтижелер"},
    "impact": {"en": "Impact", "ru": "Воздействие", "kk": "Әсер"},
}


def results_of(periods: Iterable[MirrorIndicatorPeriod]) -> list[Result]:
    """Return one result for each level of the results chain; `periods` come indicator by indicator."""
    by_level: dict[str, list[Indicator]] = defaultdict(list)
    for _, told in groupby(periods, key=lambda period: period.indicator_id):
        of_indicator = list(told)
        by_level[of_indicator[0].level].append(_indicator(of_indicator))
    return [Result(RESULT_TYPES[level], _LEVELS[level], found) for level, found in by_level.items()]


def _indicator(told: Sequence[MirrorIndicatorPeriod]) -> Indicator:
    first = told[0]
    spans = [(period, parse_edtf(period.period)) for period in told]
    years = [(span.earliest.year, _figures(period, "baseline")) for period, span in spans if span.earliest]
    return Indicator(
        first.code,
        MEASURES[first.measure],
        first.title,
        first.unit,
        next(((year, figures) for year, figures in years if figures), None),
        [
            Period(span.earliest, span.latest, _figures(period, "target"), _figures(period, "actual"))
            for period, span in spans
            if span.earliest and span.latest
        ],
    )


def _figures(told: MirrorIndicatorPeriod, kind: str) -> list[Figure]:
    parts = [("country", figure) for figure in told.figures] + [("sex", figure) for figure in told.by_sex]
    return [
        Figure(figure["value"], (dimension, figure[dimension]) if figure[dimension] else None)
        for dimension, figure in parts
        if figure["kind"] == kind
    ]
