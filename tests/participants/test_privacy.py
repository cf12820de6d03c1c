"""Privacy: what is held is known, can be read by its person, and is forgotten in every service, provably."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from joserfc import jws
from joserfc.jwk import KeySet
from pydantic import SecretStr

from gateway.app import create_internal_app
from gateway.settings import Settings as GatewaySettings
from services.common.invariants import audit_invariants
from services.common.jobs import run_due_jobs
from services.common.keystore import KeyDestroyed
from services.evaluation.inbox.mirrors import mirror_participation
from services.participants.app import create_app
from services.participants.db.invariants import INVARIANTS
from services.participants.db.personal import personal_columns, personal_tables
from services.participants.db.tables import Base
from services.participants.domain.erasures import ERASURE_LIFE, ErasureState, holds, is_complete
from services.participants.domain.inventory import FATES, INVENTORY
from services.participants.settings import Settings
from tests.apps import Door, facts_of, open_door
from tests.canaries import CONTACT, HEALTH_NOTE, PASSPORT
from tests.cluster import TestDatabase
from tests.delivery import Deliver, delivering
from tests.events import arriving
from tests.gateways import NOWHERE
from tests.participants.courses import Course
from tests.participants.test_letters import hand_in

NAME, FAMILY, ADDRESS = "Canaryname", "Canaryfamily", "canary@example.org"
IMPERSONAL = {
    # Titles of courses, codes of seats and the like stand in tables that no person leads to.
    "person_key.key",
}


@pytest.fixture
async def participants(clean: TestDatabase, keys: Path, tmp_path: Path) -> AsyncIterator[Door]:
    for name in ("master", "unsealing.key"):
        (keys / name).write_text("5" * 64)
    settings = Settings(
        **facts_of("participants", clean.participants, keys) | {"files": f"file://{tmp_path}/files"},
        keystore_url=SecretStr(clean.keystore),
        master_key=keys / "master",
        unsealing_key=keys / "unsealing.key",
        mail_folder=tmp_path / "mail",
    )
    async with open_door("participants", create_app(settings), keys) as door:
        yield door.over(clean)


@pytest.fixture
async def inside(clean: TestDatabase, keys: Path, tmp_path: Path) -> AsyncIterator[Door]:
    """The gateway as the other apps reach it."""
    addresses: dict[str, Any] = dict.fromkeys(("programs_url", "participants_url", "evaluation_url"), NOWHERE)
    settings = GatewaySettings(
        **facts_of("gateway", clean.gateway, keys), **addresses, mail_folder=tmp_path / "letters"
    )
    async with open_door("gateway", create_internal_app(settings), keys) as door:
        yield door.over(clean)


@pytest.fixture
async def deliver(
    programs: Door, participants: Door, evaluation: Door, inside: Door
) -> AsyncIterator[Deliver]:
    async with delivering(programs, participants, evaluation, inside) as carry:
        yield carry


@pytest.fixture
async def admin(clean: TestDatabase) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(clean.admin)
    await connection.execute("SET search_path TO participants")
    yield connection
    await connection.close()


async def certified(course: Course, admin: asyncpg.Connection) -> str:
    """Return a person with everything that can be held of one."""
    authority = await course.authority("TJ")
    request = {
        "names": [{"language": "und-Latn", "given": NAME, "family": FAMILY}],
        "sex": "female",
        "birth_date": "1991-02-03",
        "nationality": "TJ",
        "email": ADDRESS,
        "preferred_language": "en",
        "provenance": "synthetic",
        "authority_id": authority["id"],
    }
    person = str((await course.officer("TJ").post("/v1/persons", json=request)).json()["id"])
    consent: dict[str, Any] = {"purpose": "process_application", "text_version": "1", "language_tag": "en"}
    consent |= {"cross_border": True, "evidence": "paper_scan"}
    await course.officer("TJ").post(f"/v1/persons/{person}/consents", json=consent)
    own = course.holder(person)
    block = {"passport_number": PASSPORT, "access_needs": HEALTH_NOTE, "emergency_contact": CONTACT}
    kept = await own.put(f"/v1/persons/{person}/sensitive-data", json=block)
    assert kept.status_code == 200, kept.text
    nominated = await course.nominate("TJ", person, justification=f"{NAME} {FAMILY} is the best")
    letter = await hand_in(
        course.officer("TJ"), nominated.json()["id"], f"%PDF-1.7\n%{NAME}\n%%EOF\n".encode()
    )
    assert letter.status_code == 200, letter.text
    application = nominated.json()["application_id"]
    await course.decide("eligible", application)
    await course.decide("selected", application)
    at = (await course.offer(application)).headers["location"]
    assert (await own.post(f"{at}/acceptance")).status_code == 200
    await admin.execute("UPDATE participation SET state = 'completed'")
    (one,) = (await course.manager.get("/v1/participations")).json()["items"]
    issued = await course.manager.post(
        f"/v1/editions/{course.id}/certificates", json={"participation_ids": [one["id"]]}
    )
    assert issued.json()["results"][0]["done"], issued.text
    return person


async def work(door: Door) -> None:
    await run_due_jobs(door.app.state.sessions, door.app.state.jobs)


def files_with(folder: Path, value: str) -> list[Path]:
    files = [file for file in folder.rglob("*") if file.is_file()]
    return [file for file in files if value.encode() in file.read_bytes()]


async def everything(admin: asyncpg.Connection) -> str:
    """Return all that stands in any table of any service, but the audit trail of this test's own rows."""
    tables = await admin.fetch(
        "SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables"
        " WHERE schemaname IN ('programs', 'participants', 'evaluation', 'gateway', 'keystore')"
    )
    parts = [
        await admin.fetchval(f"SELECT coalesce(string_agg(t::text, ''), '') FROM {row['name']} AS t")  # noqa: S608
        for row in tables
    ]
    return "".join(parts)


