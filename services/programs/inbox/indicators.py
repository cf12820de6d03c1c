"""What this room keeps of evaluation's indicators, to publish it."""

from typing import Final
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.clock import Provenance
from services.common.inbox import Event
from services.programs.db.publication_tables import MirrorIndicatorPeriod
from services.programs.operations.mirrors import keep_mirror

INDICATOR_PERIOD_CHANGED: Final = "evaluation.indicator_period.changed.v1"


class _Figure(BaseModel):
    kind: str
    country: str | None
    value: str


class _SexFigure(BaseModel):
    kind: str
    sex: str
    value: str


class _Period(BaseModel):
    aggregate_id: UUID
    aggregate_version: int
    indicator_id: UUID
    program_id: UUID
    code: str
    title: dict[str, str]
    unit: dict[str, str] | None
    level: str
    measure: str
    provenance: Provenance
    period: str
    state: str
    figures: list[_Figure]
    by_sex: tuple[_SexFigure, ...] = ()


async def mirror_indicator_period(session: AsyncSession, event: Event) -> None:
    """Keep the approved figures of an indicator's period."""
    told = event.read(_Period)
    state = told.model_dump(exclude={"aggregate_id", "aggregate_version"})
    await keep_mirror(
        session,
        MirrorIndicatorPeriod,
        told.aggregate_id,
        told.aggregate_version,
        state,
        replay=event.replay,
    )
