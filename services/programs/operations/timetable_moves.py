"""What befalls a whole timetable when its edition changes."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.audit import record_change
from services.common.edtf import parse_edtf
from services.common.identity import Caller
from services.common.problems import Fault
from services.programs.db.tables import Edition, TrainingSession
from services.programs.db.timetables import list_timetable
from services.programs.domain import events
from services.programs.domain.edition_guards import local_day
from services.programs.domain.problems import SessionOutsideEdition
from services.programs.domain.training_sessions import OPEN_STATES, TrainingSessionState
from services.programs.operations.training_sessions import tell_training_session


async def shift_timetable(session: AsyncSession, caller: Caller, edition: Edition, shift: timedelta) -> None:
    """Move what is still to come by `shift`; raises `SessionOutsideEdition` where the new period is too short."""
    if shift:
        for meeting in await _list_open(session, edition):
            meeting.starts_at += shift
            meeting.ends_at += shift
            meeting.state = TrainingSessionState.MOVED
            fields = ["starts_at", "ends_at", "state"]
            await record_change(session, caller, "training_session.moved", meeting, fields)
            await tell_training_session(session, meeting, events.TRAINING_SESSION_MOVED)
    await require_timetable_inside(session, edition)


async def cancel_timetable(session: AsyncSession, caller: Caller, edition: Edition) -> None:
    """Cancel what is still to come of an edition that is cancelled, for its reason."""
    for meeting in await _list_open(session, edition):
        meeting.state, meeting.state_reason = TrainingSessionState.CANCELLED, edition.state_reason
        await record_change(session, caller, "training_session.cancelled", meeting, ["state", "state_reason"])
        await tell_training_session(session, meeting, events.TRAINING_SESSION_CANCELLED)


async def require_timetable_inside(session: AsyncSession, edition: Edition) -> None:
    """Raise `SessionOutsideEdition` where a meeting that is not cancelled lies outside the period (P5)."""
    first, last = parse_edtf(edition.period).sort_key
    outside = [
        meeting
        for meeting in await list_timetable(session, [edition.id])
        if meeting.state is not TrainingSessionState.CANCELLED
        and not all(
            first <= local_day(at, edition.zone) <= last for at in (meeting.starts_at, meeting.ends_at)
        )
    ]
    if outside:
        raise SessionOutsideEdition(
            f"{len(outside)} training sessions lie outside the period; move or cancel them first.",
            errors=[Fault("/period", "sessions_outside", "Training sessions lie outside this period.")],
        )


async def _list_open(session: AsyncSession, edition: Edition) -> list[TrainingSession]:
    timetable = await list_timetable(session, [edition.id])
    return [meeting for meeting in timetable if meeting.state in OPEN_STATES]
