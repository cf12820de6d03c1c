"""Questions asked of persons and the authorities that nominate them."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.identity import Caller, Reach
from services.common.pagination import PageRequest, Rows, SortKey, fetch_page
from services.participants.db.scopes import about, authority_in_reach, in_reach
from services.participants.db.tables import Application, Authority, Person
from services.participants.domain.problems import AuthorityNotFound, PersonNotFound


async def get_person(
    session: AsyncSession, person_id: UUID, *, visible_to: Caller, lock: bool = False
) -> Person:
    """Return a person whom the caller entered, nominates or is; raise `PersonNotFound`."""
    nominated = select(Application.person_id).where(
        in_reach(visible_to, Application.authority_id, Application.person_id)
    )
    query = select(Person).where(
        Person.id == person_id,
        Person.merged_into.is_(None),
        Person.erased_at.is_(None),
        in_reach(visible_to, Person.entered_by, Person.id) | Person.id.in_(nominated),
    )
    person = (await session.scalars(query.with_for_update() if lock else query)).one_or_none()
    if person is None:
        raise PersonNotFound("There is no such person.")
    return person


async def get_own_or_any(session: AsyncSession, person_id: UUID, *, caller: Caller) -> Person:
    """Return the caller's own person, or anybody where the caller reaches all; raise `PersonNotFound`.

    An officer's reach does not count here: nobody types or reads another person's passport number.
    """
    query = select(Person).where(
        Person.id == person_id, Person.merged_into.is_(None), Person.erased_at.is_(None)
    )
    if caller.reach is not Reach.ALL:
        query = query.where(about(caller, Person.id))
    person = (await session.scalars(query)).one_or_none()
    if person is None:
        raise PersonNotFound("There is no such person.")
    return person


async def list_persons(session: AsyncSession, page: PageRequest, *, visible_to: Caller) -> Rows:
    """Return the persons that the caller entered or is, in the order of their entry."""
    query = select(Person).where(
        in_reach(visible_to, Person.entered_by, Person.id),
        Person.merged_into.is_(None),
        Person.erased_at.is_(None),
    )
    return await fetch_page(session, query, page, SortKey(Person.id))


async def get_authority(
    session: AsyncSession, authority_id: UUID, *, visible_to: Caller, lock: bool = False
) -> Authority:
    """Return a nominating authority whose officer the caller is; raise `AuthorityNotFound`."""
    query = select(Authority).where(Authority.id == authority_id, authority_in_reach(visible_to))
    authority = (await session.scalars(query.with_for_update() if lock else query)).one_or_none()
    if authority is None:
        raise AuthorityNotFound("There is no such nominating authority.")
    return authority


async def list_authorities(session: AsyncSession, page: PageRequest, *, visible_to: Caller) -> Rows:
    """Return the authorities whose officer the caller is, by country."""
    query = select(Authority).where(authority_in_reach(visible_to))
    return await fetch_page(session, query, page, SortKey(Authority.country), SortKey(Authority.id))
