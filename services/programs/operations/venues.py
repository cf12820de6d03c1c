"""What can be done to venues, and to the modules of a timetable."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.audit import record_change
from services.common.identity import Caller
from services.common.preconditions import require_version
from services.programs.db.editions import get_edition
from services.programs.db.organizations import get_organization
from services.programs.db.tables import Module, Venue
from services.programs.db.venues import get_module, get_venue
from services.programs.schemas.venues import ModuleChange, ModuleCreate, VenueChange, VenueCreate


async def create_venue(session: AsyncSession, caller: Caller, request: VenueCreate) -> Venue:
    """Enter a place where training sessions are held."""
    if request.organization_id is not None:
        await get_organization(session, request.organization_id)
    venue = Venue(**request.model_dump())
    session.add(venue)
    await record_change(session, caller, "venue.created", venue)
    return venue


async def change_venue(
    session: AsyncSession, caller: Caller, venue_id: UUID, expected_version: int, request: VenueChange
) -> Venue:
    """Change what is known of a venue; meetings keep the label that they were planned with."""
    venue = await get_venue(session, venue_id, lock=True)
    require_version(venue, expected_version)
    changes = request.changes()
    if request.organization_id is not None:
        await get_organization(session, request.organization_id)
    for field, value in changes.items():
        setattr(venue, field, value)
    await record_change(session, caller, "venue.changed", venue, changes)
    return venue


async def create_module(
    session: AsyncSession, caller: Caller, edition_id: UUID, request: ModuleCreate
) -> Module:
    """Add a part to an edition's timetable."""
    await get_edition(session, edition_id)
    module = Module(edition_id=edition_id, **request.model_dump())
    session.add(module)
    await record_change(session, caller, "module.created", module)
    return module


async def change_module(
    session: AsyncSession,
    caller: Caller,
    edition_id: UUID,
    module_id: UUID,
    expected_version: int,
    request: ModuleChange,
) -> Module:
    """Change a part of an edition's timetable."""
    module = await get_module(session, edition_id, module_id)
    require_version(module, expected_version)
    changes = request.changes()
    for field, value in changes.items():
        setattr(module, field, value)
    await record_change(session, caller, "module.changed", module, changes)
    return module
