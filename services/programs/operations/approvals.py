"""Asking for a change of state, signing it, sending it back."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.actions import Action, post_action
from services.common.audit import record_change
from services.common.clock import domain_now, real_now
from services.common.identity import Caller, Role
from services.common.problems import Fault
from services.programs.db.approvals import find_policy, get_approval
from services.programs.db.editions import get_edition
from services.programs.db.tables import Approval, Edition
from services.programs.domain.approvals import (
    APPROVAL_LIFE,
    ApprovalState,
    Signature,
    current_stage,
    signing_faults,
)
from services.programs.domain.edition_guards import Step, unmet_guards
from services.programs.domain.editions import EditionState
from services.programs.domain.permissions import permits
from services.programs.domain.problems import GuardsUnmet, SignatureRefused, TransitionRefused
from services.programs.operations.approval_policies import needed_stages, read_stages
from services.programs.operations.edition_states import enter_state, gather_facts
from services.programs.schemas.approvals import (
    ApprovalRequest,
    ApprovalReturn,
    ApprovalSignature,
)


async def request_approval(session: AsyncSession, caller: Caller, request: ApprovalRequest) -> Approval:
    """Ask for a change of state that a policy lets wait; raises `GuardsUnmet`, also where nobody need sign."""
    edition = await get_edition(session, request.edition_id, lock=True)
    await _require_guards(session, edition, request.state, request.reason)
    policy = await find_policy(session, edition, request.state)
    needed = await needed_stages(session, edition, policy)
    if policy is None or not needed:
        fault = Fault("/state", "no_approval_needed", "Nobody has to sign this change; make it.")
        raise GuardsUnmet("No policy asks for approval of this change.", errors=[fault])
    approval = Approval(
        edition_id=edition.id,
        policy_id=policy.id,
        target=request.state,
        reason=request.reason,
        requested_by=caller.principal,
        stages=needed,
        signatures=[],
        state=APPROVAL_LIFE.initial,
    )
    session.add(approval)
    await record_change(session, caller, "approval.requested", approval)
    return approval


async def sign_approval(
    session: AsyncSession, caller: Caller, approval_id: UUID, request: ApprovalSignature
) -> Approval:
    """Sign the round that waits; the last signature takes the step, whose guards are asked again."""
    approval, edition = await _lock_pending(session, approval_id)
    stages, signatures = read_stages(approval.stages), _read_signatures(approval.signatures)
    place = current_stage(stages, signatures)
    faults = signing_faults(stages[place], signatures, approval.requested_by, caller.principal, caller.roles)
    if faults:
        raise SignatureRefused("You cannot sign this request.", errors=faults)
    signature = {"stage": place, "by": caller.principal, "comment": request.comment}
    signature["at"] = (await real_now(session)).isoformat()
    approval.signatures = [*approval.signatures, signature]
    fields = ["signatures"]
    if current_stage(stages, _read_signatures(approval.signatures)) == len(stages):
        await _require_guards(session, edition, approval.target, approval.reason)
        approval.state = ApprovalState.APPROVED
        fields.append("state")
        await record_change(session, caller, "approval.signed", approval, fields)
        await enter_state(session, caller, edition, approval.target, approval.reason)
    else:
        await record_change(session, caller, "approval.signed", approval, fields)
    return approval


async def return_approval(
    session: AsyncSession, caller: Caller, approval_id: UUID, request: ApprovalReturn
) -> Approval:
    """Send a request back with what has to be different; only who could sign it may."""
    approval, _ = await _lock_pending(session, approval_id)
    stages, signatures = read_stages(approval.stages), _read_signatures(approval.signatures)
    place = current_stage(stages, signatures)
    faults = signing_faults(stages[place], [], approval.requested_by, caller.principal, caller.roles)
    if faults:
        raise SignatureRefused("You cannot return this request.", errors=faults)
    return await _close(session, caller, approval, ApprovalState.RETURNED, request.comment)


async def withdraw_approval(session: AsyncSession, caller: Caller, approval_id: UUID) -> Approval:
    """Take back what one has asked for; administrators may take back anybody's."""
    approval, _ = await _lock_pending(session, approval_id)
    if caller.principal != approval.requested_by and Role.ADMINISTRATOR not in caller.roles:
        fault = Fault("/requested_by", "not_yours", "Somebody else asked for it.")
        raise SignatureRefused("You cannot withdraw this request.", errors=[fault])
    return await _close(session, caller, approval, ApprovalState.WITHDRAWN, None)


async def list_approval_actions(session: AsyncSession, caller: Caller, approval: Approval) -> list[Action]:
    """Return what the caller may do about a request that waits."""
    if approval.state is not ApprovalState.PENDING:
        return []
    stages, signatures = read_stages(approval.stages), _read_signatures(approval.signatures)
    place = current_stage(stages, signatures)
    ask = (stages[place], signatures, approval.requested_by, caller.principal, caller.roles)
    edition = await get_edition(session, approval.edition_id)
    unmet = await _unmet(session, edition, approval.target, approval.reason)
    return [
        post_action(name, f"{approval.href}/{path}", faults)
        for operation, name, path, faults in (
            ("sign_approval", "sign", "signature", [*signing_faults(*ask), *unmet]),
            ("return_approval", "return", "return", signing_faults(*ask)),
        )
        if permits(operation, caller.roles)
    ]


async def _require_guards(
    session: AsyncSession, edition: Edition, target: EditionState, reason: str | None
) -> None:
    if faults := await _unmet(session, edition, target, reason):
        raise GuardsUnmet(f"The edition cannot become {target} yet.", errors=faults)


async def _unmet(
    session: AsyncSession, edition: Edition, target: EditionState, reason: str | None
) -> list[Fault]:
    now = await domain_now(session, edition.provenance)
    return unmet_guards(await gather_facts(session, edition), Step(target, now, reason))


async def _lock_pending(session: AsyncSession, approval_id: UUID) -> tuple[Approval, Edition]:
    """Return the request and its edition, the edition locked first as everywhere."""
    known = await get_approval(session, approval_id)
    edition = await get_edition(session, known.edition_id, lock=True)
    approval = await get_approval(session, approval_id, lock=True)
    if approval.state is not ApprovalState.PENDING:
        raise TransitionRefused(f"The request is {approval.state}.")
    return approval, edition


async def _close(
    session: AsyncSession, caller: Caller, approval: Approval, state: ApprovalState, comment: str | None
) -> Approval:
    approval.state, approval.comment = state, comment
    await record_change(session, caller, f"approval.{state}", approval, ["state", "comment"])
    return approval


def _read_signatures(signatures: Sequence[dict[str, Any]]) -> list[Signature]:
    return [Signature(signature["stage"], signature["by"]) for signature in signatures]
