"""What this room does when its jobs fall due."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.jobs import Job
from services.programs.operations.agreements import follow_expiry
from services.programs.operations.edition_states import follow_clock


async def follow_edition_clock(session: AsyncSession, job: Job) -> None:
    """Take the steps of an edition that are due."""
    await follow_clock(session, job.subject)


async def follow_agreement_expiry(session: AsyncSession, job: Job) -> None:
    """Tell that an agreement is about to expire, or let it expire."""
    await follow_expiry(session, job.subject)
