"""Questions asked for allocations: settings, who competes for which seats, stored runs."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.pagination import PageRequest, Rows, SortKey, fetch_page
from services.participants.db.selection_tables import SeatAllocation, SelectionSettings
from services.participants.db.tables import Application, Authority, Nomination, Person
from services.participants.domain.applications import ApplicationState
from services.participants.domain.selection_problems import AllocationNotFound

_COMPETING = (ApplicationState.ELIGIBLE, ApplicationState.SELECTED, ApplicationState.WAITLISTED)


async def find_settings(
    session: AsyncSession, edition_id: UUID, *, lock: bool = False
) -> SelectionSettings | None:
    """Return how the edition selects, or None where nobody said."""
    query = select(SelectionSettings).where(SelectionSettings.edition_id == edition_id)
    return (await session.scalars(query.with_for_update() if lock else query)).one_or_none()


class Competing(NamedTuple):
    """Somebody who competes for a seat."""

    application: Application
    nomination: Nomination | None
    person: Person
    country: str | None


async def find_competing(session: AsyncSession, edition_id: UUID) -> list[Competing]:
    """Return everybody who competes for the edition's seats, in one statement."""
    query = (
        select(Application, Nomination, Person, Authority.country)
        .outerjoin(Nomination, Nomination.application_id == Application.id)
        .join(Person, Person.id == Application.person_id)
        .outerjoin(Authority, Authority.id == Application.authority_id)
        .where(Application.edition_id == edition_id, Application.state.in_(_COMPETING))
        .order_by(Application.id)
    )
    return [Competing(*row) for row in await session.execute(query)]


async def get_seat_allocation(
    session: AsyncSession, allocation_id: UUID, *, lock: bool = False
) -> SeatAllocation:
    """Return a stored run; raise `AllocationNotFound`."""
    query = select(SeatAllocation).where(SeatAllocation.id == allocation_id)
    found = (await session.scalars(query.with_for_update() if lock else query)).one_or_none()
    if found is None:
        raise AllocationNotFound("There is no such allocation.")
    return found


async def list_seat_allocations(session: AsyncSession, page: PageRequest, *, edition_id: UUID) -> Rows:
    """Return the edition's runs, the latest first."""
    query = select(SeatAllocation).where(SeatAllocation.edition_id == edition_id)
    return await fetch_page(session, query, page, SortKey(SeatAllocation.id, descending=True))


class Placed(NamedTuple):
    """A person whose outcome is told, and by whom they were put forward."""

    application: Application
    person: Person
    nomination: Nomination | None
    authority: Authority | None


async def find_placed(session: AsyncSession, application_ids: Sequence[UUID]) -> dict[UUID, Placed]:
    """Return these applications with their people, in one statement."""
    query = (
        select(Application, Person, Nomination, Authority)
        .join(Person, Person.id == Application.person_id)
        .outerjoin(Nomination, Nomination.application_id == Application.id)
        .outerjoin(Authority, Authority.id == Application.authority_id)
        .where(Application.id.in_(application_ids))
    )
    return {row[0].id: Placed(*row) for row in await session.execute(query)}


async def find_decided(session: AsyncSession, edition_id: UUID, authority_id: UUID) -> list[Placed]:
    """Return everybody whom the authority put forward, by rank, whatever came of it."""
    query = (
        select(Application, Person, Nomination, Authority)
        .join(Person, Person.id == Application.person_id)
        .join(Nomination, Nomination.application_id == Application.id)
        .join(Authority, Authority.id == Application.authority_id)
        .where(Application.edition_id == edition_id, Application.authority_id == authority_id)
        .order_by(Nomination.rank, Application.id)
    )
    return [Placed(*row) for row in await session.execute(query)]
