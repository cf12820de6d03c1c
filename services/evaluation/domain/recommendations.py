"""From a suggestion to a changed edition: moderation, recommendations, management responses."""

from datetime import date
from enum import StrEnum
from typing import Final

from services.common.edtf import parse_edtf
from services.common.states import LifeCycle


class Moderation(StrEnum):
    """Who may read a free text; the original is kept apart whatever is decided."""

    PENDING = "pending"
    PUBLIC = "public"
    INTERNAL = "internal"
    LECTURER_ONLY = "lecturer_only"
    """For the lecturer whom it is about, and for staff."""
    REMOVED = "removed"


class RecommendationState(StrEnum):
    """The life of a recommendation."""

    PROPOSED = "proposed"
    AGREED = "agreed"
    PARTLY_AGREED = "partly_agreed"
    REJECTED = "rejected"
    IN_PROGRESS = "in_progress"
    IMPLEMENTED = "implemented"
    VERIFIED = "verified"
    LAPSED = "lapsed"


_S = RecommendationState
RECOMMENDATION_LIFE: Final = LifeCycle(
    initial=_S.PROPOSED,
    transitions={
        _S.PROPOSED: frozenset({_S.AGREED, _S.PARTLY_AGREED, _S.REJECTED}),
        _S.AGREED: frozenset({_S.IN_PROGRESS, _S.LAPSED}),
        _S.PARTLY_AGREED: frozenset({_S.IN_PROGRESS, _S.LAPSED}),
        _S.IN_PROGRESS: frozenset({_S.IMPLEMENTED, _S.LAPSED}),
        _S.IMPLEMENTED: frozenset({_S.VERIFIED, _S.IN_PROGRESS}),
        _S.REJECTED: frozenset(),
        _S.VERIFIED: frozenset(),
        _S.LAPSED: frozenset(),
    },
)


SHOWING: Final = frozenset({Moderation.PUBLIC, Moderation.INTERNAL, Moderation.LECTURER_ONLY})
"""The decisions that show a text to somebody, in a wording."""
UNDER_WAY: Final = frozenset({_S.AGREED, _S.PARTLY_AGREED, _S.IN_PROGRESS})
"""States in which somebody has to do something until the day that was set."""


class Translator(StrEnum):
    """Who translated a text."""

    PERSON = "person"
    MACHINE = "machine"


def is_overdue(state: RecommendationState, due: str | None, today: date) -> bool:
    """Say whether the last possible day of `due` (EDTF) has passed with the work still under way."""
    if state not in UNDER_WAY or due is None:
        return False
    latest = parse_edtf(due).latest
    return latest is not None and latest < today


class Priority(StrEnum):
    """How much a recommendation matters."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class RecommendationVerdict(StrEnum):
    """What management says to a recommendation."""

    AGREED = "agreed"
    PARTLY_AGREED = "partly_agreed"
    REJECTED = "rejected"
