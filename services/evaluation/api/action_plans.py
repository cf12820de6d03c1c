"""Routes of action plans: what their authors call, and how far all of an edition have come."""

from typing import Annotated
from uuid import UUID

from fastapi import Header, Request, status

from services.common.http.callers import Caller
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession, WriteSession
from services.evaluation.api.responses import BallotTokenHeader
from services.evaluation.db.learning import get_action_plan, list_plan_items
from services.evaluation.db.learning_tables import ActionPlan
from services.evaluation.domain.action_plans import count_progress
from services.evaluation.domain.problems import ActionPlanExists, ActionPlanNotFound, InvitationNotUsable
from services.evaluation.domain.suppression import DEFAULT_THRESHOLDS, Audience
from services.evaluation.operations import action_plans as operations
from services.evaluation.schemas.learning import (
    ActionPlanCreate,
    ActionPlanCreated,
    ActionPlanProgress,
    ActionPlanRead,
    ActionPlanSummary,
)

router = house_router("action plans", "")
PlanCodeHeader = Annotated[str, Header(alias="Action-Plan-Code", min_length=1, max_length=100)]
_K = DEFAULT_THRESHOLDS[Audience.INTERNAL]


@router.post(
    "/action-plans",
    response_model=ActionPlanCreated,
    status_code=status.HTTP_201_CREATED,
    responses=problems(ActionPlanExists, InvitationNotUsable),
)
async def create_action_plan(
    request: Request, caller: Caller, ballot_token: BallotTokenHeader, body: ActionPlanCreate
) -> object:
    """Keep what you mean to do at home, by the code of your invitation; the answer shows the plan's own code once.

    The invitation can still be answered. Nobody but you reads the words of the plan.
    """
    # A transaction of its own: under no Idempotency-Key may the code be kept.
    async with request.app.state.sessions.transaction() as session:
        plan, code = await operations.create_action_plan(session, caller, ballot_token, body)
    return {"code": code, "plan": plan}


@router.get("/action-plan", response_model=ActionPlanRead, responses=problems(ActionPlanNotFound))
async def read_action_plan(session: ReadSession, _: Caller, action_plan_code: PlanCodeHeader) -> ActionPlan:
    """Read your action plan by its code, which stands in a header and never in a URL."""
    return await get_action_plan(session, operations.hash_plan_code(action_plan_code))


@router.post("/action-plan/progress", response_model=ActionPlanRead, responses=problems(ActionPlanNotFound))
async def report_action_plan(
    session: WriteSession, caller: Caller, action_plan_code: PlanCodeHeader, request: ActionPlanProgress
) -> ActionPlan:
    """Tell how far your plan has come after 3, 6 or 12 months."""
    return await operations.report_action_plan(session, caller, action_plan_code, request)


@router.get("/editions/{edition_id}/action-plans", response_model=ActionPlanSummary)
async def summarize_action_plans(session: ReadSession, edition_id: UUID) -> object:
    """Read how far the plans of an edition have come, in numbers of items, once enough have told."""
    counted = count_progress(await list_plan_items(session, edition_id), _K)
    moments = {
        moment: {"plans": told[0], "items": told[1]} if told else None for moment, told in counted.items()
    }
    return {"edition_id": edition_id, "threshold": _K, "moments": moments}
