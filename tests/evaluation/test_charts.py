"""Charts: the same figures as data, as a drawing and as a Vega-Lite specification (all synthetic)."""

from typing import Any

import pytest
from lxml import etree

from services.common.i18n import pick
from services.evaluation.domain.charts import Chart, ChartKind, Row, chart_trend, list_charts, vega_lite
from services.evaluation.domain.drawings import describe, draw
from tests.evaluation.test_notes_and_places import by_code, figures

SVG = "{http://www.w3.org/2000/svg}"


def in_english(text: Any) -> str:
    return pick(text, "en").text


@pytest.fixture(scope="module")
def result() -> dict[str, Any]:
    return figures(
        [{"overall": n % 5 + 1, "advise": n % 11, "again": n % 3 > 0} for n in range(30)],
        text={"en": "Overall <b>&", "ru": "В целом"},
    )


def charts_of(result: dict[str, Any]) -> dict[str, Chart]:
    return {chart.name: chart for chart in list_charts(result)}


def test_every_kind_of_question_has_its_chart(result: dict[str, Any]) -> None:
    assert list(charts_of(result)) == ["likert-1-5", "means-1-5", "scores", "choices-again", "choices-sex"]
    assert list_charts({}) == []


def test_a_drawing_is_well_formed_and_says_its_figures(result: dict[str, Any]) -> None:
    for chart in list_charts(result):
        drawn = etree.fromstring(draw(chart, in_english))
        assert drawn.get("role") == "img"
        title, description = drawn.find(f"{SVG}title"), drawn.find(f"{SVG}desc")
        assert title is not None
        assert description is not None
        assert title.text == in_english(chart.title)
        assert description.text == describe(chart, in_english)
        assert not [each for each in drawn.iter() if each.tag == f"{SVG}script"]
    assert describe(charts_of(result)["likert-1-5"], in_english).startswith(
        "Overall <b>&: 1: 20 %, 2: 20 %, 3: 20 %, 4: 20 %, 5: 20 % (n = 30)"
    )
    assert "Yes: 67 % (20)" in describe(charts_of(result)["choices-again"], in_english)


def test_the_middle_of_the_scale_stands_on_one_line() -> None:
    """A third below, a third on, a third above the middle: the bar is as far left as right of it."""
    even = Chart(
        "x", ChartKind.LIKERT, {"en": "x"}, [Row({"en": "r"}, 9, (1 / 3, 1 / 3, 1 / 3))], (-1, 1), (1, 2, 3)
    )
    (group,) = etree.fromstring(draw(even, in_english)).findall(f"{SVG}g")
    bars = [(float(b.get("x", "0")), float(b.get("width", "0"))) for b in group.findall(f"{SVG}rect")]
    middle = 270 + (720 - 270 - 60) / 2
    assert bars[1][0] + bars[1][1] / 2 == pytest.approx(middle, abs=0.2)
    assert middle - bars[0][0] == pytest.approx(bars[2][0] + bars[2][1] - middle, abs=0.2)


def test_what_is_hidden_says_so() -> None:
    few = charts_of(figures([{"overall": 5, "again": True, "advise": 9}] * 2))
    for chart in few.values():
        assert "not shown" in draw(chart, in_english)
        assert all(value.get("hidden") for value in vega_lite(chart, in_english)["data"]["values"])


def test_the_specification_holds_the_same_figures(result: dict[str, Any]) -> None:
    found = {name: vega_lite(chart, in_english) for name, chart in charts_of(result).items()}
    assert all(each["$schema"].endswith("v5.json") for each in found.values())
    likert = [v["share"] for v in found["likert-1-5"]["data"]["values"] if v["label"].startswith("Overall")]
    assert likert == pytest.approx([0.2] * 5)
    (overall, _) = found["means-1-5"]["data"]["values"]
    assert (overall["value"], overall["n"]) == (3, 30)
    assert {v["label"]: round(v["share"], 2) for v in found["choices-again"]["data"]["values"]} == {
        "No": 0.33,
        "Yes": 0.67,
    }


def test_a_trend_follows_one_question_over_editions(result: dict[str, Any]) -> None:
    overall, advise = by_code(result)["overall"], by_code(result)["advise"]
    hidden = by_code(figures([]))["overall"]
    trend = chart_trend("overall", {"en": "Overall"}, [({"en": "2024"}, hidden), ({"en": "2025"}, overall)])
    assert list(trend.scale) == [1, 5]
    assert describe(trend, in_english).startswith("2024: not shown; 2025: 3.00 [")
    scores = chart_trend("advise", {"en": "Advise"}, [({"en": "2025"}, advise)])
    assert list(scores.scale) == [-100, 100]


@pytest.mark.parametrize("points", range(2, 12))
def test_scales_of_any_length_are_drawn(points: int) -> None:
    shares = [1 / points] * points
    chart = Chart(
        "x", ChartKind.LIKERT, {"en": "x"}, [Row({"en": "A " * 80}, 9, shares)], (-1, 1), range(points)
    )
    (group,) = etree.fromstring(draw(chart, in_english)).findall(f"{SVG}g")
    assert len(group.findall(f"{SVG}rect")) == points


def test_a_mean_without_an_interval_is_a_dot_and_none_is_no_dot() -> None:
    rows = [Row({"en": "one"}, 1, (), 4.0), Row({"en": "none"}, 3)]
    chart = Chart("x", ChartKind.MEANS, {"en": "x"}, rows, (1, 5))
    drawn = draw(chart, in_english)
    assert drawn.count("<circle") == 1
