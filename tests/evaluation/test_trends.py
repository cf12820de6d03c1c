"""A question over editions, and scores made of several: from what published results show (all synthetic)."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from lxml import etree

from services.evaluation.domain.comparisons import Caveat
from services.evaluation.domain.composites import Lack, compose
from services.evaluation.domain.trends import EditionFigures, follow_question
from tests.apps import Door
from tests.evaluation.test_computed_indicators import surveyed

SVG = "{http://www.w3.org/2000/svg}"


def question(mean: float | None, **more: Any) -> dict[str, Any]:
    statistics = None if mean is None else {"kind": "scale", "mean": mean}
    cell = {"n": 12, "suppressed": mean is None, "rule": "too_few" if mean is None else None}
    asked = {
        "comparable_key": "overall",
        "kind": "scale",
        "points": [1, 2, 3, 4, 5],
        "text": {"en": "Overall"},
    }
    return asked | {"cell": cell | {"statistics": statistics}} | more


def edition(number: int, *asked: dict[str, Any], rate: float | None = 0.9, **more: Any) -> EditionFigures:
    figures = {"questions": list(asked), "response_rate": None if rate is None else {"rr1": rate}}
    began = more.get("began", date(2020 + number, 5, 1))
    return EditionFigures(UUID(int=number), {"en": str(number)}, began, UUID(int=100 + number), figures)


def test_a_trend_runs_from_the_earliest_edition_and_says_what_else_changed() -> None:
    results = [
        edition(4, question(4.5, text={"en": "All in all"})),
        edition(4, question(1.0)),  # an earlier result of the same edition
        edition(3, question(4.0), rate=0.4),
        edition(2, question(3.0, points=[0, 1, 2, 3])),  # another scale
        edition(1, question(3.5)),
        edition(5, question(2.0, comparable_key="other")),
        edition(6, question(2.0, kind="single", points=[])),
        edition(7, rate=None),
        edition(0, question(None), rate=None, began=None),
    ]
    points = follow_question(results, "overall")
    assert [point.edition_id.int for point in points] == [0, 1, 3, 4]
    assert [list(point.caveats) for point in points] == [
        [],
        [],
        [Caveat.RESPONSE_RATES_APART],
        [Caveat.WORDING_CHANGED, Caveat.RESPONSE_RATES_APART],
    ]
    assert follow_question(results, "nothing") == []


def test_a_score_is_the_weighted_mean_of_its_components() -> None:
    asked = [
        question(4.0),
        question(
            None,
            comparable_key="advise",
            kind="nps",
            cell={"n": 9, "suppressed": False, "statistics": {"kind": "nps", "score": 50}},
        ),
    ]
    score = compose([("overall", 3), ("advise", 1)], {"questions": asked})
    # By hand: (4 - 1) / 4 = 75, (50 + 100) / 2 = 75; then 3 of overall at 5 = 100: (300 + 75) / 4.
    assert score.value == 75
    assert [(part.value, part.n) for part in score.components] == [(75, 12), (75, 9)]
    best = compose([("overall", 3), ("advise", 1)], {"questions": [question(5.0), asked[1]]})
    assert best.value == pytest.approx(93.75)


@pytest.mark.parametrize(
    ("asked", "lack"),
    [
        ([], Lack.NOT_ASKED),
        ([question(None)], Lack.HIDDEN),
        (
            [
                question(
                    None,
                    kind="single",
                    points=[],
                    cell={"n": 9, "suppressed": False, "statistics": {"kind": "choices"}},
                )
            ],
            Lack.NO_VALUE,
        ),
    ],
)
def test_where_a_component_is_missing_there_is_no_score(asked: list[dict[str, Any]], lack: Lack) -> None:
    score = compose([("overall", 1)], {"questions": asked})
    assert (score.value, score.components[0].value, score.components[0].lack) == (None, None, lack)


async def test_a_trend_is_read_drawn_and_described(evaluation: Door) -> None:
    first = await surveyed(evaluation, [1, 2, 3] * 4, 12, starts_on="2025-05-04")
    wanted = {"program_id": str(first.program_id), "phase": "end", "comparable_key": "satisfaction"}
    wanted |= {"provenance": "synthetic"}
    public = evaluation.as_()
    missing = await public.get("/v1/trends", params=wanted)
    assert (missing.status_code, missing.json()["code"]) == (404, "trend-not-found")
    result = await first.result("public")
    second = await surveyed(evaluation, [4, 5] * 6, 12, program=first.program_id)
    await second.result("public")
    await second.result("internal")
    trend = (await public.get("/v1/trends", params=wanted)).json()
    assert [(point["starts_on"], point["value"], point["n"]) for point in trend["points"]] == [
        ("2025-05-04", 2, 12),
        ("2026-05-04", 4.5, 12),
    ]
    assert trend["points"][0]["result_id"] == result["id"]
    drawn = await public.get("/v1/trends/drawing.svg", params=wanted)
    assert drawn.headers["content-type"] == "image/svg+xml"
    assert len(etree.fromstring(drawn.content).findall(f"{SVG}g")) == 2
    described = (await public.get("/v1/trends/vega-lite.json", params=wanted)).json()
    assert [row["value"] for row in described["data"]["values"]] == [2, 4.5]
    inside = {"visibility": "internal"}
    assert (await public.get("/v1/trends", params=wanted | inside)).status_code == 404
    assert len((await first.staff.get("/v1/trends", params=wanted | inside)).json()["points"]) == 1
    real = wanted | {"provenance": "real"}
    assert (await public.get("/v1/trends", params=real)).status_code == 404


async def test_weights_are_named_versioned_and_fixed_before_they_are_used(evaluation: Door) -> None:
    survey = await surveyed(evaluation, [4] * 12, 12)
    result = await survey.result("internal")
    weights = {
        "code": f"quality-{uuid4().hex[:6]}",
        "title": {"en": "Quality of the course"},
        "rationale": "Agreed with the lecturers' council",
        "components": [
            {"comparable_key": "satisfaction", "weight": 2},
            {"comparable_key": "clarity", "weight": 1},
        ],
    }
    staff = survey.staff
    drafted = await staff.post("/v1/composites", json=weights)
    assert (drafted.status_code, drafted.json()["number"]) == (201, 1)
    at = drafted.headers["location"]
    score_at = f"/v1/results/{result['id']}/composites/{drafted.json()['id']}"
    assert (await staff.get(score_at)).status_code == 409
    assert (await staff.post(f"{at}/publication")).json()["state"] == "published"
    score = (await staff.get(score_at)).json()
    assert (score["value"], score["methods"]) == (None, ["weighted-composite@1"])
    assert [(part["value"], part["lack"]) for part in score["components"]] == [
        (75.0, None),
        (None, "not_asked"),
    ]
    assert (await evaluation.as_().get(score_at)).status_code == 404  # the result is not the public's
    second = await staff.post("/v1/composites", json=weights)
    assert second.json()["number"] == 2
    assert len((await evaluation.as_().get("/v1/composites")).json()["items"]) == 2
    assert (await evaluation.as_().get(at)).json()["rationale"] == weights["rationale"]
    assert (await staff.post(f"{at}/publication")).status_code == 409
    assert (await staff.post(f"{at}/retirement")).json()["state"] == "retired"
    assert (await staff.get(f"/v1/composites/{uuid4()}")).status_code == 404
    twice = weights | {"components": [weights["components"][0]] * 2}  # type: ignore[index]
    assert (await staff.post("/v1/composites", json=twice)).status_code == 422
