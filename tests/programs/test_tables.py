"""The portfolio as tables: what is imported went through the same doors, what is refused changed nothing."""

import csv
import io
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import openpyxl
import pytest

from services.common.sessions import EXPORTS_AT_ONCE
from tests.apps import Door
from tests.programs.books import Books
from tests.tables import import_table, order_import, run_imports, upload_table

ORGANIZATIONS = (
    "code;name_kk;name_en;acronym;kind;country\n"
    "tika;;Turkish Cooperation and Coordination Agency;TİKA;10;TR\n"
    "jica;;Japan International Cooperation Agency;JICA;10;JP\n"
)


@pytest.fixture
def manager(programs: Door) -> httpx.AsyncClient:
    return programs.as_("manager", subject=uuid4())


async def codes(client: httpx.AsyncClient, path: str = "organizations") -> list[str]:
    return [item["code"] for item in (await client.get(f"/v1/{path}")).json()["items"]]


async def rows_of(client: httpx.AsyncClient, path: str, **params: Any) -> list[dict[str, str]]:
    answer = await client.get(f"/v1/{path}/exports", params=params)
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def problems(ended: dict[str, Any]) -> set[tuple[int, str | None, str]]:
    return {(p["row"], p["column"], p["code"]) for p in ended["result"]["problems"]}


async def test_a_table_becomes_rows_with_audit_and_events(programs: Door, manager: httpx.AsyncClient) -> None:
    ended = await import_table(programs, manager, "organizations", ORGANIZATIONS)
    assert (ended["state"], ended["kind"]) == ("succeeded", "organizations.import")
    assert ended["progress"] == {"done": 2, "total": 2}
    assert ended["result"] == {
        "rows": 2,
        "created": 2,
        "changed": 0,
        "dry_run": False,
        "problem_count": 0,
        "problems": [],
    }
    assert await codes(manager) == ["jica", "tika"]
    connection = await asyncpg.connect(programs.database.admin)
    try:
        audited = await connection.fetch(
            "SELECT actor FROM programs.audit_entry WHERE action = 'organization.created'"
        )
        told = await connection.fetchval("SELECT count(*) FROM programs.outbox_event")
        left = await connection.fetch("SELECT kept_until < clock_timestamp() AS over FROM programs.file")
    finally:
        await connection.close()
    assert len(audited) == 2
    assert len({row["actor"] for row in audited}) == 1
    assert told >= 2
    assert [row["over"] for row in left] == [True]


async def test_a_dry_run_tells_everything_and_changes_nothing(
    programs: Door, manager: httpx.AsyncClient
) -> None:
    file_id = await upload_table(manager, "programs", ORGANIZATIONS.encode())
    dry = await import_table(programs, manager, "organizations", "", file_id=file_id, dry_run=True)
    assert (dry["state"], dry["result"]["created"], dry["result"]["dry_run"]) == ("succeeded", 2, True)
    assert await codes(manager) == []
    real = await import_table(programs, manager, "organizations", "", file_id=file_id)
    assert (real["state"], real["result"]["created"]) == ("succeeded", 2)
    again = await order_import(manager, "organizations", file_id)
    assert (again.status_code, again.json()["code"]) == (422, "file-not-attachable")


BROKEN = (
    "code,name_en,kind,country\n"
    "good,Good,10,JP\n"
    "bad code,Bad,10,JP\n"
    "worse,Worse,99,XX\n"
    "nameless,,10,JP\n"
    "good,Twice,10,JP\n"
)


async def test_nothing_is_written_if_any_row_fails(programs: Door, manager: httpx.AsyncClient) -> None:
    ended = await import_table(programs, manager, "organizations", BROKEN)
    assert (ended["state"], ended["problem"]["code"]) == ("failed", "rows-invalid")
    assert ended["result"]["created"] == 0
    assert problems(ended) == {
        (3, "code", "string_pattern_mismatch"),
        (4, "kind", "value_error"),
        (4, "country", "value_error"),
        (5, "names", "missing"),
        (6, None, "twice"),
    }
    assert await codes(manager) == []
    assert "Worse" not in str(ended)


async def test_partial_writes_the_valid_rows(programs: Door, manager: httpx.AsyncClient) -> None:
    ended = await import_table(programs, manager, "organizations", BROKEN, partial=True)
    assert (ended["state"], ended["result"]["created"], ended["result"]["problem_count"]) == (
        "succeeded",
        1,
        5,
    )
    assert await codes(manager) == ["good"]


