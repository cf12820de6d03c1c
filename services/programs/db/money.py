"""Questions asked of the ledger, the exchange rates and the closed periods."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.clock import Provenance
from services.common.identity import Caller, GrantKind, Reach, Role
from services.common.money import Money
from services.common.pagination import PageRequest, Rows, SortKey, fetch_page
from services.programs.db.tables import (
    Edition,
    ExchangeRate,
    FiscalClosure,
    Fund,
    LedgerEntry,
    MirrorSeats,
    Partnership,
    PartnershipSubject,
    SeatLine,
)
from services.programs.domain.evidence import SubjectKind
from services.programs.domain.money import GIVEN, SPENT, Booked, EntryKind, Rate
from services.programs.domain.problems import SubjectNotFound

_BOOKS = func.hashtextextended("fiscal_closure", 0)
_UNFULFILLING = and_(LedgerEntry.kind == EntryKind.RECEIPT, LedgerEntry.origin_id.is_(None))
# A receipt that fulfills a commitment is in the fund's means already, as that commitment.
_PROMISED = or_(LedgerEntry.kind == EntryKind.COMMITMENT, _UNFULFILLING)


async def get_fund(session: AsyncSession, fund_id: UUID, *, lock: bool = False) -> Fund:
    """Return the fund, locked for update if `lock`; raise `SubjectNotFound`."""
    fund = await session.get(Fund, fund_id, with_for_update=lock or None)
    if fund is None:
        raise SubjectNotFound("There is no such fund.")
    return fund


async def get_entry(
    session: AsyncSession, entry_id: UUID, *, visible_to: Caller | None = None
) -> LedgerEntry:
    """Return the ledger entry; raise `SubjectNotFound`, also if it is not the caller's to see."""
    query = select(LedgerEntry).where(LedgerEntry.id == entry_id)
    if visible_to is not None:
        query = query.where(*_within_reach(visible_to))
    entry = (await session.scalars(query)).one_or_none()
    if entry is None:
        raise SubjectNotFound("There is no such transaction.")
    return entry


async def list_entries(
    session: AsyncSession,
    page: PageRequest,
    *,
    visible_to: Caller,
    provenance: Provenance,
    fund_id: UUID | None,
    edition_id: UUID | None,
    delivery_id: UUID | None,
    kind: EntryKind | None,
) -> Rows:
    """Return ledger entries by day; synthetic ones only if asked for by name (invariant P11)."""
    query = select(LedgerEntry).where(LedgerEntry.provenance == provenance, *_within_reach(visible_to))
    for column, value in (
        (LedgerEntry.fund_id, fund_id),
        (LedgerEntry.edition_id, edition_id),
        (LedgerEntry.delivery_id, delivery_id),
        (LedgerEntry.kind, kind),
    ):
        if value is not None:
            query = query.where(column == value)
    return await fetch_page(session, query, page, SortKey(LedgerEntry.dated), SortKey(LedgerEntry.id))


def _within_reach(caller: Caller) -> list[ColumnElement[bool]]:
    """Limit managers to the money of their programs, partners to that of their partnerships and their own."""
    if caller.reach is Reach.ALL:
        return []
    own = _granted(caller, GrantKind.ORGANIZATION, Role.PARTNER)
    return [
        or_(
            LedgerEntry.edition_id.in_(_own_editions(caller)),
            LedgerEntry.delivery_id.in_(_partnered(own, SubjectKind.DELIVERY)),
            LedgerEntry.organization_id.in_(own),
        )
    ]


def _own_editions(caller: Caller) -> Select[UUID]:
    own = _granted(caller, GrantKind.ORGANIZATION, Role.PARTNER)
    return select(Edition.id).where(
        or_(
            Edition.id.in_(_granted(caller, GrantKind.EDITION, Role.MANAGER)),
            Edition.program_id.in_(_granted(caller, GrantKind.PROGRAM, Role.MANAGER)),
            Edition.id.in_(_partnered(own, SubjectKind.EDITION)),
            Edition.program_id.in_(_partnered(own, SubjectKind.PROGRAM)),
        )
    )


def _granted(caller: Caller, kind: GrantKind, role: Role) -> list[UUID]:
    return [UUID(one) for one in caller.granted(kind, role)]


def _partnered(organizations: Sequence[UUID], kind: SubjectKind) -> Select[UUID]:
    return (
        select(PartnershipSubject.subject_id)
        .join(Partnership, Partnership.id == PartnershipSubject.partnership_id)
        .where(PartnershipSubject.subject_kind == kind, Partnership.organization_id.in_(organizations))
    )


async def require_edition_within_reach(session: AsyncSession, edition_id: UUID, caller: Caller) -> None:
    """Raise `SubjectNotFound` unless the edition exists and its money is the caller's to see."""
    query = select(Edition.id).where(Edition.id == edition_id)
    if caller.reach is not Reach.ALL:
        query = query.where(Edition.id.in_(_own_editions(caller)))
    if await session.scalar(query) is None:
        raise SubjectNotFound("There is no such edition.")


async def fetch_available(
    session: AsyncSession, fund_id: UUID, currency: str, provenance: Provenance
) -> Decimal:
    """Return what was received and committed and is not allocated; below zero breaks invariant P6."""
    query = select(_total(_PROMISED) - _total(LedgerEntry.kind == EntryKind.ALLOCATION)).where(
        LedgerEntry.fund_id == fund_id,
        LedgerEntry.currency == currency,
        LedgerEntry.provenance == provenance,
    )
    return (await session.execute(query)).scalar_one()


