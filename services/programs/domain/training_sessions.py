"""The life of a training session: one meeting of a course."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from services.common.states import LifeCycle

STANDS_IN: Final = "="
"""In tables, between who teaches and whose place that is."""


class TrainingSessionKind(StrEnum):
    """What kind of meeting it is."""

    LECTURE = "lecture"
    SEMINAR = "seminar"
    WORKSHOP = "workshop"
    PRACTICE = "practice"
    STUDY_VISIT = "study_visit"
    CULTURAL_VISIT = "cultural_visit"
    EXAM = "exam"
    CEREMONY = "ceremony"
    TRAVEL = "travel"


class TrainingSessionState(StrEnum):
    """Whether it is still to come."""

    SCHEDULED = "scheduled"
    MOVED = "moved"
    HELD = "held"
    CANCELLED = "cancelled"


class LecturerRole(StrEnum):
    """As what somebody teaches."""

    LECTURER = "lecturer"
    MODERATOR = "moderator"
    TRAINER = "trainer"
    EXAMINER = "examiner"


T = TrainingSessionState

TRAINING_SESSION_LIFE: Final = LifeCycle(
    initial=T.SCHEDULED,
    transitions={
        T.SCHEDULED: frozenset({T.MOVED, T.HELD, T.CANCELLED}),
        T.MOVED: frozenset({T.MOVED, T.HELD, T.CANCELLED}),
        T.HELD: frozenset({T.SCHEDULED, T.MOVED, T.CANCELLED}),
        T.CANCELLED: frozenset(),
    },
)
"""What the clock holds by itself can be set back, moved or cancelled afterwards: it may not have happened."""

OPEN_STATES: Final = frozenset({T.SCHEDULED, T.MOVED})
"""States of a meeting that is still to come."""


class ConflictCode(StrEnum):
    """How two meetings at the same time get into each other's way."""

    LECTURER_ELSEWHERE = "lecturer_elsewhere"
    VENUE_TAKEN = "venue_taken"


@dataclass(frozen=True)
class Place:
    """Who and what a meeting needs at its time."""

    venue: str | None
    lecturers: frozenset[str]
    venue_id: str | None = None
    """Of the record of the venue, where there is one."""


def find_conflicts(wanted: Place, taken: Place) -> list[ConflictCode]:
    """Return what two meetings at the same time both need (invariant P5).

    Venues are the same by their record, or by their name where one of the two has none.
    """
    conflicts = []
    if wanted.lecturers & taken.lecturers:
        conflicts.append(ConflictCode.LECTURER_ELSEWHERE)
    if _is_same_venue(wanted, taken):
        conflicts.append(ConflictCode.VENUE_TAKEN)
    return conflicts


def _is_same_venue(wanted: Place, taken: Place) -> bool:
    if wanted.venue_id and taken.venue_id:
        return wanted.venue_id == taken.venue_id
    if not (wanted.venue and taken.venue):
        return False
    return wanted.venue.strip().casefold() == taken.venue.strip().casefold()
