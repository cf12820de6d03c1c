"""From a suggestion to a changed edition: moderation, recommendations, management responses."""

from enum import StrEnum
from typing import Final

from services.common.states import LifeCycle


class Moderation(StrEnum):
    """Who may read a free text; the original is kept apart whatever is decided."""

    PENDING = "pending"
    PUBLIC = "public"
    INTERNAL = "internal"
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
        _S.PROPOSED: frozenset({_S.AGREED, _S.PARTLY_AGREED, _S.REJECTED, _S.LAPSED}),
        _S.AGREED: frozenset({_S.IN_PROGRESS, _S.LAPSED}),
        _S.PARTLY_AGREED: frozenset({_S.IN_PROGRESS, _S.LAPSED}),
        _S.IN_PROGRESS: frozenset({_S.IMPLEMENTED, _S.LAPSED}),
        _S.IMPLEMENTED: frozenset({_S.VERIFIED, _S.IN_PROGRESS}),
        _S.REJECTED: frozenset(),
        _S.VERIFIED: frozenset(),
        _S.LAPSED: frozenset(),
    },
)


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
