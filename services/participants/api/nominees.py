"""Routes of nominees: invitations, links, applications by oneself, certification, an authority's call."""

from uuid import UUID

from fastapi import Request, Response, status

from services.common.file_records import FileNotAttachable, FileNotFound, get_file
from services.common.http.callers import Caller
from services.common.http.downloads import RangeUnsatisfiable, send_file
from services.common.http.preconditions import ExpectedVersion
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession, WriteSession
from services.participants.api.answers import answer_application
from services.participants.api.call_answers import call_of_authority
from services.participants.db.applications import get_nomination
from services.participants.db.mirrors import get_edition
from services.participants.db.people import get_authority
from services.participants.db.tables import Nomination
from services.participants.domain.problems import (
    ApplicationExists,
    ApplicationNotFound,
    AuthorityNotFound,
    CallClosed,
    CallNotFound,
    SeatLineRefused,
    StepRefused,
)
from services.participants.domain.selection_problems import DelegationExpired
from services.participants.operations import applications, nominees
from services.participants.schemas.applications import ApplicationRead, BulkResult, NominationRead
from services.participants.schemas.bulk import rows_of
from services.participants.schemas.nominees import (
    ApplicationCreate,
    AuthorityCallRead,
    LinkRequest,
    NominationChange,
    NominationLetter,
    NomineeInvitation,
)

router = house_router("nominees", "")


@router.post(
    "/nominations/invitations",
    response_model=NominationRead,
    status_code=status.HTTP_201_CREATED,
    responses=problems(AuthorityNotFound, CallNotFound, CallClosed, DelegationExpired, SeatLineRefused),
)
async def invite_nominee(
    session: WriteSession, caller: Caller, request: NomineeInvitation, response: Response
) -> Nomination:
    """Put somebody forward by name and e-mail: they get a link and complete the file in their own language."""
    nomination = await nominees.invite_nominee(session, caller, request)
    response.headers["Location"] = f"/v1/nominations/{nomination.id}"
    return nomination


@router.patch(
    "/nominations/{nomination_id}",
    response_model=NominationRead,
    responses=problems(ApplicationNotFound, CallClosed, SeatLineRefused, StepRefused),
)
async def change_nomination(
    session: WriteSession,
    caller: Caller,
    nomination_id: UUID,
    request: NominationChange,
    version: ExpectedVersion,
) -> Nomination:
    """Change place, slot or justification before the list is certified."""
    return await applications.change_nomination(session, caller, nomination_id, request, expected=version)


@router.put(
    "/nominations/{nomination_id}/letter",
    response_model=NominationRead,
    responses=problems(ApplicationNotFound, StepRefused, FileNotAttachable),
)
async def keep_nomination_letter(
    session: WriteSession, caller: Caller, nomination_id: UUID, request: NominationLetter
) -> Nomination:
    """Keep the letter in which your authority puts the person forward: a PDF or a picture that you uploaded."""
    return await nominees.keep_nomination_letter(session, caller, nomination_id, request)


@router.get(
    "/nominations/{nomination_id}/letter",
    response_class=Response,
    responses=problems(ApplicationNotFound, FileNotFound, RangeUnsatisfiable),
)
async def read_nomination_letter(
    http: Request, session: ReadSession, caller: Caller, nomination_id: UUID
) -> Response:
    """Read the letter of a nomination of your authority."""
    nomination = await get_nomination(session, nomination_id, visible_to=caller)
    if nomination.letter_file_id is None:
        raise FileNotFound("The authority has handed in no letter.")
    return await send_file(http, await get_file(session, nomination.letter_file_id))


@router.post(
    "/nominations/{nomination_id}/invitation",
    response_model=NominationRead,
    responses=problems(ApplicationNotFound, CallClosed, StepRefused),
)
async def renew_invitation(
    session: WriteSession, caller: Caller, nomination_id: UUID, response: Response
) -> Nomination:
    """Send a nominee who has not confirmed a new link, at most once a day."""
    response.headers["Content-Location"] = f"/v1/nominations/{nomination_id}"
    return await nominees.renew_invitation(session, caller, nomination_id)


@router.post("/nominee-links", status_code=status.HTTP_204_NO_CONTENT)
async def renew_session(session: WriteSession, request: LinkRequest) -> None:
    """Ask for a new link under the address that you applied with; the answer is the same whether there is one."""
    await nominees.renew_session(session, request.email)


@router.post(
    "/authorities/{authority_id}/certifications/{edition_id}",
    response_model=BulkResult,
    responses=problems(AuthorityNotFound, CallNotFound, CallClosed, DelegationExpired),
)
async def certify_nominations(
    session: WriteSession, caller: Caller, authority_id: UUID, edition_id: UUID
) -> BulkResult:
    """Stand by your authority's list: who has sent the file is nominated, the others are named."""
    return rows_of(await nominees.certify_nominations(session, caller, authority_id, edition_id))


@router.get(
    "/authorities/{authority_id}/calls/{edition_id}",
    response_model=AuthorityCallRead,
    responses=problems(AuthorityNotFound, CallNotFound),
)
async def read_authority_call(
    session: ReadSession, caller: Caller, authority_id: UUID, edition_id: UUID
) -> AuthorityCallRead:
    """Read a call as your authority sees it: its seats, what is used and left, and its own deadline."""
    authority = await get_authority(session, authority_id, visible_to=caller)
    return await call_of_authority(session, await get_edition(session, edition_id), authority)


@router.post(
    "/applications",
    response_model=ApplicationRead,
    status_code=status.HTTP_201_CREATED,
    responses=problems(AuthorityNotFound, CallNotFound, CallClosed, SeatLineRefused, ApplicationExists),
)
async def begin_application(
    session: WriteSession, caller: Caller, request: ApplicationCreate, response: Response
) -> ApplicationRead:
    """Begin your own application, to be completed and sent."""
    application = await nominees.begin_application(session, caller, request)
    response.headers["Location"] = f"/v1/applications/{application.id}"
    return answer_application(caller, application)
