"""What programs agrees about vouchers."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.clock import Provenance
from services.common.inbox import Event
from services.participants.db.vouchers import put_scheme


class SchemeFacts(BaseModel):
    """What this room uses of a voucher scheme."""

    aggregate_id: UUID
    aggregate_version: int
    code: str
    title: dict[str, str]
    state: str
    quantity: int | None
    provider_id: UUID | None
    valid_until: date | None
    provenance: Provenance


async def mirror_scheme(session: AsyncSession, event: Event) -> None:
    """Keep how many vouchers a scheme has, where they are redeemed and until when."""
    facts = event.read(SchemeFacts).model_dump()
    await put_scheme(session, {"id": facts.pop("aggregate_id"), **facts})
