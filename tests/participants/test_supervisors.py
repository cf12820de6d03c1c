"""Supervisors are asked by mail about their employee, if both agreed; evaluation never learns who they are."""

from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx

from services.evaluation.db.invariants import INVARIANTS
from services.evaluation.inbox.mirrors import mirror_edition
from services.evaluation.operations.ballot_counts import count_ballots
from tests.apps import Door
from tests.delivery import Deliver
from tests.events import arriving
from tests.participants.courses import Course
from tests.participants.test_affiliations import AGREED, SUPERVISOR, enter
from tests.participants.test_messages import (
    PAGE,
    Mailbox,
    admin,
    enrol,
    evaluation,
    folder,
    mailbox,
    pair,
    participants,
    posting,
    send,
    server,
)

__all__ = ["admin", "evaluation", "folder", "mailbox", "pair", "participants", "server"]

QUESTIONS = [
    {
        "code": "uses_it",
        "kind": "scale",
        "text": {"en": "Uses it", "ru": "Применяет"},
        "scale": {},
        "required": True,
    },
    {"code": "more", "kind": "text", "text": {"en": "Anything else?", "ru": "Что-то ещё?"}},
]


async def supervised(
    course: Course, *, language: str = "tg", consents: bool = True, agrees: bool = True
) -> str:
    """Return a participant with a supervisor."""
    person = str(await enrol(course))
    own = course.holder(person)
    if consents:
        consent = {"purpose": "ask_supervisor", "text_version": "1", "language_tag": "ru"}
        body = consent | {"cross_border": True, "evidence": "electronic"}
        assert (await own.post(f"/v1/persons/{person}/consents", json=body)).status_code == 201
    at = (await enter(own, person, supervisor=SUPERVISOR | {"preferred_language": language})).headers[
        "location"
    ]
    if agrees:
        assert (await own.post(f"{at}/supervisor-consent", json=AGREED)).status_code == 200
    return person


class Survey:
    """A survey of supervisors, over both rooms and a mail server."""

    def __init__(self, course: Course, evaluation: Door, deliver: Deliver) -> None:
        self.course, self.door, self.deliver = course, evaluation, deliver
        self.staff = evaluation.as_("evaluator", "manager")
        self.public = evaluation.as_()
        self.at = ""

    async def open(self, **changes: Any) -> httpx.Response:
        async with self.door.app.state.sessions.transaction() as session:
            await mirror_edition(session, arriving("programs.edition.announced.v1", self.course.facts))
        await self.deliver()
        made = await self.staff.post("/v1/instruments", json={"code": "s", "title": {"en": "Supervisors"}})
        at = f"/v1/instruments/{made.json()['id']}/versions"
        assert (await self.staff.post(at, json={"questions": QUESTIONS})).status_code == 201
        assert (await self.staff.post(f"{at}/1/publication")).status_code == 200
        plan = {"edition_id": self.course.id, "instrument_id": made.json()["id"], "version_number": 1}
        plan |= {"phase": "supervisor", "anonymity": "identified", "reminder_days": [7]}
        campaign = await self.staff.post("/v1/campaigns", json=plan | changes)
        if campaign.status_code != 201:
            return campaign
        self.at = f"/v1/campaigns/{campaign.json()['id']}"
        opened = await self.staff.post(f"{self.at}/opening")
        assert opened.status_code == 200, opened.text
        await self.deliver()
        return opened

    async def answer(self, code: str, points: int) -> int:
        block = {"subject": {"kind": "edition", "id": self.course.id}}
        body = {
            "nonce": str(uuid4()),
            "blocks": [block | {"answers": {"uses_it": points, "more": "Well done"}}],
        }
        sent = await self.public.post("/v1/responses", json=body, headers={"Ballot-Token": code})
        return sent.status_code

    async def count(self) -> None:
        assert (await self.staff.post(f"{self.at}/closing")).status_code == 200
        state = self.door.app.state
        await count_ballots(state.sessions, state.key_store, UUID(self.at.rpartition("/")[2]))


def code_in(text: str) -> str:
    return text.partition(f"{PAGE}#")[2].split()[0]


