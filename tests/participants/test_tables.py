"""People, nominations and attendance as tables: what they leave behind, and what harm does not get in."""

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from services.common.jobs import run_due_jobs
from services.common.purge import PURGE_FILES, purge_files
from tests.apps import Door
from tests.common.tabular.test_reading import raw_workbook, sheet
from tests.participants.courses import Course, tell
from tests.tables import import_table, order_import, upload_table

CANARY = "Synthetikova"
PERSONS = (
    "family;given;language;latin_family;latin_given;sex;birth_date;nationality;email;preferred_language;provenance\n"
    f"{CANARY};Канарейка;ru;Sample;Canary;female;02.03.1990;TJ;one@example.org;ru;synthetic\n"
    "Нусхаев;Намуна;tg-Cyrl;;;male;1991-04-05;TJ;;tg;synthetic\n"
)


@pytest.fixture
def manager(participants: Door) -> httpx.AsyncClient:
    return participants.as_("manager", subject=uuid4())


async def count(door: Door, question: str) -> Any:
    connection = await asyncpg.connect(door.database.admin)
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


def problems(ended: dict[str, Any]) -> set[tuple[int, str | None, str]]:
    return {(p["row"], p["column"], p["code"]) for p in ended["result"]["problems"]}


async def rows_of(client: httpx.AsyncClient, path: str, **params: Any) -> list[dict[str, str]]:
    answer = await client.get(f"/v1/{path}/exports", params=params)
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


async def test_persons_are_entered_all_at_once(participants: Door, manager: httpx.AsyncClient) -> None:
    ended = await import_table(participants, manager, "persons", PERSONS)
    assert (ended["state"], ended["result"]["created"]) == ("succeeded", 2)
    assert ended["progress"] == {"done": 2, "total": 2}
    items = (await manager.get("/v1/persons")).json()["items"]
    languages = [[name["language"] for name in item["names"]] for item in items]
    assert languages == [["ru", "und-Latn"], ["tg-Cyrl"]]
    audited = (
        "SELECT count(DISTINCT subject_id) FROM participants.audit_entry WHERE action = 'person.entered'"
    )
    assert await count(participants, audited) == 2
    indexed = "SELECT count(*) FROM participants.job WHERE kind = 'persons.index' AND done_at IS NULL"
    assert await count(participants, indexed) == 1
    exported = await rows_of(manager, "persons", provenance="synthetic")
    assert [(row["family"], row["birth_date"], row["email"]) for row in exported] == [
        (CANARY, "1990-03-02", "one@example.org"),
        ("Нусхаев", "1991-04-05", ""),
    ]
    assert await rows_of(manager, "persons") == []


async def test_nothing_of_the_table_is_left(participants: Door, manager: httpx.AsyncClient) -> None:
    refused = PERSONS.replace(";TJ;;tg;", ";XX;;tg;")
    ended = await import_table(participants, manager, "persons", refused)
    assert (ended["state"], problems(ended)) == ("failed", {(3, "nationality", "value_error")})
    assert await count(participants, "SELECT count(*) FROM participants.person") == 0
    sessions, files = participants.app.state.sessions, participants.app.state.files
    assert await run_due_jobs(sessions, {PURGE_FILES: purge_files(sessions, files)}, limit=1) == 1
    assert await count(participants, "SELECT count(*) FROM participants.file") == 0
    for table in ("operation", "job", "audit_entry", "outbox_event"):
        held = f"SELECT count(*) FROM participants.{table} t WHERE t::text LIKE '%{CANARY}%'"  # noqa: S608
        assert await count(participants, held) == 0, table
    assert await count(participants, "SELECT count(*) FROM pg_class WHERE relname = 'stage'") == 0


async def test_what_copy_reads_as_signs_stays_text(participants: Door, manager: httpx.AsyncClient) -> None:
    odd = r"O\N'Brien\t\."
    ended = await import_table(participants, manager, "persons", PERSONS.replace(CANARY, odd))
    assert ended["state"] == "succeeded", ended
    assert (await manager.get("/v1/persons")).json()["items"][0]["names"][0]["family"] == odd


async def test_the_same_person_is_not_entered_twice(participants: Door, manager: httpx.AsyncClient) -> None:
    doubled = PERSONS + PERSONS.splitlines()[1].replace("one@", "ONE@") + "\n"
    ended = await import_table(participants, manager, "persons", doubled)
    assert problems(ended) == {(4, None, "twice")}
    ended = await import_table(participants, manager, "persons", doubled, partial=True)
    assert (ended["state"], ended["result"]["created"]) == ("succeeded", 2)
    again = await import_table(participants, manager, "persons", PERSONS)
    assert problems(again) == {(2, None, "known_already"), (3, None, "known_already")}
    other = PERSONS.replace("1990", "1980")
    dry = await import_table(participants, manager, "persons", other, dry_run=True)
    told = dry["result"]
    assert (dry["state"], told["created"], told["problem_count"]) == ("succeeded", 1, 1)
    assert await count(participants, "SELECT count(*) FROM participants.person") == 2


def blank_rows() -> bytes:
    return raw_workbook(sheet("".join(f'<row r="{n}"/>' for n in range(1, 1_048_577, 50))))


