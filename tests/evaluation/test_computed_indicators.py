"""Indicators that the system computes: from public results, tests, plans and vouchers (all synthetic)."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest
from sqlalchemy import insert

from services.evaluation.db.learning import keep_attempts
from services.evaluation.db.learning_tables import ActionPlan
from services.evaluation.domain.action_plans import PlanMoment
from services.evaluation.domain.computed_indicators import (
    Finish,
    LeftOut,
    Omission,
    PairedScore,
    Part,
    Published,
    Wanted,
    may_leave,
    measure_gain,
    measure_plans,
    read_surveys,
    sum_parts,
    tell_certified,
    tell_sexes,
    tells_of_uncertified,
)
from services.evaluation.domain.indicators import Figure, IndicatorSource, Measure
from services.evaluation.domain.suppression import SuppressionRule
from services.evaluation.inbox.mirrors import count_vouchers, mirror_participation, mirror_voucher_scheme
from tests.apps import Door
from tests.evaluation.surveys import QUESTIONS, Survey, open_survey, tell_of_edition
from tests.events import arriving

FIRST, SECOND, THIRD = UUID(int=1), UUID(int=2), UUID(int=3)
KEYED = [QUESTIONS[0] | {"comparable_key": "satisfaction"}, *QUESTIONS[1:]]


def question(counts: dict[str, int], **more: Any) -> dict[str, Any]:
    cell = {"n": sum(counts.values()), "suppressed": False, "rule": None, "statistics": {"counts": counts}}
    return {"comparable_key": "overall", "kind": "scale", "points": [1, 2, 3, 4, 5], "cell": cell} | more


def published(edition: UUID, *questions: dict[str, Any], rule: SuppressionRule | None = None) -> Published:
    return Published(edition, UUID(int=9), {"questions": list(questions)}, rule)


def share(*answers: str) -> Wanted:
    return Wanted(IndicatorSource.SURVEY_SHARE, "overall", answers)


MEAN = Wanted(IndicatorSource.SURVEY_MEAN, "overall")


def test_editions_pool_by_numerator_and_denominator_not_by_their_means() -> None:
    small, large = question({"1": 8, "4": 2}), question({"4": 30, "5": 50, "1": 10})
    parts, out = read_surveys([published(FIRST, small), published(SECOND, large)], share())
    assert out == []
    assert [(int(part.numerator), part.n) for part in parts] == [(2, 10), (80, 90)]
    whole = sum_parts(parts)
    assert whole is not None
    # By hand: 82 of 100; the mean of 20 % and 88.9 % would be 54.4 %.
    assert whole.value_as(Measure.PERCENTAGE) == 82
    means, _ = read_surveys([published(FIRST, small), published(SECOND, large)], MEAN)
    pooled = sum_parts(means)
    assert pooled is not None
    assert pooled.value_as(Measure.RATIO) == Decimal("3.96")  # (8 + 8 + 120 + 250 + 10) / 100


@pytest.mark.parametrize(
    ("asked", "wanted", "numerator"),
    [
        (question({"0": 2, "7": 3, "9": 5}, kind="nps", points=list(range(11))), MEAN, 300),
        (question({"yes": 6, "partly": 3, "no": 1}, kind="single", points=[]), share("yes", "partly"), 9),
        (question({"True": 6, "False": 4}, kind="consent", points=[]), share("True"), 6),
        (question({"1": 6, "2": 3, "5": 1}), share("1", "2"), 9),
        (question({"yes": 6}, kind="single", points=[]), share(), None),
        (question({"yes": 6}, kind="multiple", points=[]), share("yes"), None),
        (question({"yes": 6}, kind="single", points=[]), MEAN, None),
    ],
)
def test_a_question_counts_as_its_kind_allows(
    asked: dict[str, Any], wanted: Wanted, numerator: int | None
) -> None:
    parts, out = read_surveys([published(FIRST, asked)], wanted)
    assert [int(part.numerator) for part in parts] == ([] if numerator is None else [numerator])
    assert [each.reason for each in out] == ([Omission.NOT_COMPARABLE] if numerator is None else [])


def test_what_is_hidden_withheld_or_not_asked_is_left_out_and_says_why() -> None:
    hidden = question({}, cell={"suppressed": True, "rule": "too_few_respondents", "n": None})
    results = [
        published(FIRST, question({"4": 10})),
        published(FIRST, question({"1": 99})),  # an earlier one of the same edition
        published(SECOND, rule=SuppressionRule.RESPONSE_RATE),
        published(SECOND, hidden),
        published(THIRD, question({"4": 10}, comparable_key="other")),
        published(UUID(int=4), hidden),
        published(UUID(int=5), question({"10": 10}, points=list(range(11)))),
        published(UUID(int=5), question({"9": 10}, points=list(range(11)))),
    ]
    parts, out = read_surveys(results, share())
    assert [(part.edition_id, part.n) for part in parts] == [(FIRST, 10)]
    assert out == [
        LeftOut(SECOND, Omission.HIDDEN, SuppressionRule.RESPONSE_RATE),
        LeftOut(THIRD, Omission.NOT_ASKED),
        LeftOut(UUID(int=4), Omission.HIDDEN, SuppressionRule.TOO_FEW),
        LeftOut(UUID(int=5), Omission.NOT_COMPARABLE),
    ]
    later = [published(SECOND, rule=SuppressionRule.TOO_FEW), published(SECOND, question({"5": 12}))]
    assert read_surveys(later, share()) == ([Part(SECOND, 12, Decimal(12), Decimal(12), UUID(int=9))], [])
    assert sum_parts([]) is None


def pairs(*scores: tuple[str, str]) -> list[PairedScore]:
    return [
        PairedScore(str(number), Fraction(before), Fraction(after))
        for number, (before, after) in enumerate(scores)
    ]


def test_gains_of_editions_pool_to_the_gain_of_all() -> None:
    first = measure_gain(FIRST, pairs(*[("2/5", "7/10")] * 10), 12)
    second = measure_gain(SECOND, pairs(*[("1/2", "1/2")] * 20), 30)
    assert isinstance(first, Part)
    assert isinstance(second, Part)
    # By hand: 300 of 600 points, and none of 1000.
    assert [(p.n, int(p.numerator), int(p.denominator)) for p in (first, second)] == [
        (10, 300, 600),
        (20, 0, 1000),
    ]
    whole = sum_parts([first, second])
    assert whole is not None
    assert whole.value_as(Measure.RATIO) == Decimal("0.1875")


def test_hakes_published_gain_comes_out() -> None:
    """41 to 49 percent over 27 people: 0.1355932 (statistics.md, (e))."""
    found = measure_gain(FIRST, pairs(*[("41/100", "49/100")] * 27), 27)
    assert isinstance(found, Part)
    whole = sum_parts([found])
    assert whole is not None
    assert whole.value_as(Measure.RATIO) == Decimal("0.1356")


def test_too_few_pairs_half_a_cohort_and_nothing_to_gain_are_left_out() -> None:
    nine = measure_gain(FIRST, pairs(*[("0", "1")] * 9), 9)
    assert nine == LeftOut(FIRST, Omission.HIDDEN, SuppressionRule.TOO_FEW)
    some = measure_gain(FIRST, pairs(*[("0", "1")] * 10), 21)
    assert some == LeftOut(FIRST, Omission.HIDDEN, SuppressionRule.RESPONSE_RATE)
    unknown = measure_gain(FIRST, pairs(*[("0", "1")] * 10), 0)
    assert unknown == LeftOut(FIRST, Omission.HIDDEN, SuppressionRule.RESPONSE_RATE)
    assert measure_gain(FIRST, pairs(*[("1", "1")] * 10), 10) == LeftOut(FIRST, Omission.NOTHING_TO_GAIN)


def plan(**progress: str) -> list[dict[str, Any]]:
    return [{"progress": {}}, {"progress": progress}]


def test_plans_count_once_something_of_them_was_begun() -> None:
    plans = [plan(six_months="begun")] * 6 + [plan(six_months="done")] * 2 + [plan(six_months="dropped")] * 4
    found = measure_plans(FIRST, [*plans, plan(three_months="done")], PlanMoment.SIX_MONTHS, 20)
    assert found == Part(FIRST, 12, Decimal(8), Decimal(12))
    few = measure_plans(FIRST, plans, PlanMoment.TWELVE_MONTHS, 20)
    assert few == LeftOut(FIRST, Omission.HIDDEN, SuppressionRule.TOO_FEW)


@pytest.mark.parametrize(
    ("counts", "told", "rule"),
    [
        ({"female": 12, "male": 11}, {"female": 12, "male": 11}, None),
        ({"female": 12, "male": 9}, {}, SuppressionRule.COMPLEMENT),
        ({"female": 12}, {}, SuppressionRule.COMPLEMENT),
        ({"female": 12, "male": 11, "": 20}, {"female": 12}, SuppressionRule.COMPLEMENT),
        ({"female": 12, "male": 11, "": 1}, {"female": 12}, SuppressionRule.COMPLEMENT),
    ],
)
def test_sexes_are_told_where_both_are_large_enough(
    counts: dict[str, int], told: dict[str, int], rule: SuppressionRule | None
) -> None:
    figures, why = tell_sexes(counts)
    assert ({figure.sex: int(figure.numerator) for figure in figures}, why) == (told, rule)


def test_a_figure_of_one_sex_is_of_all_countries() -> None:
    assert tell_sexes({"female": 10, "male": 10})[0][0] == Figure("", Decimal(10), None, "female")


async def indicate(door: Door, program: UUID, **more: Any) -> tuple[httpx.AsyncClient, str]:
    """Set up a computed indicator of 2026; return its reporter and the period's address."""
    reporter = door.as_("manager", subject=uuid4())
    indicator = {
        "code": f"ind-{uuid4().hex[:8]}",
        "program_id": str(program),
        "provenance": "synthetic",
        "title": {"en": "Computed"},
        "measure": "percentage",
        "level": "outcome",
    } | more
    made = await reporter.post("/v1/indicators", json=indicator)
    assert made.status_code == 201, made.text
    at = made.headers["location"]
    period = await reporter.post(f"{at}/periods", json={"period": "2026"})
    assert period.status_code == 201, period.text
    return reporter, f"{at}/periods/{period.json()['id']}"


