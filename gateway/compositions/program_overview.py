"""A program over its years: what it is, its editions side by side, and what it delivered."""

from uuid import UUID

from fastapi import Response

from gateway.compositions.parts import Reading, Seen, collect
from gateway.upstream import MissingPart, UpstreamFailed, UpstreamTimedOut
from services.common.clock import Provenance
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.common.problems import NotFound
from services.common.wire import Answer

router = house_router("overviews", "/overviews")


class ProgramOverview(Answer):
    """A program over its years; a part that could not be had is null and named in `missing`."""

    program: Seen
    editions: Seen | None
    """Its editions, as many as a list gives at once; the list itself has the rest."""
    deliveries: Seen | None
    """What it delivered beside its editions: equipment, expertise, vouchers."""
    turnout: Seen | None
    """How many people took part in each edition, by country."""
    results: Seen | None
    """What they answered, edition beside edition: satisfaction, learning, application; small groups protected."""
    costs: Seen | None
    """What each edition has cost, in all and per participant."""
    indicators: Seen | None
    """What shows whether the program reaches its results."""
    missing: list[MissingPart]


@router.get(
    "/programs/{program_id}",
    response_model=ProgramOverview,
    responses=problems(NotFound, UpstreamFailed, UpstreamTimedOut),
)
async def read_program_overview(
    program_id: UUID, reading: Reading, response: Response, provenance: Provenance = Provenance.REAL
) -> ProgramOverview:
    """Read a program with everything that was done in it, its editions side by side, on one page.

    The program is required; all else is optional, each part with the caller's own rights. Synthetic editions show
    only to staff who ask for them by `provenance`.
    """
    below, asked = f"/v1/programs/{program_id}", f"provenance={provenance}"
    of_it = f"program_id={program_id}&{asked}&limit=200"
    parts, missing = await collect(
        required={"program": reading.read("programs", below, Seen)},
        optional_parts={
            "editions": reading.read("programs", f"/v1/editions?{of_it}", Seen),
            "deliveries": reading.read("programs", f"/v1/deliveries?{of_it}", Seen),
            "turnout": reading.read("participants", f"{below}/turnout?{asked}", Seen),
            "results": reading.read("evaluation", f"{below}/results?{asked}", Seen),
            "costs": reading.read("programs", f"{below}/costs?{asked}", Seen),
            "indicators": reading.read(
                "evaluation", f"/v1/indicators?program_id={program_id}&limit=200", Seen
            ),
        },
    )
    if missing:
        response.headers["Cache-Control"] = "no-store"
    return ProgramOverview(**parts, missing=missing)
