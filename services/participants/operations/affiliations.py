"""What can be done to affiliations, and to the consent of the supervisors in them."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.audit import record_change
from services.common.clock import real_now
from services.common.file_records import attach_file
from services.common.identity import Caller
from services.common.preconditions import require_version
from services.common.problems import Fault, RequestInvalid
from services.participants.db.affiliation_tables import Affiliation
from services.participants.db.affiliations import get_affiliation, has_organization
from services.participants.db.people import get_own_or_any
from services.participants.domain.problems import SupervisorMissing
from services.participants.schemas.affiliations import (
    AffiliationWrite,
    SupervisorConsent,
    SupervisorWrite,
)


async def create_affiliation(
    session: AsyncSession, caller: Caller, person_id: UUID, request: AffiliationWrite
) -> Affiliation:
    """Enter where a person works; they do it themselves, or staff for them."""
    person = await get_own_or_any(session, person_id, caller=caller)
    affiliation = Affiliation(person_id=person.id)
    await _write(session, affiliation, request)
    session.add(affiliation)
    await record_change(session, caller, "affiliation.entered", affiliation)
    return affiliation


async def change_affiliation(
    session: AsyncSession,
    caller: Caller,
    person_id: UUID,
    affiliation_id: UUID,
    request: AffiliationWrite,
    *,
    expected: int,
) -> Affiliation:
    """Replace what is recorded of an affiliation; one that has ended gets a period with an end."""
    person = await get_own_or_any(session, person_id, caller=caller)
    affiliation = await get_affiliation(session, person.id, affiliation_id, lock=True)
    require_version(affiliation, expected)
    await _write(session, affiliation, request)
    await record_change(session, caller, "affiliation.changed", affiliation, type(request).model_fields)
    return affiliation


async def record_supervisor_consent(
    session: AsyncSession, caller: Caller, person_id: UUID, affiliation_id: UUID, request: SupervisorConsent
) -> Affiliation:
    """Record that the supervisor agreed to be asked, now; raise `SupervisorMissing` where none is named."""
    person = await get_own_or_any(session, person_id, caller=caller)
    affiliation = await get_affiliation(session, person.id, affiliation_id, lock=True)
    if affiliation.supervisor_email is None:
        raise SupervisorMissing("Enter the supervisor's name and address first.")
    affiliation.supervisor_text_version = request.text_version
    affiliation.supervisor_evidence = request.evidence
    affiliation.supervisor_agreed_at = await real_now(session)
    affiliation.supervisor_withdrawn_at = None
    await record_change(session, caller, "supervisor.agreed", affiliation, ["supervisor_agreed_at"])
    if request.file_id is not None:
        await attach_file(
            session,
            caller,
            request.file_id,
            purpose="signed_consent",
            kind="affiliation",
            subject_id=affiliation.id,
        )
    return affiliation


async def withdraw_supervisor(
    session: AsyncSession, caller: Caller, person_id: UUID, affiliation_id: UUID
) -> Affiliation:
    """Forget a supervisor who wants to be asked no more; saying it twice changes nothing."""
    person = await get_own_or_any(session, person_id, caller=caller)
    affiliation = await get_affiliation(session, person.id, affiliation_id, lock=True)
    if affiliation.supervisor_email is not None:
        await forget_supervisor(session, caller, affiliation)
        affiliation.supervisor_withdrawn_at = await real_now(session)
        fields = ["supervisor_withdrawn_at"]
        await record_change(session, caller, "supervisor.withdrawn", affiliation, fields)
    return affiliation


async def forget_supervisor(session: AsyncSession, caller: Caller, affiliation: Affiliation) -> None:
    """Empty what is known of the supervisor; messages to them that still wait find nobody."""
    _name_supervisor(affiliation, None)
    await record_change(session, caller, "supervisor.forgotten", affiliation, ["supervisor_email"])


async def _write(session: AsyncSession, affiliation: Affiliation, request: AffiliationWrite) -> None:
    if request.organization_id is not None and not await has_organization(session, request.organization_id):
        fault = Fault("/organization_id", "unknown", "Programs has told of no such organization.")
        raise RequestInvalid("See `errors`.", errors=[fault])
    for name, value in request.model_dump(exclude={"supervisor"}).items():
        setattr(affiliation, name, value)
    _name_supervisor(affiliation, request.supervisor)


def _name_supervisor(affiliation: Affiliation, named: SupervisorWrite | None) -> None:
    """Put a supervisor in place of the former one, whose consent was another human being's."""
    told = (named.name, named.email) if named else (None, None)
    if (affiliation.supervisor_name, affiliation.supervisor_email) != told:
        affiliation.supervisor_text_version = affiliation.supervisor_evidence = None
        affiliation.supervisor_agreed_at = affiliation.supervisor_withdrawn_at = None
    affiliation.supervisor_name, affiliation.supervisor_email = told
    affiliation.supervisor_language = named.preferred_language if named else None
