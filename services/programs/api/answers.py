"""Answers made of a row and of what stands in other tables."""

from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.database import Identified
from services.common.pagination import Rows
from services.common.wire import FollowedPage
from services.programs.db.evidence import list_citations, list_subjects
from services.programs.db.tables import PartnershipSubject, StatementSubject
from services.programs.schemas.evidence import Sourced

Answered = TypeVar("Answered", bound=Sourced)


async def answer_with_sources(
    session: AsyncSession, model: type[Answered], row: Identified, **parts: Any
) -> Answered:
    """Return `row` as `model`, with its sources and with `parts` that are no columns of it."""
    sources = await list_citations(session, [row.id])
    return model.of(row, sources=sources[row.id], **parts)


async def page_with_sources(
    session: AsyncSession, model: type[Answered], rows: Rows
) -> FollowedPage[Answered]:
    """Return a part of a list, each row with its sources; two statements, however many rows."""
    sources = await list_citations(session, [row.id for row in rows.items])
    items = [model.of(row, sources=sources[row.id]) for row in rows.items]
    return FollowedPage[Answered].of(rows, items=items)


async def page_with_subjects(
    session: AsyncSession,
    model: type[Answered],
    rows: Rows,
    link: type[StatementSubject | PartnershipSubject],
) -> FollowedPage[Answered]:
    """Return a part of a list, each row with its sources and with what it concerns."""
    ids = [row.id for row in rows.items]
    sources = await list_citations(session, ids)
    subjects = await list_subjects(session, link, ids)
    items = [model.of(row, sources=sources[row.id], subjects=subjects[row.id]) for row in rows.items]
    return FollowedPage[Answered].of(rows, items=items)
