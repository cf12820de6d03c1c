"""Questions asked of the ledger about what editions, deliveries and programs cost, and who gave it."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.common.clock import Provenance
from services.common.money import Money
from services.programs.db.tables import Delivery, Edition, LedgerEntry, MirrorSeats, SeatLine
from services.programs.domain.costs import Booked
from services.programs.domain.evidence import SubjectKind
from services.programs.domain.money import GIVEN, SPENT, EntryKind

_PURPOSES = frozenset({EntryKind.ALLOCATION, EntryKind.OUTGOING_COMMITMENT, *SPENT})


async def list_costs(
    session: AsyncSession, kind: SubjectKind, subject_id: UUID, provenance: Provenance
) -> list[Booked]:
    """Return what was paid for the program with all its parts, the edition or the delivery, reversals included."""
    return await _list_booked(session, _spent_on(kind, subject_id), SPENT, provenance)


async def list_purposed(
    session: AsyncSession, kind: SubjectKind, subject_id: UUID, provenance: Provenance
) -> list[Booked]:
    """Return what was allocated, committed and paid for the program, edition or delivery."""
    return await _list_booked(session, _spent_on(kind, subject_id), _PURPOSES, provenance)


async def list_gifts(session: AsyncSession, funds: Collection[UUID], provenance: Provenance) -> list[Booked]:
    """Return what donors gave to these funds, reversals included."""
    return await _list_booked(session, LedgerEntry.fund_id.in_(funds), GIVEN, provenance)


def _spent_on(kind: SubjectKind, subject_id: UUID) -> ColumnElement[bool]:
    if kind is SubjectKind.PROGRAM:
        editions = select(Edition.id).where(Edition.program_id == subject_id)
        deliveries = select(Delivery.id).where(Delivery.program_id == subject_id)
        return or_(LedgerEntry.edition_id.in_(editions), LedgerEntry.delivery_id.in_(deliveries))
    column = LedgerEntry.edition_id if kind is SubjectKind.EDITION else LedgerEntry.delivery_id
    return column == subject_id


async def _list_booked(
    session: AsyncSession,
    concerned: ColumnElement[bool],
    kinds: Collection[EntryKind],
    provenance: Provenance,
) -> list[Booked]:
    return [booked for _, booked in await _fetch_booked(session, concerned, kinds, provenance)]


async def _fetch_booked(
    session: AsyncSession,
    concerned: ColumnElement[bool],
    kinds: Collection[EntryKind],
    provenance: Provenance,
) -> list[tuple[LedgerEntry, Booked]]:
    reversed_ = aliased(LedgerEntry)
    query = (
        select(LedgerEntry, func.coalesce(reversed_.dated, LedgerEntry.dated))
        .outerjoin(reversed_, reversed_.id == LedgerEntry.reverses_id)
        .where(and_(concerned, LedgerEntry.kind.in_(kinds), LedgerEntry.provenance == provenance))
        .order_by(LedgerEntry.dated, LedgerEntry.id)
    )
    return [
        (
            row,
            Booked(
                fund_id=row.fund_id,
                organization_id=row.organization_id,
                kind=row.kind,
                money=Money(row.amount, row.currency),
                dated=row.dated,
                valued_on=valued_on,
            ),
        )
        for row, valued_on in await session.execute(query)
    ]


async def fetch_participants(session: AsyncSession, edition_id: UUID) -> dict[str, int]:
    """Return the seats accepted by country, as participants last told; an empty country stands for none named."""
    return (await fetch_participants_of(session, [edition_id]))[edition_id]


async def fetch_participants_of(
    session: AsyncSession, editions: Collection[UUID]
) -> dict[UUID, dict[str, int]]:
    """Return the same of several editions, in two statements."""
    lines = select(SeatLine.id, SeatLine.country).where(SeatLine.edition_id.in_(editions))
    countries = {str(row.id): row.country or "" for row in await session.execute(lines)}
    accepted: dict[UUID, dict[str, int]] = {edition: {} for edition in editions}
    mirrors = select(MirrorSeats).where(MirrorSeats.edition_id.in_(editions))
    for mirror in await session.scalars(mirrors):
        people = accepted[mirror.edition_id]
        for line in mirror.lines:
            country = countries.get(line["seat_line_id"], "")
            people[country] = people.get(country, 0) + int(line["accepted"])
    return accepted


async def list_country_costs(
    session: AsyncSession, country: str, since: date, through: date, provenance: Provenance
) -> dict[tuple[SubjectKind, UUID], list[Booked]]:
    """Return what was paid between two days for each edition with seats of the country, and each delivery to it."""
    editions = select(SeatLine.edition_id).where(SeatLine.country == country)
    deliveries = select(Delivery.id).where(Delivery.recipient_country == country)
    concerned = or_(LedgerEntry.edition_id.in_(editions), LedgerEntry.delivery_id.in_(deliveries))
    within = LedgerEntry.dated.between(since, through)
    found: dict[tuple[SubjectKind, UUID], list[Booked]] = {}
    for entry, booked in await _fetch_booked(session, concerned & within, SPENT, provenance):
        if entry.edition_id is not None:
            found.setdefault((SubjectKind.EDITION, entry.edition_id), []).append(booked)
        elif entry.delivery_id is not None:
            found.setdefault((SubjectKind.DELIVERY, entry.delivery_id), []).append(booked)
    return found


async def list_edition_costs(
    session: AsyncSession, editions: Collection[UUID], provenance: Provenance
) -> dict[UUID, list[Booked]]:
    """Return what was paid for each of these editions, reversals included; those without costs are left out."""
    found: dict[UUID, list[Booked]] = {}
    for entry, booked in await _fetch_booked(
        session, LedgerEntry.edition_id.in_(editions), SPENT, provenance
    ):
        if entry.edition_id is not None:
            found.setdefault(entry.edition_id, []).append(booked)
    return found


async def list_program_parts(session: AsyncSession, program_id: UUID) -> Sequence[UUID]:
    """Return the ids of the editions and deliveries of a program."""
    editions = select(Edition.id).where(Edition.program_id == program_id)
    deliveries = select(Delivery.id).where(Delivery.program_id == program_id)
    return (await session.scalars(editions.union_all(deliveries))).all()
