"""Giving out free seats, and telling programs how they stand."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.audit import record_change
from services.common.clock import domain_now
from services.common.identity import Caller, acting_service
from services.common.jobs import schedule_job
from services.common.outbox import publish
from services.participants.db.allocations import find_settings
from services.participants.db.applications import next_offer_number
from services.participants.db.mirrors import find_seat_lines, get_edition
from services.participants.db.seats import (
    Held,
    count_held,
    count_lines,
    find_waiting,
    next_version,
    take_seat,
)
from services.participants.db.tables import Application, MirrorEdition, MirrorSeatLine, Offer
from services.participants.domain.allocation import fill_seats
from services.participants.domain.applications import ApplicationState
from services.participants.domain.calls import CANCELLED_EDITION, words_of_deadline
from services.participants.domain.events import SEATS_CHANGED, SeatLineCount, SeatsData
from services.participants.domain.messages import MessageTemplate
from services.participants.domain.offers import (
    EXPIRE_OFFER,
    REMINDED_BEFORE,
    Benefit,
    OfferState,
    Promotion,
    may_replace,
    reply_by_of_promotion,
)
from services.participants.domain.problems import NoFreeSeat
from services.participants.operations.messages import drop_messages, queue_message

ROOM = acting_service("participants")


async def fill_edition(session: AsyncSession, edition_id: UUID, caller: Caller = ROOM) -> None:
    """Offer every free seat to who waits in its line, in order and within its minimum of women (R14).

    While replacement is on, and unless the edition leaves it to staff. Seats of selected people who have had no
    offer yet are not free. Locks the edition, so that of two who free seats at once the second sees what the
    first gave out.
    """
    edition = await get_edition(session, edition_id, lock=True)
    settings = await find_settings(session, edition_id)
    if settings is not None and settings.promotion is Promotion.PROPOSE:
        return
    for application in await find_promotions(session, edition):
        await promote(session, caller, edition, application)


async def find_promotions(
    session: AsyncSession, edition: MirrorEdition, *, lock: bool = True
) -> list[Application]:
    """Return who is next for the seats that are free now, line by line; nobody outside the time of replacement."""
    now = await domain_now(session, edition.provenance)
    if edition.state == CANCELLED_EDITION or not may_replace(
        edition.decisions_released_at, edition.replacement_until, now
    ):
        return []
    held = await count_held(session, edition.id)
    left = None if edition.capacity is None else edition.capacity - edition.taken
    found: list[Application] = []
    for line in await find_seat_lines(session, [edition.id]):
        room = None if left is None else left - len(found)
        found += await _find_next(session, line, held.get(line.id, Held()), room, lock=lock)
    return found


async def _find_next(
    session: AsyncSession, line: MirrorSeatLine, held: Held, left: int | None, *, lock: bool
) -> list[Application]:
    free = (line.seats or 0) - max(held.seats, line.taken)
    free = free if left is None else min(free, left)
    if free <= 0:
        return []
    queue = await find_waiting(session, line.edition_id, line.id, lock=lock)
    due = max(0, line.minimum_women - held.women)
    given = fill_seats(queue, free, women_due=due, is_hard=line.minimum_women_is_hard)
    return [one.application for one in given]


async def promote(
    session: AsyncSession, caller: Caller, edition: MirrorEdition, application: Application
) -> None:
    """Give somebody who waits a free seat, with an offer; raise `NoFreeSeat`."""
    application.state, application.waiting_rank = ApplicationState.SELECTED, None
    await record_change(session, caller, "application.promoted", application, ["state", "waiting_rank"])
    await drop_messages(session, application.id)  # that they wait is true no more
    if not await take_seat(session, edition.id, application.seat_line_id):
        raise NoFreeSeat("The free seat was taken meanwhile.")
    now = await domain_now(session, edition.provenance)
    await add_offer(session, caller, application, reply_by_of_promotion(now, edition.replacement_until))


async def add_offer(
    session: AsyncSession,
    caller: Caller,
    application: Application,
    reply_by: datetime,
    benefits: Sequence[Benefit] = (),
) -> Offer:
    """Offer a seat, which is taken already, of the application's line; the offer expires at `reply_by`.

    The person is written to now, and again shortly before the end.
    """
    edition = await get_edition(session, application.edition_id)
    offer = Offer(
        application_id=application.id,
        edition_id=application.edition_id,
        seat_line_id=application.seat_line_id,
        person_id=application.person_id,
        authority_id=application.authority_id,
        state=OfferState.OFFERED,
        number=await next_offer_number(session, application.edition_id),
        benefits=list(benefits),
        reply_by=reply_by,
        provenance=application.provenance,
    )
    session.add(offer)
    await record_change(session, caller, "offer.made", offer)
    await schedule_job(session, EXPIRE_OFFER, offer.id, reply_by, provenance=offer.provenance)
    until = {"until": words_of_deadline(reply_by, edition.zone)}
    for template, send_at in (
        (MessageTemplate.OFFER_MADE, None),
        (MessageTemplate.OFFER_REMINDER, reply_by - REMINDED_BEFORE),
    ):
        await queue_message(
            session, template, offer.person_id, offer.id, edition_id=edition.id, facts=until, send_at=send_at
        )
    return offer


async def report_seats(session: AsyncSession, edition_id: UUID) -> None:
    """Tell programs how the edition's seats stand now."""
    await session.flush()
    version = await next_version(session, edition_id, "seats_version")
    lines = [
        SeatLineCount(
            seat_line_id=count.line.id,
            taken=count.line.taken,
            accepted=count.accepted,
            waiting=count.waiting,
            overcommitted=max(count.line.taken - (count.line.stated_seats or 0), 0),
        )
        for count in await count_lines(session, edition_id)
    ]
    await publish(
        session, SEATS_CHANGED, SeatsData(aggregate_id=edition_id, aggregate_version=version, lines=lines)
    )
