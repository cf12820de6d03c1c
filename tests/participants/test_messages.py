"""Messages: what evaluation asks for reaches a mailbox once, in the reader's language, and is then forgotten."""

import asyncio
import base64
import email
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from aiosmtpd.controller import Controller
from pydantic import SecretStr

from services.common.jobs import run_due_jobs
from services.common.seal import new_key_pair, seal
from services.evaluation.app import create_app as create_evaluation
from services.evaluation.inbox.mirrors import mirror_edition
from services.evaluation.settings import Settings as EvaluationSettings
from services.participants.app import create_app
from services.participants.domain.messages import dispatch_context
from services.participants.settings import Settings
from tests.apps import Door, facts_of, open_door
from tests.cluster import TestDatabase
from tests.delivery import Deliver
from tests.evaluation.surveys import QUESTIONS
from tests.events import arriving
from tests.instances import free_port
from tests.participants.courses import SYNTHETIC_NAMES, Course, tell

LATER = timedelta(hours=1)
TOKEN = "CANA-RY00-TOKE-N000"
ADDRESS = "synthetic@example.org"
PAGE = "https://survey.example.org/answer"
WAITING_TRANSACTIONS = (
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND state LIKE 'idle in transaction%'"
)
RESEAL = "UPDATE message SET sealed_token = $1 WHERE template = 'survey_invitation'"
REQUESTED = "evaluation.dispatch.requested.v1"


@pytest.fixture(scope="session")
def pair() -> tuple[bytes, bytes]:
    """Participants' private and public key."""
    return new_key_pair()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "mail"


def secret_file(keys: Path, name: str, secret: bytes) -> Path:
    (keys / name).write_text(secret.hex())
    return keys / name


@pytest.fixture
async def participants(
    clean: TestDatabase, keys: Path, folder: Path, pair: tuple[bytes, bytes]
) -> AsyncIterator[Door]:
    settings = Settings(
        **facts_of("participants", clean.participants, keys),
        keystore_url=SecretStr(clean.keystore),
        master_key=secret_file(keys, "master", b"\x55" * 32),
        unsealing_key=secret_file(keys, "unsealing.key", pair[0]),
        survey_page=PAGE,
        mail_folder=folder,
    )
    async with open_door("participants", create_app(settings), keys) as door:
        yield door.over(clean)


@pytest.fixture
async def evaluation(clean: TestDatabase, keys: Path, pair: tuple[bytes, bytes]) -> AsyncIterator[Door]:
    settings = EvaluationSettings(
        **facts_of("evaluation", clean.evaluation, keys),
        keystore_url=SecretStr(clean.keystore),
        master_key=secret_file(keys, "master", b"\x55" * 32),
        participants_sealing_key=secret_file(keys, "sealing.key", pair[1]),
    )
    async with open_door("evaluation", create_evaluation(settings), keys) as door:
        yield door.over(clean)


@pytest.fixture
async def admin(clean: TestDatabase) -> AsyncIterator[asyncpg.Connection]:
    """The operator's own SQL."""
    connection = await asyncpg.connect(clean.admin)
    await connection.execute("SET search_path TO participants")
    yield connection
    await connection.close()


async def enrol(course: Course) -> UUID:
    """Return the person of a new participant."""
    person, application = await course.nominee("TJ")
    await course.decide("eligible", application)
    await course.decide("selected", application)
    at = (await course.offer(application)).headers["location"]
    assert (await course.holder(person).post(f"{at}/acceptance")).status_code == 200
    return UUID(person)


async def request(course: Course, admin: asyncpg.Connection, public_key: bytes, person: UUID) -> UUID:
    """Let evaluation ask for a message to the person; return the dispatch."""
    pseudonym = await admin.fetchval("SELECT pseudonym FROM participation WHERE person_id = $1", person)
    dispatch_id = uuid4()
    sealed = seal(public_key, TOKEN.encode(), dispatch_context(dispatch_id))
    data = {
        "aggregate_id": str(dispatch_id),
        "edition_id": course.id,
        "pseudonym": str(pseudonym),
        "template": "survey_invitation",
        "language": "ru",
        "sealed_token": base64.b64encode(sealed).decode(),
    }
    for _ in range(2):
        await tell(course.door, REQUESTED, data)
    return dispatch_id


