"""Entering sources, and saying where facts stand."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.audit import record_change
from services.common.identity import Caller
from services.common.problems import Fault
from services.programs.db.evidence import find_sources, require_subjects
from services.programs.db.tables import Citation, Source, Statement, StatementSubject
from services.programs.domain.evidence import SubjectKind
from services.programs.domain.problems import ReferenceUnknown
from services.programs.schemas.evidence import CitationWrite, SourceCreate, StatementCreate


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
    for subject in request.subjects:
        session.add(
            StatementSubject(statement_id=statement.id, subject_kind=subject.kind, subject_id=subject.id)
        )
    await cite(session, SubjectKind.STATEMENT, statement.id, request.sources)
    return statement
