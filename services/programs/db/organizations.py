"""Questions asked of the organization table."""

from typing import Final
from uuid import UUID

from sqlalchemy import Text, bindparam, func, or_
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.clock import Provenance
from services.common.identity import Caller, Reach
from services.common.lists import ListShape, fetch_list, wanted
from services.common.pagination import PageRequest, SortKey
from services.common.sessions import HotReader
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


ORGANIZATIONS: Final = ListShape(
    items=_ITEM,
    keys=[SortKey(Organization.code)],
    filters={
        "published": Organization.provenance == Provenance.REAL,
        "country": Organization.country == bindparam("country", type_=Text),
        "kind": Organization.kind == bindparam("kind", type_=Text),
        "status": Organization.status == bindparam("status", type_=Text),
        "q": or_(
            *(
                func.starts_with(func.lower(column), func.lower(bindparam("q", type_=Text)))
                for column in (Organization.code, Organization.acronym, Organization.names["en"].astext)
            )
        ),
    },
    sorts={"code": Organization.code, "status": Organization.status, "updated_at": Organization.updated_at},
    facets={
        "country": Organization.country,
        "kind": Organization.kind,
        "status": Organization.status,
    },
)
"""Organizations by code; `q` matches the beginning of the code, the acronym or the English name."""


async def list_organizations(
    reader: HotReader,
    page: PageRequest,
    *,
    visible_to: Caller,
    country: str | None,
    kind: str | None,
    status: OrganizationStatus | None,
    q: str | None,
) -> bytes:
    """Return a page of `OrganizationItem` as JSON, with its facets; the public sees no synthetic ones."""
    published = visible_to.reach is Reach.PUBLISHED
    conditions = wanted(published=published, country=country, kind=kind, status=status, q=q)
    return await fetch_list(reader, ORGANIZATIONS, page, conditions)
