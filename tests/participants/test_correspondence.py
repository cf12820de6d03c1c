"""Messages that this room writes of its own accord: queued with their cause, sent once, visible without persons."""

import json
import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest
from pydantic import SecretStr

from services.common.jobs import run_due_jobs
from services.common.peers import Peers
from services.participants.app import create_app
from services.participants.domain.messages import (
    FACTS,
    TO_SUPERVISOR,
    MessageTemplate,
    language_chain,
    require_facts,
)
from services.participants.operations.letters import TEXTS, write_letter
from services.participants.operations.messages import drop_messages, queue_message
from services.participants.operations.upkeep import tend_messages
from services.participants.settings import Settings
from tests.apps import Door, facts_of, open_door
from tests.cluster import TestDatabase
from tests.participants.courses import Course
from tests.participants.test_messages import LATER, mails, pair, secret_file, send

__all__ = ["pair"]
PAGE = "https://entry.example.org/in"
UNTIL = {"until": "2026-12-24 18:00 (UTC+05:00)"}


@pytest.fixture
async def participants(
    clean: TestDatabase, keys: Path, tmp_path: Path, pair: tuple[bytes, bytes]
) -> AsyncIterator[Door]:
    settings = Settings(
        **facts_of("participants", clean.participants, keys),
        keystore_url=SecretStr(clean.keystore),
        master_key=secret_file(keys, "master", b"\x55" * 32),
        unsealing_key=secret_file(keys, "unsealing.key", pair[0]),
        entry_page=PAGE,
        mail_folder=tmp_path / "mail",
    )
    async with open_door("participants", create_app(settings), keys) as door:
        yield door.over(clean)


@pytest.fixture
async def admin(clean: TestDatabase) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(clean.admin)
    await connection.execute("SET search_path TO participants")
    yield connection
    await connection.close()


