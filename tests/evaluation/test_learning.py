"""What people learned: pairs of tests, gains against published values, codes of their own, action plans."""

import json
from typing import Any, TypeAlias
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from services.common.jobs import run_due_jobs
from services.common.keystore import KeyDestroyed
from services.evaluation.db.invariants import INVARIANTS
from services.evaluation.domain.action_plans import ItemProgress, PlanMoment, count_progress
from services.evaluation.domain.learning import (
    GainReason,
    compare_pairs,
    compare_then_and_now,
    describe_gain,
    normalized_gain,
    without_doubles,
)
from services.evaluation.inbox.mirrors import erase_pseudonyms, mirror_edition
from services.evaluation.operations.learning_figures import settle_learning
from tests.apps import Door
from tests.evaluation.surveys import tell_of_edition
from tests.evaluation.test_campaign_clock import letters
from tests.events import arriving

Admin: TypeAlias = asyncpg.Connection
# Student's sleep data, as R has them (datasets/sleep): extra hours of sleep under two drugs.
SLEEP_1 = (0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0)
SLEEP_2 = (1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4)


def numbered(values: tuple[float, ...]) -> dict[str, float]:
    return {str(number): value for number, value in enumerate(values)}


def test_the_paired_t_test_gives_what_r_prints() -> None:
    change = compare_pairs(numbered(SLEEP_1), numbered(SLEEP_2))
    assert change is not None
    assert change.n == 10
    assert change.p_value == pytest.approx(0.0028329, abs=5e-8)
    assert change.interval is not None
    assert change.interval.low == pytest.approx(0.7001142, abs=5e-8)
    assert change.interval.high == pytest.approx(2.4598858, abs=5e-8)
    # By hand: 1.58 over the average of 1.789010 and 2.002249, times 1 - 3/35.
    assert change.effect_size == pytest.approx(1.58 / 1.8956295 * (1 - 3 / 35), rel=1e-6)


@pytest.mark.parametrize(
    ("before", "after", "gain"),
    [(41, 49, 0.1355932), (40, 40, 0.0), (40, 70, 0.5), (40, 100, 1.0), (40, 10, -0.5), (100, 100, None)],
)
def test_the_normalized_gain_is_hakes(before: float, after: float, gain: float | None) -> None:
    found = normalized_gain(before, after)
    assert found == (None if gain is None else pytest.approx(gain, abs=5e-8))


def test_a_gain_tells_its_band_or_why_there_is_none() -> None:
    assert describe_gain(None).reason is GainReason.NO_PAIRS
    assert describe_gain(compare_pairs({"a": 100}, {"a": 90})).reason is GainReason.NOTHING_TO_GAIN
    bands = [describe_gain(compare_pairs({"a": 0}, {"a": after})).band for after in (70, 30, 29.9)]
    assert bands == ["high", "medium", "low"]


def test_pairs_without_variation_tell_no_more_than_they_can() -> None:
    assert compare_pairs({"a": 1}, {"b": 2}) is None
    one = compare_pairs({"a": 1, "b": 2}, {"a": 2})
    assert one is not None
    assert (one.n, one.difference, one.interval, one.p_value, one.effect_size) == (1, 1, None, None, None)
    alike = compare_pairs({"a": 1, "b": 1}, {"a": 2, "b": 2})
    assert alike is not None
    assert (alike.p_value, alike.effect_size) == (None, None)


def test_a_code_that_came_twice_pairs_nobody() -> None:
    pairs = [(b"a", {"q": 1.0}), (b"b", {"q": 2.0}), (b"a", {"q": 3.0})]
    assert without_doubles(pairs) == {b"b": {"q": 2.0}}


def test_progress_of_plans_is_counted_from_a_threshold_on() -> None:
    def plan(**progress: str) -> list[dict[str, Any]]:
        return [{"progress": progress}]

    plans = [plan(three_months="done"), plan(three_months="begun"), plan(six_months="done")]
    counted = count_progress(plans, 2)
    assert counted[PlanMoment.SIX_MONTHS] is None
    told = counted[PlanMoment.THREE_MONTHS]
    assert told is not None
    assert (told[0], told[1][ItemProgress.DONE], told[1][ItemProgress.DROPPED]) == (2, 1, 0)


