"""Reads the first sheet of a workbook, after looking at what it would unpack to; in the bounded worker only.

A workbook of a few kilobytes can unpack to gigabytes, or name a cell in the last corner, for which the reader
would reserve the whole sheet: both are refused by their measures, before anything is parsed.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Final

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from services.common.tabular.faults import TableFault

MIB: Final = 1 << 20
MOST_UNPACKED: Final = 200 * MIB
MOST_CELLS: Final = 5_000_000
"""Rows times columns of the smallest rectangle that holds every cell."""
_MOST_PARTS: Final = 2_000

_REFERENCE: Final = re.compile(
    rb"""<(?:[a-z]+:)?(?:row|c)\s[^<>]{0,2000}?\br=["']([A-Z]{0,3})([0-9]{1,7})["']"""
)
_OVERLAP: Final = 4096


def read_workbook(data: bytes, most_rows: int) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of the first sheet with cells as text; raise `TableFault`."""
    _guard(data, most_rows)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        if not book.sheet_names:
            raise TableFault("empty", "The workbook has no sheet.")
        sheet = book.get_sheet_by_index(0)
        for number, row in enumerate(sheet.to_python(skip_empty_area=False), 1):
            yield number, [_as_text(cell) for cell in row]
    except PasswordError as error:
        raise TableFault("workbook_locked", "The workbook is protected by a password.") from error
    except (CalamineError, zipfile.BadZipFile, ValueError, OSError) as error:
        raise TableFault("workbook_unreadable", "The workbook cannot be read.") from error


def _guard(data: bytes, most_rows: int) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = package.infolist()
            if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
                raise TableFault("workbook_too_large", "The workbook unpacks to more than is read.")
            for part in parts:
                if part.filename.lower().endswith(".bin") and "vba" in part.filename.lower():
                    raise TableFault("workbook_macros", "Workbooks with macros are not read.")
                if part.filename.lower().endswith(".xml"):
                    _guard_part(package, part, most_rows)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise TableFault("workbook_unreadable", "The workbook cannot be read.") from error


def _guard_part(package: zipfile.ZipFile, part: zipfile.ZipInfo, most_rows: int) -> None:
    """Refuse a sheet whose cells lie further apart than is read."""
    last_row, last_column, left = 0, 0, b""
    with package.open(part) as stream:
        while chunk := stream.read(MIB):
            for letters, digits in _REFERENCE.findall(left + chunk):
                last_row = max(last_row, int(digits))
                last_column = max(last_column, _column(letters))
            left = chunk[-_OVERLAP:]
    if last_row > most_rows + 1000:  # some blank rows are forgiven
        raise TableFault("too_many_rows", f"The sheet reaches beyond row {most_rows}.", row=last_row)
    if last_row * last_column > MOST_CELLS:
        raise TableFault("too_many_cells", "The cells lie too far apart.", row=last_row)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _as_text(cell: object) -> str:
    match cell:
        case str():
            return cell
        case bool():
            return "true" if cell else "false"
        case float() if cell.is_integer() and abs(cell) < 1e15:
            return str(int(cell))
        case float():
            return repr(cell)
        case datetime() if cell.time() == time():
            return cell.date().isoformat()
        case datetime():
            return cell.isoformat(timespec="seconds")
        case date() | time():
            return cell.isoformat()
        case _:
            return str(cell)
