"""What can be booked: every correction is a reversal, and nothing enters a closed period."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.audit import record_change, record_entries
from services.common.clock import domain_now
from services.common.database import new_id
from services.common.identity import Caller
from services.programs.db.awards import find_instalment_of
from services.programs.db.deliveries import get_delivery
from services.programs.db.editions import get_edition
from services.programs.db.money import (
    fetch_available,
    fetch_cash,
    fetch_unfulfilled,
    find_other_side,
    get_entry,
    get_fund,
    hold_books,
)
from services.programs.db.organizations import get_organization
from services.programs.db.tables import Delivery, Edition, ExchangeRate, FiscalClosure, LedgerEntry
from services.programs.domain.awards import InstalmentState
from services.programs.domain.money import ACTUAL, EXCHANGED, ORIGINS, EntryKind
from services.programs.domain.problems import (
    ActualInFuture,
    EntryReversed,
    FundExceeded,
    PeriodClosed,
    ReferenceUnknown,
)
from services.programs.operations.editions import require_demonstration
from services.programs.schemas.awards import AwardCreate
from services.programs.schemas.money import (
    AllocationCreate,
    ContributionCreate,
    Entry,
    ExchangeCreate,
    ExchangeRateWrite,
    ReversalCreate,
    TransactionCreate,
)


async def create_contribution(
    session: AsyncSession, caller: Caller, fund_id: UUID, request: ContributionCreate, *, demonstration: bool
) -> LedgerEntry:
    """Book what a donor pledges, commits or gives.

    Raises `ReferenceUnknown` for an origin that it cannot fulfill, and `FundExceeded` for more than is left
    of it: what goes beyond is a contribution of its own.
    """
    require_demonstration(request.provenance, demonstration=demonstration)
    await get_fund(session, fund_id, lock=True)
    await get_organization(session, request.organization_id)
    entry = _entry(fund_id, request)
    if request.origin_id is not None:
        await _require_origin(session, entry, request.origin_id)
    return await book(session, caller, entry)


async def create_allocation(
    session: AsyncSession, caller: Caller, fund_id: UUID, request: AllocationCreate, *, demonstration: bool
) -> LedgerEntry:
    """Set money of the fund aside; raises `FundExceeded` for more than it has (invariant P6)."""
    require_demonstration(request.provenance, demonstration=demonstration)
    await get_fund(session, fund_id, lock=True)
    await require_purpose(session, request)
    return await book(session, caller, _entry(fund_id, request, kind=EntryKind.ALLOCATION))


async def create_exchange(
    session: AsyncSession, caller: Caller, fund_id: UUID, request: ExchangeCreate, *, demonstration: bool
) -> tuple[LedgerEntry, LedgerEntry]:
    """Book that a fund gave money of one currency for money of another; return both sides.

    Raises `FundExceeded` for more than the fund has in hand, or than it has not allocated.
    """
    require_demonstration(request.provenance, demonstration=demonstration)
    await get_fund(session, fund_id, lock=True)
    common = request.model_dump(exclude={"given", "received"}) | {"fund_id": fund_id}
    given = LedgerEntry(**common, kind=EntryKind.EXCHANGE_OUT, **request.given.model_dump())
    await book(session, caller, given)
    received = LedgerEntry(
        **common, kind=EntryKind.EXCHANGE_IN, origin_id=given.id, **request.received.model_dump()
    )
    return given, await book(session, caller, received)


async def create_transaction(
    session: AsyncSession, caller: Caller, request: TransactionCreate, *, demonstration: bool
) -> LedgerEntry:
    """Book what the fund commits itself to pay, or has paid."""
    require_demonstration(request.provenance, demonstration=demonstration)
    await get_fund(session, request.fund_id, lock=True)
    await require_purpose(session, request)
    if request.organization_id is not None:
        await get_organization(session, request.organization_id)
    return await book(session, caller, _entry(request.fund_id, request))


async def reverse_transaction(
    session: AsyncSession, caller: Caller, transaction_id: UUID, request: ReversalCreate
) -> LedgerEntry:
    """Take an entry back by its opposite, dated in an open period; of an exchange, take both sides back.

    Raises `EntryReversed` for a reversal and for what is reversed already, `FundExceeded` where the money is
    allocated, or the promise fulfilled, meanwhile.
    """
    reversed_ = await get_entry(session, transaction_id)
    await get_fund(session, reversed_.fund_id, lock=True)
    if reversed_.reverses_id is not None:
        raise EntryReversed("A reversal is not reversed; book the entry anew.")
    if request.dated < reversed_.dated:
        raise EntryReversed("An entry is not reversed before its own day.")
    back = _opposite(reversed_, request)
    if reversed_.kind in EXCHANGED:
        other = _opposite(await find_other_side(session, reversed_), request)
        for entry in sorted([back, other], key=lambda side: side.kind, reverse=True):
            await book(session, caller, entry)
    else:
        await book(session, caller, back)
        await _reopen_instalment(session, caller, reversed_.id)
    return back


async def _reopen_instalment(session: AsyncSession, caller: Caller, transaction_id: UUID) -> None:
    """Let an instalment whose payment is reversed be what it was before: approved."""
    instalment = await find_instalment_of(session, transaction_id)
    if instalment is not None:
        instalment.state, instalment.paid_by, instalment.transaction_id = InstalmentState.APPROVED, None, None
        fields = ["state", "paid_by", "transaction_id"]
        await record_change(session, caller, "instalment.reopened", instalment, fields)


def _opposite(entry: LedgerEntry, request: ReversalCreate) -> LedgerEntry:
    kept = ("fund_id", "kind", "organization_id", "edition_id", "delivery_id", "origin_id", "currency")
    return LedgerEntry(
        **{name: getattr(entry, name) for name in (*kept, "valuation_method", "rate", "provenance")},
        reverses_id=entry.id,
        amount=-entry.amount,
        dated=request.dated,
        note=request.note,
    )


async def create_exchange_rates(
    session: AsyncSession, caller: Caller, rates: Sequence[ExchangeRateWrite]
) -> int:
    """Enter rates, all or none, and return how many; a known pair and day is refused by its unique key."""
    rows = [rate.model_dump() | {"id": new_id(), "version": 1} for rate in rates]
    await session.execute(insert(ExchangeRate), rows)
    ids = [row["id"] for row in rows]
    await record_entries(session, caller, "exchange_rate.created", ExchangeRate, ids)
    return len(rows)


async def close_period(session: AsyncSession, caller: Caller, through: date) -> FiscalClosure:
    """Close the books through this day; raises `PeriodClosed` if they are closed further already."""
    closed = await hold_books(session, to_close=True)
    if closed is not None and through < closed:
        raise PeriodClosed(f"The books are closed through {closed} already.")
    closure = FiscalClosure(through=through)
    session.add(closure)
    await record_change(session, caller, "fiscal_closure.created", closure)
    return closure


def _entry(fund_id: UUID, request: Entry, **known: Any) -> LedgerEntry:
    fields = request.model_dump(exclude={"money", "fund_id"}) | known
    return LedgerEntry(
        **fields, fund_id=fund_id, amount=request.money.amount, currency=request.money.currency
    )


async def _require_origin(session: AsyncSession, entry: LedgerEntry, origin_id: UUID) -> None:
    origin = await get_entry(session, origin_id)
    same = ("fund_id", "organization_id", "currency", "provenance")
    fits = (
        origin.kind == ORIGINS.get(entry.kind)
        and origin.reverses_id is None
        and all(getattr(origin, name) == getattr(entry, name) for name in same)
    )
    if not fits:
        raise ReferenceUnknown(
            "A commitment fulfills a pledge and a receipt a commitment, of the same donor."
        )


async def require_purpose(
    session: AsyncSession, request: AllocationCreate | TransactionCreate | AwardCreate
) -> None:
    """Real money is for what is real, synthetic money for what is synthetic (invariant P11)."""
    purposes: list[Edition | Delivery] = []
    if request.edition_id is not None:
        purposes.append(await get_edition(session, request.edition_id))
    if request.delivery_id is not None:
        purposes.append(await get_delivery(session, request.delivery_id))
    if any(purpose.provenance is not request.provenance for purpose in purposes):
        raise ReferenceUnknown("The money and its purpose are both real or both synthetic.")


async def book(session: AsyncSession, caller: Caller, entry: LedgerEntry) -> LedgerEntry:
    """Write the entry, whose fund is locked, and undo everything if the fund does not bear it."""
    closed = await hold_books(session)
    if closed is not None and entry.dated <= closed:
        raise PeriodClosed(f"The books are closed through {closed}.")
    now = await domain_now(session, entry.provenance)
    if entry.kind in ACTUAL and entry.dated > now.date():
        raise ActualInFuture("What has been given or paid is not dated in the future.")
    session.add(entry)
    await record_change(session, caller, f"ledger_entry.{entry.kind}", entry)
    if await fetch_available(session, entry.fund_id, entry.currency, entry.provenance) < 0:
        raise FundExceeded("The fund would have received and been promised less than is allocated.")
    if entry.kind in EXCHANGED and (entry.kind is EntryKind.EXCHANGE_OUT) is (entry.amount > 0):
        await _require_cash(session, entry)
    for promise in (entry.origin_id, entry.reverses_id):
        if promise is not None and entry.kind in {*ORIGINS, EntryKind.PLEDGE}:
            await _require_unfulfilled(session, promise)
    return entry


async def _require_cash(session: AsyncSession, entry: LedgerEntry) -> None:
    if await fetch_cash(session, entry.fund_id, entry.currency, entry.provenance) < 0:
        raise FundExceeded("The fund does not have so much in hand in this currency.")


async def _require_unfulfilled(session: AsyncSession, promise_id: UUID) -> None:
    if await fetch_unfulfilled(session, promise_id) < 0:
        raise FundExceeded("More has come in on this promise than is left of it.")
