"""Routes of the instrument resource."""

from dataclasses import asdict
from typing import Annotated, Final
from uuid import UUID

from fastapi import Path, Response, status

from services.common.actions import Step, list_actions
from services.common.http.callers import Caller
from services.common.http.paging import Following, Paging
from services.common.http.preconditions import ExpectedVersion
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession, WriteSession
from services.common.wire import FollowedPage, Page
from services.evaluation.db import instruments as questions
from services.evaluation.db.tables import Instrument, InstrumentVersion
from services.evaluation.domain.instruments import VERSION_LIFE, InstrumentVersionState
from services.evaluation.domain.permissions import PERMISSIONS
from services.evaluation.domain.problems import (
    InstrumentExists,
    InstrumentNotFound,
    NotAllowedNow,
    TranslationMissing,
    VersionPublished,
)
from services.evaluation.domain.wordings import translations_of
from services.evaluation.operations import instruments as operations
from services.evaluation.schemas.instruments import (
    InstrumentCreate,
    InstrumentRead,
    InstrumentVersionCreate,
    InstrumentVersionRead,
    InstrumentVersionSummary,
)

router = house_router("instruments", "/instruments")
Number = Annotated[int, Path(ge=1, le=10_000)]
_AT: Final = "/{instrument_id}/versions/{version_number}"
_STEPS: Final = [
    Step("submit_instrument_version", "submission", InstrumentVersionState.IN_REVIEW),
    Step("return_instrument_version", "return", InstrumentVersionState.DRAFT),
    Step("publish_instrument_version", "publication", InstrumentVersionState.PUBLISHED),
    Step("retire_instrument_version", "retirement", InstrumentVersionState.RETIRED),
]


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


@router.get("", response_model=FollowedPage[InstrumentRead])
async def list_instruments(session: ReadSession, page: Following) -> object:
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
) -> InstrumentVersionRead:
    """Draw up the next version, a draft; question codes are stable, so that editions can be compared."""
    version = await operations.create_instrument_version(session, caller, instrument_id, request)
    response.headers["Location"] = f"/v1/instruments/{instrument_id}/versions/{version.number}"
    return answer(version, caller)


@router.get(
    "/{instrument_id}/versions",
    response_model=Page[InstrumentVersionSummary],
    responses=problems(InstrumentNotFound),
)
async def list_instrument_versions(session: ReadSession, page: Paging, instrument_id: UUID) -> object:
    """List the versions of a questionnaire, the latest first."""
    await questions.get_instrument(session, instrument_id)
    return await questions.list_versions(session, page, instrument_id)


@router.get(_AT, response_model=InstrumentVersionRead, responses=problems(InstrumentNotFound))
async def read_instrument_version(
    session: ReadSession, caller: Caller, instrument_id: UUID, version_number: Number
) -> InstrumentVersionRead:
    """Read one version with its questions in every language."""
    return answer(await questions.get_version(session, instrument_id, version_number), caller)


@router.put(
    _AT,
    response_model=InstrumentVersionRead,
    responses=problems(InstrumentNotFound, NotAllowedNow, VersionPublished),
)
async def replace_instrument_version(
    session: WriteSession,
    caller: Caller,
    instrument_id: UUID,
    version_number: Number,
    expected: ExpectedVersion,
    request: InstrumentVersionCreate,
) -> InstrumentVersionRead:
    """Write a draft anew; a language whose texts change has to be reviewed again."""
    version = await operations.replace_instrument_version(
        session, caller, instrument_id, version_number, expected, request
    )
    return answer(version, caller)


@router.post(
    f"{_AT}/translations/{{language}}/review",
    response_model=InstrumentVersionRead,
    responses=problems(InstrumentNotFound, NotAllowedNow, TranslationMissing),
)
async def review_translation(
    session: WriteSession,
    caller: Caller,
    instrument_id: UUID,
    version_number: Number,
    language: Annotated[str, Path(max_length=35)],
) -> InstrumentVersionRead:
    """State that somebody who knows the language has read a complete translation, and found it right."""
    version = await operations.review_translation(session, caller, instrument_id, version_number, language)
    return answer(version, caller)


@router.post(
    f"{_AT}/submission",
    response_model=InstrumentVersionRead,
    responses=problems(InstrumentNotFound, NotAllowedNow),
)
async def submit_instrument_version(
    session: WriteSession, caller: Caller, instrument_id: UUID, version_number: Number
) -> InstrumentVersionRead:
    """Hand a draft in to be reviewed; it cannot be changed meanwhile."""
    return answer(
        await operations.submit_instrument_version(session, caller, instrument_id, version_number), caller
    )


@router.post(
    f"{_AT}/return",
    response_model=InstrumentVersionRead,
    responses=problems(InstrumentNotFound, NotAllowedNow),
)
async def return_instrument_version(
    session: WriteSession, caller: Caller, instrument_id: UUID, version_number: Number
) -> InstrumentVersionRead:
    """Give a reviewed version back to be changed."""
    return answer(
        await operations.return_instrument_version(session, caller, instrument_id, version_number), caller
    )


@router.post(
    f"{_AT}/publication",
    response_model=InstrumentVersionRead,
    responses=problems(InstrumentNotFound, TranslationMissing, VersionPublished),
)
async def publish_instrument_version(
    session: WriteSession, caller: Caller, instrument_id: UUID, version_number: Number
) -> InstrumentVersionRead:
    """Publish a version that is complete in a language at least; from now on it never changes."""
    return answer(
        await operations.publish_instrument_version(session, caller, instrument_id, version_number), caller
    )


@router.post(
    f"{_AT}/retirement",
    response_model=InstrumentVersionRead,
    responses=problems(InstrumentNotFound, NotAllowedNow),
)
async def retire_instrument_version(
    session: WriteSession, caller: Caller, instrument_id: UUID, version_number: Number
) -> InstrumentVersionRead:
    """Retire a published version: no new survey asks it, and those planned or answered keep it."""
    return answer(
        await operations.retire_instrument_version(session, caller, instrument_id, version_number), caller
    )


def answer(version: InstrumentVersion, caller: Caller) -> InstrumentVersionRead:
    """Return a version as it is told to this caller."""
    href = f"/v1/instruments/{version.instrument_id}/versions/{version.number}"
    languages = translations_of(version.wording, version.reviewed_languages)
    return InstrumentVersionRead.of(
        version,
        languages={tag: asdict(translation) for tag, translation in languages.items()},
        actions=list_actions(PERMISSIONS, caller, href, VERSION_LIFE, version.state, _STEPS),
    )