TEST = [
    {
        "code": f"q{number}",
        "kind": "single",
        "text": {"en": "?"},
        "options": [{"code": code, "label": {"en": code}} for code in ("right", "wrong")],
        "correct": ["right"],
    }
    for number in range(4)
]
ATTITUDES = [{"code": "able", "kind": "scale", "text": {"en": "I can"}, "scale": {}}]


class Course:
    """A synthetic edition that asks before and after."""

    def __init__(self, door: Door, ids: dict[str, UUID], key: bytes, admin: Admin) -> None:
        self.door, self.id, self.key, self.admin = door, ids["edition"], key, admin
        self.staff, self.public = door.as_("evaluator"), door.as_()

    async def publish(self, questions: list[dict[str, Any]]) -> str:
        row = {"code": f"t-{uuid4().hex[:8]}", "title": {"en": "Test"}}
        instrument = (await self.staff.post("/v1/instruments", json=row)).json()
        at = f"/v1/instruments/{instrument['id']}/versions"
        assert (await self.staff.post(at, json={"questions": questions})).status_code == 201
        assert (await self.staff.post(f"{at}/1/publication")).status_code == 200
        return str(instrument["id"])

    async def open(self, instrument: str, phase: str, **more: Any) -> str:
        plan = {
            "edition_id": str(self.id),
            "instrument_id": instrument,
            "version_number": 1,
            "phase": phase,
        }
        campaign = await self.staff.post("/v1/campaigns", json=plan | more)
        assert campaign.status_code == 201, campaign.text
        at = f"/v1/campaigns/{campaign.json()['id']}"
        assert (await self.staff.post(f"{at}/opening")).status_code == 200
        return at

    async def tokens(self) -> dict[str, str]:
        """Return the codes that were sent last, by pseudonym."""
        rows = await self.admin.fetch(
            "SELECT data FROM outbox_event WHERE kind LIKE '%dispatch.requested%' ORDER BY id"
        )
        codes = await letters(self.admin, self.key, "survey_invitation")
        return {json.loads(row["data"])["pseudonym"]: code for row, code in zip(rows, codes, strict=True)}

    async def answer(self, token: str, answers: dict[str, Any], **more: Any) -> httpx.Response:
        block = {"subject": {"kind": "edition", "id": str(self.id)}, "answers": answers}
        body = {"nonce": str(uuid4()), "blocks": [block]} | more
        return await self.public.post("/v1/responses", json=body, headers={"Ballot-Token": token})

    async def count(self, at: str) -> None:
        assert (await self.staff.post(f"{at}/closing")).status_code == 200
        state = self.door.app.state
        await run_due_jobs(state.sessions, state.jobs)

    async def learning(self) -> dict[str, Any]:
        answer = await self.staff.get(f"/v1/editions/{self.id}/learning")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found


@pytest.fixture
async def course(evaluation: Door, admin: Admin, participants_keys: tuple[bytes, bytes]) -> Course:
    ids = await tell_of_edition(evaluation, 4)
    facts = {
        "aggregate_id": str(ids["edition"]),
        "aggregate_version": 2,
        "program_id": str(ids["program"]),
        "title": {"en": "A synthetic course"},
        "state": "running",
        "provenance": "synthetic",
        "countries": ["TJ"],
        "certificate_policy": {"attendance_percent": 80, "pass_mark_percent": 75},
    }
    async with evaluation.app.state.sessions.transaction() as session:
        await mirror_edition(session, arriving("programs.edition.changed.v1", facts))
    return Course(evaluation, ids, participants_keys[0], admin)


def right(number: int) -> dict[str, str]:
    return {f"q{n}": "right" if n < number else "wrong" for n in range(4)}


