"""Questions asked of an edition's past."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.pagination import PageRequest, Rows, SortKey, fetch_page
from services.programs.db.tables import EditionContent, EditionHistory
from services.programs.domain.editions import ContentKind


async def list_history(session: AsyncSession, page: PageRequest, edition_id: UUID) -> Rows:
    """Return what was changed, the latest first."""
    query = select(EditionHistory).where(EditionHistory.edition_id == edition_id)
    return await fetch_page(session, query, page, SortKey(EditionHistory.id, descending=True))


async def list_contents(
    session: AsyncSession, edition_id: UUID, kind: ContentKind
) -> Sequence[EditionContent]:
    """Return every version of what the edition promised, the latest first."""
    query = select(EditionContent).where(EditionContent.edition_id == edition_id, EditionContent.kind == kind)
    return (await session.scalars(query.order_by(EditionContent.number.desc()))).all()


async def find_latest_content(
    session: AsyncSession, edition_id: UUID, kind: ContentKind
) -> EditionContent | None:
    """Return the version that holds now."""
    query = select(EditionContent).where(EditionContent.edition_id == edition_id, EditionContent.kind == kind)
    return (await session.scalars(query.order_by(EditionContent.number.desc()).limit(1))).one_or_none()


async def forget_history(session: AsyncSession, edition_id: UUID) -> None:
    """Delete the past of an edition that is deleted itself."""
    for table in (EditionContent, EditionHistory):
        await session.execute(delete(table).where(table.edition_id == edition_id))
