"""What this room does when its jobs fall due."""

from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.jobs import Job, Works, plan_daily
from services.participants.domain.applications import PURGE_UNCONFIRMED
from services.participants.domain.erasures import RETAIN_PERSONS
from services.participants.domain.matching import INDEX_PERSONS, MATCH_PERSON
from services.participants.domain.offers import EXPIRE_OFFER
from services.participants.domain.vouchers import EXPIRE_VOUCHERS
from services.participants.operations.matching import index_remaining, note_duplicates
from services.participants.operations.nominees import purge_unconfirmed
from services.participants.operations.offers import expire_offer
from services.participants.operations.retention import retain_persons
from services.participants.operations.vouchers import expire_vouchers


async def end_unanswered_offer(session: AsyncSession, job: Job) -> None:
    """End the offer whose time to answer is over, unless it was answered."""
    await expire_offer(session, job.subject)


async def forget_unconfirmed_nominees(session: AsyncSession, job: Job) -> None:
    """Forget the nominees of an edition who never confirmed, some days after its last deadline."""
    await purge_unconfirmed(session, job.subject)


async def look_for_duplicates(session: AsyncSession, job: Job) -> None:
    """Enter the pairs that a new or changed person makes."""
    await note_duplicates(session, job.subject)


async def index_the_rest(session: AsyncSession, job: Job) -> None:
    """Make the keys of persons who have none; come again at once where more are left, else tomorrow."""
    await plan_daily(session, job.kind, at_once=await index_remaining(session))


async def forget_in_time(session: AsyncSession, job: Job) -> None:
    """Forget what has been kept long enough; come again at once where more is left, else tomorrow."""
    await plan_daily(session, job.kind, at_once=await retain_persons(session))


async def end_due_vouchers(session: AsyncSession, job: Job) -> None:
    """End vouchers whose time is over; come again at once where more are left, else tomorrow."""
    await plan_daily(session, job.kind, at_once=await expire_vouchers(session))


JOBS: Final[Works] = {
    EXPIRE_OFFER: end_unanswered_offer,
    PURGE_UNCONFIRMED: forget_unconfirmed_nominees,
    MATCH_PERSON: look_for_duplicates,
    INDEX_PERSONS: index_the_rest,
    RETAIN_PERSONS: forget_in_time,
    EXPIRE_VOUCHERS: end_due_vouchers,
}
"""Kind of job -> what is done about it."""
