"""Patient readers: what polling everything during a survey tells, and what two people per country give away.

All people and answers are made up.
"""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from services.evaluation.domain.ballot_counting import tally
from services.evaluation.domain.disclosure import Shown, feasible_range
from services.evaluation.domain.instruments import QUESTIONS as READ
from services.evaluation.domain.results import InferenceTarget, Survey, compute_figures
from services.evaluation.domain.suppression import DEFAULT_THRESHOLDS, Audience
from tests.apps import Door
from tests.evaluation.surveys import Survey as Asked
from tests.evaluation.surveys import open_survey

DOCUMENT = Path(__file__).parents[2] / "docs" / "openapi" / "evaluation.json"
EVERYBODY = ("evaluator", "approver", "auditor", "administrator", "data_protection_officer")


def addresses(survey: Asked, instrument: str) -> list[str]:
    """Return every address that can be read without an id that only a later step makes."""
    known = {
        "campaign_id": survey.campaign_id,
        "edition_id": str(survey.edition_id),
        "program_id": str(survey.program_id),
        "lecturer_id": str(survey.lecturer_id),
        "instrument_id": instrument,
        "version_number": "1",
        "country_code": "TJ",
    }
    found = []
    for path, verbs in json.loads(DOCUMENT.read_bytes())["paths"].items():
        needed = {part.partition("}")[0] for part in path.split("{")[1:]}
        if "get" in verbs and needed <= known.keys():
            found.append(path.format(**known))
    return found


async def poll(door: Door, paths: list[str], survey: Asked) -> dict[str, tuple[Any, ...]]:
    """Return what staff with every right read at each address: status, ETag and content."""
    client, seen = door.as_(*EVERYBODY), {}
    for path in paths:
        for asked in ({}, {"provenance": "synthetic"}, {"edition_id": str(survey.edition_id)}):
            answer = await client.get(path, params=asked)
            content = answer.content if answer.status_code == 200 else b""
            if answer.headers.get("content-type", "").startswith("application/json"):
                seen[f"{path} {asked}"] = answer.status_code, answer.headers.get("etag"), content
    return seen


async def test_polling_everything_shows_no_single_answer_coming_in(
    evaluation: Door, admin: asyncpg.Connection
) -> None:
    survey = await open_survey(evaluation, 4)
    query = (
        "SELECT v.instrument_id FROM campaign c JOIN instrument_version v ON v.id = c.instrument_version_id"
        " WHERE c.id = $1"
    )
    instrument = str(await admin.fetchval(query, UUID(survey.campaign_id)))
    paths = addresses(survey, instrument)
    assert {f"/v1/campaigns/{survey.campaign_id}/progress", "/v1/campaigns", "/v1/results"} <= set(paths)
    before = await poll(evaluation, paths, survey)
    assert sum(status == 200 for status, *_ in before.values()) > 20
    for token in survey.slips[:2]:
        assert (await survey.submit(token)).status_code == 204
        assert await poll(evaluation, paths, survey) == before
    assert (await survey.submit(survey.slips[2])).status_code == 204
    after = await poll(evaluation, paths, survey)
    changed = {place.split()[0] for place in before if before[place] != after[place]}
    assert changed == {f"/v1/campaigns/{survey.campaign_id}/progress"}  # from none to three
    # Negative control: a counter beside the survey, as survey tools keep it, shows each answer at once.
    await admin.execute("UPDATE campaign SET answered = 4, version = version + 1")
    naive = await poll(evaluation, paths, survey)
    assert {place.split()[0] for place in after if naive[place] != after[place]} >= {
        "/v1/campaigns",
        f"/v1/campaigns/{survey.campaign_id}",
    }


COUNTRIES = ("AF", "KG", "TJ", "TM", "UZ", "KZ")
ASKED = READ.validate_python(
    [
        {"code": "overall", "kind": "scale", "text": {"en": "Overall"}, "scale": {"low": 1, "high": 3}},
        {
            "code": "country",
            "kind": "single",
            "text": {"en": "Country"},
            "dimension": "country",
            "options": [{"code": c, "label": {"en": c}} for c in COUNTRIES],
        },
    ]
)
SUBJECT = {"kind": "edition", "id": str(UUID(int=1))}


def release(marks: list[int], audience: Audience) -> dict[str, Any]:
    """Return what an audience is shown of an edition with two people per country, all of whom answered."""
    blocks = [
        {"subject": SUBJECT, "answers": {"overall": mark, "country": COUNTRIES[number // 2]}}
        for number, mark in enumerate(marks)
    ]
    counts: dict[tuple[str, str, str], dict[str, int]] = {}
    for (_, _, dimension, group, code, answer), n in tally(ASKED, blocks).items():
        counts.setdefault((dimension, group, code), {})[answer] = n
    k = DEFAULT_THRESHOLDS[audience]
    survey = Survey(len(marks), len(marks), audience, k, InferenceTarget.THIS_COHORT)
    return compute_figures(ASKED, counts, survey, COUNTRIES)


def equations(figures: dict[str, Any]) -> list[Shown[tuple[str, str]]]:
    """Return everything that a release says of who gave which mark."""
    shown = []
    for question in figures["questions"]:
        if question["code"] != "overall":
            continue
        cells = [(COUNTRIES, question["cell"])] + [
            ((cell["group"],), cell) for each in question["breakdowns"] for cell in each["cells"]
        ]
        for countries, cell in cells:
            if cell["statistics"]:
                shown += [
                    Shown(frozenset((country, mark) for country in countries), n)
                    for mark, n in cell["statistics"]["counts"].items()
                ]
    return shown


MARKS = [1, 2, 3, 1, 2, 2, 3, 3, 1, 3, 2, 1]
PAIRS = [Shown(frozenset((country, mark) for mark in "123"), 2) for country in COUNTRIES]
"""Who took part is a public fact, and here all answered: two of each country."""


def test_two_people_per_country_keep_their_answers_from_a_linear_program() -> None:
    shown = PAIRS + [each for audience in Audience for each in equations(release(MARKS, audience))]
    assert len(shown) > len(PAIRS)  # the whole is shown to all
    for country in COUNTRIES:
        for mark in "123":
            found = feasible_range([(country, mark)], shown)
            assert (found.low, found.high) == pytest.approx((0, 2)), (country, mark)


def test_naive_country_cells_give_both_answers_away() -> None:
    """Negative control: one country's cell, or all but one, say what two people answered."""
    whole = [*PAIRS, *equations(release(MARKS, Audience.PUBLIC))]
    told = [
        Shown(frozenset({(country, str(mark))}), MARKS[2 * place : 2 * place + 2].count(mark))
        for place, country in enumerate(COUNTRIES[:-1])
        for mark in (1, 2, 3)
    ]
    last = [feasible_range([(COUNTRIES[-1], mark)], [*whole, *told]) for mark in "123"]
    assert [round(found.low) for found in last] == [round(found.high) for found in last] == [1, 1, 0]
