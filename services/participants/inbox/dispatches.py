"""What evaluation asks to be sent to people whom it knows by pseudonym only."""

from uuid import UUID

from pydantic import Base64Bytes, BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.inbox import Event
from services.participants.domain.messages import MessageTemplate
from services.participants.operations import messages


class DispatchFacts(BaseModel):
    """What this room uses of a request to send."""

    aggregate_id: UUID
    pseudonym: UUID
    template: MessageTemplate
    sealed_token: Base64Bytes


async def queue_dispatch(session: AsyncSession, event: Event) -> None:
    """Queue the message; a request is a one-shot fact, so the first one counts."""
    facts = event.read(DispatchFacts)
    await messages.queue_dispatch(
        session, facts.aggregate_id, facts.pseudonym, facts.template, facts.sealed_token
    )
