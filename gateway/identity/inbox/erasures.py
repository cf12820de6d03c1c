"""What identity does when a person is to be forgotten."""

from pathlib import Path
from typing import Final
from uuid import UUID

from pydantic import Base64Bytes, BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.identity.domain.events import ERASURE_CONFIRMED, ErasureConfirmation
from gateway.identity.operations.erasures import Forgotten, erase_access
from services.common.inbox import Consumers, Event
from services.common.outbox import publish

ACCESS_ERASED: Final = "participants.access.erased.v1"
KEPT: Final = ("sign_in_times", "audit_entries")
"""When somebody signed in, without who: whoever looks into an incident needs it."""


class AccessFacts(BaseModel):
    """What identity uses of an erasure; key and digests are gone once the event is delivered."""

    aggregate_id: UUID
    aggregate_version: int
    persons: list[UUID]
    key: Base64Bytes
    logins: list[str]


def erasing_access(letters: Path | None) -> Consumers:
    """Return the consumer that ends a person's access; `letters`: the folder of letters that were sent."""

    async def erase(session: AsyncSession, event: Event) -> None:
        """Forget the person's accounts, end their sign-ins and links, and confirm it."""
        facts = event.read(AccessFacts)
        forgotten = Forgotten(frozenset(facts.persons), facts.key, frozenset(facts.logins))
        await erase_access(session, forgotten, letters)
        data = ErasureConfirmation(
            aggregate_id=facts.aggregate_id, aggregate_version=facts.aggregate_version, kept=list(KEPT)
        )
        await publish(session, ERASURE_CONFIRMED, data)

    return {ACCESS_ERASED: erase}
