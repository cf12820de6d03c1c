"""Entering sources, and saying where facts stand."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.audit import record_change
from services.common.clock import real_now
from services.common.identity import Caller
from services.common.preconditions import require_version
from services.common.problems import Fault
from services.programs.db.evidence import (
    find_sources,
    get_source,
    get_statement,
    require_subjects,
    unlink_statement,
)
from services.programs.db.tables import Citation, Source, Statement, StatementSubject
from services.programs.domain.evidence import SubjectKind
from services.programs.domain.problems import ReferenceUnknown
from services.programs.schemas.evidence import (
    CitationWrite,
    SourceChange,
    SourceCreate,
    StatementChange,
    StatementCreate,
    StatementFields,
)


async def create_source(session: AsyncSession, caller: Caller, request: SourceCreate) -> Source:
    """Enter something that facts are read from."""
    source = Source(**request.model_dump())
    session.add(source)
    await record_change(session, caller, "source.created", source)
    return source


async def cite(
    session: AsyncSession, kind: SubjectKind, subject_id: UUID, citations: Sequence[CitationWrite]
) -> None:
    """Say where the facts of a row stand; raises `ReferenceUnknown` for a source that is not entered."""
    sources = (
        await find_sources(session, {citation.source_code for citation in citations}) if citations else {}
    )
    missing = [
        Fault(f"/sources/{place}/source_code", "unknown_source", "Enter the source first.")
        for place, citation in enumerate(citations)
        if citation.source_code not in sources
    ]
    if missing:
        raise ReferenceUnknown("A source that is cited is not entered.", errors=missing)
    for citation in citations:
        session.add(
            Citation(
                subject_kind=kind,
                subject_id=subject_id,
                source_id=sources[citation.source_code],
                **citation.model_dump(exclude={"source_code"}),
            )
        )
    await session.flush()


async def create_statement(session: AsyncSession, caller: Caller, request: StatementCreate) -> Statement:
    """Enter what is stated, with the rows it concerns."""
    await require_subjects(session, [(subject.kind, subject.id) for subject in request.subjects])
    statement = Statement(**request.model_dump(exclude={"subjects", "sources"}))
    session.add(statement)
    await record_change(session, caller, "statement.created", statement)
    _link(session, statement, request)
    await cite(session, SubjectKind.STATEMENT, statement.id, request.sources)
    return statement


async def change_source(
    session: AsyncSession, caller: Caller, source_id: UUID, expected_version: int, request: SourceChange
) -> Source:
    """Change what the record says of a source."""
    source = await get_source(session, source_id, lock=True)
    require_version(source, expected_version)
    changes = request.model_dump()
    for field, value in changes.items():
        setattr(source, field, value)
    await record_change(session, caller, "source.changed", source, changes)
    return source


async def change_statement(
    session: AsyncSession, caller: Caller, statement_id: UUID, expected_version: int, request: StatementChange
) -> Statement:
    """Change what is stated, and which rows it concerns; raises `ReferenceUnknown`."""
    statement = await get_statement(session, statement_id, lock=True)
    require_version(statement, expected_version)
    await require_subjects(session, [(subject.kind, subject.id) for subject in request.subjects])
    changes = request.model_dump(exclude={"subjects"})
    for field, value in changes.items():
        setattr(statement, field, value)
    statement.updated_at = await real_now(session)
    await record_change(session, caller, "statement.changed", statement, [*changes, "subjects"])
    await unlink_statement(session, statement.id)
    _link(session, statement, request)
    await session.flush()
    return statement


def _link(session: AsyncSession, statement: Statement, request: StatementFields) -> None:
    for kind, id_ in dict.fromkeys((subject.kind, subject.id) for subject in request.subjects):
        session.add(StatementSubject(statement_id=statement.id, subject_kind=kind, subject_id=id_))
