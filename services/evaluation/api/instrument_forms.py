"""Routes by which a version of an instrument is shown, and tried."""

from typing import Annotated
from uuid import UUID

from fastapi import Header

from services.common.clock import real_now
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession
from services.evaluation.api.instruments import Number
from services.evaluation.db import instruments as questions
from services.evaluation.domain.answers import settle_answers
from services.evaluation.domain.forms import describe_block
from services.evaluation.domain.instruments import BlockKind, blocks_of
from services.evaluation.domain.problems import InstrumentNotFound
from services.evaluation.domain.surveyjs import write_surveyjs
from services.evaluation.schemas.instruments import (
    InstrumentForm,
    InstrumentPreview,
    InstrumentPreviewAnswers,
    InstrumentSurveyJs,
)

router = house_router("instruments", "/instruments/{instrument_id}/versions/{version_number}")
_FOUND = problems(InstrumentNotFound)


@router.get("/schema", response_model=InstrumentForm, responses=_FOUND)
async def read_instrument_schema(
    session: ReadSession,
    instrument_id: UUID,
    version_number: Number,
    accept_language: Annotated[str | None, Header()] = None,
) -> object:
    """Read a version as JSON Schema and UI hints, one form for each kind of block."""
    wording = (await questions.get_version(session, instrument_id, version_number)).wording
    asked = {*blocks_of(wording.questions), BlockKind.EDITION, BlockKind.LECTURER}
    return {
        kind: describe_block(wording.about(kind), accept_language) if kind in asked else None
        for kind in BlockKind
    }


@router.get("/surveyjs", response_model=InstrumentSurveyJs, responses=_FOUND)
async def read_instrument_surveyjs(
    session: ReadSession, instrument_id: UUID, version_number: Number
) -> object:
    """Read a version as JSON of SurveyJS, one survey for each kind of block, in all its languages."""
    instrument = await questions.get_instrument(session, instrument_id)
    wording = (await questions.get_version(session, instrument_id, version_number)).wording
    blocks = blocks_of(wording.questions)
    return {"blocks": {kind: write_surveyjs(wording.about(kind), instrument.title) for kind in blocks}}


@router.post("/preview", response_model=InstrumentPreview, responses=_FOUND)
async def try_instrument_version(
    session: ReadSession, instrument_id: UUID, version_number: Number, request: InstrumentPreviewAnswers
) -> object:
    """Try answers on a version: what is asked then, what would count, what would be refused; nothing is kept."""
    version = await questions.get_version(session, instrument_id, version_number)
    wording = version.wording.about(request.block)
    today = (await real_now(session)).date()
    settled, faults = settle_answers(wording, request.answers, today, "/answers")
    return {
        "asked": [q.code for q in wording.questions if q.code not in settled.irrelevant],
        "counted": settled.answers,
        "dropped": settled.dropped,
        "errors": [{"pointer": f.pointer, "code": f.code, "detail": f.detail} for f in faults],
    }
