"""Questions asked of code frames and codings."""

from collections import defaultdict
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.pagination import PageRequest, Rows, SortKey, fetch_page
from services.evaluation.db.comment_tables import CodeFrame, Coding
from services.evaluation.db.tables import Suggestion
from services.evaluation.domain.problems import CodeFrameNotFound


async def get_code_frame(session: AsyncSession, code_frame_id: UUID, *, lock: bool = False) -> CodeFrame:
    """Return the code frame, locked for update if `lock`; raise `CodeFrameNotFound`."""
    found = await session.get(CodeFrame, code_frame_id, with_for_update=lock or None)
    if found is None:
        raise CodeFrameNotFound("There is no such code frame.")
    return found


async def next_number(session: AsyncSession, code: str) -> int:
    """Return the number of the next version of the frame with this code."""
    query = select(func.coalesce(func.max(CodeFrame.number), 0) + 1).where(CodeFrame.code == code)
    return (await session.execute(query)).scalar_one()


async def list_code_frames(session: AsyncSession, page: PageRequest) -> Rows:
    """Return all versions of all frames, by code, the newest version first."""
    keys = (SortKey(CodeFrame.code), SortKey(CodeFrame.number, descending=True))
    return await fetch_page(session, select(CodeFrame), page, *keys)


async def find_coding(
    session: AsyncSession, suggestion_id: UUID, code_frame_id: UUID, coder: str
) -> Coding | None:
    """Return what this coder found in the text before, if anything."""
    query = select(Coding).where(
        Coding.suggestion_id == suggestion_id,
        Coding.code_frame_id == code_frame_id,
        Coding.coder == coder,
    )
    found: Coding | None = await session.scalar(query.with_for_update())
    return found


async def read_codings(
    session: AsyncSession, code_frame_id: UUID, edition_id: UUID
) -> dict[str, list[frozenset[str]]]:
    """Return text -> the themes that each of its coders found, the first coder's first."""
    query = (
        select(Coding.suggestion_id, Coding.themes)
        .join(Suggestion, Suggestion.id == Coding.suggestion_id)
        .where(Coding.code_frame_id == code_frame_id, Suggestion.edition_id == edition_id)
        .order_by(Coding.id)
    )
    readings: dict[str, list[frozenset[str]]] = defaultdict(list)
    for suggestion_id, themes in await session.execute(query):
        readings[str(suggestion_id)].append(frozenset(themes))
    return readings
