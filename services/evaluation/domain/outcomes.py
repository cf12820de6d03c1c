"""What a country got, counted so that nobody is told of: participants, completions, women and men by year."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from services.evaluation.domain.indicators import Figure, Measure
from services.evaluation.domain.instruments import Dimension
from services.evaluation.domain.suppression import (
    DEFAULT_THRESHOLDS,
    Audience,
    SuppressionRule,
    breakdown_threshold,
    hide_cells,
)

COMPLETED: Final = "completed"
NOT_COMPLETED: Final = "not_completed"
SEXES: Final = ("female", "male")
UNSAID: Final = ""
"""The group of those whose sex nobody stated; never shown."""
COMPLETED_STATES: Final = frozenset({"completed", "certified"})
THRESHOLD: Final = breakdown_threshold(DEFAULT_THRESHOLDS[Audience.PUBLIC])


@dataclass(frozen=True)
class CohortCount:
    """How many people of one kind enrolled in the editions that began in one year."""

    year: int | None
    """None where the edition's first day is not known."""
    country: str
    sex: str | None
    state: str
    n: int


@dataclass(frozen=True)
class OutputCell:
    """A number of people, or the rule that hides it."""

    group: str
    n: int | None
    suppressed: bool
    rule: SuppressionRule | None


@dataclass(frozen=True)
class OutputYear:
    """What a country got in the editions that began in one year."""

    year: int | None
    participants: int
    """Everybody who enrolled, whatever became of it: a public fact."""
    completed: OutputCell
    by_sex: list[OutputCell]


def count_outputs(counts: Iterable[CohortCount], country: str, this_year: int) -> list[OutputYear]:
    """Return the years in which people of `country` enrolled, the latest first, years unknown at the end.

    `counts` are those of all countries, because one country is all minus the others. Completion and sex are
    shown for years that are over: a figure that moved with each person would tell of that person.
    """
    years: dict[int | None, list[CohortCount]] = defaultdict(list)
    for count in counts:
        years[count.year].append(count)
    found = []
    for year in sorted(years, key=lambda year: (year is None, -(year or 0))):
        participants = sum(count.n for count in years[year] if count.country == country)
        if participants:
            over = year is not None and year < this_year
            completion = _cells(_by_completion(years[year]), country, (COMPLETED,), over=over)
            by_sex = _cells(_by_sex(years[year]), country, SEXES, over=over)
            found.append(OutputYear(year, participants, completion[0], by_sex))
    return found


def hide_in_table(
    cells: Mapping[tuple[str, str], int], withheld: Collection[tuple[str, str]] = ()
) -> dict[tuple[str, str], SuppressionRule]:
    """Return which cells (row, column) are to be hidden where the sums of all rows and columns are known.

    In a table of two columns each hidden cell keeps a range as wide as the threshold.
    """
    rows: dict[str, list[tuple[str, str]]] = defaultdict(list)
    columns: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for key in cells:
        rows[key[0]].append(key)
        columns[key[1]].append(key)
    rules = hide_cells(cells, [*rows.values(), *columns.values()], THRESHOLD, withheld)
    return _widen(cells, rows, rules) if len(columns) == 2 else rules


def may_be_told(figure: Figure, measure: Measure) -> bool:
    """Say whether a country's figure may be public: a percentage speaks of people on both of its sides."""
    if figure.denominator is None:
        return True
    if measure is Measure.RATIO:
        return figure.denominator >= THRESHOLD
    return min(figure.numerator, figure.denominator - figure.numerator) >= THRESHOLD


def without_countries(figures: Mapping[str, Any]) -> dict[str, Any]:
    """Return the figures of one edition without anything said by country, which is never shown."""
    questions = [
        question | {"breakdowns": [b for b in question["breakdowns"] if b["dimension"] != Dimension.COUNTRY]}
        for question in figures.get("questions", [])
        if question["cell"]["rule"] != SuppressionRule.COUNTRY_OF_ONE_EDITION
    ]
    return {**figures, "questions": questions}


def _by_completion(counts: Iterable[CohortCount]) -> dict[tuple[str, str], int]:
    cells: dict[tuple[str, str], int] = {}
    for count in counts:
        group = COMPLETED if count.state in COMPLETED_STATES else NOT_COMPLETED
        for known in (COMPLETED, NOT_COMPLETED):
            cells.setdefault((count.country, known), 0)
        cells[count.country, group] += count.n
    return cells


def _by_sex(counts: Iterable[CohortCount]) -> dict[tuple[str, str], int]:
    cells: dict[tuple[str, str], int] = {}
    for count in counts:
        group = count.sex if count.sex in SEXES else UNSAID
        for known in (*SEXES, group):
            cells.setdefault((count.country, known), 0)
        cells[count.country, group] += count.n
    return cells


def _cells(
    cells: Mapping[tuple[str, str], int], country: str, groups: Iterable[str], *, over: bool
) -> list[OutputCell]:
    """Return a country's cells; every country's total is public, and every group's is taken to be."""
    rules = hide_in_table(cells, [key for key in cells if key[1] == UNSAID])
    if not over:
        rules = dict.fromkeys(cells, SuppressionRule.PERIOD_NOT_OVER)
    return [
        OutputCell(group, None if rule else cells[country, group], rule is not None, rule)
        for group in groups
        for rule in [rules.get((country, group))]
    ]


def _widen(
    cells: Mapping[tuple[str, str], int],
    rows: Mapping[str, list[tuple[str, str]]],
    rules: Mapping[tuple[str, str], SuppressionRule],
) -> dict[tuple[str, str], SuppressionRule]:
    """Hide further rows of two cells until each hidden one may be anything over the protection width.

    With totals known, a hidden cell of a row of n lies between max(0, C - (N - n)) and min(n, C), where N and
    C are the hidden people of all rows and of the column: the range that linear programming finds.
    """
    wide = dict(rules)
    while True:
        hidden = {row: sum(cells[key] for key in rows[row]) for row in rows if rows[row][0] in wide}
        shown = [row for row in rows if row not in hidden]
        everybody, chosen = sum(hidden.values()), sum(cells[rows[row][0]] for row in hidden)
        tight = any(
            min(n, chosen) - max(0, chosen - (everybody - n)) < min(THRESHOLD, n) for n in hidden.values()
        )
        if not tight or not shown:
            return wide
        smallest = min(shown, key=lambda row: (sum(cells[key] for key in rows[row]), row))
        wide |= dict.fromkeys(rows[smallest], SuppressionRule.COMPLEMENT)
