"""What can be done with budgets: they are entered, and corrected by their revision only."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.audit import record_change
from services.common.clock import Provenance
from services.common.identity import Caller
from services.common.money import Money
from services.common.problems import Fault, RequestInvalid
from services.programs.db.budgets import get_budget, has_budget_within, hold_budgets, is_in_force
from services.programs.db.evidence import require_subjects
from services.programs.db.money import hold_books
from services.programs.db.monitoring import find_provenance
from services.programs.db.tables import Budget
from services.programs.domain.budgets import BudgetKind
from services.programs.domain.evidence import SubjectKind
from services.programs.domain.problems import BudgetOverlaps, BudgetRevised, PeriodClosed
from services.programs.schemas.budgets import BudgetCreate, BudgetedSubject, BudgetRevision


async def create_budget(session: AsyncSession, caller: Caller, request: BudgetCreate) -> Budget:
    """Plan money for a period.

    Raises `BudgetOverlaps` where the subject has a budget in this currency for any of its days, and
    `PeriodClosed` for a period whose books are closed.
    """
    subject, money = request.subject, request.money
    await hold_budgets(session, subject.id)
    budget = Budget(
        subject_kind=subject.kind,
        subject_id=subject.id,
        kind=BudgetKind.ORIGINAL,
        amount=money.amount,
        currency=money.currency,
        valued_on=request.valued_on or request.starts_on,
        provenance=await _find_provenance(session, subject),
        **request.model_dump(include={"status", "starts_on", "ends_on", "note"}),
    )
    if await has_budget_within(session, subject.id, money.currency, request.starts_on, request.ends_on):
        raise BudgetOverlaps("The subject has a budget in this currency for some of these days.")
    return await _enter(session, caller, budget, "budget.created")


async def revise_budget(
    session: AsyncSession, caller: Caller, budget_id: UUID, request: BudgetRevision
) -> Budget:
    """Put a revision in the place of a budget in force; raises `BudgetRevised` for another."""
    revised = await get_budget(session, budget_id)
    await hold_budgets(session, revised.subject_id)
    if not await is_in_force(session, revised.id):
        raise BudgetRevised("A revision has taken the place of this budget.")
    _require_amount(request, revised.currency)
    kept = ("subject_kind", "subject_id", "starts_on", "ends_on", "currency", "provenance")
    budget = Budget(
        **{name: getattr(revised, name) for name in kept},
        **request.model_dump(),
        kind=BudgetKind.REVISED,
        revises_id=revised.id,
    )
    return await _enter(session, caller, budget, "budget.revised")


async def _enter(session: AsyncSession, caller: Caller, budget: Budget, action: str) -> Budget:
    closed = await hold_books(session)
    if closed is not None and budget.ends_on <= closed:
        raise PeriodClosed(f"The books are closed through {closed}.")
    session.add(budget)
    await record_change(session, caller, action, budget)
    return budget


async def _find_provenance(session: AsyncSession, subject: BudgetedSubject) -> Provenance:
    if subject.kind is not SubjectKind.AGENCY:
        return await find_provenance(session, subject.kind, subject.id)
    await require_subjects(session, [(subject.kind, subject.id)])
    return Provenance.REAL


def _require_amount(request: BudgetRevision, currency: str) -> None:
    try:
        sensible = Money(request.amount, currency).amount >= 0
    except ValueError:
        sensible = False
    if not sensible:
        fault = Fault("/amount", "amount", f"Expected an amount in {currency}, not below zero.")
        raise RequestInvalid("The amount is none of this currency.", errors=[fault])
