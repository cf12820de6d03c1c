"""What is held about a person outside this room: it is told to them, and an erasure reaches it."""

from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
from pydantic import SecretStr

from gateway.identity.db.tables import Letter, RefreshToken, SignIn
from gateway.identity.domain.accounts import LetterPurpose, SignInMethod
from gateway.identity.operations.accounts import create_account, create_grant
from gateway.identity.operations.erasures import Forgotten
from gateway.identity.operations.passwords import Passwords
from gateway.identity.schemas.accounts import AccountCreate, GrantCreate, Scope
from services.common.audit import record_change
from services.common.clock import Provenance, real_now
from services.common.identity import GrantKind, Role, TokenSigner, acting_service
from services.common.mail import put_into_folder
from services.common.peers import Peers
from services.evaluation.db import learning_tables
from services.evaluation.db.learning_tables import ActionPlan, IdentifiedAnswer
from services.evaluation.domain.campaigns import Phase
from services.evaluation.inbox.mirrors import mirror_edition
from tests.apps import Door
from tests.delivery import Deliver, client_of
from tests.events import arriving
from tests.participants.courses import Course
from tests.participants.test_privacy import (
    ADDRESS,
    admin,
    certified,
    deliver,
    everything,
    inside,
    participants,
    work,
)

__all__ = ["admin", "deliver", "inside", "participants"]
OTHER = "canary-two@example.org"


async def enter_account(inside: Door, login: str, folder: Path, *, person: str | None = None) -> UUID:
    """Enter an account with all that may hang on one."""
    ourselves = acting_service("gateway")
    async with inside.app.state.sessions.transaction() as session:
        request = AccountCreate(login=login, display_name="Canaryname", password=SecretStr("correct horse"))
        account = await create_account(session, ourselves, Passwords(), request)
        scope = Scope(kind=GrantKind.PERSON, id=person) if person else None
        role = Role.PARTICIPANT if person else Role.MANAGER
        await create_grant(session, ourselves, GrantCreate(account_id=account.id, role=role, scope=scope))
        await enter_sign_in(session, account.id, account.id)
        session.add(Letter(purpose=LetterPurpose.RESET, login=login, language="en"))
    mail = EmailMessage()
    mail["To"] = login
    mail.set_content("A token")
    await put_into_folder(folder, str(uuid4()), mail)
    return account.id


async def enter_sign_in(session: Any, subject: UUID, account_id: UUID | None) -> None:
    now = await real_now(session)
    sign_in = SignIn(
        method=SignInMethod.PASSWORD if account_id else SignInMethod.LINK,
        account_id=account_id,
        subject=subject,
        grants=[],
        started_at=now,
        expires_at=now.replace(year=now.year + 1),
        revoked_at=None,
    )
    session.add(sign_in)
    await record_change(session, acting_service("gateway"), "sign_in.started", sign_in)
    session.add(RefreshToken(digest=uuid4().bytes, sign_in_id=sign_in.id, used_at=None))


async def follow_up(evaluation: Door, course: Course, pseudonym: str) -> None:
    """Let evaluation hold what it may hold of somebody by name."""
    async with evaluation.app.state.sessions.transaction() as session:
        await mirror_edition(session, arriving("programs.edition.announced.v1", course.facts))
    staff = evaluation.as_("evaluator", "manager")
    made = await staff.post("/v1/instruments", json={"code": "f", "title": {"en": "Follow-up"}})
    at = f"/v1/instruments/{made.json()['id']}/versions"
    question = {"code": "applied", "kind": "scale", "text": {"en": "Applied"}, "scale": {}}
    assert (await staff.post(at, json={"questions": [question]})).status_code == 201
    assert (await staff.post(f"{at}/1/publication")).status_code == 200
    plan = {"edition_id": course.id, "instrument_id": made.json()["id"], "version_number": 1}
    campaign = await staff.post("/v1/campaigns", json=plan | {"phase": "end", "anonymity": "identified"})
    assert campaign.status_code == 201, campaign.text
    version = UUID(campaign.json()["instrument_version_id"])
    known = {
        "campaign_id": UUID(campaign.json()["id"]),
        "edition_id": UUID(course.id),
        "pseudonym": pseudonym,
    }
    async with evaluation.app.state.sessions.transaction() as session:
        session.add(IdentifiedAnswer(**known, phase=Phase.END, answers=[{"answers": {"applied": 4}}]))
        session.add(
            learning_tables.TestAttempt(
                **known, instrument_version_id=version, phase=Phase.END, right=3, total=4
            )
        )
    await evaluation_plan(evaluation, known)


async def evaluation_plan(evaluation: Door, known: dict[str, Any]) -> None:
    async with evaluation.app.state.sessions.transaction() as session:
        plan = ActionPlan(
            edition_id=known["edition_id"],
            provenance=Provenance.SYNTHETIC,
            pseudonym=known["pseudonym"],
            code_hash=uuid4().bytes,
            items=[{"text": "Teach my ward"}],
        )
        session.add(plan)
        await record_change(session, acting_service("evaluation"), "action_plan.created", plan)


