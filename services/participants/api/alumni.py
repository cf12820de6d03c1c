"""Routes of alumni and of the people behind awards."""

from uuid import UUID

from fastapi import status

from services.common.http.callers import Caller
from services.common.http.paging import Following, Paging
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession, WriteSession
from services.common.wire import FollowedPage, Page
from services.common.wire_codes import CountryCode
from services.participants.db import vouchers as questions
from services.participants.db.people import get_person
from services.participants.db.voucher_tables import AlumniEngagement, AlumniProfile, AwardRecipient
from services.participants.domain.problems import ConsentMissing, PersonNotFound
from services.participants.domain.voucher_problems import (
    AlumniProfileNotFound,
    AwardForOrganization,
    RecipientNotFound,
)
from services.participants.operations import alumni as operations
from services.participants.operations import awards
from services.participants.schemas.alumni import (
    AlumniProfileRead,
    AlumniProfileWrite,
    EngagementCreate,
    EngagementRead,
    RecipientRead,
    RecipientWrite,
)

router = house_router("alumni", "")


@router.get("/alumni", response_model=FollowedPage[AlumniProfileRead])
async def list_alumni(
    session: ReadSession, caller: Caller, page: Following, country: CountryCode | None = None
) -> object:
    """List former participants who agreed to be found; alumni see others once they are listed themselves."""
    return await questions.list_profiles(session, page, country=country, visible_to=caller)


@router.get(
    "/alumni/{person_id}", response_model=AlumniProfileRead, responses=problems(AlumniProfileNotFound)
)
async def read_alumni_profile(session: ReadSession, caller: Caller, person_id: UUID) -> AlumniProfile:
    """Read what a former participant shares."""
    return await questions.get_profile(session, person_id, visible_to=caller)


@router.put(
    "/alumni/{person_id}",
    response_model=AlumniProfileRead,
    responses=problems(PersonNotFound, ConsentMissing),
)
async def keep_alumni_profile(
    session: WriteSession, caller: Caller, person_id: UUID, request: AlumniProfileWrite
) -> AlumniProfile:
    """Enter your profile or bring it up to date; it needs your consent to be contacted as an alumnus."""
    return await operations.keep_alumni_profile(session, caller, person_id, request)


@router.post(
    "/alumni/{person_id}/departure",
    response_model=AlumniProfileRead,
    responses=problems(PersonNotFound, AlumniProfileNotFound),
)
async def leave_directory(session: WriteSession, caller: Caller, person_id: UUID) -> AlumniProfile:
    """Leave the directory: your profile is emptied at once."""
    return await operations.leave_directory(session, caller, person_id)


@router.post(
    "/alumni/{person_id}/engagements",
    response_model=EngagementRead,
    status_code=status.HTTP_201_CREATED,
    responses=problems(PersonNotFound, ConsentMissing),
)
async def record_engagement(
    session: WriteSession, caller: Caller, person_id: UUID, request: EngagementCreate
) -> AlumniEngagement:
    """Record that the agency and a former participant met again: a visit, a lecture, a joint project."""
    return await operations.record_engagement(session, caller, person_id, request)


@router.get(
    "/alumni/{person_id}/engagements",
    response_model=Page[EngagementRead],
    responses=problems(PersonNotFound),
)
async def list_engagements(session: ReadSession, caller: Caller, page: Paging, person_id: UUID) -> object:
    """List how the agency and a former participant met again, the latest first."""
    person = await get_person(session, person_id, visible_to=caller)
    return await questions.list_engagements(session, page, person.id)


@router.put(
    "/awards/{award_id}/recipient",
    response_model=RecipientRead,
    responses=problems(PersonNotFound, AwardForOrganization),
)
async def name_recipient(
    session: WriteSession, caller: Caller, award_id: UUID, request: RecipientWrite
) -> AwardRecipient:
    """Say which person a grant or scholarship is for; programs, which pays it, knows no people."""
    return await awards.name_recipient(session, caller, award_id, request.person_id)


@router.get(
    "/awards/{award_id}/recipient", response_model=RecipientRead, responses=problems(RecipientNotFound)
)
async def read_recipient(session: ReadSession, caller: Caller, award_id: UUID) -> AwardRecipient:
    """Read which person a grant or scholarship is for."""
    return await questions.get_recipient(session, award_id, visible_to=caller)
