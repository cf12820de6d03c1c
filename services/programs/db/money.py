"""Questions asked of the ledger, the exchange rates and the closed periods."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.clock import Provenance
from services.common.identity import Caller, Reach
from services.common.pagination import PageRequest, Rows, SortKey, fetch_page
from services.programs.db.base import get_one
from services.programs.db.money_scopes import own_deliveries, own_editions, own_organizations
from services.programs.db.tables import ExchangeRate, FiscalClosure, Fund, LedgerEntry
from services.programs.domain.money import SPENT, EntryKind, Rate
from services.programs.domain.problems import SubjectNotFound

_BOOKS = func.hashtextextended("fiscal_closure", 0)


def _is(*kinds: EntryKind) -> ColumnElement[bool]:
    return LedgerEntry.kind.in_(kinds)


def _total(*conditions: ColumnElement[bool]) -> ColumnElement[Decimal]:
    return func.coalesce(func.sum(LedgerEntry.amount).filter(*conditions), 0)


def _cash(*conditions: ColumnElement[bool]) -> ColumnElement[Decimal]:
    came, went = _is(EntryKind.RECEIPT, EntryKind.EXCHANGE_IN), _is(EntryKind.EXCHANGE_OUT, *SPENT)
    return _total(came, *conditions) - _total(went, *conditions)


_FULFILLING = _is(EntryKind.RECEIPT) & LedgerEntry.origin_id.is_not(None)
# A receipt that fulfills a commitment is in the fund's means already, as that commitment.
_MEANS = or_(
    _is(EntryKind.COMMITMENT, EntryKind.EXCHANGE_IN),
    _is(EntryKind.RECEIPT) & LedgerEntry.origin_id.is_(None),
)
_CASH = _cash()
_AVAILABLE = _total(_MEANS) - _total(_is(EntryKind.EXCHANGE_OUT, EntryKind.ALLOCATION))


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
        query = query.where(*within_reach(visible_to))
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
    query = select(LedgerEntry).where(LedgerEntry.provenance == provenance, *within_reach(visible_to))
    for column, value in (
        (LedgerEntry.fund_id, fund_id),
        (LedgerEntry.edition_id, edition_id),
        (LedgerEntry.delivery_id, delivery_id),
        (LedgerEntry.kind, kind),
    ):
        if value is not None:
            query = query.where(column == value)
    return await fetch_page(session, query, page, SortKey(LedgerEntry.dated), SortKey(LedgerEntry.id))


def within_reach(caller: Caller) -> list[ColumnElement[bool]]:
    """Limit managers to the money of their programs, partners to that of their partnerships and their own."""
    if caller.reach is Reach.ALL:
        return []
    return [
        or_(
            LedgerEntry.edition_id.in_(own_editions(caller)),
            LedgerEntry.delivery_id.in_(own_deliveries(caller)),
            LedgerEntry.organization_id.in_(own_organizations(caller)),
        )
    ]


async def fetch_available(
    session: AsyncSession, fund_id: UUID, currency: str, provenance: Provenance
) -> Decimal:
    """Return what was received and committed and is not allocated; below zero breaks invariant P6.

    What was given in exchange counts no more, what was received in exchange does.
    """
    return await _fetch_total(session, _AVAILABLE, fund_id, currency, provenance)


async def fetch_cash(session: AsyncSession, fund_id: UUID, currency: str, provenance: Provenance) -> Decimal:
    """Return what the fund has in hand: received, by gift or exchange, and neither paid nor given in exchange."""
    return await _fetch_total(session, _CASH, fund_id, currency, provenance)


async def _fetch_total(
    session: AsyncSession,
    total: ColumnElement[Decimal],
    fund_id: UUID,
    currency: str,
    provenance: Provenance,
) -> Decimal:
    query = select(total).where(
        LedgerEntry.fund_id == fund_id,
        LedgerEntry.currency == currency,
        LedgerEntry.provenance == provenance,
    )
    return (await session.execute(query)).scalar_one()


async def find_other_side(session: AsyncSession, entry: LedgerEntry) -> LedgerEntry:
    """Return the other side of an exchange."""
    given = entry.kind is EntryKind.EXCHANGE_OUT
    other = LedgerEntry.origin_id == entry.id if given else LedgerEntry.id == entry.origin_id
    query = select(LedgerEntry).where(other, LedgerEntry.reverses_id.is_(None))
    return (await session.scalars(query)).one()


async def fetch_unfulfilled(session: AsyncSession, promise_id: UUID) -> Decimal:
    """Return what is left of a pledge or commitment after reversals and after what fulfilled it."""
    promised = or_(LedgerEntry.id == promise_id, LedgerEntry.reverses_id == promise_id)
    query = select(_total(promised) - _total(LedgerEntry.origin_id == promise_id))
    return (
        await session.execute(query.where(or_(promised, LedgerEntry.origin_id == promise_id)))
    ).scalar_one()


async def fetch_statement(
    session: AsyncSession, fund_id: UUID, since: date, through: date, provenance: Provenance
) -> Sequence[Any]:
    """Return the sums of the fund's entries through the last day, one row per currency; one statement."""
    before, during = LedgerEntry.dated < since, LedgerEntry.dated >= since
    query = (
        select(
            LedgerEntry.currency,
            _cash(before).label("opening"),
            _total(_is(EntryKind.RECEIPT) & during).label("received"),
            _total(_is(EntryKind.EXCHANGE_IN) & during).label("exchanged_in"),
            _total(_is(EntryKind.EXCHANGE_OUT) & during).label("exchanged_out"),
            _total(_is(*SPENT) & during).label("paid"),
            _CASH.label("closing"),
            (_total(_is(EntryKind.COMMITMENT)) - _total(_FULFILLING)).label("promised"),
            _total(_is(EntryKind.IN_KIND)).label("in_kind"),
            _total(_is(EntryKind.ALLOCATION)).label("allocated"),
            _AVAILABLE.label("available"),
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


async def get_closure(session: AsyncSession, closure_id: UUID) -> FiscalClosure:
    """Return one closure; raise `SubjectNotFound`."""
    return await get_one(session, select(FiscalClosure).where(FiscalClosure.id == closure_id), "closure")


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
