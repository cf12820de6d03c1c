"""Questions asked of applications, nominations and offers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import Text, Uuid, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.identity import Caller
from services.common.lists import ListShape, fetch_list, wanted
from services.common.pagination import PageRequest, Rows, SortKey, fetch_page
from services.common.sessions import HotReader
from services.participants.db.mirrors import get_edition
from services.participants.db.scopes import about, in_reach, reach_condition, reach_values
from services.participants.db.tables import Application, Nomination, Offer
from services.participants.domain.applications import LIVE, REFUSED, ApplicationState, NomineePlace, Slot
from services.participants.domain.offers import OfferState
from services.participants.domain.problems import ApplicationNotFound, OfferNotFound


async def get_application(
    session: AsyncSession, application_id: UUID, *, visible_to: Caller, lock: bool = False
) -> Application:
    """Return an application in the caller's reach; raise `ApplicationNotFound`."""
    query = select(Application).where(
        Application.id == application_id,
        in_reach(visible_to, Application.authority_id, Application.person_id),
    )
    query = query.execution_options(populate_existing=True)
    found = (await session.scalars(query.with_for_update() if lock else query)).one_or_none()
    if found is None:
        raise ApplicationNotFound("There is no such application.")
    return found


async def lock_own_application(session: AsyncSession, application_id: UUID, *, caller: Caller) -> Application:
    """Return the caller's own application, locked; an officer's reach does not count here.

    Raises `ApplicationNotFound`.
    """
    query = select(Application).where(Application.id == application_id, about(caller, Application.person_id))
    found = (await session.scalars(query.with_for_update())).one_or_none()
    if found is None:
        raise ApplicationNotFound("There is no such application of yours.")
    return found


APPLICATIONS: Final = ListShape(
    items=(
        Application.id,
        Application.version,
        Application.edition_id,
        Application.person_id,
        Application.authority_id,
        Application.seat_line_id,
        Application.channel,
        Application.state,
        Application.reason_code,
        Application.waiting_rank,
        Application.provenance,
    ),
    keys=[SortKey(Application.id)],
    filters={
        "reach": reach_condition(Application.authority_id, Application.person_id),
        "edition_id": Application.edition_id == bindparam("edition_id", type_=Uuid),
        "state": Application.state == bindparam("state", type_=Text),
    },
    sorts={"state": Application.state, "updated_at": Application.updated_at},
    facets={
        "state": Application.state,
        "channel": Application.channel,
        "authority_id": Application.authority_id,
    },
)
"""Applications in the order of their entry."""


async def list_applications(
    reader: HotReader,
    page: PageRequest,
    *,
    edition_id: UUID | None,
    state: ApplicationState | None,
    visible_to: Caller,
) -> bytes:
    """Return a page of `ApplicationItem` in the caller's reach, as JSON."""
    conditions = wanted(edition_id=edition_id, state=state) | reach_values(visible_to)
    return await fetch_list(reader, APPLICATIONS, page, conditions)


async def lock_applications(
    session: AsyncSession, edition_id: UUID, application_ids: Sequence[UUID]
) -> dict[UUID, Application]:
    """Return those of the applications that belong to the edition, locked in a steady order."""
    query = select(Application).where(
        Application.edition_id == edition_id, Application.id.in_(application_ids)
    )
    found = await session.scalars(query.order_by(Application.id).with_for_update())
    return {application.id: application for application in found}


async def list_nominations(
    session: AsyncSession, page: PageRequest, *, edition_id: UUID | None, visible_to: Caller
) -> Rows:
    """Return the nominations in the caller's reach, by authority and rank."""
    query = (
        select(Nomination)
        .join(Application, Application.id == Nomination.application_id)
        .where(in_reach(visible_to, Application.authority_id, Application.person_id))
    )
    if edition_id is not None:
        query = query.where(Nomination.edition_id == edition_id)
    return await fetch_page(
        session,
        query,
        page,
        SortKey(Nomination.authority_id),
        SortKey(Nomination.rank),
        SortKey(Nomination.id),
    )


async def get_nomination(
    session: AsyncSession, nomination_id: UUID, *, visible_to: Caller, lock: bool = False
) -> Nomination:
    """Return a nomination in the caller's reach; raise `ApplicationNotFound`."""
    query = (
        select(Nomination)
        .join(Application, Application.id == Nomination.application_id)
        .where(
            Nomination.id == nomination_id,
            in_reach(visible_to, Application.authority_id, Application.person_id),
        )
    )
    query = query.with_for_update(of=Nomination) if lock else query
    found = (await session.scalars(query)).one_or_none()
    if found is None:
        raise ApplicationNotFound("There is no such nomination.")
    return found


