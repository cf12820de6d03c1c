"""What this room does when its jobs fall due."""

from collections.abc import Callable

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.jobs import Job, Works
from services.common.sessions import Sessions
from services.evaluation.domain.campaigns import CLOSE_CAMPAIGN, COUNT_CAMPAIGN, OPEN_CAMPAIGN, REMIND
from services.evaluation.domain.learning_figures import SETTLE_LEARNING
from services.evaluation.operations.ballot_counts import count_ballots
from services.evaluation.operations.campaigns import (
    Sealing,
    close_when_due,
    open_when_due,
    remind_when_due,
)
from services.evaluation.operations.learning_figures import settle_learning


def jobs_of(sessions: Callable[[], Sessions], sealing: Callable[[], Sealing]) -> Works:
    """Return the room's jobs; sessions and keys are open only once the app lives."""

    async def open_(session: AsyncSession, job: Job) -> None:
        """Open a survey at its time."""
        await open_when_due(session, job.subject, sealing())

    async def close(session: AsyncSession, job: Job) -> None:
        """Close a survey at its time."""
        await close_when_due(session, job.subject)

    async def remind(session: AsyncSession, job: Job) -> None:
        """Remind those who have not answered."""
        await remind_when_due(session, job.subject)

    async def count(_: AsyncSession, job: Job) -> None:
        """Count what was closed and destroy its key, in transactions of its own: answers first, key second."""
        keys = sealing().keys
        if keys is not None:
            await count_ballots(sessions(), keys, job.subject)

    async def settle(session: AsyncSession, job: Job) -> None:
        """Settle what is told of learning in an edition."""
        await settle_learning(session, job.subject)

    return {
        OPEN_CAMPAIGN: open_,
        CLOSE_CAMPAIGN: close,
        REMIND: remind,
        COUNT_CAMPAIGN: count,
        SETTLE_LEARNING: settle,
    }