async def test_an_erased_person_stands_nowhere_and_the_receipt_proves_it(
    course: Course,
    evaluation: Door,
    deliver: Deliver,
    admin: asyncpg.Connection,
    keys: Path,
    tmp_path: Path,
) -> None:
    person = await certified(course, admin)
    await deliver()
    await work(course.door)
    own, officer_1 = course.holder(person), course.door.as_("data_protection_officer", subject=uuid4())
    token = await admin.fetchval("SELECT verify_token FROM certificate")
    pseudonym = str(await admin.fetchval("SELECT pseudonym FROM participation"))
    before = await everything(admin)
    assert NAME in before
    assert ADDRESS in before
    assert pseudonym in before
    pipeline = (await course.manager.get(f"/v1/editions/{course.id}/pipeline")).json()

    asked = await own.post("/v1/erasures", json={"person_id": person})
    assert (asked.status_code, asked.json()["state"]) == (201, "requested"), asked.text
    at = asked.headers["location"]
    again = await officer_1.post("/v1/erasures", json={"person_id": person})
    assert again.json()["code"] == "erasure-exists"
    assert (await own.post(f"{at}/approval")).status_code == 403
    approved = await officer_1.post(f"{at}/approval")
    assert (approved.status_code, approved.json()["state"]) == (200, "running"), approved.text
    await work(course.door)
    await deliver()
    done = (await officer_1.get(at)).json()
    assert done["state"] == "completed"
    assert done["confirmations"] == {
        "evaluation": ["anonymous_answers"],
        "programs": [],
        "gateway": ["audit_entries", "sign_in_times"],
    }

    await admin.execute(
        "DELETE FROM outbox_event WHERE delivered_at IS NOT NULL AND kind NOT LIKE '%erased%'"
    )
    after = await everything(admin)
    for value in (NAME, FAMILY, NAME.lower(), ADDRESS, PASSPORT, HEALTH_NOTE, CONTACT):
        assert value not in after, value
    assert pseudonym not in await admin.fetchval(
        "SELECT coalesce(string_agg(t::text, ''), '') FROM participation t"
    )
    assert await admin.fetchval("SELECT count(*) FROM evaluation.mirror_cohort") == 0
    late = {"aggregate_id": pseudonym, "aggregate_version": 9, "edition_id": course.id}
    late |= {"pseudonym": pseudonym, "state": "enrolled"}
    async with evaluation.app.state.sessions.transaction() as session:
        await mirror_participation(session, arriving("participants.participation.enrolled.v1", late))
    assert await admin.fetchval("SELECT count(*) FROM evaluation.mirror_cohort") == 0
    assert files_with(tmp_path, NAME) == []
    assert (await course.manager.get(f"/v1/editions/{course.id}/pipeline")).json() == pipeline
    assert (await own.get(f"/v1/persons/{person}")).status_code == 404
    with pytest.raises(KeyDestroyed):
        await course.door.app.state.key_store.open_key("person", person)
    verified = (await course.door.as_().get(f"/v1/certificates/{token}/verification")).json()
    assert (verified["verdict"], verified["holder"]) == ("erased", None)
    assert verified["content_hash"]

    public = KeySet.import_key_set(json.loads((keys / "public.json").read_text()))
    receipt = jws.deserialize_compact(done["receipt"], public, algorithms=["Ed25519"])
    said = json.loads(receipt.payload)
    assert (said["person_id"], set(said["kept"])) == (
        person,
        {"participants", "evaluation", "programs", "gateway"},
    )
    for name, statement in {**INVARIANTS, **audit_invariants(Base)}.items():
        assert await admin.fetch(statement) == [], name


