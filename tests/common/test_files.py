"""What is stored comes back as it was; what is refused or breaks off leaves nothing behind."""

import asyncio
import hashlib
import io
import os
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.common.files import Files, FileTooLarge, FileTypeRefused, FileUnsafe, new_file_name
from services.common.media_types import XLSX
from services.common.problems import NotFound, Unavailable

PDF = b"%PDF-1.7\n" + os.urandom(200_000)
ACCEPT = {"application/pdf": 1_000_000, "text/csv": 50, "text/plain": 50, XLSX: 500_000}


async def stream(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


def folder(path: Path) -> Path:
    """Where the folder's store keeps its objects."""
    return path / "kept files"


@pytest.fixture(params=["file", "memory"])
def files(request: pytest.FixtureRequest, tmp_path: Path) -> Files:
    return Files(folder(tmp_path).as_uri() if request.param == "file" else "memory:///")


@pytest.fixture
def kept(tmp_path: Path) -> Files:
    return Files(folder(tmp_path).as_uri())


def left_in(tmp_path: Path) -> list[Path]:
    return [path for path in folder(tmp_path).rglob("*") if path.is_file()]


async def read(files: Files, name: str, start: int = 0, end: int | None = None) -> bytes:
    return b"".join([chunk async for chunk in await files.open_range(name, start, end)])


async def test_a_file_comes_back_whole_or_in_part(files: Files) -> None:
    name = new_file_name()
    stored = await files.put(name, stream(PDF[:3], b"", PDF[3:70_000], PDF[70_000:]), accept=ACCEPT)
    assert stored.name == name
    assert stored.size == len(PDF)
    assert stored.sha256 == hashlib.sha256(PDF).hexdigest()
    assert stored.media_type == "application/pdf"
    assert await read(files, name) == PDF
    assert await read(files, name, 100, 150_000) == PDF[100:150_000]
    assert await read(files, name, 150_000) == PDF[150_000:]
    assert await read(files, name, 0, 1) == PDF[:1]


async def test_a_workbook_is_recognized_by_its_directory(files: Files) -> None:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as book:
        book.writestr("xl/media/image1.bin", os.urandom(200_000))
        book.writestr("xl/workbook.xml", "<workbook/>")
        book.writestr("[Content_Types].xml", "<Types/>")
    stored = await files.put(new_file_name(), stream(written.getvalue()), accept=ACCEPT)
    assert stored.media_type == XLSX
    with pytest.raises(FileTypeRefused):
        await files.put(new_file_name(), stream(written.getvalue(), b"more"), accept=ACCEPT)


async def test_the_sender_says_which_plain_text_it_is(files: Files) -> None:
    stored = await files.put(new_file_name(), stream(b"a,b\n"), accept=ACCEPT, declared="text/csv")
    assert stored.media_type == "text/csv"


@pytest.mark.parametrize(
    ("content", "declared", "problem"),
    [
        ([b"\x89PNG\r\n\x1a\n" + bytes(100)], "application/pdf", FileTypeRefused),
        ([b"<script>alert(1)</script>"], "text/csv", FileTypeRefused),
        ([], "text/csv", FileTypeRefused),
        ([b"a,b\n" * 20], "text/csv", FileTooLarge),
        ([b"%PDF-1.7\n", *([bytes(100_000)] * 10)], None, FileTooLarge),
        ([b"%PDF-1.7\n", *([bytes(1_000_000)] * 20)], None, FileTooLarge),
    ],
)
async def test_what_is_refused_leaves_nothing(
    kept: Files, tmp_path: Path, content: list[bytes], declared: str | None, problem: type[Exception]
) -> None:
    name = new_file_name()
    with pytest.raises(problem):
        await kept.put(name, stream(*content), accept=ACCEPT, declared=declared)
    assert left_in(tmp_path) == []
    with pytest.raises(NotFound):
        await kept.open_range(name)


async def test_reading_stops_as_soon_as_the_file_is_too_large(files: Files) -> None:
    asked = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal asked
        while True:
            asked += 1
            yield bytes(100_000)

    with pytest.raises(FileTooLarge):
        await files.put(new_file_name(), endless(), accept=ACCEPT)
    assert asked == 11


async def test_a_broken_stream_leaves_nothing(kept: Files, tmp_path: Path) -> None:
    async def breaking() -> AsyncIterator[bytes]:
        yield b"%PDF-1.7\n" + bytes(8_000_000)
        raise RuntimeError("the sender has gone")

    with pytest.raises(RuntimeError, match="gone"):
        await kept.put(new_file_name(), breaking(), accept={"application/pdf": 20_000_000})
    assert left_in(tmp_path) == []


async def test_a_cancelled_upload_leaves_nothing(kept: Files, tmp_path: Path) -> None:
    begun = asyncio.Event()

    async def stalling() -> AsyncIterator[bytes]:
        yield b"%PDF-1.7\n" + bytes(8_000_000)
        begun.set()
        await asyncio.sleep(60)

    upload = asyncio.create_task(
        kept.put(new_file_name(), stalling(), accept={"application/pdf": 20_000_000})
    )
    await begun.wait()
    upload.cancel()
    with pytest.raises(asyncio.CancelledError):
        await upload
    async with asyncio.timeout(10):
        while left_in(tmp_path):  # noqa: ASYNC110  the store tidies up in threads of its own
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("clean", [True, False])
async def test_the_scanner_sees_the_whole_file_and_decides(tmp_path: Path, *, clean: bool) -> None:
    seen = []

    async def scan(content: AsyncIterator[bytes]) -> bool:
        seen.append(b"".join([chunk async for chunk in content]))
        return clean

    files, name = Files(folder(tmp_path).as_uri(), scan=scan), new_file_name()
    if clean:
        await files.put(name, stream(PDF), accept=ACCEPT)
    else:
        with pytest.raises(FileUnsafe):
            await files.put(name, stream(PDF), accept=ACCEPT)
    assert seen == [PDF]
    assert len(left_in(tmp_path)) == clean


async def test_deleting_may_be_repeated(files: Files) -> None:
    name = new_file_name()
    await files.put(name, stream(PDF), accept=ACCEPT)
    await files.delete(name)
    await files.delete(name)
    with pytest.raises(NotFound):
        await files.open_range(name)


async def test_a_kept_file_is_its_owners_alone(kept: Files, tmp_path: Path) -> None:
    await kept.put(new_file_name(), stream(PDF), accept=ACCEPT)
    [path] = left_in(tmp_path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert folder(tmp_path).stat().st_mode & 0o777 == 0o700


def test_names_tell_nothing() -> None:
    names = {new_file_name() for _ in range(1000)}
    assert len(names) == 1000
    assert {len(name) for name in names} == {33}


async def test_a_store_that_does_not_answer_is_unavailable(tmp_path: Path) -> None:
    files = Files("http://127.0.0.1:9/")
    with pytest.raises(Unavailable):
        await files.open_range("a/b")
    blocked = Files(folder(tmp_path).as_uri())
    (folder(tmp_path) / "ab").write_text("a file where a folder should be")
    with pytest.raises(Unavailable):
        await blocked.put("ab/cd", stream(PDF), accept=ACCEPT)
