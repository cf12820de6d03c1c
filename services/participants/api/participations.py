"""Routes of participations and attendance."""

from uuid import UUID

from fastapi import Response

from services.common.http.callers import Caller
from services.common.http.paging import Following, Paging
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession, WriteSession
from services.common.wire import FollowedPage, Page
from services.participants.api.answers import answer_participation
from services.participants.db import participations as questions
from services.participants.db.tables import Participation
from services.participants.domain.participations import ParticipationState
from services.participants.domain.problems import (
    AttendanceRefused,
    CallNotFound,
    ParticipationNotFound,
    StepRefused,
    TrainingSessionUnknown,
)
from services.participants.operations import participations as operations
from services.participants.schemas.applications import BulkResult
from services.participants.schemas.bulk import rows_of
from services.participants.schemas.participations import (
    AttendanceRead,
    AttendanceSheet,
    ParticipationItem,
    ParticipationRead,
    ParticipationStep,
)

router = house_router("participations", "")


@router.get("/participations", response_model=FollowedPage[ParticipationItem])
async def list_participations(
    session: ReadSession,
    caller: Caller,
    page: Following,
    edition_id: UUID | None = None,
    state: ParticipationState | None = None,
) -> object:
    """List the participations that you may see."""
    return await questions.list_participations(
        session, page, edition_id=edition_id, state=state, visible_to=caller
    )


@router.get(
    "/participations/{participation_id}",
    response_model=ParticipationRead,
    responses=problems(ParticipationNotFound),
)
async def read_participation(
    session: ReadSession, caller: Caller, participation_id: UUID
) -> ParticipationRead:
    """Read one participation."""
    found = await questions.get_participation(session, participation_id, visible_to=caller)
    return answer_participation(caller, found)


@router.post(
    "/participations/{participation_id}/state-changes",
    response_model=ParticipationRead,
    responses=problems(ParticipationNotFound, StepRefused),
)
async def change_participation_state(
    session: WriteSession,
    caller: Caller,
    participation_id: UUID,
    request: ParticipationStep,
    response: Response,
) -> ParticipationRead:
    """State that somebody arrived, is active, left or never came."""
    response.headers["Content-Location"] = f"/v1/participations/{participation_id}"
    changed = await operations.change_participation_state(session, caller, participation_id, request.state)
    return answer_participation(caller, changed)


@router.get("/editions/{edition_id}/attendance", response_model=Page[AttendanceRead])
async def list_attendance(session: ReadSession, caller: Caller, page: Paging, edition_id: UUID) -> object:
    """List the attendance of an edition."""
    return await questions.list_attendance(session, page, edition_id=edition_id, visible_to=caller)


@router.put(
    "/editions/{edition_id}/attendance/{training_session_id}",
    response_model=BulkResult,
    responses=problems(CallNotFound, TrainingSessionUnknown, AttendanceRefused),
)
async def take_attendance(
    session: WriteSession,
    caller: Caller,
    edition_id: UUID,
    training_session_id: UUID,
    request: AttendanceSheet,
) -> BulkResult:
    """Record who attended a training session, with a result for each row."""
    return rows_of(
        await operations.take_attendance(session, caller, edition_id, training_session_id, request)
    )


@router.post(
    "/editions/{edition_id}/attendance-finalization",
    response_model=list[ParticipationItem],
    responses=problems(CallNotFound),
)
async def finalize_attendance(session: WriteSession, caller: Caller, edition_id: UUID) -> list[Participation]:
    """Reckon every participant's share of the course, and who completed it."""
    return await operations.finalize_attendance(session, caller, edition_id)