async def find_live_nominations(
    session: AsyncSession, edition_id: UUID, authority_id: UUID
) -> list[Nomination]:
    """Return the authority's nominations whose applications are live, by rank; locked."""
    query = (
        select(Nomination)
        .join(Application, Application.id == Nomination.application_id)
        .where(
            Nomination.edition_id == edition_id,
            Nomination.authority_id == authority_id,
            Application.state.in_(LIVE),
        )
        .order_by(Nomination.rank)
    )
    return list(await session.scalars(query.with_for_update(of=Nomination)))


@dataclass(frozen=True)
class NominationCount:
    """How many live nominations stand in a seat line."""

    principals: int
    reserves: int
    discretionaries: int

    def of(self, place: NomineePlace) -> int:
        """Return how many stand in `place`."""
        return self.principals if place is NomineePlace.PRINCIPAL else self.reserves


async def count_nominations(
    session: AsyncSession, seat_line_id: UUID, *, besides: UUID | None = None
) -> NominationCount:
    """Return how many live nominations stand in a line, `besides` one of them."""
    query = (
        select(
            func.count().filter(Nomination.place == NomineePlace.PRINCIPAL),
            func.count().filter(Nomination.place == NomineePlace.RESERVE),
            func.count().filter(Nomination.slot == Slot.DISCRETIONARY),
        )
        .join(Application, Application.id == Nomination.application_id)
        .where(Application.seat_line_id == seat_line_id, Application.state.in_(LIVE))
    )
    if besides is not None:
        query = query.where(Nomination.id != besides)
    return NominationCount(*(await session.execute(query)).one())


async def get_offer(
    session: AsyncSession, offer_id: UUID, *, visible_to: Caller, lock: bool = False
) -> Offer:
    """Return an offer in the caller's reach; raise `OfferNotFound`.

    With `lock`, the edition is locked first: whoever moves seats does, so nobody waits in a circle.
    """
    query = select(Offer).where(
        Offer.id == offer_id, in_reach(visible_to, Offer.authority_id, Offer.person_id)
    )
    offer = (await session.scalars(query)).one_or_none()
    if offer is None:
        raise OfferNotFound("There is no such offer.")
    if lock:
        await get_edition(session, offer.edition_id, lock=True)
        await session.refresh(offer, with_for_update=True)
    return offer


async def lock_own_offer(session: AsyncSession, offer_id: UUID, *, caller: Caller) -> Offer:
    """Return the caller's own offer, locked after its edition; an officer's reach does not count here.

    Raises `OfferNotFound`.
    """
    own = select(Offer.id).where(Offer.id == offer_id, about(caller, Offer.person_id))
    if (await session.scalars(own)).one_or_none() is None:
        raise OfferNotFound("There is no such offer to you.")
    return await get_offer(session, offer_id, visible_to=caller, lock=True)


async def next_offer_number(session: AsyncSession, edition_id: UUID) -> int:
    """Return the number of the edition's next offer; whoever makes one has the edition locked."""
    query = select(func.coalesce(func.max(Offer.number), 0) + 1).where(Offer.edition_id == edition_id)
    return (await session.execute(query)).scalar_one()


async def find_told(session: AsyncSession, edition_id: UUID) -> list[Application]:
    """Return the edition's applications whose decision its people are told by mail at the release."""
    told = {ApplicationState.WAITLISTED} | REFUSED
    query = select(Application).where(Application.edition_id == edition_id, Application.state.in_(told))
    return list(await session.scalars(query.order_by(Application.id)))


async def list_offers(
    session: AsyncSession,
    page: PageRequest,
    *,
    edition_id: UUID | None,
    state: OfferState | None,
    visible_to: Caller,
) -> Rows:
    """Return the offers in the caller's reach, in the order of their making."""
    query = select(Offer).where(in_reach(visible_to, Offer.authority_id, Offer.person_id))
    if edition_id is not None:
        query = query.where(Offer.edition_id == edition_id)
    if state is not None:
        query = query.where(Offer.state == state)
    return await fetch_page(session, query, page, SortKey(Offer.id))


async def is_seated(session: AsyncSession, application_id: UUID) -> bool:
    """Say whether an offer to the application was accepted; nothing is locked."""
    query = select(Offer.id).where(Offer.application_id == application_id, Offer.state == OfferState.ACCEPTED)
    return (await session.scalars(query)).one_or_none() is not None


async def find_standing_offer(session: AsyncSession, application_id: UUID) -> Offer | None:
    """Return the application's offer that is unanswered or accepted, if there is one; locked."""
    query = select(Offer).where(
        Offer.application_id == application_id, Offer.state.in_([OfferState.OFFERED, OfferState.ACCEPTED])
    )
    return (await session.scalars(query.with_for_update())).one_or_none()
