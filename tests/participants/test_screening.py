"""Eligibility: what rules are told of an applicant, what they add up to, and how one is waived."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.participants.domain.applications import ApplicationState, opens_screening
from services.participants.domain.screening import (
    Applicant,
    PriorTraining,
    RuleResult,
    Verdict,
    facts_of,
    full_months,
    full_years,
    verdict_of,
)
from tests.cluster import TestDatabase
from tests.participants.courses import Course, edition_facts, line_facts, tell
from tests.participants.test_journey import broken
from tests.participants.test_nominees import complete


@pytest.mark.parametrize(
    ("since", "until", "years", "months"),
    [
        (date(2000, 3, 1), date(2026, 2, 28), 25, 311),
        (date(2000, 3, 1), date(2026, 3, 1), 26, 312),
        (date(2004, 2, 29), date(2025, 2, 28), 20, 251),
        (date(2004, 2, 29), date(2025, 3, 1), 21, 252),
        (date(2026, 1, 31), date(2026, 2, 28), 0, 0),
    ],
)
def test_full_years_and_months(since: date, until: date, years: int, months: int) -> None:
    assert (full_years(since, until), full_months(since, until)) == (years, months)


PROGRAM = UUID(int=1)
SOMEBODY = Applicant(
    birth_date=date(1990, 5, 1),
    nationality="TJ",
    residence=None,
    country="TJ",
    sex="female",
    audience="doctors",
    trainings=[PriorTraining(PROGRAM, date(2024, 6, 30)), PriorTraining(None, None)],
)


def test_what_is_known_is_told_and_the_rest_left_out() -> None:
    answered = {"language_levels": {"en": "B2", "ru": "C1"}, "experience_years": 4}
    assert facts_of(SOMEBODY, answered, starts_on=date(2026, 5, 1), program_id=PROGRAM) == {
        "age_at_start": 36,
        "nationality": "TJ",
        "country": "TJ",
        "sex": "female",
        "audience": "doctors",
        "languages": ["en", "ru"],
        "language_levels": {"en": 4, "ru": 5},
        "experience_years": 4,
        "prior_trainings": 2,
        "prior_trainings_in_program": 1,
        "last_training_ended_at": datetime(2024, 6, 30, tzinfo=UTC),
        "months_since_last_training": 22,
    }
    nobody = Applicant(None, "UZ", None, "UZ", "unspecified", None, [])
    known = facts_of(nobody, {}, starts_on=date(2026, 5, 1), program_id=None)
    assert known == {
        "nationality": "UZ",
        "country": "UZ",
        "sex": "unspecified",
        "prior_trainings": 0,
        "prior_trainings_in_program": 0,
    }
    assert "age_at_start" not in facts_of(SOMEBODY, {}, starts_on=None, program_id=None)


@pytest.mark.parametrize(
    ("results", "verdict"),
    [
        ([], Verdict.PASS),
        ([("block", True, False)], Verdict.PASS),
        ([("block", None, False)], Verdict.UNKNOWN),
        ([("block", None, False), ("block", False, False)], Verdict.FAIL),
        ([("block", False, True)], Verdict.PASS),
        ([("warn", False, False), ("warn", None, False)], Verdict.PASS),
    ],
)
def test_verdicts(results: list[tuple[str, bool | None, bool]], verdict: Verdict) -> None:
    assert verdict_of(RuleResult("r", *one) for one in results) is verdict


@pytest.mark.parametrize(
    ("state", "awaits_authority", "opens"),
    [
        (ApplicationState.NOMINATED, True, True),
        (ApplicationState.SUBMITTED, False, True),
        (ApplicationState.SUBMITTED, True, False),
        (ApplicationState.ELIGIBLE, False, False),
    ],
)
def test_asking_the_rules_opens_screening(
    state: ApplicationState, awaits_authority: bool, opens: bool
) -> None:
    assert opens_screening(state, awaits_authority=awaits_authority) is opens


def rule(id_: str, expression: str, severity: str = "block") -> dict[str, Any]:
    return {
        "id": id_,
        "expression": expression,
        "severity": severity,
        "message": {"en": id_, "ru": id_, "kk": id_},
        "audience": None,
    }


RULES = [
    rule("age", "age_at_start <= 45"),
    rule("english", "'en' in language_levels && language_levels['en'] >= 4"),
    rule("cool_down", "prior_trainings == 0 || months_since_last_training >= 24"),
    rule("degree", "education_level >= 6", "warn"),
]


async def screened(course: Course) -> tuple[str, str]:
    """Return the person and application of a nominee who has sent a full file."""
    await course.form()
    await course.change(starts_on="2027-01-10", eligibility_rules=RULES)
    person, application = await course.invite("TJ")
    nominee = await complete(course, person, application)
    assert (await nominee.post(f"/v1/applications/{application}/submission")).status_code == 200
    return person, application


async def test_each_rule_says_what_it_found_and_on_what_evidence(course: Course, clean: TestDatabase) -> None:
    _, application = await screened(course)
    at = f"/v1/applications/{application}/eligibility"
    assert (await course.manager.get(at)).json()["code"] == "eligibility-unchecked"
    checked = await course.manager.post(f"/v1/editions/{course.id}/eligibility-checks")
    assert checked.json() == {"passed": 1, "failed": 0, "unknown": 0}, checked.text
    found = (await course.officer("TJ").get(at)).json()
    told = {one["id"]: (one["holds"], one["evidence"]) for one in found["rules"]}
    assert told == {
        "age": (True, {"age_at_start": 36}),
        "english": (True, {"language_levels": {"en": 4}}),
        "cool_down": (True, {"prior_trainings": 0}),
        "degree": (None, {}),
    }
    degree = next(one for one in found["rules"] if one["id"] == "degree")
    assert (degree["code"], degree["missing"]) == ("value_missing", "education_level")
    assert (await course.officer("UZ").get(at)).status_code == 404
    again = await course.manager.post(f"/v1/editions/{course.id}/eligibility-checks")
    assert again.status_code == 200
    assert await broken(clean) == []


async def test_a_former_training_is_found_by_itself_and_may_be_waived(
    course: Course, clean: TestDatabase
) -> None:
    former = Course(
        course.door, edition_facts(code="syn-0", seat_lines=[line_facts("TJ", 3)]), course.manager
    )
    former.authorities = course.authorities
    await tell(course.door, "programs.edition.announced.v1", former.facts)
    person, application = await screened(course)
    nominated = await former.nominate("TJ", person)
    chosen = nominated.json()["application_id"]
    await former.decide("eligible", chosen)
    await former.decide("selected", chosen)
    at = (await former.offer(chosen)).headers["location"]
    assert (await course.holder(person).post(f"{at}/acceptance")).status_code == 200
    meeting = {
        "aggregate_id": str(uuid4()),
        "aggregate_version": 1,
        "edition_id": former.id,
        "title": {"en": "Lecture"},
        "starts_at": "2026-01-10T09:00:00Z",
        "ends_at": "2026-01-10T10:00:00Z",
        "state": "held",
        "counts_for_attendance": True,
    }
    await tell(course.door, "programs.training_session.held.v1", meeting)
    (held,) = (await course.manager.get(f"/v1/participations?edition_id={former.id}")).json()["items"]
    rows = {"rows": [{"participation_id": held["id"], "status": "present"}]}
    await course.manager.put(f"/v1/editions/{former.id}/attendance/{meeting['aggregate_id']}", json=rows)
    await course.manager.post(f"/v1/editions/{former.id}/attendance-finalization")
    await former.change(ends_on="2026-06-30", state="completed")

    checks = f"/v1/editions/{course.id}/eligibility-checks"
    assert (await course.manager.post(checks)).json() == {"passed": 0, "failed": 1, "unknown": 0}
    found = (await course.manager.get(f"/v1/applications/{application}/eligibility")).json()
    cool_down = next(one for one in found["rules"] if one["id"] == "cool_down")
    assert cool_down["evidence"] == {"months_since_last_training": 6, "prior_trainings": 1}
    (refused,) = await course.decide("eligible", application)
    assert refused["code"] == "eligibility-failed"
    waivers = f"/v1/applications/{application}/waivers"
    assert (await course.manager.put(f"{waivers}/height", json={"reason": "x"})).status_code == 404
    assert (await course.officer("TJ").put(f"{waivers}/cool_down", json={"reason": "x"})).status_code == 403
    waived = await course.manager.put(f"{waivers}/cool_down", json={"reason": "The only trainer there"})
    assert waived.status_code == 200, waived.text
    after = (await course.manager.get(f"/v1/applications/{application}/eligibility")).json()
    assert (after["verdict"], next(o for o in after["rules"] if o["id"] == "cool_down")["waived"]) == (
        "pass",
        True,
    )
    assert (await course.manager.post(checks)).json()["passed"] == 1
    (done,) = await course.decide("eligible", application, reason_code="waiver")
    assert done["done"]
    assert await broken(clean) == []
