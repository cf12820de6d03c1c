"""What can be done to consents, and what is shown to partners under them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.audit import record_change
from services.common.clock import real_now
from services.common.file_records import attach_file
from services.common.identity import Caller, GrantKind, Reach, Role
from services.common.pagination import PageRequest, Rows
from services.common.problems import Fault, RequestInvalid
from services.participants.db.affiliations import lock_supervised
from services.participants.db.consents import (
    find_assigned_vouchers,
    find_consents,
    find_noted_engagements,
    find_people,
    find_present,
    find_present_posts,
    find_told_organizations,
    find_unaccepted,
    get_consent,
    get_organization,
    list_shareable,
)
from services.participants.db.mirrors import get_edition
from services.participants.db.people import get_person
from services.participants.db.privacy_tables import Consent, Disclosure
from services.participants.db.tables import Person
from services.participants.db.vouchers import find_profile
from services.participants.domain.consents import Consequence, Effect
from services.participants.domain.people import ConsentEvidence, ConsentPurpose, is_in_force
from services.participants.domain.problems import OrganizationUnknown
from services.participants.operations.affiliations import forget_supervisor
from services.participants.operations.alumni import empty_profile
from services.participants.operations.applications import withdraw_application
from services.participants.operations.matching import index_persons
from services.participants.operations.seats import ROOM
from services.participants.operations.vouchers import release_vouchers
from services.participants.schemas.consents import ConsentCreate

HOME = "KZ"
"""Where the data are kept: an organization elsewhere gets them across a border."""


async def record_consent(
    session: AsyncSession, caller: Caller, person_id: UUID, request: ConsentCreate
) -> Consent:
    """Record that the person agreed, now; what was agreed to on a screen, nobody else says for them."""
    person = await get_person(session, person_id, visible_to=caller)
    now = await real_now(session)
    faults = []
    if request.valid_until is not None and request.valid_until <= now:
        faults.append(Fault("/valid_until", "past", "Expected a time that is still to come."))
    themselves = caller.reach is Reach.ALL or str(person.id) in caller.granted(GrantKind.PERSON)
    if request.evidence is ConsentEvidence.ELECTRONIC and not themselves:
        faults.append(Fault("/evidence", "not_yours", "Only the person agrees on a screen; send the paper."))
    if faults:
        raise RequestInvalid("See `errors` for each fault.", errors=faults)
    consent = Consent(
        **request.model_dump(), person_id=person.id, granted_at=now, collected_by=caller.principal
    )
    session.add(consent)
    await record_change(session, caller, "consent.recorded", consent)
    if request.file_id is not None:
        await attach_file(
            session,
            caller,
            request.file_id,
            purpose="signed_consent",
            kind="consent",
            subject_id=consent.id,
        )
    return consent


async def withdraw_consent(
    session: AsyncSession, caller: Caller, person_id: UUID, consent_id: UUID, *, dry_run: bool
) -> tuple[Consent, Sequence[Effect]]:
    """Record that the person agrees no longer and do what follows, or with `dry_run` only say what would.

    Another consent to the same purpose keeps everything as it is. An officer is told of their own authority's
    part; all of it is done. Saying it twice changes nothing.
    """
    person = await get_person(session, person_id, visible_to=caller, lock=True)
    consent = await get_consent(session, person.id, consent_id, lock=True)
    if consent.withdrawn_at is not None:
        return consent, []
    now = await real_now(session)
    others = await find_consents(session, person.id, consent.purpose)
    if any(one.id != consent.id and is_in_force(one.granted_at, one.valid_until, now) for one in others):
        told: Sequence[Effect] = []
        due: Sequence[Effect] = []
    else:
        told = await _foresee(session, person, consent.purpose, visible_to=caller)
        due = await _foresee(session, person, consent.purpose, visible_to=ROOM)
    if not dry_run:
        consent.withdrawn_at = now
        await record_change(session, caller, "consent.withdrawn", consent, ["withdrawn_at"])
        for effect in due:
            await _bring_about(session, person, effect)
    return consent, told


async def show_partner(
    session: AsyncSession, caller: Caller, page: PageRequest, edition_id: UUID, organization_id: UUID
) -> Rows:
    """Return those who let a partner know them (R11), and record of each that it was told.

    Raises `OrganizationUnknown` for a partner that the caller does not speak for.
    """
    own = caller.granted(GrantKind.ORGANIZATION, Role.PARTNER)
    if caller.reach is not Reach.ALL and str(organization_id) not in own:
        raise OrganizationUnknown("There is no such organization that you may speak for.")
    partner = await get_organization(session, organization_id)
    edition = await get_edition(session, edition_id)
    rows = await list_shareable(session, page, edition_id=edition.id, partner=partner, home=HOME)
    ids = [row.person_id for row in rows.items]
    people, posts = await find_people(session, ids), await find_present_posts(session, ids)
    session.add_all(
        Disclosure(person_id=id_, organization_id=partner.id, edition_id=edition.id, actor=caller.principal)
        for id_ in ids
    )
    items = []
    for row in rows.items:
        person, post = people[row.person_id], posts.get(row.person_id)
        items.append(
            {
                "participation_id": row.id,
                "names": person.names,
                "country": row.country,
                "organization_id": post and post.organization_id,
                "organization_name": post and post.organization_name,
                "post": post and post.post,
                "email": person.email,
            }
        )
    return Rows(items, rows.next_cursor, rows.total)


async def _foresee(
    session: AsyncSession, person: Person, purpose: ConsentPurpose, *, visible_to: Caller
) -> Sequence[Effect]:
    """Return what a withdrawal of the last consent to `purpose` does."""
    match purpose:
        case ConsentPurpose.PROCESS_APPLICATION:
            return await _foresee_applications(session, person, visible_to)
        case ConsentPurpose.SHARE_WITH_PARTNER:
            told = await find_told_organizations(session, person.id)
            return [
                Effect(Consequence.SHARING_ENDS),
                *(Effect(Consequence.PARTNER_KNOWS, id_) for id_ in told),
            ]
        case ConsentPurpose.LINK_ACROSS_EDITIONS:
            return [Effect(Consequence.LINKING_ENDS)]
        case ConsentPurpose.PUBLISH_NAME:
            return [Effect(Consequence.NAME_NOT_PUBLISHED)]
        case ConsentPurpose.ASK_SUPERVISOR:
            named = await lock_supervised(session, person.id)
            return [Effect(Consequence.SUPERVISOR_FORGOTTEN, row.id) for row in named]
        case ConsentPurpose.ALUMNI_CONTACT:
            profile = await find_profile(session, person.id)
            noted = await find_noted_engagements(session, person.id)
            emptied = [Effect(Consequence.PROFILE_EMPTIED, profile.id)] if profile else []
            return [*emptied, *(Effect(Consequence.ENGAGEMENT_NOTE_FORGOTTEN, row.id) for row in noted)]


async def _foresee_applications(
    session: AsyncSession, person: Person, visible_to: Caller
) -> Sequence[Effect]:
    withdrawn = await find_unaccepted(session, person.id, visible_to=visible_to)
    returned = await find_assigned_vouchers(session, person.id, visible_to=visible_to)
    present = await find_present(session, person.id, visible_to=visible_to)
    takes_part = bool(await find_present(session, person.id, visible_to=ROOM))
    forgotten = person.sensitive is not None and not takes_part
    return [
        *(Effect(Consequence.APPLICATION_WITHDRAWN, id_) for id_ in withdrawn),
        *(Effect(Consequence.VOUCHER_RETURNED, id_) for id_ in returned),
        *(Effect(Consequence.PARTICIPATION_STAYS, id_) for id_ in present),
        *([Effect(Consequence.SENSITIVE_DATA_FORGOTTEN)] if forgotten else []),
        Effect(Consequence.MESSAGES_END),
    ]


async def _bring_about(session: AsyncSession, person: Person, effect: Effect) -> None:
    """Do what an effect says; what is not named here follows by itself from the consent's end."""
    match effect.consequence:
        case Consequence.APPLICATION_WITHDRAWN:
            assert effect.subject_id is not None  # noqa: S101  an application has an id
            await withdraw_application(session, ROOM, effect.subject_id)
        case Consequence.VOUCHER_RETURNED:
            await release_vouchers(session, [person.id])
        case Consequence.SENSITIVE_DATA_FORGOTTEN:
            person.sensitive = person.passport_index = None
            await index_persons(session, [person])
            await record_change(session, ROOM, "person.sensitive_data_forgotten", person, ["sensitive"])
        case Consequence.PROFILE_EMPTIED:
            profile = await find_profile(session, person.id)
            if profile is not None:
                await empty_profile(session, ROOM, profile)
        case Consequence.ENGAGEMENT_NOTE_FORGOTTEN:
            for met in await find_noted_engagements(session, person.id):
                met.note = None
                await record_change(session, ROOM, "alumni_engagement.note_forgotten", met, ["note"])
        case Consequence.SUPERVISOR_FORGOTTEN:
            for affiliation in await lock_supervised(session, person.id):
                await forget_supervisor(session, ROOM, affiliation)
        case _:
            pass
