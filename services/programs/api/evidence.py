"""Routes of sources and statements."""

from uuid import UUID

from fastapi import status

from services.common.http.callers import Caller
from services.common.http.paging import Following
from services.common.http.preconditions import ExpectedVersion
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession, WriteSession
from services.common.wire import Code, FollowedPage
from services.programs.api.answers import answer_with_sources, page_with_subjects
from services.programs.db import evidence as questions
from services.programs.db.tables import Source, StatementSubject
from services.programs.domain.evidence import StatementKind
from services.programs.domain.problems import PortfolioItemExists, ReferenceUnknown, SubjectNotFound
from services.programs.operations import evidence as operations
from services.programs.schemas.evidence import (
    SourceChange,
    SourceCreate,
    SourceRead,
    StatementChange,
    StatementCreate,
    StatementRead,
)

router = house_router("evidence", "")


@router.post(
    "/sources",
    response_model=SourceRead,
    status_code=status.HTTP_201_CREATED,
    responses=problems(PortfolioItemExists),
)
async def create_source(session: WriteSession, caller: Caller, request: SourceCreate) -> Source:
    """Enter something that facts are read from."""
    return await operations.create_source(session, caller, request)


@router.get("/sources", response_model=FollowedPage[SourceRead])
async def list_sources(session: ReadSession, page: Following, code: Code | None = None) -> object:
    """List sources by code."""
    return await questions.list_sources(session, page, code=code)


@router.get("/sources/{source_id}", response_model=SourceRead, responses=problems(SubjectNotFound))
async def read_source(session: ReadSession, source_id: UUID) -> Source:
    """Read one source."""
    return await questions.get_source(session, source_id)


@router.patch("/sources/{source_id}", response_model=SourceRead, responses=problems(SubjectNotFound))
async def change_source(
    session: WriteSession, caller: Caller, source_id: UUID, version: ExpectedVersion, request: SourceChange
) -> Source:
    """Change what is known of a source."""
    return await operations.change_source(session, caller, source_id, version, request)


@router.patch(
    "/statements/{statement_id}",
    response_model=StatementRead,
    responses=problems(SubjectNotFound, ReferenceUnknown),
)
async def change_statement(
    session: WriteSession,
    caller: Caller,
    statement_id: UUID,
    version: ExpectedVersion,
    request: StatementChange,
) -> StatementRead:
    """Change what is stated, and which rows it concerns."""
    statement = await operations.change_statement(session, caller, statement_id, version, request)
    subjects = await questions.list_subjects(session, StatementSubject, [statement.id])
    return await answer_with_sources(session, StatementRead, statement, subjects=subjects[statement.id])


@router.post(
    "/statements",
    response_model=StatementRead,
    status_code=status.HTTP_201_CREATED,
    responses=problems(PortfolioItemExists, ReferenceUnknown),
)
async def create_statement(session: WriteSession, caller: Caller, request: StatementCreate) -> StatementRead:
    """Enter what the agency states, or what a reader notes about its sources."""
    statement = await operations.create_statement(session, caller, request)
    subjects = [subject.model_dump() for subject in request.subjects]
    return await answer_with_sources(session, StatementRead, statement, subjects=subjects)


@router.get("/statements", response_model=FollowedPage[StatementRead])
async def list_statements(
    session: ReadSession,
    page: Following,
    code: Code | None = None,
    kind: StatementKind | None = None,
    subject_id: UUID | None = None,
) -> object:
    """List statements by code; `subject_id` asks for those that concern one row."""
    rows = await questions.list_statements(session, page, code=code, kind=kind, subject_id=subject_id)
    return await page_with_subjects(session, StatementRead, rows, StatementSubject)


@router.get("/statements/{statement_id}", response_model=StatementRead, responses=problems(SubjectNotFound))
async def read_statement(session: ReadSession, statement_id: UUID) -> StatementRead:
    """Read one statement, with what it concerns."""
    statement = await questions.get_statement(session, statement_id)
    subjects = await questions.list_subjects(session, StatementSubject, [statement.id])
    return await answer_with_sources(session, StatementRead, statement, subjects=subjects[statement.id])
