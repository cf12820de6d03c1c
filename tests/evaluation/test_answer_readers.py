"""Who reads single answers: named readers, under a log, and of anonymous surveys nobody (E14; all synthetic)."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx

from tests.apps import Door
from tests.evaluation.surveys import QUESTIONS, Survey
from tests.evaluation.surveys import tell_of_edition as tell
from tests.evaluation.test_learning import ATTITUDES, Course

TODAY = datetime.now(UTC).date()


async def asked(door: Door, anonymity: str, people: int = 6) -> Survey:
    """Open a survey on slips and let everybody answer."""
    ids = await tell(door, people)
    staff = door.as_("evaluator", "manager")
    row = {"code": f"i-{uuid4().hex[:8]}", "title": {"en": "End"}}
    instrument = (await staff.post("/v1/instruments", json=row)).json()
    at = f"/v1/instruments/{instrument['id']}/versions"
    assert (await staff.post(at, json={"questions": QUESTIONS})).status_code == 201
    assert (await staff.post(f"{at}/1/publication")).status_code == 200
    plan = {
        "edition_id": str(ids["edition"]),
        "instrument_id": instrument["id"],
        "version_number": 1,
        "phase": "end",
        "delivery": "slips",
        "anonymity": anonymity,
    }
    campaign = (await staff.post("/v1/campaigns", json=plan)).json()
    at = f"/v1/campaigns/{campaign['id']}"
    assert (await staff.post(f"{at}/opening")).status_code == 200
    slips = (await staff.post(f"{at}/slips")).json()["codes"]
    survey = Survey(
        door, ids["edition"], ids["lecturer"], ids["program"], campaign["id"], slips, staff, door.as_()
    )
    sent = await asyncio.gather(*(survey.submit(t, overall=n % 5 + 1) for n, t in enumerate(slips)))
    assert {answer.status_code for answer in sent} == {204}
    return survey


async def name(door: Door, at: str, reader: UUID, **more: Any) -> httpx.Response:
    officer = door.as_("data_protection_officer")
    body = {"account_id": str(reader), "reason": "A complaint is looked into", "until": str(TODAY)} | more
    return await officer.post(f"{at}/answer-readers", json=body)


async def test_a_named_reader_reads_and_every_reading_is_logged(evaluation: Door) -> None:
    survey = await asked(evaluation, "confidential")
    at, account = f"/v1/campaigns/{survey.campaign_id}", uuid4()
    reader = evaluation.as_("evaluator", subject=account)
    unnamed = await reader.get(f"{at}/answers")
    assert (unnamed.status_code, unnamed.json()["code"]) == (403, "answer-reader-not-named")
    named = await name(evaluation, at, account)
    assert (named.status_code, named.json()["ended"]) == (201, False)
    assert (await name(evaluation, at, account)).json()["code"] == "answer-reader-exists"
    sealed = await reader.get(f"{at}/answers")
    assert (sealed.status_code, sealed.json()["code"]) == (409, "evaluation-state-refused")
    await survey.count()
    first = await reader.get(f"{at}/answers", params={"limit": 5})
    assert (first.status_code, first.headers["cache-control"]) == (200, "no-store")
    second = await reader.get(f"{at}/answers", params={"limit": 50, "cursor": first.json()["next_cursor"]})
    rows = first.json()["items"] + second.json()["items"]
    assert len(rows) == 12  # six about the edition, six about the lecturer, none beside another
    assert {row["pseudonym"] for row in rows} == {None}
    marks = [row["blocks"][0]["answers"].get("overall") for row in rows]
    assert sorted(mark for mark in marks if mark) == [1, 1, 2, 3, 4, 5]
    for other in (evaluation.as_("evaluator"), evaluation.as_("evaluator", "manager", subject=account)):
        assert (await other.get(f"{at}/answers")).status_code == 403
    for role in ("manager", "approver", "auditor", "administrator", "data_protection_officer", "partner"):
        assert (await evaluation.as_(role, subject=account).get(f"{at}/answers")).status_code == 403
    auditor = evaluation.as_("auditor")
    log = (await auditor.get("/v1/answer-reads", params={"campaign_id": survey.campaign_id})).json()["items"]
    assert [(row["actor"], row["answers"]) for row in log] == [(str(account), 7), (str(account), 5)]
    assert {row["answer_reader_id"] for row in log} == {named.json()["id"]}
    mine = {"actor": str(account)}
    officer = evaluation.as_("data_protection_officer")
    assert len((await officer.get("/v1/answer-reads", params=mine)).json()["items"]) == 2
    assert (await officer.get("/v1/answer-reads", params={"actor": "nobody"})).json()["items"] == []
    assert (await reader.get("/v1/answer-reads")).status_code == 403


async def test_a_naming_ends_and_nobody_names_themselves(evaluation: Door, admin: asyncpg.Connection) -> None:
    survey = await asked(evaluation, "confidential", people=1)
    await survey.count()
    at, account = f"/v1/campaigns/{survey.campaign_id}", uuid4()
    reader, self_named = evaluation.as_("evaluator", subject=account), uuid4()
    officer = evaluation.as_("data_protection_officer", subject=self_named)
    body = {"account_id": str(self_named), "reason": "Curious", "until": str(TODAY)}
    own = await officer.post(f"{at}/answer-readers", json=body)
    assert (own.status_code, own.json()["code"]) == (403, "duties-not-separated")
    assert (await reader.post(f"{at}/answer-readers", json=body)).status_code == 403
    over = await name(evaluation, at, account, until=str(TODAY - timedelta(days=2)))
    assert (over.status_code, over.json()["errors"][0]["pointer"]) == (422, "/until")
    named = (await name(evaluation, at, account)).headers["location"]
    assert (await reader.get(f"{at}/answers")).status_code == 200
    assert (await officer.post(f"{named}/end")).json()["ended"] is True
    assert (await officer.post(f"{named}/end")).status_code == 409
    assert (await officer.post(f"{at}/answer-readers/{uuid4()}/end")).status_code == 404
    assert (await reader.get(f"{at}/answers")).status_code == 403
    await name(evaluation, at, account)  # anew, and then its last day passes
    await admin.execute("UPDATE answer_reader SET until = current_date - 2 WHERE NOT ended")
    assert (await reader.get(f"{at}/answers")).status_code == 403
    assert len((await officer.get(f"{at}/answer-readers")).json()["items"]) == 2
    assert await admin.fetchval("SELECT count(*) FROM answer_read") == 1


async def test_of_an_anonymous_survey_nobody_is_named(evaluation: Door, admin: asyncpg.Connection) -> None:
    survey = await asked(evaluation, "anonymous", people=1)
    await survey.count()
    at, account = f"/v1/campaigns/{survey.campaign_id}", uuid4()
    refused = await name(evaluation, at, account)
    assert (refused.status_code, refused.json()["code"]) == (409, "answers-anonymous")
    await admin.execute(
        "INSERT INTO answer_reader (id, version, campaign_id, account_id, reason, named_by, until, ended)"
        " VALUES ($1, 1, $2, $1, 'by SQL', 'nobody', current_date, false)",
        account,
        UUID(survey.campaign_id),
    )
    sql_named = evaluation.as_("evaluator", subject=account)
    assert (await sql_named.get(f"{at}/answers")).json()["code"] == "answers-anonymous"


async def test_answers_by_name_stand_under_the_code_of_their_edition(
    evaluation: Door, admin: asyncpg.Connection, participants_keys: tuple[bytes, bytes]
) -> None:
    course = Course(evaluation, await tell(evaluation, 3), participants_keys[0], admin)
    at = await course.open(await course.publish(ATTITUDES), "end", anonymity="identified")
    tokens = await course.tokens()
    paper = await course.public.get(
        "/v1/responses/paper", headers={"Ballot-Token": next(iter(tokens.values()))}
    )
    assert "every reading is recorded" in paper.json()["notice"]["en"]
    for mark, token in enumerate(tokens.values(), start=3):
        assert (await course.answer(token, {"able": mark})).status_code == 204
    account = uuid4()
    await name(evaluation, at, account)
    await course.count(at)
    rows = (await evaluation.as_("evaluator", subject=account).get(f"{at}/answers")).json()["items"]
    found = {row["pseudonym"]: row["blocks"][0]["answers"]["able"] for row in rows}
    assert found == {pseudonym: mark for mark, pseudonym in enumerate(tokens, start=3)}