async def surveyed(door: Door, marks: Sequence[int], people: int, **told: Any) -> Survey:
    survey = await open_survey(door, people, questions=KEYED, **told)
    for token, mark in zip(survey.slips, marks, strict=False):
        assert (await survey.submit(token, overall=mark)).status_code == 204
    await survey.count()
    return survey


SATISFACTION = {"source": "survey_share", "phase": "end", "comparable_key": "satisfaction"}


async def test_satisfaction_comes_from_public_results_alone(evaluation: Door) -> None:
    first = await surveyed(evaluation, [5] * 6 + [4] * 3 + [2] * 3, 12)
    reporter, period = await indicate(evaluation, first.program_id, **SATISFACTION)
    await first.result("internal")
    await first.result("partner")
    nothing = await reporter.post(f"{period}/report", json={})
    assert (nothing.status_code, nothing.json()["code"]) == (409, "indicator-not-computable")
    assert (await reporter.get(period.rpartition("/")[0])).json()["items"][0]["state"] == "open"
    result = await first.result("public")
    few = await surveyed(evaluation, [1] * 4, 12, program=first.program_id)
    assert (await few.result("public"))["state"] == "withheld"
    await tell_of_edition(evaluation, 30, program=first.program_id)  # nobody was asked: absent, not zero
    reported = await reporter.post(f"{period}/report", json={})
    assert reported.status_code == 200, reported.text
    (whole,) = reported.json()["actual"]
    assert (whole["numerator"], whole["denominator"], whole["value"]) == ("9.0000", "12.0000", "75.0000")
    basis = reported.json()["basis"]
    assert basis["respondents"] == 12
    assert basis["methods"] == ["pooled-numerators@1", "likert-distribution@1"]
    (part,) = basis["editions"]
    assert (part["edition_id"], part["result_id"]) == (str(first.edition_id), result["id"])
    assert basis["left_out"] == [
        {"edition_id": str(few.edition_id), "reason": "hidden", "rule": "too_few_respondents"}
    ]


