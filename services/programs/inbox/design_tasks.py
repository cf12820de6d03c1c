"""What recommendations of evaluation ask of coming editions."""

from typing import Final
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.clock import Provenance
from services.common.inbox import Event
from services.programs.operations.mirrors import (
    Recommended,
    note_design_change,
    open_design_task,
)

RECOMMENDATION_AGREED: Final = "evaluation.recommendation.agreed.v1"
DESIGN_CHANGE_RECORDED: Final = "evaluation.design_change.recorded.v1"


class _Recommendation(BaseModel):
    aggregate_id: UUID
    edition_id: UUID
    program_id: UUID
    title: dict[str, str]
    due: str | None
    provenance: Provenance


class _DesignChange(BaseModel):
    aggregate_version: int
    recommendation_id: UUID
    edition_id: UUID


async def take_recommendation(session: AsyncSession, event: Event) -> None:
    """Open a task for the next edition of the program."""
    said = event.read(_Recommendation)
    await open_design_task(
        session,
        Recommended(
            recommendation_id=said.aggregate_id,
            edition_id=said.edition_id,
            program_id=said.program_id,
            title=said.title,
            due=said.due,
            provenance=said.provenance,
        ),
    )


async def take_design_change(session: AsyncSession, event: Event) -> None:
    """Note in which edition a recommendation is taken up, also where it is not known yet that it was agreed."""
    said = event.read(_DesignChange)
    await note_design_change(
        session, said.recommendation_id, said.edition_id, said.aggregate_version, replay=event.replay
    )
