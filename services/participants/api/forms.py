"""Routes of application forms."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response, status

from services.common.http.callers import Caller
from services.common.http.paging import Following
from services.common.http.preconditions import ExpectedVersion
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession, WriteSession
from services.common.wire import Code, FollowedPage
from services.participants.db import forms as questions
from services.participants.db.form_tables import Form
from services.participants.domain.forms import schema_of
from services.participants.domain.problems import StepRefused
from services.participants.domain.selection_problems import FormNotFound
from services.participants.operations import forms as operations
from services.participants.schemas.forms import FormContent, FormCreate, FormItem, FormRead, fields_of

router = house_router("forms", "/forms")


def answer_form_version(form: Form) -> FormRead:
    """Return a version of a form with the schema of its answers."""
    return FormRead.of(form, json_schema=schema_of(fields_of(form.fields)))


@router.post("", response_model=FormRead, status_code=status.HTTP_201_CREATED)
async def create_form(
    session: WriteSession, caller: Caller, request: FormCreate, response: Response
) -> FormRead:
    """Begin a version of an application form: questions, conditions, papers, in several languages."""
    form = await operations.create_form(session, caller, request)
    response.headers["Location"] = f"/v1/forms/{form.id}"
    return answer_form_version(form)


@router.get("", response_model=FollowedPage[FormItem])
async def list_forms(
    session: ReadSession,
    caller: Caller,
    page: Following,
    code: Annotated[Code | None, Query(description="Versions of this form only.")] = None,
) -> object:
    """List versions of forms by code and number."""
    return await questions.list_forms(session, page, code=code, visible_to=caller)


@router.get("/{form_id}", response_model=FormRead, responses=problems(FormNotFound))
async def read_form(session: ReadSession, caller: Caller, form_id: UUID) -> FormRead:
    """Read a version of a form: its questions as hints for a screen, and the JSON Schema of the answers."""
    return answer_form_version(await questions.get_form(session, form_id, visible_to=caller))


@router.put("/{form_id}", response_model=FormRead, responses=problems(FormNotFound, StepRefused))
async def change_form(
    session: WriteSession, caller: Caller, form_id: UUID, request: FormContent, version: ExpectedVersion
) -> FormRead:
    """Replace what a draft asks."""
    return answer_form_version(
        await operations.change_form(session, caller, form_id, request, expected=version)
    )


@router.post("/{form_id}/publication", response_model=FormRead, responses=problems(FormNotFound, StepRefused))
async def publish_form(session: WriteSession, caller: Caller, form_id: UUID, response: Response) -> FormRead:
    """Let editions use the version; it is never changed again."""
    response.headers["Content-Location"] = f"/v1/forms/{form_id}"
    return answer_form_version(await operations.publish_form(session, caller, form_id))


@router.post("/{form_id}/retirement", response_model=FormRead, responses=problems(FormNotFound, StepRefused))
async def retire_form(session: WriteSession, caller: Caller, form_id: UUID, response: Response) -> FormRead:
    """Let no further edition use the version."""
    response.headers["Content-Location"] = f"/v1/forms/{form_id}"
    return answer_form_version(await operations.retire_form(session, caller, form_id))
