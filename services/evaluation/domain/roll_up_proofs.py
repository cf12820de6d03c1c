"""What readers can work out of answers by country over editions, proved by linear programming.

The unknowns are how many of a country gave an answer in an edition. The equations are every edition's answers in
all, which count as known whether they were published or not, and every release of the same roll-up that the readers
have seen. How many a country sent to an edition, or that it sent nobody, is a public fact and bounds them.

To prove how little is known takes no program where other ways to have answered, found by exchanging people, lie far
enough apart (`roll_up_walks.py`), and none to prove too much where plain sums leave no room. Programs decide the
rest. What they cannot decide within their number counts as given away, so that it is hidden.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from services.evaluation.domain.results import RESPONDENTS
from services.evaluation.domain.roll_up_answers import UNSAID, EditionAnswers, Release, count_people
from services.evaluation.domain.roll_up_walks import Walk

ROLL_UP: Final = "country-roll-up@2"
MOST_UNKNOWNS: Final = 5_000
"""Of one proof, such as 40 editions of 24 countries each, answered on a scale of five: a second or two of the eight
that a request may take, for each class of readers."""
_MOST_WORK: Final = 40_000
"""Unknowns times programs, for one class of readers: some seconds."""
_MOST_PROGRAMS: Final = 200
_STEPS: Final = 100
"""Of a walk, for each answer that was given."""
_MOST_STEPS: Final = 200_000
"""Half a second."""
_LOOKS: Final = 10
"""How often a walk asks whether anything is left to be proved."""
_SWEEPS: Final = 24
"""Programs that ask after many groups at once, before those that are left are asked after one by one."""
_TIGHTENINGS: Final = 3
_SEED: Final = 0
_SLACK: Final = 1e-6
"""What the solver's rounding may amount to."""


@dataclass(frozen=True)
class _Group:
    """The people of a country in an edition."""

    country: str
    places: Sequence[int]
    """Of the unknowns."""
    needed: int
    """How much room must be left to them, summed over the answers."""

    def is_safe(self, low: Any, high: Any) -> bool:
        """Say whether these ends leave enough room."""
        places = list(self.places)
        return bool((high[places] - low[places]).sum() >= self.needed - _SLACK)


def find_exposed(editions: Sequence[EditionAnswers], releases: Sequence[Release], width: int) -> set[str]:
    """Return the countries of which readers know too well what their people answered in one edition.

    The room that is left to the numbers of a group, summed over the answers, must be `width`; no more, though, than
    two answers for each of its people, than people who answered in the edition, and than there is without any
    release. Raises ValueError where what was shown contradicts itself. Method `country-roll-up@2`: feasible ranges
    by linear programming (sources: see `disclosure.py`).
    """
    told = {campaign for release in releases for campaign in release.campaigns}
    knowledge = _Knowledge([edition for edition in editions if edition.campaign_id in told], releases)
    return knowledge.find_exposed(knowledge.groups(width))


class _Sums:
    """Sums of unknowns whose totals are known."""

    def __init__(self) -> None:
        self.totals: list[int] = []
        self._rows: list[int] = []
        self._places: list[int] = []
        self._signs: list[float] = []

    def add(self, places: Sequence[int], total: int, *, less: Sequence[int] = ()) -> None:
        """Say what these come to together, those of `less` taken away."""
        self._rows += [len(self.totals)] * (len(places) + len(less))
        self._places += [*places, *less]
        self._signs += [1.0] * len(places) + [-1.0] * len(less)
        self.totals.append(total)

    def matrix(self, unknowns: int) -> Any:
        """Return the coefficients, a row for each sum. Typed loosely: the stubs of scipy know dense ones only."""
        from scipy.sparse import csr_array  # noqa: PLC0415  heavy: loaded where it is used

        shape = (len(self.totals), unknowns)
        return csr_array((self._signs, (self._rows, self._places)), shape=shape)

    def tighten(self, low: Any, high: Any) -> None:
        """Narrow each to what the others of its sums leave; raises ValueError where they leave nothing."""
        import numpy as np  # noqa: PLC0415  heavy: loaded where it is used

        rows, places = np.array(self._rows, dtype=int), np.array(self._places, dtype=int)
        totals = np.array(self.totals, dtype=float)
        most, least = (np.bincount(rows, ends[places], len(totals)) for ends in (high, low))
        if (most < totals - _SLACK).any() or (least > totals + _SLACK).any():
            raise ValueError("what was shown contradicts itself")
        np.maximum.at(low, places, totals[rows] - most[rows] + high[places])
        np.minimum.at(high, places, totals[rows] - least[rows] + low[places])