HOSTILE: dict[str, tuple[bytes, str]] = {
    "a cell in the last corner": (
        raw_workbook(sheet('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')),
        "too_many_rows",
    ),
    "a bomb": (raw_workbook(sheet("<row/>") + b" " * (300 << 20)), "workbook_too_large"),
    "a million blank rows": (blank_rows(), "too_many_rows"),
    "Windows-1251": (PERSONS.replace("Нусхаев", "Щукин").encode("cp1251"), "encoding_unknown"),
    "unclosed quotes": (PERSONS.replace("Нусхаев", '"Нусхаев').encode(), "quotes"),
    "what is not imported": (PERSONS.replace("email", "passport_number").encode(), "unknown_column"),
}


@pytest.mark.parametrize("case", HOSTILE)
async def test_hostile_files_are_told_and_change_nothing(
    participants: Door, manager: httpx.AsyncClient, case: str
) -> None:
    content, code = HOSTILE[case]
    ended = await import_table(participants, manager, "persons", content)
    assert (ended["state"], ended["problem"]["code"]) == ("failed", "table-unreadable")
    assert {p["code"] for p in ended["result"]["problems"]} == {code}
    assert CANARY not in str(ended)
    assert await count(participants, "SELECT count(*) FROM participants.person") == 0


@pytest.mark.parametrize(
    "content",
    [
        raw_workbook(sheet(""), **{"xl/vbaProject.bin": b"macro"}),
        PERSONS.replace("Нусхаев", "Нус\0хаев").encode(),
        b"<html>" + PERSONS.encode(),
    ],
    ids=["macros", "a zero byte", "a page"],
)
async def test_what_is_no_table_is_refused_at_the_door(manager: httpx.AsyncClient, content: bytes) -> None:
    sent = await manager.post(
        "/v1/services/participants/files", files={"file": ("t.xlsx", content)}, data={"purpose": "import"}
    )
    assert (sent.status_code, sent.json()["code"]) == (415, "file-type-refused")


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-be", "utf-8-sig", "cp1251"])
async def test_common_encodings_are_read(participants: Door, manager: httpx.AsyncClient, codec: str) -> None:
    said = {"encoding": "windows-1251"} if codec == "cp1251" else {}
    ended = await import_table(participants, manager, "persons", PERSONS.encode(codec), **said)
    assert (ended["state"], ended["result"]["created"]) == ("succeeded", 2)


async def test_nominations_and_attendance(course: Course) -> None:
    door, manager = course.door, course.manager
    authority = (await course.authority("TJ"))["id"]
    people = [await course.person("TJ") for _ in range(2)]
    officer = course.officer("TJ")
    table = "edition,authority,person,place\n"
    table += f"syn-1,{authority},{people[0]},principal\nsyn-1,{authority},{people[1]},reserve\n"
    boss = door.as_("manager", subject=uuid4())
    unknown = await import_table(door, boss, "nominations", table.replace("syn-1", "none"))
    assert problems(unknown) == {(2, "edition", "unknown_code"), (3, "edition", "unknown_code")}
    ended = await import_table(door, boss, "nominations", table)
    assert (ended["state"], ended["result"]["created"]) == ("succeeded", 2)
    again = await import_table(door, boss, "nominations", table)
    assert {p[2] for p in problems(again)} == {"application-exists"}
    assert len(await rows_of(officer, "applications")) == 2
    assert await rows_of(course.officer("UZ"), "applications") == []
    application = (await manager.get("/v1/applications")).json()["items"][0]
    await course.decide("eligible", application["id"])
    await course.decide("selected", application["id"])
    offer = await course.offer(application["id"])
    accepted = await course.holder(application["person_id"]).post(f"{offer.headers['location']}/acceptance")
    assert accepted.status_code == 200, accepted.text
    meeting, starts = str(uuid4()), datetime.now(UTC) - timedelta(minutes=100)
    facts = {
        "aggregate_id": meeting,
        "aggregate_version": 1,
        "edition_id": course.id,
        "title": {"en": "Lecture"},
        "starts_at": starts.isoformat(),
        "ends_at": (starts + timedelta(minutes=90)).isoformat(),
        "state": "scheduled",
        "counts_for_attendance": True,
    }
    await tell(door, "programs.training_session.scheduled.v1", facts)
    held = (await manager.get("/v1/participations")).json()["items"][0]["id"]
    attended = f"training_session,participation,status,minutes\n{meeting},{held},late,60\n"
    refused = await import_table(door, boss, "attendance", attended.replace(",60", ","))
    assert len(problems(refused)) == 1
    ended = await import_table(door, boss, "attendance", attended)
    assert (ended["state"], ended["result"]["created"]) == ("succeeded", 1)
    [row] = await rows_of(manager, "attendance", edition_id=course.id)
    assert (row["status"], row["minutes"], row["participation"]) == ("late", "60", held)
    assert (row["source"], application["channel"]) == ("import", "import")


async def test_an_officer_imports_for_their_own_authority_only(course: Course) -> None:
    authority, person = (await course.authority("TJ"))["id"], await course.person("TJ")
    table = f"edition,authority,person\nsyn-1,{authority},{person}\n"
    stranger = course.door.as_("nominator", subject=uuid4())
    foreign = await import_table(course.door, stranger, "nominations", table)
    assert problems(foreign) == {(2, None, "authority-not-found")}


async def test_who_may(participants: Door, manager: httpx.AsyncClient) -> None:
    file_id = await upload_table(manager, "participants", PERSONS.encode())
    for role in ("nominator", "participant", "auditor", "evaluator"):
        refused = await order_import(participants.as_(role), "persons", file_id)
        assert refused.status_code == 403, role
    wrong = await order_import(manager, "persons", file_id, "upsert")
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/mode")
    assert (await participants.as_("evaluator").get("/v1/persons/exports")).status_code == 403
