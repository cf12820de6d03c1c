"""Questions asked of partnerships and of the cooperation that they make."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from services.common.clock import Provenance
from services.common.identity import Caller, Reach
from services.common.pagination import PageRequest, Rows, SortKey, fetch_page
from services.programs.db.base import any_of
from services.programs.db.tables import (
    Edition,
    EditionCountry,
    Organization,
    Partnership,
    PartnershipSubject,
)
from services.programs.domain.problems import SubjectNotFound


async def get_partnership(session: AsyncSession, partnership_id: UUID, *, lock: bool = False) -> Partnership:
    """Return the partnership with its organization, locked for update if `lock`; raise `SubjectNotFound`."""
    query = (
        select(Partnership)
        .options(joinedload(Partnership.organization))
        .where(Partnership.id == partnership_id)
    )
    if lock:
        query = query.with_for_update(of=Partnership).execution_options(populate_existing=True)
    partnership = (await session.scalars(query)).one_or_none()
    if partnership is None:
        raise SubjectNotFound("There is no such partnership.")
    return partnership


async def list_partnerships(
    session: AsyncSession,
    page: PageRequest,
    *,
    visible_to: Caller,
    code: str | None,
    subject_id: UUID | None,
    organization_id: UUID | None,
) -> Rows:
    """Return partnerships by code, each with its organization; to the public none of synthetic editions (P11)."""
    query = select(Partnership).options(joinedload(Partnership.organization))
    if visible_to.reach is Reach.PUBLISHED:
        synthetic = select(Edition.id).where(Edition.provenance == Provenance.SYNTHETIC)
        made_up = select(PartnershipSubject.partnership_id).where(
            PartnershipSubject.subject_id.in_(synthetic)
        )
        query = query.where(Partnership.id.not_in(made_up))
    if code is not None:
        query = query.where(Partnership.code == code)
    if organization_id is not None:
        query = query.where(Partnership.organization_id == organization_id)
    if subject_id is not None:
        concerned = select(PartnershipSubject.partnership_id).where(
            PartnershipSubject.subject_id == subject_id
        )
        query = query.where(Partnership.id.in_(concerned))
    return await fetch_page(session, query, page, SortKey(Partnership.code))


async def list_triangular_parties(
    session: AsyncSession, subjects: Collection[UUID]
) -> Sequence[Row[Partnership, Organization]]:
    """Return who plays a triangular role in any of these rows, by code; not who has left."""
    concerned = select(PartnershipSubject.partnership_id).where(PartnershipSubject.subject_id.in_(subjects))
    query = (
        select(Partnership, Organization)
        .join(Organization, Organization.id == Partnership.organization_id)
        .where(
            Partnership.id.in_(concerned),
            Partnership.triangular_role.is_not(None),
            Partnership.ended_on.is_(None),
        )
        .order_by(Partnership.code)
    )
    return (await session.execute(query)).all()


async def list_recipient_countries(
    session: AsyncSession, column: Any, ids: Collection[UUID]
) -> Mapping[UUID, Sequence[str]]:
    """Return the countries of the editions whose `column` is one of `ids`, by code.

    `column` is `Edition.id`, or `Edition.program_id`: a program has the countries of all its real editions.
    """
    query = (
        select(column.label("subject_id"), EditionCountry.country)
        .join(Edition, Edition.id == EditionCountry.edition_id)
        .where(column == any_of(ids), EditionCountry.country.is_not(None))
        .distinct()
        .order_by(EditionCountry.country)
    )
    if column is not Edition.id:
        query = query.where(Edition.provenance == Provenance.REAL)
    found: dict[UUID, list[str]] = defaultdict(list)
    for row in await session.execute(query):
        found[row.subject_id].append(row.country)
    return found
