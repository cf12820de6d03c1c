"""What an authority does with its nominees, and how people come into an edition by themselves."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.audit import record_change
from services.common.clock import domain_now, real_now
from services.common.database import new_id
from services.common.file_records import attach_file, discard_files_of
from services.common.identity import Caller, GrantKind, Reach, Role
from services.common.jobs import cancel_job, schedule_job
from services.common.problems import NotPermitted, Problem
from services.participants.db.applications import find_live_nominations, get_nomination
from services.participants.db.forms import find_form
from services.participants.db.mirrors import find_line_of, get_edition
from services.participants.db.nominees import (
    find_last_deadline,
    find_nominated,
    find_open_by_email,
    find_papers,
    find_unconfirmed,
    forget_applications,
    forget_strangers,
)
from services.participants.db.people import get_authority, get_person
from services.participants.db.tables import Application, Authority, MirrorEdition, Nomination, Person
from services.participants.domain.applications import (
    APPLICATION_LIFE,
    FILE_REMINDED_BEFORE,
    LIVE,
    NOT_SENT,
    PURGE_UNCONFIRMED,
    UNCONFIRMED_KEPT,
    ApplicationState,
    Channel,
)
from services.participants.domain.calls import words_of_deadline
from services.participants.domain.messages import MessageTemplate
from services.participants.domain.people import Sex
from services.participants.domain.problems import CallClosed, SeatLineRefused, StepRefused
from services.participants.domain.selection_problems import FileIncomplete
from services.participants.operations.calls import find_place, require_delegation, require_open_call
from services.participants.operations.matching import index_persons
from services.participants.operations.messages import queue_message
from services.participants.operations.seats import ROOM
from services.participants.schemas.nominees import ApplicationCreate, NominationLetter, NomineeInvitation


async def invite_nominee(session: AsyncSession, caller: Caller, request: NomineeInvitation) -> Nomination:
    """Put somebody forward by name and e-mail; they get a link and complete the file themselves.

    Nobody types another person's data: the record holds what reaching them takes. Raises `CallClosed` (R4) and
    `SeatLineRefused` (R3).
    """
    authority = await get_authority(session, request.authority_id, visible_to=caller, lock=True)
    edition = await get_edition(session, request.edition_id)
    await require_delegation(session, authority)
    await require_open_call(session, edition, authority)
    line = await find_place(session, edition, authority, request.place, request.slot)
    person = Person(
        id=new_id(),
        names=[request.name.model_dump()],
        sex=Sex.UNSPECIFIED,
        nationality=authority.country,
        email=request.email,
        preferred_language=request.preferred_language,
        provenance=edition.provenance,
        entered_by=authority.id,
    )
    session.add(person)
    await index_persons(session, [person])
    await record_change(session, caller, "person.entered", person)
    application = await _begin(session, caller, edition, person.id, line.id, Channel.AUTHORITY, authority.id)
    ranked = await find_live_nominations(session, edition.id, authority.id)
    nomination = Nomination(
        application_id=application.id,
        rank=max((one.rank for one in ranked), default=0) + 1,
        **request.model_dump(exclude={"name", "email", "preferred_language"}),
    )
    session.add(nomination)
    await record_change(session, caller, "nomination.made", nomination)
    await _send_link(session, edition, authority, application, turn=1)
    return nomination


async def keep_nomination_letter(
    session: AsyncSession, caller: Caller, nomination_id: UUID, request: NominationLetter
) -> Nomination:
    """Keep the authority's letter, in place of an earlier one; raise `FileNotAttachable`.

    Raises `StepRefused` where the application has ended, or where the letter is part of a certified list; a list
    that was certified without one may be completed.
    """
    nomination = await get_nomination(session, nomination_id, visible_to=caller, lock=True)
    application = await session.get_one(Application, nomination.application_id)
    if application.state not in LIVE:
        raise StepRefused(f"An application that is {application.state} takes no letter.")
    if nomination.certified_at is not None and nomination.letter_file_id is not None:
        raise StepRefused("The authority has certified its list, with the letter that is there.")
    await discard_files_of(session, caller, [nomination.id])
    nomination.letter_file_id = request.file_id
    await record_change(session, caller, "nomination.letter_kept", nomination, ["letter_file_id"])
    await attach_file(
        session,
        caller,
        request.file_id,
        purpose="nomination_letter",
        kind="nomination",
        subject_id=nomination.id,
    )
    return nomination


async def renew_invitation(session: AsyncSession, caller: Caller, nomination_id: UUID) -> Nomination:
    """Send a nominee who has not confirmed a new link, at most once a day."""
    nomination = await get_nomination(session, nomination_id, visible_to=caller)
    authority = await get_authority(session, nomination.authority_id, visible_to=caller)
    edition = await get_edition(session, nomination.edition_id)
    application = await session.get_one(Application, nomination.application_id)
    if application.state not in {ApplicationState.DRAFT, ApplicationState.RETURNED}:
        raise StepRefused(f"An application that is {application.state} needs no link.")
    turn = (await real_now(session)).toordinal()
    await _send_link(session, edition, authority, application, turn=turn)
    return nomination


async def renew_session(session: AsyncSession, email: str) -> None:
    """Send whoever applies under this address a link that signs them in again; nobody learns whether there is one.

    At most one an hour for each application.
    """
    turn = int((await real_now(session)).timestamp()) // 3600
    for application in await find_open_by_email(session, email):
        edition = await get_edition(session, application.edition_id)
        authority = (
            await session.get(Authority, application.authority_id) if application.authority_id else None
        )
        try:
            await _send_link(session, edition, authority, application, turn=turn)
        except CallClosed:
            continue  # what comes after the call is written to its people by itself


async def begin_application(session: AsyncSession, caller: Caller, request: ApplicationCreate) -> Application:
    """Begin one's own application, to be completed and sent; raise `CallClosed`, `SeatLineRefused`.

    Where an authority is named, it has to put the applicant forward; its own seats are applied for then.
    """
    own = caller.granted(GrantKind.PERSON, Role.PARTICIPANT)
    if len(own) != 1:
        raise NotPermitted("Only a person applies for themselves.")
    person = await get_person(session, UUID(next(iter(own))), visible_to=caller)
    edition = await get_edition(session, request.edition_id)
    authority = None
    if request.authority_id is not None:
        everybody = Caller(caller.subject, caller.roles, caller.grants, reach=Reach.ALL)
        authority = await get_authority(session, request.authority_id, visible_to=everybody)
    await require_open_call(session, edition, authority)
    country = authority.country if authority else person.nationality
    line = await find_line_of(
        session, edition.id, organization_id=authority.organization_id if authority else None, country=country
    )
    if line is None:
        raise SeatLineRefused("The edition has no seats for your country.")
    return await _begin(
        session, caller, edition, person.id, line.id, Channel.SELF, authority.id if authority else None
    )


async def certify_nominations(
    session: AsyncSession, caller: Caller, authority_id: UUID, edition_id: UUID
) -> list[tuple[UUID, Problem | None]]:
    """Let the authority stand by its list: everybody who has sent the file is nominated, the others are named."""
    authority = await get_authority(session, authority_id, visible_to=caller, lock=True)
    edition = await get_edition(session, edition_id)
    await require_delegation(session, authority)
    await require_open_call(session, edition, authority)
    now = await domain_now(session, edition.provenance)
    results: list[tuple[UUID, Problem | None]] = []
    for nomination, application in await find_nominated(session, edition.id, authority.id):
        if application.state in NOT_SENT:
            results.append((nomination.id, FileIncomplete(f"The application is {application.state}.")))
            continue
        if application.state is ApplicationState.SUBMITTED:
            APPLICATION_LIFE.require_transition(application.state, ApplicationState.NOMINATED)
            application.state = ApplicationState.NOMINATED
            await record_change(session, caller, "application.nominated", application, ["state"])
        if nomination.certified_at is None:
            nomination.certified_at = now
            await record_change(session, caller, "nomination.certified", nomination, ["certified_at"])
        results.append((nomination.id, None))
    return results


async def plan_purge_of_unconfirmed(session: AsyncSession, edition_id: UUID) -> None:
    """Plan when nominees of the edition who never confirmed are forgotten, by its last deadline."""
    edition = await get_edition(session, edition_id)
    deadline = await find_last_deadline(session, edition_id)
    if deadline is None:
        await cancel_job(session, PURGE_UNCONFIRMED, edition_id)
        return
    due = deadline + UNCONFIRMED_KEPT
    await schedule_job(session, PURGE_UNCONFIRMED, edition_id, due, provenance=edition.provenance)


async def purge_unconfirmed(session: AsyncSession, edition_id: UUID) -> None:
    """Forget nominees whose deadline is over and who never sent their file; may be repeated."""
    edition = await get_edition(session, edition_id, lock=True)
    before = await domain_now(session, edition.provenance) - UNCONFIRMED_KEPT
    unconfirmed = await find_unconfirmed(session, edition_id, before)
    for application_id, _ in unconfirmed:
        application = await session.get_one(Application, application_id)
        await record_change(session, ROOM, "application.forgotten", application)
        session.expunge(application)
    applications = [application_id for application_id, _ in unconfirmed]
    await discard_files_of(session, ROOM, await find_papers(session, applications))
    await forget_applications(session, applications)
    await forget_strangers(session, [person_id for _, person_id in unconfirmed])


async def _begin(
    session: AsyncSession,
    caller: Caller,
    edition: MirrorEdition,
    person_id: UUID,
    seat_line_id: UUID,
    channel: Channel,
    authority_id: UUID | None,
) -> Application:
    form = await find_form(session, edition.form_id)
    application = Application(
        edition_id=edition.id,
        person_id=person_id,
        authority_id=authority_id,
        seat_line_id=seat_line_id,
        channel=channel,
        state=ApplicationState.DRAFT,
        form_id=form.id if form else None,
        answers={} if form else None,
        provenance=edition.provenance,
    )
    session.add(application)
    await record_change(session, caller, "application.begun", application)
    return application


async def _send_link(
    session: AsyncSession,
    edition: MirrorEdition,
    authority: Authority | None,
    application: Application,
    *,
    turn: int,
) -> None:
    deadline = await require_open_call(session, edition, authority)
    until = {"until": words_of_deadline(deadline, edition.call_zone or edition.zone)}
    await queue_message(
        session,
        MessageTemplate.NOMINEE_LINK,
        application.person_id,
        application.id,
        edition_id=edition.id,
        facts=until,
        turn=turn,
    )
    remind_at = deadline - FILE_REMINDED_BEFORE
    if remind_at > await domain_now(session, edition.provenance):
        await queue_message(
            session,
            MessageTemplate.FILE_REMINDER,
            application.person_id,
            application.id,
            edition_id=edition.id,
            facts=until,
            send_at=remind_at,
        )
