"""What this room does when a person is to be forgotten: it knows no participants, and says so."""

from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.inbox import Event, EventState
from services.common.outbox import publish
from services.programs.domain.events import ERASURE_CONFIRMED, ErasureConfirmation

PERSON_ERASED: Final = "participants.person.erased.v1"


async def confirm_erasure(session: AsyncSession, event: Event) -> None:
    """Confirm: nothing here refers to a participant; whose award it was, participants takes back by itself."""
    erasure = event.read(EventState)
    data = ErasureConfirmation(
        aggregate_id=erasure.aggregate_id, aggregate_version=erasure.aggregate_version, kept=[]
    )
    await publish(session, ERASURE_CONFIRMED, data)
