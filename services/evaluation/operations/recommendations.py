"""From a suggestion to a changed edition."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.audit import record_change
from services.common.identity import Caller
from services.common.outbox import publish
from services.common.problems import Fault, RequestInvalid
from services.evaluation.db.campaigns import get_edition
from services.evaluation.db.recommendations import get_recommendation, get_suggestion, is_later
from services.evaluation.db.results import lock_result
from services.evaluation.db.tables import Recommendation, Suggestion
from services.evaluation.domain.events import (
    DESIGN_CHANGE_RECORDED,
    RECOMMENDATION_AGREED,
    DesignChangeData,
    RecommendationData,
)
from services.evaluation.domain.problems import DesignChangeTooEarly, NotAllowedNow
from services.evaluation.domain.recommendations import (
    RECOMMENDATION_LIFE,
    SHOWING,
    Moderation,
    RecommendationState,
    RecommendationVerdict,
)
from services.evaluation.schemas.recommendations import (
    DesignChangeRecord,
    ManagementResponse,
    RecommendationCreate,
    RecommendationLapse,
    RecommendationVerify,
    SuggestionCreate,
    SuggestionModerate,
    SuggestionTranslation,
)


async def create_suggestion(session: AsyncSession, caller: Caller, request: SuggestionCreate) -> Suggestion:
    """Enter what somebody suggested."""
    await get_edition(session, request.edition_id)
    suggestion = Suggestion(
        edition_id=request.edition_id,
        subject_kind="edition",
        subject_id=request.edition_id,
        original=request.text,
        moderation=Moderation.PENDING,
    )
    session.add(suggestion)
    await record_change(session, caller, "suggestion.created", suggestion)
    return suggestion


async def moderate_suggestion(
    session: AsyncSession, caller: Caller, suggestion_id: UUID, request: SuggestionModerate
) -> Suggestion:
    """Decide who may read a free text, and in which wording."""
    suggestion = await get_suggestion(session, suggestion_id)
    if (request.moderation in SHOWING) != (request.shown is not None):
        fault = Fault("/shown", "wording", "A wording is needed to show a text, and only then.")
        raise RequestInvalid("The wording and the decision do not fit.", errors=[fault])
    if request.moderation is Moderation.LECTURER_ONLY and suggestion.subject_kind != "lecturer":
        fault = Fault("/moderation", "subject", "Only what is said about a lecturer can be for the lecturer.")
        raise RequestInvalid("The text is not about a lecturer.", errors=[fault])
    suggestion.moderation, suggestion.shown, suggestion.reason = (
        request.moderation,
        request.shown,
        request.reason,
    )
    suggestion.language = request.language or suggestion.language
    await record_change(session, caller, "suggestion.moderated", suggestion, ["moderation", "shown"])
    return suggestion


async def translate_suggestion(
    session: AsyncSession, caller: Caller, suggestion_id: UUID, request: SuggestionTranslation
) -> Suggestion:
    """Add or replace the translation of a text, saying who made it."""
    suggestion = await get_suggestion(session, suggestion_id)
    suggestion.translation = request.model_dump(mode="json")
    await record_change(session, caller, "suggestion.translated", suggestion, ["translation"])
    return suggestion


async def create_recommendation(
    session: AsyncSession, caller: Caller, request: RecommendationCreate
) -> Recommendation:
    """Propose what should be different in later editions."""
    edition = await get_edition(session, request.edition_id)
    for suggestion_id in request.suggestions:
        await get_suggestion(session, suggestion_id)
    recommendation = Recommendation(
        **request.model_dump(exclude={"suggestions"}),
        suggestions=[str(id_) for id_ in request.suggestions],
        program_id=edition.program_id,
        provenance=edition.provenance,
        state=RECOMMENDATION_LIFE.initial,
    )
    session.add(recommendation)
    await record_change(session, caller, "recommendation.created", recommendation)
    return recommendation


async def respond_to_recommendation(
    session: AsyncSession, caller: Caller, recommendation_id: UUID, request: ManagementResponse
) -> Recommendation:
    """Give the management response; what is agreed becomes a design task of a coming edition."""
    recommendation = await get_recommendation(session, recommendation_id, lock=True)
    if request.verdict is not RecommendationVerdict.REJECTED and request.owner is None:
        fault = Fault("/owner", "missing", "Somebody must own what is agreed.")
        raise RequestInvalid("The response is not complete.", errors=[fault])
    _move(recommendation, RecommendationState(request.verdict.value))
    recommendation.response_reason = request.reason
    recommendation.owner, recommendation.due = request.owner, request.due
    await record_change(
        session, caller, "recommendation.responded", recommendation, ["state", "owner", "due"]
    )
    if request.verdict is not RecommendationVerdict.REJECTED:
        data = RecommendationData(
            aggregate_id=recommendation.id,
            aggregate_version=recommendation.version,
            edition_id=recommendation.edition_id,
            program_id=recommendation.program_id,
            title=recommendation.title,
            state=recommendation.state,
            due=recommendation.due,
            provenance=recommendation.provenance,
        )
        await publish(session, RECOMMENDATION_AGREED, data)
    return recommendation


async def record_design_change(
    session: AsyncSession, caller: Caller, recommendation_id: UUID, request: DesignChangeRecord
) -> Recommendation:
    """Name the later edition that is different because of an agreed recommendation."""
    recommendation = await get_recommendation(session, recommendation_id, lock=True)
    edition = await get_edition(session, request.edition_id)
    if not await is_later(session, edition, recommendation.edition_id):
        raise DesignChangeTooEarly("Name an edition that starts after the one that gave the evidence.")
    _move(recommendation, RecommendationState.IN_PROGRESS)
    recommendation.design_change_edition_id = edition.id
    await record_change(session, caller, "recommendation.design_change_recorded", recommendation, ["state"])
    data = DesignChangeData(
        aggregate_id=recommendation.id,
        aggregate_version=recommendation.version,
        recommendation_id=recommendation.id,
        edition_id=edition.id,
        state=recommendation.state,
    )
    await publish(session, DESIGN_CHANGE_RECORDED, data)
    return recommendation


async def implement_recommendation(
    session: AsyncSession, caller: Caller, recommendation_id: UUID
) -> Recommendation:
    """State that the change stands; whether it worked is for that edition's results to show."""
    recommendation = await get_recommendation(session, recommendation_id, lock=True)
    _move(recommendation, RecommendationState.IMPLEMENTED)
    await record_change(session, caller, "recommendation.implemented", recommendation, ["state"])
    return recommendation


