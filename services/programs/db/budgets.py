"""Questions asked of budgets."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.common.clock import Provenance
from services.common.identity import Caller
from services.common.money import Money
from services.common.pagination import PageRequest, Rows, SortKey, fetch_page
from services.programs.db.costs import list_program_parts, list_purposed
from services.programs.db.money_scopes import of_own_subjects
from services.programs.db.tables import Budget
from services.programs.domain.budgets import Planned
from services.programs.domain.costs import sum_by_currency
from services.programs.domain.evidence import SubjectKind
from services.programs.domain.money import EntryKind
from services.programs.domain.problems import SubjectNotFound

_revision = aliased(Budget)
IN_FORCE = ~select(_revision.id).where(_revision.revises_id == Budget.id).exists()
"""No revision has taken its place."""


async def get_budget(session: AsyncSession, budget_id: UUID, *, visible_to: Caller | None = None) -> Budget:
    """Return the budget; raise `SubjectNotFound`, also if it is not the caller's to see."""
    query = select(Budget).where(Budget.id == budget_id)
    if visible_to is not None:
        query = query.where(*_within_reach(visible_to))
    budget = (await session.scalars(query)).one_or_none()
    if budget is None:
        raise SubjectNotFound("There is no such budget.")
    return budget


async def list_budgets(
    session: AsyncSession,
    page: PageRequest,
    *,
    visible_to: Caller,
    provenance: Provenance,
    subject_id: UUID | None,
    in_force: bool,
) -> Rows:
    """Return budgets by their first day; synthetic ones only if asked for by name (invariant P11)."""
    query = select(Budget).where(Budget.provenance == provenance, *_within_reach(visible_to))
    if subject_id is not None:
        query = query.where(Budget.subject_id == subject_id)
    if in_force:
        query = query.where(IN_FORCE)
    return await fetch_page(session, query, page, SortKey(Budget.starts_on), SortKey(Budget.id))


def _within_reach(caller: Caller) -> list[ColumnElement[bool]]:
    return of_own_subjects(caller, Budget.subject_kind, Budget.subject_id)


async def is_in_force(session: AsyncSession, budget_id: UUID) -> bool:
    """Say whether no revision has taken the budget's place."""
    found = await session.scalar(select(Budget.id).where(Budget.id == budget_id, IN_FORCE))
    return found is not None


async def hold_budgets(session: AsyncSession, subject_id: UUID) -> None:
    """Let nobody else enter budgets of the subject until the end."""
    key = func.hashtextextended(f"budget {subject_id}", 0)
    await session.execute(select(func.pg_advisory_xact_lock(key)))


async def has_budget_within(
    session: AsyncSession, subject_id: UUID, currency: str, starts_on: date, ends_on: date
) -> bool:
    """Say whether a budget of the subject in this currency, in force, has a day of this period."""
    query = select(Budget.id).where(
        Budget.subject_id == subject_id,
        Budget.currency == currency,
        Budget.starts_on <= ends_on,
        Budget.ends_on >= starts_on,
        IN_FORCE,
    )
    return await session.scalar(query.limit(1)) is not None


async def list_planned(
    session: AsyncSession, kind: SubjectKind, subject_id: UUID, provenance: Provenance
) -> list[Planned]:
    """Return the budgets in force; of a program that has none of its own, those of its parts."""
    own = await _list_in_force(session, [subject_id], provenance)
    if own or kind is not SubjectKind.PROGRAM:
        return own
    return await _list_in_force(session, await list_program_parts(session, subject_id), provenance)


async def _list_in_force(
    session: AsyncSession, subjects: Collection[UUID], provenance: Provenance
) -> list[Planned]:
    query = select(Budget).where(Budget.subject_id.in_(subjects), Budget.provenance == provenance, IN_FORCE)
    return [
        Planned(row.id, row.starts_on, row.ends_on, row.money, row.valued_on)
        for row in await session.scalars(query.order_by(Budget.starts_on, Budget.id))
    ]


async def fetch_amounts_at_stake(
    session: AsyncSession, kind: SubjectKind, subject_id: UUID, provenance: Provenance
) -> list[Money]:
    """Return what a decision about the subject disposes of, one sum per currency: what approval limits look at.

    That is its budgets in force, or where it has none, what funds have allocated to it.
    """
    planned = await list_planned(session, kind, subject_id, provenance)
    if planned:
        return sum_by_currency(budget.money for budget in planned)
    entries = await list_purposed(session, kind, subject_id, provenance)
    return sum_by_currency(entry.money for entry in entries if entry.kind is EntryKind.ALLOCATION)
