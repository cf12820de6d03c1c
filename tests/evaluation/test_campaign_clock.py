"""Surveys that follow an edition: planned, moved, opened, reminded of, closed and counted by themselves."""

import base64
import json
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeAlias
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from services.common.clock import move_demonstration_clock
from services.common.jobs import run_due_jobs
from services.common.seal import unseal
from services.evaluation.domain.campaigns import Anonymity, Phase, notice, plan_window
from services.evaluation.domain.suppression import DEFAULT_THRESHOLDS
from services.evaluation.inbox.mirrors import mirror_edition, mirror_participation
from services.evaluation.operations.invitations import dispatch_context
from tests.apps import Door
from tests.documents import text_of
from tests.evaluation.surveys import QUESTIONS, open_survey, plan_survey
from tests.events import arriving

Admin: TypeAlias = asyncpg.Connection
TEMPLATES = (
    {"phase": "baseline", "opens_after_days": -7, "open_days": 7},
    {"phase": "end", "opens_after_days": 0, "open_days": 14, "reminder_days": [3, 7]},
    {"phase": "three_months", "opens_after_days": 91, "open_days": 30},
)


@pytest.mark.parametrize(
    ("phase", "days", "opens", "closes"),
    [
        (Phase.BASELINE, (-7, 7), "2026-04-27T04:00Z", "2026-05-04T04:00Z"),
        (Phase.END, (0, 14), "2026-05-15T04:00Z", "2026-05-29T04:00Z"),
        (Phase.SIX_MONTHS, (183, 1), "2026-11-14T04:00Z", "2026-11-15T04:00Z"),
    ],
)
def test_windows_are_counted_in_the_zone_of_the_edition(
    phase: Phase, days: tuple[int, int], opens: str, closes: str
) -> None:
    window = plan_window(phase, date(2026, 5, 4), date(2026, 5, 15), "Asia/Almaty", days)
    assert window is not None
    assert [window.opens_at, window.closes_at] == [datetime.fromisoformat(at) for at in (opens, closes)]
    assert plan_window(phase, None, None, "Asia/Almaty", days) is None


def test_respondents_are_told_what_is_promised() -> None:
    thresholds = {str(audience): k for audience, k in DEFAULT_THRESHOLDS.items()}
    told = notice(thresholds, Anonymity.CONFIDENTIAL)
    assert told.keys() == {"kk", "ru", "en"}
    assert "stays with the evaluators." in told["en"]
    assert told["en"].endswith("every reading is recorded.")
    assert "cannot be taken back" in told["en"]
    assert notice(thresholds)["en"] in told["en"]


class Course:
    """A synthetic edition that starts some days from now, as programs and participants tell of it."""

    def __init__(self, door: Door, starts_in: int) -> None:
        self.door = door
        self.id = uuid4()
        self.version = 0
        self.starts_on = (datetime.now(UTC) + timedelta(days=starts_in)).date()

    async def tell(self, **changes: Any) -> None:
        self.version += 1
        data = {
            "aggregate_id": str(self.id),
            "aggregate_version": self.version,
            "program_id": str(uuid4()),
            "title": {"en": "A synthetic course"},
            "state": "announced",
            "provenance": "synthetic",
            "starts_on": str(self.starts_on),
            "ends_on": str(self.starts_on + timedelta(days=10)),
            "zone": "Asia/Almaty",
            "countries": ["TJ"],
        }
        event = arriving("programs.edition.changed.v1", data | changes)
        async with self.door.app.state.sessions.transaction() as session:
            await mirror_edition(session, event)

    async def enroll(self, people: int) -> None:
        async with self.door.app.state.sessions.transaction() as session:
            for number in range(people):
                part = {
                    "aggregate_id": str(uuid4()),
                    "edition_id": str(self.id),
                    "pseudonym": f"synthetic-{self.id}-{number}",
                    "state": "enrolled",
                }
                await mirror_participation(session, arriving("participants.participation.enrolled.v1", part))

    async def after(self, days: float) -> None:
        """Let synthetic subjects live so many days from now, and do what is due then."""
        state = self.door.app.state
        async with state.sessions.transaction() as session:
            await move_demonstration_clock(session, timedelta(days=days))
        await run_due_jobs(state.sessions, state.jobs)

    async def campaigns(self, staff: httpx.AsyncClient) -> dict[str, Any]:
        found = await staff.get("/v1/campaigns", params={"edition_id": str(self.id)})
        return {campaign["phase"]: campaign for campaign in found.json()["items"]}


@pytest.fixture
async def staff(evaluation: Door) -> httpx.AsyncClient:
    client = evaluation.as_("evaluator")
    await keep_templates(client)
    return client


async def keep_templates(staff: httpx.AsyncClient) -> None:
    made = await staff.post("/v1/instruments", json={"code": "ready", "title": {"en": "Ready"}})
    at = f"/v1/instruments/{made.json()['id']}/versions"
    await staff.post(at, json={"questions": QUESTIONS[:3]})
    assert (await staff.post(f"{at}/1/publication")).status_code == 200
    for template in TEMPLATES:
        body = template | {"instrument_id": made.json()["id"]}
        assert (await staff.post("/v1/campaign-templates", json=body)).status_code == 201


