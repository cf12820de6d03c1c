"""Routes of published figures of several editions side by side."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import Query

from services.common.clock import Provenance
from services.common.http.callers import Caller
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession
from services.common.problems import Fault, RequestInvalid
from services.evaluation.db import side_by_side as questions
from services.evaluation.domain.side_by_side import lay_side_by_side
from services.evaluation.schemas.side_by_side import SideBySide

router = house_router("results", "")
MOST_EDITIONS: Final = 100


@router.get("/programs/{program_id}/results", response_model=SideBySide)
async def read_program_results(
    session: ReadSession, caller: Caller, program_id: UUID, provenance: Provenance = Provenance.REAL
) -> SideBySide:
    """Read the published results of a program's editions side by side: satisfaction, learning, application.

    Questions meet by their comparable key, in each phase. What a rule hides stays hidden, and nothing is added up.
    """
    found = await questions.list_program_results(session, program_id, provenance, visible_to=caller)
    return SideBySide.model_validate({"rows": lay_side_by_side(found)})


@router.get("/partner-results", response_model=SideBySide)
async def list_partner_results(
    session: ReadSession,
    caller: Caller,
    edition_ids: Annotated[str, Query(description="Ids of at most 100 editions, with commas between them.")],
) -> SideBySide:
    """List what partners may be shown of the results of some editions; partners see those of their own."""
    found = await questions.list_partner_results(session, _read_ids(edition_ids), visible_to=caller)
    return SideBySide.model_validate({"rows": lay_side_by_side(found)})


def _read_ids(text: str) -> list[UUID]:
    try:
        ids = [UUID(part) for part in text.split(",")]
    except ValueError as error:
        raise _refused() from error
    if len(ids) > MOST_EDITIONS:
        raise _refused()
    return ids


def _refused() -> RequestInvalid:
    fault = Fault("/query/edition_ids", "ids", f"Expected at most {MOST_EDITIONS} ids, with commas.")
    return RequestInvalid("See `errors`.", errors=[fault])
