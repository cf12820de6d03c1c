"""Workbooks of XLSForm as bytes: read and written in the bounded worker, because one cell can kill its reader."""

import re
from collections.abc import Mapping
from dataclasses import asdict
from io import BytesIO
from typing import Any, Final
from zipfile import BadZipFile, ZipFile

from python_calamine import CalamineWorkbook
from pyxform.errors import PyXFormError
from pyxform.xls2xform import convert
from xlsxwriter import Workbook

from services.common.problems import Fault
from services.evaluation.domain.wordings import Wording
from services.evaluation.domain.xlsform_export import Sheet, as_rows, export_form
from services.evaluation.domain.xlsform_import import Import, import_form
from services.evaluation.domain.xlsform_types import ImportOptions

MIB: Final = 1 << 20
UNPACKED_BYTES: Final = 32 * MIB
PARTS: Final = 300
ROWS: Final = 3_000
COLUMNS: Final = 300
CELL_CHARACTERS: Final = 20_000
SHEETS: Final = ("survey", "choices", "settings")
_OLE: Final = b"\xd0\xcf\x11\xe0"
_ROW: Final = re.compile(r"\[row : ([0-9]+)\]")


class _UnreadableError(ValueError):
    """The workbook cannot be read; the message says why."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.fault = Fault("/file", code, detail)


def read_form(options: dict[str, Any], data: bytes) -> dict[str, Any]:
    """Return questions, sections, faults and notes of a workbook, as JSON; runs in the worker."""
    try:
        sheets = read_sheets(data)
    except _UnreadableError as error:
        return _as_json(Import(faults=[error.fault]))
    form = import_form(sheets, ImportOptions(**options | {"scales": frozenset(options["scales"])}))
    if not form.faults:
        form.faults = check_with_pyxform(sheets)
    return _as_json(form)


def write_form(payload: dict[str, Any], _: bytes) -> bytes:
    """Return a version as a workbook; runs in the worker."""
    wording = Wording.read(payload["questions"], payload["sections"])
    sheets = export_form(wording, payload["code"], payload["title"], payload["number"])
    buffer = BytesIO()
    # Everything is text: what begins with `=` must not become a formula.
    with Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        bold = book.add_format({"bold": True})
        for name, sheet in sheets.items():
            page = book.add_worksheet(name)
            page.freeze_panes(1, 0)
            for row, cells in enumerate(sheet):
                for column, text in enumerate(cells):
                    if text:
                        page.write_string(row, column, text, bold if row == 0 else None)
    return buffer.getvalue()


def check_with_pyxform(sheets: Mapping[str, Sheet]) -> list[Fault]:
    """Return what keeps pyxform from converting the form; other tools would refuse it as well."""
    book: dict[str, Any] = {}
    for name in SHEETS:
        if sheets.get(name):
            book[name] = as_rows(sheets[name])
            book[f"{name}_header"] = [dict.fromkeys(header for header in sheets[name][0] if header)]
    try:
        convert(xlsform=book, validate=False, form_name="form")
    except PyXFormError as error:
        text = " ".join(str(error).split())
        row = int(found[1]) if (found := _ROW.search(text)) else 1
        sheet = "choices" if "'choices'" in text else "survey"
        detail = f"Sheet {sheet}, row {row}, column name: pyxform refuses it. {text[:300]}"
        return [Fault(f"/{sheet}/{row}/name", "pyxform", detail)]
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        return [
            Fault(
                "/survey/1/type", "pyxform", "Sheet survey, row 1, column type: pyxform cannot read the form."
            )
        ]
    return []


def read_sheets(data: bytes) -> dict[str, Sheet]:
    """Return the sheets of a form by their names in small letters, cells as text."""
    _guard(data)
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(data))
        wanted = {n.strip().lower(): n for n in book.sheet_names if n.strip().lower() in SHEETS}
        sheets = {name: book.get_sheet_by_name(title) for name, title in wanted.items()}
    except MemoryError:
        raise
    except BaseException as error:
        # Panics of the reader derive from nothing else.
        raise _UnreadableError("workbook_unreadable", "The workbook cannot be read.") from error
    if any(sheet.total_height > ROWS or sheet.total_width > COLUMNS for sheet in sheets.values()):
        raise _UnreadableError("sheet_too_large", f"A sheet has at most {ROWS} rows and {COLUMNS} columns.")
    return {
        name: [[_text(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
        for name, sheet in sheets.items()
    }


def _guard(data: bytes) -> None:
    """Look at a workbook from outside, before anything unpacks it."""
    if data.startswith(_OLE):
        return
    try:
        parts = ZipFile(BytesIO(data)).infolist()
    except (BadZipFile, ValueError, NotImplementedError) as error:
        raise _UnreadableError("no_workbook", "Expected a workbook, .xlsx or .xls.") from error
    if any(part.filename.lower().endswith("vbaproject.bin") for part in parts):
        raise _UnreadableError("macros", "Workbooks with macros are not read; save it as .xlsx.")
    if len(parts) > PARTS or sum(part.file_size for part in parts) > UNPACKED_BYTES:
        raise _UnreadableError("workbook_too_large", "Unpacked, the workbook is too large.")


def _text(cell: object) -> str:
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)[:CELL_CHARACTERS]


def _as_json(form: Import) -> dict[str, Any]:
    return {
        "questions": [question.model_dump(mode="json") for question in form.questions],
        "sections": [section.model_dump(mode="json") for section in form.sections],
        "faults": [asdict(fault) for fault in form.faults],
        "notes": [asdict(note) for note in form.notes],
    }
