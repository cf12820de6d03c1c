"""Answers by country over the editions of a program: shown once they tell of nobody (E3).

A partner country sends about two people to an edition, so its part in one edition is never shown. Over editions it
is, where linear programming proves that readers cannot get back to one edition: the unknowns are how many of each
country gave each answer in each edition; the equations are every edition's answers in all, which count as known
whether they were published or not, and every release of the same roll-up that the readers have seen.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from services.evaluation.domain.results import RESPONDENTS
from services.evaluation.domain.suppression import SuppressionRule

ROLL_UP: Final = "country-roll-up@1"
FEWEST_EDITIONS: Final = 2
MOST_WORK: Final = 1_500_000
"""Of what proves a roll-up, in unknowns times linear programs: some ten seconds on one core."""
_MOST_ROUNDS: Final = 4
"""Of hiding what gives others away; after them nothing is shown."""
_SLACK: Final = 1e-6
_UNSAID: Final = ""
"""The group of those who did not say their country."""

Answers = Mapping[str, int]
"""How many gave each answer; where one may choose several, how many answered at all."""
Cells = list[dict[str, Any]]


@dataclass(frozen=True)
class EditionAnswers:
    """What the people of one edition answered to the question, in all."""

    campaign_id: UUID
    whole: Answers


@dataclass(frozen=True)
class Release:
    """What readers were shown of these surveys together: the answers of each country that was not hidden."""

    campaigns: frozenset[UUID]
    countries: Mapping[str, Answers]


@dataclass(frozen=True)
class Readers:
    """A class of readers: what it saw of this roll-up before, and how wide its ignorance must stay."""

    earlier: Sequence[Release]
    width: int


def release_of(campaigns: Iterable[UUID], cells: Iterable[Mapping[str, Any]], *, of_many: bool) -> Release:
    """Return what cells tell; `of_many`: whether one may choose several answers."""
    return Release(
        frozenset(campaigns),
        {
            cell["group"]: {RESPONDENTS: cell["n"]} if of_many else dict(cell["statistics"]["counts"])
            for cell in cells
            if not cell["suppressed"]
        },
    )


def settle_cells(
    tell: Callable[[Mapping[str, SuppressionRule]], Cells],
    editions: Sequence[EditionAnswers],
    readers: Sequence[Readers],
    *,
    of_many: bool,
) -> Cells:
    """Return the cells by country, without those by which a class of readers would come to know too much.

    `tell` makes the cells with some of them withheld. What was shown before is shown again only once enough people
    have joined it; what gives a single edition away is hidden, and with it what it could be subtracted from.
    """
    withheld: dict[str, SuppressionRule] = {}
    for rounds_left in reversed(range(_MOST_ROUNDS)):
        cells = tell(withheld)
        release = release_of((edition.campaign_id for edition in editions), cells, of_many=of_many)
        stale = {country for each in readers for country in find_stale(release, each)}
        shown = release.countries.keys()
        found = stale or _find_hiding(editions, release, [cell["group"] for cell in cells], readers)
        if not found or not shown:
            return cells
        rule = SuppressionRule.FEW_NEW_RESPONDENTS if stale else SuppressionRule.DIFFERENCING
        withheld |= dict.fromkeys(found if rounds_left else shown, rule)
    return tell(withheld)


def work_of(editions: Sequence[EditionAnswers], countries: Collection[str], classes: int) -> int:
    """Return how much it takes to prove once that a roll-up tells nothing to so many classes of readers."""
    answers = {answer for edition in editions for answer in edition.whole}
    unknowns = len(editions) * (len(countries) + 1) * len(answers)
    return unknowns * 2 * len(editions) * len(countries) * classes


def find_stale(release: Release, readers: Readers) -> set[str]:
    """Return the countries that readers saw before and that fewer people than their threshold have joined since."""
    return {
        country
        for earlier in readers.earlier
        if earlier.campaigns != release.campaigns
        for country in earlier.countries.keys() & release.countries.keys()
        if _people(release.countries[country]) - _people(earlier.countries[country]) < readers.width
    }


def find_exposed(
    editions: Sequence[EditionAnswers], releases: Sequence[Release], countries: Collection[str], width: int
) -> set[str]:
    """Return the countries of which readers can tell, for one edition, the number of people to less than `width`.

    Wider than an edition is large it need not be. Method `country-roll-up@1`: feasible ranges by linear
    programming (sources: see `disclosure.py`).
    """
    told = {campaign for release in releases for campaign in release.campaigns}
    concerned = [edition for edition in editions if edition.campaign_id in told]
    system = _System(concerned, releases, [*sorted(countries), _UNSAID])
    return {
        country
        for country in countries
        if any(
            system.width_of(edition, country) < min(width, _people(edition.whole)) - _SLACK
            for edition in concerned
        )
    }


def _find_hiding(
    editions: Sequence[EditionAnswers],
    release: Release,
    countries: Collection[str],
    readers: Sequence[Readers],
) -> set[str]:
    """Return which shown countries are to be hidden; where a hidden one is given away, all."""
    shown = set(release.countries)
    if not shown:
        return shown
    exposed: set[str] = set()
    for each in readers:
        exposed |= find_exposed(editions, [*each.earlier, release], countries, each.width)
    return (exposed & shown) or (shown if exposed else set())


class _System:
    """Everything that readers know, as equations over the unknown (edition, country, answer)."""

    def __init__(
        self, editions: Sequence[EditionAnswers], releases: Sequence[Release], countries: Sequence[str]
    ) -> None:
        from scipy.sparse import csr_array  # noqa: PLC0415  heavy: loaded where it is used

        self._answers = sorted(
            {answer for edition in editions for answer in edition.whole}
            | {a for release in releases for counts in release.countries.values() for a in counts}
        )
        keys = [(e.campaign_id, c, a) for e in editions for c in countries for a in self._answers]
        self._places = {key: place for place, key in enumerate(keys)}
        wholes = {edition.campaign_id: edition.whole for edition in editions}
        self._bounds = [(0, wholes[campaign].get(answer, 0)) for campaign, _, answer in keys]
        sums = [
            ([self._places[id_, c, a] for c in countries], whole.get(a, 0))
            for id_, whole in wholes.items()
            for a in self._answers
        ] + [
            ([self._places[id_, country, a] for id_ in release.campaigns], counts.get(a, 0))
            for release in releases
            for country, counts in release.countries.items()
            for a in self._answers
        ]
        rows = [row for row, (places, _) in enumerate(sums) for _ in places]
        columns = [place for places, _ in sums for place in places]
        # Typed loosely: the stubs of scipy know dense matrices only.
        self._left: Any = csr_array(([1.0] * len(rows), (rows, columns)), shape=(len(sums), len(keys)))
        self._right = [n for _, n in sums]

    def width_of(self, edition: EditionAnswers, country: str) -> float:
        """Return between how many people the country's part in the edition may lie, as far as readers can tell."""
        from scipy.optimize import linprog  # noqa: PLC0415  heavy: loaded where it is used

        goal = [0.0] * len(self._places)
        ends = []
        for sign in (1.0, -1.0):
            for answer in self._answers:
                goal[self._places[edition.campaign_id, country, answer]] = sign
            found = linprog(goal, A_eq=self._left, b_eq=self._right, bounds=self._bounds, method="highs")
            if found.fun is None:
                raise ValueError("what was shown contradicts itself")
            ends.append(sign * found.fun)
        return float(ends[1] - ends[0])


def _people(answers: Answers) -> int:
    return sum(answers.values())
