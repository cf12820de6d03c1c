"""Plans, findings by criterion, claimed outcomes and the card of an edition (all synthetic)."""

from typing import Any
from uuid import uuid4

import pytest

from services.common.identity import Grant, GrantKind, Role
from services.evaluation.domain.cards import levels_of
from tests.apps import Door
from tests.evaluation.surveys import tell_of_edition
from tests.evaluation.test_loop import AGREED, recommended, step
from tests.evaluation.test_results import answered

FINDING: dict[str, Any] = {
    "criterion": "relevance",
    "finding": {"en": "It answers what the ministries asked for", "ru": "Отвечает запросу министерств"},
    "strength": "moderate",
    "evidence": [{"kind": "document", "note": "Needs survey of 2025"}],
}


async def test_an_evaluation_is_planned(evaluation: Door) -> None:
    ids = await tell_of_edition(evaluation, 3)
    evaluator = evaluation.as_("evaluator")
    plan: dict[str, Any] = {
        "program_id": str(ids["program"]),
        "edition_id": str(ids["edition"]),
        "title": {"en": "Final evaluation"},
        "timing": "final",
        "questions": [{"text": {"en": "Is it applied?"}, "criterion": "effectiveness", "method": "Survey"}],
        "evaluator": "Evaluation unit",
        "independence": "The unit took no part in the course.",
    }
    made = await evaluator.post("/v1/evaluation-plans", json=plan)
    assert made.status_code == 201, made.text
    assert made.json()["provenance"] == "synthetic"
    assert (await evaluator.get(made.headers["location"])).json()["questions"] == plan["questions"]
    for params in ({"program_id": plan["program_id"]}, {"edition_id": plan["edition_id"]}):
        listed = await evaluator.get("/v1/evaluation-plans", params=params)
        assert [each["id"] for each in listed.json()["items"]] == [made.json()["id"]]
    unknown = await evaluator.post("/v1/evaluation-plans", json=plan | {"edition_id": str(uuid4())})
    assert (unknown.status_code, unknown.json()["code"]) == (422, "edition-unknown")
    assert (await evaluator.get(f"/v1/evaluation-plans/{uuid4()}")).status_code == 404
    assert (await evaluation.as_("manager").post("/v1/evaluation-plans", json=plan)).status_code == 403


async def test_each_criterion_has_one_finding_with_its_evidence(evaluation: Door) -> None:
    ids = await tell_of_edition(evaluation, 3)
    evaluator = evaluation.as_("evaluator")
    at = f"/v1/editions/{ids['edition']}/assessments"
    assert (await evaluation.as_("manager").post(at, json=FINDING)).status_code == 403  # E12
    bare = await evaluator.post(at, json=FINDING | {"evidence": []})
    assert bare.status_code == 422
    made = await evaluator.post(at, json=FINDING)
    assert made.status_code == 201, made.text
    again = await evaluator.post(at, json=FINDING)
    assert (again.status_code, again.json()["code"]) == (409, "assessment-exists")
    unknown = {"criterion": "mutual_benefit", "finding": {"en": "Not known yet"}, "strength": "none"}
    assert (await evaluator.post(at, json=unknown)).status_code == 201
    place = f"/v1/assessments/{made.json()['id']}"
    assert (await evaluator.put(place, json=FINDING)).status_code == 428
    headers = {"If-Match": '"1"'}
    changed = await evaluator.put(place, json=FINDING | {"strength": "strong"}, headers=headers)
    assert (changed.status_code, changed.json()["strength"]) == (200, "strong")
    listed = (await evaluation.as_().get(at)).json()
    assert [each["criterion"] for each in listed] == ["mutual_benefit", "relevance"]
    gone = await evaluator.put(f"/v1/assessments/{uuid4()}", json=FINDING, headers=headers)
    assert gone.status_code == 404


CLAIM: dict[str, Any] = {
    "country": "TJ",
    "provenance": "synthetic",
    "criterion": "impact",
    "change": {"en": "Two clinics changed how they admit patients"},
    "contribution": "The course drafted the rule; the ministry paid for the software.",
    "evidence": [{"kind": "document", "note": "Order of the clinic"}],
    "observed": "2026-05",
}


