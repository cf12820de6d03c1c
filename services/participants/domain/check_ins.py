"""Checking in by a badge: what is on it, and what a scan means, online or replayed later."""

import base64
import binascii
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Final
from uuid import UUID

from services.participants.domain.attendance import CHECK_IN_OPENS, AttendanceStatus

GRACE: Final = timedelta(minutes=10)
"""Who comes within this time of the beginning is present, not late."""
CLOCKS_DIFFER: Final = timedelta(minutes=2)
"""By how much a scanner's clock may be ahead."""
_MAC_BYTES: Final = 9


class CheckInOutcome(StrEnum):
    """What became of a scan; the reason code where nothing was recorded."""

    CHECKED_IN = "checked_in"
    ALREADY_CHECKED_IN = "already_checked_in"
    BADGE_UNKNOWN = "badge_unknown"
    SESSION_UNKNOWN = "session_unknown"
    SESSION_CANCELLED = "session_cancelled"
    TOO_EARLY = "too_early"
    SESSION_OVER = "session_over"
    IN_FUTURE = "in_future"
    NOT_ENROLLED = "not_enrolled"


@dataclass(frozen=True)
class Meeting:
    """What a scan is judged by."""

    starts_at: datetime
    ends_at: datetime
    cancelled: bool


def badge_of(key: bytes, participation_id: UUID) -> str:
    """Return what a participant's badge says: the participation and a proof that we wrote it, 40 characters."""
    mac = hmac.digest(key, participation_id.bytes, sha256)[:_MAC_BYTES]
    return base64.b32encode(participation_id.bytes + mac).decode()


def read_badge(key: bytes, badge: str) -> UUID | None:
    """Return the participation of a badge that we wrote, or None."""
    try:
        raw = base64.b32decode(badge.strip().upper())
    except (binascii.Error, ValueError):
        return None
    if len(raw) != 16 + _MAC_BYTES:
        return None
    named = UUID(bytes=raw[:16])
    genuine = hmac.compare_digest(raw[16:], hmac.digest(key, named.bytes, sha256)[:_MAC_BYTES])
    return named if genuine else None


def refuse_scan(meeting: Meeting, scanned_at: datetime, now: datetime) -> CheckInOutcome | None:
    """Return why a scan counts for nothing (R8), or None."""
    if meeting.cancelled:
        return CheckInOutcome.SESSION_CANCELLED
    if scanned_at > now + CLOCKS_DIFFER:
        return CheckInOutcome.IN_FUTURE
    if scanned_at < meeting.starts_at - CHECK_IN_OPENS:
        return CheckInOutcome.TOO_EARLY
    return CheckInOutcome.SESSION_OVER if scanned_at >= meeting.ends_at else None


def reckon_scan(meeting: Meeting, scanned_at: datetime) -> tuple[AttendanceStatus, int]:
    """Return the status and the minutes that a scan in time stands for: from it to the end of the session."""
    whole = int((meeting.ends_at - meeting.starts_at).total_seconds() // 60)
    if scanned_at <= meeting.starts_at + GRACE:
        return AttendanceStatus.PRESENT, whole
    return AttendanceStatus.LATE, int((meeting.ends_at - scanned_at).total_seconds() // 60)
