"""Writes tables part by part in constant memory; a text never becomes a formula in the reader's spreadsheet."""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final, Protocol
from uuid import UUID
from xml.sax.saxutils import escape

import orjson

from services.common.tabular.cells import SEPARATOR


class TableFormat(StrEnum):
    """How a table is written."""

    CSV = "csv"
    XLSX = "xlsx"
    JSONL = "jsonl"


MEDIA_TYPES: Final = {
    TableFormat.CSV: "text/csv; charset=utf-8",
    TableFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    TableFormat.JSONL: "application/jsonl",
}
SHEET_ROWS: Final = 1_048_576
"""What a sheet holds; further rows go to another."""

Cells = Sequence[Any]


class TableWriter(Protocol):
    """Turns rows into the bytes of a file; `begin` first, `end` last."""

    def begin(self, columns: Sequence[str]) -> bytes:
        """Return what stands before the rows."""
        ...

    def write(self, rows: Iterable[Cells]) -> bytes:
        """Return these rows."""
        ...

    def end(self) -> bytes:
        """Return what stands after the rows."""
        ...


def open_writer(form: TableFormat) -> TableWriter:
    """Return a writer of this format."""
    kinds: dict[TableFormat, type[TableWriter]] = {
        TableFormat.CSV: CsvWriter,
        TableFormat.XLSX: WorkbookWriter,
        TableFormat.JSONL: JsonLinesWriter,
    }
    return kinds[form]()


class CsvWriter:
    """UTF-8 with a byte order mark, because spreadsheets guess without one; an apostrophe before `= + - @`."""

    def __init__(self) -> None:
        self._text = io.StringIO(newline="")
        self._writer = csv.writer(self._text)

    def begin(self, columns: Sequence[str]) -> bytes:
        """Return the mark and the heading."""
        return b"\xef\xbb\xbf" + self.write([columns])

    def write(self, rows: Iterable[Cells]) -> bytes:
        """Return these rows."""
        self._writer.writerows([[_guarded(cell) for cell in row] for row in rows])
        written = self._text.getvalue().encode()
        self._text.seek(0)
        self._text.truncate()
        return written

    def end(self) -> bytes:
        """Return nothing: a table of text has no end."""
        return b""


class JsonLinesWriter:
    """One JSON object a row, with the columns' own types; decimals are strings."""

    def __init__(self) -> None:
        self._columns: Sequence[str] = ()

    def begin(self, columns: Sequence[str]) -> bytes:
        """Remember the columns; each row names them."""
        self._columns = columns
        return b""

    def write(self, rows: Iterable[Cells]) -> bytes:
        """Return these rows."""
        return b"".join(
            orjson.dumps(dict(zip(self._columns, row, strict=True)), default=str) + b"\n" for row in rows
        )

    def end(self) -> bytes:
        """Return nothing: lines have no end."""
        return b""


_NOT_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_STYLES: Final = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}"><fonts count="2"><font/><font><b/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="2"><xf xfId="0"/><xf xfId="0" fontId="1" applyFont="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


class _Outlet(io.RawIOBase):
    """A file that can only be written, and is emptied as it grows."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def drain(self) -> bytes:
        parts, self._parts = self._parts, []
        return b"".join(parts)


class WorkbookWriter:
    """An Office Open XML workbook (ECMA-376) whose rows leave as they come: texts stand in the cells themselves."""

    def __init__(self) -> None:
        self._outlet = _Outlet()
        self._package = zipfile.ZipFile(self._outlet, "w", zipfile.ZIP_DEFLATED, compresslevel=3)
        self._sheets = 0
        self._rows = 0
        self._heading = b""

    def begin(self, columns: Sequence[str]) -> bytes:
        """Return the beginning of the first sheet."""
        self._heading = _sheet_row(columns, style=' s="1"')
        self._open_sheet()
        return self._outlet.drain()

    def write(self, rows: Iterable[Cells]) -> bytes:
        """Return these rows, on a further sheet once one is full."""
        part: list[bytes] = []
        for row in rows:
            if self._rows == SHEET_ROWS:
                self._sheet.write(b"".join(part))
                part = []
                self._close_sheet()
                self._open_sheet()
            part.append(_sheet_row(row))
            self._rows += 1
        self._sheet.write(b"".join(part))
        return self._outlet.drain()

    def end(self) -> bytes:
        """Return the end of the last sheet and what lists the sheets."""
        self._close_sheet()
        for name, content in _parts(self._sheets):
            self._package.writestr(name, content)
        self._package.close()
        return self._outlet.drain()

    def _open_sheet(self) -> None:
        self._sheets += 1
        self._rows = 1
        self._sheet = self._package.open(f"xl/worksheets/sheet{self._sheets}.xml", "w")
        view = '<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" state="frozen"/>'
        self._sheet.write(
            f'{_HEAD}<worksheet xmlns="{_MAIN}">{view}</sheetView></sheetViews><sheetData>'.encode()
        )
        self._sheet.write(self._heading)

    def _close_sheet(self) -> None:
        self._sheet.write(b"</sheetData></worksheet>")
        self._sheet.close()


def _parts(sheets: int) -> Iterable[tuple[str, str]]:
    """Return the parts of a package that name its sheets."""
    numbers = range(1, sheets + 1)
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        for n in numbers
    )
    listed = "".join(f'<sheet name="Sheet{n}" sheetId="{n}" r:id="rId{n}"/>' for n in numbers)
    related = "".join(
        f'<Relationship Id="rId{n}" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in numbers
    )
    relationships = f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
    yield "xl/styles.xml", _STYLES
    yield (
        "xl/workbook.xml",
        f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>{listed}</sheets></workbook>',
    )
    yield (
        "xl/_rels/workbook.xml.rels",
        (
            f'{relationships}{related}<Relationship Id="rId0" Type="{_RELATIONS}/styles" Target="styles.xml"/>'
            "</Relationships>"
        ),
    )
    yield (
        "_rels/.rels",
        (
            f'{relationships}<Relationship Id="rId1" Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/>'
            "</Relationships>"
        ),
    )
    yield (
        "[Content_Types].xml",
        (
            f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
            f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>{overrides}</Types>'
        ),
    )


def _sheet_row(cells: Iterable[Any], *, style: str = "") -> bytes:
    return f"<row>{''.join([_sheet_cell(cell, style) for cell in cells])}</row>".encode()


def _sheet_cell(cell: object, style: str) -> str:
    if cell is None:
        return "<c/>"
    if isinstance(cell, int | float | Decimal) and not isinstance(cell, bool):
        return f"<c><v>{cell}</v></c>"
    text = escape(_NOT_XML.sub("", _as_text(cell)))
    return f'<c{style} t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _guarded(cell: object) -> object:
    if isinstance(cell, int | float | Decimal) and not isinstance(cell, bool):
        return cell
    text = _as_text(cell)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _as_text(cell: object) -> str:
    match cell:
        case None:
            return ""
        case str():
            return cell
        case bool():
            return "true" if cell else "false"
        case datetime() | date():
            return cell.isoformat()
        case UUID():
            return str(cell)
        case list() if all(isinstance(part, str) for part in cell):
            return SEPARATOR.join(cell)
        case _:
            return orjson.dumps(cell, default=str).decode()
