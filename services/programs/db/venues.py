"""Questions asked of venues and modules."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.pagination import PageRequest, Rows, SortKey, fetch_page
from services.programs.db.base import get_one
from services.programs.db.tables import Module, Venue
from services.programs.domain.problems import ReferenceUnknown, SubjectNotFound


async def get_venue(session: AsyncSession, venue_id: UUID, *, lock: bool = False) -> Venue:
    """Return the venue, locked for update if `lock`; raise `SubjectNotFound`."""
    venue = await session.get(Venue, venue_id, with_for_update=lock or None)
    if venue is None:
        raise SubjectNotFound("There is no such venue.")
    return venue


async def list_venues(
    session: AsyncSession, page: PageRequest, *, code: str | None, country: str | None
) -> Rows:
    """Return venues by code."""
    query = select(Venue)
    if code is not None:
        query = query.where(Venue.code == code)
    if country is not None:
        query = query.where(Venue.country == country)
    return await fetch_page(session, query, page, SortKey(Venue.code))


async def get_module(session: AsyncSession, edition_id: UUID, module_id: UUID) -> Module:
    """Return one module of the edition, locked; raise `SubjectNotFound`."""
    query = select(Module).where(Module.id == module_id, Module.edition_id == edition_id)
    module = (await session.scalars(query.with_for_update())).one_or_none()
    if module is None:
        raise SubjectNotFound("There is no such module.")
    return module


async def read_part(session: AsyncSession, edition_id: UUID, module_id: UUID) -> Module:
    """Return one module of the edition to read it; raise `SubjectNotFound`."""
    query = select(Module).where(Module.id == module_id, Module.edition_id == edition_id)
    return await get_one(session, query, "module")


async def require_module(session: AsyncSession, edition_id: UUID, module_id: UUID) -> None:
    """Raise `ReferenceUnknown` unless the module is one of the edition."""
    query = select(Module.id).where(Module.id == module_id, Module.edition_id == edition_id)
    if await session.scalar(query) is None:
        raise ReferenceUnknown("The module is not one of this edition.")


async def find_modules(session: AsyncSession, edition_id: UUID) -> Sequence[Module]:
    """Return every module of the edition in its order."""
    query = select(Module).where(Module.edition_id == edition_id).order_by(Module.ordinal)
    return (await session.scalars(query)).all()


async def list_modules(session: AsyncSession, page: PageRequest, edition_id: UUID) -> Rows:
    """Return an edition's modules in their order."""
    query = select(Module).where(Module.edition_id == edition_id)
    return await fetch_page(session, query, page, SortKey(Module.ordinal))
