"""Questions asked of suggestions and recommendations."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.clock import Provenance
from services.common.edtf import parse_edtf
from services.common.identity import Caller, GrantKind, Reach, Role
from services.common.pagination import PageRequest, Rows, SortKey, fetch_page
from services.evaluation.db.tables import MirrorEdition, Recommendation, Suggestion
from services.evaluation.domain.problems import RecommendationNotFound, SuggestionNotFound
from services.evaluation.domain.recommendations import (
    SHOWING,
    UNDER_WAY,
    Moderation,
    RecommendationState,
    is_overdue,
)

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

    Those about a lecturer are no public matter whatever their moderation: staff and that lecturer read them.
    """
    query = select(Suggestion).where(Suggestion.edition_id == edition_id)
    if visible_to.reach is not Reach.ALL:
        own = [UUID(id_) for id_ in visible_to.granted(GrantKind.LECTURER, Role.LECTURER)]
        of_all = and_(Suggestion.moderation == Moderation.PUBLIC, Suggestion.subject_kind == "edition")
        of_me = and_(
            Suggestion.moderation.in_((Moderation.PUBLIC, Moderation.LECTURER_ONLY)),
            Suggestion.subject_kind == "lecturer",
            Suggestion.subject_id.in_(own),
        )
        query = query.where(or_(of_all, of_me))
    elif not visible_to.roles & MODERATORS:
        query = query.where(Suggestion.moderation.in_(SHOWING))
    return await fetch_page(session, query, page, SortKey(Suggestion.id))


async def get_recommendation(
    session: AsyncSession, recommendation_id: UUID, *, lock: bool = False
) -> Recommendation:
    """Return a recommendation, locked for update if `lock`; raise `RecommendationNotFound`."""
    found = await session.get(Recommendation, recommendation_id, with_for_update=lock or None)
    if found is None:
        raise RecommendationNotFound("There is no such recommendation.")
    return found


@dataclass(frozen=True)
class RecommendationFilter:
    """Which recommendations are asked for; None asks for any."""

    provenance: Provenance
    edition_id: UUID | None = None
    design_change_edition_id: UUID | None = None
    suggestion_id: UUID | None = None
    state: RecommendationState | None = None


async def list_recommendations(session: AsyncSession, page: PageRequest, asked: RecommendationFilter) -> Rows:
    """Return recommendations, newest first; by provenance only where no edition is named."""
    query = select(Recommendation)
    if asked.edition_id is None and asked.design_change_edition_id is None:
        query = query.where(Recommendation.provenance == asked.provenance)
    for column, value in (
        (Recommendation.edition_id, asked.edition_id),
        (Recommendation.design_change_edition_id, asked.design_change_edition_id),
        (Recommendation.state, asked.state),
    ):
        if value is not None:
            query = query.where(column == value)
    if asked.suggestion_id is not None:
        query = query.where(Recommendation.suggestions.contains([str(asked.suggestion_id)]))
    return await fetch_page(session, query, page, SortKey(Recommendation.id, descending=True))


async def list_overdue(session: AsyncSession, provenance: Provenance, today: date) -> list[Recommendation]:
    """Return what is under way past its day, the longest overdue first."""
    query = select(Recommendation).where(
        Recommendation.provenance == provenance,
        Recommendation.state.in_(UNDER_WAY),
        Recommendation.due.is_not(None),
    )
    late = [each for each in await session.scalars(query) if is_overdue(each.state, each.due, today)]
    return sorted(late, key=lambda each: (parse_edtf(each.due or "").sort_key, each.id))


async def list_said_and_done(
    session: AsyncSession, edition_id: UUID
) -> list[tuple[Recommendation, MirrorEdition | None, list[str]]]:
    """Return what was recommended out of an edition, the edition it changed, and the public texts behind it."""
    query = (
        select(Recommendation, MirrorEdition)
        .outerjoin(MirrorEdition, MirrorEdition.id == Recommendation.design_change_edition_id)
        .where(Recommendation.edition_id == edition_id, Recommendation.state != RecommendationState.PROPOSED)
        .order_by(Recommendation.id)
    )
    rows = (await session.execute(query)).all()
    public = select(Suggestion.id, Suggestion.shown).where(
        Suggestion.edition_id == edition_id,
        Suggestion.moderation == Moderation.PUBLIC,
        Suggestion.subject_kind == "edition",
    )
    texts = {str(id_): shown for id_, shown in await session.execute(public)}
    return [
        (row, changed, [text for id_ in row.suggestions if (text := texts.get(id_))]) for row, changed in rows
    ]


async def is_later(session: AsyncSession, edition: MirrorEdition, than: UUID) -> bool:
    """Say whether `edition` is another, later one than the edition `than`; unknown days count as later."""
    evidence = await session.get_one(MirrorEdition, than)
    if edition.id == evidence.id:
        return False
    return not (edition.starts_on and evidence.starts_on) or edition.starts_on > evidence.starts_on
