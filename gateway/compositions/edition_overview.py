"""Where an edition stands: its plan, who is on the way to it, what it achieved, what follows from it."""

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


class SeenEdition(Seen):
    """The plan of an edition, as programs tells it."""

    id: UUID
    state: str


class EditionOverview(Answer):
    """Where an edition stands; a part that could not be had is null and named in `missing`."""

    edition: SeenEdition
    """Its plan; its `actions` say what is missing before each next step."""
    pipeline: Seen | None
    """Counts by country and state."""
    attendance: Seen | None
    costs: Seen | None
    """What it has cost: in all, per participant, per country and per donor."""
    monitoring: Seen | None
    """Its latest status report, overdue milestones, open risks."""
    results: Seen | None
    """Published results, small groups protected."""
    recommendations: Seen | None
    design_tasks: Seen | None
    """What its recommendations ask of coming editions."""
    missing: list[MissingPart]


@router.get(
    "/editions/{edition_id}",
    response_model=EditionOverview,
    responses=problems(NotFound, UpstreamFailed, UpstreamTimedOut),
)
async def read_edition_overview(
    edition_id: UUID, reading: Reading, response: Response, provenance: Provenance = Provenance.REAL
) -> EditionOverview:
    """Read where an edition stands, on one page.

    The plan is required; all else is optional, each part with the caller's own rights. Money spent on a synthetic
    edition is synthetic, and counts only if asked for by `provenance`.
    """
    below = f"/v1/editions/{edition_id}"
    parts, missing = await collect(
        required={"edition": reading.read("programs", below, SeenEdition)},
        optional_parts={
            "pipeline": reading.read("participants", f"{below}/pipeline", Seen),
            "attendance": reading.read("participants", f"{below}/attendance", Seen),
            "costs": reading.read("programs", f"{below}/costs?provenance={provenance}", Seen),
            "monitoring": reading.read("programs", f"{below}/monitoring", Seen),
            "results": reading.read("evaluation", f"/v1/results?edition_id={edition_id}", Seen),
            "recommendations": reading.read(
                "evaluation", f"/v1/recommendations?edition_id={edition_id}", Seen
            ),
            "design_tasks": reading.read(
                "programs", f"/v1/design-tasks?evidence_edition_id={edition_id}", Seen
            ),
        },
    )
    if missing:
        response.headers["Cache-Control"] = "no-store"
    return EditionOverview(**parts, missing=missing)
