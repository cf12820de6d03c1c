"""What can be done to nominations and applications."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.audit import record_change
from services.common.clock import domain_now, real_now
from services.common.identity import Caller
from services.common.problems import Problem
from services.participants.db.applications import (
    count_in_line,
    find_live_nominations,
    find_standing_offer,
    get_application,
    lock_applications,
)
from services.participants.db.mirrors import deadline_of, find_line_of, get_edition
from services.participants.db.people import find_consents, get_authority, get_person
from services.participants.db.tables import (
    Application,
    Authority,
    MirrorEdition,
    MirrorSeatLine,
    Nomination,
)
from services.participants.domain.applications import (
    APPLICATION_LIFE,
    NEEDS_REASON,
    ApplicationState,
    Channel,
    Decision,
    NomineePlace,
    path_of_decision,
    require_permutation,
)
from services.participants.domain.calls import CANCELLED_EDITION, CallState, state_of_call
from services.participants.domain.offers import OfferState
from services.participants.domain.people import ConsentPurpose, is_in_force
from services.participants.domain.problems import (
    ApplicationNotFound,
    CallClosed,
    ConsentMissing,
    RankOrderInvalid,
    ReasonMissing,
    SeatLineRefused,
    StepRefused,
)
from services.participants.operations.offers import end_offer
from services.participants.operations.seats import fill_edition, report_seats
from services.participants.schemas.applications import DecisionsWrite, DecisionWrite, NominationCreate


async def nominate(session: AsyncSession, caller: Caller, request: NominationCreate) -> Nomination:
    """Put a person forward: application and nomination are made together, last in the authority's order.

    Raises `CallClosed` (R4), `ConsentMissing` (R11), `SeatLineRefused` (R3) and `ApplicationExists` (R1).
    """
    authority = await get_authority(session, request.authority_id, visible_to=caller, lock=True)
    edition = await get_edition(session, request.edition_id)
    person = await get_person(session, request.person_id, visible_to=caller)
    await _require_open_call(session, edition, authority)
    await _require_consent(session, person.id)
    line = await _find_place(session, edition, authority, request.place)
    ranked = await find_live_nominations(session, edition.id, authority.id)
    application = Application(
        edition_id=edition.id,
        person_id=person.id,
        authority_id=authority.id,
        seat_line_id=line.id,
        channel=Channel.AUTHORITY,
        state=ApplicationState.NOMINATED,
        provenance=edition.provenance,
    )
    session.add(application)
    await record_change(session, caller, "application.nominated", application)
    nomination = Nomination(
        application_id=application.id,
        rank=max((nomination.rank for nomination in ranked), default=0) + 1,
        **request.model_dump(exclude={"person_id"}),
    )
    session.add(nomination)
    await record_change(session, caller, "nomination.made", nomination)
    return nomination


async def rank_nominations(
    session: AsyncSession, caller: Caller, edition_id: UUID, authority_id: UUID, order: Sequence[UUID]
) -> list[UUID]:
    """Put an authority's live nominations into an order; raise `RankOrderInvalid` unless it names each once."""
    authority = await get_authority(session, authority_id, visible_to=caller, lock=True)
    edition = await get_edition(session, edition_id)
    await _require_open_call(session, edition, authority)
    nominations = {n.id: n for n in await find_live_nominations(session, edition.id, authority.id)}
    try:
        require_permutation(order, list(nominations))
    except ValueError as error:
        raise RankOrderInvalid("Name each of the authority's nominations exactly once.") from error
    for rank, nomination_id in enumerate(order, start=1):
        nomination = nominations[nomination_id]
        if nomination.rank != rank:
            nomination.rank = rank
            await record_change(session, caller, "nomination.ranked", nomination, ["rank"])
    return list(order)


async def decide_applications(
    session: AsyncSession, caller: Caller, edition_id: UUID, request: DecisionsWrite
) -> list[tuple[UUID, Problem | None]]:
    """Decide about applications one by one; a row that is refused leaves the others standing."""
    await get_edition(session, edition_id, lock=True)
    ids = [row.application_id for row in request.decisions]
    applications = await lock_applications(session, edition_id, ids)
    results: list[tuple[UUID, Problem | None]] = []
    for row in request.decisions:
        try:
            await _decide(session, caller, applications.get(row.application_id), row)
            results.append((row.application_id, None))
        except Problem as problem:
            results.append((row.application_id, problem))
    await fill_edition(session, edition_id, caller)
    await report_seats(session, edition_id)
    return results


