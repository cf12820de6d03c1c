"""Reads the cells of a table, row by row; runs in the bounded worker, because uploads are hostile."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from services.common.media_types import XLSX
from services.common.tabular.faults import TableFault
from services.common.tabular.texts import TableEncoding, decode

MOST_COLUMNS: Final = 100
LONGEST_CELL: Final = 32_767
"""Characters; what a spreadsheet holds."""
DELIMITERS: Final = (",", ";", "\t")

Row = tuple[int, list[str]]
"""Its number, as a spreadsheet counts, and its cells as text."""
_QUOTED: Final = re.compile(r'"(?:[^"]|"")*"?')
_SIGNS: Final = frozenset("=+-@\t\r")


@dataclass(frozen=True)
class TableSource:
    """A table as it was sent."""

    data: bytes
    media_type: str
    encoding: TableEncoding | None = None
    delimiter: str | None = None
    most_rows: int = 10_000
    """Heading not counted."""


def read_cells(source: TableSource) -> Iterator[Row]:
    """Yield the rows that are not blank, the heading first; raise `TableFault`."""
    if source.media_type == XLSX:
        # The reader is heavy and needed for workbooks alone.
        from services.common.tabular.workbooks import read_workbook  # noqa: PLC0415

        rows = read_workbook(source.data, source.most_rows + 1)
    else:
        rows = _read_csv(decode(source.data, source.encoding), source.delimiter)
    found = 0
    for number, cells in rows:
        if len(cells) > MOST_COLUMNS:
            raise TableFault("too_many_columns", f"At most {MOST_COLUMNS} columns are read.", row=number)
        cleaned = list(map(str.strip, cells))
        if not any(cleaned):
            continue
        if "'" in "".join(cleaned):
            cleaned = [_bared(cell) for cell in cleaned]
        found += 1
        if found > source.most_rows + 1:
            raise TableFault("too_many_rows", f"At most {source.most_rows} rows are read.", row=number)
        yield number, cleaned
    if not found:
        raise TableFault("empty", "The table has no rows.")


def _read_csv(text: str, delimiter: str | None) -> Iterator[Row]:
    if "\0" in text:
        raise TableFault("not_text", "The table holds zero bytes.")
    csv.field_size_limit(LONGEST_CELL)
    lines = io.StringIO(text, newline="")
    reader = csv.reader(lines, delimiter=delimiter or _find_delimiter(text), strict=True)
    number = 0
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            # A quote that is never closed swallows the rest, up to the end or to the longest cell.
            detail = "A quote is not closed, text follows a closing quote, or a cell is too long."
            raise TableFault("quotes", detail, row=number) from error
        yield number, cells


def _find_delimiter(text: str) -> str:
    """Return what separates the cells of the heading: the most frequent of comma, semicolon and tab."""
    heading = next((line for line in text.splitlines() if line.strip()), "")
    bare = _QUOTED.sub("", heading)
    return max(DELIMITERS, key=bare.count)


def _bared(cell: str) -> str:
    """Return the cell without the apostrophe that our exports set before signs."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in _SIGNS else cell
