"""Forgetting a person: asked for by one, approved by another, confirmed by every service, proved by a receipt.

The approval empties the rows in one transaction and tells the other services; keys and files are destroyed after
that has committed, and both may be repeated. Source: design/reliability.md (privacy).
"""

import base64
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.audit import record_change
from services.common.clock import real_now
from services.common.file_records import discard_files, discard_files_of, file
from services.common.identity import Caller
from services.common.jobs import schedule_job
from services.common.outbox import publish
from services.participants.db.matching import forget_keys
from services.participants.db.message_tables import Message
from services.participants.db.messages import find_open_messages
from services.participants.db.people import get_person
from services.participants.db.personal import delete_rows_about, find_ids_about, forget_columns
from services.participants.db.privacy import (
    find_erasure,
    find_legal_holds,
    find_pseudonyms,
    find_records_of,
    find_unanswered,
    get_erasure,
    get_legal_hold,
)
from services.participants.db.privacy_tables import Erasure, LegalHold
from services.participants.db.seats import release_seat
from services.participants.db.tables import Person
from services.participants.domain.erasures import (
    ERASURE_LIFE,
    FINISH_ERASURE,
    KEPT_HERE,
    ErasureGround,
    ErasureState,
    holds,
    is_complete,
)
from services.participants.domain.events import ACCESS_ERASED, PERSON_ERASED, AccessData, ErasureData
from services.participants.domain.messages import MessageState
from services.participants.domain.participations import PRESENT, ParticipationState
from services.participants.domain.problems import ErasureHeld, SecondPersonNeeded, StepRefused
from services.participants.operations.applications import withdraw_application
from services.participants.operations.awards import take_awards_back
from services.participants.operations.messages import end_message
from services.participants.operations.seats import ROOM, fill_edition, report_seats
from services.participants.operations.vouchers import release_vouchers
from services.participants.schemas.privacy import ErasureCreate, LegalHoldCreate


async def request_erasure(session: AsyncSession, caller: Caller, request: ErasureCreate) -> Erasure:
    """Ask that a person be forgotten; the person may, or staff for them. Raises `PersonNotFound`."""
    person = await get_person(session, request.person_id, visible_to=caller, lock=True)
    return await _enter(session, caller, person, request.ground)


async def refuse_erasure(session: AsyncSession, caller: Caller, erasure_id: UUID) -> Erasure:
    """End a request that nobody has approved."""
    erasure = await get_erasure(session, erasure_id, visible_to=caller, lock=True)
    _require_step(erasure, ErasureState.REFUSED)
    erasure.state = ErasureState.REFUSED
    await record_change(session, caller, "erasure.refused", erasure, ["state"])
    return erasure


async def approve_erasure(session: AsyncSession, caller: Caller, erasure_id: UUID) -> Erasure:
    """Forget the person now; raise `SecondPersonNeeded` for who asked, `ErasureHeld` while a hold stands."""
    erasure = await get_erasure(session, erasure_id, visible_to=caller, lock=True)
    _require_step(erasure, ErasureState.RUNNING)
    if erasure.requested_by == caller.principal:
        raise SecondPersonNeeded("Somebody other than who asked for it approves an erasure.")
    await _begin(session, caller, erasure)
    return erasure


async def erase_unused(session: AsyncSession, person: Person) -> None:
    """Forget somebody whose time is over by the retention policy; nobody needs to ask."""
    erasure = await _enter(session, ROOM, person, ErasureGround.RETENTION)
    await _begin(session, ROOM, erasure)


async def note_keys_destroyed(session: AsyncSession, erasure_id: UUID) -> None:
    """Record that keys and files are gone."""
    erasure = await find_erasure(session, erasure_id)
    if erasure is not None and erasure.keys_destroyed_at is None:
        erasure.keys_destroyed_at = await real_now(session)
        await record_change(session, ROOM, "erasure.keys_destroyed", erasure, ["keys_destroyed_at"])
        await _complete_if_done(session, erasure)


async def note_confirmation(session: AsyncSession, erasure_id: UUID, service: str, kept: list[str]) -> None:
    """Record that a service has forgotten its part; one for an erasure that is not known changes nothing."""
    erasure = await find_erasure(session, erasure_id)
    if erasure is None or service in erasure.confirmations:
        return
    erasure.confirmations = {**erasure.confirmations, service: sorted(kept)}
    await record_change(session, ROOM, "erasure.confirmed", erasure, ["confirmations"])
    await _complete_if_done(session, erasure)


async def place_legal_hold(
    session: AsyncSession, caller: Caller, person_id: UUID, request: LegalHoldCreate
) -> LegalHold:
    """Let a person's data be kept for now, whatever is asked."""
    person = await get_person(session, person_id, visible_to=caller)
    hold = LegalHold(person_id=person.id, **request.model_dump())
    session.add(hold)
    await record_change(session, caller, "legal_hold.placed", hold)
    return hold


async def release_legal_hold(session: AsyncSession, caller: Caller, legal_hold_id: UUID) -> LegalHold:
    """End a hold; saying it twice changes nothing."""
    hold = await get_legal_hold(session, legal_hold_id)
    if hold.released_at is None:
        hold.released_at = await real_now(session)
        await record_change(session, caller, "legal_hold.released", hold, ["released_at"])
    return hold


