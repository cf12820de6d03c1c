"""A participant's sessions as a calendar (iCalendar, RFC 5545)."""

from collections.abc import Iterable
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import STATUS, Calendar, Event, Timezone

from services.common.i18n import pick
from services.participants.db.tables import MirrorEdition, MirrorTrainingSession

PRODUCT = "-//Qoldau//Participant//EN"


def write_calendar(
    edition: MirrorEdition, meetings: Iterable[MirrorTrainingSession], accept_language: str | None
) -> bytes:
    """Return the calendar; a moved session keeps its UID and counts its SEQUENCE up, a cancelled one is struck."""
    zone = ZoneInfo(edition.zone)
    calendar = Calendar.new(uid=edition.id, name=pick(edition.title, accept_language).text, prodid=PRODUCT)
    calendar.add_component(_describe_zone(edition.zone))
    for meeting in meetings:
        cancelled = meeting.state == "cancelled"
        calendar.add_component(
            Event.new(
                uid=meeting.id,
                sequence=meeting.aggregate_version - 1,
                start=meeting.starts_at.astimezone(zone),
                end=meeting.ends_at.astimezone(zone),
                stamp=meeting.starts_at,
                summary=pick(meeting.title, accept_language).text,
                location=meeting.venue,
                status=STATUS.CANCELLED if cancelled else STATUS.CONFIRMED,
            )
        )
    content: bytes = calendar.to_ical()
    return content


@lru_cache(maxsize=100)
def _describe_zone(zone: str) -> Timezone:
    """Return the VTIMEZONE; it takes 10 ms to make and is the same for everyone."""
    return Timezone.from_tzid(zone)
