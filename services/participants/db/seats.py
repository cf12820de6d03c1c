"""The guarded seat counters: one statement each decides and counts (R2)."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.participants.db.tables import (
    Application,
    MirrorEdition,
    MirrorSeatLine,
    Offer,
    Participation,
)
from services.participants.domain.applications import ApplicationState
from services.participants.domain.offers import OfferState
from services.participants.domain.participations import GIVES_SEAT_BACK


async def take_seat(session: AsyncSession, edition_id: UUID, seat_line_id: UUID) -> bool:
    """Count one seat of the line and of the edition as taken; False where either has none left.

    Always the edition first, so that two takers never wait for each other. After False the caller undoes its
    transaction: the edition's seat may be counted already.
    """
    edition = (
        update(MirrorEdition)
        .where(
            MirrorEdition.id == edition_id,
            MirrorEdition.capacity.is_(None) | (MirrorEdition.taken < MirrorEdition.capacity),
        )
        .values(taken=MirrorEdition.taken + 1)
        .returning(MirrorEdition.id)
        .execution_options(synchronize_session=False)
    )
    line = (
        update(MirrorSeatLine)
        .where(MirrorSeatLine.id == seat_line_id, MirrorSeatLine.taken < MirrorSeatLine.seats)
        .values(taken=MirrorSeatLine.taken + 1)
        .returning(MirrorSeatLine.id)
        .execution_options(synchronize_session=False)
    )
    if (await session.execute(edition)).one_or_none() is None:
        return False
    return (await session.execute(line)).one_or_none() is not None


async def release_seat(session: AsyncSession, edition_id: UUID, seat_line_id: UUID) -> None:
    """Count one seat as free again; a limit that was lowered below what was taken follows down."""
    await session.execute(
        update(MirrorEdition)
        .where(MirrorEdition.id == edition_id)
        .values(
            taken=MirrorEdition.taken - 1,
            capacity=func.greatest(MirrorEdition.stated_capacity, func.nullif(MirrorEdition.taken - 1, 0)),
        )
        .execution_options(synchronize_session=False)
    )
    await session.execute(
        update(MirrorSeatLine)
        .where(MirrorSeatLine.id == seat_line_id)
        .values(
            taken=MirrorSeatLine.taken - 1,
            seats=func.greatest(MirrorSeatLine.stated_seats, func.nullif(MirrorSeatLine.taken - 1, 0)),
        )
        .execution_options(synchronize_session=False)
    )


async def find_promotable(
    session: AsyncSession, edition_id: UUID, seat_line_id: UUID, free: int
) -> list[Application]:
    """Return the first `free` of the line's waiting list, locked."""
    query = (
        select(Application)
        .where(
            Application.edition_id == edition_id,
            Application.seat_line_id == seat_line_id,
            Application.state == ApplicationState.WAITLISTED,
        )
        .order_by(Application.waiting_rank, Application.id)
        .limit(free)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return list(await session.scalars(query))


async def count_awaiting_offer(session: AsyncSession, seat_line_id: UUID) -> int:
    """Return how many are selected in the line and never had an offer: free seats are theirs first."""
    query = select(func.count()).where(
        Application.seat_line_id == seat_line_id,
        Application.state == ApplicationState.SELECTED,
        ~select(Offer.id).where(Offer.application_id == Application.id).exists(),
    )
    return (await session.execute(query)).scalar_one()


@dataclass(frozen=True)
class LineCount:
    """How the seats of one line stand."""

    line: MirrorSeatLine
    accepted: int
    waiting: int


async def count_lines(session: AsyncSession, edition_id: UUID) -> list[LineCount]:
    """Return how each line of the edition stands, in one statement."""
    accepted = (
        select(func.count())
        .where(Participation.seat_line_id == MirrorSeatLine.id, Participation.state.not_in(GIVES_SEAT_BACK))
        .scalar_subquery()
    )
    waiting = (
        select(func.count())
        .where(
            Application.seat_line_id == MirrorSeatLine.id, Application.state == ApplicationState.WAITLISTED
        )
        .scalar_subquery()
    )
    query = select(MirrorSeatLine, accepted, waiting).where(MirrorSeatLine.edition_id == edition_id)
    query = query.order_by(MirrorSeatLine.id).execution_options(populate_existing=True)
    return [LineCount(*row) for row in (await session.execute(query))]


async def next_version(session: AsyncSession, edition_id: UUID, counter: str) -> int:
    """Count one of the edition's report counters up and return it."""
    column = getattr(MirrorEdition, counter)
    query = update(MirrorEdition).where(MirrorEdition.id == edition_id).values({counter: column + 1})
    result = await session.execute(query.returning(column).execution_options(synchronize_session=False))
    version: int = result.scalar_one()
    return version


async def find_open_offers(session: AsyncSession, edition_id: UUID) -> list[Offer]:
    """Return the edition's unanswered offers, locked."""
    query = select(Offer).where(Offer.edition_id == edition_id, Offer.state == OfferState.OFFERED)
    return list(await session.scalars(query.order_by(Offer.id).with_for_update()))
