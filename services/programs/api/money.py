"""Routes of the ledger: contributions, allocations, exchanges, transactions, rates, closed periods, statements."""

from uuid import UUID

from fastapi import Depends, Response, status

from services.common.clock import Provenance
from services.common.http.callers import Caller
from services.common.http.demonstration import Demonstration
from services.common.http.paging import Following, Paging
from services.common.http.problem_responses import problems
from services.common.http.replays import require_idempotency_key
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession, WriteSession
from services.common.money import Money
from services.common.wire import Day, FollowedPage, Id, Page
from services.common.wire_codes import CurrencyCode
from services.programs.db import money as questions
from services.programs.db.tables import FiscalClosure, LedgerEntry
from services.programs.domain.money import IATI_TYPES, EntryKind
from services.programs.domain.problems import (
    ActualInFuture,
    DemonstrationOnly,
    EntryReversed,
    FundExceeded,
    PeriodClosed,
    PortfolioItemExists,
    ReferenceUnknown,
    SubjectNotFound,
)
from services.programs.operations import money as operations
from services.programs.schemas.money import (
    AllocationCreate,
    ContributionCreate,
    ExchangeCreate,
    ExchangeRateRead,
    ExchangeRatesCreate,
    ExchangeRatesEntered,
    ExchangeRead,
    FiscalClosureCreate,
    FiscalClosureRead,
    FundStatement,
    ReversalCreate,
    StatementLine,
    TransactionCreate,
    TransactionRead,
)

router = house_router("money", "")
CREATED = status.HTTP_201_CREATED
_ONCE = [Depends(require_idempotency_key)]
_REFUSED = problems(
    SubjectNotFound, ReferenceUnknown, DemonstrationOnly, FundExceeded, PeriodClosed, ActualInFuture
)


@router.post(
    "/funds/{fund_id}/contributions",
    response_model=TransactionRead,
    status_code=CREATED,
    responses=_REFUSED,
    dependencies=_ONCE,
)
async def create_contribution(
    session: WriteSession,
    caller: Caller,
    fund_id: UUID,
    request: ContributionCreate,
    response: Response,
    demonstration: Demonstration,
) -> TransactionRead:
    """Book what a donor pledges, commits or gives to the fund."""
    entry = await operations.create_contribution(
        session, caller, fund_id, request, demonstration=demonstration
    )
    return _booked(response, entry)


@router.post(
    "/funds/{fund_id}/allocations",
    response_model=TransactionRead,
    status_code=CREATED,
    responses=_REFUSED,
    dependencies=_ONCE,
)
async def create_allocation(
    session: WriteSession,
    caller: Caller,
    fund_id: UUID,
    request: AllocationCreate,
    response: Response,
    demonstration: Demonstration,
) -> TransactionRead:
    """Set money of the fund aside for an edition or a delivery."""
    entry = await operations.create_allocation(session, caller, fund_id, request, demonstration=demonstration)
    return _booked(response, entry)


@router.post(
    "/funds/{fund_id}/exchanges",
    response_model=ExchangeRead,
    status_code=CREATED,
    responses=problems(SubjectNotFound, DemonstrationOnly, FundExceeded, PeriodClosed, ActualInFuture),
    dependencies=_ONCE,
)
async def create_exchange(
    session: WriteSession,
    caller: Caller,
    fund_id: UUID,
    request: ExchangeCreate,
    demonstration: Demonstration,
) -> ExchangeRead:
    """Book that the fund gave money of one currency for money of another, at a stated rate."""
    given, received = await operations.create_exchange(
        session, caller, fund_id, request, demonstration=demonstration
    )
    return ExchangeRead(given=_answer(given), received=_answer(received))


@router.get("/funds/{fund_id}/statement", response_model=FundStatement, responses=problems(SubjectNotFound))
async def read_fund_statement(
    session: ReadSession,
    fund_id: UUID,
    since: Day,
    through: Day,
    provenance: Provenance = Provenance.REAL,
) -> FundStatement:
    """Read how the fund stood before, what came and went, and how it stands, per currency."""
    await questions.get_fund(session, fund_id)
    rows = await questions.fetch_statement(session, fund_id, since, through, provenance)
    lines = [
        StatementLine(
            currency=row.currency,
            **{
                name: Money(getattr(row, name), row.currency).amount
                for name in StatementLine.model_fields
                if name != "currency"
            },
        )
        for row in rows
    ]
    return FundStatement(fund_id=fund_id, since=since, through=through, provenance=provenance, lines=lines)


