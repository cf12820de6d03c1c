"""Routes of timetables: an edition's, and the calendars that people subscribe to."""

from collections.abc import Sequence
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Header, Response, status
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.clock import Provenance
from services.common.http.callers import Caller
from services.common.http.paging import Paging
from services.common.http.preconditions import ExpectedVersion
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession, WriteSession
from services.common.i18n import pick
from services.common.identity import Reach
from services.common.wire import Page, Reference
from services.programs.db import timetables as questions
from services.programs.db.editions import get_edition
from services.programs.db.programs import get_lecturer
from services.programs.db.tables import TrainingSession
from services.programs.db.venues import read_part
from services.programs.domain.editions import EditionState
from services.programs.domain.problems import (
    ActualInFuture,
    ReferenceUnknown,
    SessionOutsideEdition,
    SubjectNotFound,
    TransitionRefused,
)
from services.programs.operations import training_sessions as operations
from services.programs.schemas.training_sessions import (
    TrainingSessionCancellation,
    TrainingSessionChange,
    TrainingSessionCreate,
    TrainingSessionMove,
    TrainingSessionPlanned,
    TrainingSessionRead,
    TrainingSessionSetback,
)

router = house_router("training sessions", "")
_CALENDAR: Final = "text/calendar"
_CALENDAR_RESPONSE: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "An iCalendar file (RFC 5545).",
        "content": {_CALENDAR: {"schema": {"type": "string"}}},
    }
}


@router.post(
    "/editions/{edition_id}/training-sessions",
    response_model=TrainingSessionPlanned,
    status_code=status.HTTP_201_CREATED,
    responses=problems(SubjectNotFound, SessionOutsideEdition, TransitionRefused, ReferenceUnknown),
)
async def create_training_session(
    session: WriteSession, caller: Caller, edition_id: UUID, request: TrainingSessionCreate
) -> TrainingSessionPlanned:
    """Put a meeting on an edition's timetable; `warnings` name meetings that it collides with."""
    meeting = await operations.create_training_session(session, caller, edition_id, request)
    return await _answer_planned(session, meeting)


@router.get(
    "/editions/{edition_id}/training-sessions",
    response_model=Page[TrainingSessionRead],
    responses=problems(SubjectNotFound),
)
async def list_training_sessions(
    session: ReadSession, caller: Caller, page: Paging, edition_id: UUID
) -> object:
    """List an edition's timetable by time."""
    await get_edition(session, edition_id, visible_to=caller)
    return await questions.list_training_sessions(session, page, edition_id)


@router.get(
    "/lecturers/{lecturer_id}/training-sessions",
    response_model=Page[TrainingSessionRead],
    responses=problems(SubjectNotFound),
)
async def list_lecturer_sessions(
    session: ReadSession,
    caller: Caller,
    page: Paging,
    lecturer_id: UUID,
    provenance: Provenance = Provenance.REAL,
) -> object:
    """List what a lecturer teaches and taught, by time; the public sees lecturers who consented."""
    await get_lecturer(session, lecturer_id, visible_to=caller)
    return await questions.list_lecturer_sessions(
        session, page, lecturer_id, visible_to=caller, provenance=provenance
    )


@router.patch(
    "/training-sessions/{training_session_id}",
    response_model=TrainingSessionPlanned,
    responses=problems(SubjectNotFound, TransitionRefused, ReferenceUnknown),
)
async def change_training_session(
    session: WriteSession,
    caller: Caller,
    training_session_id: UUID,
    version: ExpectedVersion,
    request: TrainingSessionChange,
) -> TrainingSessionPlanned:
    """Change what is held and who teaches; `warnings` name meetings that it collides with."""
    meeting = await operations.change_training_session(session, caller, training_session_id, version, request)
    return await _answer_planned(session, meeting)


@router.post(
    "/training-sessions/{training_session_id}/move",
    response_model=TrainingSessionPlanned,
    responses=problems(SubjectNotFound, TransitionRefused, SessionOutsideEdition),
)
async def move_training_session(
    session: WriteSession, caller: Caller, training_session_id: UUID, request: TrainingSessionMove
) -> TrainingSessionPlanned:
    """Give a meeting another time or place; `warnings` name meetings that it collides with."""
    meeting = await operations.move_training_session(session, caller, training_session_id, request)
    return await _answer_planned(session, meeting)