async def test_the_invariant_sees_what_an_erasure_left(course: Course, admin: asyncpg.Connection) -> None:
    """The negative control of I10."""
    person = await course.person("TJ")
    assert await broken(admin) == []
    await admin.execute("UPDATE person SET erased_at = now() WHERE id = $1", UUID(person))
    assert "I10 nothing of an erased person stands in person" in await broken(admin)


async def broken(admin: asyncpg.Connection) -> list[str]:
    asked = {name: statement for name, statement in INVARIANTS.items() if name.startswith("I10")}
    return [name for name, statement in asked.items() if await admin.fetch(statement)]


async def test_a_legal_hold_postpones_an_erasure_visibly(course: Course) -> None:
    person = await course.person("TJ")
    officer, other = (course.door.as_("data_protection_officer", subject=uuid4()) for _ in range(2))
    until = (datetime.now(UTC) + timedelta(days=30)).isoformat()
    hold = {"subject": "all data", "reason": "A court asked for it", "until": until}
    placed = await officer.post(f"/v1/persons/{person}/legal-holds", json=hold)
    assert placed.status_code == 201, placed.text
    asked = await officer.post("/v1/erasures", json={"person_id": person, "ground": "consent_withdrawn"})
    assert asked.json()["held"] is True
    at = asked.headers["location"]
    assert (await officer.post(f"{at}/approval")).json()["code"] == "second-person-needed"
    assert (await other.post(f"{at}/approval")).json()["code"] == "erasure-held"
    listed = (await officer.get(f"/v1/persons/{person}/legal-holds")).json()["items"]
    assert [one["reason"] for one in listed] == ["A court asked for it"]
    for _ in range(2):
        assert (await officer.post(f"/v1/legal-holds/{placed.json()['id']}/release")).status_code == 200
    assert (await other.post(f"{at}/approval")).status_code == 200
    assert (await other.post(f"{at}/approval")).json()["code"] == "step-refused"
    assert (await officer.get("/v1/erasures", params={"state": "running"})).json()["items"]