@router.post(
    "/transactions",
    response_model=TransactionRead,
    status_code=CREATED,
    responses=_REFUSED,
    dependencies=_ONCE,
)
async def create_transaction(
    session: WriteSession,
    caller: Caller,
    request: TransactionCreate,
    response: Response,
    demonstration: Demonstration,
) -> TransactionRead:
    """Book what a fund commits itself to pay, or has paid, for an edition or a delivery."""
    entry = await operations.create_transaction(session, caller, request, demonstration=demonstration)
    return _booked(response, entry)


@router.get("/transactions", response_model=FollowedPage[TransactionRead])
async def list_transactions(
    session: ReadSession,
    page: Following,
    caller: Caller,
    fund_id: Id | None = None,
    edition_id: Id | None = None,
    delivery_id: Id | None = None,
    kind: EntryKind | None = None,
    provenance: Provenance = Provenance.REAL,
) -> FollowedPage[TransactionRead]:
    """List the ledger by day, contributions and allocations included."""
    rows = await questions.list_entries(
        session,
        page,
        visible_to=caller,
        provenance=provenance,
        fund_id=fund_id,
        edition_id=edition_id,
        delivery_id=delivery_id,
        kind=kind,
    )
    items = [_answer(entry) for entry in rows.items]
    return FollowedPage[TransactionRead].of(rows, items=items)


@router.get(
    "/transactions/{transaction_id}", response_model=TransactionRead, responses=problems(SubjectNotFound)
)
async def read_transaction(session: ReadSession, caller: Caller, transaction_id: UUID) -> TransactionRead:
    """Read one ledger entry."""
    return _answer(await questions.get_entry(session, transaction_id, visible_to=caller))


@router.post(
    "/transactions/{transaction_id}/reversal",
    response_model=TransactionRead,
    status_code=CREATED,
    responses=problems(SubjectNotFound, EntryReversed, FundExceeded, PeriodClosed, ActualInFuture),
    dependencies=_ONCE,
)
async def reverse_transaction(
    session: WriteSession, caller: Caller, transaction_id: UUID, request: ReversalCreate, response: Response
) -> TransactionRead:
    """Take an entry back by its opposite; nothing is ever changed or deleted."""
    return _booked(response, await operations.reverse_transaction(session, caller, transaction_id, request))


@router.post(
    "/exchange-rates",
    response_model=ExchangeRatesEntered,
    status_code=CREATED,
    responses=problems(PortfolioItemExists),
    dependencies=_ONCE,
)
async def create_exchange_rates(
    session: WriteSession, caller: Caller, request: ExchangeRatesCreate
) -> ExchangeRatesEntered:
    """Enter dated exchange rates, all of them or none."""
    return ExchangeRatesEntered(
        entered=await operations.create_exchange_rates(session, caller, request.rates)
    )


@router.get("/exchange-rates", response_model=Page[ExchangeRateRead])
async def list_exchange_rates(
    session: ReadSession, page: Paging, base: CurrencyCode | None = None, quote: CurrencyCode | None = None
) -> object:
    """List exchange rates, the latest first."""
    return await questions.fetch_rates_page(session, page, base=base, quote=quote)


@router.post(
    "/fiscal-closures",
    response_model=FiscalClosureRead,
    status_code=CREATED,
    responses=problems(PeriodClosed, PortfolioItemExists),
    dependencies=_ONCE,
)
async def create_fiscal_closure(
    session: WriteSession, caller: Caller, request: FiscalClosureCreate
) -> FiscalClosure:
    """Close the books through a day, for good."""
    return await operations.close_period(session, caller, request.through)


@router.get("/fiscal-closures", response_model=Page[FiscalClosureRead])
async def list_fiscal_closures(session: ReadSession, page: Paging) -> object:
    """List the days through which the books were closed, the latest first."""
    return await questions.list_closures(session, page)


@router.get(
    "/fiscal-closures/{closure_id}", response_model=FiscalClosureRead, responses=problems(SubjectNotFound)
)
async def read_fiscal_closure(session: ReadSession, closure_id: UUID) -> FiscalClosure:
    """Read one closure of the books."""
    return await questions.get_closure(session, closure_id)


def _answer(entry: LedgerEntry) -> TransactionRead:
    return TransactionRead.of(
        entry, iati_type=IATI_TYPES.get(entry.kind), money=Money(entry.amount, entry.currency)
    )


def _booked(response: Response, entry: LedgerEntry) -> TransactionRead:
    response.headers["Location"] = entry.href
    return _answer(entry)