async def send(door: Door, *, ahead: timedelta = timedelta(0), limit: int = 10) -> int:
    return await run_due_jobs(
        door.app.state.sessions,
        {k: w for k, w in door.app.state.jobs.items() if k == "message.send"},
        ahead=ahead,
        limit=limit,
    )


def mails(folder: Path) -> list[EmailMessage]:
    return [
        email.message_from_bytes(file.read_bytes(), policy=policy.default)
        for file in sorted(folder.iterdir())
    ]


def files(folder: Path) -> dict[str, int]:
    """Return the names in the folder and who may read them; none if there is no folder."""
    return {file.name: file.stat().st_mode & 0o777 for file in folder.glob("*")}


async def id_of(admin: asyncpg.Connection, subject_id: UUID) -> UUID:
    found: UUID = await admin.fetchval("SELECT id FROM message WHERE subject_id = $1", subject_id)
    return found


async def state_of(admin: asyncpg.Connection, dispatch_id: UUID) -> tuple[str, bool, list[str]]:
    """Return the message's state, whether its token is still there, and the outcomes that were reported."""
    row = await admin.fetchrow("SELECT state, sealed_token FROM message WHERE subject_id = $1", dispatch_id)
    assert row is not None
    told = await admin.fetch(
        "SELECT data->>'outcome' AS outcome FROM outbox_event WHERE subject = $1"
        " AND kind = 'participants.dispatch.reported.v1'",
        dispatch_id,
    )
    return row["state"], row["sealed_token"] is not None, [one["outcome"] for one in told]


async def test_an_invitation_travels_to_a_mailbox_and_its_code_answers(
    course: Course,
    evaluation: Door,
    deliver: Deliver,
    folder: Path,
    admin: asyncpg.Connection,
) -> None:
    await enrol(course)
    without_address = await enrol(course)
    await admin.execute("UPDATE person SET email = NULL WHERE id = $1", without_address)
    async with evaluation.app.state.sessions.transaction() as session:
        await mirror_edition(session, arriving("programs.edition.announced.v1", course.facts))
    await deliver()
    staff = evaluation.as_("evaluator", "manager")
    instrument = (await staff.post("/v1/instruments", json={"code": "end", "title": {"en": "End"}})).json()
    at = f"/v1/instruments/{instrument['id']}/versions"
    assert (await staff.post(at, json={"questions": QUESTIONS})).status_code == 201
    assert (await staff.post(f"{at}/1/publication")).status_code == 200
    plan = {
        "edition_id": course.id,
        "instrument_id": instrument["id"],
        "version_number": 1,
        "phase": "end",
        "delivery": "email",
    }
    campaign = (await staff.post("/v1/campaigns", json=plan)).json()
    opened = await staff.post(f"/v1/campaigns/{campaign['id']}/opening")
    assert opened.status_code == 200, opened.text
    await deliver()
    assert await send(course.door) == 2
    await deliver()
    (mail,) = mails(folder)
    assert (mail["To"], mail["Content-Language"]) == (ADDRESS, "ru")
    text = mail.get_content()
    assert "Ваш личный код" in text
    code = text.partition(f"{PAGE}#")[2].split()[0]
    assert text.count(code) == 2
    body = {
        "nonce": str(uuid4()),
        "blocks": [{"subject": {"kind": "edition", "id": course.id}, "answers": {"overall": 4}}],
    }
    answered = await evaluation.as_().post("/v1/responses", json=body, headers={"Ballot-Token": code})
    assert answered.status_code == 204, answered.text
    tokens = await admin.fetch("SELECT state FROM evaluation.ballot_token ORDER BY state")
    assert [token["state"] for token in tokens] == ["bounced", "used"]


