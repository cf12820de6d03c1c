"""Routes of the agency, programs, components, partnerships, funds and lecturers."""

from typing import Annotated
from uuid import UUID

from fastapi import Header, Query, Response, status

from services.common.http.callers import Caller
from services.common.http.paging import Following, Paging, listing
from services.common.http.preconditions import ExpectedVersion
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession, WriteSession
from services.common.pagination import PageRequest
from services.common.wire import Code, FacetedPage, FollowedPage, Line, Page
from services.common.wire_codes import CountryCode, SectorCode
from services.programs.api.answers import answer_with_sources, page_with_sources
from services.programs.db import programs as questions
from services.programs.db.tables import Lecturer
from services.programs.domain.problems import (
    GuardsUnmet,
    PortfolioItemExists,
    ReferenceUnknown,
    SourceRequired,
    SubjectNotFound,
)
from services.programs.domain.programs import ProgramKind, ProgramStatus
from services.programs.operations import program_states
from services.programs.operations import programs as operations
from services.programs.schemas.programs import (
    AgencyRead,
    AgencyWrite,
    ComponentChange,
    ComponentCreate,
    ComponentRead,
    FundChange,
    FundCreate,
    FundRead,
    LecturerChange,
    LecturerCreate,
    LecturerRead,
    ProgramChange,
    ProgramCreate,
    ProgramItem,
    ProgramRead,
    ProgramStatusChange,
    ProgramStatusChangeResult,
    SdgGoal,
)

router = house_router("programs", "")
CREATED = status.HTTP_201_CREATED


@router.get("/agency", response_model=AgencyRead, responses=problems(SubjectNotFound))
async def read_agency(session: ReadSession) -> AgencyRead:
    """Read the record of the agency that this installation serves."""
    return await answer_with_sources(session, AgencyRead, await questions.get_agency(session))


@router.put("/agency", response_model=AgencyRead, responses=problems(ReferenceUnknown))
async def put_agency(
    session: WriteSession,
    caller: Caller,
    request: AgencyWrite,
    if_match: Annotated[
        str | None,
        Header(description="The ETag of the version that the change is based on; not the first time."),
    ] = None,
) -> AgencyRead:
    """Enter the agency's record, or replace it as a whole."""
    agency = await operations.put_agency(session, caller, request, if_match)
    return await answer_with_sources(session, AgencyRead, agency)


@router.post(
    "/programs",
    response_model=ProgramRead,
    status_code=CREATED,
    responses=problems(PortfolioItemExists, ReferenceUnknown, SourceRequired),
)
async def create_program(
    session: WriteSession, caller: Caller, request: ProgramCreate, response: Response
) -> ProgramRead:
    """Enter a program."""
    program = await operations.create_program(session, caller, request)
    response.headers["Location"] = program.href
    return await answer_with_sources(session, ProgramRead, program)


@router.get("/programs", response_model=FacetedPage[ProgramItem])
async def list_programs(
    session: ReadSession,
    caller: Caller,
    page: Annotated[PageRequest, listing(questions.PROGRAMS)],
    code: Code | None = None,
    kind: ProgramKind | None = None,
    status: ProgramStatus | None = None,
    sector: SectorCode | None = None,
    sdg_goal: SdgGoal | None = None,
    country: CountryCode | None = None,
    partner_id: UUID | None = None,
    q: Annotated[
        Line | None, Query(description="Words, or their beginnings, of code or title in any language.")
    ] = None,
) -> object:
    """List programs by code; `country` is where one of its editions or deliveries reaches."""
    return await questions.list_programs(
        session,
        page,
        visible_to=caller,
        code=code,
        kind=kind,
        status=status,
        sector=sector,
        sdg_goal=sdg_goal,
        country=country,
        partner_id=partner_id,
        q=q,
    )


@router.get("/programs/{program_id}", response_model=ProgramRead, responses=problems(SubjectNotFound))
async def read_program(session: ReadSession, caller: Caller, program_id: UUID) -> ProgramRead:
    """Read one program."""
    program = await questions.get_visible_program(session, program_id, caller)
    return await answer_with_sources(session, ProgramRead, program)


@router.patch("/programs/{program_id}", response_model=ProgramRead, responses=problems(SubjectNotFound))
async def change_program(
    session: WriteSession, caller: Caller, program_id: UUID, version: ExpectedVersion, request: ProgramChange
) -> ProgramRead:
    """Change what is known of a program."""
    program = await operations.change_program(session, caller, program_id, version, request)
    return await answer_with_sources(session, ProgramRead, program)


@router.post(
    "/programs/{program_id}/status-changes",
    response_model=ProgramStatusChangeResult,
    responses=problems(SubjectNotFound, GuardsUnmet, ReferenceUnknown),
)
async def change_program_status(
    session: WriteSession,
    caller: Caller,
    program_id: UUID,
    request: ProgramStatusChange,
    dry_run: Annotated[bool, Query(description="Only say what stands in the way.")] = False,  # noqa: FBT002  a query parameter
) -> ProgramStatusChangeResult:
    """Change a program's status, or with `dry_run` say which conditions are not met."""
    return await program_states.change_program_status(session, caller, program_id, request, dry_run=dry_run)


