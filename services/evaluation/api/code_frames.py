"""Routes of code frames, and of sorting texts by them."""

from uuid import UUID

from fastapi import Response, status

from services.common.http.callers import Caller
from services.common.http.paging import Paging
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession, WriteSession
from services.common.wire import Id, Page
from services.evaluation.db import code_frames as questions
from services.evaluation.db.comment_tables import CodeFrame, Coding
from services.evaluation.domain.code_frames import count_themes
from services.evaluation.domain.problems import (
    CodeFrameExists,
    CodeFrameNotFound,
    NotAllowedNow,
    SuggestionNotFound,
)
from services.evaluation.domain.suppression import DEFAULT_THRESHOLDS, Audience
from services.evaluation.operations import code_frames as operations
from services.evaluation.schemas.code_frames import (
    CodeFrameCreate,
    CodeFrameRead,
    CodingCreate,
    CodingRead,
    EditionThemes,
    ThemeCountRead,
)

router = house_router("code frames", "")


@router.post(
    "/code-frames",
    response_model=CodeFrameRead,
    status_code=status.HTTP_201_CREATED,
    responses=problems(CodeFrameExists),
)
async def create_code_frame(
    session: WriteSession, caller: Caller, request: CodeFrameCreate, response: Response
) -> CodeFrame:
    """Draw up the next version of a list of themes by which free texts are sorted."""
    frame = await operations.create_code_frame(session, caller, request)
    response.headers["Location"] = f"/v1/code-frames/{frame.id}"
    return frame


@router.get("/code-frames", response_model=Page[CodeFrameRead])
async def list_code_frames(session: ReadSession, page: Paging) -> object:
    """List all versions of all code frames."""
    return await questions.list_code_frames(session, page)


@router.get(
    "/code-frames/{code_frame_id}", response_model=CodeFrameRead, responses=problems(CodeFrameNotFound)
)
async def read_code_frame(session: ReadSession, code_frame_id: UUID) -> CodeFrame:
    """Read one version of a code frame."""
    return await questions.get_code_frame(session, code_frame_id)


@router.post(
    "/code-frames/{code_frame_id}/publication",
    response_model=CodeFrameRead,
    responses=problems(CodeFrameNotFound, NotAllowedNow),
)
async def publish_code_frame(session: WriteSession, caller: Caller, code_frame_id: UUID) -> CodeFrame:
    """Fix a version, so that texts can be sorted by it."""
    return await operations.publish_code_frame(session, caller, code_frame_id)


@router.post(
    "/code-frames/{code_frame_id}/retirement",
    response_model=CodeFrameRead,
    responses=problems(CodeFrameNotFound, NotAllowedNow),
)
async def retire_code_frame(session: WriteSession, caller: Caller, code_frame_id: UUID) -> CodeFrame:
    """Take a version out of use; what was sorted by it stays so."""
    return await operations.retire_code_frame(session, caller, code_frame_id)


@router.post(
    "/suggestions/{suggestion_id}/codings",
    response_model=CodingRead,
    responses=problems(SuggestionNotFound, CodeFrameNotFound, NotAllowedNow),
)
async def code_suggestion(
    session: WriteSession, caller: Caller, suggestion_id: UUID, request: CodingCreate
) -> Coding:
    """Say which themes you find in a text; your later reading replaces your earlier one."""
    return await operations.code_suggestion(session, caller, suggestion_id, request)


@router.get(
    "/code-frames/{code_frame_id}/themes",
    response_model=EditionThemes,
    responses=problems(CodeFrameNotFound),
)
async def count_edition_themes(session: ReadSession, code_frame_id: UUID, edition_id: Id) -> EditionThemes:
    """Count in how many of an edition's texts each theme was found, and how far two coders agree."""
    frame = await questions.get_code_frame(session, code_frame_id)
    readings = await questions.read_codings(session, code_frame_id, edition_id)
    themes = [str(theme["code"]) for theme in frame.themes]
    counted = count_themes(themes, readings, DEFAULT_THRESHOLDS[Audience.INTERNAL])
    return EditionThemes(
        edition_id=edition_id,
        code_frame_id=frame.id,
        texts=len(readings),
        themes=[ThemeCountRead.model_validate(each) for each in counted],
    )
