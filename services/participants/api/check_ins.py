"""Routes of badges, check-ins, the attendance sheet and a participant's calendar."""

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Header, Request, Response

from services.common.documents import qr_code
from services.common.http.callers import Caller
from services.common.http.exports import EXPORT, Format, send_table
from services.common.http.paging import Paging
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession, WriteSession
from services.common.tabular.writing import TableFormat
from services.common.wire import Page
from services.participants.api.keys import BadgeKey
from services.participants.db import attendance as questions
from services.participants.db.mirrors import get_edition
from services.participants.db.participations import get_participation
from services.participants.domain.check_ins import badge_of
from services.participants.domain.problems import CallNotFound, ParticipationNotFound
from services.participants.operations import check_ins as operations
from services.participants.schemas.check_ins import (
    AttendanceChangeRead,
    BadgeRead,
    ScanBatch,
    ScanResults,
)

router = house_router("attendance", "")

_CALENDAR: Final = "text/calendar"
_CALENDAR_ANSWER: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "An iCalendar document (RFC 5545).", "content": {_CALENDAR: {}}}
}


@router.get(
    "/participations/{participation_id}/badge",
    response_model=BadgeRead,
    responses=problems(ParticipationNotFound),
)
async def read_badge(
    session: ReadSession, caller: Caller, badge_key: BadgeKey, participation_id: UUID
) -> BadgeRead:
    """Read the badge that a participant shows to be checked in, with its QR code."""
    found = await get_participation(session, participation_id, visible_to=caller)
    badge = badge_of(badge_key, found.id)
    return BadgeRead(participation_id=found.id, badge=badge, qr=qr_code(badge))


@router.post(
    "/editions/{edition_id}/attendance/check-ins",
    response_model=ScanResults,
    responses=problems(CallNotFound),
)
async def check_in(
    session: WriteSession, caller: Caller, badge_key: BadgeKey, edition_id: UUID, request: ScanBatch
) -> ScanResults:
    """Check people in by their badges; scans made offline are sent later, and again, without harm."""
    results = await operations.check_in(session, caller, edition_id, request, badge_key=badge_key)
    return ScanResults(results=results)


@router.get(
    "/attendance-records/{attendance_id}/changes",
    response_model=Page[AttendanceChangeRead],
    responses=problems(ParticipationNotFound),
)
async def list_attendance_changes(
    session: ReadSession, caller: Caller, page: Paging, attendance_id: UUID
) -> object:
    """List what an attendance record said over time: who corrected it and why."""
    return await questions.list_attendance_changes(session, page, attendance_id, visible_to=caller)


@router.get("/editions/{edition_id}/attendance-sheet", **EXPORT)
async def export_attendance_sheet(
    http: Request, session: ReadSession, edition_id: UUID, form: Format = TableFormat.XLSX
) -> Response:
    """Read an edition's attendance as a table: everybody for every counted session, marked or not."""
    edition = await get_edition(session, edition_id)
    return await send_table(http, questions.attendance_sheet(edition.id), "attendance", form)


@router.get(
    "/participations/{participation_id}/timetable.ics",
    response_class=Response,
    responses=_CALENDAR_ANSWER | problems(ParticipationNotFound),
)
async def read_participant_calendar(
    session: ReadSession,
    caller: Caller,
    participation_id: UUID,
    accept_language: Annotated[str | None, Header()] = None,
) -> Response:
    """Read the sessions that a participant is to attend, as a calendar."""
    found = await get_participation(session, participation_id, visible_to=caller)
    edition = await get_edition(session, found.edition_id)
    meetings = await questions.find_meetings(session, edition.id)
    from services.participants.operations.calendars import write_calendar  # noqa: PLC0415  a heavy library

    return Response(write_calendar(edition, meetings.values(), accept_language), media_type=_CALENDAR)
