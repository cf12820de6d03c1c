"""Tables as people have them, and tables that were made to do harm."""

import io
import zipfile
from datetime import date, datetime, time
from typing import Any

import openpyxl
import orjson
import pytest
import xlsxwriter

from services.common.media_types import XLSX
from services.common.tabular.cells import CountCell, DayCell, FlagCell, ListCell, LocalTimeCell, TableRow
from services.common.tabular.faults import TableFault
from services.common.tabular.reading import TableSource, read_cells
from services.common.tabular.rows import read_rows
from services.common.tabular.texts import TableEncoding, decode
from services.common.wire import Code, Line
from services.common.worker import InputTooDemanding, WorkerPool

NAMES = "Әлия Қасымқызы;Ғани;Өмірбек"


class ExampleRow(TableRow):
    """Every kind of cell."""

    code: Code
    name: Line | None = None
    seats: CountCell | None = None
    day: DayCell | None = None
    at: LocalTimeCell | None = None
    pilot: FlagCell | None = None
    languages: ListCell | None = None


def rows(data: bytes, media_type: str = "text/csv", **options: Any) -> list[tuple[int, list[str]]]:
    return list(read_cells(TableSource(data, media_type, **options)))


def fault(data: bytes, media_type: str = "text/csv", **options: Any) -> str:
    with pytest.raises(TableFault) as caught:
        rows(data, media_type, **options)
    return caught.value.problem.code


def read(data: bytes, media_type: str = "text/csv", **options: Any) -> dict[str, Any]:
    payload = {"model": f"{__name__}:ExampleRow", "media_type": media_type, "most_rows": 100}
    found: dict[str, Any] = orjson.loads(
        read_rows(payload | {"encoding": None, "delimiter": None} | options, data)
    )
    return found


def workbook(*cells: tuple[int, int, object]) -> bytes:
    book = io.BytesIO()
    with xlsxwriter.Workbook(book, {"in_memory": True}) as written:
        sheet = written.add_worksheet()
        for row, column, value in cells:
            sheet.write(row, column, value)
    return book.getvalue()


