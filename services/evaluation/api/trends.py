"""Routes of trends: one question over the editions of a program."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Response

from services.common.clock import Provenance
from services.common.http.callers import Caller
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession
from services.common.wire import Code, Id
from services.evaluation.api.result_outputs import SVG, AcceptLanguage, reader_of
from services.evaluation.db.results import list_trend
from services.evaluation.domain.campaigns import Phase
from services.evaluation.domain.charts import measure_of, vega_lite
from services.evaluation.domain.drawings import draw
from services.evaluation.domain.roll_up_problems import TrendNotFound
from services.evaluation.domain.suppression import Audience
from services.evaluation.domain.trends import Point, draw_up, follow_question
from services.evaluation.schemas.results import VegaLite
from services.evaluation.schemas.trends import Trend, TrendPoint

router = house_router("trends", "/trends")
_MISSING = problems(TrendNotFound)


@dataclass(frozen=True)
class Followed:
    """What was asked for, and what was found."""

    program_id: Id
    phase: Phase
    comparable_key: str
    visibility: Audience
    points: Sequence[Point]


async def _follow(
    session: ReadSession,
    caller: Caller,
    program_id: Id,
    phase: Phase,
    comparable_key: Code,
    visibility: Audience = Audience.PUBLIC,
    provenance: Provenance = Provenance.REAL,
) -> Followed:
    results = await list_trend(
        session, program_id, phase, visible_to=caller, visibility=visibility, provenance=provenance
    )
    points = follow_question(results, comparable_key)
    if not points:
        raise TrendNotFound("No published result that you may see has this question.")
    return Followed(program_id, phase, comparable_key, visibility, points)


Following = Annotated[Followed, Depends(_follow)]


@router.get("", response_model=Trend, responses=_MISSING)
async def read_trend(followed: Following) -> Trend:
    """Read how a question fared over the editions of a program, from their published results.

    Editions that did not ask it are absent; what is hidden says by which rule; caveats say what else changed.
    """
    return Trend.of(
        followed,
        text=followed.points[-1].question["text"],
        points=[_point(point) for point in followed.points],
    )


@router.get("/drawing.svg", response_class=Response, responses=_MISSING | {200: {"content": {SVG: {}}}})
async def draw_trend(followed: Following, accept_language: AcceptLanguage = None) -> Response:
    """Draw a trend as SVG: readable in grey, with its figures in words for those who listen."""
    chart = draw_up(followed.comparable_key, followed.points)
    return Response(draw(chart, reader_of(accept_language)), media_type=SVG)


@router.get("/vega-lite.json", response_model=VegaLite, responses=_MISSING)
async def chart_trend(followed: Following, accept_language: AcceptLanguage = None) -> VegaLite:
    """Read a trend as a Vega-Lite specification, to be drawn by a frontend."""
    chart = draw_up(followed.comparable_key, followed.points)
    return VegaLite(vega_lite(chart, reader_of(accept_language)))


def _point(point: Point) -> TrendPoint:
    row = measure_of(point.question)
    return TrendPoint.of(
        point,
        n=row.n,
        value=row.value,
        low=row.low,
        high=row.high,
        rule=point.question["cell"]["rule"],
    )