@router.post(
    "/training-sessions/{training_session_id}/cancellation",
    response_model=TrainingSessionRead,
    responses=problems(SubjectNotFound, TransitionRefused),
)
async def cancel_training_session(
    session: WriteSession, caller: Caller, training_session_id: UUID, request: TrainingSessionCancellation
) -> TrainingSession:
    """Say that a meeting does not take place, and why."""
    return await operations.cancel_training_session(session, caller, training_session_id, request)


@router.post(
    "/training-sessions/{training_session_id}/setback",
    response_model=TrainingSessionRead,
    responses=problems(SubjectNotFound, TransitionRefused),
)
async def set_back_training_session(
    session: WriteSession, caller: Caller, training_session_id: UUID, request: TrainingSessionSetback
) -> TrainingSession:
    """Say that a meeting which the clock held by itself was not held; hold, move or cancel it later."""
    return await operations.set_back_training_session(session, caller, training_session_id, request)


@router.post(
    "/training-sessions/{training_session_id}/holding",
    response_model=TrainingSessionRead,
    responses=problems(SubjectNotFound, TransitionRefused, ActualInFuture),
)
async def hold_training_session(
    session: WriteSession, caller: Caller, training_session_id: UUID
) -> TrainingSession:
    """Say that a meeting was held; the clock says so by itself unless the meeting was set back."""
    return await operations.hold_training_session(session, caller, training_session_id)


@router.get(
    "/training-sessions/{training_session_id}",
    response_model=TrainingSessionPlanned,
    responses=problems(SubjectNotFound),
)
async def read_training_session(
    session: ReadSession, caller: Caller, training_session_id: UUID
) -> TrainingSessionPlanned:
    """Read one meeting; `warnings` name meetings that it collides with, for those who plan them."""
    meeting = await questions.get_meeting(session, training_session_id, visible_to=caller)
    return await _answer_planned(session, meeting, tells_others=caller.reach is not Reach.PUBLISHED)


@router.get(
    "/editions/{edition_id}/timetable.ics",
    response_class=Response,
    responses=_CALENDAR_RESPONSE | problems(SubjectNotFound),
)
async def read_edition_calendar(
    session: ReadSession,
    caller: Caller,
    edition_id: UUID,
    accept_language: Annotated[str | None, Header()] = None,
) -> Response:
    """Read an edition's timetable as a calendar to subscribe to; it names no person."""
    edition = await get_edition(session, edition_id, visible_to=caller)
    meetings = await questions.list_meetings(session, visible_to=caller, edition_id=edition_id)
    name = pick(edition.title, accept_language).text
    return _calendar(edition.id, name, meetings, accept_language)


@router.get(
    "/lecturers/{lecturer_id}/timetable.ics",
    response_class=Response,
    responses=_CALENDAR_RESPONSE | problems(SubjectNotFound),
)
async def read_lecturer_calendar(
    session: ReadSession,
    caller: Caller,
    lecturer_id: UUID,
    provenance: Provenance = Provenance.REAL,
    accept_language: Annotated[str | None, Header()] = None,
) -> Response:
    """Read when and where somebody teaches, over all editions, as a calendar to subscribe to."""
    lecturer = await get_lecturer(session, lecturer_id, visible_to=caller)
    meetings = await questions.list_meetings(
        session, visible_to=caller, lecturer_id=lecturer_id, provenance=provenance
    )
    name = pick(lecturer.names, accept_language).text
    return _calendar(lecturer.id, name, meetings, accept_language)


def _calendar(
    owner: UUID,
    name: str,
    meetings: Sequence[tuple[TrainingSession, str, EditionState]],
    accept_language: str | None,
) -> Response:
    from services.programs.operations.timetables import write_timetable  # noqa: PLC0415  brings a heavy library

    return Response(write_timetable(owner, name, meetings, accept_language), media_type=_CALENDAR)


async def _answer_planned(
    session: AsyncSession, meeting: TrainingSession, *, tells_others: bool = True
) -> TrainingSessionPlanned:
    edition = await get_edition(session, meeting.edition_id)
    module = await read_part(session, edition.id, meeting.module_id) if meeting.module_id else None
    return TrainingSessionPlanned.of(
        meeting,
        edition=Reference.of(edition),
        module=Reference.of(module) if module else None,
        warnings=await operations.list_warnings(session, meeting) if tells_others else [],
    )