def receipt_of(erasure: Erasure) -> dict[str, Any]:
    """Return what a completed erasure is proved by: who was forgotten where, and what was kept and why."""
    return {
        "erasure_id": str(erasure.id),
        "person_id": str(erasure.person_id),
        "ground": erasure.ground,
        "approved_at": _told(erasure.approved_at),
        "keys_destroyed_at": _told(erasure.keys_destroyed_at),
        "completed_at": _told(erasure.completed_at),
        "kept": {"participants": sorted(KEPT_HERE), **erasure.confirmations},
    }


async def _enter(session: AsyncSession, caller: Caller, person: Person, ground: ErasureGround) -> Erasure:
    erasure = Erasure(
        person_id=person.id,
        ground=ground,
        state=ErasureState.REQUESTED,
        requested_by=caller.principal,
        subjects=[],
        letters=[],
        confirmations={},
    )
    session.add(erasure)
    await record_change(session, caller, "erasure.requested", erasure)
    return erasure


async def _begin(session: AsyncSession, caller: Caller, erasure: Erasure) -> None:
    records = await find_records_of(session, erasure.person_id)
    persons = [person.id for person in records]
    now = await real_now(session)
    if any(holds(h.released_at, h.until, now) for h in await find_legal_holds(session, persons)):
        raise ErasureHeld("A legal hold keeps these data for now.")
    await _leave_editions(session, persons)
    await take_awards_back(session, persons)
    found = await find_ids_about(session, persons)
    await _stop_messages(session, persons)
    pseudonyms = await _take_pseudonyms(session, caller, persons)
    access = _digest_access(erasure.id, records)
    await discard_files_of(session, caller, sorted({id_ for ids in found.values() for id_ in ids}))
    await discard_files(session, caller, file.c.owner.in_([str(id_) for id_ in persons]))
    await forget_columns(session, persons)
    for id_ in persons:
        await forget_keys(session, id_)
    await delete_rows_about(session, "duplicate_candidate", persons)
    for person in records:
        await session.refresh(person)
        person.erased_at = now
        await record_change(session, caller, "person.erased", person, ["erased_at"])
    erasure.state, erasure.approved_by, erasure.approved_at = ErasureState.RUNNING, caller.principal, now
    erasure.subjects = [str(id_) for id_ in persons]
    erasure.letters = [str(id_) for id_ in found.get("message", [])]
    await record_change(session, caller, "erasure.approved", erasure, ["state", "approved_by"])
    data = ErasureData(aggregate_id=erasure.id, aggregate_version=1, pseudonyms=pseudonyms)
    await publish(session, PERSON_ERASED, data)
    await publish(session, ACCESS_ERASED, access)
    await schedule_job(session, FINISH_ERASURE, erasure.id, now)


async def _leave_editions(session: AsyncSession, persons: list[UUID]) -> None:
    """Give back the seats of what has not been held yet; evaluation is told by the erasure itself."""
    for participation in await find_pseudonyms(session, persons):
        if participation.state in PRESENT:
            participation.state = ParticipationState.WITHDRAWN
            await record_change(session, ROOM, "participation.withdrawn", participation, ["state"])
            await release_seat(session, participation.edition_id, participation.seat_line_id)
            await fill_edition(session, participation.edition_id)
            await report_seats(session, participation.edition_id)
    await release_vouchers(session, persons)
    for application_id in await find_unanswered(session, persons):
        await withdraw_application(session, ROOM, application_id)


async def _stop_messages(session: AsyncSession, persons: list[UUID]) -> None:
    for message in await find_open_messages(session, Message.person_id.in_(persons)):
        await end_message(session, message, MessageState.DROPPED)
    await session.flush()


async def _take_pseudonyms(session: AsyncSession, caller: Caller, persons: list[UUID]) -> list[str]:
    """Return the pseudonyms that others know, and part the participations from them."""
    known = []
    for participation in await find_pseudonyms(session, persons):
        known.append(str(participation.pseudonym))
        participation.pseudonym = uuid4()
        await record_change(session, caller, "participation.unlinked", participation, ["pseudonym"])
    return known


def _digest_access(erasure_id: UUID, records: Sequence[Person]) -> AccessData:
    """Return by what the gateway knows the person's accounts without being told an address."""
    key = secrets.token_bytes(32)
    addresses = sorted({person.email.lower() for person in records if person.email})
    return AccessData(
        aggregate_id=erasure_id,
        aggregate_version=1,
        persons=[str(person.id) for person in records],
        key=base64.b64encode(key).decode(),
        logins=[hmac.new(key, address.encode(), sha256).hexdigest() for address in addresses],
    )


async def _complete_if_done(session: AsyncSession, erasure: Erasure) -> None:
    if is_complete(frozenset(erasure.confirmations), erasure.keys_destroyed_at):
        erasure.state, erasure.completed_at = ErasureState.COMPLETED, await real_now(session)
        await record_change(session, ROOM, "erasure.completed", erasure, ["state", "completed_at"])


def _require_step(erasure: Erasure, target: ErasureState) -> None:
    if not ERASURE_LIFE.may_become(erasure.state, target):
        raise StepRefused(f"An erasure that is {erasure.state} cannot become {target}.")


def _told(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
