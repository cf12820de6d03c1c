"""Questions asked of timetables: the meetings of editions and of lecturers."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.clock import Provenance
from services.common.identity import Caller, Reach
from services.common.pagination import PageRequest, Rows, SortKey, fetch_page
from services.programs.db.base import get_one
from services.programs.db.editions import PUBLISHED
from services.programs.db.tables import Edition, TrainingSession
from services.programs.domain.editions import EditionState
from services.programs.domain.problems import SubjectNotFound
from services.programs.domain.training_sessions import OPEN_STATES, TrainingSessionState


async def get_training_session(session: AsyncSession, training_session_id: UUID) -> TrainingSession:
    """Return one training session, locked; raise `SubjectNotFound`."""
    found = await session.get(TrainingSession, training_session_id, with_for_update=True)
    if found is None:
        raise SubjectNotFound("There is no such training session.")
    return found


async def get_meeting(
    session: AsyncSession, training_session_id: UUID, *, visible_to: Caller
) -> TrainingSession:
    """Return one training session of an edition that the caller sees; raise `SubjectNotFound`."""
    query = (
        select(TrainingSession)
        .join(Edition, Edition.id == TrainingSession.edition_id)
        .where(TrainingSession.id == training_session_id)
    )
    if visible_to.reach is Reach.PUBLISHED:
        query = query.where(*PUBLISHED)
    return await get_one(session, query, "training session")


async def list_lecturer_sessions(
    session: AsyncSession, page: PageRequest, lecturer_id: UUID, *, visible_to: Caller, provenance: Provenance
) -> Rows:
    """Return the training sessions of a lecturer by time; to the public those of published editions."""
    query = (
        select(TrainingSession)
        .join(Edition, Edition.id == TrainingSession.edition_id)
        .where(
            TrainingSession.lecturers.contains([{"lecturer_id": str(lecturer_id)}]),
            Edition.provenance == provenance,
        )
    )
    if visible_to.reach is Reach.PUBLISHED:
        query = query.where(*PUBLISHED)
    return await fetch_page(
        session, query, page, SortKey(TrainingSession.starts_at), SortKey(TrainingSession.id)
    )


async def list_training_sessions(session: AsyncSession, page: PageRequest, edition_id: UUID) -> Rows:
    """Return an edition's timetable by time."""
    query = select(TrainingSession).where(TrainingSession.edition_id == edition_id)
    return await fetch_page(
        session, query, page, SortKey(TrainingSession.starts_at), SortKey(TrainingSession.id)
    )


async def list_timetable(session: AsyncSession, edition_ids: Collection[UUID]) -> Sequence[TrainingSession]:
    """Return every training session of these editions, locked, by time."""
    query = (
        select(TrainingSession)
        .where(TrainingSession.edition_id.in_(edition_ids))
        .order_by(TrainingSession.starts_at, TrainingSession.id)
        .with_for_update()
    )
    return (await session.scalars(query)).all()


async def list_concurrent(session: AsyncSession, meeting: TrainingSession) -> Sequence[TrainingSession]:
    """Return the training sessions of any edition that overlap this one in time and are not cancelled.

    Synthetic editions meet synthetic ones only (invariant P11).
    """
    own = select(Edition.provenance).where(Edition.id == meeting.edition_id).scalar_subquery()
    query = (
        select(TrainingSession)
        .join(Edition, Edition.id == TrainingSession.edition_id)
        .where(
            TrainingSession.starts_at < meeting.ends_at,
            TrainingSession.ends_at > meeting.starts_at,
            TrainingSession.id != meeting.id,
            TrainingSession.state != TrainingSessionState.CANCELLED,
            Edition.provenance == own,
        )
        .order_by(TrainingSession.starts_at, TrainingSession.id)
    )
    return (await session.scalars(query)).all()


async def list_meetings(
    session: AsyncSession,
    *,
    visible_to: Caller,
    edition_id: UUID | None = None,
    lecturer_id: UUID | None = None,
    provenance: Provenance | None = None,
) -> list[tuple[TrainingSession, str, EditionState]]:
    """Return the training sessions of an edition or of a lecturer by time, with their edition's zone and state."""
    query = select(TrainingSession, Edition.zone, Edition.state).join(
        Edition, Edition.id == TrainingSession.edition_id
    )
    if visible_to.reach is Reach.PUBLISHED:
        query = query.where(*PUBLISHED)
    if edition_id is not None:
        query = query.where(Edition.id == edition_id)
    if lecturer_id is not None:
        query = query.where(TrainingSession.lecturers.contains([{"lecturer_id": str(lecturer_id)}]))
    if provenance is not None:
        query = query.where(Edition.provenance == provenance)
    rows = await session.execute(query.order_by(TrainingSession.starts_at, TrainingSession.id))
    return [(meeting, zone, state) for meeting, zone, state in rows]


async def count_open_sessions(session: AsyncSession, edition_id: UUID) -> int:
    """Return how many training sessions are neither held nor cancelled."""
    query = select(func.count()).where(
        TrainingSession.edition_id == edition_id, TrainingSession.state.in_(OPEN_STATES)
    )
    return (await session.scalars(query)).one()