async def test_an_announced_edition_gets_its_surveys_and_they_follow_its_dates(
    evaluation: Door, staff: httpx.AsyncClient
) -> None:
    course = Course(evaluation, starts_in=30)
    await course.tell(state="planned")
    assert await course.campaigns(staff) == {}
    await course.tell()
    planned = await course.campaigns(staff)
    assert planned.keys() == {"baseline", "end", "three_months"}
    assert {(c["state"], c["planned"]) for c in planned.values()} == {("scheduled", True)}
    assert planned["baseline"]["opens_at"][:10] == str(course.starts_on - timedelta(days=7))
    assert planned["end"]["opens_at"][:10] == str(course.starts_on + timedelta(days=10))
    await course.tell()
    assert await course.campaigns(staff) == planned
    course.starts_on += timedelta(days=5)
    await course.tell()
    moved = await course.campaigns(staff)
    assert {p: c["id"] for p, c in moved.items()} == {p: c["id"] for p, c in planned.items()}
    assert moved["end"]["opens_at"][:10] == str(course.starts_on + timedelta(days=10))
    await course.tell(state="postponed", starts_on=None, ends_on=None)
    assert {c["state"] for c in (await course.campaigns(staff)).values()} == {"cancelled"}


async def test_a_new_template_reaches_editions_that_are_under_way(evaluation: Door) -> None:
    course = Course(evaluation, starts_in=-12)
    await course.tell(state="completed")
    staff = evaluation.as_("evaluator")
    await keep_templates(staff)
    # What is over is not asked any more.
    assert (await course.campaigns(staff)).keys() == {"end", "three_months"}
    kept = (await staff.get("/v1/campaign-templates")).json()["items"]
    again = {k: kept[1][k] for k in ("phase", "instrument_id", "opens_after_days", "open_days")}
    assert (await staff.post("/v1/campaign-templates", json=again | {"active": False})).status_code == 201
    assert [t["active"] for t in (await staff.get("/v1/campaign-templates")).json()["items"]] == [
        True,
        False,
        True,
    ]
    unknown = await staff.post("/v1/campaign-templates", json=again | {"instrument_id": str(uuid4())})
    assert unknown.status_code == 404
    assert (
        await staff.post("/v1/campaign-templates", json=again | {"reminder_days": [7, 3]})
    ).status_code == 422


async def test_surveys_that_people_planned_are_left_alone_until_the_edition_is_cancelled(
    evaluation: Door, staff: httpx.AsyncClient
) -> None:
    course = Course(evaluation, starts_in=30)
    await course.tell(state="planned")
    (instrument,) = (await staff.get("/v1/instruments")).json()["items"]
    own = {
        "edition_id": str(course.id),
        "instrument_id": instrument["id"],
        "version_number": 1,
        "phase": "end",
    }
    assert (await staff.post("/v1/campaigns", json=own)).status_code == 201
    wrong = own | {"opens_at": "2026-05-04T10:00Z", "closes_at": "2026-05-04T09:00Z"}
    assert (await staff.post("/v1/campaigns", json=wrong)).status_code == 422
    await course.tell()
    phases = await course.campaigns(staff)
    assert (phases["end"]["planned"], phases["end"]["state"], len(phases)) == (False, "draft", 3)
    await course.tell(state="postponed", starts_on=None, ends_on=None)
    assert (await course.campaigns(staff))["end"]["state"] == "draft"
    await course.tell(state="cancelled")
    assert {c["state"] for c in (await course.campaigns(staff)).values()} == {"cancelled"}


async def test_a_survey_opens_reminds_closes_and_is_counted_by_the_clock(
    evaluation: Door, staff: httpx.AsyncClient, admin: Admin, participants_keys: tuple[bytes, bytes]
) -> None:
    course = Course(evaluation, starts_in=20)
    await course.tell()
    await course.after(29)  # nobody was known in time for the baseline
    await course.enroll(3)
    assert (await course.campaigns(staff))["end"]["state"] == "scheduled"
    await course.after(31)
    end = (await course.campaigns(staff))["end"]
    assert end["state"] == "open"
    codes = await letters(admin, participants_keys[0], "survey_invitation")
    assert len(codes) == 3
    public = evaluation.as_()
    answered, *silent = codes
    body = {
        "nonce": str(uuid4()),
        "blocks": [{"subject": {"kind": "edition", "id": str(course.id)}, "answers": {"overall": 4}}],
    }
    sent = await public.post("/v1/responses", json=body, headers={"Ballot-Token": answered})
    assert sent.status_code == 204
    await course.after(34)
    # Those who have not answered, and nobody else, get the code they have already.
    assert sorted(await letters(admin, participants_keys[0], "survey_reminder")) == sorted(silent)
    await course.after(38)
    assert len(await letters(admin, participants_keys[0], "survey_reminder")) == 4
    read = (await staff.get(f"/v1/campaigns/{end['id']}")).json()
    assert (read["reminders_sent"], read["reminder_days"]) == (2, [3, 7])
    assert (await staff.post(f"/v1/campaigns/{end['id']}/reminders")).status_code == 409
    await course.after(45)
    counted = (await staff.get(f"/v1/campaigns/{end['id']}")).json()
    assert (counted["state"], counted["answered"]) == ("analysed", 1)
    assert counted["key_destroyed_at"] is not None
    assert await admin.fetchval("SELECT count(*) FROM ballot_token WHERE reminders IS NOT NULL") == 0
    assert (await staff.post(f"/v1/campaigns/{end['id']}/archiving")).json()["state"] == "archived"


