"""Routes of budgets."""

from uuid import UUID

from fastapi import Depends, Response, status

from services.common.clock import Provenance
from services.common.http.callers import Caller
from services.common.http.paging import Following
from services.common.http.problem_responses import problems
from services.common.http.replays import require_idempotency_key
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession, WriteSession
from services.common.wire import FollowedPage, Id
from services.programs.db import budgets as questions
from services.programs.db.tables import Budget
from services.programs.domain.problems import (
    BudgetOverlaps,
    BudgetRevised,
    PeriodClosed,
    ReferenceUnknown,
    SubjectNotFound,
)
from services.programs.operations import budgets as operations
from services.programs.schemas.budgets import BudgetCreate, BudgetRead, BudgetRevision

router = house_router("money", "/budgets")
_ONCE = [Depends(require_idempotency_key)]


@router.post(
    "",
    response_model=BudgetRead,
    status_code=status.HTTP_201_CREATED,
    responses=problems(ReferenceUnknown, BudgetOverlaps, PeriodClosed),
    dependencies=_ONCE,
)
async def create_budget(
    session: WriteSession, caller: Caller, request: BudgetCreate, response: Response
) -> Budget:
    """Plan money of the agency, a program, an edition or a delivery for a period of at most a year."""
    budget = await operations.create_budget(session, caller, request)
    response.headers["Location"] = budget.href
    return budget


@router.get("", response_model=FollowedPage[BudgetRead])
async def list_budgets(
    session: ReadSession,
    page: Following,
    caller: Caller,
    *,
    subject_id: Id | None = None,
    in_force: bool = False,
    provenance: Provenance = Provenance.REAL,
) -> object:
    """List budgets by their first day; `in_force` leaves out those that a revision has replaced."""
    return await questions.list_budgets(
        session, page, visible_to=caller, provenance=provenance, subject_id=subject_id, in_force=in_force
    )


@router.get("/{budget_id}", response_model=BudgetRead, responses=problems(SubjectNotFound))
async def read_budget(session: ReadSession, caller: Caller, budget_id: UUID) -> Budget:
    """Read one budget."""
    return await questions.get_budget(session, budget_id, visible_to=caller)


@router.post(
    "/{budget_id}/revision",
    response_model=BudgetRead,
    status_code=status.HTTP_201_CREATED,
    responses=problems(SubjectNotFound, BudgetRevised, PeriodClosed),
    dependencies=_ONCE,
)
async def revise_budget(
    session: WriteSession, caller: Caller, budget_id: UUID, request: BudgetRevision, response: Response
) -> Budget:
    """Put a revision in the place of a budget; both stay to be read."""
    budget = await operations.revise_budget(session, caller, budget_id, request)
    response.headers["Location"] = budget.href
    return budget
