"""A result as charts, report, workbook and labelled data (all synthetic)."""

import io
from pathlib import Path
from uuid import uuid4

import pyreadstat
from openpyxl import load_workbook

from tests.apps import Door
from tests.documents import text_of
from tests.evaluation.test_results import answered


async def test_a_result_can_be_looked_at(evaluation: Door) -> None:
    survey = await answered(evaluation, 40, 30)
    result = await survey.result("public")
    at = f"/v1/results/{result['id']}"
    charts = (await survey.public.get(f"{at}/charts", headers={"Accept-Language": "ru"})).json()
    assert [chart["name"] for chart in charts] == [
        "likert-1-5",
        "means-1-5",
        "scores",
        "choices-country",
        "choices-sex",
    ]
    assert charts[0]["title"] == "Ответы по шкале"
    drawn = await survey.public.get(charts[0]["drawing"])
    assert drawn.headers["content-type"] == "image/svg+xml"
    assert "20 %" in drawn.text
    described = await survey.public.get(charts[1]["vega_lite"])
    assert described.json()["data"]["values"][0]["value"] == 3
    hidden = await survey.public.get(charts[3]["drawing"])
    assert "TJ" not in hidden.text
    missing = await survey.public.get(f"{at}/charts/weather/drawing.svg")
    assert (missing.status_code, missing.json()["code"]) == (404, "chart-not-found")


async def test_a_report_says_what_may_be_said(evaluation: Door) -> None:
    survey = await answered(evaluation, 40, 30)
    result = await survey.result("public")
    for language, words in (
        ("kk", "40 адамның 30 жауап берді"),
        ("ru", "Ответили 30 из 40"),
        ("en", "30 of 40 answered"),
    ):
        printed = await survey.public.get(
            f"/v1/results/{result['id']}/report.pdf", headers={"Accept-Language": language}
        )
        assert printed.status_code == 200, printed.text
        assert printed.headers["content-type"] == "application/pdf"
        text = " ".join(text_of(printed.content).split())
        assert words in text
    assert "Synthetic" in text
    assert "not shown" in text
    assert "too few come from each country" in text
    assert "Survey: End of course · Made for: the public · Asked: 40 · Answered: 30" in text


async def test_a_workbook_and_a_data_file_hold_the_same_figures(evaluation: Door, tmp_path: Path) -> None:
    survey = await answered(evaluation, 40, 30)
    result = await survey.result("public")
    book = await survey.public.get(f"/v1/results/{result['id']}/workbook.xlsx")
    assert book.status_code == 200, book.text
    sheets = load_workbook(io.BytesIO(book.content), read_only=False)
    assert sheets.sheetnames == ["about", "measures", "answers"]
    about = dict(sheets["about"].iter_rows(min_row=2, values_only=True))
    assert (about["Survey"], about["Made for"], about["Answered"]) == ("End of course", "the public", "30")
    measures = {row[0]: row for row in sheets["measures"].iter_rows(min_row=2, values_only=True)}
    assert measures["overall"][3:5] == (30, 3)
    answers = list(sheets["answers"].iter_rows(min_row=2, values_only=True))
    whole = {row[4]: row[6] for row in answers if row[0] == "overall" and row[2] is None}
    assert whole == {str(point): 6 for point in range(1, 6)}
    assert {row[8] for row in answers if row[2] == "country"} == {"country_of_one_edition"}
    assert not [row for row in answers if row[2] == "country" and row[6] is not None]

    data = await survey.public.get(f"/v1/results/{result['id']}/data.sav")
    assert data.status_code == 200, data.text
    place = tmp_path / "result.sav"
    place.write_bytes(data.content)
    frame, meta = pyreadstat.read_sav(place)
    assert meta.column_names_to_labels["n"] == "N"
    found = frame[(frame.question == "overall") & (frame.dimension == "")]
    assert sorted(zip(found.answer, found.n, strict=True)) == sorted((a, float(n)) for a, n in whole.items())


async def test_nothing_is_printed_of_what_a_rule_withheld(evaluation: Door) -> None:
    survey = await answered(evaluation, 30, 12)
    withheld = await survey.result("public")
    for name in ("report.pdf", "workbook.xlsx", "data.sav"):
        refused = await survey.staff.get(f"/v1/results/{withheld['id']}/{name}")
        assert (refused.status_code, refused.json()["code"]) == (404, "result-not-found")
    assert (await survey.staff.get(f"/v1/results/{withheld['id']}/charts")).json() == []
    assert (await survey.public.get(f"/v1/results/{uuid4()}/report.pdf")).status_code == 404
