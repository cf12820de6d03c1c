"""Routes of messages: what was written to whom, without address, name or text."""

from uuid import UUID

from services.common.http.callers import Caller
from services.common.http.paging import Paging
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession
from services.common.i18n import is_right_to_left
from services.common.pagination import Rows
from services.common.wire import Page
from services.participants.db import messages as questions
from services.participants.db.message_tables import Message
from services.participants.domain.messages import MessageState, MessageTemplate
from services.participants.domain.problems import MessageNotFound
from services.participants.schemas.messages import MessageRead

router = house_router("messages", "/messages")


@router.get("", response_model=Page[MessageRead])
async def list_messages(
    session: ReadSession,
    caller: Caller,
    page: Paging,
    edition_id: UUID | None = None,
    person_id: UUID | None = None,
    state: MessageState | None = None,
    template: MessageTemplate | None = None,
) -> Rows:
    """List messages to people, the latest first: what waits, what was sent and what failed."""
    rows = await questions.list_messages(
        session,
        page,
        edition_id=edition_id,
        person_id=person_id,
        state=state,
        template=template,
        visible_to=caller,
    )
    return Rows([_as_read(message) for message in rows.items], rows.next_cursor, rows.total)


@router.get("/{message_id}", response_model=MessageRead, responses=problems(MessageNotFound))
async def read_message(session: ReadSession, caller: Caller, message_id: UUID) -> MessageRead:
    """Read how far one message has come."""
    return _as_read(await questions.get_message(session, message_id, visible_to=caller))


def _as_read(message: Message) -> MessageRead:
    language = message.language
    return MessageRead.of(message, right_to_left=None if language is None else is_right_to_left(language))
