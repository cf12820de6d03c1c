"""The dashboard: what runs and comes, for whom and for how much, what people say, and what is owed."""

from typing import Annotated

from fastapi import Query, Response

from gateway.compositions.parts import Reading, Seen, SeenRows, collect
from gateway.upstream import MissingPart, UpstreamFailed, UpstreamTimedOut
from services.common.clock import Provenance
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.common.wire import Answer

router = house_router("overviews", "/overviews")


class PortfolioOverview(Answer):
    """The agency's work on one page; a part that could not be had is null and named in `missing`."""

    portfolio: Seen
    """What runs, what comes, and counts by state, country, sector and goal."""
    turnout: Seen | None
    """How many people took part, by year and country."""
    money: Seen | None
    """What was paid, by sector, goal, country and year."""
    response_rates: Seen | None
    """How many answered the surveys of the past year."""
    overdue_recommendations: list[Seen] | None
    """What was agreed and is not done past its day, the longest overdue first."""
    overdue_items: Seen | None
    """Milestones, reviews, deliveries and tasks that are late: the first 20, and how many in all."""
    missing: list[MissingPart]


@router.get(
    "/portfolio", response_model=PortfolioOverview, responses=problems(UpstreamFailed, UpstreamTimedOut)
)
async def read_portfolio_overview(
    reading: Reading,
    response: Response,
    provenance: Annotated[
        Provenance, Query(description="Synthetic rows show only if staff ask for them by name.")
    ] = Provenance.REAL,
) -> PortfolioOverview:
    """Read the agency's work on one page: what it does, for whom, for how much, with which response.

    The portfolio is required; everything else is optional, each part with the caller's own rights.
    """
    asked = f"provenance={provenance}"
    parts, missing = await collect(
        required={"portfolio": reading.read("programs", f"/v1/portfolio?{asked}", Seen)},
        optional_parts={
            "turnout": reading.read("participants", f"/v1/turnout?{asked}", Seen),
            "money": reading.read("programs", f"/v1/portfolio/money?{asked}", Seen),
            "response_rates": reading.read("evaluation", f"/v1/response-rates?{asked}", Seen),
            "overdue_recommendations": reading.read(
                "evaluation", f"/v1/overdue-recommendations?{asked}", SeenRows
            ),
            "overdue_items": reading.read("programs", f"/v1/overdue-items?{asked}&limit=20&count=true", Seen),
        },
    )
    if missing:
        response.headers["Cache-Control"] = "no-store"
    rows = parts.pop("overdue_recommendations")
    return PortfolioOverview(**parts, overdue_recommendations=rows and rows.root, missing=missing)