@router.post(
    "/programs/{program_id}/components",
    response_model=ComponentRead,
    status_code=CREATED,
    responses=problems(SubjectNotFound, PortfolioItemExists, ReferenceUnknown),
)
async def create_component(
    session: WriteSession, caller: Caller, program_id: UUID, request: ComponentCreate
) -> ComponentRead:
    """Enter a part of a program."""
    component = await operations.create_component(session, caller, program_id, request)
    return await answer_with_sources(session, ComponentRead, component)


@router.get(
    "/programs/{program_id}/components",
    response_model=Page[ComponentRead],
    responses=problems(SubjectNotFound),
)
async def list_components(session: ReadSession, caller: Caller, page: Paging, program_id: UUID) -> object:
    """List a program's components in their order."""
    await questions.get_visible_program(session, program_id, caller)
    rows = await questions.list_components(session, page, program_id)
    return await page_with_sources(session, ComponentRead, rows)


@router.get(
    "/programs/{program_id}/components/{component_id}",
    response_model=ComponentRead,
    responses=problems(SubjectNotFound),
)
async def read_component(
    session: ReadSession, caller: Caller, program_id: UUID, component_id: UUID
) -> ComponentRead:
    """Read one component of a program."""
    await questions.get_visible_program(session, program_id, caller)
    component = await questions.get_component(session, component_id, program_id)
    return await answer_with_sources(session, ComponentRead, component)


@router.patch(
    "/programs/{program_id}/components/{component_id}",
    response_model=ComponentRead,
    responses=problems(SubjectNotFound, PortfolioItemExists),
)
async def change_component(
    session: WriteSession,
    caller: Caller,
    program_id: UUID,
    component_id: UUID,
    version: ExpectedVersion,
    request: ComponentChange,
) -> ComponentRead:
    """Change what is known of a component."""
    component = await operations.change_component(session, caller, program_id, component_id, version, request)
    return await answer_with_sources(session, ComponentRead, component)


@router.post(
    "/funds",
    response_model=FundRead,
    status_code=CREATED,
    responses=problems(PortfolioItemExists, ReferenceUnknown),
)
async def create_fund(session: WriteSession, caller: Caller, request: FundCreate) -> FundRead:
    """Enter a fund: money of several donors for one purpose."""
    return await answer_with_sources(
        session, FundRead, await operations.create_fund(session, caller, request)
    )


@router.get("/funds", response_model=FollowedPage[FundRead])
async def list_funds(session: ReadSession, page: Following, code: Code | None = None) -> object:
    """List funds by code."""
    return await page_with_sources(session, FundRead, await questions.list_funds(session, page, code=code))


@router.get("/funds/{fund_id}", response_model=FundRead, responses=problems(SubjectNotFound))
async def read_fund(session: ReadSession, fund_id: UUID) -> FundRead:
    """Read one fund; its money is told by its statement."""
    return await answer_with_sources(session, FundRead, await questions.read_fund(session, fund_id))


@router.patch("/funds/{fund_id}", response_model=FundRead, responses=problems(SubjectNotFound))
async def change_fund(
    session: WriteSession, caller: Caller, fund_id: UUID, version: ExpectedVersion, request: FundChange
) -> FundRead:
    """Change what is known of a fund."""
    fund = await operations.change_fund(session, caller, fund_id, version, request)
    return await answer_with_sources(session, FundRead, fund)


@router.post(
    "/lecturers",
    response_model=LecturerRead,
    status_code=CREATED,
    responses=problems(PortfolioItemExists),
)
async def create_lecturer(session: WriteSession, caller: Caller, request: LecturerCreate) -> Lecturer:
    """Enter somebody who teaches."""
    return await operations.create_lecturer(session, caller, request)


@router.get("/lecturers", response_model=FollowedPage[LecturerRead])
async def list_lecturers(session: ReadSession, caller: Caller, page: Following) -> object:
    """List lecturers; the public sees those who consented."""
    return await questions.list_lecturers(session, page, visible_to=caller)


@router.get("/lecturers/{lecturer_id}", response_model=LecturerRead, responses=problems(SubjectNotFound))
async def read_lecturer(session: ReadSession, caller: Caller, lecturer_id: UUID) -> Lecturer:
    """Read one lecturer; to the public, one without consent does not exist."""
    return await questions.get_lecturer(session, lecturer_id, visible_to=caller)


@router.patch("/lecturers/{lecturer_id}", response_model=LecturerRead, responses=problems(SubjectNotFound))
async def change_lecturer(
    session: WriteSession,
    caller: Caller,
    lecturer_id: UUID,
    version: ExpectedVersion,
    request: LecturerChange,
) -> Lecturer:
    """Change what is known of a lecturer, consent included."""
    return await operations.change_lecturer(session, caller, lecturer_id, version, request)