async def test_an_outcome_is_substantiated_by_somebody_else(evaluation: Door) -> None:
    grant = frozenset({Grant(Role.COUNTRY_REPORTER, GrantKind.COUNTRY, "TJ")})
    reporter = evaluation.as_("country_reporter", grants=grant)
    foreign = await reporter.post("/v1/outcome-evidence", json=CLAIM | {"country": "KG"})
    assert foreign.status_code == 422
    made = await reporter.post("/v1/outcome-evidence", json=CLAIM)
    assert made.status_code == 201, made.text
    at = made.headers["location"]
    neighbor = frozenset({Grant(Role.COUNTRY_REPORTER, GrantKind.COUNTRY, "KG")})
    stranger = evaluation.as_("country_reporter", grants=neighbor)
    assert (await stranger.get(at)).status_code == 404
    assert (await stranger.get("/v1/outcome-evidence")).json()["items"] == []
    assert (await evaluation.as_().get(at)).status_code == 404
    found = {"confirmed": True, "account": "Seen in both clinics"}
    own = await reporter.post(f"{at}/substantiation", json=found)
    assert (own.status_code, own.json()["code"]) == (403, "duties-not-separated")
    evaluator = evaluation.as_("evaluator")
    done = await evaluator.post(f"{at}/substantiation", json=found)
    assert (done.status_code, done.json()["state"]) == (200, "substantiated")
    assert (await evaluator.post(f"{at}/substantiation", json=found)).status_code == 409
    mine = await reporter.get("/v1/outcome-evidence", params={"country": "TJ"})
    assert [each["id"] for each in mine.json()["items"]] == [made.json()["id"]]
    assert (await evaluation.as_().get(at)).status_code == 404  # synthetic claims are no public matter
    card = await evaluator.get("/v1/countries/TJ/outcomes", params={"provenance": "synthetic"})
    assert [each["id"] for each in card.json()["outcome_evidence"]] == [made.json()["id"]]
    assert (await evaluator.post(f"{at}/withdrawal")).json()["state"] == "withdrawn"


async def test_what_is_refuted_is_told_to_nobody_outside(evaluation: Door) -> None:
    manager, evaluator = evaluation.as_("manager"), evaluation.as_("evaluator")
    made = await manager.post("/v1/outcome-evidence", json=CLAIM | {"provenance": "real"})
    at = made.headers["location"]
    await evaluator.post(f"{at}/substantiation", json={"confirmed": False, "account": "The rule is older"})
    public = await evaluation.as_().get("/v1/countries/TJ/outcomes")
    assert public.json()["outcome_evidence"] == []
    kept = await manager.post("/v1/outcome-evidence", json=CLAIM | {"provenance": "real"})
    await evaluator.post(
        f"{kept.headers['location']}/substantiation", json={"confirmed": True, "account": "Seen"}
    )
    public = await evaluation.as_().get("/v1/countries/TJ/outcomes")
    assert [each["state"] for each in public.json()["outcome_evidence"]] == ["substantiated"]
    reporter = evaluation.as_(
        "country_reporter", grants=frozenset({Grant(Role.COUNTRY_REPORTER, GrantKind.COUNTRY, "TJ")})
    )
    not_own = await reporter.post(f"{kept.headers['location']}/withdrawal")
    assert not_own.status_code == 404


async def test_an_edition_has_one_card(evaluation: Door) -> None:
    survey = await answered(evaluation, 40, 30)
    await survey.result("public")
    at = f"/v1/editions/{survey.edition_id}"
    await survey.staff.post(f"{at}/assessments", json=FINDING)
    recommendation = await recommended(survey)
    await step(survey.staff, recommendation, "management-response", AGREED)
    outcome = CLAIM | {"edition_id": str(survey.edition_id)}
    await survey.staff.post("/v1/outcome-evidence", json=outcome)
    card = (await survey.staff.get(f"{at}/effectiveness-card")).json()
    assert [level["level"] for level in card["levels"]] == ["L1", "L2", "L3", "L4"]
    assert [each["criterion"] for each in card["assessments"]] == ["relevance"]
    assert [each["state"] for each in card["decisions"]] == ["agreed"]
    assert len(card["outcome_evidence"]) == 1
    public = (await survey.public.get(f"{at}/effectiveness-card")).json()
    assert public["outcome_evidence"] == []
    assert (await survey.public.get(f"/v1/editions/{uuid4()}/effectiveness-card")).status_code == 404


def test_levels_are_kept_apart() -> None:
    cell = {"n": 12, "suppressed": False, "statistics": {"mean": 4.0, "top_two": 0.75}}
    question = {
        "code": "q",
        "text": {"en": "Q"},
        "level": "L1",
        "cell": cell,
        "notes": [{"text": {"en": "note"}}],
    }
    hidden = question | {"level": "L3", "cell": {"n": None, "suppressed": True, "statistics": None}}
    result = {"questions": [question, hidden, question | {"level": None}]}
    levels = levels_of([(uuid4(), "end", result)])
    assert [(level["level"], len(level["figures"])) for level in levels] == [
        ("L1", 1),
        ("L2", 0),
        ("L3", 1),
        ("L4", 0),
    ]
    assert levels[0]["figures"][0]["mean"] == pytest.approx(4)
    assert levels[2]["figures"][0]["suppressed"] is True
