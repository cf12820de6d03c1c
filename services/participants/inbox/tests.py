"""What evaluation reports of knowledge tests."""

from uuid import UUID

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.inbox import Event
from services.participants.operations.participations import record_test_result


class TestFacts(BaseModel):
    """What this room uses of a test's result."""

    pseudonym: UUID
    passed: bool


async def note_test_result(session: AsyncSession, event: Event) -> None:
    """Keep whether the pseudonym passed: a condition of the completion certificate (R9)."""
    facts = event.read(TestFacts)
    await record_test_result(session, facts.pseudonym, passed=facts.passed)
