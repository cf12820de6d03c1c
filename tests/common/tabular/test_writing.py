"""What is written is read again as it was, by readers that are not ours, and no cell is a formula."""

import csv
import io
import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.common.media_types import XLSX
from services.common.tabular import writing
from services.common.tabular.reading import TableSource, read_cells
from services.common.tabular.writing import TableFormat, open_writer

COLUMNS = ["text", "number", "day"]
DANGEROUS = ["=1+1", "+1", "-1+cmd|' /C calc'!A0", "@SUM(A1)", "\tx", "\rx"]


def write(form: TableFormat, rows: Sequence[Sequence[Any]], columns: Sequence[str] = COLUMNS) -> bytes:
    writer = open_writer(form)
    return writer.begin(columns) + b"".join(writer.write([row]) for row in rows) + writer.end()


def read_workbook(data: bytes) -> list[list[list[Any]]]:
    book = openpyxl.load_workbook(io.BytesIO(data))
    return [[[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in book]


def test_values_of_every_kind() -> None:
    id_ = UUID(int=1)
    rows = [
        ['Ә & <b> "x"', Decimal("12.50"), date(2025, 4, 10)],
        [id_, 7, None],
        [["kk", "ru"], True, {"en": "a"}],
        [datetime(2025, 4, 10, 9, tzinfo=UTC), 1.5, [{"a": 1}]],
    ]
    text = [
        ['Ә & <b> "x"', "12.50", "2025-04-10"],
        [str(id_), "7", ""],
        ["kk|ru", "true", '{"en":"a"}'],
        ["2025-04-10T09:00:00+00:00", "1.5", '[{"a":1}]'],
    ]
    written = write(TableFormat.CSV, rows)
    assert written.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(io.StringIO(written.decode("utf-8-sig")))) == [COLUMNS, *text]
    [sheet] = read_workbook(write(TableFormat.XLSX, rows))
    assert sheet[0] == COLUMNS
    assert sheet[1] == ['Ә & <b> "x"', 12.5, "2025-04-10"]
    assert sheet[2] == [str(id_), 7, None]
    lines = [json.loads(line) for line in write(TableFormat.JSONL, rows).splitlines()]
    assert lines[0] == {"text": 'Ә & <b> "x"', "number": "12.50", "day": "2025-04-10"}
    assert lines[2] == {"text": ["kk", "ru"], "number": True, "day": {"en": "a"}}


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_text_is_a_formula(text: str) -> None:
    rows = [[text, Decimal(-5), None]]
    written = list(csv.reader(io.StringIO(write(TableFormat.CSV, rows).decode("utf-8-sig"), newline="")))
    assert written[1] == [f"'{text}", "-5", ""]
    book = openpyxl.load_workbook(io.BytesIO(write(TableFormat.XLSX, rows)))
    cell = book.worksheets[0]["A2"]
    assert cell.data_type == "s"
    assert str(cell.value).strip() == text.replace("\r", "\n").strip()


def test_what_xml_cannot_hold_is_left_out() -> None:
    assert read_workbook(write(TableFormat.XLSX, [["a\x00\x0b\ufffeb", 1, None]]))[0][1][0] == "ab"


def test_a_full_sheet_is_followed_by_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "SHEET_ROWS", 3)
    sheets = read_workbook(write(TableFormat.XLSX, [[n] for n in range(5)], ["n"]))
    assert sheets == [[["n"], [0], [1]], [["n"], [2], [3]], [["n"], [4]]]


def test_an_empty_table_has_its_heading() -> None:
    assert read_workbook(write(TableFormat.XLSX, [])) == [[COLUMNS]]
    assert write(TableFormat.CSV, []).decode("utf-8-sig") == "text,number,day\r\n"
    assert write(TableFormat.JSONL, []) == b""


words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30).map(str.strip)


@given(st.lists(st.tuples(words, words), max_size=10))
def test_an_export_can_be_imported(rows: list[tuple[str, str]]) -> None:
    wanted = [list(row) for row in rows if any(row) and not any(cell.startswith("'") for cell in row)]
    kept = [row for row in wanted if not any("\ufffe" in cell or "\uffff" in cell for cell in row)]
    for form, media_type in ((TableFormat.CSV, "text/csv"), (TableFormat.XLSX, XLSX)):
        data = write(form, kept, ["a", "b"])
        [_, *found] = [[*cells, ""][:2] for _, cells in read_cells(TableSource(data, media_type))]
        assert found == kept