async def test_a_mean_and_a_share_of_other_answers(evaluation: Door) -> None:
    survey = await surveyed(evaluation, [5] * 6 + [2] * 6, 12)
    await survey.result("public")
    mean = SATISFACTION | {"source": "survey_mean", "measure": "ratio"}
    reporter, period = await indicate(evaluation, survey.program_id, **mean)
    assert (await reporter.post(f"{period}/report", json={})).json()["actual"][0]["value"] == "3.5000"
    low = SATISFACTION | {"counted_answers": ["1", "2"]}
    reporter, period = await indicate(evaluation, survey.program_id, **low)
    assert (await reporter.post(f"{period}/report", json={})).json()["actual"][0]["value"] == "50.0000"


async def test_what_is_looked_at_is_said_and_no_two_indicators_look_at_the_same(evaluation: Door) -> None:
    ids = await tell_of_edition(evaluation, 1)
    reporter, _ = await indicate(evaluation, ids["program"], **SATISFACTION)
    row = {"program_id": str(ids["program"]), "title": {"en": "Again"}, "level": "output"} | SATISFACTION
    row |= {"code": "again", "measure": "percentage", "provenance": "synthetic"}
    again = await reporter.post("/v1/indicators", json=row)
    assert (again.status_code, again.json()["code"]) == (409, "indicator-exists")
    for wrong in (
        {"comparable_key": None},
        {"phase": None},
        {"source": "gain", "measure": "ratio", "phase": None},
        {"source": "survey_mean", "measure": "ratio", "counted_answers": ["1"]},
        {"source": "action_plans", "comparable_key": None, "phase": "end"},
        {"source": "gain", "measure": "ratio", "comparable_key": None},
        {"measure": "count"},
    ):
        refused = await reporter.post("/v1/indicators", json=row | wrong)
        assert refused.status_code == 422, wrong


