"""Results through HTTP: what each reader sees, and what stays hidden by rule (all answers synthetic)."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import event

from services.common.identity import Grant, GrantKind, Role
from services.common.inbox import Event
from services.evaluation.db.campaigns import get_campaign
from services.evaluation.db.results import pool_lecturers
from services.evaluation.inbox.mirrors import mirror_training_session
from services.programs.domain.events import SessionLecturerData, TrainingSessionData
from tests.apps import Door
from tests.evaluation.surveys import Survey, open_survey, tell_of_edition
from tests.events import arriving


async def answered(door: Door, people: int, answers: int) -> Survey:
    survey = await open_survey(door, people)
    sent = [
        survey.submit(
            token,
            overall=n % 5 + 1,
            advise=n % 11,
            sex="female" if n % 2 else "male",
            country="TJ" if n % 3 else "KG",
            better="More practice",
        )
        for n, token in enumerate(survey.slips[:answers])
    ]
    assert {a.status_code for a in await asyncio.gather(*sent)} == {204}
    await survey.count()
    return survey


async def test_everybody_sees_the_whole_and_nobody_a_country(evaluation: Door) -> None:
    survey = await answered(evaluation, 40, 30)
    result = await survey.result("public")
    read = await survey.public.get(f"/v1/results/{result['id']}")
    assert read.status_code == 200
    figures = read.json()["figures"]
    assert (figures["n_invited"], figures["n_answered"], figures["response_rate"]["rr1"]) == (40, 30, 0.75)
    questions = {question["code"]: question for question in figures["questions"]}
    overall = questions["overall"]
    assert overall["cell"]["n"] == 30
    assert overall["cell"]["statistics"]["mean"] == 3
    assert overall["cell"]["statistics"]["counts"] == {str(point): 6 for point in range(1, 6)}
    breakdowns = {b["dimension"]: b["cells"] for b in overall["breakdowns"]}
    assert [cell["group"] for cell in breakdowns["country"]] == ["KG", "TJ", "UZ"]
    assert {cell["rule"] for cell in breakdowns["country"]} == {"country_of_one_edition"}
    assert all(cell["n"] is None for cell in breakdowns["country"])
    assert [cell["n"] for cell in breakdowns["sex"]] == [15, 15]
    assert questions["country"]["cell"]["rule"] == "country_of_one_edition"


async def test_a_rule_withholds_what_too_few_answered(evaluation: Door) -> None:
    survey = await answered(evaluation, 30, 12)
    withheld = await survey.result("public")
    assert (withheld["state"], withheld["rule"], withheld["figures"]) == (
        "withheld",
        "response_rate_too_low",
        {},
    )
    assert (await survey.public.get(f"/v1/results/{withheld['id']}")).status_code == 404
    partner = await survey.result("partner")
    assert partner["state"] == "published"
    grant = frozenset({Grant(Role.PARTNER, GrantKind.EDITION, str(survey.edition_id))})
    at = f"/v1/results/{partner['id']}"
    assert (await evaluation.as_("partner", grants=grant).get(at)).status_code == 200
    assert (await evaluation.as_("partner").get(at)).status_code == 404
    assert (await survey.public.get(at)).status_code == 404


async def test_lecturers_see_their_own_results_only(evaluation: Door) -> None:
    survey = await answered(evaluation, 8, 6)
    lecturer = str(survey.lecturer_id)
    await survey.result("lecturer", lecturer_id=lecturer)
    grant = frozenset({Grant(Role.LECTURER, GrantKind.LECTURER, lecturer)})
    own = await evaluation.as_("lecturer", grants=grant).get(f"/v1/lecturers/{lecturer}/results")
    (result,) = own.json()["items"]
    assert result["figures"]["questions"][0]["cell"]["n"] == 6
    assert result["figures"]["questions"][0]["breakdowns"] == []
    other = evaluation.as_("lecturer", grants=grant)
    assert (await other.get(f"/v1/lecturers/{uuid4()}/results")).status_code == 404
    assert (await survey.public.get(f"/v1/lecturers/{lecturer}/results")).status_code == 401
    for visibility in ("partner", "public"):
        body = {"campaign_id": survey.campaign_id, "visibility": visibility, "lecturer_id": lecturer}
        assert (await survey.staff.post("/v1/results", json=body)).status_code == 422


async def test_four_answers_about_a_lecturer_are_too_few(evaluation: Door) -> None:
    survey = await answered(evaluation, 8, 4)
    result = await survey.result("lecturer", lecturer_id=str(survey.lecturer_id))
    assert (result["state"], result["rule"]) == ("withheld", "too_few_respondents")


async def test_reading_a_result_costs_the_same_whatever_the_number_of_answers(evaluation: Door) -> None:
    costs = []
    for answers in (5, 40):
        survey = await answered(evaluation, 40, answers)
        result = await survey.result("internal")
        statements: list[str] = []

        def note(*call: object, seen: list[str] = statements) -> None:
            seen.append(str(call[2]))

        engine = evaluation.app.state.sessions.read_engine.sync_engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            assert (await survey.staff.get(f"/v1/results/{result['id']}")).status_code == 200
        finally:
            event.remove(engine, "before_cursor_execute", note)
        costs.append(len(statements))
    assert costs[0] == costs[1] > 0


async def test_a_suggestion_becomes_a_change_of_a_later_edition(evaluation: Door) -> None:
    survey = await answered(evaluation, 12, 10)
    edition = {"edition_id": str(survey.edition_id)}
    assert (await survey.public.get("/v1/suggestions", params=edition)).json()["items"] == []
    found = (await survey.staff.get("/v1/suggestions", params=edition)).json()["items"]
    assert len(found) == 10
    decision = {"moderation": "public", "shown": "More practice, please"}
    at = f"/v1/suggestions/{found[0]['id']}/moderation"
    assert (await survey.staff.post(at, json=decision)).json()["original"] == "More practice"
    (public,) = (await survey.public.get("/v1/suggestions", params=edition)).json()["items"]
    assert (public["shown"], public["original"]) == ("More practice, please", None)

    body = edition | {"title": {"en": "Two more days of practice"}, "suggestions": [found[0]["id"]]}
    recommendation = (await survey.staff.post("/v1/recommendations", json=body)).json()
    for provenance, listed in (("synthetic", 1), ("real", 0)):
        asked = await survey.staff.get("/v1/recommendations", params={"provenance": provenance})
        assert len(asked.json()["items"]) == listed
    at = f"/v1/recommendations/{recommendation['id']}"
    response = {"verdict": "agreed", "reason": "It is right.", "owner": "Training unit", "due": "2027-03"}
    agreed = await survey.staff.post(f"{at}/management-response", json=response)
    assert (agreed.status_code, agreed.json()["state"]) == (200, "agreed")
    same = await survey.staff.post(f"{at}/design-change", json=edition)
    assert (same.status_code, same.json()["code"]) == (422, "design-change-too-early")
    later = await tell_of_edition(evaluation, 1, "2027-05-03")
    changed = await survey.staff.post(f"{at}/design-change", json={"edition_id": str(later["edition"])})
    assert changed.json()["state"] == "in_progress"
    again = await survey.staff.post(f"{at}/management-response", json=response)
    assert again.status_code == 409
    assert UUID(changed.json()["design_change_edition_id"]) == later["edition"]


async def test_two_editions_are_compared_from_what_both_show(evaluation: Door) -> None:
    earlier, later = await answered(evaluation, 40, 30), await answered(evaluation, 40, 20)
    first, second = await earlier.result("public"), await later.result("public")
    params = {"earlier_result_id": first["id"], "later_result_id": second["id"]}
    found = await earlier.public.get("/v1/comparisons", params=params)
    assert found.status_code == 200, found.text
    assert found.json()["questions"] == []  # the wording has no comparable key
    params["later_result_id"] = first["id"]
    same = await earlier.public.get("/v1/comparisons", params=params)
    assert (same.status_code, same.json()["code"]) == (422, "results-not-comparable")
    params["later_result_id"] = (await later.result("internal"))["id"]
    assert (await earlier.public.get("/v1/comparisons", params=params)).status_code == 404


async def test_a_withheld_result_is_compared_with_nothing(evaluation: Door) -> None:
    few, many = await answered(evaluation, 30, 12), await answered(evaluation, 30, 20)
    params = {"earlier_result_id": (await few.result("public"))["id"]}
    params["later_result_id"] = (await many.result("public"))["id"]
    refused = await few.staff.get("/v1/comparisons", params=params)
    assert (refused.status_code, refused.json()["code"]) == (422, "results-not-comparable")


async def test_a_lecturer_replies_to_the_own_result_alone(evaluation: Door) -> None:
    survey = await answered(evaluation, 8, 6)
    lecturer = str(survey.lecturer_id)
    result = await survey.result("lecturer", lecturer_id=lecturer)
    flags = dict.fromkeys(("co_taught", "interpreted", "replaced", "stood_in", "online"), False)
    taught = {"sessions": 1, "languages": [], **flags}
    assert result["figures"]["teaching"] == taught
    said = {"text": "Half of them heard me through an interpreter."}
    at = f"/v1/results/{result['id']}/reply"
    grant = frozenset({Grant(Role.LECTURER, GrantKind.LECTURER, lecturer)})
    replied = await evaluation.as_("lecturer", grants=grant).post(at, json=said)
    assert (replied.status_code, replied.json()["reply"]) == (200, said["text"])
    other = frozenset({Grant(Role.LECTURER, GrantKind.LECTURER, str(uuid4()))})
    assert (await evaluation.as_("lecturer", grants=other).post(at, json=said)).status_code == 404
    assert (await survey.staff.post(at, json=said)).status_code == 403
    read = await survey.staff.get(f"/v1/results/{result['id']}")
    assert read.json()["reply"] == said["text"]


async def test_who_was_replaced_and_what_was_online_is_said_beside_the_marks(evaluation: Door) -> None:
    survey = await answered(evaluation, 8, 6)
    edition, lecturer, colleague = survey.edition_id, survey.lecturer_id, uuid4()

    def meeting(modality: str | None, *lecturers: SessionLecturerData) -> Event:
        """Return what programs tells of a meeting."""
        told = TrainingSessionData(
            aggregate_id=uuid4(),
            aggregate_version=1,
            edition_id=edition,
            kind="lecture",
            title={"en": "A synthetic lecture"},
            starts_at=datetime(2026, 5, 4, 5, tzinfo=UTC),
            ends_at=datetime(2026, 5, 4, 6, tzinfo=UTC),
            state="held",
            mandatory=True,
            counts_for_attendance=True,
            delivery_language="ru",
            modality=modality,
            lecturers=list(lecturers),
        )
        return arriving("programs.training_session.held.v1", told.model_dump(mode="json"))

    def who(teaches: UUID, instead_of: UUID | None) -> SessionLecturerData:
        return SessionLecturerData(
            lecturer_id=teaches, role="lecturer", interpreted=False, stands_in_for=instead_of
        )

    async with evaluation.app.state.sessions.transaction() as session:
        await mirror_training_session(session, meeting(None, who(colleague, lecturer)))
        await mirror_training_session(session, meeting("online", who(lecturer, uuid4())))
    figures = (await survey.result("lecturer", lecturer_id=str(lecturer)))["figures"]
    said = figures["teaching"]
    assert (said["sessions"], said["languages"]) == (2, ["ru"])
    assert {name for name, is_so in said.items() if is_so is True} == {"replaced", "stood_in", "online"}
    assert {"replaced", "stood_in", "online"} <= {each["code"] for each in figures["notes"]}


async def test_lecturers_are_set_among_those_who_taught_in_the_same_language(evaluation: Door) -> None:
    surveys: list[Survey] = []
    for language in ("ru", "en", "ru"):
        known: dict[str, Any] = {"program": surveys[0].program_id} if surveys else {}
        survey = await open_survey(evaluation, 3, language=language, **known)
        for token in survey.slips:
            assert (await survey.submit(token)).status_code == 204
        await survey.count()
        surveys.append(survey)
    async with evaluation.app.state.sessions.reading() as session:
        campaign = await get_campaign(session, UUID(surveys[0].campaign_id))
        pools = {
            languages: await pool_lecturers(session, campaign, surveys[0].program_id, languages)
            for languages in (("ru",), ("en",), ())
        }
    # Each survey here has an instrument of its own, so each pool holds the first survey's lecturer or nobody.
    assert [{str(who) for who in pool.get("clear", {})} for pool in pools.values()] == [
        {str(surveys[0].lecturer_id)},
        set(),
        set(),
    ]
    result = await surveys[1].result("internal", lecturer_id=str(surveys[1].lecturer_id))
    assert result["figures"]["teaching"]["languages"] == ["en"]
