"""Questions asked of the organization table."""

from typing import Final
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.clock import Provenance
from services.common.identity import Caller, Reach
from services.common.pagination import PageRequest, SortKey, fetch_json_page
from services.programs.db.tables import Organization
from services.programs.domain.organizations import OrganizationStatus
from services.programs.domain.problems import OrganizationNotFound

_ITEM: Final = (
    Organization.id,
    Organization.version,
    Organization.code,
    Organization.names,
    Organization.acronym,
    Organization.verbatim_name,
    Organization.kind,
    Organization.country,
    Organization.identifiers,
    Organization.status,
    Organization.provenance,
)


async def get_organization(
    session: AsyncSession, organization_id: UUID, *, visible_to: Caller | None = None, lock: bool = False
) -> Organization:
    """Return the organization, locked for update if `lock`; raise `OrganizationNotFound`.

    To who reaches published rows only, a synthetic one does not exist.
    """
    organization = await session.get(Organization, organization_id, with_for_update=lock or None)
    hidden = visible_to is not None and visible_to.reach is Reach.PUBLISHED
    if organization is None or (hidden and organization.provenance is Provenance.SYNTHETIC):
        raise OrganizationNotFound("There is no such organization.")
    return organization


async def list_organizations(
    session: AsyncSession,
    page: PageRequest,
    *,
    visible_to: Caller,
    country: str | None,
    kind: str | None,
    status: OrganizationStatus | None,
    q: str | None,
) -> bytes:
    """Return a page of `OrganizationItem` by code, as JSON.

    `q` matches the beginning of the code, the acronym or the English name.
    """
    query = select(*_ITEM)
    if visible_to.reach is Reach.PUBLISHED:
        query = query.where(Organization.provenance == Provenance.REAL)
    if country is not None:
        query = query.where(Organization.country == country)
    if kind is not None:
        query = query.where(Organization.kind == kind)
    if status is not None:
        query = query.where(Organization.status == status)
    if q is not None:
        searched = (Organization.code, Organization.acronym, Organization.names["en"].astext)
        query = query.where(or_(*(column.istartswith(q, autoescape=True) for column in searched)))
    return await fetch_json_page(session, query, page, SortKey(Organization.code))