class BothTests:
    """Tests before and after, kept as counting them does."""

    def __init__(self, survey: Survey, admin: asyncpg.Connection) -> None:
        self.survey, self.admin = survey, admin

    async def prepare(self) -> None:
        query = (
            "SELECT c.instrument_version_id, v.instrument_id FROM campaign c"
            " JOIN instrument_version v ON v.id = c.instrument_version_id WHERE c.id = $1"
        )
        found = await self.admin.fetchrow(query, UUID(self.survey.campaign_id))
        assert found is not None
        self.form, instrument = found
        plan = {
            "edition_id": str(self.survey.edition_id),
            "instrument_id": str(instrument),
            "version_number": 1,
            "phase": "baseline",
        }
        made = await self.survey.staff.post("/v1/campaigns", json=plan)
        self.campaigns = {"baseline": UUID(made.json()["id"]), "end": UUID(self.survey.campaign_id)}

    async def take(self, scores: dict[str, tuple[int, int]]) -> None:
        async with self.survey.door.app.state.sessions.transaction() as session:
            rows = [
                {
                    "campaign_id": self.campaigns[phase],
                    "edition_id": self.survey.edition_id,
                    "instrument_version_id": self.form,
                    "phase": phase,
                    "pseudonym": pseudonym,
                    "right": right,
                    "total": 10,
                }
                for pseudonym, both in scores.items()
                for phase, right in zip(("baseline", "end"), both, strict=True)
            ]
            await keep_attempts(session, rows)


async def test_gain_is_told_anew_only_once_enough_people_joined(
    evaluation: Door, admin: asyncpg.Connection
) -> None:
    """Differencing attack: the same figure, asked again when one more person has taken both tests."""
    survey = await open_survey(evaluation, 40)
    tests = BothTests(survey, admin)
    await tests.prepare()
    await tests.take({f"s{n}": (4, 7) for n in range(20)} | {"half": (4, 4)})
    await admin.execute("DELETE FROM test_attempt WHERE pseudonym = 'half' AND phase = 'end'")
    reporter, period = await indicate(evaluation, survey.program_id, source="gain", measure="ratio")
    approver = evaluation.as_("approver", subject=uuid4())

    async def report() -> tuple[str, int]:
        reported = (await reporter.post(f"{period}/report", json={})).json()
        assert (await approver.post(f"{period}/return", json={"reason": "Again"})).status_code == 200
        return reported["actual"][0]["numerator"], reported["basis"]["respondents"]

    assert await report() == ("600.0000", 20)
    await tests.take({"late": (0, 10)})
    # Negative control: what a fresh computation says differs by exactly what the late one gained.
    query = 'SELECT sum(CASE phase WHEN \'end\' THEN "right" ELSE -"right" END) FROM test_attempt'
    fresh = await admin.fetchval(query + " WHERE pseudonym <> 'half'")
    assert 10 * fresh - 600 == 100
    assert await report() == ("600.0000", 20)
    await admin.execute("DELETE FROM test_attempt WHERE pseudonym IN ('s1', 'late')")  # erased
    assert await report() == ("600.0000", 20)
    await tests.take({f"t{n}": (4, 8) for n in range(11)})
    assert await report() == ("1010.0000", 30)
    await admin.execute("DELETE FROM test_attempt WHERE pseudonym > 's2'")
    assert await report() == ("1010.0000", 30)


