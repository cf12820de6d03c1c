"""Telling again what the other rooms keep of this one."""

from collections.abc import AsyncIterator
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.events import EventData
from services.common.replays import Replayers
from services.evaluation.db.tables import IndicatorPeriod
from services.evaluation.domain.events import INDICATOR_PERIOD_CHANGED
from services.evaluation.operations.indicators import period_data


async def _replay_periods(session: AsyncSession) -> AsyncIterator[EventData]:
    for period in (await session.scalars(select(IndicatorPeriod).order_by(IndicatorPeriod.id))).all():
        yield await period_data(session, period)


REPLAYERS: Final[Replayers] = {INDICATOR_PERIOD_CHANGED.name: _replay_periods}
