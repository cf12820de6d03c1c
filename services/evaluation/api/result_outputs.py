"""Routes of what a result looks like: charts, report, workbook, labelled data."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final
from uuid import UUID

import orjson
from fastapi import Header, Response

from services.common.clock import Provenance
from services.common.documents import render_pdf
from services.common.http.callers import Caller
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession
from services.common.http.worker import Worker
from services.common.i18n import FALLBACK, InterfaceLanguage, pick
from services.common.wire import Line
from services.evaluation.db.campaigns import get_edition
from services.evaluation.db.results import get_result
from services.evaluation.db.tables import ResultSnapshot
from services.evaluation.domain.charts import Chart, list_charts, vega_lite
from services.evaluation.domain.drawings import draw
from services.evaluation.domain.problems import ChartNotFound, ResultNotFound
from services.evaluation.domain.reports import tell_about, write_report
from services.evaluation.domain.result_tables import Table, tabulate
from services.evaluation.schemas.results import ChartLink, VegaLite

router = house_router("results", "/results/{result_id}")
AcceptLanguage = Annotated[Line | None, Header(description="Language of the document: kk, ru or en.")]
SVG: Final = "image/svg+xml"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SAV: Final = "application/x-spss-sav"
_NUMBERS: Final = ("n", "share")


@router.get("/charts", response_model=list[ChartLink], responses=problems(ResultNotFound))
async def list_result_charts(
    session: ReadSession, caller: Caller, result_id: UUID, accept_language: AcceptLanguage = None
) -> list[ChartLink]:
    """List the charts of a result: each as a drawing and as a Vega-Lite specification of the same figures."""
    result = await get_result(session, result_id, caller)
    at = f"/v1/results/{result_id}/charts"
    say = reader_of(accept_language)
    return [
        ChartLink(
            name=chart.name,
            kind=chart.kind,
            title=say(chart.title),
            drawing=f"{at}/{chart.name}/drawing.svg",
            vega_lite=f"{at}/{chart.name}/vega-lite.json",
        )
        for chart in list_charts(result.figures)
    ]


@router.get(
    "/charts/{chart_name}/drawing.svg",
    response_class=Response,
    responses=problems(ResultNotFound, ChartNotFound) | {200: {"content": {SVG: {}}}},
)
async def draw_result_chart(
    session: ReadSession,
    caller: Caller,
    result_id: UUID,
    chart_name: str,
    accept_language: AcceptLanguage = None,
) -> Response:
    """Draw a chart as SVG: readable in grey, with its figures in words for those who listen."""
    chart = _find_chart(await get_result(session, result_id, caller), chart_name)
    return Response(draw(chart, reader_of(accept_language)), media_type=SVG)


@router.get(
    "/charts/{chart_name}/vega-lite.json",
    response_model=VegaLite,
    responses=problems(ResultNotFound, ChartNotFound),
)
async def read_result_chart(
    session: ReadSession,
    caller: Caller,
    result_id: UUID,
    chart_name: str,
    accept_language: AcceptLanguage = None,
) -> VegaLite:
    """Read a chart as a Vega-Lite specification, to be drawn by a frontend."""
    chart = _find_chart(await get_result(session, result_id, caller), chart_name)
    return VegaLite(vega_lite(chart, reader_of(accept_language)))


@router.get(
    "/report.pdf",
    response_class=Response,
    responses=problems(ResultNotFound) | {200: {"content": {"application/pdf": {}}}},
)
async def print_result(
    session: ReadSession,
    caller: Caller,
    worker: Worker,
    result_id: UUID,
    accept_language: AcceptLanguage = None,
) -> Response:
    """Print a result with its charts and a plain note beside each figure, in Kazakh, Russian or English."""
    result = await _get_shown(session, result_id, caller)
    edition = await get_edition(session, result.edition_id)
    language = _language_of(accept_language)
    data = write_report(
        result.figures,
        edition.title,
        result.phase,
        result.visibility,
        language,
        synthetic=result.provenance is Provenance.SYNTHETIC,
        reply=result.reply,
    )
    printed = await render_pdf(
        worker, "services.evaluation:result_report", data, language=language, made_at=result.updated_at
    )
    return Response(printed, media_type="application/pdf")


@router.get(
    "/workbook.xlsx",
    response_class=Response,
    responses=problems(ResultNotFound) | {200: {"content": {XLSX: {}}}},
)
async def write_result_workbook(
    session: ReadSession,
    caller: Caller,
    worker: Worker,
    result_id: UUID,
    accept_language: AcceptLanguage = None,
) -> Response:
    """Write a result as a workbook: what it is about, measures and notes of each question, answers by group."""
    result = await _get_shown(session, result_id, caller)
    edition = await get_edition(session, result.edition_id)
    language = _language_of(accept_language)
    about = tell_about(result.figures, edition.title, result.phase, result.visibility, language)
    tables = [
        Table("about", ("what", "is"), list(about.items())),
        *tabulate(result.figures, reader_of(accept_language)),
    ]
    book = await worker.run_bounded(
        "services.common.workbook_writing:write_workbook",
        {"title": str(result.id)},
        orjson.dumps({"tables": tables}),
        seconds=30,
        megabytes=1024,
    )
    return Response(book, media_type=XLSX)


@router.get(
    "/data.sav", response_class=Response, responses=problems(ResultNotFound) | {200: {"content": {SAV: {}}}}
)
async def write_result_data(
    session: ReadSession,
    caller: Caller,
    worker: Worker,
    result_id: UUID,
    accept_language: AcceptLanguage = None,
) -> Response:
    """Write the answers of a result, in all and by group, as a labelled SPSS file; hidden figures are missing."""
    result = await _get_shown(session, result_id, caller)
    _, answers = tabulate(result.figures, reader_of(accept_language))
    labels = {column: column.replace("_", " ").capitalize() for column in answers.columns}
    written = await worker.run_bounded(
        "services.evaluation.operations.result_files:write_labelled_data",
        {"title": str(result.id), "labels": labels},
        orjson.dumps({"columns": answers.columns, "rows": answers.rows, "numbers": _NUMBERS}),
        seconds=60,
        megabytes=3072,
    )
    return Response(written, media_type=SAV)


async def _get_shown(session: ReadSession, result_id: UUID, caller: Caller) -> ResultSnapshot:
    """Return a result that has figures; one that a rule withheld has none to print."""
    result = await get_result(session, result_id, caller)
    if not result.figures:
        raise ResultNotFound("The result was withheld by rule.")
    return result


def _find_chart(result: ResultSnapshot, name: str) -> Chart:
    for chart in list_charts(result.figures):
        if chart.name == name:
            return chart
    raise ChartNotFound("The result has no such chart.")


def reader_of(accept_language: str | None) -> Callable[[Mapping[str, str]], str]:
    """Return what chooses a text's language for a reader."""

    def say(text: Mapping[str, str]) -> str:
        return pick(text, accept_language).text

    return say


def _language_of(accept_language: str | None) -> InterfaceLanguage:
    spoken: dict[str, Any] = {language: language for language in FALLBACK}
    return InterfaceLanguage(pick(spoken, accept_language, (InterfaceLanguage.EN,)).tag)
