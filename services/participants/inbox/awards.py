"""What programs tells of awards."""

from uuid import UUID

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.inbox import Event
from services.participants.operations import awards


class AwardFacts(BaseModel):
    """What this room uses of an award."""

    aggregate_id: UUID
    organization_id: UUID | None
    person_id: UUID | None


async def note_award(session: AsyncSession, event: Event) -> None:
    """Keep whom it is for, unless somebody is named here already."""
    facts = event.read(AwardFacts)
    await awards.note_award(session, facts.aggregate_id, facts.person_id, facts.organization_id)
