"""Routes of the result resource."""

from uuid import UUID

from fastapi import Response, status

from services.common.http.callers import Caller
from services.common.http.paging import Paging
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession, WriteSession
from services.common.wire import Id, Page
from services.evaluation.db import results as questions
from services.evaluation.db.tables import ResultSnapshot
from services.evaluation.domain.problems import (
    CampaignNotFound,
    NotAllowedNow,
    ResultNotFound,
    ResultWouldDisclose,
)
from services.evaluation.domain.suppression import Audience
from services.evaluation.operations import results as operations
from services.evaluation.schemas.results import ResultCreate, ResultRead

router = house_router("results", "")
_MOVED = problems(ResultNotFound, NotAllowedNow)


@router.post(
    "/results",
    response_model=ResultRead,
    status_code=status.HTTP_201_CREATED,
    responses=problems(CampaignNotFound, NotAllowedNow, ResultWouldDisclose),
)
async def create_result(
    session: WriteSession, caller: Caller, request: ResultCreate, response: Response
) -> ResultSnapshot:
    """Compute the figures of a counted survey for one audience."""
    result = await operations.create_result(session, caller, request)
    response.headers["Location"] = f"/v1/results/{result.id}"
    return result


@router.get("/results", response_model=Page[ResultRead])
async def list_results(
    session: ReadSession,
    caller: Caller,
    page: Paging,
    edition_id: Id | None = None,
    visibility: Audience | None = None,
) -> object:
    """List the results you may see, newest first; those of invented editions only by `edition_id`."""
    return await questions.list_results(
        session, page, visible_to=caller, edition_id=edition_id, visibility=visibility
    )


@router.get("/results/{result_id}", response_model=ResultRead, responses=problems(ResultNotFound))
async def read_result(session: ReadSession, caller: Caller, result_id: UUID) -> ResultSnapshot:
    """Read one result; a hidden figure says by which rule."""
    return await questions.get_result(session, result_id, caller)


@router.post("/results/{result_id}/freezing", response_model=ResultRead, responses=_MOVED)
async def freeze_result(session: WriteSession, caller: Caller, result_id: UUID) -> ResultSnapshot:
    """Fix the figures of a result."""
    return await operations.freeze_result(session, caller, result_id)


@router.post("/results/{result_id}/publication", response_model=ResultRead, responses=_MOVED)
async def publish_result(session: WriteSession, caller: Caller, result_id: UUID) -> ResultSnapshot:
    """Publish a frozen result to its audience; a rule may withhold it instead."""
    return await operations.publish_result(session, caller, result_id)


@router.post("/results/{result_id}/withdrawal", response_model=ResultRead, responses=_MOVED)
async def withdraw_result(session: WriteSession, caller: Caller, result_id: UUID) -> ResultSnapshot:
    """Take a result back."""
    return await operations.withdraw_result(session, caller, result_id)


@router.get(
    "/lecturers/{lecturer_id}/results", response_model=Page[ResultRead], responses=problems(ResultNotFound)
)
async def list_lecturer_results(
    session: ReadSession, caller: Caller, page: Paging, lecturer_id: UUID
) -> object:
    """List a lecturer's published results: their own to lecturers, all to staff; raters' country never."""
    return await questions.list_lecturer_results(session, page, lecturer_id, caller)