def raw_workbook(sheet: bytes, **parts: bytes) -> bytes:
    """A workbook whose sheet holds these bytes, and further parts by name."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook((0, 0, "code")))) as sound,
        zipfile.ZipFile(made, "w", 8) as book,
    ):
        for name in sound.namelist():
            book.writestr(name, sheet if name == "xl/worksheets/sheet1.xml" else sound.read(name))
        for name, content in parts.items():
            book.writestr(name, content)
    return made.getvalue()


def sheet(inside: str, dimension: str = "A1") -> bytes:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return (
        f'<?xml version="1.0"?><worksheet xmlns="{space}"><dimension ref="{dimension}"/>'
        f"<sheetData>{inside}</sheetData></worksheet>"
    ).encode()


class TestEncodings:
    @pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
    def test_unicode_needs_not_be_said(self, codec: str) -> None:
        text = f"name;b;c\n{NAMES}\n"
        assert decode(text.encode(codec), None) == text

    def test_kazakh_in_a_single_byte_must_be_said(self) -> None:
        data = f"name;b;c\n{NAMES}\n".encode("kz1048")
        assert fault(data) == "encoding_unknown"
        assert rows(data, encoding=TableEncoding.KZ_1048)[1] == (2, NAMES.split(";"))

    def test_russian_in_a_single_byte_must_be_said(self) -> None:
        data = "имя\nЩукин\n".encode("cp1251")
        assert fault(data) == "encoding_unknown"
        assert rows(data, encoding=TableEncoding.WINDOWS_1251)[1] == (2, ["Щукин"])

    def test_what_is_said_must_hold(self) -> None:
        assert fault(b"\x98", encoding=TableEncoding.WINDOWS_1251) == "encoding_wrong"
        assert fault("имя".encode("cp1251"), encoding=TableEncoding.UTF_8) == "encoding_wrong"
        assert fault(b"\xff\xfea", encoding=None) == "encoding_wrong"
        assert decode("aә".encode("utf-16-be"), TableEncoding.UTF_16) == "aә"

    def test_zero_bytes_are_no_text(self) -> None:
        assert fault(b"a\0\0b\n") == "not_text"


class TestCsv:
    @pytest.mark.parametrize("delimiter", [",", ";", "\t"])
    def test_the_heading_tells_the_delimiter(self, delimiter: str) -> None:
        data = f'"a,;b"{delimiter}c{delimiter}d\n1{delimiter}2{delimiter}3\n'.encode()
        assert rows(data) == [(1, ["a,;b", "c", "d"]), (2, ["1", "2", "3"])]

    def test_a_delimiter_may_be_said(self) -> None:
        assert rows(b"a,b;c\n", delimiter=";") == [(1, ["a,b", "c"])]

    @pytest.mark.parametrize(
        "data",
        [b'a,b\n1,"never closed\n2,3\n', b'a\n"x"y\n', b"a\n" + b"x" * 40_000 + b"\n"],
    )
    def test_quotes_must_close_and_cells_end(self, data: bytes) -> None:
        with pytest.raises(TableFault) as caught:
            rows(data)
        assert (caught.value.problem.code, caught.value.problem.row) == ("quotes", 2)

    def test_rows_are_counted_as_a_spreadsheet_does(self) -> None:
        assert rows(b'a,b\n\n,\n"x\ny",2\n') == [(1, ["a", "b"]), (4, ["x\ny", "2"])]

    def test_an_apostrophe_of_our_exports_is_taken_off(self) -> None:
        assert rows(b"'=1+1,'-5,'quoted\n") == [(1, ["=1+1", "-5", "'quoted"])]

    @pytest.mark.parametrize(
        ("data", "code"),
        [
            (b"", "empty"),
            (b"\n,,,\n" * 10, "empty"),
            (b"a\n1\n2\n3\n4\n", "too_many_rows"),
            (b"a," * 101 + b"\n", "too_many_columns"),
        ],
    )
    def test_its_measures(self, data: bytes, code: str) -> None:
        assert fault(data, most_rows=3) == code

    def test_a_million_blank_rows_are_nothing(self) -> None:
        assert rows(b"a;b;c\n" + b";;\n" * 1_000_000) == [(1, ["a", "b", "c"])]


class TestWorkbooks:
    def test_cells_become_text(self) -> None:
        book = openpyxl.Workbook()
        page = book.active
        assert page is not None

        moment = datetime(2025, 4, 10, 9, 30)  # noqa: DTZ001  workbooks know no zones
        page.append(["text", 1, 1.5, True, date(2025, 4, 10), moment, time(9, 30), None])
        saved = io.BytesIO()
        book.save(saved)
        [(number, cells)] = rows(saved.getvalue(), XLSX)
        assert number == 1
        assert cells[:7] == [
            "text",
            "1",
            "1.5",
            "true",
            "2025-04-10",
            "2025-04-10T09:30:00",
            "09:30:00",
        ]

    def test_row_numbers_are_the_sheets(self) -> None:
        assert rows(workbook((2, 1, "code"), (5, 1, "x")), XLSX) == [(3, ["", "code"]), (6, ["", "x"])]

    @pytest.mark.parametrize(
        ("data", "code"),
        [
            (b"no zip", "workbook_unreadable"),
            (workbook((0, 0, "a"))[:-30], "workbook_unreadable"),
            (raw_workbook(b"<not xml"), "workbook_unreadable"),
            # a cell in the last corner, for which 17 billion cells would be reserved
            (raw_workbook(sheet('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')), "too_many_rows"),
            (raw_workbook(sheet('<row r="900"><c r="XFD900"><v>1</v></c></row>')), "too_many_cells"),
            (
                raw_workbook(sheet("".join(f'<row r="{n}"/>' for n in range(1, 1_000_000, 7)))),
                "too_many_rows",
            ),
            # 888 KB that hold 300 MB
            (raw_workbook(sheet("<row/>" * 100) + b" " * (300 << 20)), "workbook_too_large"),
            (raw_workbook(sheet(""), **{"xl/vbaProject.bin": b"macro"}), "workbook_macros"),
            (raw_workbook(sheet("")), "empty"),
        ],
    )
    def test_hostile_ones_are_told(self, data: bytes, code: str) -> None:
        assert fault(data, XLSX, most_rows=1000) == code

    def test_entities_and_formulas_do_nothing(self) -> None:
        bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
        cell = '<row r="1"><c r="A1" t="str"><f>HYPERLINK("http://example.invalid")</f><v>shown</v></c></row>'
        data = sheet(cell).replace(b"<worksheet", bomb + b"<worksheet", 1)
        assert rows(raw_workbook(data), XLSX) == [(1, ["shown"])]

    async def test_the_worker_survives_what_passes_the_guard(self) -> None:
        """The same corner without its reference: the reader counts cells itself."""
        inside = "<row>" + "<c><v>1</v></c>" * 200 + "</row>"
        data = raw_workbook(sheet(inside, "A1:XFD1048576"))
        payload = {"model": f"{__name__}:ExampleRow", "media_type": XLSX, "most_rows": 10}
        async with WorkerPool(packages=("services", "tests")) as pool:
            try:
                found = await pool.run_bounded(
                    "services.common.tabular.rows:read_rows",
                    payload | {"encoding": None, "delimiter": None},
                    data,
                    seconds=20,
                    megabytes=512,
                )
            except InputTooDemanding:
                return
        assert "fault" in orjson.loads(found)


class TestRows:
    def test_cells_become_values(self) -> None:
        found = read(
            "Code;Name;seats;Day;at;pilot;languages\n"
            "a;Ә;12;10.04.2025;10.04.2025 09:00;иә;kk| ru\n"
            "b;;;;2025-04-10T09:00+05:00;no;\n".encode()
        )
        assert found["problems"] == []
        assert found["rows"] == [
            [
                2,
                {
                    "code": "a",
                    "name": "Ә",
                    "seats": 12,
                    "day": "2025-04-10",
                    "at": "2025-04-10T09:00:00",
                    "pilot": True,
                    "languages": ["kk", "ru"],
                },
            ],
            [3, {"code": "b", "at": "2025-04-10T09:00:00+05:00", "pilot": False}],
        ]

    def test_problems_name_row_and_column_and_never_the_value(self) -> None:
        secret = "N1234567"
        found = read(
            f"code,seats,day,at,pilot\n{secret} {secret},{secret},{secret},{secret},{secret}\n".encode()
        )
        assert {(p["row"], p["column"]) for p in found["problems"]} == {
            (2, name) for name in ("code", "seats", "day", "at", "pilot")
        }
        assert secret not in orjson.dumps(found).decode()

    @pytest.mark.parametrize(
        ("heading", "code"),
        [
            (b"code,nonsense\n", "unknown_column"),
            (b"code,Code\n", "column_twice"),
            (b"name\n", "column_missing"),
            (b"code,,name\n", "unknown_column"),
            (b"code\na,b\n", "row_too_long"),
        ],
    )
    def test_the_heading_must_fit(self, heading: bytes, code: str) -> None:
        assert read(heading)["fault"]["code"] == code

    def test_of_many_problems_the_first_are_told(self) -> None:
        found = read(b"code\n" + b"a b\n" * 1500, most_rows=2000)
        assert (len(found["problems"]), found["problem_count"], found["total"]) == (1000, 1500, 1500)
