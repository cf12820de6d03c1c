"""What partner countries aim at and ask for, and how the plan meets it."""

from collections.abc import Collection
from enum import StrEnum
from typing import Final

from services.common.states import LifeCycle


class NeedsSurveyState(StrEnum):
    """How far a country has come in saying what it needs."""

    OPEN = "open"
    SUBMITTED = "submitted"
    CLOSED = "closed"


N = NeedsSurveyState

NEEDS_SURVEY_LIFE: Final = LifeCycle(
    initial=N.OPEN,
    transitions={
        N.OPEN: frozenset({N.SUBMITTED, N.CLOSED}),
        N.SUBMITTED: frozenset({N.OPEN, N.CLOSED}),
        N.CLOSED: frozenset(),
    },
)
"""What was submitted can be opened again for a correction, until the survey is closed."""


class SectorMatch(StrEnum):
    """How near a plan comes to a need."""

    SAME = "same"
    """The same purpose code."""
    RELATED = "related"
    """Another purpose of the same DAC sector: the first three digits agree."""


def match_sectors(wanted: Collection[str], offered: Collection[str]) -> SectorMatch | None:
    """Return how the sectors of a plan meet those that are wanted; None where they do not."""
    if set(wanted) & set(offered):
        return SectorMatch.SAME
    if {code[:3] for code in wanted} & {code[:3] for code in offered}:
        return SectorMatch.RELATED
    return None