def minting(door: Door, status: int = 201) -> list[dict[str, object]]:
    """Let the gateway answer requests for links; return what it was asked."""
    asked: list[dict[str, object]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(json.loads(request.content))
        return httpx.Response(status, content=body())

    async def body() -> AsyncIterator[bytes]:
        yield b'{"token": "one-time-token-of-a-link-0000", "expires_at": "2026-12-24T00:00:00Z"}'

    transport = httpx.MockTransport(answer)
    client = httpx.AsyncClient(transport=transport, base_url="http://gateway")
    door.app.state.peers = Peers(door.app.state.signer, {"gateway": client})
    return asked


async def queue(course: Course, person: str, template: str, subject: UUID, **more: object) -> None:
    facts = (
        UNTIL
        if MessageTemplate(template) in FACTS and "number" not in FACTS[MessageTemplate(template)]
        else {}
    )
    options: dict[str, object] = {"edition_id": UUID(course.id), "facts": facts} | more
    async with course.door.app.state.sessions.transaction() as session:
        await queue_message(session, MessageTemplate(template), UUID(person), subject, **options)  # type: ignore[arg-type]


def mail_folder(course: Course) -> Path:
    folder = course.door.app.state.settings.mail_folder
    assert isinstance(folder, Path)
    return folder


def letters(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.eml"))


async def test_a_message_is_queued_with_its_cause_and_sent_once(
    course: Course, admin: asyncpg.Connection
) -> None:
    person, subject = await course.person("TJ"), uuid4()

    async def fail_after_queuing() -> None:
        async with course.door.app.state.sessions.transaction() as session:
            await queue_message(session, MessageTemplate.DECISION_WAITLISTED, UUID(person), uuid4())
            raise RuntimeError("undone")

    with pytest.raises(RuntimeError, match="undone"):
        await fail_after_queuing()
    for _ in range(2):
        await queue(course, person, "decision_waitlisted", subject)
    assert await send(course.door) == 1
    (mail,) = mails(mail_folder(course))
    assert "листе ожидания" in mail.get_content()
    listed = (await course.manager.get("/v1/messages", params={"person_id": person})).json()["items"]
    (shown,) = listed
    assert (shown["template"], shown["state"], shown["language"], shown["right_to_left"]) == (
        "decision_waitlisted",
        "sent",
        "ru",
        False,
    )
    assert (await course.manager.get(f"/v1/messages/{shown['id']}")).json() == shown
    everything = json.dumps(listed) + json.dumps(
        [dict(r) for r in await admin.fetch("SELECT facts FROM message")]
    )
    assert "synthetic@example.org" not in everything


async def test_a_link_is_made_when_its_message_leaves_and_kept_nowhere(
    course: Course, admin: asyncpg.Connection
) -> None:
    person = await course.person("TJ", consent=False)
    await queue(course, person, "nominee_link", uuid4())
    assert await send(course.door) == 1  # nobody makes links yet
    assert await admin.fetchval("SELECT state FROM message") == "queued"
    minting(course.door, status=503)
    assert await send(course.door, ahead=LATER, limit=1) == 1
    assert await admin.fetchval("SELECT delays FROM message") == 2
    asked = minting(course.door)
    assert await send(course.door, ahead=LATER) == 1
    assert asked == [
        {
            "subject": person,
            "grants": [{"role": "participant", "scope": {"kind": "person", "id": person}}],
        }
    ]
    (mail,) = mails(mail_folder(course))
    assert f"{PAGE}#one-time-token-of-a-link-0000" in mail.get_content()
    kept = await admin.fetchval("SELECT string_agg(m::text, '') FROM message m")
    assert "one-time-token" not in kept


async def test_what_is_decided_needs_a_consent_and_what_asks_for_it_does_not(
    course: Course, admin: asyncpg.Connection
) -> None:
    person = await course.person("TJ", consent=False)
    await queue(course, person, "decision_rejected", uuid4())
    assert await send(course.door) == 1
    assert await admin.fetchval("SELECT state FROM message") == "opted_out"


async def test_a_reminder_waits_for_its_time_and_is_dropped_with_its_cause(
    course: Course, admin: asyncpg.Connection
) -> None:
    person, offer = await course.person("TJ"), uuid4()
    minting(course.door)
    soon = datetime.now(UTC) + timedelta(minutes=30)
    await queue(course, person, "offer_reminder", offer, send_at=soon)
    await queue(course, person, "offer_reminder", offer, send_at=soon + timedelta(days=2), turn=2)
    assert await send(course.door) == 0
    assert await send(course.door, ahead=LATER) == 1
    async with course.door.app.state.sessions.transaction() as session:
        await drop_messages(session, offer)
    assert await send(course.door, ahead=timedelta(days=9)) == 0
    rows = await admin.fetch("SELECT turn, state FROM message ORDER BY turn")
    assert [tuple(row) for row in rows] == [(1, "sent"), (2, "dropped")]


async def test_a_message_whose_sender_always_died_is_visibly_failed(
    course: Course, admin: asyncpg.Connection
) -> None:
    person = await course.person("TJ")
    await queue(course, person, "decision_waitlisted", uuid4())
    await admin.execute("UPDATE message SET state = 'sending'")
    await admin.execute("UPDATE job SET dead_at = now() WHERE kind = 'message.send'")
    async with course.door.app.state.sessions.transaction() as session:
        assert not await tend_messages(session, None)
    assert await admin.fetchval("SELECT state FROM message") == "failed"


async def test_old_messages_and_their_files_are_forgotten(course: Course, admin: asyncpg.Connection) -> None:
    person = await course.person("TJ")
    for _ in range(2):
        await queue(course, person, "decision_waitlisted", uuid4())
    assert await send(course.door) == 2
    files = letters(mail_folder(course))
    old = datetime.now(UTC) - timedelta(days=8)
    os.utime(files[0], (old.timestamp(), old.timestamp()))
    await admin.execute(
        "UPDATE message SET ended_at = now() - interval '2 years' WHERE id = $1", UUID(files[0].stem)
    )
    jobs = course.door.app.state.jobs
    await admin.execute(
        "INSERT INTO job (id, kind, subject, payload, provenance, due_at)"
        " VALUES (gen_random_uuid(), 'messages.tend', $1, '{}', 'real', now())",
        UUID(int=0),
    )
    assert await run_due_jobs(course.door.app.state.sessions, {"messages.tend": jobs["messages.tend"]}) == 1
    assert letters(mail_folder(course)) == [files[1]]
    assert await admin.fetchval("SELECT count(*) FROM message") == 1
    planned = "SELECT count(*) FROM job WHERE kind = 'messages.tend' AND done_at IS NULL AND due_at > now()"
    assert await admin.fetchval(planned) == 1


async def test_people_see_their_own_messages_and_officers_none(course: Course) -> None:
    person, other = await course.person("TJ"), await course.person("TJ")
    await queue(course, person, "decision_waitlisted", uuid4())
    (shown,) = (await course.holder(person).get("/v1/messages")).json()["items"]
    assert (await course.holder(other).get("/v1/messages")).json()["items"] == []
    assert (await course.holder(other).get(f"/v1/messages/{shown['id']}")).status_code == 404
    assert (await course.officer("TJ").get("/v1/messages")).status_code == 403
    filters = {"edition_id": course.id, "state": "queued", "template": "decision_waitlisted"}
    assert len((await course.manager.get("/v1/messages", params=filters)).json()["items"]) == 1
    assert (await course.manager.get("/v1/messages", params=filters | {"state": "sent"})).json()[
        "items"
    ] == []


@pytest.mark.parametrize("language", sorted(TEXTS))
@pytest.mark.parametrize("template", list(MessageTemplate))
def test_every_template_says_all_its_facts_in_every_language(
    language: str, template: MessageTemplate
) -> None:
    if template not in TEXTS[language]:
        assert language not in {"kk", "ru", "en"}
        return
    facts = {name: f"<{name}>" for name in FACTS.get(template, ())}
    if template in TO_SUPERVISOR:
        facts["employee"] = "<employee>"
    letter = write_letter(
        template, language, course={"en": "{{ secret }} <b>"}, facts=facts, secret="CODE", page=PAGE
    )
    assert letter.language == language
    assert "{{ secret }} <b>" in letter.subject or template is MessageTemplate.VOUCHER_ASSIGNED
    assert all(fact in letter.text for fact in facts.values())
    assert f"{PAGE}#CODE" in letter.text
    assert "\n" not in letter.subject


def test_facts_are_those_of_the_template() -> None:
    require_facts(MessageTemplate.DECISION_WAITLISTED, {})
    with pytest.raises(ValueError, match="offer_made says"):
        require_facts(MessageTemplate.OFFER_MADE, {"name": "x"})


@pytest.mark.parametrize(
    ("reader", "first"),
    [
        ("kk-Cyrl-KZ", "kk"),
        ("fa-AF", "fa"),
        ("ps", "fa"),
        ("az", "ru"),
        ("kaa", "uz"),
        ("en", "en"),
        ("de", "de"),
    ],
)
def test_readers_are_written_to_in_the_nearest_language(reader: str, first: str) -> None:
    assert language_chain(reader)[0] == first
    assert language_chain(reader)[-1] in {"en", "ru"}
