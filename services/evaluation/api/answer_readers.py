"""Routes of single answers: who may read them, reading them, and the log of it (E14)."""

from uuid import UUID

from fastapi import Response, status

from services.common.http.callers import Caller
from services.common.http.paging import Paging
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession, WriteSession
from services.common.wire import Code, Id, Page
from services.evaluation.db import answer_readers as questions
from services.evaluation.db.tables import AnswerReader, IdentifiedAnswer
from services.evaluation.db.tables import Response as Answered
from services.evaluation.domain.problems import (
    AnswerReaderExists,
    AnswerReaderNotFound,
    AnswerReaderNotNamed,
    AnswersAnonymous,
    CampaignNotFound,
    DutiesNotSeparated,
    NotAllowedNow,
)
from services.evaluation.operations import answer_readers as operations
from services.evaluation.schemas.answer_readers import (
    AnswerReaderCreate,
    AnswerReaderRead,
    AnswerReadItem,
    RawAnswer,
    RawBlock,
)

router = house_router("answer readers", "")


@router.post(
    "/campaigns/{campaign_id}/answer-readers",
    response_model=AnswerReaderRead,
    status_code=status.HTTP_201_CREATED,
    responses=problems(CampaignNotFound, AnswersAnonymous, AnswerReaderExists, DutiesNotSeparated),
)
async def name_answer_reader(
    session: WriteSession, caller: Caller, campaign_id: UUID, request: AnswerReaderCreate, response: Response
) -> AnswerReader:
    """Name an evaluator who may read a survey's single answers, with the reason and the last day.

    Never of an anonymous survey. Nobody names themselves.
    """
    reader = await operations.name_answer_reader(session, caller, campaign_id, request)
    response.headers["Location"] = f"/v1/campaigns/{campaign_id}/answer-readers/{reader.id}"
    return reader


@router.get("/campaigns/{campaign_id}/answer-readers", response_model=Page[AnswerReaderRead])
async def list_answer_readers(session: ReadSession, page: Paging, campaign_id: UUID) -> object:
    """List everybody who was ever named to read a survey's single answers."""
    return await questions.list_answer_readers(session, page, campaign_id)


@router.post(
    "/campaigns/{campaign_id}/answer-readers/{answer_reader_id}/end",
    response_model=AnswerReaderRead,
    responses=problems(AnswerReaderNotFound, NotAllowedNow),
)
async def end_answer_reader(
    session: WriteSession, caller: Caller, campaign_id: UUID, answer_reader_id: UUID
) -> AnswerReader:
    """Let a named reader read no more."""
    return await operations.end_answer_reader(session, caller, campaign_id, answer_reader_id)


@router.get(
    "/campaigns/{campaign_id}/answers",
    response_model=Page[RawAnswer],
    responses=problems(
        CampaignNotFound, AnswersAnonymous, AnswerReaderNotNamed, DutiesNotSeparated, NotAllowedNow
    ),
)
async def read_raw_answers(
    session: WriteSession, caller: Caller, page: Paging, campaign_id: UUID, response: Response
) -> Page[RawAnswer]:
    """Read single answers of a counted survey, as its named reader; each reading is logged as it happens."""
    rows, by_name = await operations.read_raw_answers(session, caller, page, campaign_id)
    response.headers["Cache-Control"] = "no-store"
    return Page[RawAnswer](
        items=[_named(row) if by_name else _nameless(row) for row in rows.items],
        next_cursor=rows.next_cursor,
        total=rows.total,
    )


@router.get("/answer-reads", response_model=Page[AnswerReadItem])
async def list_answer_reads(
    session: ReadSession, page: Paging, campaign_id: Id | None = None, actor: Code | None = None
) -> object:
    """List who read which survey's single answers, the latest first."""
    rows = await questions.list_answer_reads(session, page, campaign_id=campaign_id, actor=actor)
    return Page[AnswerReadItem](
        items=[AnswerReadItem.of(row, at=row.created_at) for row in rows.items],
        next_cursor=rows.next_cursor,
        total=rows.total,
    )


def _named(row: IdentifiedAnswer) -> RawAnswer:
    return RawAnswer(
        id=row.id,
        pseudonym=row.pseudonym,
        blocks=[RawBlock.model_validate(block) for block in row.answers],
    )


def _nameless(row: Answered) -> RawAnswer:
    subject = {"kind": row.subject_kind, "id": str(row.subject_id)}
    return RawAnswer(id=row.id, pseudonym=None, blocks=[RawBlock(subject=subject, answers=row.answers)])