async def test_application_after_six_months_is_told_by_action_plans(evaluation: Door) -> None:
    ids = await tell_of_edition(evaluation, 20)
    async with evaluation.app.state.sessions.transaction() as session:
        rows = [
            {
                "edition_id": ids["edition"],
                "provenance": "synthetic",
                "pseudonym": f"p{number}",
                "code_hash": str(number).encode(),
                "items": [{"id": "1", "progress": {"six_months": "begun" if number < 9 else "not_started"}}],
            }
            for number in range(12)
        ]
        await session.execute(insert(ActionPlan), rows)
    plans = {"source": "action_plans", "phase": "six_months"}
    reporter, period = await indicate(evaluation, ids["program"], **plans)
    reported = await reporter.post(f"{period}/report", json={})
    assert reported.json()["actual"][0]["value"] == "75.0000"
    later = {"source": "action_plans", "phase": "twelve_months"}
    reporter, period = await indicate(evaluation, ids["program"], **later)
    refused = await reporter.post(f"{period}/report", json={})
    assert refused.json()["detail"] == "Every edition was left out: too_few_respondents."


async def test_vouchers_are_counted_by_the_day_of_their_redemption(evaluation: Door) -> None:
    ids = await tell_of_edition(evaluation, 1)
    reporter, period = await indicate(evaluation, ids["program"], source="vouchers", measure="count")
    refused = await reporter.post(f"{period}/report", json={})
    assert refused.json()["code"] == "indicator-not-computable"
    schemes = [uuid4(), uuid4()]
    async with evaluation.app.state.sessions.transaction() as session:
        for scheme, country in zip(schemes, ("TJ", None), strict=True):
            told = {
                "aggregate_id": str(scheme),
                "program_id": str(ids["program"]),
                "recipient_country": country,
                "provenance": "synthetic",
            }
            await mirror_voucher_scheme(session, arriving("programs.voucher_scheme.agreed.v1", told))
        for version, day, redeemed in (
            (2, "2025-12-31T23:00:00Z", 3),
            (5, "2026-07-01T00:00:00Z", 9),
            (4, "2026-07-01T00:00:00Z", 8),  # out of order
            (3, "2026-02-01T00:00:00Z", 5),
            (9, "2027-01-01T00:00:00Z", 40),
        ):
            count = {"aggregate_id": str(schemes[0]), "aggregate_version": version, "redeemed": redeemed}
            event = arriving("participants.voucher.redeemed.v1", count)
            await count_vouchers(session, event.model_copy(update={"time": datetime.fromisoformat(day)}))
    reported = await reporter.post(f"{period}/report", json={})
    figures = [(f["country"], f["value"]) for f in reported.json()["actual"]]
    assert figures == [("", "6.0000"), ("TJ", "6.0000")]


def finish(certified: int, people: int, completed: int | None = None) -> Finish:
    return Finish(certified, certified if completed is None else completed, people)


def test_certified_of_a_group_speak_of_those_who_are_not() -> None:
    """Twelve of thirteen women certified would be one failure; ten of a country of which two failed likewise."""
    both = {"female": finish(12, 24), "male": finish(13, 26)}
    assert tell_certified(both) == {"female": 12, "male": 13}
    assert tell_certified(both | {"male": finish(25, 26)}) == {}
    assert tell_certified(both | {"": finish(3, 3)}) == {}
    three = {"TJ": finish(20, 40), "KG": finish(20, 40), "UZ": finish(20, 40)}
    assert tell_certified(three) == {"TJ": 20, "KG": 20, "UZ": 20}
    assert tell_certified(three, {"TJ"}) == {"UZ": 20}  # one alone would be the rest of all
    four = {country: finish(40, 80) for country in ("TJ", "KG", "UZ", "AF")}
    assert tell_certified(four, {"TJ", "KG"}) == {"UZ": 40, "AF": 40}


