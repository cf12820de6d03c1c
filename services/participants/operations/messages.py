"""Queuing messages in the transaction that causes them, and dropping those that became pointless."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.clock import domain_now, real_now
from services.common.jobs import cancel_job, schedule_job
from services.common.outbox import publish
from services.participants.db.message_tables import Message
from services.participants.db.messages import find_messages_about, find_open_messages, find_stranded
from services.participants.db.participations import find_by_pseudonym
from services.participants.db.tables import Person
from services.participants.domain.events import DISPATCH_REPORTED, DispatchReportData
from services.participants.domain.messages import (
    DISPATCHED,
    SEND_MESSAGE,
    MessageState,
    MessageTemplate,
    require_facts,
)


async def queue_message(
    session: AsyncSession,
    template: MessageTemplate,
    person_id: UUID,
    subject_id: UUID,
    *,
    edition_id: UUID | None = None,
    facts: Mapping[str, str] | None = None,
    send_at: datetime | None = None,
    turn: int = 1,
) -> None:
    """Let `template` be sent to the person if and when this transaction commits.

    `subject_id` is what it is about (an offer, an application ...): the same template is sent about it once,
    or once for each `turn` of a reminder, however often this is called. `send_at` (the subject's own time)
    puts it off. Raises ValueError unless `facts` are what the template says; they hold nothing personal.
    """
    require_facts(template, facts or {})
    person = await session.get_one(Person, person_id)
    message = Message(
        person_id=person.id,
        edition_id=edition_id,
        subject_id=subject_id,
        turn=turn,
        template=template,
        facts=dict(facts or {}),
        provenance=person.provenance,
    )
    await _enqueue(session, message, send_at)


async def queue_dispatch(
    session: AsyncSession, dispatch_id: UUID, pseudonym: UUID, template: MessageTemplate, sealed: bytes
) -> None:
    """Take evaluation's request to send; a repeated one changes nothing, one for nobody known is reported."""
    participation = await find_by_pseudonym(session, pseudonym)
    if participation is None or template not in DISPATCHED:
        await report_dispatch(session, dispatch_id, MessageState.DROPPED)
        return
    message = Message(
        person_id=participation.person_id,
        participation_id=participation.id,
        edition_id=participation.edition_id,
        subject_id=dispatch_id,
        turn=1,
        template=template,
        facts={},
        provenance=participation.provenance,
        sealed_token=sealed,
    )
    await _enqueue(session, message, None)


async def drop_messages(session: AsyncSession, subject_id: UUID) -> None:
    """Let nothing more be sent about a subject that is over: an offer that was answered, say."""
    for message in await find_open_messages(session, Message.subject_id == subject_id):
        await cancel_job(session, SEND_MESSAGE, message.id)
        await end_message(session, message, MessageState.DROPPED)


async def end_stranded_messages(session: AsyncSession) -> int:
    """End messages that no job will send any more, because whoever sent them died each time; return how many.

    Their job was buried after its last attempt; whether they left before that is not known.
    """
    stranded = await find_stranded(session)
    for message in stranded:
        await end_message(session, message, MessageState.FAILED)
    return len(stranded)


async def end_message(session: AsyncSession, message: Message, state: MessageState) -> None:
    """Let a locked message rest, forget its token, and report it to whoever asked for it."""
    message.state, message.sealed_token = state, None
    message.ended_at = await real_now(session)
    if message.template in DISPATCHED:
        await report_dispatch(session, message.subject_id, state)


async def report_dispatch(session: AsyncSession, dispatch_id: UUID, outcome: MessageState) -> None:
    """Tell evaluation what became of its request."""
    data = DispatchReportData(aggregate_id=dispatch_id, aggregate_version=1, outcome=outcome)
    await publish(session, DISPATCH_REPORTED, data)


async def _enqueue(session: AsyncSession, message: Message, send_at: datetime | None) -> None:
    if await find_messages_about(session, message.subject_id, message.template, message.turn):
        return
    message.state = MessageState.QUEUED
    session.add(message)
    await session.flush()
    due = send_at or await domain_now(session, message.provenance)
    await schedule_job(session, SEND_MESSAGE, message.id, due, provenance=message.provenance)
