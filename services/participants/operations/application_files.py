"""What can be done to the file of an application: answers, papers, sending it, sending it back."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.audit import record_change
from services.common.clock import domain_now
from services.common.file_records import attach_file, discard_files_of
from services.common.identity import Caller
from services.common.preconditions import require_version
from services.common.problems import Fault, RequestInvalid
from services.participants.db.applications import get_application, lock_own_application
from services.participants.db.form_tables import ApplicationDocument, Form
from services.participants.db.forms import find_document, find_documents, find_form, get_document
from services.participants.db.mirrors import deadline_of, get_edition
from services.participants.db.tables import Application, Authority, MirrorEdition, Person
from services.participants.domain.applications import (
    APPLICATION_LIFE,
    EDITABLE,
    ApplicationState,
    DocumentState,
    ReasonCode,
)
from services.participants.domain.calls import words_of_deadline
from services.participants.domain.forms import find_answer_faults, keep_relevant
from services.participants.domain.messages import MessageTemplate
from services.participants.domain.problems import StepRefused
from services.participants.domain.selection_problems import DocumentNotFound, FileIncomplete
from services.participants.operations.calls import require_consent, require_open_call
from services.participants.operations.messages import drop_messages, queue_message
from services.participants.schemas.forms import fields_of
from services.participants.schemas.nominees import (
    AnswersWrite,
    DocumentJudgment,
    DocumentWrite,
    ReturnWrite,
)


@dataclass(frozen=True)
class ApplicationFile:
    """An application with everything that belongs to its file."""

    application: Application
    edition: MirrorEdition
    form: Form | None
    documents: list[ApplicationDocument]
    missing: list[Fault]
    """What stands between the file and its being sent; none where it is complete."""


async def open_file(session: AsyncSession, application: Application) -> ApplicationFile:
    """Return the file of an application, with what it still lacks."""
    edition = await get_edition(session, application.edition_id)
    form = await find_form(session, application.form_id)
    documents = await find_documents(session, [application.id])
    missing = await _find_missing(session, application, form, documents)
    return ApplicationFile(application, edition, form, documents, missing)


async def answer_form(
    session: AsyncSession, caller: Caller, application_id: UUID, request: AnswersWrite, *, expected: int
) -> Application:
    """Keep one's own answers, complete or not; raise `RequestInvalid` for such as the questions do not take."""
    application = await lock_own_application(session, application_id, caller=caller)
    require_version(application, expected)
    form = await find_form(session, application.form_id)
    if application.state not in EDITABLE or form is None:
        raise StepRefused("The form is not open for answers.")
    today = (await domain_now(session, application.provenance)).date()
    answers = request.model_dump()["answers"]
    faults = find_answer_faults(fields_of(form.fields), answers, today, complete=False)
    if faults:
        raise RequestInvalid("Some answers are not taken.", errors=faults)
    application.answers = answers
    await record_change(session, caller, "application.answered", application, ["answers"])
    return application


async def submit_application(session: AsyncSession, caller: Caller, application_id: UUID) -> Application:
    """Send one's own file: before the deadline (R4), with consent (R11), and complete.

    Raises `CallClosed`, `ConsentMissing` or `FileIncomplete`, which points at what is missing.
    """
    application = await lock_own_application(session, application_id, caller=caller)
    _require_step(application, ApplicationState.SUBMITTED)
    edition = await get_edition(session, application.edition_id)
    await require_open_call(session, edition, await _authority_of(session, application))
    await require_consent(session, application.person_id)
    file = await open_file(session, application)
    if file.missing:
        raise FileIncomplete("Complete the file first.", errors=file.missing)
    now = await domain_now(session, application.provenance)
    if file.form is not None:
        application.answers = keep_relevant(
            fields_of(file.form.fields), application.answers or {}, now.date()
        )
    application.state, application.submitted_at = ApplicationState.SUBMITTED, now
    application.return_note = None
    await record_change(
        session, caller, "application.submitted", application, ["state", "submitted_at", "answers"]
    )
    await drop_messages(session, application.id)
    return application


async def return_application(
    session: AsyncSession, caller: Caller, application_id: UUID, request: ReturnWrite
) -> Application:
    """Send a file back to be corrected and sent again; the applicant is told by when."""
    application = await get_application(session, application_id, visible_to=caller, lock=True)
    _require_step(application, ApplicationState.RETURNED)
    edition = await get_edition(session, application.edition_id)
    deadline = await require_open_call(session, edition, await _authority_of(session, application))
    application.state, application.return_note = ApplicationState.RETURNED, request.note
    await record_change(session, caller, "application.returned", application, ["state", "return_note"])
    await queue_message(
        session,
        MessageTemplate.APPLICATION_RETURNED,
        application.person_id,
        application.id,
        edition_id=edition.id,
        facts={"until": words_of_deadline(deadline, edition.call_zone or edition.zone)},
        turn=application.version,
    )
    return application


