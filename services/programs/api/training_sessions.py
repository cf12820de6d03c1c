"""Routes of an edition's timetable."""

from uuid import UUID

from fastapi import status

from services.common.http.callers import Caller
from services.common.http.paging import Paging
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession, WriteSession
from services.common.wire import Page
from services.programs.db import editions as questions
from services.programs.db.tables import TrainingSession
from services.programs.domain.problems import SessionOutsideEdition, SubjectNotFound, TransitionRefused
from services.programs.operations import training_sessions as operations
from services.programs.schemas.training_sessions import (
    TrainingSessionCancellation,
    TrainingSessionCreate,
    TrainingSessionMove,
    TrainingSessionRead,
)

router = house_router("training sessions", "")


@router.post(
    "/editions/{edition_id}/training-sessions",
    response_model=TrainingSessionRead,
    status_code=status.HTTP_201_CREATED,
    responses=problems(SubjectNotFound, SessionOutsideEdition),
)
async def create_training_session(
    session: WriteSession, caller: Caller, edition_id: UUID, request: TrainingSessionCreate
) -> TrainingSession:
    """Put a meeting on an edition's timetable."""
    return await operations.create_training_session(session, caller, edition_id, request)


@router.get(
    "/editions/{edition_id}/training-sessions",
    response_model=Page[TrainingSessionRead],
    responses=problems(SubjectNotFound),
)
async def list_training_sessions(
    session: ReadSession, caller: Caller, page: Paging, edition_id: UUID
) -> object:
    """List an edition's timetable by time."""
    await questions.get_edition(session, edition_id, visible_to=caller)
    return await questions.list_training_sessions(session, page, edition_id)


@router.post(
    "/training-sessions/{training_session_id}/move",
    response_model=TrainingSessionRead,
    responses=problems(SubjectNotFound, TransitionRefused, SessionOutsideEdition),
)
async def move_training_session(
    session: WriteSession, caller: Caller, training_session_id: UUID, request: TrainingSessionMove
) -> TrainingSession:
    """Give a meeting another time or place."""
    return await operations.move_training_session(session, caller, training_session_id, request)


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
