"""The life of an edition: its states, and what may follow on which."""

from enum import StrEnum
from typing import Final

from services.common.states import LifeCycle


class EditionState(StrEnum):
    """Where an edition stands."""

    DRAFT = "draft"
    PLANNED = "planned"
    ANNOUNCED = "announced"
    CALL_OPEN = "call_open"
    SELECTION = "selection"
    CONFIRMED = "confirmed"
    RUNNING = "running"
    COMPLETED = "completed"
    EVALUATED = "evaluated"
    ARCHIVED = "archived"
    POSTPONED = "postponed"
    SUSPENDED = "suspended"
    CANCELLED = "cancelled"


class Modality(StrEnum):
    """How people take part."""

    ON_SITE = "on_site"
    ONLINE = "online"
    HYBRID = "hybrid"


class CountryRelation(StrEnum):
    """What an edition has to do with a country."""

    INVITED = "invited"
    TOOK_PART = "took_part"
    TARGETED = "targeted"


class InvitationReply(StrEnum):
    """What an authority answered to the letter that asks it to nominate."""

    ACCEPTED = "accepted"
    DECLINED = "declined"


class ContentKind(StrEnum):
    """What an edition promises in versions that stay."""

    PUBLIC_TEXT = "public_text"
    ELIGIBILITY_RULES = "eligibility_rules"


S = EditionState
_BEFORE_START: Final = frozenset({S.POSTPONED, S.CANCELLED})

EDITION_LIFE: Final = LifeCycle(
    initial=S.DRAFT,
    transitions={
        S.DRAFT: frozenset({S.PLANNED, S.CANCELLED}),
        S.PLANNED: frozenset({S.ANNOUNCED, S.CONFIRMED}) | _BEFORE_START,
        S.ANNOUNCED: frozenset({S.CALL_OPEN, S.CONFIRMED}) | _BEFORE_START,
        S.CALL_OPEN: frozenset({S.SELECTION}) | _BEFORE_START,
        S.SELECTION: frozenset({S.CONFIRMED}) | _BEFORE_START,
        S.CONFIRMED: frozenset({S.RUNNING}) | _BEFORE_START,
        S.RUNNING: frozenset({S.COMPLETED, S.SUSPENDED}),
        S.COMPLETED: frozenset({S.EVALUATED}),
        S.EVALUATED: frozenset({S.ARCHIVED}),
        S.ARCHIVED: frozenset(),
        S.POSTPONED: frozenset({S.PLANNED, S.CANCELLED}),
        S.SUSPENDED: frozenset({S.RUNNING, S.CANCELLED}),
        S.CANCELLED: frozenset(),
    },
)

STATED_STATES: Final = frozenset({S.PLANNED, S.RUNNING, S.COMPLETED})
"""States in which an edition may be entered because a source says so."""

CALL_PASSED: Final = frozenset(
    {S.CALL_OPEN, S.SELECTION, S.CONFIRMED, S.RUNNING, S.COMPLETED, S.EVALUATED, S.ARCHIVED}
)
"""States in which authorities have been told by what seats are given."""

BY_CLOCK: Final = {
    S.ANNOUNCED: S.CALL_OPEN,
    S.CALL_OPEN: S.SELECTION,
    S.CONFIRMED: S.RUNNING,
    S.RUNNING: S.COMPLETED,
}
"""The steps that the clock takes by itself."""

CLOSED_CAMPAIGN: Final = "closed"
"""State of a survey, as evaluation tells it, that takes no more answers."""
SETTLED_RESULTS: Final = frozenset({"published", "withheld"})
"""States of results, as evaluation tells them, that need nothing more: published, or withheld by rule."""