async def test_tests_are_paired_by_pseudonym_and_who_passed_is_told(course: Course) -> None:
    form = await course.publish(TEST)
    before = await course.open(form, "baseline", anonymity="identified")
    tokens = await course.tokens()
    paper = await course.public.get(
        "/v1/responses/paper", headers={"Ballot-Token": next(iter(tokens.values()))}
    )
    assert "not anonymous" in paper.json()["notice"]["en"]
    assert "correct" not in paper.text
    for token, score in zip(tokens.values(), (1, 2, 1, 2), strict=True):
        assert (await course.answer(token, right(score))).status_code == 204
    assert await course.admin.fetchval("SELECT count(*) FROM test_attempt") == 0
    await course.count(before)
    assert (await course.learning())["tests"][0]["gain"] == {
        "value": None,
        "band": None,
        "reason": "no_pairs",
    }
    await course.admin.execute("DELETE FROM outbox_event")
    after = await course.open(form, "end", anonymity="identified")
    tokens = await course.tokens()
    for token, score in zip(list(tokens.values())[:3], (4, 3, 2), strict=True):
        assert (await course.answer(token, right(score))).status_code == 204
    await course.count(after)
    (test,) = (await course.learning())["tests"]
    assert (test["n_before"], test["n_after"], test["suppressed"]) == (4, 3, False)
    change = test["change"]
    assert change["n"] == 3
    rows = await course.admin.fetch('SELECT pseudonym, phase, "right" FROM test_attempt')
    scores = {(row["pseudonym"], row["phase"]): 25 * row["right"] for row in rows}
    paired = [p for p, phase in scores if phase == "end"]
    assert change["before"] == pytest.approx(sum(scores[p, "baseline"] for p in paired) / 3)
    assert change["after"] == pytest.approx(75)
    told = await course.admin.fetch("SELECT data FROM outbox_event WHERE kind LIKE '%test.finalized%'")
    passed = {json.loads(row["data"])["pseudonym"]: json.loads(row["data"])["passed"] for row in told}
    assert passed == {p: scores[p, "end"] >= 75 for p in paired}
    assert sorted(passed.values()) == [False, True, True]
    assert {name for name, sql in INVARIANTS.items() if await course.admin.fetch(sql)} == set()


async def test_who_is_forgotten_is_not_the_difference_of_two_readings(
    course: Course, evaluation: Door
) -> None:
    form = await course.publish(TEST)
    for phase, scores in (("baseline", (1, 2, 1, 2)), ("end", (4, 3, 2, 4))):
        await course.admin.execute("DELETE FROM outbox_event")
        at = await course.open(form, phase, anonymity="identified")
        for (_, token), score in zip(sorted((await course.tokens()).items()), scores, strict=True):
            assert (await course.answer(token, right(score))).status_code == 204
        await course.count(at)
    before = (await course.learning())["tests"]
    assert before[0]["change"]["n"] == 4
    pseudonym = await course.admin.fetchval("SELECT min(pseudonym) FROM test_attempt")
    erased = {"aggregate_id": str(uuid4()), "pseudonyms": [pseudonym]}
    async with evaluation.app.state.sessions.transaction() as session:
        await erase_pseudonyms(session, arriving("participants.person.erased.v1", erased))
        await settle_learning(session, course.id)  # another survey of the edition was counted
    assert (await course.learning())["tests"] == before

    # Negative control: figures made anew at each reading would be subtracted.
    query = """SELECT avg(25.0 * "right") FROM test_attempt WHERE phase = 'end'"""
    left = float(await course.admin.fetchval(query))
    assert 4 * before[0]["change"]["after"] - 3 * left == pytest.approx(100)  # four of four: theirs


async def test_fewer_pairs_than_the_threshold_tell_nothing(course: Course) -> None:
    form = await course.publish(TEST)
    for phase in ("baseline", "end"):
        await course.admin.execute("DELETE FROM outbox_event")
        at = await course.open(form, phase, anonymity="identified")
        for token in list((await course.tokens()).values())[:2]:
            assert (await course.answer(token, right(2))).status_code == 204
        await course.count(at)
    (test,) = (await course.learning())["tests"]
    assert (test["suppressed"], test["change"], test["gain"], test["n_before"]) == (True, None, None, None)


async def test_whom_an_identified_test_asks_is_known_by_email_only(course: Course) -> None:
    form = await course.publish(TEST)
    plan = {"edition_id": str(course.id), "instrument_id": form, "version_number": 1, "phase": "end"}
    for wrong in ({"delivery": "slips"}, {"paired": True}):
        refused = await course.staff.post("/v1/campaigns", json=plan | {"anonymity": "identified"} | wrong)
        assert refused.status_code == 422


