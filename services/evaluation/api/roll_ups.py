"""Routes of roll-ups: answers by country over the editions of a program."""

from uuid import UUID

from fastapi import Response, status

from services.common.http.callers import Caller
from services.common.http.paging import Paging
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession, WriteSession
from services.common.wire import Id, Page
from services.evaluation.db import roll_ups as questions
from services.evaluation.db.tables import CountryRollUp
from services.evaluation.domain.problems import NotAllowedNow
from services.evaluation.domain.results import SnapshotState
from services.evaluation.domain.roll_up_problems import NothingToRollUp, RollUpNotFound, RollUpTooLarge
from services.evaluation.operations import roll_ups as operations
from services.evaluation.schemas.roll_ups import RollUpCreate, RollUpFigures, RollUpRead

router = house_router("roll-ups", "/country-roll-ups")
_MOVED = problems(RollUpNotFound, NotAllowedNow)


@router.post(
    "",
    response_model=RollUpRead,
    status_code=status.HTTP_201_CREATED,
    responses=problems(NothingToRollUp, RollUpTooLarge),
)
async def create_roll_up(
    session: WriteSession, caller: Caller, request: RollUpCreate, response: Response
) -> RollUpRead:
    """Add up a question's answers by country, over all counted editions of a program.

    A country shows once enough of its people answered and its part in no single edition can be worked out, from
    this or from what was shown before; shown again, once enough people have joined.
    """
    roll_up = await operations.create_roll_up(session, caller, request)
    response.headers["Location"] = f"/v1/country-roll-ups/{roll_up.id}"
    return _answer(roll_up)


@router.get("", response_model=Page[RollUpRead])
async def list_roll_ups(
    session: ReadSession, caller: Caller, page: Paging, program_id: Id | None = None
) -> object:
    """List the roll-ups you may see, the latest first; those of invented programs only by `program_id`."""
    rows = await questions.list_roll_ups(session, page, visible_to=caller, program_id=program_id)
    return Page[RollUpRead](
        items=[_answer(row) for row in rows.items], next_cursor=rows.next_cursor, total=rows.total
    )


@router.get("/{roll_up_id}", response_model=RollUpRead, responses=problems(RollUpNotFound))
async def read_roll_up(session: ReadSession, caller: Caller, roll_up_id: UUID) -> RollUpRead:
    """Read one roll-up; a hidden country says by which rule."""
    return _answer(await questions.get_roll_up(session, roll_up_id, caller))


@router.post(
    "/{roll_up_id}/publication",
    response_model=RollUpRead,
    responses=problems(RollUpNotFound, NotAllowedNow, RollUpTooLarge),
)
async def publish_roll_up(session: WriteSession, caller: Caller, roll_up_id: UUID) -> RollUpRead:
    """Publish a roll-up to its audience; a rule may withhold it instead."""
    return _answer(await operations.publish_roll_up(session, caller, roll_up_id))


@router.post("/{roll_up_id}/withdrawal", response_model=RollUpRead, responses=_MOVED)
async def withdraw_roll_up(session: WriteSession, caller: Caller, roll_up_id: UUID) -> RollUpRead:
    """Take a roll-up back."""
    return _answer(await operations.withdraw_roll_up(session, caller, roll_up_id))


def _answer(roll_up: CountryRollUp) -> RollUpRead:
    withheld = roll_up.state is SnapshotState.WITHHELD
    figures = None if withheld else RollUpFigures.model_validate(roll_up.figures)
    return RollUpRead.of(roll_up, figures=figures)
