"""Answers by country over the editions of a program: shown once they tell of nobody (E3).

A partner country sends about two people to an edition, so its part in one edition is never shown. Over editions it
is, where nobody can get back to one edition (`roll_up_proofs.py`).
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from services.evaluation.domain.instruments import NOT_APPLICABLE
from services.evaluation.domain.results import RESPONDENTS
from services.evaluation.domain.roll_up_answers import EditionAnswers, Release, count_people
from services.evaluation.domain.roll_up_proofs import find_exposed
from services.evaluation.domain.suppression import SuppressionRule

FEWEST_EDITIONS: Final = 2
_MOST_ROUNDS: Final = 4
"""Of hiding what gives others away; after them nothing is shown."""

Cells = list[dict[str, Any]]


@dataclass(frozen=True)
class Readers:
    """A class of readers: what it saw of this roll-up before, and how wide its ignorance must stay."""

    earlier: Sequence[Release]
    width: int


def tell_all(counts: Mapping[str, int], respondents: int, *, of_many: bool) -> dict[str, int]:
    """Return how all who were asked answered: with `of_many` also how many, else also to whom it did not apply."""
    rest = respondents if of_many else respondents - sum(counts.values())
    return dict(counts) | ({RESPONDENTS if of_many else NOT_APPLICABLE: rest} if rest else {})


def release_of(campaigns: Iterable[UUID], cells: Iterable[Mapping[str, Any]], *, of_many: bool) -> Release:
    """Return what cells tell; `of_many`: whether one may choose several answers."""
    return Release(
        frozenset(campaigns),
        {
            cell["group"]: tell_all(cell["statistics"]["counts"], cell["n"], of_many=of_many)
            for cell in cells
            if not cell["suppressed"]
        },
    )


def settle_cells(
    tell: Callable[[Mapping[str, SuppressionRule]], Cells],
    campaigns: Collection[UUID],
    editions: Sequence[EditionAnswers],
    readers: Sequence[Readers],
    *,
    of_many: bool,
) -> Cells:
    """Return the cells by country, without those by which a class of readers would come to know too much.

    `tell` makes the cells of `campaigns` with some of them withheld; `editions` are those of earlier releases too.
    What was shown before is shown again only once enough people
    have joined it; what gives a single edition away is hidden, and with it what it could be subtracted from.
    """
    withheld: dict[str, SuppressionRule] = {}
    for rounds_left in reversed(range(_MOST_ROUNDS)):
        cells = tell(withheld)
        release = release_of(campaigns, cells, of_many=of_many)
        stale = {country for each in readers for country in find_stale(release, each)}
        shown = release.countries.keys()
        found = stale or _find_hiding(editions, release, readers)
        if not found or not shown:
            return cells
        rule = SuppressionRule.FEW_NEW_RESPONDENTS if stale else SuppressionRule.DIFFERENCING
        withheld |= dict.fromkeys(found if rounds_left else shown, rule)
    return tell(withheld)


def find_stale(release: Release, readers: Readers) -> set[str]:
    """Return the countries that readers saw before and that fewer people than their threshold have joined since.

    What was shown of other surveys has nothing in common that could be taken away.
    """
    return {
        country
        for earlier in readers.earlier
        if earlier.campaigns != release.campaigns and earlier.campaigns & release.campaigns
        for country in earlier.countries.keys() & release.countries.keys()
        if count_people(release.countries[country]) - count_people(earlier.countries[country]) < readers.width
    }


def _find_hiding(
    editions: Sequence[EditionAnswers], release: Release, readers: Sequence[Readers]
) -> set[str]:
    """Return which shown countries are to be hidden; where a hidden one is given away, all."""
    shown = set(release.countries)
    if not shown:
        return shown
    exposed: set[str] = set()
    for each in readers:
        exposed |= find_exposed(editions, [*each.earlier, release], each.width)
    return (exposed & shown) or (shown if exposed else set())
