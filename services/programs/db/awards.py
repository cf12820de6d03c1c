"""Questions asked of awards and their instalments."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import contains_eager, selectinload

from services.common.clock import Provenance
from services.common.identity import Caller, Reach
from services.common.pagination import PageRequest, Rows, SortKey, fetch_page
from services.programs.db.money_scopes import own_deliveries, own_editions
from services.programs.db.tables import Award, Instalment
from services.programs.domain.awards import OPEN, InstalmentState
from services.programs.domain.problems import SubjectNotFound


async def get_award(session: AsyncSession, award_id: UUID, *, visible_to: Caller) -> Award:
    """Return the award with its instalments; raise `SubjectNotFound`, also if it is not the caller's to see."""
    query = select(Award).where(Award.id == award_id, *_within_reach(visible_to))
    whole = selectinload(Award.instalments).joinedload(Instalment.award)
    award = (
        await session.scalars(query.options(whole).execution_options(populate_existing=True))
    ).one_or_none()
    if award is None:
        raise SubjectNotFound("There is no such award.")
    return award


async def find_award(session: AsyncSession, award_id: UUID) -> Award | None:
    """Return the award without its instalments, locked, or None."""
    return await session.get(Award, award_id, with_for_update=True)


async def list_all_awards(session: AsyncSession) -> Sequence[Award]:
    """Return every award, in the order of entry."""
    return (await session.scalars(select(Award).order_by(Award.id))).all()


async def get_instalment(session: AsyncSession, award_id: UUID, instalment_id: UUID) -> Instalment:
    """Return an instalment with its award, locked for update; raise `SubjectNotFound`."""
    query = (
        select(Instalment)
        .join(Instalment.award)
        .where(Instalment.id == instalment_id, Instalment.award_id == award_id)
        .options(contains_eager(Instalment.award))
        .execution_options(populate_existing=True)
    )
    instalment = (await session.scalars(query.with_for_update(of=Instalment))).one_or_none()
    if instalment is None:
        raise SubjectNotFound("The award has no such instalment.")
    return instalment


async def find_instalment_of(session: AsyncSession, transaction_id: UUID) -> Instalment | None:
    """Return the instalment that a transaction pays, locked for update."""
    query = select(Instalment).where(Instalment.transaction_id == transaction_id)
    return (await session.scalars(query.with_for_update())).one_or_none()


async def lock_instalments(session: AsyncSession, award_id: UUID) -> list[Instalment]:
    """Return the instalments of an award in their order, locked for update."""
    query = select(Instalment).where(Instalment.award_id == award_id).order_by(Instalment.ordinal)
    return list(await session.scalars(query.with_for_update()))


async def list_awards(
    session: AsyncSession,
    page: PageRequest,
    *,
    visible_to: Caller,
    provenance: Provenance,
    code: str | None,
    fund_id: UUID | None,
    edition_id: UUID | None,
    delivery_id: UUID | None,
) -> Rows:
    """Return awards by code; synthetic ones only if asked for by name (invariant P11)."""
    query = select(Award).where(Award.provenance == provenance, *_within_reach(visible_to))
    for column, value in (
        (Award.code, code),
        (Award.fund_id, fund_id),
        (Award.edition_id, edition_id),
        (Award.delivery_id, delivery_id),
    ):
        if value is not None:
            query = query.where(column == value)
    return await fetch_page(session, query, page, SortKey(Award.code))


async def list_instalments(
    session: AsyncSession,
    page: PageRequest,
    today: date,
    *,
    visible_to: Caller,
    provenance: Provenance,
    state: InstalmentState | None,
    overdue: bool,
) -> Rows:
    """Return instalments by the day they are due; with `overdue` those that should be paid by now and are not."""
    query = (
        select(Instalment)
        .join(Instalment.award)
        .where(Award.provenance == provenance, *_within_reach(visible_to))
        .options(contains_eager(Instalment.award))
    )
    if state is not None:
        query = query.where(Instalment.state == state)
    if overdue:
        query = query.where(Instalment.state.in_(OPEN), Instalment.due_on < today)
    return await fetch_page(session, query, page, SortKey(Instalment.due_on), SortKey(Instalment.id))


def _within_reach(caller: Caller) -> list[ColumnElement[bool]]:
    if caller.reach is Reach.ALL:
        return []
    return [or_(Award.edition_id.in_(own_editions(caller)), Award.delivery_id.in_(own_deliveries(caller)))]
