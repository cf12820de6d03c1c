"""What this room does when its jobs fall due."""

from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.jobs import Job, Works
from services.participants.domain.offers import EXPIRE_OFFER
from services.participants.operations.offers import expire_offer


async def end_unanswered_offer(session: AsyncSession, job: Job) -> None:
    """End the offer whose time to answer is over, unless it was answered."""
    await expire_offer(session, job.subject)


JOBS: Final[Works] = {EXPIRE_OFFER: end_unanswered_offer}
"""Kind of job -> what is done about it."""
