"""Sending one message: what its job does when it falls due."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.clock import domain_now, real_now
from services.common.jobs import schedule_job
from services.common.leases import back_off
from services.common.mail import Deliver, Receipt
from services.common.peers import PeerRefusedError, PeerUnreachableError
from services.common.seal import Undecipherable, unseal
from services.common.sessions import Sessions
from services.participants.db.affiliations import find_supervised
from services.participants.db.consents import find_consents
from services.participants.db.message_tables import Message
from services.participants.db.messages import lock_message
from services.participants.db.tables import MirrorEdition, Participation, Person
from services.participants.domain.affiliations import is_current
from services.participants.domain.messages import (
    DISPATCHED,
    GIVE_UP_AFTER,
    OPEN,
    OPENS_SESSION,
    OUT_OF_REACH,
    SEND_MESSAGE,
    TO_SUPERVISOR,
    MessageState,
    MessageTemplate,
    consent_for,
    dispatch_context,
)
from services.participants.domain.people import is_in_force
from services.participants.operations.letters import language_of, write_letter
from services.participants.operations.messages import end_message
from services.participants.operations.papers import name_to_print

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
    entry_page: str | None
    """Where a link signs its reader in; None if there is no such page yet."""
    mint_link: Callable[[UUID], Awaitable[str]]
    """Asks the gateway for a single-use token that signs a person in."""


@dataclass(frozen=True)
class _Reader:
    """Who reads a message."""

    address: str = field(repr=False)
    language: str
    facts: Mapping[str, str] = field(repr=False)
    """What only this reader's message says; kept nowhere."""


@dataclass(frozen=True)
class _Draft:
    """Everything a message says, read in one transaction."""

    message_id: UUID
    template: MessageTemplate
    person_id: UUID
    address: str = field(repr=False)
    reader: str
    course: Mapping[str, str] | None
    facts: Mapping[str, str] = field(repr=False)
    secret: str | None = field(repr=False)
    created_at: datetime


async def send_message(sessions: Sessions, session: AsyncSession, message_id: UUID, post: Post) -> None:
    """Send one message, if it still is to be sent, and record in `session` what became of it.

    `session` must not have begun: nothing is held open in the database while a mail server takes its time.
    """
    try:
        async with sessions.transaction() as before:
            draft = await _take_up(before, message_id, post.unsealing_key)
    except Undecipherable as problem:
        # The key of another pair, most likely: the operator has time to put the right one there.
        log.warning("message_unreadable", message_id=str(message_id), problem=problem.slug)
        await _wait(session, await lock_message(session, message_id))
        return
    if draft is not None:
        language, receipt = await _hand_over(draft, post)
        await _record(session, message_id, language, receipt)


async def _take_up(session: AsyncSession, message_id: UUID, unsealing_key: bytes) -> _Draft | None:
    """Mark the message as leaving and return what it says; None if it is not to be sent."""
    message = await lock_message(session, message_id)
    if message.state not in OPEN:
        return None
    if message.state is MessageState.SENDING:
        log.warning("message_may_repeat", message_id=str(message.id))
    person = await session.get_one(Person, message.person_id)
    obstacle = await _find_obstacle(session, message, person)
    reader = None if obstacle else await _find_reader(session, message, person)
    if reader is None:
        await end_message(session, message, obstacle or MessageState.OPTED_OUT)
        return None
    secret = None
    if message.template in DISPATCHED:
        context = dispatch_context(message.subject_id)
        secret = unseal(unsealing_key, message.sealed_token or b"", context).decode()
    edition = await session.get(MirrorEdition, message.edition_id) if message.edition_id else None
    message.state = MessageState.SENDING
    message.begun_at = message.begun_at or await real_now(session)
    return _Draft(
        message_id=message.id,
        template=message.template,
        person_id=person.id,
        address=reader.address,
        reader=reader.language,
        course=edition.title if edition else None,
        facts={**message.facts, **reader.facts},
        secret=secret,
        created_at=message.created_at,
    )


async def _hand_over(draft: _Draft, post: Post) -> tuple[str | None, Receipt]:
    """Write the mail and hand it over; return its language and what the other side said."""
    secret, page = draft.secret, post.survey_page
    if draft.template in OPENS_SESSION:
        page = post.entry_page
        try:
            secret = await post.mint_link(draft.person_id)
        except (PeerUnreachableError, PeerRefusedError) as error:
            log.warning("link_not_made", message_id=str(draft.message_id), problem=type(error).__name__)
            return None, Receipt.DELAYED
    letter = write_letter(
        draft.template, draft.reader, course=draft.course, facts=draft.facts, secret=secret, page=page
    )
    mail = EmailMessage()
    mail["Message-ID"] = f"<{draft.message_id}@{parseaddr(post.sender)[1].rpartition('@')[2]}>"
    mail["Date"] = format_datetime(draft.created_at)
    mail["From"], mail["To"], mail["Subject"] = post.sender, draft.address, letter.subject
    mail["Auto-Submitted"] = "auto-generated"  # so that nobody's absence note answers it (RFC 3834)
    mail.set_content(letter.text)
    mail["Content-Language"] = letter.language
    return letter.language, await post.deliver(str(draft.message_id), mail)


async def _find_obstacle(session: AsyncSession, message: Message, person: Person) -> MessageState | None:
    if message.participation_id is not None:
        participation = await session.get_one(Participation, message.participation_id)
        if participation.state in OUT_OF_REACH:
            return MessageState.DROPPED
    purpose = consent_for(message.template)
    if purpose is None:
        return None
    now = await real_now(session)
    consents = await find_consents(session, person.id, purpose)
    agrees = any(is_in_force(consent.granted_at, consent.valid_until, now) for consent in consents)
    return None if agrees else MessageState.OPTED_OUT


async def _find_reader(session: AsyncSession, message: Message, person: Person) -> _Reader | None:
    """Return who is written to: the person, or the supervisor under whom they work now and who agreed to it."""
    if message.template not in TO_SUPERVISOR:
        return _Reader(person.email, person.preferred_language, {}) if person.email else None
    today = (await domain_now(session, message.provenance)).date()
    for affiliation in await find_supervised(session, person.id):
        supervisor = affiliation.supervisor
        if supervisor is not None and is_current(affiliation.period, today):
            language = language_of(message.template, supervisor.preferred_language)
            employee = {"employee": name_to_print(person.names, language)}
            return _Reader(supervisor.email, supervisor.preferred_language, employee)
    return None


async def _record(session: AsyncSession, message_id: UUID, language: str | None, receipt: Receipt) -> None:
    message = await lock_message(session, message_id)
    if message.state is not MessageState.SENDING:
        return
    message.language = language
    match receipt:
        case Receipt.ACCEPTED:
            await end_message(session, message, MessageState.SENT)
        case Receipt.REFUSED:
            await end_message(session, message, MessageState.BOUNCED)
        case Receipt.DELAYED:
            await _wait(session, message)


async def _wait(session: AsyncSession, message: Message) -> None:
    """Let a message that was put off be tried again, until nobody waits for it any more."""
    now = await real_now(session)
    if now - (message.begun_at or now) >= GIVE_UP_AFTER:
        await end_message(session, message, MessageState.FAILED)
        return
    message.state, message.begun_at = MessageState.QUEUED, message.begun_at or now
    message.delays += 1
    log.info("message_delayed", message_id=str(message.id), attempt=message.delays)
    due = await domain_now(session, message.provenance) + back_off(message.delays)
    await schedule_job(session, SEND_MESSAGE, message.id, due, provenance=message.provenance)
