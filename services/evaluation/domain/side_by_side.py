"""The published figures of several editions side by side, question by question."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from services.evaluation.domain.suppression import Audience

_MOST_DETAILED: Final = (Audience.PUBLIC, Audience.PARTNER, Audience.LECTURER, Audience.INTERNAL)


@dataclass(frozen=True)
class PublishedResult:
    """A published result about an edition as a whole."""

    id: UUID
    edition_id: UUID
    phase: str
    visibility: Audience
    figures: Mapping[str, Any]


@dataclass(frozen=True)
class EditionFigure:
    """What one edition's participants answered, or that a rule hides it."""

    edition_id: UUID
    result_id: UUID
    n: int | None
    mean: float | None
    """Of a scale, or the net promoter score."""
    top_two: float | None
    """The share of the two best answers, from 0 to 1."""
    suppressed: bool


@dataclass
class QuestionRow:
    """One question in one phase, over the editions that asked it."""

    key: str
    phase: str
    level: str | None
    """Kirkpatrick's."""
    text: Mapping[str, str]
    editions: list[EditionFigure] = field(default_factory=list)


def lay_side_by_side(results: Iterable[PublishedResult]) -> list[QuestionRow]:
    """Return the rows in the order in which questions first come; `results` come by date of their editions.

    Of several results of one edition and phase the most detailed one counts. Questions without a mean, such as free
    texts, are left out; one without a comparable key is compared by its code.
    """
    best: dict[tuple[UUID, str], PublishedResult] = {}
    for result in results:
        key = (result.edition_id, result.phase)
        known = best.get(key)
        if known is None or _detail(known) < _detail(result):
            best[key] = result
    rows: dict[tuple[str, str], QuestionRow] = {}
    for result in best.values():
        for question in result.figures.get("questions", ()):
            statistics = question["cell"]["statistics"] or {}
            mean, top_two = statistics.get("mean", statistics.get("score")), statistics.get("top_two")
            hidden = bool(question["cell"]["suppressed"])
            if mean is None and top_two is None and not hidden:
                continue
            name = question.get("comparable_key") or question["code"]
            row = rows.setdefault(
                (name, result.phase), QuestionRow(name, result.phase, question["level"], question["text"])
            )
            row.text = question["text"]
            row.editions.append(
                EditionFigure(
                    result.edition_id, result.id, question["cell"]["n"], mean, top_two, suppressed=hidden
                )
            )
    return list(rows.values())


def _detail(result: PublishedResult) -> int:
    return _MOST_DETAILED.index(result.visibility)
