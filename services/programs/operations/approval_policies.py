"""Who must sign before editions enter a state."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.audit import record_change
from services.common.identity import Caller, Role
from services.common.preconditions import require_version
from services.common.problems import Fault
from services.programs.db.approvals import find_policy, get_approval_policy
from services.programs.db.budgets import fetch_amounts_at_stake
from services.programs.db.programs import get_program
from services.programs.db.tables import ApprovalPolicy, Edition
from services.programs.domain.approvals import Stage, applying_stages
from services.programs.domain.editions import EditionState
from services.programs.domain.evidence import SubjectKind
from services.programs.schemas.approvals import ApprovalPolicyChange, ApprovalPolicyCreate


async def create_approval_policy(
    session: AsyncSession, caller: Caller, request: ApprovalPolicyCreate
) -> ApprovalPolicy:
    """Let editions, of one program or of all, enter a state only when it was signed."""
    if request.program_id is not None:
        await get_program(session, request.program_id)
    policy = ApprovalPolicy(**request.model_dump(mode="json", include={"stages"}), active=True)
    policy.target, policy.program_id = request.target, request.program_id
    session.add(policy)
    await record_change(session, caller, "approval_policy.created", policy)
    return policy


async def change_approval_policy(
    session: AsyncSession,
    caller: Caller,
    policy_id: UUID,
    expected_version: int,
    request: ApprovalPolicyChange,
) -> ApprovalPolicy:
    """Change who must sign, or retire the policy; requests made already keep their rounds."""
    policy = await get_approval_policy(session, policy_id, lock=True)
    require_version(policy, expected_version)
    changes = request.model_dump(mode="json", exclude_none=True)
    for field, value in changes.items():
        setattr(policy, field, value)
    await record_change(session, caller, "approval_policy.changed", policy, changes)
    return policy


async def needed_stages(
    session: AsyncSession, edition: Edition, policy: ApprovalPolicy | None
) -> list[dict[str, Any]]:
    """Return the rounds of the policy that the edition needs, by its budgets or by what is allocated to it."""
    if policy is None:
        return []
    at_stake = await fetch_amounts_at_stake(session, SubjectKind.EDITION, edition.id, edition.provenance)
    stages = read_stages(policy.stages)
    kept = applying_stages(stages, {money.currency: money.amount for money in at_stake})
    return [raw for raw, stage in zip(policy.stages, stages, strict=True) if stage in kept]


async def approval_faults(session: AsyncSession, edition: Edition, target: EditionState) -> list[Fault]:
    """Return that the step has to be asked for, if a policy says so."""
    policy = await find_policy(session, edition, target)
    if not await needed_stages(session, edition, policy):
        return []
    return [
        Fault("/state", "approval_required", "This change has to be asked for and signed: /v1/approvals.")
    ]


def read_stages(stages: Sequence[dict[str, Any]]) -> list[Stage]:
    """Return the rounds as the rules look at them."""
    return [
        Stage(
            role=Role(stage["role"]),
            number=stage["number"],
            deputies=frozenset(stage["deputies"]),
            from_amount=Decimal(stage["from_amount"]["amount"]) if stage["from_amount"] else None,
            currency=stage["from_amount"]["currency"] if stage["from_amount"] else None,
        )
        for stage in stages
    ]