async def test_attitudes_are_paired_by_codes_that_nobody_can_trace(course: Course, evaluation: Door) -> None:
    form = await course.publish(ATTITUDES)
    keys = evaluation.app.state.key_store
    for phase, answers in (
        ("baseline", {"AZ-07": 2, "BK 11": 3, "CM-03": 2, "same": 1}),
        ("end", {"az 07": 4, "bk-11": 4, "cm03": 3, "other": 5}),
    ):
        at = await course.open(form, phase, delivery="slips", paired=True)
        slips = (await course.staff.post(f"{at}/slips")).json()["codes"]
        paper = await course.public.get("/v1/responses/paper", headers={"Ballot-Token": slips[0]})
        assert paper.json()["paired"]
        for token, (code, able) in zip(slips, answers.items(), strict=True):
            assert (await course.answer(token, {"able": able}, pair_code=code)).status_code == 204
        await course.count(at)
        if phase == "baseline":
            assert await keys.open_key("pairing", f"{course.id}:{form}")
    with pytest.raises(KeyDestroyed):
        await keys.open_key("pairing", f"{course.id}:{form}")
    (able,) = (await course.learning())["attitudes"]
    assert (able["question_code"], able["suppressed"]) == ("able", False)
    change = able["change"]
    assert (change["n"], change["before"], change["after"]) == (
        3,
        pytest.approx(7 / 3),
        pytest.approx(11 / 3),
    )
    assert able["unmatched_share"] is None  # a single one would be told apart
    everything = "SELECT coalesce(string_agg(p::text, ''), '') FROM paired_answer p"
    stored = str(await course.admin.fetchval(everything))
    assert not any(code in stored for code in ("AZ-07", "az07", "AZ07"))


def test_then_and_now_tell_of_nobody_who_answered_one_of_the_two() -> None:
    both: list[tuple[object, object, int]] = [(2, 4, 1), (3, 4, 1), (1, 4, 1)]
    change = compare_then_and_now(both, 3)
    assert change is not None
    assert (change.n, change.before, change.after, change.difference) == (3, 2.0, 4.0, 2.0)
    assert compare_then_and_now(both[:2], 3) is None
    assert compare_then_and_now([*both, (None, 1, 1)], 3) is None
    assert compare_then_and_now([*both, (2, None, 2)], 3) is None
    told = compare_then_and_now([*both, ("not_applicable", 1, 3)], 3)
    assert told is not None
    assert told.n == 3
    twice = compare_then_and_now([(2, 4, 2), (3, 4, 2), (1, 4, 2)], 3)
    assert twice is not None
    assert (twice.n, twice.before) == (6, 2.0)
    assert compare_then_and_now([], 3) is None


async def test_who_was_not_asked_before_may_look_back_and_that_is_said(course: Course) -> None:
    looking_back = ATTITUDES[0] | {"code": "was", "text": {"en": "I could"}, "retrospective_pre_of": "able"}
    at = await course.open(await course.publish([*ATTITUDES, looking_back]), "end", delivery="slips")
    slips = (await course.staff.post(f"{at}/slips")).json()["codes"]
    for token, (was, able) in zip(slips, ((1, 3), (2, 4), (2, 5), (3, 4)), strict=True):
        assert (await course.answer(token, {"was": was, "able": able})).status_code == 204
    assert (await course.learning())["retrospective"] == []
    await course.count(at)
    learning = await course.learning()
    (found,) = learning["retrospective"]
    assert (found["question_code"], found["retrospective_code"], found["phase"]) == ("able", "was", "end")
    assert (found["method"], found["limits"].keys()) == ("retrospective-pre@1", {"en", "ru", "kk"})
    assert found["change"]["n"] == 4
    # By hand: 2, 2, 3, 1 apart.
    assert (found["change"]["before"], found["change"]["after"], found["change"]["difference"]) == (2, 4, 2)
    assert learning["attitudes"] == [] == learning["tests"], "it is no measurement before and after"


