"""Routes of venues, and of the modules of timetables."""

from uuid import UUID

from fastapi import status

from services.common.http.callers import Caller
from services.common.http.paging import Following, Paging
from services.common.http.preconditions import ExpectedVersion
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession, WriteSession
from services.common.wire import Code, FollowedPage, Page
from services.common.wire_codes import CountryCode
from services.programs.db import venues as questions
from services.programs.db.editions import get_edition
from services.programs.db.tables import Module, Venue
from services.programs.domain.problems import OrganizationNotFound, PortfolioItemExists, SubjectNotFound
from services.programs.operations import venues as operations
from services.programs.schemas.venues import (
    ModuleChange,
    ModuleCreate,
    ModuleRead,
    VenueChange,
    VenueCreate,
    VenueRead,
)

router = house_router("venues and modules", "")
CREATED = status.HTTP_201_CREATED


@router.post(
    "/venues",
    response_model=VenueRead,
    status_code=CREATED,
    responses=problems(OrganizationNotFound, PortfolioItemExists),
)
async def create_venue(session: WriteSession, caller: Caller, request: VenueCreate) -> Venue:
    """Enter a place where training sessions are held."""
    return await operations.create_venue(session, caller, request)


@router.get("/venues", response_model=FollowedPage[VenueRead])
async def list_venues(
    session: ReadSession, page: Following, code: Code | None = None, country: CountryCode | None = None
) -> object:
    """List venues by code."""
    return await questions.list_venues(session, page, code=code, country=country)


@router.get("/venues/{venue_id}", response_model=VenueRead, responses=problems(SubjectNotFound))
async def read_venue(session: ReadSession, venue_id: UUID) -> Venue:
    """Read one venue."""
    return await questions.get_venue(session, venue_id)


@router.patch(
    "/venues/{venue_id}",
    response_model=VenueRead,
    responses=problems(SubjectNotFound, OrganizationNotFound),
)
async def change_venue(
    session: WriteSession, caller: Caller, venue_id: UUID, version: ExpectedVersion, request: VenueChange
) -> Venue:
    """Change what is known of a venue; meetings keep the label that they were planned with."""
    return await operations.change_venue(session, caller, venue_id, version, request)


@router.post(
    "/editions/{edition_id}/modules",
    response_model=ModuleRead,
    status_code=CREATED,
    responses=problems(SubjectNotFound, PortfolioItemExists),
)
async def create_module(
    session: WriteSession, caller: Caller, edition_id: UUID, request: ModuleCreate
) -> Module:
    """Add a part to an edition's timetable."""
    return await operations.create_module(session, caller, edition_id, request)


@router.get(
    "/editions/{edition_id}/modules", response_model=Page[ModuleRead], responses=problems(SubjectNotFound)
)
async def list_modules(session: ReadSession, caller: Caller, page: Paging, edition_id: UUID) -> object:
    """List the parts of an edition's timetable in their order."""
    await get_edition(session, edition_id, visible_to=caller)
    return await questions.list_modules(session, page, edition_id)


@router.get(
    "/editions/{edition_id}/modules/{module_id}",
    response_model=ModuleRead,
    responses=problems(SubjectNotFound),
)
async def read_module(session: ReadSession, caller: Caller, edition_id: UUID, module_id: UUID) -> Module:
    """Read one part of an edition's timetable."""
    await get_edition(session, edition_id, visible_to=caller)
    return await questions.read_part(session, edition_id, module_id)


@router.patch(
    "/editions/{edition_id}/modules/{module_id}",
    response_model=ModuleRead,
    responses=problems(SubjectNotFound, PortfolioItemExists),
)
async def change_module(
    session: WriteSession,
    caller: Caller,
    edition_id: UUID,
    module_id: UUID,
    version: ExpectedVersion,
    request: ModuleChange,
) -> Module:
    """Change a part of an edition's timetable."""
    return await operations.change_module(session, caller, edition_id, module_id, version, request)
