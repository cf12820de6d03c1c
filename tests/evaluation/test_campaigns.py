"""Campaigns: opened once whatever is repeated, slips shown once, and nothing left of a cancelled one."""

from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import text

from services.common.jobs import run_due_jobs
from services.common.keystore import KeyDestroyed
from services.evaluation.db.invariants import INVARIANTS
from services.evaluation.operations.ballot_counts import count_ballots
from tests.apps import Door
from tests.evaluation.surveys import Survey, open_survey, plan_survey

ROWS = "SELECT (SELECT count(*) FROM ballot_token), (SELECT count(*) FROM outbox_event)"


@pytest.mark.parametrize(("delivery", "tokens"), [("email", 3), ("slips", 0)])
async def test_opening_again_with_the_same_key_is_answered_as_before(
    evaluation: Door, admin: asyncpg.Connection, delivery: str, tokens: int
) -> None:
    plan = await plan_survey(evaluation, 3, delivery)
    at, key = f"/v1/campaigns/{plan.campaign_id}/opening", {"Idempotency-Key": "opening-1"}
    first = await plan.staff.post(at, headers=key)
    assert (first.status_code, first.json()["state"]) == (200, "open")
    rows = await admin.fetch(ROWS)
    assert rows[0][0] == tokens
    again = await plan.staff.post(at, headers=key)
    assert again.headers["idempotent-replayed"] == "true"
    assert (again.status_code, again.content) == (200, first.content)
    assert await admin.fetch(ROWS) == rows
    assert (await plan.staff.post(at, headers={"Idempotency-Key": "opening-2"})).status_code == 409


async def test_codes_of_slips_are_shown_once_and_stored_nowhere(
    evaluation: Door, admin: asyncpg.Connection
) -> None:
    plan = await plan_survey(evaluation, 4)
    at, key = f"/v1/campaigns/{plan.campaign_id}", {"Idempotency-Key": "slips-1"}
    early = await plan.staff.post(f"{at}/slips", headers=key)
    assert (early.status_code, early.json()["code"]) == (409, "evaluation-state-refused")
    assert (await plan.staff.post(f"{at}/opening")).status_code == 200
    first = await plan.staff.post(f"{at}/slips", headers=key)
    assert (first.status_code, first.headers["cache-control"]) == (200, "no-store")
    plan.slips = first.json()["codes"]
    assert len(set(plan.slips)) == 4
    again = await plan.staff.post(f"{at}/slips", headers=key)
    assert (again.status_code, again.json()["code"]) == (409, "evaluation-state-refused")
    everything = ""
    for (table,) in await admin.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'evaluation'"):
        everything += await admin.fetchval(f"SELECT coalesce(string_agg(t::text, ''), '') FROM {table} t")  # noqa: S608  names from the catalog
    assert plan.campaign_id in everything
    for code in plan.slips:
        for written in (code, code.replace("-", "")):
            assert written not in everything
            assert written.encode().hex() not in everything
    for code in plan.slips:
        assert (await plan.submit(code)).status_code == 204
    handed = "SELECT count(*) FROM audit_entry WHERE action = 'campaign.slips_handed_out'"
    assert await admin.fetchval(handed) == 1


async def test_slips_are_for_staff_and_for_surveys_on_slips(evaluation: Door) -> None:
    by_email = await open_survey(evaluation, 2, delivery="email")
    at = f"/v1/campaigns/{by_email.campaign_id}/slips"
    assert (await by_email.staff.post(at)).status_code == 409
    assert (await evaluation.as_("auditor").post(at)).status_code == 403
    assert (await by_email.public.post(at)).status_code == 401


async def waiting(survey: Survey) -> bool:
    """Say whether the survey's count, or the end of its key, is planned."""
    query = text("SELECT count(*) FROM job WHERE kind = 'campaign.count' AND done_at IS NULL")
    async with survey.door.app.state.sessions.reading() as session:
        return bool(await session.scalar(query))


async def test_nothing_can_be_read_of_a_cancelled_survey(evaluation: Door, admin: asyncpg.Connection) -> None:
    survey = await open_survey(evaluation, 3)
    state = evaluation.app.state
    assert (await survey.submit(survey.slips[0], better="More practice")).status_code == 204
    assert not await waiting(survey)
    await count_ballots(
        state.sessions, state.key_store, UUID(survey.campaign_id)
    )  # it is open: nothing to do
    assert await state.key_store.open_key("campaign", survey.campaign_id)
    cancelled = await survey.staff.post(f"/v1/campaigns/{survey.campaign_id}/cancellation")
    assert (cancelled.status_code, cancelled.json()["state"]) == (200, "cancelled")
    assert await admin.fetchval("SELECT count(*) FROM sealed_ballot") == 0
    assert (await survey.submit(survey.slips[1])).status_code == 404
    assert await waiting(survey)
    assert await run_due_jobs(state.sessions, state.jobs) >= 1
    assert not await waiting(survey)
    await count_ballots(state.sessions, state.key_store, UUID(survey.campaign_id))  # may be repeated
    with pytest.raises(KeyDestroyed):
        await state.key_store.open_key("campaign", survey.campaign_id)
    read = (await survey.staff.get(f"/v1/campaigns/{survey.campaign_id}")).json()
    assert (read["state"], read["answered"]) == ("cancelled", None)
    assert read["key_destroyed_at"] is not None
    assert await admin.fetchval("SELECT count(*) FROM response") == 0
    assert await admin.fetchval("SELECT count(*) FROM suggestion") == 0
    assert {name: rows for name, sql in INVARIANTS.items() if (rows := await admin.fetch(sql))} == {}


async def test_a_survey_cancelled_before_it_opened_waits_for_nothing(evaluation: Door) -> None:
    plan = await plan_survey(evaluation, 1)
    at = f"/v1/campaigns/{plan.campaign_id}"
    assert (await plan.staff.post(f"{at}/scheduling")).json()["state"] == "scheduled"
    assert (await plan.staff.post(f"{at}/cancellation")).json()["state"] == "cancelled"
    assert not await waiting(plan)


async def test_progress_never_shows_a_single_answer_coming_in(evaluation: Door) -> None:
    survey = await open_survey(evaluation, 7)
    at = f"/v1/campaigns/{survey.campaign_id}/progress"
    shown = []
    for token in survey.slips[:4]:
        assert (await survey.submit(token)).status_code == 204
        shown.append((await survey.staff.get(at)).json())
    assert [progress["answered_at_least"] for progress in shown] == [0, 0, 3, 3]
    assert {(progress["invited"], progress["step"]) for progress in shown} == {(7, 3)}


async def test_a_retired_wording_is_asked_in_no_new_survey(evaluation: Door) -> None:
    survey = await plan_survey(evaluation, 3)
    planned = (await survey.staff.get(f"/v1/campaigns/{survey.campaign_id}")).json()
    (instrument,) = (await survey.staff.get("/v1/instruments")).json()["items"]
    at = f"/v1/instruments/{instrument['id']}/versions/1"
    assert (await survey.staff.post(f"{at}/retirement")).json()["state"] == "retired"
    assert (await survey.staff.post(f"{at}/retirement")).status_code == 409
    assert (await survey.staff.post(f"{at}/publication")).status_code == 409
    plan = {
        "edition_id": planned["edition_id"],
        "instrument_id": instrument["id"],
        "version_number": 1,
        "phase": "end",
        "delivery": "slips",
    }
    assert (await survey.staff.post("/v1/campaigns", json=plan)).status_code == 409
    assert (await survey.staff.post(f"/v1/campaigns/{survey.campaign_id}/opening")).status_code == 200
