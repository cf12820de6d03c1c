"""Questions asked of suggestions and recommendations."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.clock import Provenance
from services.common.identity import Caller, Reach, Role
from services.common.pagination import PageRequest, Rows, SortKey, fetch_page
from services.evaluation.db.tables import MirrorEdition, Recommendation, Suggestion
from services.evaluation.domain.problems import RecommendationNotFound, SuggestionNotFound
from services.evaluation.domain.recommendations import Moderation

MODERATORS = frozenset({Role.EVALUATOR, Role.ADMINISTRATOR})


async def get_suggestion(session: AsyncSession, suggestion_id: UUID) -> Suggestion:
    """Return a suggestion, locked for update; raise `SuggestionNotFound`."""
    suggestion = await session.get(Suggestion, suggestion_id, with_for_update=True)
    if suggestion is None:
        raise SuggestionNotFound("There is no such suggestion.")
    return suggestion


async def list_suggestions(
    session: AsyncSession, page: PageRequest, edition_id: UUID, visible_to: Caller
) -> Rows:
    """Return an edition's free texts: all to moderators, moderated ones to staff, public ones to everybody.

    Those about a lecturer are no public matter whatever their moderation.
    """
    query = select(Suggestion).where(Suggestion.edition_id == edition_id)
    if visible_to.reach is not Reach.ALL:
        query = query.where(Suggestion.moderation == Moderation.PUBLIC, Suggestion.subject_kind == "edition")
    elif not visible_to.roles & MODERATORS:
        query = query.where(Suggestion.moderation.in_((Moderation.PUBLIC, Moderation.INTERNAL)))
    return await fetch_page(session, query, page, SortKey(Suggestion.id))


async def get_recommendation(
    session: AsyncSession, recommendation_id: UUID, *, lock: bool = False
) -> Recommendation:
    """Return a recommendation, locked for update if `lock`; raise `RecommendationNotFound`."""
    found = await session.get(Recommendation, recommendation_id, with_for_update=lock or None)
    if found is None:
        raise RecommendationNotFound("There is no such recommendation.")
    return found


async def list_recommendations(
    session: AsyncSession, page: PageRequest, edition_id: UUID | None, provenance: Provenance
) -> Rows:
    """Return recommendations, newest first: of the edition, or of all editions of this provenance."""
    query = select(Recommendation).where(
        Recommendation.edition_id == edition_id if edition_id else Recommendation.provenance == provenance
    )
    return await fetch_page(session, query, page, SortKey(Recommendation.id, descending=True))


async def is_later(session: AsyncSession, edition: MirrorEdition, than: UUID) -> bool:
    """Say whether `edition` is another, later one than the edition `than`; unknown days count as later."""
    evidence = await session.get_one(MirrorEdition, than)
    if edition.id == evidence.id:
        return False
    return not (edition.starts_on and evidence.starts_on) or edition.starts_on > evidence.starts_on
