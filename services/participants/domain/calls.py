"""When a call takes nominations."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo


class CallState(StrEnum):
    """How a call stands at a moment."""

    NOT_PLANNED = "not_planned"
    UPCOMING = "upcoming"
    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"


CANCELLED_EDITION: Final = "cancelled"
"""The state of an edition, in programs' words, that stops its call and its offers."""


def state_of_call(
    opens_at: datetime | None, closes_at: datetime | None, *, cancelled: bool, now: datetime
) -> CallState:
    """Return how a call stands; it closes at `closes_at` to the microsecond (R4)."""
    if cancelled:
        return CallState.CANCELLED
    if opens_at is None or closes_at is None:
        return CallState.NOT_PLANNED
    if now < opens_at:
        return CallState.UPCOMING
    return CallState.OPEN if now < closes_at else CallState.CLOSED


def time_left(closes_at: datetime | None, now: datetime) -> timedelta | None:
    """Return the time to the deadline, never less than nothing; None where there is no deadline."""
    return None if closes_at is None else max(closes_at - now, timedelta(0))


def words_of_deadline(deadline: datetime, zone: str) -> str:
    """Return a deadline as people read it where the call is at home: `2026-12-24 18:00 (UTC+05:00)`."""
    there = deadline.astimezone(ZoneInfo(zone))
    offset = there.strftime("%z")
    return f"{there:%Y-%m-%d %H:%M} (UTC{offset[:3]}:{offset[3:]})"
