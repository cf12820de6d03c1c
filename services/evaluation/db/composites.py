"""Questions asked of composites."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.pagination import PageRequest, Rows, SortKey, fetch_page
from services.evaluation.db.composite_tables import Composite
from services.evaluation.domain.roll_up_problems import CompositeNotFound


async def get_composite(session: AsyncSession, composite_id: UUID, *, lock: bool = False) -> Composite:
    """Return a version of a composite, locked for update if `lock`; raise `CompositeNotFound`."""
    found = await session.get(Composite, composite_id, with_for_update=lock or None)
    if found is None:
        raise CompositeNotFound("There is no such composite.")
    return found


async def next_number(session: AsyncSession, code: str) -> int:
    """Return the number of the next version of the composite with this code."""
    query = select(func.coalesce(func.max(Composite.number), 0) + 1).where(Composite.code == code)
    return (await session.execute(query)).scalar_one()


async def list_composites(session: AsyncSession, page: PageRequest) -> Rows:
    """Return all versions of all composites, by code, the newest version first."""
    keys = (SortKey(Composite.code), SortKey(Composite.number, descending=True))
    return await fetch_page(session, select(Composite), page, *keys)
