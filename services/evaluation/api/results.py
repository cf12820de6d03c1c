"""Routes of the result resource."""

from uuid import UUID

from fastapi import Response, status

from services.common.http.callers import Caller
from services.common.http.paging import Following, Paging
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession, WriteSession
from services.common.wire import FollowedPage, Id, Page
from services.evaluation.db import results as questions
from services.evaluation.db.tables import ResultSnapshot
from services.evaluation.domain.edition_comparisons import METHODS, compare_editions
from services.evaluation.domain.problems import (
    CampaignNotFound,
    NotAllowedNow,
    ResultNotFound,
    ResultsNotComparable,
    ResultWouldDisclose,
)
from services.evaluation.domain.suppression import Audience
from services.evaluation.operations import results as operations
from services.evaluation.schemas.results import (
    QuestionComparisonRead,
    ResultComparison,
    ResultCreate,
    ResultRead,
    ResultReply,
)

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


@router.get("/results", response_model=FollowedPage[ResultRead])
async def list_results(
    session: ReadSession,
    caller: Caller,
    page: Following,
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


@router.post("/results/{result_id}/reply", response_model=ResultRead, responses=problems(ResultNotFound))
async def reply_to_result(
    session: WriteSession, caller: Caller, result_id: UUID, request: ResultReply
) -> ResultSnapshot:
    """Say something, as the lecturer whom a published result is about; whoever reads it reads the reply."""
    return await operations.reply_to_result(session, caller, result_id, request)


@router.get(
    "/comparisons",
    response_model=ResultComparison,
    responses=problems(ResultNotFound, ResultsNotComparable),
)
async def compare_results(
    session: ReadSession, caller: Caller, earlier_result_id: Id, later_result_id: Id
) -> ResultComparison:
    """Compare two results of one phase, question by question where key, kind and scale are the same.

    It uses only what both results show. A caveat says what else changed: wording, mix of countries, response.
    Lecturers are compared with nobody but themselves.
    """
    earlier = await questions.get_result(session, earlier_result_id, caller)
    later = await questions.get_result(session, later_result_id, caller)
    about_one = earlier.subject_kind == "edition" or earlier.subject_id == later.subject_id
    same = (earlier.phase, earlier.subject_kind) == (later.phase, later.subject_kind)
    if not (same and about_one) or earlier.edition_id == later.edition_id:
        raise ResultsNotComparable("Name two results of one phase and subject, of different editions.")
    if not (earlier.figures and later.figures):
        raise ResultsNotComparable("One of them was withheld.")
    cohorts = [await questions.count_cohort(session, each.edition_id, "country") for each in (earlier, later)]
    found = compare_editions(earlier.figures, later.figures, (cohorts[0], cohorts[1]))
    return ResultComparison(
        earlier_result_id=earlier.id,
        later_result_id=later.id,
        methods=METHODS,
        questions=[QuestionComparisonRead.model_validate(each) for each in found],
    )


@router.get(
    "/lecturers/{lecturer_id}/results", response_model=Page[ResultRead], responses=problems(ResultNotFound)
)
async def list_lecturer_results(
    session: ReadSession, caller: Caller, page: Paging, lecturer_id: UUID
) -> object:
    """List a lecturer's published results: their own to lecturers, all to staff; raters' country never."""
    return await questions.list_lecturer_results(session, page, lecturer_id, caller)