async def test_the_mode_says_what_may_happen(programs: Door, manager: httpx.AsyncClient) -> None:
    await import_table(programs, manager, "organizations", ORGANIZATIONS)
    more = "code,name_ru,acronym\ntika,ТИКА,TIKA\nnew,,N\n"
    refused = await import_table(programs, manager, "organizations", more, "create")
    assert (2, None, "known_already") in problems(refused)
    refused = await import_table(programs, manager, "organizations", more, "update")
    assert problems(refused) == {(3, None, "not_known")}
    more = more.replace("new,,N", "new,Новая,N")
    ended = await import_table(programs, manager, "organizations", more, "upsert")
    assert (ended["result"]["created"], ended["result"]["changed"]) == (1, 1)
    [tika] = [row for row in await rows_of(manager, "organizations") if row["code"] == "tika"]
    assert tika["name_ru"] == "ТИКА"
    assert tika["name_en"] == "Turkish Cooperation and Coordination Agency"  # a blank cell says nothing
    assert tika["country"] == "TR"


@pytest.mark.parametrize(
    ("content", "options", "code"),
    [
        ("code\nЩукин\n".encode("cp1251"), {}, "encoding_unknown"),
        (b'code,name_en\na,"never closed\nb,x\n', {}, "quotes"),
        (b"code,secret\na,b\n", {}, "unknown_column"),
        (b"name_en\na\n", {}, "column_missing"),
        (b"code\n" + b"a\n" * 10_001, {}, "too_many_rows"),
    ],
)
async def test_what_cannot_be_read_is_told(
    programs: Door, manager: httpx.AsyncClient, content: bytes, options: dict[str, Any], code: str
) -> None:
    ended = await import_table(programs, manager, "organizations", content, **options)
    assert (ended["state"], ended["problem"]["code"]) == ("failed", "table-unreadable")
    assert {p["code"] for p in ended["result"]["problems"]} == {code}
    assert await codes(manager) == []


async def test_an_encoding_may_be_said(programs: Door, manager: httpx.AsyncClient) -> None:
    content = "code;name_kk\nhead;Қазақстан халқы\n".encode("kz1048")
    ended = await import_table(programs, manager, "organizations", content, encoding="kz-1048")
    assert ended["state"] == "succeeded"
    assert (await rows_of(manager, "organizations"))[0]["name_kk"] == "Қазақстан халқы"


async def test_who_may_import_and_what(programs: Door, manager: httpx.AsyncClient) -> None:
    file_id = await upload_table(manager, "programs", ORGANIZATIONS.encode())
    other = programs.as_("manager")
    assert (await order_import(other, "organizations", file_id)).json()["code"] == "file-not-attachable"
    assert (await order_import(programs.as_("auditor"), "organizations", file_id)).status_code == 403
    assert (await order_import(manager, "transactions", file_id)).status_code == 403
    without_key = await manager.post("/v1/organizations/imports", json={"file_id": file_id, "mode": "create"})
    assert (without_key.status_code, without_key.json()["code"]) == (400, "idempotency-key-missing")
    accepted = await order_import(manager, "organizations", file_id)
    assert accepted.json()["state"] == "running"
    assert (await other.get(accepted.headers["location"])).status_code == 404
    # The file is taken back before its turn has come.
    at = f"/v1/services/programs/files/{file_id}"
    assert (await manager.delete(at, headers={"If-Match": '"1"'})).status_code == 204
    assert await run_imports(programs) == 1
    ended = (await manager.get(accepted.headers["location"])).json()
    assert (ended["state"], ended["problem"]["code"]) == ("failed", "file-not-found")