async def test_a_request_can_be_refused_and_made_again(course: Course) -> None:
    person = await course.person("TJ")
    own, officer = course.holder(person), course.door.as_("data_protection_officer")
    at = (await own.post("/v1/erasures", json={"person_id": person})).headers["location"]
    assert (await officer.post(f"{at}/refusal")).json()["state"] == "refused"
    assert (await officer.post(f"{at}/refusal")).status_code == 409
    assert (await own.post("/v1/erasures", json={"person_id": person})).status_code == 201
    stranger = course.holder(await course.person("UZ"))
    assert (await stranger.get(at)).status_code == 404
    assert (await stranger.post("/v1/erasures", json={"person_id": person})).status_code == 404
    assert (await stranger.get("/v1/erasures")).json()["items"] == []


async def test_who_is_erased_before_the_course_gives_the_seat_to_who_waits(
    course: Course, admin: asyncpg.Connection
) -> None:
    people = [await course.nominee("UZ") for _ in range(2)]
    await course.decide("eligible", *(application for _, application in people))
    await course.decide("selected", people[0][1])
    at = (await course.offer(people[0][1])).headers["location"]
    await course.decide("waitlisted", people[1][1])
    await course.manager.post(f"/v1/editions/{course.id}/decision-release")
    assert (await course.holder(people[0][0]).post(f"{at}/acceptance")).status_code == 200
    officer, approver = (course.door.as_("data_protection_officer", subject=uuid4()) for _ in range(2))
    for person, _ in people:
        at = (await officer.post("/v1/erasures", json={"person_id": person})).headers["location"]
        assert (await approver.post(f"{at}/approval")).status_code == 200
    states = await admin.fetch("SELECT state FROM participation UNION ALL SELECT state FROM application")
    assert {row["state"] for row in states} <= {"withdrawn", "selected"}
    for name, statement in {**INVARIANTS, **audit_invariants(Base)}.items():
        assert await admin.fetch(statement) == [], name


async def test_an_erasure_of_a_merged_person_forgets_both_records(
    course: Course, admin: asyncpg.Connection
) -> None:
    one, other = await course.person("TJ"), await course.person("TJ")
    merged = await course.manager.post(f"/v1/persons/{one}/merge", json={"duplicate_id": other})
    assert merged.status_code == 201, merged.text
    officer, approver = (course.door.as_("data_protection_officer", subject=uuid4()) for _ in range(2))
    at = (await officer.post("/v1/erasures", json={"person_id": one})).headers["location"]
    assert (await approver.post(f"{at}/approval")).status_code == 200
    rows = await admin.fetch("SELECT names, email FROM person")
    assert {(row["names"], row["email"]) for row in rows} == {("[]", None)}
    await work(course.door)
    for id_ in (one, other):
        with pytest.raises(KeyDestroyed):
            await course.door.app.state.key_store.open_key("person", id_)


async def test_a_person_reads_everything_held_about_them_and_who_read_it(
    course: Course, admin: asyncpg.Connection
) -> None:
    person = await certified(course, admin)
    own = course.holder(person)
    told = await own.get(f"/v1/persons/{person}/subject-data")
    assert told.status_code == 200, told.text
    data = told.json()
    assert data["sensitive"]["passport_number"] == PASSPORT
    assert {"person", "consent", "application", "nomination", "participation", "certificate", "offer"} <= set(
        data["tables"]
    )
    assert data["tables"]["nomination"][0]["justification"] == f"{NAME} {FAMILY} is the best"
    assert data["tables"]["nomination"][0]["letter_file_id"]
    assert data["told_evaluation"][0]["country"] == "TJ"
    assert "spellings" not in data["tables"]["person"][0]
    reads = (await own.get("/v1/sensitive-reads")).json()["items"]
    assert [read["purpose"] for read in reads] == ["subject_request"]
    other = await course.person("TJ")
    assert (await course.holder(other).get(f"/v1/persons/{person}/subject-data")).status_code == 404
    assert (await course.officer("TJ").get(f"/v1/persons/{person}/subject-data")).status_code == 403
    officer = course.door.as_("data_protection_officer")
    window = {"person_id": person, "actor": reads[0]["actor"], "from": "2026-01-01T00:00:00Z"}
    assert len((await officer.get("/v1/sensitive-reads", params=window)).json()["items"]) == 1
    past = {"to": "2026-01-01T00:00:00Z"}
    assert (await officer.get("/v1/sensitive-reads", params=past)).json()["items"] == []


