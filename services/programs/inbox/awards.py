"""What this room does when participants names the person behind an award."""

from typing import Final
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.inbox import Event
from services.programs.operations.awards import note_recipient

RECIPIENT_NAMED: Final = "participants.award_recipient.named.v1"


class _Recipient(BaseModel):
    aggregate_id: UUID
    aggregate_version: int
    person_id: UUID | None


async def take_recipient(session: AsyncSession, event: Event) -> None:
    """Keep who it is; the aggregate is the award."""
    named = event.read(_Recipient)
    await note_recipient(
        session, named.aggregate_id, named.person_id, named.aggregate_version, replay=event.replay
    )
