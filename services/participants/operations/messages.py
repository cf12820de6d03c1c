"""Sending messages on behalf of others, who know pseudonyms only."""

from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.clock import real_now
from services.common.jobs import schedule_job
from services.common.leases import back_off
from services.common.outbox import publish
from services.common.seal import Undecipherable, unseal
from services.common.sessions import Sessions
from services.participants.db.messages import find_message_of, lock_message
from services.participants.db.participations import find_by_pseudonym
from services.participants.db.people import find_consents
from services.participants.db.tables import Message, MirrorEdition, Participation, Person
from services.participants.domain.events import DISPATCH_REPORTED, DispatchReportData
from services.participants.domain.messages import (
    GIVE_UP_AFTER,
    OPEN,
    OUT_OF_REACH,
    SEND_MESSAGE,
    MessageState,
    MessageTemplate,
    Receipt,
    dispatch_context,
)
from services.participants.domain.people import ConsentPurpose, is_in_force
from services.participants.operations.delivery import Deliver
from services.participants.operations.letters import write_letter

log = structlog.get_logger()


@dataclass(frozen=True)
class Post:
    """What sending takes."""

    deliver: Deliver
    unsealing_key: bytes = field(repr=False)
    """The private half of the X25519 pair to which tokens are sealed."""
    sender: str
    """The address that messages come from, with or without a name."""
    survey_page: str | None
    """Where respondents enter their code; None if there is no such page yet."""


async def queue_message(
    session: AsyncSession, dispatch_id: UUID, pseudonym: UUID, template: MessageTemplate, sealed: bytes
) -> None:
    """Take a request to send over; a repeated one changes nothing, one for nobody known here is reported."""
    if await find_message_of(session, dispatch_id) is not None:
        return
    participation = await find_by_pseudonym(session, pseudonym)
    if participation is None:
        await _report(session, dispatch_id, MessageState.DROPPED)
        return
    message = Message(
        dispatch_id=dispatch_id,
        participation_id=participation.id,
        template=template,
        state=MessageState.QUEUED,
        sealed_token=sealed,
    )
    session.add(message)
    await session.flush()
    await schedule_job(session, SEND_MESSAGE, message.id, await real_now(session))


async def send_message(sessions: Sessions, session: AsyncSession, message_id: UUID, post: Post) -> None:
    """Send one message, if it still is to be sent, and record in `session` what became of it.

    `session` must not have begun: nothing is held open in the database while a mail server takes its time.
    """
    try:
        async with sessions.transaction() as before:
            mail = await _take_up(before, message_id, post)
    except Undecipherable as problem:
        # The key of another pair, most likely: the operator has time to put the right one there.
        log.warning("message_unreadable", message_id=str(message_id), problem=problem.slug)
        await _wait(session, await lock_message(session, message_id))
        return
    if mail is not None:
        dispatch_id, content = mail
        await _record(session, message_id, await post.deliver(str(dispatch_id), content))


async def _take_up(session: AsyncSession, message_id: UUID, post: Post) -> tuple[UUID, EmailMessage] | None:
    """Mark the message as leaving and return it ready to be handed over; None if it is not to be sent."""
    message = await lock_message(session, message_id)
    if message.state not in OPEN:
        return None
    if message.state is MessageState.SENDING:
        log.warning("message_may_repeat", message_id=str(message.id))
    participation = await session.get_one(Participation, message.participation_id)
    person = await session.get_one(Person, participation.person_id)
    obstacle = await _find_obstacle(session, participation, person)
    if obstacle is not None:
        await _end(session, message, obstacle)
        return None
    token = unseal(post.unsealing_key, message.sealed_token or b"", dispatch_context(message.dispatch_id))
    edition = await session.get_one(MirrorEdition, participation.edition_id)
    letter = write_letter(
        message.template, person.preferred_language, edition.title, token.decode(), post.survey_page
    )
    message.state, message.language = MessageState.SENDING, letter.language
    mail = EmailMessage()
    mail["Message-ID"] = f"<{message.dispatch_id}@{parseaddr(post.sender)[1].rpartition('@')[2]}>"
    mail["Date"] = format_datetime(message.created_at)
    mail["From"], mail["To"], mail["Subject"] = post.sender, person.email, letter.subject
    mail["Auto-Submitted"] = "auto-generated"  # so that nobody's absence note answers it (RFC 3834)
    mail.set_content(letter.text)
    mail["Content-Language"] = letter.language
    return message.dispatch_id, mail


async def _find_obstacle(
    session: AsyncSession, participation: Participation, person: Person
) -> MessageState | None:
    if participation.state in OUT_OF_REACH:
        return MessageState.DROPPED
    now = await real_now(session)
    consents = await find_consents(session, person.id, ConsentPurpose.PROCESS_APPLICATION)
    agrees = any(is_in_force(consent.granted_at, consent.valid_until, now) for consent in consents)
    return None if person.email and agrees else MessageState.OPTED_OUT


async def _record(session: AsyncSession, message_id: UUID, receipt: Receipt) -> None:
    message = await lock_message(session, message_id)
    if message.state is not MessageState.SENDING:
        return
    match receipt:
        case Receipt.ACCEPTED:
            await _end(session, message, MessageState.SENT)
        case Receipt.REFUSED:
            await _end(session, message, MessageState.BOUNCED)
        case Receipt.DELAYED:
            await _wait(session, message)


async def _wait(session: AsyncSession, message: Message) -> None:
    """Let a message that was put off be tried again, until nobody waits for it any more."""
    now = await real_now(session)
    if now - message.created_at >= GIVE_UP_AFTER:
        await _end(session, message, MessageState.FAILED)
        return
    message.state = MessageState.QUEUED
    message.delays += 1
    log.info("message_delayed", message_id=str(message.id), attempt=message.delays)
    await schedule_job(session, SEND_MESSAGE, message.id, now + back_off(message.delays))


async def _end(session: AsyncSession, message: Message, state: MessageState) -> None:
    """Let the message rest, forget its token and report."""
    message.state, message.sealed_token = state, None
    message.ended_at = await real_now(session)
    await _report(session, message.dispatch_id, state)


async def _report(session: AsyncSession, dispatch_id: UUID, outcome: MessageState) -> None:
    data = DispatchReportData(aggregate_id=dispatch_id, aggregate_version=1, outcome=outcome)
    await publish(session, DISPATCH_REPORTED, data)
