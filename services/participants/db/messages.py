"""Questions asked of messages."""

from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.identity import Caller, Reach
from services.common.jobs import job
from services.common.pagination import PageRequest, Rows, SortKey, fetch_page
from services.participants.db.message_tables import Message
from services.participants.db.scopes import about
from services.participants.domain.messages import KEPT, OPEN, SEND_MESSAGE, MessageState, MessageTemplate
from services.participants.domain.problems import MessageNotFound


async def find_messages_about(
    session: AsyncSession, subject_id: UUID, template: MessageTemplate, turn: int
) -> list[UUID]:
    """Return the message of this template and turn about the subject, if there is one."""
    query = select(Message.id).where(
        Message.subject_id == subject_id, Message.template == template, Message.turn == turn
    )
    return list(await session.scalars(query))


async def lock_message(session: AsyncSession, message_id: UUID) -> Message:
    """Return the message, locked; one that a job names exists."""
    return await session.get_one(Message, message_id, with_for_update=True)


async def find_open_messages(session: AsyncSession, condition: ColumnElement[bool]) -> list[Message]:
    """Return the messages that are yet to be sent among those that meet `condition`, locked."""
    query = select(Message).where(condition, Message.state.in_(OPEN)).order_by(Message.id)
    return list(await session.scalars(query.with_for_update()))


async def find_stranded(session: AsyncSession) -> list[Message]:
    """Return the messages that are yet to be sent and that no job will send any more, locked."""
    planned = select(job.c.subject).where(
        job.c.kind == SEND_MESSAGE,
        job.c.subject == Message.id,
        job.c.done_at.is_(None),
        job.c.dead_at.is_(None),
    )
    return await find_open_messages(session, ~planned.exists())


async def forget_old_messages(session: AsyncSession, limit: int) -> bool:
    """Delete up to `limit` messages that ended long ago; say whether there may be more."""
    old = select(Message.id).where(Message.ended_at < func.clock_timestamp() - KEPT).limit(limit)
    gone = await session.execute(delete(Message).where(Message.id.in_(old)).returning(Message.id))
    return len(gone.all()) == limit


async def get_message(session: AsyncSession, message_id: UUID, *, visible_to: Caller) -> Message:
    """Return a message in the caller's reach; raise `MessageNotFound`."""
    query = select(Message).where(Message.id == message_id, _in_reach(visible_to))
    found = (await session.scalars(query)).one_or_none()
    if found is None:
        raise MessageNotFound("There is no such message.")
    return found


async def list_messages(
    session: AsyncSession,
    page: PageRequest,
    *,
    edition_id: UUID | None,
    person_id: UUID | None,
    state: MessageState | None,
    template: MessageTemplate | None,
    visible_to: Caller,
) -> Rows:
    """Return the messages in the caller's reach, the latest first."""
    query = select(Message).where(_in_reach(visible_to))
    for column, value in (
        (Message.edition_id, edition_id),
        (Message.person_id, person_id),
        (Message.state, state),
        (Message.template, template),
    ):
        if value is not None:
            query = query.where(column == value)
    return await fetch_page(
        session, query, page, SortKey(Message.created_at, descending=True), SortKey(Message.id)
    )


def _in_reach(caller: Caller) -> ColumnElement[bool]:
    return Message.id.is_not(None) if caller.reach is Reach.ALL else about(caller, Message.person_id)
