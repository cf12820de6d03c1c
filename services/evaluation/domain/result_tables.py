"""A result as flat tables, for workbooks, data files and reports: what is hidden stands there with its rule."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

Pick = Callable[[Mapping[str, str]], str]
Value = str | int | float | None


@dataclass(frozen=True)
class Table:
    """Rows under named columns."""

    name: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Value]]


_MEASURES: Final = (
    *("question", "text", "kind", "n", "mean", "deviation", "median", "low", "high", "top_two"),
    *("score", "hidden_by", "notes"),
)
_CELLS: Final = ("question", "text", "dimension", "group", "answer", "label", "n", "share", "hidden_by")


def tabulate(figures: Mapping[str, Any], pick: Pick) -> list[Table]:
    """Return the measures of each question, and how often each answer was given, in all and by group."""
    questions = figures["questions"]
    return [
        Table("measures", _MEASURES, [_measures(question, pick) for question in questions]),
        Table("answers", _CELLS, [row for question in questions for row in _answers(question, pick)]),
    ]


def _measures(question: Mapping[str, Any], pick: Pick) -> list[Value]:
    cell = question["cell"]
    statistics = cell["statistics"] or {}
    interval = statistics.get("mean_interval") or statistics.get("interval") or {}
    return [
        question["code"],
        pick(question["text"]),
        question["kind"],
        cell["n"],
        statistics.get("mean"),
        statistics.get("deviation"),
        statistics.get("median"),
        interval.get("low"),
        interval.get("high"),
        statistics.get("top_two"),
        statistics.get("score"),
        cell["rule"],
        " ".join(pick(note["text"]) for note in question["notes"]),
    ]


def _answers(question: Mapping[str, Any], pick: Pick) -> Iterator[list[Value]]:
    yield from _cell(question, None, None, question["cell"], pick)
    for breakdown in question["breakdowns"]:
        for cell in breakdown["cells"]:
            yield from _cell(question, breakdown["dimension"], cell["group"], cell, pick)


def _cell(
    question: Mapping[str, Any], dimension: str | None, group: str | None, cell: Mapping[str, Any], pick: Pick
) -> Iterator[list[Value]]:
    place: list[Value] = [question["code"], pick(question["text"]), dimension, group]
    if cell["suppressed"]:
        yield [*place, None, None, None, None, cell["rule"]]
        return
    for answer, n in cell["statistics"]["counts"].items():
        label = question["labels"].get(answer)
        yield [
            *place,
            answer,
            pick(label) if label else answer,
            n,
            n / cell["n"] if cell["n"] else None,
            None,
        ]