async def fetch_unfulfilled(session: AsyncSession, promise_id: UUID) -> Decimal:
    """Return what is left of a pledge or commitment after reversals and after what fulfilled it."""
    promised = or_(LedgerEntry.id == promise_id, LedgerEntry.reverses_id == promise_id)
    query = select(_total(promised) - _total(LedgerEntry.origin_id == promise_id))
    return (
        await session.execute(query.where(or_(promised, LedgerEntry.origin_id == promise_id)))
    ).scalar_one()


def _total(condition: ColumnElement[bool]) -> ColumnElement[Decimal]:
    return func.coalesce(func.sum(LedgerEntry.amount).filter(condition), 0)


async def fetch_statement(
    session: AsyncSession, fund_id: UUID, since: date, through: date, provenance: Provenance
) -> Sequence[Any]:
    """Return the sums of the fund's entries through the last day, one row per currency; one statement."""
    received = LedgerEntry.kind == EntryKind.RECEIPT
    paid = LedgerEntry.kind.in_(SPENT)
    before, during = LedgerEntry.dated < since, LedgerEntry.dated >= since
    allocated = _total(LedgerEntry.kind == EntryKind.ALLOCATION)
    query = (
        select(
            LedgerEntry.currency,
            (_total(and_(received, before)) - _total(and_(paid, before))).label("opening"),
            _total(and_(received, during)).label("received"),
            _total(and_(paid, during)).label("paid"),
            (_total(received) - _total(paid)).label("closing"),
            allocated.label("allocated"),
            (_total(_PROMISED) - allocated).label("available"),
        )
        .where(
            LedgerEntry.fund_id == fund_id,
            LedgerEntry.dated <= through,
            LedgerEntry.provenance == provenance,
        )
        .group_by(LedgerEntry.currency)
        .order_by(LedgerEntry.currency)
    )
    return (await session.execute(query)).all()


async def list_costs(session: AsyncSession, edition_id: UUID, provenance: Provenance) -> list[Booked]:
    """Return what was paid for the edition, reversals included."""
    return await _list_booked(
        session,
        LedgerEntry.edition_id == edition_id,
        LedgerEntry.kind.in_(SPENT),
        LedgerEntry.provenance == provenance,
    )


async def list_gifts(session: AsyncSession, funds: Sequence[UUID], provenance: Provenance) -> list[Booked]:
    """Return what donors gave to these funds, reversals included."""
    return await _list_booked(
        session,
        LedgerEntry.fund_id.in_(funds),
        LedgerEntry.kind.in_(GIVEN),
        LedgerEntry.provenance == provenance,
    )


async def _list_booked(session: AsyncSession, *conditions: ColumnElement[bool]) -> list[Booked]:
    query = select(LedgerEntry).where(*conditions).order_by(LedgerEntry.dated, LedgerEntry.id)
    return [
        Booked(row.fund_id, row.organization_id, row.kind, Money(row.amount, row.currency), row.dated)
        for row in await session.scalars(query)
    ]


async def list_rates(session: AsyncSession, currencies: Sequence[str], through: date) -> list[Rate]:
    """Return the rates between any of these currencies through this day."""
    query = select(ExchangeRate).where(
        ExchangeRate.base.in_(currencies), ExchangeRate.quote.in_(currencies), ExchangeRate.dated <= through
    )
    return [
        Rate(row.base, row.quote, row.dated, row.rate, row.source) for row in await session.scalars(query)
    ]


async def fetch_rates_page(
    session: AsyncSession, page: PageRequest, *, base: str | None, quote: str | None
) -> Rows:
    """Return exchange rates, the latest first."""
    query = select(ExchangeRate)
    if base is not None:
        query = query.where(ExchangeRate.base == base)
    if quote is not None:
        query = query.where(ExchangeRate.quote == quote)
    latest = SortKey(ExchangeRate.dated, descending=True)
    return await fetch_page(session, query, page, latest, SortKey(ExchangeRate.id))


async def list_closures(session: AsyncSession, page: PageRequest) -> Rows:
    """Return the days through which the books were closed, the latest first."""
    return await fetch_page(
        session, select(FiscalClosure), page, SortKey(FiscalClosure.through, descending=True)
    )


async def hold_books(session: AsyncSession, *, to_close: bool = False) -> date | None:
    """Return the day through which the books are closed; until the end nobody else closes them.

    With `to_close` nobody books either, so no entry slips in behind a closure.
    """
    lock = func.pg_advisory_xact_lock if to_close else func.pg_advisory_xact_lock_shared
    await session.execute(select(lock(_BOOKS)))
    return await session.scalar(select(func.max(FiscalClosure.through)))


async def fetch_participants(session: AsyncSession, edition_id: UUID) -> dict[str | None, int]:
    """Return the seats accepted by country, as participants last told; None: the seat line names none."""
    mirror = await session.get(MirrorSeats, edition_id)
    if mirror is None:
        return {}
    query = select(SeatLine.id, SeatLine.country).where(SeatLine.edition_id == edition_id)
    countries = {str(row.id): row.country for row in await session.execute(query)}
    accepted: dict[str | None, int] = {}
    for line in mirror.lines:
        country = countries.get(line["seat_line_id"])
        accepted[country] = accepted.get(country, 0) + int(line["accepted"])
    return accepted
