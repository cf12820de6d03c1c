"""The directory of alumni, and how the agency stays in touch."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.audit import record_change
from services.common.clock import real_now
from services.common.identity import Caller
from services.participants.db.consents import find_consents
from services.participants.db.people import get_own_or_any, get_person
from services.participants.db.voucher_tables import AlumniEngagement, AlumniProfile
from services.participants.db.vouchers import find_profile
from services.participants.domain.people import ConsentPurpose, is_in_force
from services.participants.domain.problems import ConsentMissing
from services.participants.domain.voucher_problems import AlumniProfileNotFound
from services.participants.schemas.alumni import AlumniProfileWrite, EngagementCreate


async def keep_alumni_profile(
    session: AsyncSession, caller: Caller, person_id: UUID, request: AlumniProfileWrite
) -> AlumniProfile:
    """Enter or change one's own profile; raise `ConsentMissing` without consent to be contacted as alumnus."""
    person = await get_own_or_any(session, person_id, caller=caller)
    await _require_consent(session, person.id)
    profile = await find_profile(session, person.id)
    if profile is None:
        profile = AlumniProfile(person_id=person.id)
        session.add(profile)
    facts = request.model_dump()
    for name, value in facts.items():
        setattr(profile, name, value)
    await record_change(session, caller, "alumni_profile.kept", profile, facts)
    return profile


async def leave_directory(session: AsyncSession, caller: Caller, person_id: UUID) -> AlumniProfile:
    """Take one's own profile out of the directory: it is emptied at once."""
    person = await get_own_or_any(session, person_id, caller=caller)
    profile = await find_profile(session, person.id)
    if profile is None:
        raise AlumniProfileNotFound("There is no such profile.")
    await empty_profile(session, caller, profile)
    return profile


async def empty_profile(session: AsyncSession, caller: Caller, profile: AlumniProfile) -> None:
    """Leave nothing of a locked profile but its place."""
    profile.organization = profile.post = profile.about = profile.contact = None
    profile.shown_name, profile.listed = "", False
    await record_change(session, caller, "alumni_profile.left", profile, ["listed"])


async def record_engagement(
    session: AsyncSession, caller: Caller, person_id: UUID, request: EngagementCreate
) -> AlumniEngagement:
    """Record that the agency and a former participant met again."""
    person = await get_person(session, person_id, visible_to=caller)
    await _require_consent(session, person.id)
    engagement = AlumniEngagement(person_id=person.id, **request.model_dump())
    session.add(engagement)
    await record_change(session, caller, "alumni_engagement.recorded", engagement)
    return engagement


async def _require_consent(session: AsyncSession, person_id: UUID) -> None:
    now = await real_now(session)
    consents = await find_consents(session, person_id, ConsentPurpose.ALUMNI_CONTACT)
    if not any(is_in_force(consent.granted_at, consent.valid_until, now) for consent in consents):
        raise ConsentMissing("The person has not agreed to be contacted as an alumnus.")
