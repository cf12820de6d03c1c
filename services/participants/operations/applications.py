"""What can be done to nominations and applications."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.audit import record_change
from services.common.clock import domain_now
from services.common.identity import Caller
from services.common.preconditions import require_version
from services.common.problems import Problem
from services.participants.db.applications import (
    find_live_nominations,
    find_standing_offer,
    find_told,
    get_application,
    get_nomination,
    lock_applications,
)
from services.participants.db.mirrors import get_edition
from services.participants.db.nominees import find_submitted
from services.participants.db.people import get_authority, get_person
from services.participants.db.screening import find_results
from services.participants.db.selection_tables import EligibilityResult
from services.participants.db.tables import Application, MirrorEdition, Nomination
from services.participants.domain.applications import (
    APPLICATION_LIFE,
    NEEDS_REASON,
    ApplicationState,
    Channel,
    Decision,
    ReasonCode,
    path_of_decision,
    require_permutation,
)
from services.participants.domain.offers import OfferState
from services.participants.domain.problems import (
    ApplicationNotFound,
    RankOrderInvalid,
    ReasonMissing,
    StepRefused,
)
from services.participants.domain.screening import Verdict
from services.participants.domain.selection_problems import EligibilityFailed
from services.participants.operations.calls import (
    find_place,
    require_consent,
    require_delegation,
    require_open_call,
)
from services.participants.operations.messages import drop_messages
from services.participants.operations.notices import tell_decisions
from services.participants.operations.offers import end_offer
from services.participants.operations.seats import fill_edition, report_seats
from services.participants.schemas.applications import DecisionsWrite, DecisionWrite, NominationCreate
from services.participants.schemas.nominees import NominationChange


async def nominate(
    session: AsyncSession, caller: Caller, request: NominationCreate, *, channel: Channel = Channel.AUTHORITY
) -> Nomination:
    """Put a person forward, last in the authority's order; the application is made with it where there is none.

    A person who applied to the authority's seats by themselves is taken up; others need no file of their own.

    Raises `CallClosed` (R4), `ConsentMissing` (R11), `SeatLineRefused` (R3) and `ApplicationExists` (R1).
    """
    authority = await get_authority(session, request.authority_id, visible_to=caller, lock=True)
    edition = await get_edition(session, request.edition_id)
    person = await get_person(session, request.person_id, visible_to=caller)
    await require_delegation(session, authority)
    await require_open_call(session, edition, authority)
    await require_consent(session, person.id)
    line = await find_place(session, edition, authority, request.place, request.slot)
    ranked = await find_live_nominations(session, edition.id, authority.id)
    application = await find_submitted(session, edition.id, person.id, authority.id)
    if application is None:
        application = Application(
            edition_id=edition.id,
            person_id=person.id,
            authority_id=authority.id,
            channel=channel,
            provenance=edition.provenance,
        )
        session.add(application)
    application.seat_line_id, application.state = line.id, ApplicationState.NOMINATED
    await record_change(session, caller, "application.nominated", application, ["state"])
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
    await require_open_call(session, edition, authority)
    nominations = {n.id: n for n in await find_live_nominations(session, edition.id, authority.id)}
    if any(nomination.certified_at for nomination in nominations.values()):
        raise StepRefused("The authority has certified its list.")
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


async def change_nomination(
    session: AsyncSession, caller: Caller, nomination_id: UUID, request: NominationChange, *, expected: int
) -> Nomination:
    """Change place, slot or justification, as long as the call is open and the list is not certified."""
    nomination = await get_nomination(session, nomination_id, visible_to=caller)
    authority = await get_authority(session, nomination.authority_id, visible_to=caller, lock=True)
    nomination = await get_nomination(session, nomination_id, visible_to=caller, lock=True)
    require_version(nomination, expected)
    edition = await get_edition(session, nomination.edition_id)
    await require_open_call(session, edition, authority)
    if nomination.certified_at is not None:
        raise StepRefused("The authority has certified its list.")
    if (nomination.place, nomination.slot) != (request.place, request.slot):
        await find_place(session, edition, authority, request.place, request.slot, besides=nomination.id)
    nomination.place, nomination.slot = request.place, request.slot
    nomination.justification = request.justification
    await record_change(session, caller, "nomination.changed", nomination, ["place", "slot", "justification"])
    return nomination


async def decide_applications(
    session: AsyncSession, caller: Caller, edition_id: UUID, request: DecisionsWrite
) -> list[tuple[UUID, Problem | None]]:
    """Decide about applications one by one; a row that is refused leaves the others standing."""
    edition = await get_edition(session, edition_id, lock=True)
    ids = [row.application_id for row in request.decisions]
    applications = await lock_applications(session, edition_id, ids)
    eligibility = await find_results(session, ids)
    results: list[tuple[UUID, Problem | None]] = []
    for row in request.decisions:
        try:
            if row.decision is Decision.ELIGIBLE:
                _require_eligible(eligibility.get(row.application_id))
            await _decide(session, caller, applications.get(row.application_id), row)
            results.append((row.application_id, None))
        except Problem as problem:
            results.append((row.application_id, problem))
    await fill_edition(session, edition_id, caller)
    done = [applications[id_] for id_, problem in results if problem is None]
    await tell_decisions(session, edition, done)
    await report_seats(session, edition_id)
    return results


async def release_decisions(session: AsyncSession, caller: Caller, edition_id: UUID) -> MirrorEdition:
    """Make the decisions known: from now on a free seat goes to the waiting list at once (R14)."""
    edition = await get_edition(session, edition_id, lock=True)
    if edition.decisions_released_at is None:
        edition.decisions_released_at = await domain_now(session, edition.provenance)
        await session.flush()
        await fill_edition(session, edition_id, caller)
        await tell_decisions(session, edition, await find_told(session, edition_id))
        await report_seats(session, edition_id)
    return edition


async def withdraw_application(session: AsyncSession, caller: Caller, application_id: UUID) -> Application:
    """Take an application back; the seat of an unanswered offer is free again.

    Raises `StepRefused` where the offer was accepted: the participation is withdrawn then.
    """
    return await _end(session, caller, application_id, ApplicationState.WITHDRAWN)


async def void_application(
    session: AsyncSession, caller: Caller, application_id: UUID, reason: ReasonCode
) -> Application:
    """Strike out an application that should not be there, with the reason; its person may apply anew.

    Raises `StepRefused` where the offer was accepted: the participation is ended then.
    """
    return await _end(session, caller, application_id, ApplicationState.VOID, reason)


async def _end(
    session: AsyncSession,
    caller: Caller,
    application_id: UUID,
    state: ApplicationState,
    reason: ReasonCode | None = None,
) -> Application:
    application = await get_application(session, application_id, visible_to=caller)
    await get_edition(session, application.edition_id, lock=True)
    application = await get_application(session, application_id, visible_to=caller, lock=True)
    offer = await find_standing_offer(session, application.id)
    if offer is not None and offer.state is OfferState.ACCEPTED:
        raise StepRefused("The offer was accepted; end the participation.")
    _require_step(application, state)
    application.state, application.waiting_rank = state, None
    application.reason_code = reason or application.reason_code
    await record_change(session, caller, f"application.{state}", application, ["state", "reason_code"])
    await drop_messages(session, application.id)
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


def _require_eligible(result: EligibilityResult | None) -> None:
    if result is not None and result.verdict is Verdict.FAIL:
        raise EligibilityFailed("A blocking rule is broken; waive it first, with the reason.")


def _require_step(application: Application, target: ApplicationState) -> None:
    if not APPLICATION_LIFE.may_become(application.state, target):
        raise StepRefused(f"An application that is {application.state} cannot be {target}.")
