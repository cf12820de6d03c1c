"""What a file is, judged by its bytes; names and declarations of clients prove nothing.

No content is unpacked or parsed here: that is for the worker. A file is refused as `application/octet-stream`
rather than believed where it could be read as two things.
"""

import re
import struct
from collections.abc import Container, Iterator
from typing import Final

import filetype

EMPTY: Final = "application/x-empty"
UNKNOWN: Final = "application/octet-stream"
ZIP: Final = "application/zip"
MACROS: Final = "application/vnd.ms-office.vbaProject"
DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PPTX: Final = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
TEXTS: Final = ("text/plain", "text/csv", "application/json")
"""Plain text carries no mark: which of these it is, its sender says."""

HEAD_BYTES: Final = 8192
"""How much of a file's beginning is judged."""

_OFFICE: Final = {b"word/document.xml": DOCX, b"xl/workbook.xml": XLSX, b"ppt/presentation.xml": PPTX}
# An ordinary document has some dozens of parts; a directory of a mebibyte holds ten thousand.
_DIRECTORY_BYTES: Final = 1 << 20
_END: Final = struct.Struct("<4s4H2LH")
TAIL_BYTES: Final = _END.size + 0xFFFF
"""Within these the end of an archive is found, the longest comment included."""

_ENTRY: Final = struct.Struct("<4s24x3H12x")
_ENTRY_BYTES: Final = 46
_CONTROLS: Final = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f]")
_BYTE_ORDER_MARKS_16: Final = (b"\xff\xfe", b"\xfe\xff")


def judge(head: bytes) -> str:
    """Return the media type that a file's first bytes (`HEAD_BYTES`) show; `text/plain` for any plain text."""
    if not head:
        return EMPTY
    if head.startswith(b"PK\x03\x04"):
        return ZIP
    if _is_text(head):
        return _judge_text(head)
    return filetype.guess_mime(head) or UNKNOWN


def resolve_text(declared: str | None, accepted: Container[str]) -> str:
    """Return which accepted kind of plain text is meant: the declared one, or else the first."""
    candidates = [kind for kind in TEXTS if kind in accepted]
    return declared if declared in candidates else next(iter(candidates), "text/plain")


def judge_zip(directory: bytes) -> str:
    """Return DOCX, XLSX, PPTX, MACROS or ZIP by the names in the archive's directory."""
    names = [name.lower() for name in _names(directory)]
    if not names or any(name.startswith(b"/") or b".." in re.split(rb"[/\\]", name) for name in names):
        return UNKNOWN
    if any(name.endswith(b"vbaproject.bin") for name in names):
        return MACROS
    kinds = {kind for part, kind in _OFFICE.items() if part in names}
    return kinds.pop() if len(kinds) == 1 and b"[content_types].xml" in names else ZIP


def find_directory(size: int, tail: bytes) -> tuple[int, int] | None:
    """Return start and end of the archive's directory; None unless archive and file begin and end together.

    `tail` holds the last `TAIL_BYTES` of the file, or all of it.
    """
    place = tail.rfind(b"PK\x05\x06")
    if place < 0 or len(tail) < place + _END.size:
        return None
    _, disk, first_disk, here, total, length, start, comment = _END.unpack_from(tail, place)
    end = size - len(tail) + place
    if (disk, first_disk, here) != (0, 0, total) or length > _DIRECTORY_BYTES:
        return None
    if start + length != end or place + _END.size + comment != len(tail):
        return None
    return start, end


def _names(directory: bytes) -> Iterator[bytes]:
    place = 0
    while place + _ENTRY_BYTES <= len(directory):
        mark, name, extra, comment = _ENTRY.unpack_from(directory, place)
        if mark != b"PK\x01\x02":
            return
        place += _ENTRY_BYTES
        yield directory[place : place + name]
        place += name + extra + comment


def _is_text(head: bytes) -> bool:
    if head.startswith((b"%PDF", b"{\\rtf", b"%!PS")):
        return False
    if head.startswith(_BYTE_ORDER_MARKS_16) or not _CONTROLS.search(head):
        return True
    return _is_bare_utf_16(head) and filetype.guess_mime(head) is None


def _is_bare_utf_16(head: bytes) -> bool:
    """Say whether this reads as UTF-16 without its mark: an ASCII letter first, and nothing but text after it."""
    is_big = head[0] == 0
    if b"\0" not in head[:2] or b"\0" in head[is_big::2]:
        return False
    read = head[: len(head) // 2 * 2].decode("utf-16-be" if is_big else "utf-16-le", "ignore")
    return all(letter.isprintable() or letter in "\t\r\n\u200c" for letter in read)


def _judge_text(head: bytes) -> str:
    start = head.removeprefix(b"\xef\xbb\xbf").replace(b"\0", b"").lstrip(b"\xff\xfe \t\r\n\f")
    if start.startswith(b"<?xml"):
        return "application/xml"
    return "text/html" if start.startswith(b"<") else "text/plain"
