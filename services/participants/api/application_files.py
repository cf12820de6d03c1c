"""Routes of application files: answers, papers, sending a file and sending it back."""

from uuid import UUID

from fastapi import Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.file_records import FileNotAttachable, FileNotFound, get_file
from services.common.http.callers import Caller
from services.common.http.downloads import RangeUnsatisfiable, send_file
from services.common.http.preconditions import ExpectedVersion
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession, WriteSession
from services.common.identity import Reach
from services.participants.api.answers import answer_application
from services.participants.db.applications import get_application
from services.participants.db.form_tables import ApplicationDocument
from services.participants.db.forms import get_document
from services.participants.db.nominees import find_doubles
from services.participants.db.tables import Application
from services.participants.domain.problems import ApplicationNotFound, CallClosed, ConsentMissing, StepRefused
from services.participants.domain.selection_problems import DocumentNotFound, FileIncomplete
from services.participants.operations import application_files as operations
from services.participants.schemas.applications import ApplicationRead
from services.participants.schemas.nominees import (
    AnswersWrite,
    ApplicationFileRead,
    DocumentJudgment,
    DocumentRead,
    DocumentWrite,
    Lacking,
    ReturnWrite,
)

router = house_router("application files", "/applications/{application_id}")


async def _answer_file(
    session: AsyncSession, caller: Caller, application: Application
) -> ApplicationFileRead:
    file = await operations.open_file(session, application)
    doubles = await find_doubles(session, application) if caller.reach is Reach.ALL else None
    return ApplicationFileRead.of(
        application,
        documents=[DocumentRead.of(one) for one in file.documents],
        complete=not file.missing,
        missing=[Lacking.of(fault) for fault in file.missing],
        deadline=await operations.deadline_of_file(session, file),
        possible_doubles=doubles,
    )


@router.get("/file", response_model=ApplicationFileRead, responses=problems(ApplicationNotFound))
async def read_application_file(
    session: ReadSession, caller: Caller, application_id: UUID
) -> ApplicationFileRead:
    """Read what was answered and handed in, and what is missing."""
    application = await get_application(session, application_id, visible_to=caller)
    return await _answer_file(session, caller, application)


@router.put(
    "/answers", response_model=ApplicationFileRead, responses=problems(ApplicationNotFound, StepRefused)
)
async def answer_form(
    session: WriteSession,
    caller: Caller,
    application_id: UUID,
    request: AnswersWrite,
    version: ExpectedVersion,
) -> ApplicationFileRead:
    """Keep your answers, complete or not."""
    application = await operations.answer_form(session, caller, application_id, request, expected=version)
    return await _answer_file(session, caller, application)


@router.post(
    "/submission",
    response_model=ApplicationRead,
    responses=problems(ApplicationNotFound, StepRefused, CallClosed, ConsentMissing, FileIncomplete),
)
async def submit_application(
    session: WriteSession, caller: Caller, application_id: UUID, response: Response
) -> ApplicationRead:
    """Send your file, once it is complete."""
    response.headers["Content-Location"] = f"/v1/applications/{application_id}"
    return answer_application(caller, await operations.submit_application(session, caller, application_id))


@router.post(
    "/return",
    response_model=ApplicationRead,
    responses=problems(ApplicationNotFound, StepRefused, CallClosed),
)
async def return_application(
    session: WriteSession, caller: Caller, application_id: UUID, request: ReturnWrite, response: Response
) -> ApplicationRead:
    """Send a file back to be corrected."""
    response.headers["Content-Location"] = f"/v1/applications/{application_id}"
    returned = await operations.return_application(session, caller, application_id, request)
    return answer_application(caller, returned)


@router.post(
    "/non-nomination", response_model=ApplicationRead, responses=problems(ApplicationNotFound, StepRefused)
)
async def refuse_nomination(
    session: WriteSession, caller: Caller, application_id: UUID, response: Response
) -> ApplicationRead:
    """Say that your authority does not put the applicant forward."""
    response.headers["Content-Location"] = f"/v1/applications/{application_id}"
    return answer_application(caller, await operations.refuse_nomination(session, caller, application_id))


@router.put(
    "/documents/{code}",
    response_model=DocumentRead,
    responses=problems(ApplicationNotFound, DocumentNotFound, StepRefused, FileNotAttachable),
)
async def add_document(
    session: WriteSession, caller: Caller, application_id: UUID, code: str, request: DocumentWrite
) -> ApplicationDocument:
    """Put a file that you uploaded into your application as one of its papers."""
    return await operations.add_document(session, caller, application_id, code, request)


@router.post(
    "/documents/{code}/judgment",
    response_model=DocumentRead,
    responses=problems(ApplicationNotFound, DocumentNotFound),
)
async def judge_document(
    session: WriteSession, caller: Caller, application_id: UUID, code: str, request: DocumentJudgment
) -> ApplicationDocument:
    """Verify a paper, or reject it with a reason."""
    return await operations.judge_document(session, caller, application_id, code, request)


@router.get(
    "/documents/{code}/content",
    response_class=Response,
    responses=problems(ApplicationNotFound, DocumentNotFound, FileNotFound, RangeUnsatisfiable),
)
async def read_document_content(
    request: Request, session: ReadSession, caller: Caller, application_id: UUID, code: str
) -> Response:
    """Read a paper of an application that you may see."""
    await get_application(session, application_id, visible_to=caller)
    document = await get_document(session, application_id, code, lock=False)
    return await send_file(request, await get_file(session, document.file_id))
