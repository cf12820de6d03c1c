"""What can be done to offers; each change of a seat stands in the same transaction as its cause."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.audit import record_change
from services.common.clock import domain_now
from services.common.identity import Caller
from services.common.jobs import cancel_job
from services.common.outbox import publish
from services.common.problems import Problem
from services.common.seal import pseudonym
from services.participants.db.applications import (
    find_standing_offer,
    get_application,
    get_offer,
    lock_applications,
    lock_own_offer,
)
from services.participants.db.mirrors import get_edition
from services.participants.db.people import get_person
from services.participants.db.seats import find_open_offers, is_full, release_seat, take_seat
from services.participants.db.tables import Offer, Participation
from services.participants.domain.applications import ApplicationState
from services.participants.domain.calls import CANCELLED_EDITION
from services.participants.domain.events import PARTICIPATION_ENROLLED, ParticipationData
from services.participants.domain.messages import MessageTemplate
from services.participants.domain.offers import EXPIRE_OFFER, OFFER_LIFE, DeclineReason, OfferState
from services.participants.domain.participations import ParticipationRole, ParticipationState
from services.participants.domain.people import Sex
from services.participants.domain.problems import (
    ApplicationNotFound,
    CallClosed,
    NoFreeSeat,
    OfferExpired,
    StepRefused,
)
from services.participants.operations.messages import drop_messages, queue_message
from services.participants.operations.seats import (
    ROOM,
    add_offer,
    fill_edition,
    find_promotions,
    promote,
    report_seats,
)
from services.participants.schemas.applications import OfferCreate, OffersCreate, PromotionsWrite


async def make_offer(session: AsyncSession, caller: Caller, request: OfferCreate) -> Offer:
    """Offer a seat to a selected application; raise `NoFreeSeat` if the line or the edition has none (R2)."""
    application = await get_application(session, request.application_id, visible_to=caller, lock=True)
    edition = await get_edition(session, application.edition_id)
    if edition.state == CANCELLED_EDITION:
        raise CallClosed("The edition is cancelled.")
    if application.state is not ApplicationState.SELECTED:
        raise StepRefused(f"An application that is {application.state} gets no offer.")
    if await find_standing_offer(session, application.id) is not None:
        raise StepRefused("There is an offer to this application already.")
    if request.reply_by <= await domain_now(session, edition.provenance):
        raise OfferExpired("The time to answer must lie ahead.")
    # The counters are asked last: who counts holds the edition, and all others wait for the end of it.
    if is_full(edition) or not await take_seat(session, application.edition_id, application.seat_line_id):
        raise NoFreeSeat("Every seat of the line or of the edition is taken.")
    offer = await add_offer(session, caller, application, request.reply_by, request.benefits)
    await report_seats(session, offer.edition_id)
    return offer


async def make_offers(
    session: AsyncSession, caller: Caller, edition_id: UUID, request: OffersCreate
) -> list[tuple[UUID, Problem | None]]:
    """Offer seats to many selected applications; a row that is refused leaves the others standing."""
    await get_edition(session, edition_id, lock=True)
    known = await lock_applications(session, edition_id, request.application_ids)
    results: list[tuple[UUID, Problem | None]] = []
    for application_id in request.application_ids:
        try:
            if application_id not in known:
                raise ApplicationNotFound("The edition has no such application.")
            # A row of its own: a seat of the edition may be counted before the line refuses.
            async with session.begin_nested():
                row = OfferCreate(
                    application_id=application_id, reply_by=request.reply_by, benefits=request.benefits
                )
                await make_offer(session, caller, row)
            results.append((application_id, None))
        except Problem as problem:
            results.append((application_id, problem))
    return results


async def promote_waiting(
    session: AsyncSession, caller: Caller, edition_id: UUID, request: PromotionsWrite
) -> list[tuple[UUID, Problem | None]]:
    """Offer free seats to those of the next in line who are named; nobody is passed over."""
    edition = await get_edition(session, edition_id, lock=True)
    next_ = {one.id: one for one in await find_promotions(session, edition)}
    results: list[tuple[UUID, Problem | None]] = []
    for application_id in dict.fromkeys(request.application_ids):
        application = next_.get(application_id)
        if application is None:
            results.append((application_id, StepRefused("They are not next for a seat that is free.")))
            continue
        await promote(session, caller, edition, application)
        results.append((application_id, None))
    await report_seats(session, edition_id)
    return results


async def accept_offer(
    session: AsyncSession, caller: Caller, offer_id: UUID, *, pseudonym_key: bytes
) -> Offer:
    """Accept one's own offer: the participation begins in the same transaction.

    Raises `OfferExpired` after the time to answer (R7) and `StepRefused` for an offer that is answered.
    """
    offer = await lock_own_offer(session, offer_id, caller=caller)
    _require_step(offer, OfferState.ACCEPTED)
    if offer.reply_by <= await domain_now(session, offer.provenance):
        raise OfferExpired("The time to answer the offer is over.")
    offer.state = OfferState.ACCEPTED
    await record_change(session, caller, "offer.accepted", offer, ["state"])
    await cancel_job(session, EXPIRE_OFFER, offer.id)
    await drop_messages(session, offer.id)
    person = await get_person(session, offer.person_id, visible_to=caller)
    participation = Participation(
        edition_id=offer.edition_id,
        person_id=offer.person_id,
        authority_id=offer.authority_id,
        seat_line_id=offer.seat_line_id,
        offer_id=offer.id,
        pseudonym=pseudonym(pseudonym_key, offer.person_id, offer.edition_id),
        role=ParticipationRole.PARTICIPANT,
        state=ParticipationState.ENROLLED,
        country=person.nationality,
        provenance=offer.provenance,
    )
    session.add(participation)
    await record_change(session, caller, "participation.enrolled", participation)
    edition = await get_edition(session, offer.edition_id)
    await publish(
        session,
        PARTICIPATION_ENROLLED,
        participation_data(participation, person.sex, edition.audience, person.preferred_language),
    )
    await report_seats(session, offer.edition_id)
    return offer


async def decline_offer(
    session: AsyncSession, caller: Caller, offer_id: UUID, reason: DeclineReason | None = None
) -> Offer:
    """Decline one's own offer, with the reason if one is given; its seat goes to the waiting list."""
    offer = await lock_own_offer(session, offer_id, caller=caller)
    offer.decline_reason = reason
    await end_offer(session, caller, offer, OfferState.DECLINED)
    return offer


