"""Questions asked of affiliations."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.clock import Provenance
from services.common.pagination import PageRequest, Rows, SortKey, fetch_page
from services.participants.db.affiliation_tables import Affiliation
from services.participants.db.tables import Application, MirrorEdition, MirrorOrganization, Person
from services.participants.domain.affiliations import SUPERVISOR_KEPT
from services.participants.domain.applications import LIVE
from services.participants.domain.problems import AffiliationNotFound


async def get_affiliation(
    session: AsyncSession, person_id: UUID, affiliation_id: UUID, *, lock: bool = False
) -> Affiliation:
    """Return an affiliation of the person; raise `AffiliationNotFound`."""
    affiliation = await session.get(Affiliation, affiliation_id, with_for_update=lock or None)
    if affiliation is None or affiliation.person_id != person_id:
        raise AffiliationNotFound("There is no such affiliation.")
    return affiliation


async def list_affiliations(session: AsyncSession, page: PageRequest, *, person_id: UUID) -> Rows:
    """Return where a person works and worked, the latest entry first."""
    query = select(Affiliation).where(Affiliation.person_id == person_id)
    return await fetch_page(session, query, page, SortKey(Affiliation.id, descending=True))


async def find_supervised(session: AsyncSession, person_id: UUID) -> Sequence[Affiliation]:
    """Return the person's affiliations whose supervisor agreed to be asked, the latest entry first."""
    query = select(Affiliation).where(
        Affiliation.person_id == person_id,
        Affiliation.supervisor_agreed_at.is_not(None),
        Affiliation.supervisor_withdrawn_at.is_(None),
    )
    return (await session.scalars(query.order_by(Affiliation.id.desc()))).all()


async def lock_supervised(session: AsyncSession, person_id: UUID) -> Sequence[Affiliation]:
    """Return the person's affiliations that name a supervisor, locked."""
    query = select(Affiliation).where(
        Affiliation.person_id == person_id, Affiliation.supervisor_email.is_not(None)
    )
    return (await session.scalars(query.order_by(Affiliation.id).with_for_update())).all()


async def has_organization(session: AsyncSession, organization_id: UUID) -> bool:
    """Say whether programs has told of the organization."""
    return await session.get(MirrorOrganization, organization_id) is not None


async def find_lapsed_supervisors(session: AsyncSession, limit: int) -> Sequence[Affiliation]:
    """Return affiliations of real persons whose supervisor is due to be forgotten, locked."""
    over = func.clock_timestamp() - SUPERVISOR_KEPT
    recent = (
        select(Application.id)
        .join(MirrorEdition, MirrorEdition.id == Application.edition_id)
        .where(
            Application.person_id == Affiliation.person_id,
            Application.state.in_(LIVE),
            or_(MirrorEdition.ends_on.is_(None), MirrorEdition.ends_on > func.date(over)),
        )
    )
    query = (
        select(Affiliation)
        .join(Person, Person.id == Affiliation.person_id)
        .where(
            Person.provenance == Provenance.REAL,
            Affiliation.supervisor_email.is_not(None),
            Affiliation.updated_at < over,
            ~recent.exists(),
        )
        .limit(limit)
    )
    return (await session.scalars(query.with_for_update(of=Affiliation, skip_locked=True))).all()
