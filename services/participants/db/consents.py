"""Questions asked of consents, and of what hangs on them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.identity import Caller, Reach
from services.common.pagination import PageRequest, Rows, SortKey, fetch_page
from services.participants.db.affiliation_tables import Affiliation
from services.participants.db.privacy_tables import Consent, Disclosure
from services.participants.db.scopes import in_reach
from services.participants.db.tables import Application, MirrorOrganization, Offer, Participation, Person
from services.participants.db.voucher_tables import AlumniEngagement, Voucher
from services.participants.domain.applications import LIVE
from services.participants.domain.participations import GIVES_SEAT_BACK, PRESENT
from services.participants.domain.people import ConsentPurpose
from services.participants.domain.problems import ConsentNotFound, OrganizationUnknown
from services.participants.domain.vouchers import VoucherState


async def find_consents(session: AsyncSession, person_id: UUID, purpose: ConsentPurpose) -> list[Consent]:
    """Return the person's consents to `purpose` that were not withdrawn."""
    query = select(Consent).where(
        Consent.person_id == person_id, Consent.purpose == purpose, Consent.withdrawn_at.is_(None)
    )
    return list(await session.scalars(query))


async def list_consents(
    session: AsyncSession,
    page: PageRequest,
    *,
    visible_to: Caller,
    person_id: UUID | None = None,
    purpose: ConsentPurpose | None = None,
    in_force: bool | None = None,
    ends_before: datetime | None = None,
) -> Rows:
    """Return consents of people in the caller's reach, withdrawn ones included, in the order of entry."""
    query = select(Consent).join(Person, Person.id == Consent.person_id).where(Person.erased_at.is_(None))
    if visible_to.reach is not Reach.ALL:
        nominated = select(Application.person_id).where(
            in_reach(visible_to, Application.authority_id, Application.person_id)
        )
        query = query.where(in_reach(visible_to, Person.entered_by, Person.id) | Person.id.in_(nominated))
    if person_id is not None:
        query = query.where(Consent.person_id == person_id)
    if purpose is not None:
        query = query.where(Consent.purpose == purpose)
    if in_force is not None:
        query = query.where(standing() if in_force else ~standing())
    if ends_before is not None:
        query = query.where(Consent.valid_until < ends_before)
    return await fetch_page(session, query, page, SortKey(Consent.id))


def standing() -> ColumnElement[bool]:
    """Return the condition for consents that are in force now."""
    now = func.clock_timestamp()
    return (
        Consent.withdrawn_at.is_(None)
        & (Consent.granted_at <= now)
        & or_(Consent.valid_until.is_(None), Consent.valid_until > now)
    )


async def get_consent(
    session: AsyncSession, person_id: UUID, consent_id: UUID, *, lock: bool = False
) -> Consent:
    """Return a consent of the person; raise `ConsentNotFound`."""
    consent = await session.get(Consent, consent_id, with_for_update=lock or None)
    if consent is None or consent.person_id != person_id:
        raise ConsentNotFound("There is no such consent.")
    return consent


async def find_unaccepted(session: AsyncSession, person_id: UUID, *, visible_to: Caller) -> Sequence[UUID]:
    """Return the person's live applications in the caller's reach that led to no participation."""
    took_part = (
        exists()
        .where(Participation.offer_id == Offer.id, Offer.application_id == Application.id)
        .correlate(Application)
    )
    query = select(Application.id).where(
        Application.person_id == person_id,
        Application.state.in_(LIVE),
        ~took_part,
        in_reach(visible_to, Application.authority_id, Application.person_id),
    )
    return (await session.scalars(query.order_by(Application.id))).all()


async def find_present(session: AsyncSession, person_id: UUID, *, visible_to: Caller) -> Sequence[UUID]:
    """Return the person's participations in the caller's reach that have not ended."""
    query = select(Participation.id).where(
        Participation.person_id == person_id,
        Participation.state.in_(PRESENT),
        in_reach(visible_to, Participation.authority_id, Participation.person_id),
    )
    return (await session.scalars(query.order_by(Participation.id))).all()


async def find_assigned_vouchers(
    session: AsyncSession, person_id: UUID, *, visible_to: Caller
) -> Sequence[UUID]:
    """Return the vouchers in the caller's reach that the person has and did not redeem."""
    query = select(Voucher.id).where(
        Voucher.person_id == person_id,
        Voucher.state == VoucherState.ASSIGNED,
        in_reach(visible_to, Voucher.authority_id, Voucher.person_id),
    )
    return (await session.scalars(query.order_by(Voucher.id))).all()


async def find_noted_engagements(session: AsyncSession, person_id: UUID) -> Sequence[AlumniEngagement]:
    """Return the engagements of the person that say something in words, locked."""
    query = select(AlumniEngagement).where(
        AlumniEngagement.person_id == person_id, AlumniEngagement.note.is_not(None)
    )
    return (await session.scalars(query.order_by(AlumniEngagement.id).with_for_update())).all()


async def find_told_organizations(session: AsyncSession, person_id: UUID) -> Sequence[UUID]:
    """Return the organizations that were shown the person's data."""
    query = select(Disclosure.organization_id).where(Disclosure.person_id == person_id).distinct()
    return (await session.scalars(query.order_by(Disclosure.organization_id))).all()


async def get_organization(session: AsyncSession, organization_id: UUID) -> MirrorOrganization:
    """Return an organization; raise `OrganizationUnknown`."""
    found = await session.get(MirrorOrganization, organization_id)
    if found is None:
        raise OrganizationUnknown("There is no such organization that you may speak for.")
    return found


async def list_shareable(
    session: AsyncSession, page: PageRequest, *, edition_id: UUID, partner: MirrorOrganization, home: str
) -> Rows:
    """Return the participations of an edition whose people let this partner know them, each with its person.

    A consent that names third parties is for those only; a partner outside `home` needs one across borders.
    """
    consents = select(Consent.person_id).where(
        Consent.purpose == ConsentPurpose.SHARE_WITH_PARTNER,
        standing(),
        or_(Consent.third_parties == [], Consent.third_parties.contains([partner.code])),
    )
    if partner.country != home:
        consents = consents.where(Consent.cross_border)
    # A consent is kept as a record after its person is forgotten.
    query: Select[Any] = (
        select(Participation)
        .join(Person, Person.id == Participation.person_id)
        .where(Person.erased_at.is_(None))
    )
    query = query.where(
        Participation.edition_id == edition_id,
        Participation.state.not_in(GIVES_SEAT_BACK),
        Participation.person_id.in_(consents),
    )
    return await fetch_page(session, query, page, SortKey(Participation.id))


async def find_people(session: AsyncSession, person_ids: Sequence[UUID]) -> dict[UUID, Person]:
    """Return these persons by their ids."""
    found = await session.scalars(select(Person).where(Person.id.in_(person_ids)))
    return {person.id: person for person in found}


async def find_present_posts(session: AsyncSession, person_ids: Sequence[UUID]) -> dict[UUID, Affiliation]:
    """Return the latest affiliation of each of these persons who has one."""
    query = select(Affiliation).where(Affiliation.person_id.in_(person_ids)).order_by(Affiliation.id)
    return {row.person_id: row for row in await session.scalars(query)}
