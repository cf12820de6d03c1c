"""Charts of a result: what they show, as data; how they are drawn stands in `drawings.py`.

Only what the result itself shows is in a chart. What is hidden stands there by name and says that it is hidden.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

Texts = Mapping[str, str]
VEGA_LITE: Final = "https://vega.github.io/schema/vega-lite/v5.json"


class ChartKind(StrEnum):
    """The fixed set of charts."""

    LIKERT = "likert"
    """Diverging stacked bars: shares of each point of a scale, around its middle."""
    MEANS = "means"
    """Dot and interval: the mean of each scale question."""
    SCORES = "scores"
    """Dot and interval: net promoter scores."""
    CHOICES = "choices"
    """Bars: shares of the options of one question."""
    TREND = "trend"
    """Dot and interval of one question over editions, the earliest first."""


@dataclass(frozen=True)
class Row:
    """One line of a chart; without `n` it is hidden."""

    label: Texts
    n: int | None
    shares: Sequence[float] = ()
    """Of the points from the lowest to the highest, or the one share of an option."""
    value: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Chart:
    """What a chart shows."""

    name: str
    """Unique within its result; part of the chart's address."""
    kind: ChartKind
    title: Texts
    rows: Sequence[Row]
    scale: tuple[float, float]
    points: Sequence[int] = ()


_TITLES: Final[Mapping[ChartKind, Texts]] = {
    ChartKind.LIKERT: {
        "en": "Answers by point of the scale",
        "ru": "Ответы по шкале",
        "kk": "Шкала бойынша жауаптар",
    },
    ChartKind.MEANS: {
        "en": "Means and their intervals",
        "ru": "Средние и их интервалы",
        "kk": "Орташалар мен олардың аралықтары",
    },
    ChartKind.SCORES: {
        "en": "Net promoter score and its interval",
        "ru": "Индекс готовности рекомендовать и его интервал",
        "kk": "Ұсынуға дайындық көрсеткіші мен аралығы",
    },
}


def list_charts(figures: Mapping[str, Any]) -> list[Chart]:
    """Return the charts of a result, in the order in which they are read."""
    scales: dict[tuple[int, ...], list[Mapping[str, Any]]] = {}
    for question in figures.get("questions", []):
        if question["kind"] == "scale":
            scales.setdefault(tuple(question["points"]), []).append(question)
    charts = [chart for points, questions in scales.items() for chart in _of_scale(points, questions)]
    scores = [q for q in figures.get("questions", []) if q["kind"] == "nps"]
    if scores:
        rows = [_measured(q, "score", "interval") for q in scores]
        charts.append(Chart("scores", ChartKind.SCORES, _TITLES[ChartKind.SCORES], rows, (-100, 100)))
    return charts + [
        Chart(f"choices-{q['code']}", ChartKind.CHOICES, q["text"], list(_options(q)), (0, 1))
        for q in figures.get("questions", [])
        if q["kind"] in ("single", "multiple", "consent")
    ]


def chart_trend(key: str, title: Texts, editions: Sequence[tuple[Texts, Mapping[str, Any]]]) -> Chart:
    """Return a question over editions: (what the edition is called, the question's figures), earliest first."""
    first = editions[0][1]
    scale = (-100, 100) if first["kind"] == "nps" else _ends(first["points"])
    rows = [measure_of({**question, "text": name}) for name, question in editions]
    return Chart(key, ChartKind.TREND, title, rows, scale)


def measure_of(question: Mapping[str, Any]) -> Row:
    """Return the mean of a scale question, or the net promoter score, with its interval; without `n` if hidden."""
    measure = ("score", "interval") if question["kind"] == "nps" else ("mean", "mean_interval")
    return _measured(question, *measure)


def _of_scale(points: tuple[int, ...], questions: Sequence[Mapping[str, Any]]) -> Iterator[Chart]:
    name = f"{points[0]}-{points[-1]}"
    shares = [Row(q["text"], q["cell"]["n"], _shares(q, points)) for q in questions]
    likert, means = ChartKind.LIKERT, ChartKind.MEANS
    yield Chart(f"likert-{name}", likert, _TITLES[likert], shares, (-1, 1), points)
    rows = [_measured(q, "mean", "mean_interval") for q in questions]
    yield Chart(f"means-{name}", means, _TITLES[means], rows, _ends(points))


def _ends(points: Sequence[int]) -> tuple[float, float]:
    return float(points[0]), float(points[-1])


def _shares(question: Mapping[str, Any], points: Sequence[int]) -> list[float]:
    statistics = question["cell"]["statistics"]
    return [statistics["shares"].get(str(point), 0.0) for point in points] if statistics else []


def _measured(question: Mapping[str, Any], value: str, interval: str) -> Row:
    cell = question["cell"]
    statistics = cell["statistics"] or {}
    ends = statistics.get(interval) or {}
    return Row(question["text"], cell["n"], (), statistics.get(value), ends.get("low"), ends.get("high"))


def _options(question: Mapping[str, Any]) -> Iterator[Row]:
    statistics = question["cell"]["statistics"]
    if statistics is None:
        yield Row(question["text"], None)
        return
    for answer, share in statistics["shares"].items():
        label = question["labels"].get(answer, {"en": answer})
        yield Row(label, statistics["counts"][answer], (share,))


def vega_lite(chart: Chart, pick: Any) -> dict[str, Any]:
    """Return the chart as a Vega-Lite specification over the same data; `pick` chooses a text's language."""
    values: list[dict[str, Any]] = []
    for place, row in enumerate(chart.rows):
        base = {"label": pick(row.label), "place": place, "n": row.n}
        if row.n is None:
            values.append(base | {"hidden": True})
        elif chart.kind is ChartKind.LIKERT:
            values += [base | {"point": p, "share": s} for p, s in zip(chart.points, row.shares, strict=True)]
        elif chart.kind is ChartKind.CHOICES:
            values.append(base | {"share": row.shares[0]})
        else:
            values.append(base | {"value": row.value, "low": row.low, "high": row.high})
    return {
        "$schema": VEGA_LITE,
        "title": pick(chart.title),
        "data": {"values": values},
        **_marks(chart),
    }


def _marks(chart: Chart) -> dict[str, Any]:
    rows = {"field": "label", "type": "nominal", "sort": {"field": "place"}, "title": None}
    shares = {"field": "share", "type": "quantitative", "axis": {"format": "%"}}
    if chart.kind is ChartKind.LIKERT:
        color = {"field": "point", "type": "ordinal", "scale": {"scheme": "purpleorange", "reverse": True}}
        return {"mark": "bar", "encoding": {"y": rows, "x": shares | {"stack": "normalize"}, "color": color}}
    if chart.kind is ChartKind.CHOICES:
        return {"mark": "bar", "encoding": {"y": rows, "x": shares}}
    scale = {"domain": list(chart.scale)}
    value = {"field": "value", "type": "quantitative", "scale": scale}
    ends = {"x": {"field": "low", "type": "quantitative", "scale": scale}, "x2": {"field": "high"}}
    return {
        "layer": [
            {"mark": "rule", "encoding": {"y": rows} | ends},
            {"mark": {"type": "point", "filled": True}, "encoding": {"y": rows, "x": value}},
        ]
    }