async def test_a_code_is_given_only_where_it_is_asked_for(course: Course) -> None:
    form = await course.publish(ATTITUDES)
    at = await course.open(form, "end", delivery="slips")
    (token, *_) = (await course.staff.post(f"{at}/slips")).json()["codes"]
    refused = await course.answer(token, {"able": 4}, pair_code="AZ-07")
    assert [fault["pointer"] for fault in refused.json()["errors"]] == ["/pair_code"]
    assert (await course.answer(token, {"able": 4}, pair_code="---- ")).status_code == 422
    assert (await course.answer(token, {"able": 4})).status_code == 204


async def test_an_action_plan_is_for_its_author_alone(course: Course, evaluation: Door) -> None:
    form = await course.publish(ATTITUDES)
    await course.open(form, "end")
    plans = []
    for pseudonym, token in (await course.tokens()).items():
        invited = {"Ballot-Token": token, "Idempotency-Key": f"plan-{pseudonym}"}
        body = {
            "items": [{"text": "Train my colleagues", "due_on": "2026-12-01"}, {"text": "Buy a stethoscope"}]
        }
        made = await course.public.post("/v1/action-plans", json=body, headers=invited)
        assert made.status_code == 201, made.text
        plans.append(made.json())
        again = await course.public.post("/v1/action-plans", json=body, headers=invited)
        assert (again.status_code, again.json()["code"]) == (409, "action-plan-exists")
    wrong = await course.public.post("/v1/action-plans", json=body, headers={"Ballot-Token": "0000"})
    assert (wrong.status_code, wrong.json()["code"]) == (404, "invitation-not-usable")
    stored = str(await course.admin.fetchval("SELECT string_agg(p::text, '') FROM action_plan p"))
    assert plans[0]["code"] not in stored
    kept = await course.admin.fetchval("SELECT coalesce(string_agg(k::text, ''), '') FROM idempotency_key k")
    assert plans[0]["code"] not in kept
    mine = {"Action-Plan-Code": plans[0]["code"].lower()}
    read = await course.public.get("/v1/action-plan", headers=mine)
    assert [item["text"] for item in read.json()["items"]] == ["Train my colleagues", "Buy a stethoscope"]
    assert (await course.public.get("/v1/action-plan", headers={"Action-Plan-Code": "0"})).status_code == 404

    for plan in plans[:3]:
        told = [{"item_id": item["id"], "progress": "begun"} for item in plan["plan"]["items"]]
        told[0]["progress"] = "done"
        reported = await course.public.post(
            "/v1/action-plan/progress",
            json={"moment": "three_months", "items": told},
            headers={"Action-Plan-Code": plan["code"]},
        )
        assert reported.json()["items"][0]["progress"] == {"three_months": "done"}
    stranger = {"moment": "six_months", "items": [{"item_id": str(uuid4()), "progress": "done"}]}
    refused = await course.public.post("/v1/action-plan/progress", json=stranger, headers=mine)
    assert [fault["pointer"] for fault in refused.json()["errors"]] == ["/items/0/item_id"]
    one = {
        "moment": "six_months",
        "items": [{"item_id": plans[0]["plan"]["items"][0]["id"], "progress": "done"}],
    }
    assert (await course.public.post("/v1/action-plan/progress", json=one, headers=mine)).status_code == 200
    summary = (await course.staff.get(f"/v1/editions/{course.id}/action-plans")).json()
    assert summary["moments"]["three_months"] == {
        "plans": 3,
        "items": {"not_started": 0, "begun": 3, "done": 3, "dropped": 0},
    }
    assert summary["moments"]["six_months"] is None
    assert "colleagues" not in json.dumps(summary)

    pseudonyms = [row["pseudonym"] for row in await course.admin.fetch("SELECT pseudonym FROM action_plan")]
    erased = {"aggregate_id": str(uuid4()), "pseudonyms": pseudonyms[:3]}
    async with evaluation.app.state.sessions.transaction() as session:
        await erase_pseudonyms(session, arriving("participants.person.erased.v1", erased))
    assert await course.admin.fetchval("SELECT count(*) FROM action_plan") == 1
