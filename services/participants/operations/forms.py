"""What can be done to application forms."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.audit import record_change
from services.common.identity import Caller
from services.common.preconditions import require_version
from services.common.problems import RequestInvalid
from services.participants.db.form_tables import Form
from services.participants.db.forms import get_form, next_number
from services.participants.domain.forms import FORM_LIFE, FormState, check_fields
from services.participants.domain.problems import StepRefused
from services.participants.schemas.forms import FormContent, FormCreate, fields_of


async def create_form(session: AsyncSession, caller: Caller, request: FormCreate) -> Form:
    """Begin a version of a form; raises `RequestInvalid` that points at each fault of its questions."""
    content = _checked(request)
    number = await next_number(session, request.code)
    form = Form(**content, code=request.code, number=number, state=FormState.DRAFT)
    session.add(form)
    await record_change(session, caller, "form.created", form)
    return form


async def change_form(
    session: AsyncSession, caller: Caller, form_id: UUID, request: FormContent, *, expected: int
) -> Form:
    """Replace what a draft asks; raise `StepRefused` for a version that is published."""
    form = await get_form(session, form_id, visible_to=caller, lock=True)
    require_version(form, expected)
    if form.state is not FormState.DRAFT:
        raise StepRefused("A published version is never changed; begin a new one.")
    for name, value in _checked(request).items():
        setattr(form, name, value)
    await record_change(session, caller, "form.changed", form, ["title", "fields", "documents"])
    return form


async def publish_form(session: AsyncSession, caller: Caller, form_id: UUID) -> Form:
    """Let editions use the version, which is never changed again."""
    return await _step(session, caller, form_id, FormState.PUBLISHED)


async def retire_form(session: AsyncSession, caller: Caller, form_id: UUID) -> Form:
    """Let no further edition use the version; applications that answer it go on."""
    return await _step(session, caller, form_id, FormState.RETIRED)


async def _step(session: AsyncSession, caller: Caller, form_id: UUID, target: FormState) -> Form:
    form = await get_form(session, form_id, visible_to=caller, lock=True)
    if not FORM_LIFE.may_become(form.state, target):
        raise StepRefused(f"A form that is {form.state} cannot be {target}.")
    form.state = target
    await record_change(session, caller, f"form.{target}", form, ["state"])
    return form


def _checked(request: FormContent) -> dict[str, object]:
    content = request.model_dump(mode="json", include=set(FormContent.model_fields))
    if faults := check_fields(fields_of(content["fields"])):
        raise RequestInvalid("The form is not valid.", errors=faults)
    return content
