"""Routes of nominations, applications and offers."""

from typing import Annotated
from uuid import UUID

from fastapi import Response, status

from services.common.http.callers import Caller
from services.common.http.paging import Paging, listing
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.common.http.sessions import HotRead, ReadSession, WriteSession
from services.common.pagination import PageRequest
from services.common.wire import FacetedPage, Page
from services.participants.api.answers import answer_application, answer_offer
from services.participants.api.keys import PseudonymKey
from services.participants.db import applications as questions
from services.participants.db.tables import Nomination
from services.participants.domain.applications import ApplicationState
from services.participants.domain.offers import OfferState
from services.participants.domain.problems import (
    ApplicationExists,
    ApplicationNotFound,
    AuthorityNotFound,
    CallClosed,
    CallNotFound,
    ConsentMissing,
    NoFreeSeat,
    OfferExpired,
    OfferNotFound,
    PersonNotFound,
    RankOrderInvalid,
    SeatLineRefused,
    StepRefused,
)
from services.participants.operations import applications as operations
from services.participants.operations import offers
from services.participants.schemas.applications import (
    ApplicationItem,
    ApplicationRead,
    NominationCreate,
    NominationRead,
    OfferCreate,
    OfferItem,
    OfferRead,
    RankOrder,
    RankOrderRead,
)

router = house_router("nominations", "")


@router.post(
    "/nominations",
    response_model=NominationRead,
    status_code=status.HTTP_201_CREATED,
    responses=problems(
        AuthorityNotFound,
        CallNotFound,
        PersonNotFound,
        CallClosed,
        ConsentMissing,
        SeatLineRefused,
        ApplicationExists,
    ),
)
async def nominate(
    session: WriteSession, caller: Caller, request: NominationCreate, response: Response
) -> Nomination:
    """Put a person forward within your authority's seats; the application is made with it."""
    nomination = await operations.nominate(session, caller, request)
    response.headers["Location"] = f"/v1/nominations/{nomination.id}"
    return nomination


@router.get("/nominations", response_model=Page[NominationRead])
async def list_nominations(
    session: ReadSession, caller: Caller, page: Paging, edition_id: UUID | None = None
) -> object:
    """List nominations by authority and rank."""
    return await questions.list_nominations(session, page, edition_id=edition_id, visible_to=caller)


@router.get(
    "/nominations/{nomination_id}", response_model=NominationRead, responses=problems(ApplicationNotFound)
)
async def read_nomination(session: ReadSession, caller: Caller, nomination_id: UUID) -> Nomination:
    """Read one nomination."""
    return await questions.get_nomination(session, nomination_id, visible_to=caller)


@router.put(
    "/authorities/{authority_id}/rank-orders/{edition_id}",
    response_model=RankOrderRead,
    responses=problems(AuthorityNotFound, CallNotFound, CallClosed, RankOrderInvalid),
)
async def rank_nominations(
    session: WriteSession, caller: Caller, authority_id: UUID, edition_id: UUID, request: RankOrder
) -> RankOrderRead:
    """Put your authority's nominations into their order, all at once."""
    order = await operations.rank_nominations(
        session, caller, edition_id, authority_id, request.nomination_ids
    )
    return RankOrderRead(nomination_ids=order)


@router.get("/applications", response_model=FacetedPage[ApplicationItem])
async def list_applications(
    reader: HotRead,
    caller: Caller,
    page: Annotated[PageRequest, listing(questions.APPLICATIONS)],
    edition_id: UUID | None = None,
    state: ApplicationState | None = None,
) -> Response:
    """List the applications that you may see."""
    found = await questions.list_applications(
        reader, page, edition_id=edition_id, state=state, visible_to=caller
    )
    return Response(found, media_type="application/json")


@router.get(
    "/applications/{application_id}", response_model=ApplicationRead, responses=problems(ApplicationNotFound)
)
async def read_application(session: ReadSession, caller: Caller, application_id: UUID) -> ApplicationRead:
    """Read one application."""
    found = await questions.get_application(session, application_id, visible_to=caller)
    return answer_application(caller, found)


@router.post(
    "/applications/{application_id}/withdrawal",
    response_model=ApplicationRead,
    responses=problems(ApplicationNotFound, StepRefused),
)
async def withdraw_application(
    session: WriteSession, caller: Caller, application_id: UUID, response: Response
) -> ApplicationRead:
    """Take an application back; an unanswered offer ends with it."""
    response.headers["Content-Location"] = f"/v1/applications/{application_id}"
    return answer_application(caller, await operations.withdraw_application(session, caller, application_id))


@router.post(
    "/offers",
    response_model=OfferRead,
    status_code=status.HTTP_201_CREATED,
    responses=problems(ApplicationNotFound, CallClosed, StepRefused, NoFreeSeat, OfferExpired),
)
async def make_offer(
    session: WriteSession, caller: Caller, request: OfferCreate, response: Response
) -> OfferRead:
    """Offer a seat to a selected application; the seat is counted in the same transaction."""
    offer = await offers.make_offer(session, caller, request)
    response.headers["Location"] = f"/v1/offers/{offer.id}"
    return answer_offer(caller, offer)


@router.get("/offers", response_model=Page[OfferItem])
async def list_offers(
    session: ReadSession,
    caller: Caller,
    page: Paging,
    edition_id: UUID | None = None,
    state: OfferState | None = None,
) -> object:
    """List the offers that you may see."""
    return await questions.list_offers(session, page, edition_id=edition_id, state=state, visible_to=caller)


@router.get("/offers/{offer_id}", response_model=OfferRead, responses=problems(OfferNotFound))
async def read_offer(session: ReadSession, caller: Caller, offer_id: UUID) -> OfferRead:
    """Read one offer."""
    return answer_offer(caller, await questions.get_offer(session, offer_id, visible_to=caller))


@router.post(
    "/offers/{offer_id}/acceptance",
    response_model=OfferRead,
    responses=problems(OfferNotFound, StepRefused, OfferExpired),
)
async def accept_offer(
    session: WriteSession, caller: Caller, pseudonym_key: PseudonymKey, offer_id: UUID, response: Response
) -> OfferRead:
    """Accept your own offer; your participation begins with it."""
    response.headers["Content-Location"] = f"/v1/offers/{offer_id}"
    accepted = await offers.accept_offer(session, caller, offer_id, pseudonym_key=pseudonym_key)
    return answer_offer(caller, accepted)


@router.post(
    "/offers/{offer_id}/decline", response_model=OfferRead, responses=problems(OfferNotFound, StepRefused)
)
async def decline_offer(
    session: WriteSession, caller: Caller, offer_id: UUID, response: Response
) -> OfferRead:
    """Decline your own offer; the seat goes to the first who waits."""
    response.headers["Content-Location"] = f"/v1/offers/{offer_id}"
    return answer_offer(caller, await offers.decline_offer(session, caller, offer_id))


@router.post(
    "/offers/{offer_id}/withdrawal", response_model=OfferRead, responses=problems(OfferNotFound, StepRefused)
)
async def withdraw_offer(
    session: WriteSession, caller: Caller, offer_id: UUID, response: Response
) -> OfferRead:
    """Take back an offer that nobody has answered."""
    response.headers["Content-Location"] = f"/v1/offers/{offer_id}"
    return answer_offer(caller, await offers.withdraw_offer(session, caller, offer_id))
