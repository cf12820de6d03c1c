"""Planning the moment at which an edition's state must be looked at again."""

from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.edtf import parse_edtf
from services.common.jobs import schedule_job
from services.programs.db.tables import Edition
from services.programs.db.timetables import list_timetable
from services.programs.domain.editions import EditionState
from services.programs.domain.training_sessions import OPEN_STATES

FOLLOW_CLOCK: Final = "edition.follow_clock"


async def plan_clock(session: AsyncSession, edition: Edition, *, after: datetime | None = None) -> None:
    """Schedule the edition's next look at the clock, if it has one later than `after`.

    A fact known as of a day is left alone until somebody changes it.
    """
    due = None if edition.stated_as_of else await _next_look(session, edition)
    if due is not None and (after is None or due > after):
        await schedule_job(session, FOLLOW_CLOCK, edition.id, due, provenance=edition.provenance)


async def _next_look(session: AsyncSession, edition: Edition) -> datetime | None:
    match edition.state:
        case EditionState.ANNOUNCED:
            return edition.call_opens_at
        case EditionState.CALL_OPEN:
            return edition.call_closes_at
        case EditionState.CONFIRMED:
            return _midnight(edition, first=True)
        case EditionState.RUNNING:
            meetings = await list_timetable(session, [edition.id])
            waiting = (one for one in meetings if one.state in OPEN_STATES and not one.set_back)
            ends = [meeting.ends_at for meeting in waiting]
            over = _midnight(edition, first=False)
            return min([*ends, *([over] if over else [])], default=None)
        case _:
            return None


def _midnight(edition: Edition, *, first: bool) -> datetime | None:
    period = parse_edtf(edition.period)
    if not period.is_day_precise:
        return None
    day = edition.earliest if first else edition.latest + timedelta(days=1)
    return datetime.combine(day, time(), ZoneInfo(edition.zone)).astimezone(UTC)
