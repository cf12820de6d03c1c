"""One question over the editions of a program, from what their published results show."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from services.evaluation.domain.charts import Chart, chart_trend
from services.evaluation.domain.comparisons import RESPONSE_GAP, Caveat

MEASURED: Final = frozenset({"scale", "nps"})
"""Kinds of questions that have a value to follow."""


@dataclass(frozen=True)
class EditionFigures:
    """A published result of an edition."""

    edition_id: UUID
    title: Mapping[str, str]
    starts_on: date | None
    result_id: UUID
    figures: Mapping[str, Any]


@dataclass(frozen=True)
class Point:
    """The question in one edition."""

    edition_id: UUID
    title: Mapping[str, str]
    starts_on: date | None
    result_id: UUID
    question: Mapping[str, Any]
    caveats: Sequence[Caveat]
    """What else changed since the point before."""


def follow_question(results: Iterable[EditionFigures], key: str) -> list[Point]:
    """Return the question in each edition that asked it as the latest did, the earliest edition first.

    `results` come latest first, and the first of an edition counts. An edition that did not ask is absent, never
    zero (E11); one whose figure is hidden is a point without a value.
    """
    points: dict[UUID, tuple[EditionFigures, Mapping[str, Any]]] = {}
    asked_as: tuple[Any, ...] | None = None
    for result in results:
        asked = (q for q in result.figures.get("questions", []) if q["comparable_key"] == key)
        question = next(asked, None)
        if question is None or question["kind"] not in MEASURED or result.edition_id in points:
            continue
        asked_as = asked_as or (question["kind"], question["points"])
        if (question["kind"], question["points"]) == asked_as:
            points[result.edition_id] = result, question
    ordered = sorted(points.values(), key=lambda each: (each[0].starts_on or date.min, each[0].result_id))
    return [
        Point(
            result.edition_id,
            result.title,
            result.starts_on,
            result.result_id,
            question,
            _caveats(ordered[place - 1], ordered[place]) if place else [],
        )
        for place, (result, question) in enumerate(ordered)
    ]


def draw_up(key: str, points: Sequence[Point]) -> Chart:
    """Return the chart of a trend."""
    return chart_trend(key, points[-1].question["text"], [(point.title, point.question) for point in points])


def _caveats(
    before: tuple[EditionFigures, Mapping[str, Any]], after: tuple[EditionFigures, Mapping[str, Any]]
) -> list[Caveat]:
    caveats = [Caveat.WORDING_CHANGED] if before[1]["text"] != after[1]["text"] else []
    rates = [(side[0].figures["response_rate"] or {}).get("rr1") for side in (before, after)]
    if rates[0] is not None and rates[1] is not None and abs(rates[1] - rates[0]) >= RESPONSE_GAP:
        caveats.append(Caveat.RESPONSE_RATES_APART)
    return caveats
