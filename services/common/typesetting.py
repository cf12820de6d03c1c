"""The inside of `documents`: runs in a child of the bounded worker, which alone loads the typesetter."""

import struct
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

import fontpkg
import orjson
import typst

_ROOT: Final = Path(__file__).parents[2]
_FAMILIES: Final = ("Noto Sans", "Noto Sans Arabic")
_UNSEEN: Final = frozenset("\t\n\r\u200c\u200d\u200e\u200f\u2028\u2029\u2060\ufeff")
"""Characters that steer the text and are not drawn."""


def typeset(payload: dict[str, Any], data: bytes) -> bytes | dict[str, list[int]]:
    """Return the PDF, or the code points that no font here can draw.

    `payload` holds `template`, `language`, `direction` and `timestamp` (seconds); `data` is the document's JSON.
    """
    missing = sorted({ord(char) for char in _texts_of(orjson.loads(data))} - _drawable())
    if missing:
        return {"missing": missing}
    package, _, name = payload["template"].partition(":")
    # `input` at each compilation: a kept compiler would set the previous document again.
    return typst.compile(
        input=str(_ROOT.joinpath(*package.split("."), "templates", f"{name}.typ")),
        root=str(_ROOT),
        font_paths=_fonts(),
        sys_inputs={
            "data": data.decode(),
            "language": payload["language"],
            "direction": payload["direction"],
        },
        pdf_standards=["a-2a", "ua-1"],
        timestamp=payload["timestamp"],
    )


def _texts_of(value: Any) -> str:
    """Return every text of the data but drawings (SVG), whose characters are not set."""
    match value:
        case str():
            return "" if value.startswith("<svg") else value
        case dict():
            return "".join(_texts_of(part) for part in value.values())
        case list():
            return "".join(_texts_of(part) for part in value)
        case _:
            return ""


@cache
def _fonts() -> typst.Fonts:
    folders = [str(fontpkg.path(family).parent) for family in _FAMILIES]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)


@cache
def _drawable() -> frozenset[int]:
    fonts = (point for family in _FAMILIES for point in _code_points(fontpkg.path(family).read_bytes()))
    return frozenset(fonts) | {ord(char) for char in _UNSEEN}


def _code_points(font: bytes) -> Iterator[int]:
    """Yield the code points of an OpenType font's full character map (`cmap` table, format 12)."""
    (tables,) = struct.unpack_from(">H", font, 4)
    records = (struct.unpack_from(">4sIII", font, 12 + 16 * number) for number in range(tables))
    cmap = next(offset for tag, _, offset, _ in records if tag == b"cmap")
    (maps,) = struct.unpack_from(">H", font, cmap + 2)
    for number in range(maps):
        (relative,) = struct.unpack_from(">I", font, cmap + 8 + 8 * number)
        table = cmap + relative
        if struct.unpack_from(">H", font, table) == (12,):
            (groups,) = struct.unpack_from(">I", font, table + 12)
            for group in range(groups):
                first, last, _ = struct.unpack_from(">III", font, table + 16 + 12 * group)
                yield from range(first, last + 1)
