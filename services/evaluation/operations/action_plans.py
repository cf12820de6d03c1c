"""What can be done to action plans: made by who holds an invitation, told of by who holds the plan's code."""

import hashlib
from typing import Any
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.audit import record_change
from services.common.identity import Caller
from services.common.problems import Fault, RequestInvalid
from services.evaluation.db.learning import find_plan_of, get_action_plan, get_invited
from services.evaluation.db.learning_tables import ActionPlan
from services.evaluation.domain.problems import ActionPlanExists
from services.evaluation.operations.ballot_box import hash_token
from services.evaluation.operations.invitations import new_token
from services.evaluation.schemas.learning import ActionPlanCreate, ActionPlanProgress


async def create_action_plan(
    session: AsyncSession, caller: Caller, token: str, request: ActionPlanCreate
) -> tuple[ActionPlan, str]:
    """Keep what somebody means to do; return the plan and its code, which is stored nowhere.

    The invitation is not used up. Raises `InvitationNotUsable` or, for a second plan, `ActionPlanExists`.
    """
    invited = await get_invited(session, hash_token(token))
    if await find_plan_of(session, invited.edition_id, invited.pseudonym) is not None:
        raise ActionPlanExists("You have an action plan of this course; its code opens it.")
    code = new_token()
    items: list[dict[str, Any]] = [
        item.model_dump(mode="json") | {"id": str(uuid4()), "progress": {}} for item in request.items
    ]
    plan = ActionPlan(
        edition_id=invited.edition_id,
        provenance=invited.provenance,
        pseudonym=invited.pseudonym,
        code_hash=hash_plan_code(code),
        items=items,
    )
    session.add(plan)
    await record_change(session, caller, "action_plan.created", plan)
    return plan, code


async def report_action_plan(
    session: AsyncSession, caller: Caller, code: str, request: ActionPlanProgress
) -> ActionPlan:
    """Keep how far the items of a plan are at one moment; told again, it replaces what was told of that moment."""
    plan = await get_action_plan(session, hash_plan_code(code), lock=True)
    told = {str(item.item_id): item.progress for item in request.items}
    if unknown := told.keys() - {item["id"] for item in plan.items}:
        faults = [
            Fault(f"/items/{number}/item_id", "unknown_item", "The plan has no such item.")
            for number, item in enumerate(request.items)
            if str(item.item_id) in unknown
        ]
        raise RequestInvalid("See `errors` for each fault.", errors=faults)
    plan.items = [
        item | {"progress": item["progress"] | {request.moment: told[item["id"]]}}
        if item["id"] in told
        else item
        for item in plan.items
    ]
    await record_change(session, caller, "action_plan.reported", plan, ["items"])
    return plan


def hash_plan_code(code: str) -> bytes:
    """Return what is stored of a plan's code; dashes and case do not count."""
    return hashlib.sha256(b"action-plan" + code.replace("-", "").upper().encode()).digest()
