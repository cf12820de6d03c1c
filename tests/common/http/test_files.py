"""Files over HTTP: uploaded, read in part, given away for a moment, kept by what they are attached to, gone."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import func, select, update

from services.common.audit import audit_entry
from services.common.file_records import FileNotAttachable, attach_file, discard_files_of, file
from services.common.identity import Caller, Reach, Role
from services.common.jobs import run_due_jobs
from services.common.problems import Unavailable
from services.common.purge import PURGE_FILES, hasten_file_purge, purge_files
from services.common.scanner import clamd_scanner
from tests.apps import Door

AT = "/v1/services/programs/files"
PDF = b"%PDF-1.7\n" + bytes(range(256)) * 400


async def upload(client: httpx.AsyncClient, content: bytes = PDF, **fields: str) -> httpx.Response:
    headers = {"Idempotency-Key": fields.pop("key")} if "key" in fields else {}
    name = fields.pop("name", "agreement.pdf")
    data = {"purpose": "document"} | fields
    return await client.post(AT, files={"file": (name, content)}, data=data, headers=headers)


async def uploaded(client: httpx.AsyncClient, content: bytes = PDF, **fields: str) -> dict[str, Any]:
    answer = await upload(client, content, **fields)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    assert answer.headers["location"] == f"{AT}/{made['id']}"
    return made


async def test_a_file_is_described_and_read_as_it_came(programs: Door) -> None:
    manager = programs.as_("manager")
    made = await uploaded(manager, name="C:\\papers\\Келісім 2025.pdf")
    assert (made["name"], made["media_type"], made["size"]) == (
        "Келісім 2025.pdf",
        "application/pdf",
        len(PDF),
    )
    assert (made["purpose"], made["visibility"], made["version"]) == ("document", "internal", 1)
    assert made["kept_until"] is not None
    read = await manager.get(f"{AT}/{made['id']}")
    assert read.json() == made
    assert read.headers["etag"].startswith('"1-')
    content = await manager.get(made["content"])
    assert content.content == PDF
    assert content.headers["content-disposition"].startswith("attachment; filename*=UTF-8''%D0%9A")
    assert content.headers["x-content-type-options"] == "nosniff"
    assert content.headers["cache-control"] == "no-store"
    again = await manager.get(made["content"], headers={"If-None-Match": content.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    ("asked", "status", "part"),
    [
        ("bytes=0-99", 206, slice(0, 100)),
        ("bytes=100-", 206, slice(100, None)),
        ("bytes=-10", 206, slice(-10, None)),
        ("bytes=50-999999999", 206, slice(50, None)),
        ("bytes=5-1", 200, slice(None)),
        ("bytes=0-1,4-5", 200, slice(None)),
        ("lines=1-2", 200, slice(None)),
        ("bytes=-", 200, slice(None)),
        ("bytes=999999999-", 416, None),
        ("bytes=-0", 416, None),
    ],
)
async def test_a_part_may_be_asked_for(programs: Door, asked: str, status: int, part: slice | None) -> None:
    manager = programs.as_("manager")
    at = (await uploaded(manager))["content"]
    answer = await manager.get(at, headers={"Range": asked})
    assert answer.status_code == status
    if part is None:
        assert answer.headers["content-range"] == f"bytes */{len(PDF)}"
        assert answer.json()["code"] == "range-unsatisfiable"
    else:
        assert answer.content == PDF[part]
    stale = await manager.get(at, headers={"Range": "bytes=0-9", "If-Range": '"other"'})
    assert (stale.status_code, stale.content) == (200, PDF)


@pytest.mark.parametrize(
    ("content", "fields", "status", "code"),
    [
        (b"<html><script>1</script>", {}, 415, "file-type-refused"),
        (b"a,b\n1,2\n", {}, 415, "file-type-refused"),
        (b"", {}, 415, "file-type-refused"),
        (b"\x89PNG\r\n\x1a\n" + bytes(11 << 20), {}, 413, "file-too-large"),
        (b"%PDF-1.7\n" + bytes(21 << 20), {}, 413, "body-too-large"),
        (PDF, {"purpose": "passport"}, 422, "request-invalid"),
        (PDF, {"visibility": "private"}, 422, "request-invalid"),
        (PDF, {"visibility": "secret"}, 422, "request-invalid"),
        (PDF, {"unknown": "field"}, 422, "request-invalid"),
        (PDF, {"name": "a\u202efdp.exe"}, 422, "request-invalid"),
    ],
)
async def test_what_is_refused_leaves_nothing(
    programs: Door, content: bytes, fields: dict[str, str], status: int, code: str
) -> None:
    answer = await upload(programs.as_("manager"), content, **fields)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    async with programs.app.state.sessions.reading() as session:
        assert (
            await session.scalar(select(func.count()).select_from(file).where(file.c.stored_at.is_not(None)))
            == 0
        )


async def test_a_form_is_expected_and_nothing_else(programs: Door) -> None:
    manager = programs.as_("manager")
    assert (await manager.post(AT, json={"purpose": "document"})).status_code == 415
    missing = await manager.post(AT, data={"purpose": "document"}, files={"other": b"x"})
    assert missing.status_code == 422
    assert (await programs.as_().post(AT, files={"file": PDF}, data={"purpose": "photo"})).status_code == 401
    assert (await upload(programs.as_("auditor"))).status_code == 403


async def test_a_repeat_has_one_effect(programs: Door) -> None:
    manager = programs.as_("manager")
    content_type = {"Content-Type": "multipart/form-data; boundary=b", "Idempotency-Key": "one"}
    body = b'--b\r\nContent-Disposition: form-data; name="purpose"\r\n\r\ndocument\r\n' + (
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
        + PDF
        + b"\r\n--b--\r\n"
    )
    first, second = [await manager.post(AT, content=body, headers=content_type) for _ in range(2)]
    assert (first.status_code, second.status_code) == (201, 201), first.text
    assert second.json() == first.json()


async def test_who_may_read_what(programs: Door) -> None:
    owner = uuid4()
    mine = programs.as_("manager", subject=owner)
    internal, public = await uploaded(mine), await uploaded(mine, visibility="public")
    private = await uploaded(mine, b"code,name\n", purpose="import", name="rows.csv")
    assert private["media_type"] == "text/csv"
    readers = {
        "owner": programs.as_("manager", subject=owner),
        "staff": programs.as_("manager"),
        "participant": programs.as_("participant"),
        "public": programs.as_(),
    }
    seen = {
        name: [
            (await client.get(f"{AT}/{made['id']}")).status_code == 200
            and (await client.get(made["content"])).status_code == 200
            for made in (internal, public, private)
        ]
        for name, client in readers.items()
    }
    assert seen == {
        "owner": [True, True, True],
        "staff": [True, True, False],
        "participant": [False, True, False],
        "public": [False, True, False],
    }
    assert "max-age" in (await readers["public"].get(public["content"])).headers["cache-control"]


async def test_a_link_works_for_a_moment_and_for_one_file(
    programs: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    manager = programs.as_("manager")
    made, other = await uploaded(manager), await uploaded(manager)
    link = await manager.post(f"{AT}/{made['id']}/links")
    assert link.status_code == 201
    href = link.json()["href"]
    assert (await programs.as_().get(href)).content == PDF
    assert (await programs.as_().get(href.replace(made["id"], other["id"]))).status_code == 400
    assert (await programs.as_().get(made["content"] + "?link=abc")).json()["code"] == "cursor-unusable"
    assert (await programs.as_("participant").post(f"{AT}/{made['id']}/links")).status_code == 404
    monkeypatch.setattr("services.common.http.files.LINK_LIFETIME", timedelta(0))
    late = (await manager.post(f"{AT}/{made['id']}/links")).json()["href"]
    assert (await programs.as_().get(late)).json()["code"] == "file-not-found"


async def test_an_upload_can_be_taken_back_until_something_keeps_it(programs: Door) -> None:
    manager = programs.as_("manager")
    at = f"{AT}/{(await uploaded(manager))['id']}"
    assert (await manager.delete(at)).status_code == 428
    assert (await manager.delete(at, headers={"If-Match": '"2"'})).status_code == 412
    assert (await programs.as_("manager").delete(at, headers={"If-Match": '"1"'})).status_code == 404
    assert (await manager.delete(at, headers={"If-Match": '"1"'})).status_code == 204
    assert (await manager.get(at)).status_code == 404


async def purge(door: Door) -> int:
    """Run the purge of files as if it were due, and return how many objects are left."""
    sessions, files = door.app.state.sessions, door.app.state.files
    async with sessions.transaction() as session:
        await hasten_file_purge(session)
    assert await run_due_jobs(sessions, {PURGE_FILES: purge_files(sessions, files)}, limit=1) == 1
    async with sessions.reading() as session:
        return int(await session.scalar(select(func.count()).select_from(file)) or 0)


async def test_what_nothing_keeps_goes_and_what_is_attached_stays(programs: Door) -> None:
    owner, thing = uuid4(), uuid4()
    manager = programs.as_("manager", subject=owner)
    kept, orphan = await uploaded(manager), await uploaded(manager)
    caller = Caller(owner, frozenset({Role.MANAGER}), reach=Reach.ALL)
    sessions = programs.app.state.sessions
    async with sessions.transaction() as session:
        await attach_file(
            session, caller, UUID(kept["id"]), purpose="document", kind="agreement", subject_id=thing
        )
        later = func.clock_timestamp() - timedelta(seconds=1)
        await session.execute(update(file).where(file.c.kept_until.is_not(None)).values(kept_until=later))
    assert (await manager.get(orphan["content"])).status_code == 404
    assert await purge(programs) == 1
    attached = (await manager.get(f"{AT}/{kept['id']}")).json()
    assert (attached["version"], attached["kept_until"]) == (2, None)
    assert (await manager.delete(f"{AT}/{kept['id']}", headers={"If-Match": '"2"'})).status_code == 404
    place = Path(programs.app.state.settings.files) / "programs"
    async with sessions.reading() as session:
        name = await session.scalar(select(file.c.object_name))
    assert (place / name).exists()
    async with sessions.transaction() as session:
        await discard_files_of(session, caller, [thing])
    assert await purge(programs) == 0
    assert not (place / name).exists()
    async with sessions.reading() as session:
        done = await session.scalars(
            select(audit_entry.c.action)
            .where(audit_entry.c.subject_id == UUID(kept["id"]))
            .order_by(audit_entry.c.at)
        )
    assert list(done) == ["file.stored", "file.attached", "file.discarded"]


async def test_a_file_is_attached_once_for_its_purpose_by_its_owner(programs: Door) -> None:
    owner = uuid4()
    made = UUID((await uploaded(programs.as_("manager", subject=owner)))["id"])
    mine, other = (Caller(s, frozenset({Role.MANAGER}), reach=Reach.ALL) for s in (owner, uuid4()))

    async def attach(caller: Caller, purpose: str) -> None:
        async with programs.app.state.sessions.transaction() as session:
            await attach_file(session, caller, made, purpose=purpose, kind="thing", subject_id=uuid4())

    for caller, purpose in ((other, "document"), (mine, "photo")):
        with pytest.raises(FileNotAttachable):
            await attach(caller, purpose)
    await attach(mine, "document")
    with pytest.raises(FileNotAttachable):
        await attach(mine, "document")


async def test_limits_can_be_read(programs: Door, participants: Door, evaluation: Door) -> None:
    for door in (programs, participants, evaluation):
        answer = await door.as_().get(f"/v1/services/{door.name}/file-purposes")
        assert answer.status_code == 200
        purposes = {p["name"]: p for p in answer.json()["items"]}
        assert purposes["import"]["visibilities"] == ["private"]
        assert purposes["import"]["accept"]["text/csv"] == 19 << 20


class TestScanner:
    """Against a stand-in that speaks clamd's INSTREAM."""

    @pytest.fixture
    async def daemon(self, tmp_path: Path) -> AsyncIterator[str]:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            assert await reader.readuntil(b"\0") == b"zINSTREAM\0"
            content = b""
            while length := int.from_bytes(await reader.readexactly(4)):
                content += await reader.readexactly(length)
            verdict = b"stream: Eicar FOUND" if b"EICAR" in content else b"stream: OK"
            writer.write((b"INSTREAM size limit exceeded. ERROR" if len(content) > 99 else verdict) + b"\0")
            writer.close()

        path = tmp_path / "clamd.sock"
        server = await asyncio.start_unix_server(serve, path)
        async with server:
            yield f"unix:{path}"

    @pytest.mark.parametrize(("parts", "clean"), [((b"a", b"b"), True), ((b"EI", b"CAR"), False), ((), True)])
    async def test_its_verdict_counts(self, daemon: str, parts: tuple[bytes, ...], *, clean: bool) -> None:
        async def content() -> AsyncIterator[bytes]:
            for part in parts:
                yield part

        assert await clamd_scanner(daemon)(content()) is clean

    async def test_no_verdict_is_no_permission(self, daemon: str) -> None:
        async def content() -> AsyncIterator[bytes]:
            yield bytes(100)

        for address in (daemon, "unix:/nowhere/clamd.sock", "tcp://127.0.0.1:9"):
            with pytest.raises(Unavailable):
                await clamd_scanner(address)(content())
