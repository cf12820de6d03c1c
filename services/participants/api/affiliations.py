"""Routes of affiliations: where people work, and the supervisors who may be asked about a course."""

from uuid import UUID

from fastapi import Response, status

from services.common.file_records import FileNotAttachable
from services.common.http.callers import Caller
from services.common.http.paging import Paging
from services.common.http.preconditions import ExpectedVersion
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession, WriteSession
from services.common.wire import Page
from services.participants.db import affiliations as questions
from services.participants.db.affiliation_tables import Affiliation
from services.participants.db.people import get_person
from services.participants.domain.problems import AffiliationNotFound, PersonNotFound, SupervisorMissing
from services.participants.operations import affiliations as operations
from services.participants.schemas.affiliations import AffiliationRead, AffiliationWrite, SupervisorConsent

router = house_router("affiliations", "/persons/{person_id}/affiliations")


@router.post(
    "",
    response_model=AffiliationRead,
    status_code=status.HTTP_201_CREATED,
    responses=problems(PersonNotFound),
)
async def create_affiliation(
    session: WriteSession, caller: Caller, person_id: UUID, request: AffiliationWrite, response: Response
) -> Affiliation:
    """Enter where you work, and who may be asked later what the course changed."""
    affiliation = await operations.create_affiliation(session, caller, person_id, request)
    response.headers["Location"] = _address(affiliation)
    return affiliation


@router.get("", response_model=Page[AffiliationRead], responses=problems(PersonNotFound))
async def list_affiliations(session: ReadSession, caller: Caller, page: Paging, person_id: UUID) -> object:
    """List where a person works and worked, the latest entry first."""
    person = await get_person(session, person_id, visible_to=caller)
    return await questions.list_affiliations(session, page, person_id=person.id)


@router.get(
    "/{affiliation_id}",
    response_model=AffiliationRead,
    responses=problems(PersonNotFound, AffiliationNotFound),
)
async def read_affiliation(
    session: ReadSession, caller: Caller, person_id: UUID, affiliation_id: UUID
) -> Affiliation:
    """Read where a person works."""
    person = await get_person(session, person_id, visible_to=caller)
    return await questions.get_affiliation(session, person.id, affiliation_id)


@router.put(
    "/{affiliation_id}",
    response_model=AffiliationRead,
    responses=problems(PersonNotFound, AffiliationNotFound),
)
async def change_affiliation(
    session: WriteSession,
    caller: Caller,
    person_id: UUID,
    affiliation_id: UUID,
    request: AffiliationWrite,
    version: ExpectedVersion,
) -> Affiliation:
    """Replace what is recorded of where you work; give it a period with an end once you left."""
    return await operations.change_affiliation(
        session, caller, person_id, affiliation_id, request, expected=version
    )


@router.post(
    "/{affiliation_id}/supervisor-consent",
    response_model=AffiliationRead,
    responses=problems(PersonNotFound, AffiliationNotFound, SupervisorMissing, FileNotAttachable),
)
async def record_supervisor_consent(
    session: WriteSession,
    caller: Caller,
    person_id: UUID,
    affiliation_id: UUID,
    request: SupervisorConsent,
    response: Response,
) -> Affiliation:
    """Record that the supervisor agreed to be asked by e-mail, and how that can be shown."""
    affiliation = await operations.record_supervisor_consent(
        session, caller, person_id, affiliation_id, request
    )
    response.headers["Content-Location"] = _address(affiliation)
    return affiliation


@router.post(
    "/{affiliation_id}/supervisor-withdrawal",
    response_model=AffiliationRead,
    responses=problems(PersonNotFound, AffiliationNotFound),
)
async def withdraw_supervisor(
    session: WriteSession, caller: Caller, person_id: UUID, affiliation_id: UUID, response: Response
) -> Affiliation:
    """Record that the supervisor wants to be asked no more: their name and address are forgotten at once."""
    affiliation = await operations.withdraw_supervisor(session, caller, person_id, affiliation_id)
    response.headers["Content-Location"] = _address(affiliation)
    return affiliation


def _address(affiliation: Affiliation) -> str:
    return f"/v1/persons/{affiliation.person_id}/affiliations/{affiliation.id}"
