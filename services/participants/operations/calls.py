"""What a call asks of whoever wants to enter it: that it is open, that there is a place, that the person agreed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.clock import domain_now, real_now
from services.participants.db.applications import count_nominations
from services.participants.db.consents import find_consents
from services.participants.db.mirrors import deadline_of, find_line_of
from services.participants.db.tables import Authority, MirrorEdition, MirrorSeatLine
from services.participants.domain.applications import NomineePlace, Slot
from services.participants.domain.calls import CANCELLED_EDITION, CallState, state_of_call
from services.participants.domain.people import ConsentPurpose, is_in_force
from services.participants.domain.problems import CallClosed, ConsentMissing, SeatLineRefused
from services.participants.domain.selection_problems import DelegationExpired


async def require_open_call(
    session: AsyncSession, edition: MirrorEdition, authority: Authority | None
) -> datetime:
    """Return the deadline of a call that is open to `authority` by the database's clock (R4), or to everybody.

    Raises `CallClosed`.
    """
    deadline = edition.call_closes_at
    if authority is not None:
        deadline = await deadline_of(session, edition, authority.id)
    state = state_of_call(
        edition.call_opens_at,
        deadline,
        cancelled=edition.state == CANCELLED_EDITION,
        now=await domain_now(session, edition.provenance),
    )
    if state is not CallState.OPEN or deadline is None:
        raise CallClosed(f"The call is {state}.")
    return deadline


async def require_delegation(session: AsyncSession, authority: Authority) -> None:
    """Raise `DelegationExpired` if the document by which the authority nominates has run out."""
    until = (authority.delegation or {}).get("valid_until")
    if until is not None and until < (await real_now(session)).date().isoformat():
        raise DelegationExpired("Enter the document that prolongs it.")


async def require_consent(session: AsyncSession, person_id: UUID) -> None:
    """Raise `ConsentMissing` unless the person agrees to the processing of an application (R11)."""
    now = await real_now(session)
    consents = await find_consents(session, person_id, ConsentPurpose.PROCESS_APPLICATION)
    if not any(is_in_force(consent.granted_at, consent.valid_until, now) for consent in consents):
        raise ConsentMissing("The person has not agreed to the processing of an application.")


async def find_place(
    session: AsyncSession,
    edition: MirrorEdition,
    authority: Authority,
    place: NomineePlace,
    slot: Slot,
    *,
    besides: UUID | None = None,
) -> MirrorSeatLine:
    """Return the seat line in which the authority still has such a place, `besides` a nomination of its own.

    Raises `SeatLineRefused` (R3).
    """
    line = await find_line_of(
        session, edition.id, organization_id=authority.organization_id, country=authority.country
    )
    if line is None:
        raise SeatLineRefused("The authority has no seats in this edition.")
    places = line.stated_seats if place is NomineePlace.PRINCIPAL else line.reserve
    counted = await count_nominations(session, line.id, besides=besides)
    if counted.of(place) >= (places or 0):
        raise SeatLineRefused(f"Every {place} place of the seat line is filled.")
    if slot is Slot.DISCRETIONARY and counted.discretionaries >= line.discretionary:
        raise SeatLineRefused("Every discretionary place of the seat line is filled.")
    return line
