"""Routes of composites, and of the scores that results have by them."""

from uuid import UUID

from fastapi import Response, status

from services.common.http.callers import Caller
from services.common.http.paging import Paging
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession, WriteSession
from services.common.wire import Page
from services.evaluation.db import composites as questions
from services.evaluation.db.composite_tables import Composite
from services.evaluation.db.results import get_result
from services.evaluation.domain.composites import COMPOSITE, CompositeState, compose
from services.evaluation.domain.problems import NotAllowedNow, ResultNotFound
from services.evaluation.domain.roll_up_problems import CompositeExists, CompositeNotFound
from services.evaluation.operations import composites as operations
from services.evaluation.schemas.composites import CompositeCreate, CompositeRead, ResultComposite

router = house_router("composites", "")
_MOVED = problems(CompositeNotFound, NotAllowedNow)


@router.post(
    "/composites",
    response_model=CompositeRead,
    status_code=status.HTTP_201_CREATED,
    responses=problems(CompositeExists),
)
async def create_composite(
    session: WriteSession, caller: Caller, request: CompositeCreate, response: Response
) -> Composite:
    """Draw up the next version of a score: which questions it is made of, by which weights, and why."""
    composite = await operations.create_composite(session, caller, request)
    response.headers["Location"] = f"/v1/composites/{composite.id}"
    return composite


@router.get("/composites", response_model=Page[CompositeRead])
async def list_composites(session: ReadSession, page: Paging) -> object:
    """List all versions of all composites: whoever reads a score may know its weights."""
    return await questions.list_composites(session, page)


@router.get("/composites/{composite_id}", response_model=CompositeRead, responses=problems(CompositeNotFound))
async def read_composite(session: ReadSession, composite_id: UUID) -> Composite:
    """Read one version of a composite."""
    return await questions.get_composite(session, composite_id)


@router.post("/composites/{composite_id}/publication", response_model=CompositeRead, responses=_MOVED)
async def publish_composite(session: WriteSession, caller: Caller, composite_id: UUID) -> Composite:
    """Fix the weights of a version, before they are used."""
    return await operations.publish_composite(session, caller, composite_id)


@router.post("/composites/{composite_id}/retirement", response_model=CompositeRead, responses=_MOVED)
async def retire_composite(session: WriteSession, caller: Caller, composite_id: UUID) -> Composite:
    """Take a version out of use."""
    return await operations.retire_composite(session, caller, composite_id)


@router.get(
    "/results/{result_id}/composites/{composite_id}",
    response_model=ResultComposite,
    responses=problems(ResultNotFound, CompositeNotFound, NotAllowedNow),
)
async def score_result(
    session: ReadSession, caller: Caller, result_id: UUID, composite_id: UUID
) -> ResultComposite:
    """Read the score of a result, of a course or a lecturer, with the components beside it.

    It is made of what the result shows, and of nothing else; where a component is hidden there is no score.
    """
    result = await get_result(session, result_id, caller)
    composite = await questions.get_composite(session, composite_id)
    if composite.state is CompositeState.DRAFT:
        raise NotAllowedNow("Weights are fixed before they are used: publish the version first.")
    weights = [(part["comparable_key"], part["weight"]) for part in composite.components]
    score = compose(weights, result.figures)
    return ResultComposite.of(
        composite,
        result_id=result.id,
        composite_id=composite.id,
        methods=[COMPOSITE],
        value=score.value,
        components=score.components,
    )
