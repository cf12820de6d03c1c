"""Routes of partnerships, and of the form of cooperation that they make."""

from uuid import UUID

from fastapi import status
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.http.callers import Caller
from services.common.http.paging import Following
from services.common.http.preconditions import ExpectedVersion
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession, WriteSession
from services.common.wire import Code, FollowedPage
from services.programs.api.answers import answer_with_sources, page_with_subjects
from services.programs.db import partnerships as questions
from services.programs.db.editions import get_edition
from services.programs.db.evidence import list_subjects
from services.programs.db.programs import get_visible_program
from services.programs.db.tables import Partnership, PartnershipSubject
from services.programs.domain.problems import (
    OrganizationNotFound,
    PortfolioItemExists,
    ReferenceUnknown,
    SubjectNotFound,
    TransitionRefused,
)
from services.programs.operations import partnerships as operations
from services.programs.schemas.partnerships import (
    CooperationRead,
    PartnershipChange,
    PartnershipChanged,
    PartnershipCreate,
    PartnershipEnding,
    PartnershipRead,
)

router = house_router("partnerships", "")


async def _answer(session: AsyncSession, partnership: Partnership) -> PartnershipChanged:
    subjects = (await list_subjects(session, PartnershipSubject, [partnership.id]))[partnership.id]
    cooperation = await operations.describe_consequences(session, partnership)
    return await answer_with_sources(
        session, PartnershipChanged, partnership, subjects=subjects, cooperation=cooperation
    )


@router.post(
    "/partnerships",
    response_model=PartnershipChanged,
    status_code=status.HTTP_201_CREATED,
    responses=problems(OrganizationNotFound, PortfolioItemExists, ReferenceUnknown),
)
async def create_partnership(
    session: WriteSession, caller: Caller, request: PartnershipCreate
) -> PartnershipChanged:
    """Enter what an organization does; `cooperation` tells what that makes of each edition and program."""
    return await _answer(session, await operations.create_partnership(session, caller, request))


@router.get("/partnerships", response_model=FollowedPage[PartnershipRead])
async def list_partnerships(
    session: ReadSession,
    page: Following,
    caller: Caller,
    code: Code | None = None,
    subject_id: UUID | None = None,
    organization_id: UUID | None = None,
) -> object:
    """List partnerships by code."""
    rows = await questions.list_partnerships(
        session,
        page,
        visible_to=caller,
        code=code,
        subject_id=subject_id,
        organization_id=organization_id,
    )
    return await page_with_subjects(session, PartnershipRead, rows, PartnershipSubject)


@router.get(
    "/partnerships/{partnership_id}", response_model=PartnershipChanged, responses=problems(SubjectNotFound)
)
async def read_partnership(session: ReadSession, partnership_id: UUID) -> PartnershipChanged:
    """Read one partnership, with what it makes of the cooperation."""
    return await _answer(session, await questions.get_partnership(session, partnership_id))


@router.patch(
    "/partnerships/{partnership_id}", response_model=PartnershipChanged, responses=problems(SubjectNotFound)
)
async def change_partnership(
    session: WriteSession,
    caller: Caller,
    partnership_id: UUID,
    version: ExpectedVersion,
    request: PartnershipChange,
) -> PartnershipChanged:
    """Change what an organization does; `cooperation` tells what that makes of each edition and program."""
    changed = await operations.change_partnership(session, caller, partnership_id, version, request)
    return await _answer(session, changed)


@router.post(
    "/partnerships/{partnership_id}/ending",
    response_model=PartnershipChanged,
    responses=problems(SubjectNotFound, TransitionRefused),
)
async def end_partnership(
    session: WriteSession, caller: Caller, partnership_id: UUID, request: PartnershipEnding
) -> PartnershipChanged:
    """Let an organization be part of it no longer; `cooperation` flags what has lost a party."""
    return await _answer(session, await operations.end_partnership(session, caller, partnership_id, request))


@router.get(
    "/editions/{edition_id}/cooperation", response_model=CooperationRead, responses=problems(SubjectNotFound)
)
async def read_edition_cooperation(session: ReadSession, caller: Caller, edition_id: UUID) -> CooperationRead:
    """Read an edition's form of cooperation: as stated, as its parties make it, and what does not fit."""
    edition = await get_edition(session, edition_id, visible_to=caller)
    return await operations.describe_cooperation(session, edition.program, edition)


@router.get(
    "/programs/{program_id}/cooperation", response_model=CooperationRead, responses=problems(SubjectNotFound)
)
async def read_program_cooperation(session: ReadSession, caller: Caller, program_id: UUID) -> CooperationRead:
    """Read a program's form of cooperation: as stated, as its parties make it, and what does not fit."""
    program = await get_visible_program(session, program_id, caller)
    return await operations.describe_cooperation(session, program)
