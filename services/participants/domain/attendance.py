"""Attendance: what is counted, and what it takes to have completed a course."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Final

CHECK_IN_OPENS: Final = timedelta(minutes=60)
"""How long before a session attendance may first be taken (R8)."""

EXCUSED_LIMIT: Final = Fraction(1, 5)
"""Up to which part of the counted minutes an excuse takes minutes out of the reckoning (R9)."""


class AttendanceStatus(StrEnum):
    """How somebody attended a training session."""

    PRESENT = "present"
    LATE = "late"
    PARTIAL = "partial"
    EXCUSED = "excused"
    ABSENT = "absent"


class AttendanceSource(StrEnum):
    """Where an attendance record comes from."""

    LIST = "list"
    CHECK_IN = "check_in"
    IMPORT = "import"


NEEDS_MINUTES: Final = frozenset({AttendanceStatus.LATE, AttendanceStatus.PARTIAL})


@dataclass(frozen=True)
class Attended:
    """One counted session of one participant; a session that nobody marked counts as absence."""

    session_minutes: int
    status: AttendanceStatus
    minutes: int
    """Minutes attended, at most those of the session; used where the status is late or partial."""


def share_of(sessions: Sequence[Attended], excused_limit: Fraction = EXCUSED_LIMIT) -> Fraction | None:
    """Return which part of the counted time somebody was there: attended / counted minutes (R9).

    Late and partial count their minutes; excused minutes leave the denominator up to `excused_limit` of all
    minutes; cancelled sessions are not in `sessions`. None where nothing is left to count.
    """
    total = sum(one.session_minutes for one in sessions)
    excused = sum(one.session_minutes for one in sessions if one.status is AttendanceStatus.EXCUSED)
    counted = total - min(Fraction(excused), excused_limit * total)
    if not counted:
        return None
    return Fraction(attended_minutes(sessions)) / counted


def attended_minutes(sessions: Sequence[Attended]) -> int:
    """Return for how many counted minutes somebody was there."""
    return sum(_minutes_of(one) for one in sessions)


def has_completed(
    share: Fraction | None,
    attendance_percent: int,
    *,
    pass_mark_percent: int | None,
    passed_test: bool | None,
) -> bool:
    """Say whether the policy's conditions of a completion certificate hold (R9).

    Where the policy has a pass mark, the test must have been passed; not taken is not passed.
    """
    if share is None or share * 100 < attendance_percent:
        return False
    return pass_mark_percent is None or passed_test is True


def may_take_attendance(starts_at: datetime, *, cancelled: bool, now: datetime) -> bool:
    """Say whether attendance may be taken: from 60 minutes before a session that is not cancelled (R8)."""
    return not cancelled and now >= starts_at - CHECK_IN_OPENS


def _minutes_of(one: Attended) -> int:
    if one.status is AttendanceStatus.PRESENT:
        return one.session_minutes
    return min(one.minutes, one.session_minutes) if one.status in NEEDS_MINUTES else 0
