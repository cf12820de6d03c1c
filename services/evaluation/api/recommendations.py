"""Routes of suggestions and recommendations."""

from uuid import UUID

from fastapi import Response, status

from services.common.clock import Provenance
from services.common.http.callers import Caller
from services.common.http.paging import Paging
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession, WriteSession
from services.common.wire import Id, Page
from services.evaluation.db import recommendations as questions
from services.evaluation.db.tables import Recommendation, Suggestion
from services.evaluation.domain.problems import (
    DesignChangeTooEarly,
    EditionUnknown,
    NotAllowedNow,
    RecommendationNotFound,
    ResultNotFound,
    SuggestionNotFound,
)
from services.evaluation.operations import recommendations as operations
from services.evaluation.schemas.recommendations import (
    DesignChangeRecord,
    ManagementResponse,
    RecommendationCreate,
    RecommendationRead,
    RecommendationVerify,
    SuggestionCreate,
    SuggestionModerate,
    SuggestionRead,
)

router = house_router("recommendations", "")


@router.post(
    "/suggestions",
    response_model=SuggestionRead,
    status_code=status.HTTP_201_CREATED,
    responses=problems(EditionUnknown),
)
async def create_suggestion(session: WriteSession, caller: Caller, request: SuggestionCreate) -> Suggestion:
    """Enter what somebody suggested to staff."""
    return await operations.create_suggestion(session, caller, request)


@router.get("/suggestions", response_model=Page[SuggestionRead])
async def list_suggestions(session: ReadSession, caller: Caller, page: Paging, edition_id: Id) -> object:
    """List an edition's free texts as far as they are moderated for you; originals go to moderators alone."""
    rows = await questions.list_suggestions(session, page, edition_id, caller)
    items = [SuggestionRead.model_validate(row) for row in rows.items]
    if not caller.roles & questions.MODERATORS:
        items = [item.model_copy(update={"original": None, "reason": None}) for item in items]
    return Page[SuggestionRead](items=items, next_cursor=rows.next_cursor, total=rows.total)


@router.post(
    "/suggestions/{suggestion_id}/moderation",
    response_model=SuggestionRead,
    responses=problems(SuggestionNotFound),
)
async def moderate_suggestion(
    session: WriteSession, caller: Caller, suggestion_id: UUID, request: SuggestionModerate
) -> Suggestion:
    """Decide who may read a free text, and in which wording; the original is kept apart."""
    return await operations.moderate_suggestion(session, caller, suggestion_id, request)


@router.post(
    "/recommendations",
    response_model=RecommendationRead,
    status_code=status.HTTP_201_CREATED,
    responses=problems(EditionUnknown, SuggestionNotFound),
)
async def create_recommendation(
    session: WriteSession, caller: Caller, request: RecommendationCreate, response: Response
) -> Recommendation:
    """Propose what should be different in later editions."""
    recommendation = await operations.create_recommendation(session, caller, request)
    response.headers["Location"] = f"/v1/recommendations/{recommendation.id}"
    return recommendation


@router.get("/recommendations", response_model=Page[RecommendationRead])
async def list_recommendations(
    session: ReadSession,
    page: Paging,
    edition_id: Id | None = None,
    provenance: Provenance = Provenance.REAL,
) -> object:
    """List recommendations, newest first; where no edition is named, synthetic ones only by `provenance`."""
    return await questions.list_recommendations(session, page, edition_id, provenance)


@router.get(
    "/recommendations/{recommendation_id}",
    response_model=RecommendationRead,
    responses=problems(RecommendationNotFound),
)
async def read_recommendation(session: ReadSession, recommendation_id: UUID) -> Recommendation:
    """Read one recommendation."""
    return await questions.get_recommendation(session, recommendation_id)


@router.post(
    "/recommendations/{recommendation_id}/management-response",
    response_model=RecommendationRead,
    responses=problems(RecommendationNotFound, NotAllowedNow),
)
async def respond_to_recommendation(
    session: WriteSession, caller: Caller, recommendation_id: UUID, request: ManagementResponse
) -> Recommendation:
    """Give the management response: agreed, partly agreed or rejected, with its reason."""
    return await operations.respond_to_recommendation(session, caller, recommendation_id, request)


@router.post(
    "/recommendations/{recommendation_id}/design-change",
    response_model=RecommendationRead,
    responses=problems(RecommendationNotFound, EditionUnknown, NotAllowedNow, DesignChangeTooEarly),
)
async def record_design_change(
    session: WriteSession, caller: Caller, recommendation_id: UUID, request: DesignChangeRecord
) -> Recommendation:
    """Name the later edition that is different because of the recommendation."""
    return await operations.record_design_change(session, caller, recommendation_id, request)


@router.post(
    "/recommendations/{recommendation_id}/verification",
    response_model=RecommendationRead,
    responses=problems(RecommendationNotFound, ResultNotFound, NotAllowedNow),
)
async def verify_recommendation(
    session: WriteSession, caller: Caller, recommendation_id: UUID, request: RecommendationVerify
) -> Recommendation:
    """State that the changed edition's results show the recommendation at work."""
    return await operations.verify_recommendation(session, caller, recommendation_id, request)
