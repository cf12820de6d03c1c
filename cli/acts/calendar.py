"""When the story's edition happened: it began about nine months ago, and its six-month follow-up lies behind."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Final

AGO: Final = timedelta(days=275)
ASTANA: Final = timezone(timedelta(hours=5))
_MONDAY: Final = 7


@dataclass(frozen=True)
class Calendar:
    """The moments of the story; each is later than the one before it."""

    planning: datetime

    @classmethod
    def until(cls, now: datetime) -> "Calendar":
        """Return the calendar of a story that ends `now` (aware)."""
        return cls(_at(now.date() - AGO, time(4)))

    @property
    def call_opens_at(self) -> datetime:
        """Midnight in Astana, when nominations begin."""
        return _at(self._day(1), time(0), ASTANA)

    @property
    def during_call(self) -> datetime:
        """When the authorities nominate."""
        return _at(self._day(10), time(9))

    @property
    def call_closes_at(self) -> datetime:
        """The deadline of nominations."""
        return _at(self._day(31), time(18), ASTANA)

    @property
    def selection(self) -> datetime:
        """When the agency selects, after the deadline."""
        return _at(self._day(32), time(9))

    @property
    def reply_by(self) -> datetime:
        """Until when an offer may be answered."""
        return self.selection + timedelta(days=14)

    @property
    def starts_on(self) -> date:
        """The first day of the course, a Monday."""
        day = self._day(77)
        return day + timedelta(days=-(day.isoweekday() - 1) % _MONDAY)

    @property
    def ends_on(self) -> date:
        """The last day of the course, the Friday."""
        return self.starts_on + timedelta(days=4)

    @property
    def replacement_until(self) -> datetime:
        """Until when a seat that falls free is given to who waits."""
        return _at(self.starts_on - timedelta(days=7), time(18), ASTANA)

    @property
    def lectures(self) -> tuple[date, date]:
        """The days of the two lectures."""
        return self.starts_on + timedelta(days=1), self.starts_on + timedelta(days=3)

    @property
    def during_course(self) -> datetime:
        """The evening of the last lecture."""
        return _at(self.lectures[-1], time(15))

    @property
    def afterwards(self) -> datetime:
        """The Monday after the course."""
        return _at(self.ends_on + timedelta(days=3), time(9))

    @property
    def next_starts_on(self) -> date:
        """The first day of the edition that is a year, to the weekday, later."""
        return self.starts_on + timedelta(weeks=52)

    def _day(self, number: int) -> date:
        return self.planning.date() + timedelta(days=number)


def _at(day: date, clock: time, zone: timezone = UTC) -> datetime:
    return datetime.combine(day, clock, zone)