async def withdraw_offer(session: AsyncSession, caller: Caller, offer_id: UUID) -> Offer:
    """Take back an offer that nobody has answered."""
    offer = await get_offer(session, offer_id, visible_to=caller, lock=True)
    await end_offer(session, caller, offer, OfferState.WITHDRAWN)
    return offer


async def expire_offer(session: AsyncSession, offer_id: UUID) -> None:
    """End an unanswered offer whose time is over; may be repeated."""
    offer = await get_offer(session, offer_id, visible_to=ROOM, lock=True)
    if offer.state is OfferState.OFFERED and offer.reply_by <= await domain_now(session, offer.provenance):
        await end_offer(session, ROOM, offer, OfferState.EXPIRED)


async def stop_offers(session: AsyncSession, edition_id: UUID) -> None:
    """Withdraw the unanswered offers of a cancelled edition; nobody is promoted there."""
    for offer in await find_open_offers(session, edition_id):
        offer.state = OfferState.WITHDRAWN
        await record_change(session, ROOM, "offer.withdrawn", offer, ["state"])
        await _end_correspondence(session, offer)
        await release_seat(session, offer.edition_id, offer.seat_line_id)


async def end_offer(session: AsyncSession, caller: Caller, offer: Offer, state: OfferState) -> None:
    """End an unanswered, locked offer; its seat is free and given on at once."""
    _require_step(offer, state)
    offer.state = state
    await record_change(session, caller, f"offer.{state}", offer, ["state", "decline_reason"])
    await _end_correspondence(session, offer)
    await release_seat(session, offer.edition_id, offer.seat_line_id)
    await fill_edition(session, offer.edition_id)
    await report_seats(session, offer.edition_id)


async def _end_correspondence(session: AsyncSession, offer: Offer) -> None:
    """Remind nobody of an offer that has ended; who had it withdrawn is told."""
    await cancel_job(session, EXPIRE_OFFER, offer.id)
    await drop_messages(session, offer.id)
    if offer.state is OfferState.WITHDRAWN:
        await queue_message(
            session,
            MessageTemplate.OFFER_WITHDRAWN,
            offer.person_id,
            offer.id,
            edition_id=offer.edition_id,
        )


def participation_data(
    participation: Participation, sex: Sex, audience: str | None, language: str
) -> ParticipationData:
    """Return what evaluation learns of a participation: its pseudonym and codes, never the person."""
    return ParticipationData(
        aggregate_id=participation.pseudonym,
        aggregate_version=participation.version,
        edition_id=participation.edition_id,
        pseudonym=str(participation.pseudonym),
        state=participation.state,
        country=participation.country,
        sex=sex,
        audience=audience,
        language=language,
    )


def _require_step(offer: Offer, state: OfferState) -> None:
    if not OFFER_LIFE.may_become(offer.state, state):
        raise StepRefused(f"An offer that is {offer.state} cannot be {state}.")
