"""The guarded seat counters: one statement each decides and counts (R2)."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import case, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.participants.db.tables import (
    Application,
    MirrorEdition,
    MirrorSeatLine,
    Nomination,
    Offer,
    Participation,
    Person,
)
from services.participants.domain.applications import ApplicationState, Slot
from services.participants.domain.offers import OfferState
from services.participants.domain.participations import GIVES_SEAT_BACK
from services.participants.domain.people import Sex


def is_full(edition: MirrorEdition) -> bool:
    """Say whether every seat of an edition was taken when it was read; asks nothing and waits for nobody."""
    return edition.capacity is not None and edition.taken >= edition.capacity


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
            # No stated capacity stays no limit: `greatest` alone would ignore the null.
            capacity=case(
                (
                    MirrorEdition.stated_capacity.is_not(None),
                    func.greatest(MirrorEdition.stated_capacity, MirrorEdition.taken - 1),
                )
            ),
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


@dataclass(frozen=True)
class Waiting:
    """Somebody on a waiting list."""

    application: Application
    is_woman: bool


async def find_waiting(
    session: AsyncSession, edition_id: UUID, seat_line_id: UUID, *, lock: bool
) -> list[Waiting]:
    """Return the line's waiting list in its order."""
    query = (
        select(Application, Person.sex)
        .join(Person, Person.id == Application.person_id)
        .where(
            Application.edition_id == edition_id,
            Application.seat_line_id == seat_line_id,
            Application.state == ApplicationState.WAITLISTED,
        )
        .order_by(Application.waiting_rank, Application.id)
        .execution_options(populate_existing=True)
    )
    query = query.with_for_update(of=Application) if lock else query
    return [Waiting(application, sex is Sex.FEMALE) for application, sex in await session.execute(query)]


@dataclass(frozen=True)
class Held:
    """Seats of a line that are held: selected, offered or accepted."""

    seats: int = 0
    women: int = 0
    discretionary: int = 0


async def count_held(session: AsyncSession, edition_id: UUID) -> dict[UUID, Held]:
    """Return how many seats of each line are held, those of selected people without an offer yet included."""
    offered = select(Offer.id).where(Offer.application_id == Application.id)
    given_back = (
        select(Participation.id)
        .join(Offer, Offer.id == Participation.offer_id)
        .where(Offer.application_id == Application.id, Participation.state.in_(GIVES_SEAT_BACK))
    )
    standing = offered.where(Offer.state.in_([OfferState.OFFERED, OfferState.ACCEPTED]))
    query = (
        select(
            Application.seat_line_id,
            func.count(),
            func.count().filter(Person.sex == Sex.FEMALE),
            func.count().filter(Nomination.slot == Slot.DISCRETIONARY),
        )
        .join(Person, Person.id == Application.person_id)
        .outerjoin(Nomination, Nomination.application_id == Application.id)
        .where(
            Application.edition_id == edition_id,
            Application.state == ApplicationState.SELECTED,
            standing.exists() | ~offered.exists(),
            ~given_back.exists(),
        )
        .group_by(Application.seat_line_id)
    )
    return {row[0]: Held(*row[1:]) for row in await session.execute(query)}


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