class _Knowledge:
    """Everything that readers know, as sums of the unknown (edition, country, answer)."""

    def __init__(self, editions: Sequence[EditionAnswers], releases: Sequence[Release]) -> None:
        import numpy as np  # noqa: PLC0415  heavy: loaded where it is used

        self._editions, self._releases = editions, releases
        self._places: dict[tuple[UUID, str, str], int] = {}
        most: list[int] = []
        for edition in editions:
            groups = {**edition.people, UNSAID: count_people(edition.whole)}
            for country in sorted(groups):
                for answer, n in sorted(edition.whole.items()):
                    self._places[edition.campaign_id, country, answer] = len(most)
                    most.append(min(n, groups[country]))
        self._equal, self._limit = _Sums(), _Sums()
        for edition in editions:
            self._add_edition(edition)
        for release in releases:
            self._add_release(release)
        self._low, self._high = np.zeros(len(most)), np.array(most, dtype=float)
        for _ in range(_TIGHTENINGS):
            self._equal.tighten(self._low, self._high)
        self._seen_low, self._seen_high = np.full(len(most), np.inf), np.full(len(most), -np.inf)
        self._programs = {
            "A_eq": self._equal.matrix(len(most)),
            "b_eq": self._equal.totals,
            "A_ub": self._limit.matrix(len(most)),
            "b_ub": self._limit.totals,
            "bounds": np.column_stack([self._low, self._high]),
        }
        self._left = min(_MOST_PROGRAMS, _MOST_WORK // max(len(most), 1))

    def groups(self, width: int) -> list[_Group]:
        """Return the groups of all editions with the room that must be left to them."""
        return [
            _Group(
                country,
                [self._places[edition.campaign_id, country, a] for a in edition.whole if a != RESPONDENTS],
                min(
                    width,
                    2 * people,
                    count_people(edition.whole),
                    sum(min(people, n) for a, n in edition.whole.items() if a != RESPONDENTS),
                ),
            )
            for edition in self._editions
            for country, people in sorted(edition.people.items())
        ]

    def find_exposed(self, groups: Sequence[_Group]) -> set[str]:
        """Return the countries of the groups to which too little room is left, or not provably enough."""
        exposed = {group.country for group in groups if not group.is_safe(self._low, self._high)}
        left = [group for group in groups if group.country not in exposed]
        for group in self._sweep(self._wander(left)):
            if group.country not in exposed and self._is_exposed(group):
                exposed.add(group.country)
        return exposed

    def _still_open(self, groups: Iterable[_Group]) -> list[_Group]:
        """Return the groups for which the ways to answer that were seen do not prove enough room."""
        return [group for group in groups if not group.is_safe(self._seen_low, self._seen_high)]

    def _add_edition(self, edition: EditionAnswers) -> None:
        id_ = edition.campaign_id
        for answer, n in edition.whole.items():
            self._equal.add([self._places[id_, c, answer] for c in (*edition.people, UNSAID)], n)
        for country, people in edition.people.items():
            places = {answer: self._places[id_, country, answer] for answer in edition.whole}
            if RESPONDENTS not in places:
                self._limit.add([*places.values()], people)
                continue
            everybody = places.pop(RESPONDENTS)
            for place in places.values():  # nobody chooses an option twice
                self._limit.add([place], 0, less=[everybody])

    def _add_release(self, release: Release) -> None:
        answers = {answer for edition in self._editions for answer in edition.whole}
        for country, counts in release.countries.items():
            for answer in answers | counts.keys():
                keys = ((campaign, country, answer) for campaign in release.campaigns)
                self._equal.add([self._places[k] for k in keys if k in self._places], counts.get(answer, 0))

    def _wander(self, groups: Sequence[_Group]) -> list[_Group]:
        """Look at ways to answer that lie around the true one; return the groups that stay open."""
        walk = Walk(self._editions, self._releases, self._places, self._seen_low, self._seen_high)
        left = self._still_open(groups)
        for _ in range(_LOOKS if left else 0):
            for _ in range(min(_STEPS * walk.size, _MOST_STEPS) // _LOOKS):
                walk.step()
            if not (left := self._still_open(left)):
                break
        return left

    def _sweep(self, groups: Sequence[_Group]) -> list[_Group]:
        """Look at ways to answer that are far apart for many groups at once; return those that stay open."""
        import numpy as np  # noqa: PLC0415  heavy: loaded where it is used

        left, signs = self._still_open(groups), np.random.default_rng(_SEED)
        for _ in range(min(_SWEEPS, self._left // 2)):
            if not left:
                break
            wanted = [place for group in left for place in group.places]
            self._solve(dict(zip(wanted, signs.choice((-1.0, 1.0), len(wanted)), strict=True)))
            left = self._still_open(left)
        return left

    def _is_exposed(self, group: _Group) -> bool:
        """Say whether too little room is left, asking for every end until it is known, or no more may be asked."""
        for place in group.places:
            for sign in (1.0, -1.0):
                if group.is_safe(self._seen_low, self._seen_high):
                    return False
                if not self._left:
                    return True
                self._solve({place: sign})
        return not group.is_safe(self._seen_low, self._seen_high)

    def _solve(self, goal: Mapping[int, float]) -> None:
        """Look at a way to answer in which the goal is least."""
        import numpy as np  # noqa: PLC0415  heavy: loaded where it is used
        from scipy.optimize import linprog  # noqa: PLC0415  heavy: loaded where it is used

        self._left -= 1
        wanted = np.zeros(len(self._places))
        wanted[list(goal)] = list(goal.values())
        # Inner points: a fifth to a tenth of the time of the simplex method, the more the larger the proof.
        found = linprog(wanted, **self._programs, method="highs-ipm")
        if found.x is None:
            raise ValueError("what was shown contradicts itself")
        np.minimum(self._seen_low, found.x, out=self._seen_low)
        np.maximum(self._seen_high, found.x, out=self._seen_high)
