"""Questions asked of messages."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.participants.db.tables import Message


async def find_message_of(session: AsyncSession, dispatch_id: UUID) -> Message | None:
    """Return the message that evaluation asked for by this dispatch, or None."""
    return (await session.scalars(select(Message).where(Message.dispatch_id == dispatch_id))).one_or_none()


async def lock_message(session: AsyncSession, message_id: UUID) -> Message:
    """Return the message, locked; one that a job names exists."""
    return await session.get_one(Message, message_id, with_for_update=True)
