"""From bytes to text without guessing: Cyrillic encodings cannot be told apart by their look.

Order of judgment: byte order mark, what the sender says, strict UTF-8, the zero bytes of UTF-16.
"""

import codecs
from enum import StrEnum
from typing import Final

from services.common.tabular.faults import TableFault


class TableEncoding(StrEnum):
    """What a sender may say that a text is encoded in."""

    UTF_8 = "utf-8"
    UTF_16 = "utf-16"
    WINDOWS_1251 = "windows-1251"
    KZ_1048 = "kz-1048"


_CODECS: Final = {TableEncoding.WINDOWS_1251: "cp1251", TableEncoding.KZ_1048: "kz1048"}
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def decode(data: bytes, said: TableEncoding | None) -> str:
    """Return the text; raise `TableFault` where its encoding is not known or not what was said."""
    for mark, codec in _MARKS:
        if data.startswith(mark):
            return _decode(data[len(mark) :], codec)
    if said is TableEncoding.UTF_16:
        return _decode(data, guess_utf_16(data) or "utf-16-le")
    if said is not None:
        return _decode(data, _CODECS.get(said, said))
    if (wide := guess_utf_16(data)) is not None:
        return _decode(data, wide)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        known = ", ".join(TableEncoding)
        raise TableFault(
            "encoding_unknown", f"The table is not in UTF-8; say its encoding, one of {known}."
        ) from error


def guess_utf_16(data: bytes) -> str | None:
    """Return which UTF-16 a text without a mark is in: its zero bytes all stand at even, or all at odd places."""
    head = data[:4096]
    if len(data) % 2 or b"\0" not in head:
        return None
    if b"\0" not in head[::2]:
        return "utf-16-le"
    return "utf-16-be" if b"\0" not in head[1::2] else None


def _decode(data: bytes, codec: str) -> str:
    try:
        return data.decode(codec)
    except UnicodeDecodeError as error:
        raise TableFault("encoding_wrong", f"The table is not in {codec}.") from error
