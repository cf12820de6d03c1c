"""Keeping what the other rooms tell; applied only if newer than what is kept."""

from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import inspect
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.audit import record_change
from services.common.clock import Provenance
from services.common.edtf import parse_edtf
from services.common.identity import acting_service
from services.common.inbox import is_newer
from services.programs.db.deliveries import find_task_of_recommendation
from services.programs.db.editions import find_coming_edition
from services.programs.db.publication_tables import MirrorIndicatorPeriod
from services.programs.db.tables import (
    DesignTask,
    MirrorCampaign,
    MirrorDesignChange,
    MirrorResults,
    MirrorSeats,
)
from services.programs.domain.deliveries import DesignTaskState

EVALUATION = acting_service("evaluation")
"""Who acts when evaluation has told of a recommendation."""


Mirror = TypeVar(
    "Mirror", MirrorSeats, MirrorResults, MirrorCampaign, MirrorDesignChange, MirrorIndicatorPeriod
)


async def keep_mirror(
    session: AsyncSession, kind: type[Mirror], key: UUID, version: int, state: dict[str, Any], *, replay: bool
) -> Mirror:
    """Keep the state that another room tells of a thing of its own, if it is newer; return what is kept."""
    known = await session.get(kind, key)
    if known is None:
        (column,) = inspect(kind).primary_key
        known = kind(**{str(column.key): key, "version": version}, **state)
        session.add(known)
    elif is_newer(known.version, version, replay=replay):
        for field, value in (state | {"version": version}).items():
            setattr(known, field, value)
    return known


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
    """Open the task of a recommendation once, for the edition said to take it up or else the next one."""
    if await find_task_of_recommendation(session, recommended.recommendation_id):
        return
    change = await session.get(MirrorDesignChange, recommended.recommendation_id)
    coming = (
        change.edition_id
        if change is not None
        else await find_coming_edition(
            session, recommended.program_id, recommended.edition_id, recommended.provenance
        )
    )
    task = DesignTask(
        recommendation_id=recommended.recommendation_id,
        program_id=recommended.program_id,
        evidence_edition_id=recommended.edition_id,
        edition_id=coming,
        title=recommended.title,
        due=recommended.due,
        latest=parse_edtf(recommended.due).latest if recommended.due else None,
        provenance=recommended.provenance,
        state=DesignTaskState.OPEN,
    )
    session.add(task)
    await record_change(session, EVALUATION, "design_task.opened", task)


async def note_design_change(
    session: AsyncSession, recommendation_id: UUID, edition_id: UUID, version: int, *, replay: bool
) -> None:
    """Point the open task of a recommendation at the edition that takes it up; how, its manager records.

    A change that comes before its recommendation waits for it.
    """
    change = await keep_mirror(
        session, MirrorDesignChange, recommendation_id, version, {"edition_id": edition_id}, replay=replay
    )
    task = await find_task_of_recommendation(session, recommendation_id)
    if task is None or task.state is DesignTaskState.DONE or task.edition_id == change.edition_id:
        return
    task.edition_id = change.edition_id
    await record_change(session, EVALUATION, "design_task.assigned", task, ["edition_id"])
