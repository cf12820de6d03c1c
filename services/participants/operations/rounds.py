"""What can be done to selection rounds: scoring, declaring conflicts, ending."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.audit import record_change
from services.common.clock import domain_now
from services.common.identity import Caller
from services.common.problems import Fault, RequestInvalid
from services.participants.db.mirrors import get_edition
from services.participants.db.rounds import (
    find_reviewers,
    find_scorable,
    find_score,
    get_round,
    has_conflict,
    lock_reviewer,
)
from services.participants.db.selection_tables import (
    ConflictOfInterest,
    RoundReviewer,
    Score,
    SelectionRound,
)
from services.participants.domain.problems import ApplicationNotFound, StepRefused
from services.participants.domain.rounds import Criterion, total_of
from services.participants.domain.selection_problems import ScoreRefused
from services.participants.schemas.selection import ConflictWrite, RoundCreate, ScoreWrite


async def create_round(session: AsyncSession, caller: Caller, request: RoundCreate) -> SelectionRound:
    """Begin a scoring of an edition's eligible applications by these reviewers."""
    await get_edition(session, request.edition_id)
    round_ = SelectionRound(**request.model_dump(mode="json", exclude={"reviewers", "edition_id"}))
    round_.edition_id = request.edition_id
    session.add(round_)
    await record_change(session, caller, "selection_round.created", round_)
    for account_id in request.reviewers:
        reviewer = RoundReviewer(round_id=round_.id, account_id=account_id)
        session.add(reviewer)
        await record_change(session, caller, "round_reviewer.named", reviewer)
    return round_


async def score_application(
    session: AsyncSession, caller: Caller, round_id: UUID, application_id: UUID, request: ScoreWrite
) -> Score:
    """Keep one's own points for an application.

    Raises `ScoreRefused` for a reviewer with a declared conflict or who has ended (R5).
    """
    round_ = await _open_round(session, caller, round_id)
    await _require_application(session, round_, application_id)
    if await has_conflict(session, round_id, caller.subject, application_id):
        raise ScoreRefused("You have declared a conflict of interest with this applicant.")
    criteria = [Criterion(one["code"], one["weight"], one["maximum"]) for one in round_.criteria]
    try:
        total = total_of(criteria, request.points)
    except ValueError as error:
        faults = [Fault("/points", "points", "Each criterion has from 0 to its maximum of points.")]
        raise RequestInvalid("The points are not complete.", errors=faults) from error
    score = await find_score(session, round_id, caller.subject, application_id)
    if score is None:
        score = Score(round_id=round_id, account_id=caller.subject, application_id=application_id)
        session.add(score)
    score.points, score.total, score.comment = dict(request.points), total, request.comment
    await record_change(session, caller, "score.given", score, ["points", "comment"])
    return score


async def declare_conflict(
    session: AsyncSession, caller: Caller, round_id: UUID, request: ConflictWrite
) -> ConflictOfInterest:
    """Declare a tie with an applicant: a score given before is taken away, none is given any more (R5)."""
    round_ = await _open_round(session, caller, round_id)
    await _require_application(session, round_, request.application_id)
    score = await find_score(session, round_id, caller.subject, request.application_id)
    if score is not None:
        await record_change(session, caller, "score.withdrawn", score)
        await session.delete(score)
    conflict = ConflictOfInterest(round_id=round_id, account_id=caller.subject, **request.model_dump())
    session.add(conflict)
    await record_change(session, caller, "conflict_of_interest.declared", conflict)
    return conflict


async def end_review(session: AsyncSession, caller: Caller, round_id: UUID) -> RoundReviewer:
    """End one's own scoring: nothing of it changes afterwards."""
    round_ = await get_round(session, round_id, visible_to=caller)
    reviewer = await lock_reviewer(session, round_id, caller.subject)
    if reviewer.locked_at is None:
        edition = await get_edition(session, round_.edition_id)
        reviewer.locked_at = await domain_now(session, edition.provenance)
        await record_change(session, caller, "round_reviewer.ended", reviewer, ["locked_at"])
    return reviewer


async def lock_round(session: AsyncSession, caller: Caller, round_id: UUID) -> SelectionRound:
    """End the round once every reviewer has; its scores can be allocated by. Raises `StepRefused`."""
    round_ = await get_round(session, round_id, visible_to=caller, lock=True)
    if any(reviewer.locked_at is None for reviewer in await find_reviewers(session, round_id)):
        raise StepRefused("Some reviewers have not ended yet.")
    if round_.locked_at is None:
        edition = await get_edition(session, round_.edition_id)
        round_.locked_at = await domain_now(session, edition.provenance)
        await record_change(session, caller, "selection_round.locked", round_, ["locked_at"])
    return round_


async def _open_round(session: AsyncSession, caller: Caller, round_id: UUID) -> SelectionRound:
    round_ = await get_round(session, round_id, visible_to=caller)
    reviewer = await lock_reviewer(session, round_id, caller.subject)
    if reviewer.locked_at is not None or round_.locked_at is not None:
        raise ScoreRefused("Your scoring has ended.")
    return round_


async def _require_application(session: AsyncSession, round_: SelectionRound, application_id: UUID) -> None:
    if await find_scorable(session, round_, application_id) is None:
        raise ApplicationNotFound("The round has no such application to score.")
