"""Keeping what the other rooms tell; applied only if newer than what is kept."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.audit import record_change
from services.common.clock import Provenance
from services.common.identity import acting_service
from services.programs.db.deliveries import find_task_of_recommendation
from services.programs.db.editions import find_coming_edition
from services.programs.db.tables import DesignTask, MirrorResults, MirrorSeats
from services.programs.domain.deliveries import DesignTaskState

EVALUATION = acting_service("evaluation")
"""Who acts when evaluation has told of a recommendation."""


async def keep_seats(
    session: AsyncSession, edition_id: UUID, version: int, lines: list[dict[str, Any]]
) -> None:
    """Keep how an edition's seats stand."""
    row = insert(MirrorSeats).values(edition_id=edition_id, version=version, lines=lines)
    await session.execute(
        row.on_conflict_do_update(
            index_elements=["edition_id"],
            set_={"version": row.excluded.version, "lines": row.excluded.lines},
            where=MirrorSeats.version <= version,
        )
    )


async def keep_results(session: AsyncSession, snapshot_id: UUID, version: int, state: dict[str, Any]) -> None:
    """Keep how a snapshot of results stands."""
    row = insert(MirrorResults).values(id=snapshot_id, version=version, **state)
    await session.execute(
        row.on_conflict_do_update(
            index_elements=["id"],
            set_={"version": version} | state,
            where=MirrorResults.version <= version,
        )
    )


@dataclass(frozen=True)
class Recommended:
    """An agreed recommendation, and the edition that gave the evidence."""

    recommendation_id: UUID
    edition_id: UUID
    program_id: UUID
    title: dict[str, str]
    due: str | None
    provenance: Provenance


async def open_design_task(session: AsyncSession, recommended: Recommended) -> None:
    """Open the task of a recommendation once, for the next edition if there is one already."""
    if await find_task_of_recommendation(session, recommended.recommendation_id):
        return
    coming = await find_coming_edition(
        session, recommended.program_id, recommended.edition_id, recommended.provenance
    )
    task = DesignTask(
        recommendation_id=recommended.recommendation_id,
        program_id=recommended.program_id,
        evidence_edition_id=recommended.edition_id,
        edition_id=coming,
        title=recommended.title,
        due=recommended.due,
        provenance=recommended.provenance,
        state=DesignTaskState.OPEN,
    )
    session.add(task)
    await record_change(session, EVALUATION, "design_task.opened", task)


async def note_design_change(session: AsyncSession, recommendation_id: UUID, edition_id: UUID) -> None:
    """Point the open task of a recommendation at the edition that takes it up; how, its manager records."""
    task = await find_task_of_recommendation(session, recommendation_id)
    if task is None or task.state is DesignTaskState.DONE or task.edition_id == edition_id:
        return
    task.edition_id = edition_id
    await record_change(session, EVALUATION, "design_task.assigned", task, ["edition_id"])