async def letters(admin: Admin, key: bytes, template: str) -> list[str]:
    """Return the codes that participants was asked to send with a template, as only participants can read them."""
    rows = await admin.fetch("SELECT data FROM outbox_event WHERE kind LIKE '%dispatch.requested%'")
    data = [json.loads(row["data"]) for row in rows]
    return [
        unseal(key, base64.b64decode(d["sealed_token"]), dispatch_context(UUID(d["aggregate_id"]))).decode()
        for d in data
        if d["template"] == template
    ]


async def test_a_survey_without_anybody_to_ask_looks_again_and_gives_up(
    evaluation: Door, staff: httpx.AsyncClient
) -> None:
    course = Course(evaluation, starts_in=20)
    await course.tell()
    await course.after(31)
    assert (await course.campaigns(staff))["end"]["state"] == "scheduled"
    await course.enroll(1)
    await course.after(32.5)
    assert (await course.campaigns(staff))["end"]["state"] == "open"
    other = Course(evaluation, starts_in=20)
    await other.tell()
    await other.after(43.5)
    assert (await other.campaigns(staff))["end"]["state"] == "cancelled"


async def test_reminders_wait_for_an_open_survey_by_email(evaluation: Door, admin: Admin) -> None:
    plan = await plan_survey(evaluation, 3, "email")
    at = f"/v1/campaigns/{plan.campaign_id}"
    assert (await plan.staff.post(f"{at}/reminders")).status_code == 409
    assert (await plan.staff.post(f"{at}/opening")).status_code == 200
    assert (await plan.staff.post(f"{at}/reminders")).json()["reminders_sent"] == 1
    assert (await plan.staff.post(f"{at}/reminders")).status_code == 409
    reminded = await admin.fetchval(
        "SELECT count(*) FROM outbox_event WHERE data ->> 'template' = 'survey_reminder'"
    )
    assert reminded == 3
    slips = await open_survey(evaluation, 2)
    assert (await slips.staff.post(f"/v1/campaigns/{slips.campaign_id}/reminders")).status_code == 409


async def test_jobs_of_a_survey_that_went_on_do_nothing(evaluation: Door, staff: httpx.AsyncClient) -> None:
    course = Course(evaluation, starts_in=20)
    await course.tell()
    await course.enroll(1)
    end = (await course.campaigns(staff))["end"]
    assert (await staff.post(f"/v1/campaigns/{end['id']}/opening")).status_code == 200
    assert (await staff.post(f"/v1/campaigns/{end['id']}/closing")).status_code == 200
    await course.after(60)
    assert (await course.campaigns(staff))["end"]["state"] == "analysed"


@pytest.mark.parametrize("delivery", ["slips", "kiosk"])
async def test_slips_are_printed_once_with_codes_that_work(evaluation: Door, delivery: str) -> None:
    plan = await plan_survey(evaluation, 5, delivery)
    at = f"/v1/campaigns/{plan.campaign_id}"
    assert (await plan.staff.post(f"{at}/opening")).status_code == 200
    printed = await plan.staff.post(f"{at}/slips.pdf", headers={"Accept-Language": "kk"})
    assert (printed.status_code, printed.headers["content-type"]) == (200, "application/pdf")
    text = text_of(printed.content)
    assert text.count("Курс туралы не ойлайсыз?") == 5
    codes = [word for word in text.split() if word.count("-") == 3 and len(word) == 19]
    assert len(set(codes)) == 5
    paper = await plan.public.get("/v1/responses/paper", headers={"Ballot-Token": codes[0]})
    assert paper.json()["delivery"] == delivery
    assert (await plan.submit(codes[0])).status_code == 204
    assert (await plan.staff.post(f"{at}/slips.pdf")).status_code == 409


async def test_a_campaign_tells_what_may_be_done_next(evaluation: Door) -> None:
    plan = await plan_survey(evaluation, 1)
    read = (await plan.staff.get(f"/v1/campaigns/{plan.campaign_id}")).json()
    assert {action["name"]: action["allowed"] for action in read["actions"]} == {
        "scheduled": True,
        "open": True,
        "closed": False,
        "cancelled": True,
        "archived": False,
    }
