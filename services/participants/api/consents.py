"""Routes of consents, and of what partners are shown under them."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response, status

from services.common.file_records import FileNotAttachable, FileNotFound, get_file
from services.common.http.callers import Caller
from services.common.http.downloads import RangeUnsatisfiable, send_file
from services.common.http.paging import Paging
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession, WriteSession
from services.common.wire import Id, Instant, Page
from services.participants.db import consents as questions
from services.participants.db.people import get_person
from services.participants.db.privacy_tables import Consent
from services.participants.domain.people import ConsentPurpose
from services.participants.domain.problems import (
    CallNotFound,
    ConsentNotFound,
    OrganizationUnknown,
    PersonNotFound,
)
from services.participants.operations import consents as operations
from services.participants.schemas.consents import (
    ConsentCreate,
    ConsentRead,
    ConsentWithdrawal,
    SharedParticipant,
)

router = house_router("consents", "")
OF_PERSON = "/persons/{person_id}/consents"


@router.post(
    OF_PERSON,
    response_model=ConsentRead,
    status_code=status.HTTP_201_CREATED,
    responses=problems(PersonNotFound, FileNotAttachable),
)
async def record_consent(
    session: WriteSession, caller: Caller, person_id: UUID, request: ConsentCreate, response: Response
) -> Consent:
    """Record what the person agreed to, and how that can be shown."""
    consent = await operations.record_consent(session, caller, person_id, request)
    response.headers["Location"] = f"/v1/persons/{person_id}/consents/{consent.id}"
    return consent


@router.get(OF_PERSON, response_model=Page[ConsentRead], responses=problems(PersonNotFound))
async def list_consents(session: ReadSession, caller: Caller, page: Paging, person_id: UUID) -> object:
    """List everything the person agreed to, what was withdrawn included."""
    person = await get_person(session, person_id, visible_to=caller)
    return await questions.list_consents(session, page, person_id=person.id, visible_to=caller)


@router.get("/consents", response_model=Page[ConsentRead])
async def list_all_consents(
    session: ReadSession,
    caller: Caller,
    page: Paging,
    person_id: Id | None = None,
    purpose: ConsentPurpose | None = None,
    in_force: bool | None = None,  # noqa: FBT001  a query parameter
    ends_before: Instant | None = None,
) -> object:
    """List the consents of everybody in your reach: to a purpose, in force or not, ending before a day."""
    return await questions.list_consents(
        session,
        page,
        visible_to=caller,
        person_id=person_id,
        purpose=purpose,
        in_force=in_force,
        ends_before=ends_before,
    )


@router.get(
    OF_PERSON + "/{consent_id}",
    response_model=ConsentRead,
    responses=problems(PersonNotFound, ConsentNotFound),
)
async def read_consent(session: ReadSession, caller: Caller, person_id: UUID, consent_id: UUID) -> Consent:
    """Read one consent."""
    person = await get_person(session, person_id, visible_to=caller)
    return await questions.get_consent(session, person.id, consent_id)


@router.get(
    OF_PERSON + "/{consent_id}/evidence",
    response_class=Response,
    responses=problems(PersonNotFound, ConsentNotFound, FileNotFound, RangeUnsatisfiable),
)
async def read_consent_evidence(
    http: Request, session: ReadSession, caller: Caller, person_id: UUID, consent_id: UUID
) -> Response:
    """Read the signed paper or the signature by which a consent can be shown."""
    person = await get_person(session, person_id, visible_to=caller)
    consent = await questions.get_consent(session, person.id, consent_id)
    if consent.file_id is None:
        raise FileNotFound("There is no file; the consent says how else it can be shown.")
    return await send_file(http, await get_file(session, consent.file_id))


@router.post(
    OF_PERSON + "/{consent_id}/withdrawal",
    response_model=ConsentWithdrawal,
    responses=problems(PersonNotFound, ConsentNotFound),
)
async def withdraw_consent(
    session: WriteSession,
    caller: Caller,
    person_id: UUID,
    consent_id: UUID,
    response: Response,
    dry_run: Annotated[bool, Query(description="Only say what would follow.")] = False,  # noqa: FBT002  a query parameter
) -> ConsentWithdrawal:
    """Record that the person agrees no longer, and do what follows; with `dry_run` only say what would."""
    response.headers["Content-Location"] = f"/v1/persons/{person_id}/consents/{consent_id}"
    consent, effects = await operations.withdraw_consent(
        session, caller, person_id, consent_id, dry_run=dry_run
    )
    applied = consent.withdrawn_at is not None
    return ConsentWithdrawal.of(consent, applied=applied, consequences=effects)


@router.get(
    "/editions/{edition_id}/shared-participants",
    response_model=Page[SharedParticipant],
    responses=problems(CallNotFound, OrganizationUnknown),
)
async def list_shared_participants(
    session: WriteSession, caller: Caller, page: Paging, edition_id: UUID, organization_id: Id
) -> object:
    """List participants for a partner: those only who agreed to it, and of each it is recorded that it was told."""
    return await operations.show_partner(session, caller, page, edition_id, organization_id)
