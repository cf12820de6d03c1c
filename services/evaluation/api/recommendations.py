"""Routes of suggestions and recommendations."""

from uuid import UUID

from fastapi import Response, status

from services.common.clock import Provenance, domain_now
from services.common.http.callers import Caller
from services.common.http.paging import Following, Paging
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession, WriteSession
from services.common.wire import FollowedPage, Id, Page
from services.evaluation.db import recommendations as questions
from services.evaluation.db.tables import MirrorEdition, Recommendation, Suggestion
from services.evaluation.domain.problems import (
    DesignChangeTooEarly,
    EditionUnknown,
    NotAllowedNow,
    RecommendationNotFound,
    ResultNotFound,
    SuggestionNotFound,
)
from services.evaluation.domain.recommendations import RecommendationState
from services.evaluation.operations import recommendations as operations
from services.evaluation.schemas.recommendations import (
    DesignChangeRecord,
    ManagementResponse,
    RecommendationCreate,
    RecommendationLapse,
    RecommendationRead,
    RecommendationVerify,
    SaidAndDone,
    SuggestionCreate,
    SuggestionModerate,
    SuggestionRead,
    SuggestionTranslation,
    YouSaidWeDid,
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
    "/suggestions/{suggestion_id}/translation",
    response_model=SuggestionRead,
    responses=problems(SuggestionNotFound),
)
async def translate_suggestion(
    session: WriteSession, caller: Caller, suggestion_id: UUID, request: SuggestionTranslation
) -> Suggestion:
    """Add or replace the translation of a free text, saying whether a person or a machine made it."""
    return await operations.translate_suggestion(session, caller, suggestion_id, request)


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


@router.get("/recommendations", response_model=FollowedPage[RecommendationRead])
async def list_recommendations(
    session: ReadSession,
    page: Following,
    edition_id: Id | None = None,
    design_change_edition_id: Id | None = None,
    suggestion_id: Id | None = None,
    state: RecommendationState | None = None,
    provenance: Provenance = Provenance.REAL,
) -> object:
    """List recommendations, newest first: those out of an edition, those that changed one, those from a text.

    Where no edition is named, synthetic ones show only by `provenance`.
    """
    asked = questions.RecommendationFilter(
        provenance, edition_id, design_change_edition_id, suggestion_id, state
    )
    return await questions.list_recommendations(session, page, asked)


@router.get("/overdue-recommendations", response_model=list[RecommendationRead])
async def list_overdue_recommendations(
    session: ReadSession, provenance: Provenance = Provenance.REAL
) -> list[Recommendation]:
    """List what was agreed and is not done past its day, the longest overdue first."""
    now = await domain_now(session, provenance)
    return await questions.list_overdue(session, provenance, now.date())


@router.get("/editions/{edition_id}/you-said-we-did", response_model=YouSaidWeDid)
async def read_you_said_we_did(session: ReadSession, edition_id: UUID) -> YouSaidWeDid:
    """Read what became of what an edition's participants suggested: answered, changed, verified."""
    found = await questions.list_said_and_done(session, edition_id)
    return YouSaidWeDid(edition_id=edition_id, items=[_said_and_done(*each) for each in found])


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
    "/recommendations/{recommendation_id}/implementation",
    response_model=RecommendationRead,
    responses=problems(RecommendationNotFound, NotAllowedNow),
)
async def implement_recommendation(
    session: WriteSession, caller: Caller, recommendation_id: UUID
) -> Recommendation:
    """State that the change stands; whether it worked is for that edition's results to show."""
    return await operations.implement_recommendation(session, caller, recommendation_id)


@router.post(
    "/recommendations/{recommendation_id}/lapse",
    response_model=RecommendationRead,
    responses=problems(RecommendationNotFound, NotAllowedNow),
)
async def lapse_recommendation(
    session: WriteSession, caller: Caller, recommendation_id: UUID, request: RecommendationLapse
) -> Recommendation:
    """Close what was agreed but will not be done, with its reason."""
    return await operations.lapse_recommendation(session, caller, recommendation_id, request)


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


def _said_and_done(row: Recommendation, changed: MirrorEdition | None, said: list[str]) -> SaidAndDone:
    return SaidAndDone(
        recommendation_id=row.id,
        title=row.title,
        said=said,
        state=row.state,
        answer=row.response_reason,
        changed_edition_id=changed.id if changed else None,
        changed_edition_title=changed.title if changed else None,
        verified=row.state is RecommendationState.VERIFIED,
    )
