"""Routes of nominations, applications and offers."""

from typing import Annotated
from uuid import UUID

from fastapi import Response, status

from services.common.http.callers import Caller
from services.common.http.paging import Following, listing
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.common.http.sessions import HotRead, ReadSession, WriteSession
from services.common.pagination import PageRequest
from services.common.wire import FacetedPage, FollowedPage
from services.participants.api.answers import answer_application
from services.participants.db import applications as questions
from services.participants.db.tables import Nomination
from services.participants.domain.applications import ApplicationState
from services.participants.domain.problems import (
    ApplicationExists,
    ApplicationNotFound,
    AuthorityNotFound,
    CallClosed,
    CallNotFound,
    ConsentMissing,
    PersonNotFound,
    RankOrderInvalid,
    SeatLineRefused,
    StepRefused,
)
from services.participants.operations import applications as operations
from services.participants.schemas.applications import (
    ApplicationItem,
    ApplicationRead,
    NominationCreate,
    NominationRead,
    RankOrder,
    RankOrderRead,
    VoidWrite,
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


@router.get("/nominations", response_model=FollowedPage[NominationRead])
async def list_nominations(
    session: ReadSession, caller: Caller, page: Following, edition_id: UUID | None = None
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
    return answer_application(caller, found, seated=await questions.is_seated(session, found.id))


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
    "/applications/{application_id}/voiding",
    response_model=ApplicationRead,
    responses=problems(ApplicationNotFound, StepRefused),
)
async def void_application(
    session: WriteSession, caller: Caller, application_id: UUID, request: VoidWrite, response: Response
) -> ApplicationRead:
    """Strike out an application that is forged or stands there twice; an unanswered offer ends with it."""
    response.headers["Content-Location"] = f"/v1/applications/{application_id}"
    voided = await operations.void_application(session, caller, application_id, request.reason)
    return answer_application(caller, voided)