async def lapse_recommendation(
    session: AsyncSession, caller: Caller, recommendation_id: UUID, request: RecommendationLapse
) -> Recommendation:
    """Close what was agreed but will not be done, with its reason (E10: never without a response before)."""
    recommendation = await get_recommendation(session, recommendation_id, lock=True)
    _move(recommendation, RecommendationState.LAPSED)
    recommendation.lapse_reason = request.reason
    await record_change(session, caller, "recommendation.lapsed", recommendation, ["state", "lapse_reason"])
    return recommendation


async def verify_recommendation(
    session: AsyncSession, caller: Caller, recommendation_id: UUID, request: RecommendationVerify
) -> Recommendation:
    """State that the changed edition's results show the recommendation at work."""
    recommendation = await get_recommendation(session, recommendation_id, lock=True)
    result = await lock_result(session, request.result_id)
    if result.edition_id != recommendation.design_change_edition_id:
        raise NotAllowedNow("The result is not of the edition that was changed.")
    if recommendation.state is RecommendationState.IN_PROGRESS:
        _move(recommendation, RecommendationState.IMPLEMENTED)
        await record_change(session, caller, "recommendation.implemented", recommendation, ["state"])
    _move(recommendation, RecommendationState.VERIFIED)
    recommendation.verified_by_snapshot_id = result.id
    await record_change(session, caller, "recommendation.verified", recommendation, ["state"])
    return recommendation


def _move(recommendation: Recommendation, target: RecommendationState) -> None:
    if not RECOMMENDATION_LIFE.may_become(recommendation.state, target):
        raise NotAllowedNow(f"A recommendation that is {recommendation.state} cannot become {target}.")
    recommendation.state = target
