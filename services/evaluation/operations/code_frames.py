"""What can be done to code frames, and with them to texts."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.audit import record_change
from services.common.identity import Caller
from services.common.problems import Fault, RequestInvalid
from services.evaluation.db.code_frames import find_coding, get_code_frame, next_number
from services.evaluation.db.comment_tables import CodeFrame, Coding
from services.evaluation.db.recommendations import get_suggestion
from services.evaluation.domain.code_frames import CODE_FRAME_LIFE, CodeFrameState
from services.evaluation.domain.problems import NotAllowedNow
from services.evaluation.schemas.code_frames import CodeFrameCreate, CodingCreate


async def create_code_frame(session: AsyncSession, caller: Caller, request: CodeFrameCreate) -> CodeFrame:
    """Draw up the next version of a frame."""
    frame = CodeFrame(
        code=request.code,
        number=await next_number(session, request.code),
        state=CODE_FRAME_LIFE.initial,
        themes=[theme.model_dump() for theme in request.themes],
    )
    session.add(frame)
    await record_change(session, caller, "code_frame.created", frame)
    return frame


async def publish_code_frame(session: AsyncSession, caller: Caller, code_frame_id: UUID) -> CodeFrame:
    """Fix a version, so that texts can be sorted by it."""
    return await _move(session, caller, code_frame_id, CodeFrameState.PUBLISHED)


async def retire_code_frame(session: AsyncSession, caller: Caller, code_frame_id: UUID) -> CodeFrame:
    """Take a version out of use; what was sorted by it stays so."""
    return await _move(session, caller, code_frame_id, CodeFrameState.RETIRED)


async def code_suggestion(
    session: AsyncSession, caller: Caller, suggestion_id: UUID, request: CodingCreate
) -> Coding:
    """Say which themes the caller finds in a text; a later reading by the same coder replaces the earlier."""
    suggestion = await get_suggestion(session, suggestion_id)
    frame = await get_code_frame(session, request.code_frame_id)
    if frame.state is not CodeFrameState.PUBLISHED:
        raise NotAllowedNow(f"A code frame that is {frame.state} sorts no texts.")
    if set(request.themes) - {theme["code"] for theme in frame.themes}:
        fault = Fault("/themes", "theme", "Expected themes of the frame, each once.")
        raise RequestInvalid("The frame has no such theme.", errors=[fault])
    coding = await find_coding(session, suggestion.id, frame.id, caller.principal)
    if coding is None:
        coding = Coding(
            suggestion_id=suggestion.id, code_frame_id=frame.id, coder=caller.principal, themes=request.themes
        )
        session.add(coding)
    coding.themes = sorted(set(request.themes))
    await record_change(session, caller, "suggestion.coded", coding, ["themes"])
    return coding


async def _move(
    session: AsyncSession, caller: Caller, code_frame_id: UUID, target: CodeFrameState
) -> CodeFrame:
    frame = await get_code_frame(session, code_frame_id, lock=True)
    if not CODE_FRAME_LIFE.may_become(frame.state, target):
        raise NotAllowedNow(f"A code frame that is {frame.state} cannot become {target}.")
    frame.state = target
    await record_change(session, caller, f"code_frame.{target}", frame, ["state"])
    return frame