async def test_what_was_kept_long_enough_is_forgotten(course: Course, admin: asyncpg.Connection) -> None:
    person, merged, unused = (
        await certified(course, admin),
        await course.person("TJ"),
        await course.person("TJ"),
    )
    other = await course.person("TJ")
    await course.manager.post(f"/v1/persons/{other}/merge", json={"duplicate_id": merged})
    await course.holder(person).get(f"/v1/persons/{person}/subject-data")
    await admin.execute("UPDATE person SET provenance = 'real', created_at = created_at - interval '4 years'")
    await admin.execute("UPDATE merge SET merged_at = now() - interval '91 days'")
    await admin.execute("UPDATE mirror_edition SET ends_on = now() - interval '400 days'")
    await admin.execute("UPDATE sensitive_read SET created_at = now() - interval '6 years'")
    await admin.execute(
        "UPDATE person SET updated_at = now() - interval '4 years' WHERE id = $1", UUID(unused)
    )
    await admin.execute(
        "INSERT INTO job (id, kind, subject, payload, provenance, due_at)"
        " VALUES (gen_random_uuid(), 'persons.retain', $1, '{}', 'real', now())",
        UUID(int=0),
    )
    await work(course.door)
    row = await admin.fetchrow("SELECT names, sensitive FROM person WHERE id = $1", UUID(person))
    assert row is not None
    assert NAME in row["names"]
    assert row["sensitive"] is None
    for gone in (merged, unused):
        assert await admin.fetchval("SELECT names FROM person WHERE id = $1", UUID(gone)) == "[]"
    assert await admin.fetchval("SELECT count(*) FROM sensitive_read") == 0
    erasure = await admin.fetchrow("SELECT person_id, ground FROM erasure")
    assert erasure is not None
    assert (str(erasure["person_id"]), erasure["ground"]) == (unused, "retention")
    for name, statement in {**INVARIANTS, **audit_invariants(Base)}.items():
        assert await admin.fetch(statement) == [], name


async def test_the_inventory_is_open_and_complete_in_three_languages(participants: Door) -> None:
    fields = (await participants.as_().get("/v1/data-inventory")).json()
    assert len(fields) == len(INVENTORY)
    assert all(set(field["purpose"]) == set(field["period"]) == {"kk", "ru", "en"} for field in fields)


def test_every_personal_column_is_in_the_inventory() -> None:
    """A column of a table that a person leads to says what it is for, or the inventory is wrong."""
    held = {f"{column.table.name}.{column.name}" for column in personal_columns()}
    assert sorted(held - FATES.keys() - IMPERSONAL) == []
    known = {
        f"{name}.{column.name}"
        for name in personal_tables()
        for column in Base.metadata.tables[f"participants.{name}"].c
    }
    assert sorted(FATES.keys() - known) == []


def test_a_hold_ends_by_release_or_time_and_an_erasure_by_all() -> None:
    now = datetime(2026, 11, 30, tzinfo=UTC)
    assert holds(None, None, now)
    assert not holds(now, None, now)
    assert not holds(None, now, now)
    assert is_complete(frozenset({"programs", "evaluation", "gateway"}), now)
    assert not is_complete(frozenset({"programs", "evaluation"}), now)
    assert not is_complete(frozenset({"programs", "evaluation", "gateway"}), None)
    assert ERASURE_LIFE.terminal == {ErasureState.COMPLETED, ErasureState.REFUSED}
