"""A file is what its bytes say, and nothing that could be two things is believed."""

import io
import struct
import zipfile
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.common.media_types import (
    DOCX,
    EMPTY,
    MACROS,
    PPTX,
    TAIL_BYTES,
    UNKNOWN,
    XLSX,
    ZIP,
    find_directory,
    judge,
    judge_zip,
    resolve_text,
)

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(17)
JPEG = b"\xff\xd8\xff\xe0\0\x10JFIF\0"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)


def archive(names: Sequence[str], comment: bytes = b"") -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as made:
        made.comment = comment
        for name in names:
            made.writestr(name, "synthetic")
    return written.getvalue()


def judged(content: bytes) -> str:
    place = find_directory(len(content), content[-TAIL_BYTES:])
    return judge_zip(content[slice(*place)]) if place else UNKNOWN


@pytest.mark.parametrize(
    ("head", "media_type"),
    [
        (b"", EMPTY),
        (b"%PDF-1.7\n1 0 obj", "application/pdf"),
        (PNG, "image/png"),
        (JPEG, "image/jpeg"),
        (b"{\\rtf1\\ansi", "application/rtf"),
        (b"MZ\x90\0" + bytes(60), "application/x-msdownload"),
        (b"PK\x03\x04" + bytes(26), ZIP),
        (bytes(100), UNKNOWN),
        (b"name,given\n", "text/plain"),
        ("\ufeffаты;тегі\n".encode(), "text/plain"),
        ("аты;тегі\n".encode("cp1251", "replace"), "text/plain"),
        ("аты;тегі\n".encode("utf-16"), "text/plain"),
        ("name;аты\r\n".encode("utf-16-le"), "text/plain"),
        ("name;аты\n".encode("utf-16-be"), "text/plain"),
        (b"\0<\0s\0v\0g\0>", "text/html"),
        (b"\1\0\2\0\3\0", UNKNOWN),
        (b"a\0b\0\0c", UNKNOWN),
        (b"BM,ID3,GIF8\n", "text/plain"),
        (b"<!DOCTYPE html><script>", "text/html"),
        (b"\xef\xbb\xbf \n<svg onload=alert(1)>", "text/html"),
        ("<html>".encode("utf-16"), "text/html"),
        (b"<?xml version='1.0'?><svg/>", "application/xml"),
        (b"a,b\n\x1b[2J", UNKNOWN),
        (b"a,\0b\n", UNKNOWN),
    ],
)
def test_the_first_bytes_tell(head: bytes, media_type: str) -> None:
    assert judge(head) == media_type


def test_an_old_office_file_is_no_new_one() -> None:
    assert judge(OLE) not in {DOCX, XLSX, PPTX, "text/plain"}


@given(st.binary(max_size=200))
def test_anything_can_be_judged(head: bytes) -> None:
    assert "/" in judge(head)


@pytest.mark.parametrize(
    ("declared", "accepted", "meant"),
    [
        ("text/csv", ["text/csv", "text/plain"], "text/csv"),
        ("text/plain", ["text/csv", "text/plain"], "text/plain"),
        ("application/vnd.ms-excel", ["text/csv", "image/png"], "text/csv"),
        (None, ["application/json"], "application/json"),
        ("image/png", ["image/png"], "text/plain"),
        ("text/csv", ["text/plain"], "text/plain"),
    ],
)
def test_the_sender_says_which_plain_text_it_is(
    declared: str | None, accepted: list[str], meant: str
) -> None:
    assert resolve_text(declared, accepted) == meant


@pytest.mark.parametrize(
    ("names", "media_type"),
    [
        (["[Content_Types].xml", "word/document.xml"], DOCX),
        (["xl/workbook.xml", "xl/worksheets/sheet1.xml", "[Content_Types].xml"], XLSX),
        (["[Content_Types].xml", "ppt/presentation.xml"], PPTX),
        (["xl/workbook.xml"], ZIP),
        (["[Content_Types].xml"], ZIP),
        (["[Content_Types].xml", "xl/workbook.xml", "word/document.xml"], ZIP),
        (["[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin"], MACROS),
        (["[Content_Types].xml", "xl/workbook.xml", "XL/VBAPROJECT.BIN"], MACROS),
        (["[Content_Types].xml", "xl/workbook.xml", "../../etc/cron.d/x"], UNKNOWN),
        (["[Content_Types].xml", "xl/workbook.xml", "..\\..\\x"], UNKNOWN),
        (["/etc/passwd"], UNKNOWN),
        (["a.txt"], ZIP),
        ([], UNKNOWN),
    ],
)
@pytest.mark.parametrize("comment", [b"", b"a comment", b"c" * 65535])
def test_an_archive_is_what_its_directory_lists(names: list[str], media_type: str, comment: bytes) -> None:
    assert judged(archive(names, comment)) == media_type


WORKBOOK = archive(["[Content_Types].xml", "xl/workbook.xml"])


def change(place: int, form: str, value: int) -> Callable[[bytes], bytes]:
    """Overwrite a field of the end record, counted from its beginning."""

    def apply(content: bytes) -> bytes:
        changed = bytearray(content)
        struct.pack_into(form, changed, content.rindex(b"PK\x05\x06") + place, value)
        return bytes(changed)

    return apply


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: b"MZ another program" + content,
        lambda content: content + b"%PDF another document",
        lambda content: content[:-5],
        lambda content: content[: content.rindex(b"PK\x05\x06")],
        lambda content: content.replace(b"PK\x01\x02", b"XX\x01\x02"),
        change(4, "<H", 1),
        change(8, "<H", 1),
        change(12, "<L", 0xFFFFFFFF),
        change(12, "<L", 10),
        change(16, "<L", 0),
    ],
)
def test_an_archive_that_could_be_something_else_is_not_believed(spoil: Callable[[bytes], bytes]) -> None:
    assert judged(WORKBOOK) == XLSX
    assert judged(spoil(WORKBOOK)) == UNKNOWN


def test_a_directory_of_ten_thousands_of_entries_is_not_read() -> None:
    content = archive([f"{number:0100}" for number in range(8000)])
    assert find_directory(len(content), content[-TAIL_BYTES:]) is None


@given(st.binary(max_size=300))
def test_any_directory_can_be_read(directory: bytes) -> None:
    assert judge_zip(b"PK\x01\x02" + directory) in {DOCX, XLSX, PPTX, MACROS, ZIP, UNKNOWN}
    find_directory(len(directory), directory + b"PK\x05\x06")