async def release_decisions(session: AsyncSession, caller: Caller, edition_id: UUID) -> MirrorEdition:
    """Make the decisions known: from now on a free seat goes to the waiting list at once (R14)."""
    edition = await get_edition(session, edition_id, lock=True)
    if edition.decisions_released_at is None:
        edition.decisions_released_at = await domain_now(session, edition.provenance)
        await session.flush()
        await fill_edition(session, edition_id, caller)
        await report_seats(session, edition_id)
    return edition


async def withdraw_application(session: AsyncSession, caller: Caller, application_id: UUID) -> Application:
    """Take an application back; the seat of an unanswered offer is free again.

    Raises `StepRefused` where the offer was accepted: the participation is withdrawn then.
    """
    application = await get_application(session, application_id, visible_to=caller)
    await get_edition(session, application.edition_id, lock=True)
    application = await get_application(session, application_id, visible_to=caller, lock=True)
    offer = await find_standing_offer(session, application.id)
    if offer is not None and offer.state is OfferState.ACCEPTED:
        raise StepRefused("The offer was accepted; withdraw the participation.")
    _require_step(application, ApplicationState.WITHDRAWN)
    application.state, application.waiting_rank = ApplicationState.WITHDRAWN, None
    await record_change(session, caller, "application.withdrawn", application, ["state"])
    if offer is not None:
        await end_offer(session, caller, offer, OfferState.WITHDRAWN)
    return application


async def _decide(
    session: AsyncSession, caller: Caller, application: Application | None, row: DecisionWrite
) -> None:
    if application is None:
        raise ApplicationNotFound("The edition has no such application.")
    if row.decision in NEEDS_REASON and row.reason_code is None:
        raise ReasonMissing("Name the reason of a refusal.")
    try:
        target = path_of_decision(application.state, row.decision)[-1]
    except ValueError as error:
        raise StepRefused(f"An application that is {application.state} cannot be {row.decision}.") from error
    application.state, application.reason_code = target, row.reason_code
    waits = row.decision is Decision.WAITLISTED
    application.waiting_rank = (row.waiting_rank or 0) if waits else None
    await record_change(
        session, caller, f"application.{target}", application, ["state", "reason_code", "waiting_rank"]
    )


def _require_step(application: Application, target: ApplicationState) -> None:
    if not APPLICATION_LIFE.may_become(application.state, target):
        raise StepRefused(f"An application that is {application.state} cannot be {target}.")


async def _require_open_call(session: AsyncSession, edition: MirrorEdition, authority: Authority) -> None:
    state = state_of_call(
        edition.call_opens_at,
        await deadline_of(session, edition, authority.id),
        cancelled=edition.state == CANCELLED_EDITION,
        now=await domain_now(session, edition.provenance),
    )
    if state is not CallState.OPEN:
        raise CallClosed(f"The call is {state}.")


async def _require_consent(session: AsyncSession, person_id: UUID) -> None:
    now = await real_now(session)
    consents = await find_consents(session, person_id, ConsentPurpose.PROCESS_APPLICATION)
    if not any(is_in_force(consent.granted_at, consent.valid_until, now) for consent in consents):
        raise ConsentMissing("The person has not agreed to the processing of an application.")


async def _find_place(
    session: AsyncSession, edition: MirrorEdition, authority: Authority, place: NomineePlace
) -> MirrorSeatLine:
    line = await find_line_of(
        session, edition.id, organization_id=authority.organization_id, country=authority.country
    )
    if line is None:
        raise SeatLineRefused("The authority has no seats in this edition.")
    places = line.stated_seats if place is NomineePlace.PRINCIPAL else line.reserve
    if await count_in_line(session, line.id, place) >= (places or 0):
        raise SeatLineRefused(f"Every {place} place of the seat line is filled.")
    return line
