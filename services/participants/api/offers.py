"""Routes of offers: one by one and in bulk, their letters and answers, and who is next for a free seat."""

from uuid import UUID

from fastapi import Response, status

from services.common.documents import GlyphsMissing, render_pdf
from services.common.http.callers import Caller
from services.common.http.paging import Following
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession, WriteSession
from services.common.http.worker import Worker
from services.common.i18n import InterfaceLanguage
from services.common.wire import FollowedPage
from services.participants.api.answers import answer_offer
from services.participants.api.keys import PseudonymKey
from services.participants.api.pdf_answers import PDF_ANSWER, PaperLanguage, pdf_answer
from services.participants.db import applications as questions
from services.participants.db.mirrors import get_edition
from services.participants.domain.offers import OfferState
from services.participants.domain.problems import (
    ApplicationNotFound,
    CallClosed,
    CallNotFound,
    NoFreeSeat,
    OfferExpired,
    OfferNotFound,
    StepRefused,
)
from services.participants.operations import offers
from services.participants.operations.offer_letters import write_offer_letter
from services.participants.operations.seats import find_promotions
from services.participants.schemas.applications import (
    BulkResult,
    OfferCreate,
    OfferDecline,
    OfferItem,
    OfferRead,
    OffersCreate,
    PromotionsWrite,
    ProposedPromotion,
    ProposedPromotions,
)
from services.participants.schemas.bulk import rows_of

router = house_router("offers", "")


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


@router.get("/offers", response_model=FollowedPage[OfferItem])
async def list_offers(
    session: ReadSession,
    caller: Caller,
    page: Following,
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
    session: WriteSession,
    caller: Caller,
    offer_id: UUID,
    response: Response,
    request: OfferDecline | None = None,
) -> OfferRead:
    """Decline your own offer, with the reason if you like; the seat goes to the first who waits."""
    response.headers["Content-Location"] = f"/v1/offers/{offer_id}"
    reason = request.reason if request else None
    return answer_offer(caller, await offers.decline_offer(session, caller, offer_id, reason))


@router.post(
    "/offers/{offer_id}/withdrawal", response_model=OfferRead, responses=problems(OfferNotFound, StepRefused)
)
async def withdraw_offer(
    session: WriteSession, caller: Caller, offer_id: UUID, response: Response
) -> OfferRead:
    """Take back an offer that nobody has answered."""
    response.headers["Content-Location"] = f"/v1/offers/{offer_id}"
    return answer_offer(caller, await offers.withdraw_offer(session, caller, offer_id))


@router.get(
    "/offers/{offer_id}/letter",
    response_class=Response,
    responses=problems(OfferNotFound, GlyphsMissing) | PDF_ANSWER,
)
async def read_offer_letter(
    session: ReadSession,
    caller: Caller,
    worker: Worker,
    offer_id: UUID,
    language: PaperLanguage = InterfaceLanguage.RU,
) -> Response:
    """Read the letter of an offer as PDF."""
    offer = await questions.get_offer(session, offer_id, visible_to=caller)
    data = await write_offer_letter(session, offer, language)
    pdf = await render_pdf(
        worker, "services.participants:offer_letter", data, language=language, made_at=offer.created_at
    )
    return pdf_answer(pdf, f"offer-{offer.number}.pdf")


@router.post("/editions/{edition_id}/offers", response_model=BulkResult, responses=problems(CallNotFound))
async def make_offers(
    session: WriteSession, caller: Caller, edition_id: UUID, request: OffersCreate
) -> BulkResult:
    """Offer seats to many selected applications, with a result for each."""
    return rows_of(await offers.make_offers(session, caller, edition_id, request))


@router.get(
    "/editions/{edition_id}/promotions", response_model=ProposedPromotions, responses=problems(CallNotFound)
)
async def list_promotions(session: ReadSession, edition_id: UUID) -> ProposedPromotions:
    """List who is next for the seats that are free now; none outside the time of replacement."""
    edition = await get_edition(session, edition_id)
    found = await find_promotions(session, edition, lock=False)
    return ProposedPromotions(
        promotions=[ProposedPromotion(application_id=one.id, seat_line_id=one.seat_line_id) for one in found]
    )


@router.post("/editions/{edition_id}/promotions", response_model=BulkResult, responses=problems(CallNotFound))
async def promote_waiting(
    session: WriteSession, caller: Caller, edition_id: UUID, request: PromotionsWrite
) -> BulkResult:
    """Offer free seats to those of the next in line whom you name, with a result for each."""
    return rows_of(await offers.promote_waiting(session, caller, edition_id, request))
