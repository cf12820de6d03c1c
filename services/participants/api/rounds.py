"""Routes of selection rounds: reviewers, scores, conflicts of interest."""

from typing import Any
from uuid import UUID

from fastapi import Response, status

from services.common.http.callers import Caller
from services.common.http.paging import Paging
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession, WriteSession
from services.common.problems import Conflict
from services.common.wire import Page
from services.participants.db import rounds as questions
from services.participants.db.rounds import ReviewFile
from services.participants.db.selection_tables import (
    ConflictOfInterest,
    RoundReviewer,
    Score,
    SelectionRound,
)
from services.participants.domain.problems import ApplicationNotFound, CallNotFound, StepRefused
from services.participants.domain.selection_problems import RoundNotFound, ScoreRefused
from services.participants.operations import rounds as operations
from services.participants.schemas.selection import (
    ConflictRead,
    ConflictWrite,
    ReviewerRead,
    ReviewersRead,
    ReviewFileRead,
    ReviewFilesRead,
    RoundCreate,
    RoundRead,
    ScoreRead,
    ScoreWrite,
)

router = house_router("selection rounds", "/selection-rounds")


@router.post(
    "", response_model=RoundRead, status_code=status.HTTP_201_CREATED, responses=problems(CallNotFound)
)
async def create_round(
    session: WriteSession, caller: Caller, request: RoundCreate, response: Response
) -> SelectionRound:
    """Begin a scoring of an edition's eligible applications."""
    round_ = await operations.create_round(session, caller, request)
    response.headers["Location"] = f"/v1/selection-rounds/{round_.id}"
    return round_


@router.get("", response_model=Page[RoundRead])
async def list_rounds(
    session: ReadSession, caller: Caller, page: Paging, edition_id: UUID | None = None
) -> object:
    """List the rounds in which you score; all to staff."""
    return await questions.list_rounds(session, page, edition_id=edition_id, visible_to=caller)


@router.get("/{round_id}", response_model=RoundRead, responses=problems(RoundNotFound))
async def read_round(session: ReadSession, caller: Caller, round_id: UUID) -> SelectionRound:
    """Read one round."""
    return await questions.get_round(session, round_id, visible_to=caller)


@router.get("/{round_id}/reviewers", response_model=ReviewersRead, responses=problems(RoundNotFound))
async def list_reviewers(session: ReadSession, caller: Caller, round_id: UUID) -> ReviewersRead:
    """List who scores in a round, and who has ended."""
    await questions.get_round(session, round_id, visible_to=caller)
    found = await questions.find_reviewers(session, round_id)
    return ReviewersRead(reviewers=[ReviewerRead.of(one) for one in found])


@router.get("/{round_id}/files", response_model=ReviewFilesRead, responses=problems(RoundNotFound))
async def list_review_files(session: ReadSession, caller: Caller, round_id: UUID) -> ReviewFilesRead:
    """List the applications of a round as you work on them; without names where the round is blind."""
    round_ = await questions.get_round(session, round_id, visible_to=caller)
    files = await questions.find_review_files(session, round_, account_id=caller.subject)
    return ReviewFilesRead(files=[_file_of(round_, place, file) for place, file in enumerate(files, start=1)])


@router.put(
    "/{round_id}/scores/{application_id}",
    response_model=ScoreRead,
    responses=problems(RoundNotFound, ApplicationNotFound, ScoreRefused),
)
async def score_application(
    session: WriteSession, caller: Caller, round_id: UUID, application_id: UUID, request: ScoreWrite
) -> Score:
    """Keep your points for an application, by criterion."""
    return await operations.score_application(session, caller, round_id, application_id, request)


@router.get("/{round_id}/scores", response_model=Page[ScoreRead], responses=problems(RoundNotFound))
async def list_scores(session: ReadSession, caller: Caller, page: Paging, round_id: UUID) -> object:
    """List scores: your own, and everybody's once the round is locked."""
    round_ = await questions.get_round(session, round_id, visible_to=caller)
    return await questions.list_scores(session, page, round_, visible_to=caller)


@router.post(
    "/{round_id}/conflicts",
    response_model=ConflictRead,
    status_code=status.HTTP_201_CREATED,
    responses=problems(RoundNotFound, ApplicationNotFound, ScoreRefused, Conflict),
)
async def declare_conflict(
    session: WriteSession, caller: Caller, round_id: UUID, request: ConflictWrite
) -> ConflictOfInterest:
    """Declare a conflict of interest with an applicant, whom you do not score then."""
    return await operations.declare_conflict(session, caller, round_id, request)


@router.post("/{round_id}/completion", response_model=ReviewerRead, responses=problems(RoundNotFound))
async def end_review(session: WriteSession, caller: Caller, round_id: UUID) -> RoundReviewer:
    """End your scoring; nothing of it changes afterwards."""
    return await operations.end_review(session, caller, round_id)


@router.post("/{round_id}/lock", response_model=RoundRead, responses=problems(RoundNotFound, StepRefused))
async def lock_round(
    session: WriteSession, caller: Caller, round_id: UUID, response: Response
) -> SelectionRound:
    """End the round once every reviewer has; seats can be allocated by its scores then."""
    response.headers["Content-Location"] = f"/v1/selection-rounds/{round_id}"
    return await operations.lock_round(session, caller, round_id)


def _file_of(round_: SelectionRound, place: int, file: ReviewFile) -> ReviewFileRead:
    answers: dict[str, Any] = file.application.answers or {}
    hidden = {field["code"] for field in (file.form.fields if file.form else []) if field["identifying"]} | {
        field["code"] for field in (file.form.fields if file.form else []) if field["kind"] == "country"
    }
    return ReviewFileRead(
        application_id=file.application.id,
        alias=f"A-{place:03}",
        country=None if round_.is_blind else file.authority_country or file.person.nationality,
        names=None if round_.is_blind else file.person.names,
        answers={code: one for code, one in answers.items() if not (round_.is_blind and code in hidden)},
        own_score=file.own_score,
        conflict=file.has_conflict,
    )