async def test_editions_and_their_timetables(programs: Door, manager: httpx.AsyncClient) -> None:
    program = {"code": "avi", "title": {"en": "Avicenna"}, "kind": "course_program"}
    await manager.post("/v1/programs", json=program)
    table = (
        "code;program;title_en;period;zone;languages;capacity_max;call_opens_at;call_closes_at\n"
        "AVI-1;avi;First;2025-04-10/2025-05-02;Asia/Almaty;ru|en;20;01.02.2025 09:00;2025-03-01T18:00\n"
        "AVI-2;none;Second;2025-06;Asia/Almaty;ru;20;;\n"
    )
    refused = await import_table(programs, manager, "editions", table)
    assert problems(refused) == {(3, "program", "unknown_code")}
    table = table.replace(";none;", ";avi;")
    assert (await import_table(programs, manager, "editions", table))["state"] == "succeeded"
    [first, _] = await rows_of(manager, "editions")
    assert (first["languages"], first["call_opens_at"], first["state"]) == (
        "ru|en",
        "2025-02-01T09:00",
        "draft",
    )
    stored = (await manager.get("/v1/editions?code=AVI-1")).json()["items"][0]
    read = (await manager.get(f"/v1/editions/{stored['id']}")).json()
    assert read["call_opens_at"] == "2025-02-01T04:00:00Z"  # Almaty is at +05:00 since March 2024
    changed = "code,title_ru,capacity_max\nAVI-1,Первый,25\n"
    assert (await import_table(programs, manager, "editions", changed, "update"))["state"] == "succeeded"
    read = (await manager.get(f"/v1/editions/{stored['id']}")).json()
    assert (read["title"], read["capacity_max"]) == ({"en": "First", "ru": "Первый"}, 25)

    meetings = (
        "edition;starts_at;ends_at;kind;title_en;venue\n"
        "AVI-1;2025-04-10T09:00;2025-04-10T10:30;lecture;Opening;Hall 1\n"
        "AVI-1;2025-04-11T09:00;2025-04-11T10:30;lecture;Second day;Hall 1\n"
        "AVI-1;2026-04-11T09:00;2026-04-11T10:30;lecture;Too late;Hall 1\n"
    )
    refused = await import_table(programs, manager, "training-sessions", meetings)
    assert problems(refused) == {(4, "starts_at", "outside_edition")}
    meetings = meetings[: meetings.rindex("AVI-1;2026")]
    assert (await import_table(programs, manager, "training-sessions", meetings))["state"] == "succeeded"
    again = await import_table(programs, manager, "training-sessions", meetings)
    assert {p[2] for p in problems(again)} == {"known_already"}
    exported = await rows_of(manager, "training-sessions", edition_id=stored["id"])
    assert [row["starts_at"] for row in exported] == ["2025-04-10T09:00", "2025-04-11T09:00"]
    exported[1] |= {"starts_at": "2025-04-11T14:00", "ends_at": "2025-04-11T15:30"}
    moved = io.StringIO()
    writer = csv.DictWriter(moved, list(exported[0]))
    writer.writeheader()
    writer.writerows(exported)
    ended = await import_table(programs, manager, "training-sessions", moved.getvalue(), "update")
    assert (ended["state"], ended["result"]["changed"]) == ("succeeded", 2)
    after = await rows_of(manager, "training-sessions", edition_id=stored["id"])
    assert [(row["starts_at"], row["state"]) for row in after] == [
        ("2025-04-10T09:00", "scheduled"),
        ("2025-04-11T14:00", "moved"),
    ]


async def test_a_timetable_says_who_stands_in_and_what_is_online(
    programs: Door, manager: httpx.AsyncClient
) -> None:
    program = {"code": "avi", "title": {"en": "Avicenna"}, "kind": "course_program"}
    await manager.post("/v1/programs", json=program)
    edition = (
        "code;program;title_en;period;zone;languages\nAVI-1;avi;First;2025-04-10/2025-05-02;Asia/Almaty;ru\n"
    )
    assert (await import_table(programs, manager, "editions", edition))["state"] == "succeeded"
    named = [{"names": {"en": f"Synthetic {n}"}, "consents_to_be_shown": False} for n in range(3)]
    first, second, third = [(await manager.post("/v1/lecturers", json=row)).json()["id"] for row in named]
    heading = "edition;starts_at;ends_at;kind;title_en;modality;lecturers;stand_ins\n"
    row = "AVI-1;2025-04-10T09:00;2025-04-10T10:30;lecture;Opening;"
    for cells, wrong in (
        (f"online;{first};{second}={third}", {(2, "stand_ins", "does_not_teach")}),
        (f"online;{uuid4()};", {(2, "lecturers", "unknown_id")}),
        (f"online;{first};{first}", {(2, "stand_ins", "missing")}),
        (f"by post;{first};", {(2, "modality", "enum")}),
        (f"online;{first}|{second};{first}={second}", {(2, None, "value_error")}),
    ):
        refused = await import_table(programs, manager, "training-sessions", heading + row + cells + "\n")
        assert problems(refused) == wrong, cells
    entered = f"{heading}{row}online;{first}|{second};{first}={third}\n"
    assert (await import_table(programs, manager, "training-sessions", entered))["state"] == "succeeded"
    [told] = await rows_of(manager, "training-sessions")
    assert (told["modality"], told["lecturers"], told["stand_ins"]) == (
        "online",
        f"{first}|{second}",
        f"{first}={third}",
    )
    at = f"/v1/training-sessions/{told['id']}"
    stored = await manager.get(at)
    roles = [each | {"interpreted": True} for each in stored.json()["lecturers"]]
    changed = await manager.patch(at, json={"lecturers": roles}, headers={"If-Match": stored.headers["etag"]})
    assert changed.status_code == 200, changed.text

    # Unchanged, nothing is told again; who stays keeps role and interpretation; a blank cell says nothing.
    before = (await manager.get(at)).headers["etag"]
    assert (await import_table(programs, manager, "training-sessions", entered, "update"))["result"][
        "changed"
    ] == 1
    assert (await manager.get(at)).headers["etag"] == before
    assert (await import_table(programs, manager, "training-sessions", f"{heading}{row};;\n", "update"))[
        "state"
    ] == "succeeded"
    assert (await manager.get(at)).headers["etag"] == before
    swapped = f"{heading}{row}hybrid;{first};{first}={second}\n"
    assert (await import_table(programs, manager, "training-sessions", swapped, "update"))[
        "state"
    ] == "succeeded"
    after = (await manager.get(at)).json()
    assert (after["modality"], after["kind"]) == ("hybrid", "lecture")
    assert after["lecturers"] == [roles[0] | {"stands_in_for": second}]


