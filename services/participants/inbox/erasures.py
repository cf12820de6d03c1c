"""What the other services say about erasures."""

from uuid import UUID

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.inbox import Event
from services.participants.operations import erasures


class ConfirmationFacts(BaseModel):
    """What this room uses of a confirmation."""

    aggregate_id: UUID
    kept: list[str]


async def note_confirmation(session: AsyncSession, event: Event) -> None:
    """Record that the sender has forgotten its part of a person."""
    facts = event.read(ConfirmationFacts)
    await erasures.note_confirmation(session, facts.aggregate_id, event.source, facts.kept)