async def test_a_supervisor_is_asked_in_their_language_about_their_employee(
    course: Course,
    evaluation: Door,
    deliver: Deliver,
    admin: asyncpg.Connection,
    keys: Path,
    mailbox: Mailbox,
    server: str,
) -> None:
    person = await supervised(course)
    unconsented = await supervised(course, consents=False)
    disagreeing = await supervised(course, agrees=False)
    survey = Survey(course, evaluation, deliver)
    await survey.open()
    async with posting(course, keys, server) as door:
        await send(door, limit=50)
        mails = [mail for mail in mailbox.accepted if mail["To"] == SUPERVISOR["email"]]
        assert len(mails) == 1
        (mail,) = mails
        text = mail.get_content()
        assert mail["Content-Language"] == "tg"
        assert "Синтетика Намунаева" in text
        assert "Намунаева" not in mail["Subject"]
        await deliver()
        reached = await admin.fetch("SELECT state FROM evaluation.ballot_token ORDER BY state")
        assert [token["state"] for token in reached] == ["bounced", "bounced", "issued"]

        code = code_in(text)
        paper = (await survey.public.get("/v1/responses/paper", headers={"Ballot-Token": code})).json()
        assert "not anonymous" in paper["notice"]["en"]
        assert "employee" in paper["notice"]["en"]
        # The token is a supervisor's: it opens no plan in the name of the participant.
        plan = {"items": [{"text": "Something"}]}
        refused = await survey.public.post("/v1/action-plans", json=plan, headers={"Ballot-Token": code})
        assert refused.status_code in {404, 422}
        assert (await survey.staff.post(f"{survey.at}/reminders")).status_code == 200
        await deliver()
        await send(door, limit=50)
    reminder = mailbox.accepted[-1]
    assert (reminder["To"], code_in(reminder.get_content())) == (SUPERVISOR["email"], code)
    assert await survey.answer(code, 5) == 204
    await survey.count()
    pseudonym = await admin.fetchval("SELECT pseudonym FROM participation WHERE person_id = $1", UUID(person))
    kept = await admin.fetch("SELECT pseudonym, phase, answers::text FROM evaluation.identified_answer")
    assert [(row["pseudonym"], row["phase"]) for row in kept] == [(str(pseudonym), "supervisor")]
    assert '"uses_it": 5' in kept[0]["answers"]
    assert "Well done" not in kept[0]["answers"]
    counted = (await survey.staff.get(survey.at)).json()
    assert counted["answered"] == 1
    everything = ""
    for table in ("outbox_event", "inbox_event", "ballot_token", "identified_answer", "mirror_cohort"):
        query = f"SELECT coalesce(string_agg(t::text, ''), '') FROM evaluation.{table} t"  # noqa: S608  our own names
        everything += await admin.fetchval(query)
    for secret in (SUPERVISOR["email"], SUPERVISOR["name"], "Намунаева", person, unconsented, disagreeing):
        assert secret not in everything
    await admin.execute("SET search_path TO evaluation")
    assert [name for name, sql in INVARIANTS.items() if await admin.fetch(sql)] == []


async def test_whose_consent_was_withdrawn_is_not_asked_and_counts_as_not_reached(
    course: Course,
    evaluation: Door,
    deliver: Deliver,
    admin: asyncpg.Connection,
    keys: Path,
    mailbox: Mailbox,
    server: str,
) -> None:
    employee, at_work = await supervised(course), await supervised(course)
    left = await supervised(course)
    (consent,) = (
        one
        for one in (await course.manager.get(f"/v1/persons/{employee}/consents")).json()["items"]
        if one["purpose"] == "ask_supervisor"
    )
    own = course.holder(employee)
    withdrawn = await own.post(f"/v1/persons/{employee}/consents/{consent['id']}/withdrawal")
    assert withdrawn.status_code == 200
    (work,) = (await course.manager.get(f"/v1/persons/{at_work}/affiliations")).json()["items"]
    path = f"/v1/persons/{at_work}/affiliations/{work['id']}"
    assert (await course.manager.post(f"{path}/supervisor-withdrawal")).status_code == 200
    await admin.execute("UPDATE affiliation SET period = '2020/2021' WHERE person_id = $1", UUID(left))
    survey = Survey(course, evaluation, deliver)
    await survey.open()
    async with posting(course, keys, server) as door:
        await send(door, limit=50)
    await deliver()
    assert [mail for mail in mailbox.accepted if mail["To"] == SUPERVISOR["email"]] == []
    states = await admin.fetch("SELECT state FROM message WHERE template = 'supervisor_invitation'")
    assert [row["state"] for row in states] == ["opted_out"] * 3
    progress = (await survey.staff.get(f"{survey.at}/progress")).json()
    assert progress["invited"] == 3
    tokens = await admin.fetch("SELECT DISTINCT state FROM evaluation.ballot_token")
    assert [row["state"] for row in tokens] == ["bounced"]


async def test_an_employee_who_is_erased_takes_the_answers_about_them_along(
    course: Course,
    evaluation: Door,
    deliver: Deliver,
    admin: asyncpg.Connection,
    keys: Path,
    mailbox: Mailbox,
    server: str,
) -> None:
    """The answer is sealed already: counting it afterwards brings nobody back, and it is counted."""
    person = await supervised(course)
    survey = Survey(course, evaluation, deliver)
    await survey.open()
    async with posting(course, keys, server) as door:
        await send(door, limit=50)
    (mail,) = [mail for mail in mailbox.accepted if mail["To"] == SUPERVISOR["email"]]
    assert await survey.answer(code_in(mail.get_content()), 4) == 204
    asking, approving = (course.door.as_("data_protection_officer", subject=uuid4()) for _ in range(2))
    at = (await asking.post("/v1/erasures", json={"person_id": person})).headers["location"]
    assert (await approving.post(f"{at}/approval")).status_code == 200
    await deliver()
    await survey.count()
    assert await admin.fetchval("SELECT count(*) FROM evaluation.identified_answer") == 0
    assert (await survey.staff.get(survey.at)).json()["answered"] == 1


async def test_supervisors_are_asked_by_mail_only(course: Course, evaluation: Door, deliver: Deliver) -> None:
    await enrol(course)
    survey = Survey(course, evaluation, deliver)
    refused = await survey.open(delivery="slips", anonymity="anonymous", reminder_days=[])
    assert refused.status_code == 422
    template = {
        "phase": "supervisor",
        "instrument_id": str(uuid4()),
        "opens_after_days": 183,
        "open_days": 30,
    }
    refused = await survey.staff.post("/v1/campaign-templates", json=template | {"delivery": "kiosk"})
    assert refused.status_code == 422
