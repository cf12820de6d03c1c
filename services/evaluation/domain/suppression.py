"""Which figures must stay hidden, so that no answer can be traced to a person.

Thresholds count respondents and hold for every published cell and its complement (design E3). Complementary
suppression follows the marginal rule: no published line has exactly one hidden cell, what a line hides adds up
to at least the threshold, and those hidden together did not all answer alike. What follows from several tables
at once is proved by linear programming (`disclosure.py`).
"""

from collections.abc import Callable, Collection, Hashable, Mapping
from enum import StrEnum
from typing import Final, TypeVar

MINIMUM_BREAKDOWN: Final = 5
"""Threshold of breakdown cells for every audience, unless the audience's own is higher."""
PUBLIC_RESPONSE_RATE: Final = 0.5


class Audience(StrEnum):
    """For whom a result is made."""

    INTERNAL = "internal"
    LECTURER = "lecturer"
    PARTNER = "partner"
    PUBLIC = "public"


class SuppressionRule(StrEnum):
    """Why a figure is hidden."""

    TOO_FEW = "too_few_respondents"
    UNANIMOUS = "unanimous_breakdown_cell"
    COMPLEMENT = "complement"
    COUNTRY_OF_ONE_EDITION = "country_of_one_edition"
    RESPONSE_RATE = "response_rate_too_low"
    PERIOD_NOT_OVER = "period_not_over"
    DIFFERENCING = "differencing"
    """Together with what its readers have seen before, the figure would tell of few people."""
    FEW_NEW_RESPONDENTS = "few_new_respondents"
    """Since the last release of the same roll-up, too few joined a cell that it showed."""


READS: Final[Mapping[Audience, frozenset[Audience]]] = {
    Audience.INTERNAL: frozenset(Audience),
    Audience.LECTURER: frozenset({Audience.LECTURER, Audience.PUBLIC}),
    Audience.PARTNER: frozenset({Audience.PARTNER, Audience.PUBLIC}),
    Audience.PUBLIC: frozenset({Audience.PUBLIC}),
}
"""Whose results each class of readers sees: what is public is seen by all, and staff see everything."""

DEFAULT_THRESHOLDS: Final[Mapping[Audience, int]] = {
    Audience.INTERNAL: 3,
    Audience.LECTURER: 5,
    Audience.PARTNER: 5,
    Audience.PUBLIC: 10,
}

Key = TypeVar("Key", bound=Hashable)


def settle_thresholds(wished: Mapping[Audience, int]) -> dict[Audience, int]:
    """Return the thresholds of a campaign; raises ValueError for one below the rule's (upward only)."""
    for audience, k in wished.items():
        if k < DEFAULT_THRESHOLDS[audience]:
            raise ValueError(f"the threshold for {audience} can only be raised")
    return {**DEFAULT_THRESHOLDS, **wished}


def breakdown_threshold(k: int) -> int:
    """Return the threshold of breakdown cells for an audience whose own is `k`."""
    return max(k, MINIMUM_BREAKDOWN)


def withholding_rule(
    audience: Audience, k: int, answered: int, response_rate: float | None
) -> SuppressionRule | None:
    """Return why a whole result may not be published to `audience`, None if it may."""
    if answered < k:
        return SuppressionRule.TOO_FEW
    if audience is Audience.PUBLIC and (response_rate or 0) < PUBLIC_RESPONSE_RATE:
        return SuppressionRule.RESPONSE_RATE
    return None


def hide_cells(
    cells: Mapping[Key, int],
    lines: Collection[Collection[Key]],
    k: int,
    unanimous: Collection[Key] = (),
    agree: Callable[[Collection[Key]], bool] = lambda _: False,
) -> dict[Key, SuppressionRule]:
    """Return the cells of a table that must be hidden, each with the rule that hides it.

    `cells` counts respondents; a line is a set of cells whose total is published. Primary: fewer than `k`
    (none at all included: it says that nobody of the group answered) and `unanimous`. Then, until nothing
    changes, each line that hides one cell only, or fewer than `k` respondents in all, or only people who
    `agree` (say whether all in these cells answered alike), hides its smallest other cell too. So every total
    minus what is published is 0 or covers two cells and `k` respondents of more than one mind.
    """
    hidden = dict.fromkeys(unanimous, SuppressionRule.UNANIMOUS)
    hidden |= {key: SuppressionRule.TOO_FEW for key, n in cells.items() if n < k}
    changed = True
    while changed:
        changed = False
        for line in lines:
            covered = [key for key in line if key in hidden]
            shown = [key for key in line if key not in hidden]
            if not covered or not shown:
                continue
            if len(covered) == 1 or sum(cells[key] for key in covered) < k or agree(covered):
                hidden[min(shown, key=lambda key: (cells[key], str(key)))] = SuppressionRule.COMPLEMENT
                changed = True
    return hidden
