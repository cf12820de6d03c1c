"""Questions asked of sources, citations and statements."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.pagination import PageRequest, Rows, SortKey, fetch_page
from services.programs.db import tables
from services.programs.db.base import any_of, get_one
from services.programs.db.tables import (
    AgreementSubject,
    Citation,
    PartnershipSubject,
    Source,
    Statement,
    StatementSubject,
)
from services.programs.domain.evidence import StatementKind, SubjectKind
from services.programs.domain.problems import ReferenceUnknown

_TABLES: Final[Mapping[SubjectKind, Any]] = {
    SubjectKind.AGENCY: tables.Agency,
    SubjectKind.ORGANIZATION: tables.Organization,
    SubjectKind.PROGRAM: tables.Program,
    SubjectKind.COMPONENT: tables.Component,
    SubjectKind.EDITION: tables.Edition,
    SubjectKind.DELIVERY: tables.Delivery,
    SubjectKind.FUND: tables.Fund,
    SubjectKind.PARTNERSHIP: tables.Partnership,
    SubjectKind.STATEMENT: tables.Statement,
    SubjectKind.EDITION_COUNTRY: tables.EditionCountry,
    SubjectKind.COUNTRY_PRIORITY: tables.CountryPriority,
}


_OWNERS: Final[Mapping[type, Any]] = {
    StatementSubject: StatementSubject.statement_id,
    PartnershipSubject: PartnershipSubject.partnership_id,
    AgreementSubject: AgreementSubject.agreement_id,
}


async def require_subjects(session: AsyncSession, subjects: Collection[tuple[SubjectKind, UUID]]) -> None:
    """Raise `ReferenceUnknown` unless each subject stands in the portfolio; one statement per kind."""
    by_kind: dict[SubjectKind, set[UUID]] = defaultdict(set)
    for kind, subject_id in subjects:
        by_kind[kind].add(subject_id)
    for kind, ids in by_kind.items():
        table = _TABLES[kind]
        found = set(await session.scalars(select(table.id).where(table.id.in_(ids))))
        if found != ids:
            raise ReferenceUnknown(f"A {kind} that is referred to is not in the portfolio.")


async def find_sources(session: AsyncSession, codes: Collection[str]) -> dict[str, UUID]:
    """Return the ids of the sources with these codes."""
    rows = await session.execute(select(Source.code, Source.id).where(Source.code.in_(codes)))
    return {row.code: row.id for row in rows}


async def list_sources(session: AsyncSession, page: PageRequest, *, code: str | None) -> Rows:
    """Return sources by code."""
    query = select(Source) if code is None else select(Source).where(Source.code == code)
    return await fetch_page(session, query, page, SortKey(Source.code))


async def get_source(session: AsyncSession, source_id: UUID, *, lock: bool = False) -> Source:
    """Return the source, locked for update if `lock`; raise `SubjectNotFound`."""
    query = select(Source).where(Source.id == source_id)
    return await get_one(session, query.with_for_update() if lock else query, "source")


async def get_statement(session: AsyncSession, statement_id: UUID, *, lock: bool = False) -> Statement:
    """Return the statement, locked for update if `lock`; raise `SubjectNotFound`."""
    query = select(Statement).where(Statement.id == statement_id)
    return await get_one(session, query.with_for_update() if lock else query, "statement")


async def unlink_statement(session: AsyncSession, statement_id: UUID) -> None:
    """Let the statement concern no row any more."""
    await session.execute(delete(StatementSubject).where(StatementSubject.statement_id == statement_id))


async def list_citations(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, list[Any]]:
    """Return the citations of each of these rows, each with its source; in the order of entry."""
    query = (
        select(
            Citation.subject_id,
            Citation.source_id,
            Source.code,
            Source.title,
            Source.url,
            Citation.locator,
            Citation.note,
            Citation.confidence,
            Citation.as_of,
        )
        .join(Source, Source.id == Citation.source_id)
        .where(Citation.subject_id == any_of(ids))
        .order_by(Citation.id)
    )
    cited: dict[UUID, list[Any]] = {subject: [] for subject in ids}
    for row in await session.execute(query):
        cited[row.subject_id].append(row)
    return cited


async def delete_citations(session: AsyncSession, subject_id: UUID) -> None:
    """Delete the citations of a row that is deleted itself."""
    await session.execute(delete(Citation).where(Citation.subject_id == subject_id))


async def list_subjects(
    session: AsyncSession,
    link: type[StatementSubject | PartnershipSubject | AgreementSubject],
    owners: Collection[UUID],
) -> dict[UUID, list[dict[str, Any]]]:
    """Return what each statement, partnership or agreement concerns."""
    owner: Any = _OWNERS[link]
    rows = await session.execute(
        select(owner.label("owner_id"), link.subject_kind, link.subject_id)
        .where(owner.in_(owners))
        .order_by(link.subject_kind, link.subject_id)
    )
    subjects: dict[UUID, list[dict[str, Any]]] = {one: [] for one in owners}
    for row in rows:
        subjects[row.owner_id].append({"kind": row.subject_kind, "id": row.subject_id})
    return subjects


async def list_statements(
    session: AsyncSession,
    page: PageRequest,
    *,
    code: str | None,
    kind: StatementKind | None,
    subject_id: UUID | None,
) -> Rows:
    """Return statements by code."""
    query = select(Statement)
    if code is not None:
        query = query.where(Statement.code == code)
    if kind is not None:
        query = query.where(Statement.kind == kind)
    if subject_id is not None:
        concerned = select(StatementSubject.statement_id).where(StatementSubject.subject_id == subject_id)
        query = query.where(Statement.id.in_(concerned))
    return await fetch_page(session, query, page, SortKey(Statement.code))


async def list_notes(session: AsyncSession, subjects: Collection[UUID]) -> Sequence[Any]:
    """Return the statements that concern any of these rows, with the row each concerns."""
    query = (
        select(StatementSubject.subject_id, Statement.code, Statement.kind, Statement.text)
        .join(Statement, Statement.id == StatementSubject.statement_id)
        .where(StatementSubject.subject_id == any_of(subjects))
        .order_by(Statement.code, StatementSubject.subject_id)
    )
    return (await session.execute(query)).all()
