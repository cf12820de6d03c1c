"""What can be done to an organization's record."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.audit import record_change
from services.common.identity import Caller
from services.common.outbox import publish
from services.common.preconditions import require_version
from services.programs.db.organizations import get_organization
from services.programs.db.tables import Organization
from services.programs.domain.events import ORGANIZATION_CHANGED, OrganizationData
from services.programs.domain.evidence import SubjectKind
from services.programs.domain.organizations import ORGANIZATION_LIFE, OrganizationStatus
from services.programs.domain.problems import TransitionRefused
from services.programs.operations.editions import require_demonstration
from services.programs.operations.evidence import cite
from services.programs.schemas.organizations import OrganizationChange, OrganizationCreate


async def create_organization(
    session: AsyncSession, caller: Caller, request: OrganizationCreate, *, demonstration: bool
) -> Organization:
    """Enter an organization; one whose name cannot be resolved says so in its status.

    Raises `DemonstrationOnly` for a synthetic one outside demonstration mode.
    """
    require_demonstration(request.provenance, demonstration=demonstration)
    organization = Organization(
        **request.model_dump(exclude={"unresolved", "sources"}),
        status=OrganizationStatus.UNRESOLVED if request.unresolved else OrganizationStatus.PROPOSED,
    )
    session.add(organization)
    await record_change(session, caller, "organization.created", organization)
    await cite(session, SubjectKind.ORGANIZATION, organization.id, request.sources)
    await _tell(session, organization)
    return organization


async def change_organization(
    session: AsyncSession,
    caller: Caller,
    organization_id: UUID,
    expected_version: int,
    request: OrganizationChange,
) -> Organization:
    """Change what the record says of the organization."""
    organization = await get_organization(session, organization_id, lock=True)
    require_version(organization, expected_version)
    changes = request.model_dump(exclude_unset=True)
    for field, value in changes.items():
        setattr(organization, field, value)
    await record_change(session, caller, "organization.changed", organization, changes)
    await _tell(session, organization)
    return organization


async def verify_organization(session: AsyncSession, caller: Caller, organization_id: UUID) -> Organization:
    """State that the record has been checked against a register."""
    organization = await get_organization(session, organization_id, lock=True)
    if not ORGANIZATION_LIFE.may_become(organization.status, OrganizationStatus.VERIFIED):
        raise TransitionRefused(f"An organization that is {organization.status} cannot be verified.")
    organization.status = OrganizationStatus.VERIFIED
    await record_change(session, caller, "organization.verified", organization, ["status"])
    await _tell(session, organization)
    return organization


async def _tell(session: AsyncSession, organization: Organization) -> None:
    await publish(session, ORGANIZATION_CHANGED, organization_data(organization))


def organization_data(organization: Organization) -> OrganizationData:
    """Return what others may know of the organization."""
    return OrganizationData(
        aggregate_id=organization.id,
        aggregate_version=organization.version,
        code=organization.code,
        names=organization.names,
        country=organization.country,
        status=organization.status,
        merged_into=organization.merged_into_id,
    )
