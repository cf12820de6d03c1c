"""A program over its years: what it is, its editions side by side, and what it delivered."""

from uuid import UUID

from fastapi import Response

from gateway.compositions.parts import Reading, Seen, collect
from gateway.upstream import MissingPart, UpstreamFailed, UpstreamTimedOut
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.common.problems import NotFound
from services.common.wire import Answer

router = house_router("overviews", "/overviews")


class ProgramOverview(Answer):
    """A program over its years; a part that could not be had is null and named in `missing`."""

    program: Seen
    editions: Seen | None
    """Its real editions, as many as a list gives at once; the list itself has the rest."""
    deliveries: Seen | None
    """What it delivered beside its editions: equipment, expertise, vouchers."""
    missing: list[MissingPart]


@router.get(
    "/programs/{program_id}",
    response_model=ProgramOverview,
    responses=problems(NotFound, UpstreamFailed, UpstreamTimedOut),
)
async def read_program_overview(program_id: UUID, reading: Reading, response: Response) -> ProgramOverview:
    """Read a program with everything that was done in it, on one page.

    The program is required; its editions and deliveries are optional, each with the caller's own rights.
    """
    of_it = f"program_id={program_id}&provenance=real&limit=200"
    parts, missing = await collect(
        required={"program": reading.read("programs", f"/v1/programs/{program_id}", Seen)},
        optional_parts={
            "editions": reading.read("programs", f"/v1/editions?{of_it}", Seen),
            "deliveries": reading.read("programs", f"/v1/deliveries?{of_it}", Seen),
        },
    )
    if missing:
        response.headers["Cache-Control"] = "no-store"
    return ProgramOverview(**parts, missing=missing)
