"""Questions asked of how many answer."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.clock import Provenance
from services.evaluation.db.tables import BallotToken, Campaign
from services.evaluation.domain.campaigns import Phase


class PhaseCount(NamedTuple):
    """How many surveys of a phase were counted, how many people they asked, and how many answered."""

    phase: Phase
    campaigns: int
    invited: int
    answered: int


async def count_answered(session: AsyncSession, since: datetime, provenance: Provenance) -> list[PhaseCount]:
    """Return the surveys that were counted from `since` on, by phase; those that are still open never."""
    counted = (
        select(Campaign.id, Campaign.phase, Campaign.answered)
        .where(
            Campaign.answered.is_not(None),
            Campaign.key_destroyed_at >= since,
            Campaign.provenance == provenance,
        )
        .cte("counted")
    )
    asked = (
        select(BallotToken.campaign_id, func.count().label("invited"))
        .where(BallotToken.campaign_id.in_(select(counted.c.id)))
        .group_by(BallotToken.campaign_id)
        .subquery("asked")
    )
    query = (
        select(
            counted.c.phase,
            func.count(),
            func.coalesce(func.sum(asked.c.invited), 0),
            func.sum(counted.c.answered),
        )
        .select_from(counted)
        .outerjoin(asked, asked.c.campaign_id == counted.c.id)
        .group_by(counted.c.phase)
        .order_by(counted.c.phase)
    )
    return [
        PhaseCount(phase, n, int(invited), int(done))
        for phase, n, invited, done in await session.execute(query)
    ]