@pytest.mark.parametrize(
    ("reader", "written", "phrase"),
    [
        ("kk", "kk", "жеке кодыңыз"),
        ("en", "en", "personal code"),
        ("ky-Cyrl", "ky", "жеке кодуңуз"),
        ("tg", "tg", "Рамзи шахсии"),
        ("uz-Latn", "uz", "shaxsiy kodingiz"),
        ("tk", "tk", "şahsy koduňyz"),
        ("fa-AF", "fa", "کد شخصی"),
        ("ps", "fa", "کد شخصی"),
        ("de", "ru", "личный код"),
    ],
)
async def test_a_message_speaks_the_readers_language(
    course: Course,
    admin: asyncpg.Connection,
    folder: Path,
    pair: tuple[bytes, bytes],
    reader: str,
    written: str,
    phrase: str,
) -> None:
    person = await enrol(course)
    await admin.execute("UPDATE person SET preferred_language = $1", reader)
    dispatch_id = await request(course, admin, pair[1], person)
    assert await send(course.door) == 1
    (mail,) = mails(folder)
    assert mail["Content-Language"] == written
    assert "Synthetic course" in mail["Subject"]
    assert phrase in mail.get_content()
    assert files(folder) == {f"{await id_of(admin, dispatch_id)}.eml": 0o600}
    assert await state_of(admin, dispatch_id) == ("sent", False, ["sent"])


async def test_a_message_is_sent_once_however_often_its_job_runs(
    course: Course, admin: asyncpg.Connection, folder: Path, pair: tuple[bytes, bytes]
) -> None:
    dispatch_id = await request(course, admin, pair[1], await enrol(course))
    assert await send(course.door) == 1
    file = folder / f"{await id_of(admin, dispatch_id)}.eml"
    before = file.stat().st_mtime_ns
    await admin.execute("UPDATE job SET done_at = NULL WHERE kind = 'message.send'")
    assert await send(course.door, ahead=LATER) == 1
    assert file.stat().st_mtime_ns == before
    assert await state_of(admin, dispatch_id) == ("sent", False, ["sent"])


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ("UPDATE person SET email = NULL", "opted_out"),
        ("UPDATE consent SET withdrawn_at = now()", "opted_out"),
        ("UPDATE participation SET state = 'withdrawn'", "dropped"),
    ],
)
async def test_who_left_or_gave_no_address_is_not_written_to(
    course: Course,
    admin: asyncpg.Connection,
    folder: Path,
    pair: tuple[bytes, bytes],
    change: str,
    outcome: str,
) -> None:
    dispatch_id = await request(course, admin, pair[1], await enrol(course))
    await admin.execute(change)
    assert await send(course.door) == 1
    assert files(folder) == {}
    assert await state_of(admin, dispatch_id) == (outcome, False, [outcome])


async def test_a_message_to_nobody_known_is_reported_as_not_sent(
    course: Course, admin: asyncpg.Connection, pair: tuple[bytes, bytes]
) -> None:
    await request(course, admin, pair[1], await enrol(course))
    data = {
        "aggregate_id": str(uuid4()),
        "pseudonym": str(uuid4()),
        "template": "survey_invitation",
        "sealed_token": "AAAA",
    }
    await tell(course.door, REQUESTED, data)
    told = "SELECT data->>'outcome' FROM outbox_event WHERE subject = $1"
    assert await admin.fetchval(told, UUID(data["aggregate_id"])) == "dropped"
    invited = "SELECT count(*) FROM message WHERE template = 'survey_invitation'"
    assert await admin.fetchval(invited) == 1


async def test_a_wrong_key_delays_a_message_until_the_right_one_is_there(
    course: Course, admin: asyncpg.Connection, folder: Path, pair: tuple[bytes, bytes]
) -> None:
    dispatch_id = await request(course, admin, pair[1], await enrol(course))
    sealed = await admin.fetchval("SELECT sealed_token FROM message WHERE template = 'survey_invitation'")
    await admin.execute(RESEAL, sealed[:-1] + b"?")
    assert await send(course.door) == 1
    assert await state_of(admin, dispatch_id) == ("queued", True, [])
    await admin.execute(RESEAL, sealed)
    assert await send(course.door, ahead=LATER) == 1
    assert len(mails(folder)) == 1


