"""Routes of awards and their instalments."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from fastapi import Depends, Response, status
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.actions import Action, post_action
from services.common.clock import Provenance, domain_now
from services.common.http.callers import Caller
from services.common.http.demonstration import Demonstration
from services.common.http.paging import Following, Paging
from services.common.http.problem_responses import problems
from services.common.http.replays import require_idempotency_key
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession, WriteSession
from services.common.identity import Caller as CallerIdentity
from services.common.money import Money
from services.common.problems import Fault
from services.common.wire import Code, FollowedPage, Id, Page
from services.programs.db import awards as questions
from services.programs.db.tables import Award, Instalment
from services.programs.domain.awards import (
    INSTALMENT_LIFE,
    OPEN,
    InstalmentState,
    unmet_to_approve,
    unmet_to_pay,
)
from services.programs.domain.permissions import permits
from services.programs.domain.problems import (
    ActualInFuture,
    DemonstrationOnly,
    GuardsUnmet,
    OrganizationNotFound,
    PeriodClosed,
    PortfolioItemExists,
    ReferenceUnknown,
    SubjectNotFound,
    TransitionRefused,
)
from services.programs.operations import awards as operations
from services.programs.schemas.awards import (
    AwardCreate,
    AwardItem,
    AwardRead,
    AwardReason,
    InstalmentApproval,
    InstalmentItem,
    InstalmentPayment,
    InstalmentRead,
)

router = house_router("awards", "")
_ONCE = [Depends(require_idempotency_key)]
_AT = "/awards/{award_id}/instalments/{instalment_id}"


@router.post(
    "/awards",
    response_model=AwardRead,
    status_code=status.HTTP_201_CREATED,
    responses=problems(
        SubjectNotFound, OrganizationNotFound, PortfolioItemExists, ReferenceUnknown, DemonstrationOnly
    ),
)
async def create_award(
    session: WriteSession,
    caller: Caller,
    request: AwardCreate,
    response: Response,
    demonstration: Demonstration,
) -> AwardRead:
    """Award a grant or scholarship, with the schedule of its instalments."""
    award = await operations.create_award(session, caller, request, demonstration=demonstration)
    response.headers["Location"] = award.href
    return await _answer(session, caller, award)


@router.get("/awards", response_model=FollowedPage[AwardItem])
async def list_awards(
    session: ReadSession,
    page: Following,
    caller: Caller,
    code: Code | None = None,
    fund_id: Id | None = None,
    edition_id: Id | None = None,
    delivery_id: Id | None = None,
    provenance: Provenance = Provenance.REAL,
) -> object:
    """List awards by code."""
    return await questions.list_awards(
        session,
        page,
        visible_to=caller,
        provenance=provenance,
        code=code,
        fund_id=fund_id,
        edition_id=edition_id,
        delivery_id=delivery_id,
    )


@router.get("/awards/{award_id}", response_model=AwardRead, responses=problems(SubjectNotFound))
async def read_award(session: ReadSession, caller: Caller, award_id: UUID) -> AwardRead:
    """Read an award with its instalments, and what the caller may do to each."""
    return await _answer(session, caller, await questions.get_award(session, award_id, visible_to=caller))


@router.post(
    "/awards/{award_id}/cancellation",
    response_model=AwardRead,
    responses=problems(SubjectNotFound, TransitionRefused),
)
async def cancel_award(
    session: WriteSession, caller: Caller, award_id: UUID, request: AwardReason
) -> AwardRead:
    """Give up all that is still to be paid of an award."""
    return await _answer(
        session, caller, await operations.cancel_award(session, caller, award_id, request.reason)
    )


@router.get("/award-instalments", response_model=Page[InstalmentItem])
async def list_award_instalments(
    session: ReadSession,
    page: Paging,
    caller: Caller,
    *,
    state: InstalmentState | None = None,
    overdue: bool = False,
    provenance: Provenance = Provenance.REAL,
) -> Page[InstalmentItem]:
    """List instalments by the day they are due; `overdue` asks for those that should be paid by now."""
    today = (await domain_now(session, provenance)).date()
    rows = await questions.list_instalments(
        session, page, today, visible_to=caller, provenance=provenance, state=state, overdue=overdue
    )
    items = [InstalmentItem.of(row, overdue=_is_late(row, today)) for row in rows.items]
    return Page(items=items, next_cursor=rows.next_cursor, total=rows.total)


@router.post(
    _AT + "/approval", response_model=InstalmentRead, responses=problems(SubjectNotFound, GuardsUnmet)
)
async def approve_instalment(
    session: WriteSession, caller: Caller, award_id: UUID, instalment_id: UUID, request: InstalmentApproval
) -> InstalmentRead:
    """Say that an instalment may be paid; somebody else pays it."""
    instalment = await operations.approve_instalment(session, caller, award_id, instalment_id, request)
    return await _answer_instalment(session, caller, instalment)


@router.post(
    _AT + "/return", response_model=InstalmentRead, responses=problems(SubjectNotFound, TransitionRefused)
)
async def return_instalment(
    session: WriteSession, caller: Caller, award_id: UUID, instalment_id: UUID, request: AwardReason
) -> InstalmentRead:
    """Take back that an instalment may be paid."""
    instalment = await operations.return_instalment(session, caller, award_id, instalment_id, request.reason)
    return await _answer_instalment(session, caller, instalment)


@router.post(
    _AT + "/payment",
    response_model=InstalmentRead,
    responses=problems(SubjectNotFound, GuardsUnmet, ActualInFuture, PeriodClosed),
    dependencies=_ONCE,
)
async def pay_instalment(
    session: WriteSession, caller: Caller, award_id: UUID, instalment_id: UUID, request: InstalmentPayment
) -> InstalmentRead:
    """Book the payment of an instalment that somebody else has approved."""
    instalment = await operations.pay_instalment(session, caller, award_id, instalment_id, request)
    return await _answer_instalment(session, caller, instalment)


@router.post(
    _AT + "/cancellation",
    response_model=InstalmentRead,
    responses=problems(SubjectNotFound, TransitionRefused),
)
async def cancel_instalment(
    session: WriteSession, caller: Caller, award_id: UUID, instalment_id: UUID, request: AwardReason
) -> InstalmentRead:
    """Give up an instalment that is not paid."""
    instalment = await operations.cancel_instalment(session, caller, award_id, instalment_id, request.reason)
    return await _answer_instalment(session, caller, instalment)


async def _answer(session: AsyncSession, caller: CallerIdentity, award: Award) -> AwardRead:
    today = (await domain_now(session, award.provenance)).date()

    def summed(*states: InstalmentState) -> Money:
        amounts = [part.amount for part in award.instalments if part.state in states]
        return Money(sum(amounts, Decimal(0)), award.currency)

    parts = [_with_actions(caller, part, today) for part in award.instalments]
    return AwardRead.of(award, open=summed(*OPEN), paid=summed(InstalmentState.PAID), instalments=parts)


async def _answer_instalment(
    session: AsyncSession, caller: CallerIdentity, instalment: Instalment
) -> InstalmentRead:
    now = await domain_now(session, instalment.award.provenance)
    return _with_actions(caller, instalment, now.date())


def _with_actions(caller: CallerIdentity, instalment: Instalment, today: date) -> InstalmentRead:
    return InstalmentRead.of(
        instalment, overdue=_is_late(instalment, today), actions=_list_actions(caller, instalment, today)
    )


def _list_actions(caller: CallerIdentity, instalment: Instalment, today: date) -> list[Action]:
    facts = operations.facts_of(instalment)
    offered: list[tuple[str, str, list[Fault]]] = [
        ("approve_instalment", "approval", unmet_to_approve(facts, today)),
        ("pay_instalment", "payment", unmet_to_pay(facts, caller.principal)),
        ("return_instalment", "return", _not_now(instalment, InstalmentState.PLANNED)),
        ("cancel_instalment", "cancellation", _not_now(instalment, InstalmentState.CANCELLED)),
    ]
    return [
        post_action(path, f"{instalment.href}/{path}", faults)
        for operation, path, faults in offered
        if permits(operation, caller.roles)
    ]


def _not_now(instalment: Instalment, target: InstalmentState) -> list[Fault]:
    if INSTALMENT_LIFE.may_become(instalment.state, target):
        return []
    return [Fault("/state", "not_in_this_state", f"It is {instalment.state}.")]


def _is_late(instalment: Instalment, today: date) -> bool:
    return instalment.state in OPEN and instalment.due_on < today
