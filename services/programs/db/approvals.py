"""Questions asked of approval policies and of the requests made under them."""

from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.pagination import PageRequest, Rows, SortKey, fetch_page
from services.programs.db.tables import Approval, ApprovalPolicy, Edition
from services.programs.domain.approvals import ApprovalState
from services.programs.domain.editions import EditionState
from services.programs.domain.problems import SubjectNotFound


async def get_approval_policy(
    session: AsyncSession, policy_id: UUID, *, lock: bool = False
) -> ApprovalPolicy:
    """Return the policy, locked for update if `lock`; raise `SubjectNotFound`."""
    policy = await session.get(ApprovalPolicy, policy_id, with_for_update=lock or None)
    if policy is None:
        raise SubjectNotFound("There is no such approval policy.")
    return policy


async def find_policy(session: AsyncSession, edition: Edition, target: EditionState) -> ApprovalPolicy | None:
    """Return the active policy for the step: the program's own, or else the one for all."""
    query = (
        select(ApprovalPolicy)
        .where(
            ApprovalPolicy.active,
            ApprovalPolicy.target == target,
            or_(ApprovalPolicy.program_id == edition.program_id, ApprovalPolicy.program_id.is_(None)),
        )
        .order_by(ApprovalPolicy.program_id.asc().nulls_last())
        .limit(1)
    )
    return (await session.scalars(query)).one_or_none()


async def list_approval_policies(session: AsyncSession, page: PageRequest, *, active: bool | None) -> Rows:
    """Return policies in the order of entry."""
    query = select(ApprovalPolicy)
    if active is not None:
        query = query.where(ApprovalPolicy.active == active)
    return await fetch_page(session, query, page, SortKey(ApprovalPolicy.id))


async def get_approval(session: AsyncSession, approval_id: UUID, *, lock: bool = False) -> Approval:
    """Return the request, locked for update if `lock`; raise `SubjectNotFound`."""
    approval = await session.get(Approval, approval_id, with_for_update=lock or None)
    if approval is None:
        raise SubjectNotFound("There is no such request.")
    return approval


async def list_approvals(
    session: AsyncSession, page: PageRequest, *, state: ApprovalState | None, edition_id: UUID | None
) -> Rows:
    """Return requests, the latest first."""
    query = select(Approval)
    if state is not None:
        query = query.where(Approval.state == state)
    if edition_id is not None:
        query = query.where(Approval.edition_id == edition_id)
    return await fetch_page(session, query, page, SortKey(Approval.id, descending=True))
