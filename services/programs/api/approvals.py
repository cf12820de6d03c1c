"""Routes of approval policies, and of changes of state that wait for signatures."""

from uuid import UUID

from fastapi import Response, status
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.http.callers import Caller
from services.common.http.paging import Following, Paging
from services.common.http.preconditions import ExpectedVersion
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession, WriteSession
from services.common.identity import Caller as CallerIdentity
from services.common.wire import FollowedPage, Page
from services.programs.db import approvals as questions
from services.programs.db.editions import get_edition
from services.programs.db.tables import Approval, ApprovalPolicy
from services.programs.domain.approvals import ApprovalState
from services.programs.domain.problems import (
    GuardsUnmet,
    PortfolioItemExists,
    SignatureRefused,
    SubjectNotFound,
    TransitionRefused,
)
from services.programs.operations import approval_policies as policies
from services.programs.operations import approvals as operations
from services.programs.schemas.approvals import (
    ApprovalItem,
    ApprovalPolicyChange,
    ApprovalPolicyCreate,
    ApprovalPolicyRead,
    ApprovalRead,
    ApprovalRequest,
    ApprovalReturn,
    ApprovalSignature,
)

router = house_router("approvals", "")
CREATED = status.HTTP_201_CREATED


async def _answer(session: AsyncSession, caller: CallerIdentity, approval: Approval) -> ApprovalRead:
    edition = await get_edition(session, approval.edition_id)
    actions = await operations.list_approval_actions(session, caller, approval)
    return ApprovalRead.of(approval, edition=edition, actions=actions)


@router.post(
    "/approval-policies",
    response_model=ApprovalPolicyRead,
    status_code=CREATED,
    responses=problems(SubjectNotFound, PortfolioItemExists),
)
async def create_approval_policy(
    session: WriteSession, caller: Caller, request: ApprovalPolicyCreate
) -> ApprovalPolicy:
    """Let editions, of one program or of all, enter a state only when enough people have signed."""
    return await policies.create_approval_policy(session, caller, request)


@router.get("/approval-policies", response_model=Page[ApprovalPolicyRead])
async def list_approval_policies(session: ReadSession, page: Paging, *, active: bool | None = None) -> object:
    """List approval policies in the order of entry."""
    return await questions.list_approval_policies(session, page, active=active)


@router.get(
    "/approval-policies/{policy_id}", response_model=ApprovalPolicyRead, responses=problems(SubjectNotFound)
)
async def read_approval_policy(session: ReadSession, policy_id: UUID) -> ApprovalPolicy:
    """Read one approval policy."""
    return await questions.get_approval_policy(session, policy_id)


@router.patch(
    "/approval-policies/{policy_id}",
    response_model=ApprovalPolicyRead,
    responses=problems(SubjectNotFound, PortfolioItemExists),
)
async def change_approval_policy(
    session: WriteSession,
    caller: Caller,
    policy_id: UUID,
    version: ExpectedVersion,
    request: ApprovalPolicyChange,
) -> ApprovalPolicy:
    """Change who must sign, or retire the policy; requests made already keep their rounds."""
    return await policies.change_approval_policy(session, caller, policy_id, version, request)


@router.post(
    "/approvals",
    response_model=ApprovalRead,
    status_code=CREATED,
    responses=problems(SubjectNotFound, GuardsUnmet, PortfolioItemExists),
)
async def request_approval(
    session: WriteSession, caller: Caller, request: ApprovalRequest, response: Response
) -> ApprovalRead:
    """Ask for a change of an edition's state that has to be signed; it waits until it is."""
    approval = await operations.request_approval(session, caller, request)
    response.headers["Location"] = approval.href
    return await _answer(session, caller, approval)


@router.get("/approvals", response_model=FollowedPage[ApprovalItem])
async def list_approvals(
    session: ReadSession,
    page: Following,
    state: ApprovalState | None = None,
    edition_id: UUID | None = None,
) -> object:
    """List requests, the latest first; `state=pending` asks for what waits."""
    return await questions.list_approvals(session, page, state=state, edition_id=edition_id)


@router.get("/approvals/{approval_id}", response_model=ApprovalRead, responses=problems(SubjectNotFound))
async def read_approval(session: ReadSession, caller: Caller, approval_id: UUID) -> ApprovalRead:
    """Read one request with its rounds and signatures."""
    return await _answer(session, caller, await questions.get_approval(session, approval_id))


@router.post(
    "/approvals/{approval_id}/signature",
    response_model=ApprovalRead,
    responses=problems(SubjectNotFound, TransitionRefused, SignatureRefused, GuardsUnmet),
)
async def sign_approval(
    session: WriteSession, caller: Caller, approval_id: UUID, request: ApprovalSignature
) -> ApprovalRead:
    """Sign the round that waits; the last signature changes the edition's state."""
    approval = await operations.sign_approval(session, caller, approval_id, request)
    return await _answer(session, caller, approval)


@router.post(
    "/approvals/{approval_id}/return",
    response_model=ApprovalRead,
    responses=problems(SubjectNotFound, TransitionRefused, SignatureRefused),
)
async def return_approval(
    session: WriteSession, caller: Caller, approval_id: UUID, request: ApprovalReturn
) -> ApprovalRead:
    """Send a request back with what has to be different."""
    approval = await operations.return_approval(session, caller, approval_id, request)
    return await _answer(session, caller, approval)


@router.post(
    "/approvals/{approval_id}/withdrawal",
    response_model=ApprovalRead,
    responses=problems(SubjectNotFound, TransitionRefused, SignatureRefused),
)
async def withdraw_approval(session: WriteSession, caller: Caller, approval_id: UUID) -> ApprovalRead:
    """Take back what one has asked for."""
    return await _answer(session, caller, await operations.withdraw_approval(session, caller, approval_id))