@dataclass
class Mailbox:
    """A mail server as it may behave; what it accepted stands in `accepted`."""

    recipient: str = "250 OK"
    content: str = "250 OK"
    accepted: list[EmailMessage] = field(default_factory=list)
    reached: threading.Event = field(default_factory=threading.Event)
    hangs: bool = False
    breaks_off: bool = False

    async def handle_RCPT(self, _: Any, __: Any, envelope: Any, address: str, ___: Any) -> str:  # noqa: N802  aiosmtpd's name
        if self.recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.recipient

    async def handle_DATA(self, server: Any, _: Any, envelope: Any) -> str:  # noqa: N802  aiosmtpd's name
        if self.content.startswith("250"):
            self.accepted.append(email.message_from_bytes(envelope.content, policy=policy.default))
        self.reached.set()
        if self.hangs:
            await asyncio.sleep(3600)
        if self.breaks_off:
            server.transport.close()
        return self.content


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def server(mailbox: Mailbox) -> Iterator[str]:
    controller = Controller(mailbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield f"smtp://127.0.0.1:{controller.port}"
    controller.stop()


@asynccontextmanager
async def posting(course: Course, keys: Path, url: str) -> AsyncIterator[Door]:
    """Another process of participants, with a mail server."""
    settings = course.door.app.state.settings.model_copy(update={"smtp_url": SecretStr(url)})
    async with open_door("participants", create_app(settings), keys) as door:
        yield door.over(course.door.database)


@pytest.mark.parametrize(
    ("answers", "state", "accepted"),
    [
        ({}, ("sent", False, ["sent"]), 1),
        ({"recipient": "550 No such mailbox"}, ("bounced", False, ["bounced"]), 0),
        ({"content": "552 Mailbox full"}, ("bounced", False, ["bounced"]), 0),
        ({"recipient": "451 Try later"}, ("queued", True, []), 0),
    ],
)
async def test_what_a_mail_server_answers_decides(
    course: Course,
    admin: asyncpg.Connection,
    keys: Path,
    pair: tuple[bytes, bytes],
    mailbox: Mailbox,
    server: str,
    answers: dict[str, str],
    state: tuple[str, bool, list[str]],
    accepted: int,
) -> None:
    for name, answer in answers.items():
        setattr(mailbox, name, answer)
    dispatch_id = await request(course, admin, pair[1], await enrol(course))
    async with posting(course, keys, server) as door:
        assert await send(door) == 1
    assert await state_of(admin, dispatch_id) == state
    assert len(mailbox.accepted) == accepted


async def test_a_message_put_off_is_tried_again_and_given_up_in_the_end(
    course: Course,
    admin: asyncpg.Connection,
    keys: Path,
    pair: tuple[bytes, bytes],
    mailbox: Mailbox,
    server: str,
) -> None:
    first = await request(course, admin, pair[1], await enrol(course))
    mailbox.recipient = "451 Try later"
    async with posting(course, keys, server) as door:
        assert await send(door) == 1
        mailbox.recipient = "250 OK"
        assert await send(door, ahead=LATER) == 1
        assert await state_of(admin, first) == ("sent", False, ["sent"])
        second = await request(course, admin, pair[1], await enrol(course))
        mailbox.recipient = "451 Try later"
        assert await send(door) == 1
        await admin.execute("UPDATE message SET begun_at = begun_at - interval '5 days'")
        assert await send(door, ahead=LATER) == 1
    assert await state_of(admin, second) == ("failed", False, ["failed"])


async def test_no_mail_server_is_no_loss(
    course: Course, admin: asyncpg.Connection, keys: Path, pair: tuple[bytes, bytes]
) -> None:
    dispatch_id = await request(course, admin, pair[1], await enrol(course))
    async with posting(course, keys, f"smtp://127.0.0.1:{free_port()}") as door:
        assert await send(door) == 1
    assert await state_of(admin, dispatch_id) == ("queued", True, [])


@pytest.mark.parametrize("trouble", ["hangs", "breaks_off"])
async def test_an_answer_that_never_comes_after_the_content_sends_the_same_message_again(
    course: Course,
    admin: asyncpg.Connection,
    keys: Path,
    pair: tuple[bytes, bytes],
    mailbox: Mailbox,
    server: str,
    trouble: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A slow server and a lost connection: whether it was taken is not known, so mailboxes are to recognize it."""
    monkeypatch.setattr("services.common.mail._SMTP_SECONDS", 0.5)
    dispatch_id = await request(course, admin, pair[1], await enrol(course))
    async with posting(course, keys, server) as door:
        setattr(mailbox, trouble, True)
        assert await send(door) == 1
        assert await state_of(admin, dispatch_id) == ("queued", True, [])
        setattr(mailbox, trouble, False)
        assert await send(door, ahead=LATER) == 1
    assert await state_of(admin, dispatch_id) == ("sent", False, ["sent"])
    assert len(mailbox.accepted) == 2
    assert len({mail["Message-ID"] for mail in mailbox.accepted}) == 1


async def test_a_process_that_dies_while_it_sends_leaves_one_message_to_readers(
    course: Course,
    admin: asyncpg.Connection,
    keys: Path,
    pair: tuple[bytes, bytes],
    mailbox: Mailbox,
    server: str,
) -> None:
    """The mail server has it, nobody recorded that: it goes out again under the Message-ID it had."""
    dispatch_id = await request(course, admin, pair[1], await enrol(course))
    async with posting(course, keys, server) as door:
        mailbox.hangs = True
        dying = asyncio.create_task(send(door))
        assert await asyncio.to_thread(mailbox.reached.wait, 30)
        assert await admin.fetchval(WAITING_TRANSACTIONS) == 0
        dying.cancel()
        with suppress(asyncio.CancelledError):
            await dying
        assert await state_of(admin, dispatch_id) == ("sending", True, [])
        mailbox.hangs = False
        assert await send(door, ahead=LATER) == 1
    assert await state_of(admin, dispatch_id) == ("sent", False, ["sent"])
    message_id = await id_of(admin, dispatch_id)
    assert {mail["Message-ID"] for mail in mailbox.accepted} == {f"<{message_id}@localhost>"}


async def test_address_name_and_code_stand_nowhere_after_sending(
    course: Course,
    admin: asyncpg.Connection,
    keys: Path,
    pair: tuple[bytes, bytes],
    mailbox: Mailbox,
    server: str,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    secrets = [TOKEN, TOKEN.replace("-", ""), ADDRESS, SYNTHETIC_NAMES[2]["family"]]
    await request(course, admin, pair[1], await enrol(course))
    with caplog.at_level("DEBUG"):
        async with posting(course, keys, server) as door:
            mailbox.recipient = f"451 {ADDRESS} {TOKEN}"
            assert await send(door) == 1
            mailbox.recipient = "250 OK"
            assert await send(door, ahead=LATER) >= 1  # what else the person is told is due by then too
    assert len([mail for mail in mailbox.accepted if TOKEN in mail.get_content()]) == 1
    # The mail server of the test is not ours; what it logs is what it was sent.
    ours = [record.getMessage() for record in caplog.records if record.name != "mail.log"]
    everything = "".join(capfd.readouterr()) + repr(ours)
    for table in ("message", "outbox_event", "inbox_event", "job", "audit_entry"):
        everything += await admin.fetchval(f"SELECT coalesce(string_agg(t::text, ''), '') FROM {table} t")  # noqa: S608  our own names
    assert "message.send" in everything
    assert [secret for secret in secrets if secret in everything] == []
    assert await admin.fetchval("SELECT count(*) FROM message WHERE sealed_token IS NOT NULL") == 0
