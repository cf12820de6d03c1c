"""Routes of the instrument resource."""

from typing import Annotated
from uuid import UUID

from fastapi import Header, Path, Response, status

from services.common.http.callers import Caller
from services.common.http.paging import Paging
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession, WriteSession
from services.common.wire import Page
from services.evaluation.db import instruments as questions
from services.evaluation.db.tables import Instrument, InstrumentVersion
from services.evaluation.domain.instruments import QUESTIONS, describe_block, questions_about
from services.evaluation.domain.problems import (
    InstrumentExists,
    InstrumentNotFound,
    NotAllowedNow,
    VersionPublished,
)
from services.evaluation.operations import instruments as operations
from services.evaluation.schemas.instruments import (
    InstrumentCreate,
    InstrumentForm,
    InstrumentRead,
    InstrumentVersionCreate,
    InstrumentVersionRead,
)

router = house_router("instruments", "/instruments")
Number = Annotated[int, Path(ge=1, le=10_000)]


@router.post(
    "",
    response_model=InstrumentRead,
    status_code=status.HTTP_201_CREATED,
    responses=problems(InstrumentExists),
)
async def create_instrument(
    session: WriteSession, caller: Caller, request: InstrumentCreate, response: Response
) -> Instrument:
    """Enter a questionnaire; its questions stand in its versions."""
    instrument = await operations.create_instrument(session, caller, request)
    response.headers["Location"] = f"/v1/instruments/{instrument.id}"
    return instrument


@router.get("", response_model=Page[InstrumentRead])
async def list_instruments(session: ReadSession, page: Paging) -> object:
    """List questionnaires by code."""
    return await questions.list_instruments(session, page)


@router.get("/{instrument_id}", response_model=InstrumentRead, responses=problems(InstrumentNotFound))
async def read_instrument(session: ReadSession, instrument_id: UUID) -> Instrument:
    """Read one questionnaire."""
    return await questions.get_instrument(session, instrument_id)


@router.post(
    "/{instrument_id}/versions",
    response_model=InstrumentVersionRead,
    status_code=status.HTTP_201_CREATED,
    responses=problems(InstrumentNotFound),
)
async def create_instrument_version(
    session: WriteSession,
    caller: Caller,
    instrument_id: UUID,
    request: InstrumentVersionCreate,
    response: Response,
) -> InstrumentVersion:
    """Draw up the next version, a draft; question codes are stable, so that editions can be compared."""
    version = await operations.create_instrument_version(session, caller, instrument_id, request)
    response.headers["Location"] = f"/v1/instruments/{instrument_id}/versions/{version.number}"
    return version


@router.get(
    "/{instrument_id}/versions/{version_number}",
    response_model=InstrumentVersionRead,
    responses=problems(InstrumentNotFound),
)
async def read_instrument_version(
    session: ReadSession, instrument_id: UUID, version_number: Number
) -> InstrumentVersion:
    """Read one version with its questions in every language."""
    return await questions.get_version(session, instrument_id, version_number)


@router.post(
    "/{instrument_id}/versions/{version_number}/publication",
    response_model=InstrumentVersionRead,
    responses=problems(InstrumentNotFound, VersionPublished),
)
async def publish_instrument_version(
    session: WriteSession, caller: Caller, instrument_id: UUID, version_number: Number
) -> InstrumentVersion:
    """Publish a version; from now on it never changes."""
    return await operations.publish_instrument_version(session, caller, instrument_id, version_number)


@router.post(
    "/{instrument_id}/versions/{version_number}/retirement",
    response_model=InstrumentVersionRead,
    responses=problems(InstrumentNotFound, NotAllowedNow),
)
async def retire_instrument_version(
    session: WriteSession, caller: Caller, instrument_id: UUID, version_number: Number
) -> InstrumentVersion:
    """Retire a published version: no new survey asks it, and those planned or answered keep it."""
    return await operations.retire_instrument_version(session, caller, instrument_id, version_number)


@router.get(
    "/{instrument_id}/versions/{version_number}/schema",
    response_model=InstrumentForm,
    responses=problems(InstrumentNotFound),
)
async def read_instrument_schema(
    session: ReadSession,
    instrument_id: UUID,
    version_number: Number,
    accept_language: Annotated[str | None, Header()] = None,
) -> object:
    """Read a version as JSON Schema and UI hints, one form for the edition and one for each lecturer."""
    version = await questions.get_version(session, instrument_id, version_number)
    asked = QUESTIONS.validate_python(version.questions)
    return {
        kind: describe_block(questions_about(asked, kind), accept_language)
        for kind in ("edition", "lecturer")
    }