async def refuse_nomination(session: AsyncSession, caller: Caller, application_id: UUID) -> Application:
    """Say that the authority does not put the applicant forward."""
    application = await get_application(session, application_id, visible_to=caller, lock=True)
    _require_step(application, ApplicationState.NOT_NOMINATED)
    application.state, application.reason_code = ApplicationState.NOT_NOMINATED, ReasonCode.AUTHORITY_DECISION
    await record_change(session, caller, "application.not_nominated", application, ["state", "reason_code"])
    return application


async def add_document(
    session: AsyncSession, caller: Caller, application_id: UUID, code: str, request: DocumentWrite
) -> ApplicationDocument:
    """Put an uploaded file into one's own application as one of its papers, in place of an earlier one."""
    application = await lock_own_application(session, application_id, caller=caller)
    form = await find_form(session, application.form_id)
    if form is None or code not in {one["code"] for one in form.documents}:
        raise DocumentNotFound("The form asks for no such document.")
    document = await find_document(session, application.id, code)
    if application.state not in EDITABLE and (
        document is None or document.state is not DocumentState.REJECTED
    ):
        raise StepRefused(
            "Documents are added before the file is sent, or in place of one that was rejected."
        )
    if document is None:
        document = ApplicationDocument(application_id=application.id, code=code)
        session.add(document)
    else:
        await discard_files_of(session, caller, [document.id])
    document.file_id, document.state = request.file_id, DocumentState.RECEIVED
    document.reason, document.expires_on = None, request.expires_on
    await record_change(session, caller, "application_document.received", document, ["file_id", "state"])
    await attach_file(
        session,
        caller,
        request.file_id,
        purpose="application_document",
        kind="application_document",
        subject_id=document.id,
    )
    return document


async def judge_document(
    session: AsyncSession, caller: Caller, application_id: UUID, code: str, request: DocumentJudgment
) -> ApplicationDocument:
    """Verify a paper, or reject it with a reason."""
    await get_application(session, application_id, visible_to=caller)
    document = await get_document(session, application_id, code)
    if (request.reason is None) is (request.state is DocumentState.REJECTED):
        faults = [Fault("/reason", "reason", "A rejection names its reason, a verification has none.")]
        raise RequestInvalid("The judgment is not complete.", errors=faults)
    document.state, document.reason = request.state, request.reason
    if request.expires_on is not None:
        document.expires_on = request.expires_on
    await record_change(
        session, caller, f"application_document.{request.state}", document, ["state", "reason", "expires_on"]
    )
    return document


async def _find_missing(
    session: AsyncSession,
    application: Application,
    form: Form | None,
    documents: list[ApplicationDocument],
) -> list[Fault]:
    person = await session.get_one(Person, application.person_id)
    missing: list[Fault] = []
    if person.birth_date is None:
        missing.append(Fault("/person/birth_date", "required", "The date of birth is required."))
    if form is None:
        return missing
    today = (await domain_now(session, application.provenance)).date()
    answers: dict[str, Any] = application.answers or {}
    missing += find_answer_faults(fields_of(form.fields), answers, today, complete=True)
    given = {one.code: one for one in documents}
    for wanted in form.documents:
        code, document = wanted["code"], given.get(wanted["code"])
        if document is None and wanted["required"]:
            missing.append(Fault(f"/documents/{code}", "required", "The document is required."))
        elif document is not None and document.state is DocumentState.REJECTED:
            missing.append(Fault(f"/documents/{code}", "rejected", "The document was rejected."))
        elif document is not None and document.expires_on is not None and document.expires_on < today:
            missing.append(Fault(f"/documents/{code}", "expired", "The document has expired."))
    return missing


async def _authority_of(session: AsyncSession, application: Application) -> Authority | None:
    if application.authority_id is None:
        return None
    return await session.get_one(Authority, application.authority_id)


async def deadline_of_file(session: AsyncSession, file: ApplicationFile) -> Any:
    """Return until when the file may be sent."""
    if file.application.authority_id is None:
        return file.edition.call_closes_at
    return await deadline_of(session, file.edition, file.application.authority_id)


def _require_step(application: Application, target: ApplicationState) -> None:
    if not APPLICATION_LIFE.may_become(application.state, target):
        raise StepRefused(f"An application that is {application.state} cannot be {target}.")
