"""What readers can work out from everything they have ever been shown, proved by linear programming.

The unknowns are numbers of people, one a cell that no reader was shown. Everything shown is an equation over
them, every total that is public knowledge too. A group is protected where the equations leave its size a range
of at least the threshold, and leave open whether its people answered alike. The solver knows no more than an
attacker does, so what it cannot narrow nobody can who reasons from figures alone.
Source: Cox (1995), JASA 90:1453-1462 (protection by feasible ranges); Fischetti and Salazar (2001),
Management Science 47:1008-1027.
"""

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from services.evaluation.domain.instruments import QuestionKind

DISCLOSURE_PROOF: Final = "feasible-range@1"
_SLACK: Final = 1e-6
"""What the solver's rounding may amount to."""

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Shown(Generic[Key]):
    """A sum that readers know: how many people are in these cells together."""

    cells: frozenset[Key]
    n: int


@dataclass(frozen=True)
class Range:
    """Between which numbers readers must leave a sum of cells; `high` is infinite where nothing bounds it."""

    low: float
    high: float

    @property
    def width(self) -> float:
        """How far apart the ends are."""
        return self.high - self.low


def feasible_range(
    target: Collection[Key],
    shown: Sequence[Shown[Key]],
    limits: Mapping[Key, int] | None = None,
) -> Range:
    """Return the range of the sum of `target` that is left by what was shown; cells are never negative.

    `limits` are upper bounds of cells that are public, such as how many took part. Raises ValueError where
    what was shown contradicts itself: then it is not what was counted.
    """
    from scipy.optimize import linprog  # noqa: PLC0415  heavy: loaded where it is used

    cells = sorted(frozenset(target).union(*(each.cells for each in shown)), key=repr)
    equations = [[float(cell in each.cells) for cell in cells] for each in shown]
    goal = [float(cell in target) for cell in cells]
    bounds = [(0, (limits or {}).get(cell)) for cell in cells]
    ends = []
    for sign in (1, -1):
        found = linprog(
            [sign * g for g in goal],
            A_eq=equations or None,
            b_eq=[each.n for each in shown] or None,
            bounds=bounds,
            method="highs",
        )
        if found.status == 2:
            raise ValueError("what was shown contradicts itself")
        ends.append(float("inf") if found.fun is None else sign * found.fun)
    return Range(ends[0], ends[1])


def find_narrow(
    groups: Mapping[Key, Collection[Any]],
    shown: Sequence[Shown[Any]],
    width: int,
    limits: Mapping[Any, int] | None = None,
) -> list[Key]:
    """Return the groups of cells whose number of people readers can narrow to less than `width`."""
    return [
        name for name, cells in groups.items() if feasible_range(cells, shown, limits).width < width - _SLACK
    ]


@dataclass(frozen=True)
class Disclosed:
    """A group of respondents of whom readers would learn something."""

    question: str
    dimension: str
    group: str


def find_disclosed(
    releases: Iterable[Mapping[str, Any]], width: int, unsaid: Collection[tuple[str, str]] = ()
) -> list[Disclosed]:
    """Return the hidden groups that several releases about the same answers give away together.

    `releases` are the figures of snapshots (`results.compute_figures`) of one subject of one campaign; `unsaid`
    names the question and dimension where somebody answered without saying to which group they belong. A group
    that a release shows met the threshold of its readers; each group that none shows must keep a range of
    `width` people, and must not be known to have answered alike.
    """
    tables: dict[tuple[str, str], _Table] = {}
    for figures in releases:
        for question in figures.get("questions", []):
            for breakdown in question["breakdowns"]:
                place = (question["code"], breakdown["dimension"])
                table = tables.setdefault(place, _Table(question["kind"] == QuestionKind.MULTIPLE, {}))
                table.add(_WHOLE, question["cell"])
                for cell in breakdown["cells"]:
                    table.add(cell["group"], cell)
    return [
        Disclosed(*place, group)
        for place, table in tables.items()
        for group in table.find_given_away(width, unsaid=place in unsaid)
    ]


_WHOLE: Final = "*"
"""Not a group: everybody who answered."""
_PEOPLE: Final = ""
"""Not an answer: how many answered, where one person may give several answers."""
_UNSAID: Final = ""
"""The group of those who did not say theirs."""


@dataclass(frozen=True)
class _Table:
    """What readers were shown of one question by one dimension."""

    of_many: bool
    """Whether one may choose several answers."""
    counts: dict[str, dict[str, int] | None]
    """Answers by group; None where no release shows them."""

    def add(self, group: str, cell: Mapping[str, Any]) -> None:
        if self.counts.get(group) is None:
            shown = None if cell["statistics"] is None else dict(cell["statistics"]["counts"])
            self.counts[group] = shown | {_PEOPLE: cell["n"]} if shown and self.of_many else shown

    def find_given_away(self, width: int, *, unsaid: bool) -> list[str]:
        whole = self.counts[_WHOLE]
        groups = {group: counts for group, counts in self.counts.items() if group != _WHOLE}
        hidden = [group for group, counts in groups.items() if counts is None]
        known = [counts for counts in groups.values() if counts is not None]
        if whole is None or not known or not hidden:
            return []
        rest = {answer: n - sum(counts.get(answer, 0) for counts in known) for answer, n in whole.items()}
        if self._alike(rest):
            return hidden
        names = [*hidden, _UNSAID] if unsaid else hidden
        answers = [_PEOPLE] if self.of_many else list(rest)
        sums = [Shown(frozenset((name, answer) for name in names), rest[answer]) for answer in answers]
        return find_narrow({name: [(name, a) for a in answers] for name in hidden}, sums, width)

    def _alike(self, rest: Mapping[str, int]) -> bool:
        """Say whether those who are left gave one answer, all chose the same option, or none of them any."""
        if not self.of_many:
            return sum(n > 0 for n in rest.values()) <= 1
        chosen = max((n for answer, n in rest.items() if answer != _PEOPLE), default=0)
        return chosen in (0, rest[_PEOPLE])