async def test_the_ledger_is_imported_once(programs: Door) -> None:
    books = Books(programs)
    await books.open()
    await books.give("1000.00")
    finance = programs.as_("finance", subject=uuid4())
    table = (
        "fund,kind,dated,amount,currency,edition,organization,note\n"
        "fund,expenditure,02.04.2025,120.50,USD,REAL-1,donor-a,=cmd\n"
        "fund,disbursement,2025-04-03,80.00,USD,REAL-1,,\n"
    )
    assert (await import_table(programs, finance, "transactions", table))["result"]["created"] == 2
    again = await import_table(programs, finance, "transactions", table)
    assert problems(again) == {(2, None, "known_already"), (3, None, "known_already")}
    update = await order_import(
        finance, "transactions", await upload_table(finance, "programs", table.encode()), "upsert"
    )
    assert (update.status_code, update.json()["errors"][0]["pointer"]) == (422, "/mode")
    exported = await rows_of(finance, "transactions", fund_id=books.fund)
    assert [(r["kind"], r["amount"], r["note"]) for r in exported] == [
        ("receipt", "1000", ""),
        ("expenditure", "120.5", "'=cmd"),
        ("disbursement", "80", ""),
    ]
    assert (await programs.as_("manager").get("/v1/transactions/exports")).content.count(b"\n") == 1
    future = "fund,kind,dated,amount,currency,edition\nfund,expenditure,2099-01-01,1.00,USD,REAL-1\n"
    refused = await import_table(programs, finance, "transactions", future)
    assert problems(refused) == {(2, None, "actual-in-future")}


async def test_what_the_public_exports(programs: Door, manager: httpx.AsyncClient) -> None:
    await import_table(programs, manager, "organizations", ORGANIZATIONS)
    for form, media_type in (
        ("csv", "text/csv; charset=utf-8"),
        ("jsonl", "application/jsonl"),
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ):
        answer = await programs.as_().get(f"/v1/organizations/exports?format={form}&country=JP")
        assert (answer.status_code, answer.headers["content-type"]) == (200, media_type)
        assert answer.headers["content-disposition"] == f'attachment; filename="organizations.{form}"'
    book = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    assert [[cell.value for cell in row][:1] for row in book.iter_rows()] == [["code"], ["jica"]]
    assert (await programs.as_().get("/v1/organizations/exports?format=pdf")).status_code == 422
    assert (await programs.as_().get("/v1/transactions/exports")).status_code == 401


async def test_a_few_exports_at_once(programs: Door) -> None:
    sessions = programs.app.state.sessions
    held = [sessions.exporting() for _ in range(EXPORTS_AT_ONCE)]
    for export in held:
        await export.__aenter__()
    busy = await programs.as_().get("/v1/organizations/exports")
    assert (busy.status_code, busy.json()["code"]) == (503, "unavailable")
    assert busy.headers["retry-after"]
    assert (await programs.as_().get("/v1/organizations")).status_code == 200
    for export in held:
        await export.__aexit__(None, None, None)
    assert (await programs.as_().get("/v1/organizations/exports")).status_code == 200
