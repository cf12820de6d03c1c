"""Questions asked of published results of several editions."""

from collections.abc import Collection
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.clock import Provenance
from services.common.identity import Caller, Reach
from services.evaluation.db.results import select_visible
from services.evaluation.db.tables import MirrorEdition, ResultSnapshot
from services.evaluation.domain.results import SnapshotState
from services.evaluation.domain.side_by_side import PublishedResult
from services.evaluation.domain.suppression import Audience

MOST: Final = 500
"""How many results one answer is made of: the latest."""


async def list_program_results(
    session: AsyncSession, program_id: UUID, provenance: Provenance, *, visible_to: Caller
) -> list[PublishedResult]:
    """Return the published results about a program's editions that the caller may see, by date."""
    public = [MirrorEdition.provenance == Provenance.REAL] if visible_to.reach is not Reach.ALL else []
    return await _list_published(
        session,
        [MirrorEdition.program_id == program_id, MirrorEdition.provenance == provenance, *public],
        visible_to,
    )


async def list_partner_results(
    session: AsyncSession, editions: Collection[UUID], *, visible_to: Caller
) -> list[PublishedResult]:
    """Return the published results about these editions that partners or everybody may see, by date."""
    for_partners = ResultSnapshot.visibility.in_([Audience.PARTNER, Audience.PUBLIC])
    return await _list_published(session, [MirrorEdition.id.in_(editions), for_partners], visible_to)


async def _list_published(
    session: AsyncSession, concerned: list[ColumnElement[bool]], visible_to: Caller
) -> list[PublishedResult]:
    query = (
        select_visible(visible_to)
        .join(MirrorEdition, MirrorEdition.id == ResultSnapshot.edition_id)
        .where(
            ResultSnapshot.state == SnapshotState.PUBLISHED,
            ResultSnapshot.subject_kind == "edition",
            *concerned,
        )
        .order_by(MirrorEdition.starts_on.desc().nulls_last(), ResultSnapshot.id.desc())
        .limit(MOST)
    )
    found: list[Any] = list(await session.scalars(query))
    return [
        PublishedResult(row.id, row.edition_id, row.phase, row.visibility, row.figures) for row in found[::-1]
    ]