async def test_an_erasure_reaches_accounts_sign_ins_and_letters_and_the_receipt_says_so(
    course: Course,
    evaluation: Door,
    inside: Door,
    deliver: Deliver,
    admin: asyncpg.Connection,
    tmp_path: Path,
) -> None:
    person = await certified(course, admin)
    await deliver()
    await work(course.door)
    letters = tmp_path / "letters"
    named = await enter_account(inside, ADDRESS, letters)
    granted = await enter_account(inside, "other-address@example.org", letters, person=person)
    spared = await enter_account(inside, OTHER, letters)
    async with inside.app.state.sessions.transaction() as session:
        await enter_sign_in(session, UUID(person), None)
    pseudonym = str(await admin.fetchval("SELECT pseudonym FROM participation"))
    await follow_up(evaluation, course, pseudonym)
    own, officer = course.holder(person), course.door.as_("data_protection_officer", subject=uuid4())
    at = (await own.post("/v1/erasures", json={"person_id": person})).headers["location"]
    assert (await officer.post(f"{at}/approval")).status_code == 200
    digests = "SELECT data::text FROM outbox_event WHERE kind = 'participants.access.erased.v1'"
    assert ADDRESS not in await admin.fetchval(digests)
    await work(course.door)
    await deliver()
    done = (await officer.get(at)).json()
    assert (done["state"], done["confirmations"]["gateway"]) == (
        "completed",
        ["audit_entries", "sign_in_times"],
    )
    assert '"logins": null' in await admin.fetchval(digests)
    accounts = {row["id"]: row for row in await admin.fetch("SELECT * FROM gateway.account")}
    for id_ in (named, granted):
        row = accounts[id_]
        assert (row["display_name"], row["password_hash"], row["status"]) == ("", None, "disabled")
        assert row["login"] == f"{id_}@erased.invalid"
    assert (accounts[spared]["login"], accounts[spared]["status"]) == (OTHER, "active")
    running = "SELECT subject FROM gateway.sign_in WHERE revoked_at IS NULL"
    assert [row["subject"] for row in await admin.fetch(running)] == [spared]
    held = "SELECT account_id FROM gateway.role_grant WHERE withdrawn_at IS NULL"
    assert [row["account_id"] for row in await admin.fetch(held)] == [spared]
    assert [row["login"] for row in await admin.fetch("SELECT login FROM gateway.letter")] == [
        "other-address@example.org",
        OTHER,
    ]
    assert sorted(path.read_text().partition("To: ")[2].split()[0] for path in letters.glob("*.eml")) == [
        OTHER,
        "other-address@example.org",
    ]
    assert ADDRESS not in await everything(admin)
    for table in ("identified_answer", "test_attempt", "action_plan"):
        assert await admin.fetchval(f"SELECT count(*) FROM evaluation.{table}") == 0  # noqa: S608  our own names


async def test_a_person_reads_what_is_held_elsewhere_and_what_could_not_be_asked(
    course: Course,
    evaluation: Door,
    inside: Door,
    deliver: Deliver,
    admin: asyncpg.Connection,
    tmp_path: Path,
) -> None:
    person = await certified(course, admin)
    await deliver()
    account = await enter_account(inside, ADDRESS, tmp_path / "letters")
    await enter_account(inside, OTHER, tmp_path / "letters")
    pseudonym = str(await admin.fetchval("SELECT pseudonym FROM participation"))
    await follow_up(evaluation, course, pseudonym)
    own, path = course.holder(person), f"/v1/persons/{person}/subject-data"
    alone = (await own.get(path)).json()
    assert [one["part"] for one in alone["missing"]] == ["evaluation", "gateway"]
    assert (alone["evaluation"], alone["gateway"]) == (None, None)
    state = course.door.app.state
    clients = {door.name: client_of(httpx.ASGITransport(door.app)) for door in (evaluation, inside)}
    before, state.peers = state.peers, Peers(state.signer, clients)
    try:
        told = (await own.get(path)).json()
        officers = (await course.door.as_("data_protection_officer").get(path)).json()
    finally:
        state.peers = before
        for client in clients.values():
            await client.aclose()
    assert told["missing"] == []
    evidence = told["evaluation"]
    assert evidence["identified_answers"][0]["answers"] == [{"answers": {"applied": 4}}]
    assert (evidence["test_attempts"][0]["right"], evidence["test_attempts"][0]["total"]) == (3, 4)
    assert evidence["action_plans"][0]["items"] == [{"text": "Teach my ward"}]
    assert evidence["cohort"][0]["country"] == "TJ"
    # Whose words they are, reads them; the officer learns that there is a plan.
    assert officers["evaluation"]["action_plans"][0]["items"] == 1
    (held,) = told["gateway"]["accounts"]
    assert (held["id"], held["login"], held["grants"][0]["role"]) == (str(account), ADDRESS, "manager")
    assert len(told["gateway"]["sign_ins"]) == 1
    assert "password" not in str(told["gateway"]["accounts"])


async def test_only_participants_may_ask_about_people(evaluation: Door, inside: Door, keys: Path) -> None:
    question = {"pseudonyms": [], "by_author": True}
    for door, body in ((evaluation, question), (inside, {"persons": [], "logins": []})):
        client = door.as_("administrator")
        assert (await client.post("/internal/subject-data", json=body)).status_code == 403
        for app, status in (("programs", 403), ("participants", 200)):
            signer = TokenSigner.read(app, keys / f"{app}.json")
            token = {"Authorization": f"Bearer {signer.sign_as_service(audience=door.name)}"}
            asked = await door.as_().post("/internal/subject-data", json=body, headers=token)
            assert asked.status_code == status, asked.text
        wrong = await door.as_().post("/internal/subject-data", json={"who": 1}, headers=token)
        assert wrong.status_code == 422


def test_an_address_is_known_by_its_digest_alone() -> None:
    assert not Forgotten(frozenset(), b"k" * 32, frozenset()).names(ADDRESS)