@pytest.mark.parametrize(
    ("rest", "harmless"),
    [
        (Finish(), True),
        (finish(0, 20, 10), True),
        (finish(0, 20, 11), False),
        (finish(0, 20, 9), False),
        (finish(1, 1), False),
    ],
)
def test_who_is_left_over_is_nobody_or_many(rest: Finish, harmless: bool) -> None:
    assert may_leave(rest) is harmless


def test_few_who_completed_without_a_certificate_are_not_told_of() -> None:
    found = [tells_of_uncertified(finish(10, 40, completed)) for completed in (10, 11, 19, 20)]
    assert found == [False, True, True, False]


async def enroll(door: Door, edition: UUID, state: str, country: str, people: int) -> None:
    """Let people of both sexes be known in a state."""
    async with door.app.state.sessions.transaction() as session:
        for number in range(people):
            part = {
                "aggregate_id": str(uuid4()),
                "edition_id": str(edition),
                "pseudonym": f"person-{uuid4()}",
                "state": state,
                "country": country,
                "sex": "male" if number % 2 else "female",
            }
            await mirror_participation(session, arriving("participants.participation.completed.v1", part))


PEOPLE = {"measure": "count", "level": "output"}


async def test_people_are_counted_by_country_and_sex(evaluation: Door) -> None:
    ids = await tell_of_edition(evaluation, 12)  # women of Tajikistan, enrolled
    await enroll(evaluation, ids["edition"], "certified", "TJ", 21)
    await enroll(evaluation, ids["edition"], "certified", "KG", 3)
    reporter, period = await indicate(evaluation, ids["program"], source="participants", **PEOPLE)
    actual = (await reporter.post(f"{period}/report", json={})).json()["actual"]
    assert [(f["country"], f["sex"], f["value"]) for f in actual] == [
        ("", "", "36.0000"),
        ("", "female", "25.0000"),
        ("", "male", "11.0000"),
        ("KG", "", "3.0000"),
        ("TJ", "", "33.0000"),
    ]
    empty = await reporter.post(f"{period.rpartition('/')[0]}", json={"period": "2030"})
    nobody = await reporter.post(f"{period.rpartition('/')[0]}/{empty.json()['id']}/report", json={})
    assert nobody.json()["code"] == "indicator-not-computable"
    reporter, period = await indicate(evaluation, ids["program"], source="certified", **PEOPLE)
    running = (await reporter.post(f"{period}/report", json={})).json()
    assert [(f["country"], f["sex"], f["value"]) for f in running["actual"]] == [("", "", "24.0000")]
    assert {each["rule"] for each in running["basis"]["hidden"]} == {"period_not_over"}


async def test_certified_by_country_leave_nobody_over(evaluation: Door) -> None:
    """The card tells of a country's year over all programs: less one program's figure, the others are left."""
    ids = await tell_of_edition(evaluation, 0, "2024-05-06")
    for country in ("TJ", "KG"):
        await enroll(evaluation, ids["edition"], "certified", country, 24)
        await enroll(evaluation, ids["edition"], "enrolled", country, 24)

    async def report(program: UUID) -> tuple[list[tuple[str, str, str]], list[str]]:
        reporter, at = await indicate(evaluation, program, source="certified", **PEOPLE)
        of = at.rpartition("/")[0]
        year = await reporter.post(of, json={"period": "2024"})
        reported = (await reporter.post(f"{of}/{year.json()['id']}/report", json={})).json()
        told = [(f["country"], f["sex"], f["value"]) for f in reported["actual"]]
        return told, [each["dimension"] for each in reported["basis"]["hidden"]]

    other = await tell_of_edition(evaluation, 0, "2024-09-02")
    await enroll(evaluation, other["edition"], "certified", "TJ", 1)
    # Negative control: 49 people of TJ took part in 2024 and 25 completed; less 24 of 48, one of one did.
    told, hidden = await report(ids["program"])
    assert told == [("", "", "48.0000"), ("", "female", "24.0000"), ("", "male", "24.0000")]
    assert hidden == ["country"]
    third = await tell_of_edition(evaluation, 0, "2024-10-07")
    for country in ("TJ", "KG"):
        await enroll(evaluation, third["edition"], "certified", country, 20)
        await enroll(evaluation, third["edition"], "enrolled", country, 20)
    told, hidden = await report(third["program"])
    assert [each for each in told if each[0]] == [("KG", "", "20.0000"), ("TJ", "", "20.0000")]
    assert hidden == []
