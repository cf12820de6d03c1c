"""Workbooks of a few sheets, written in a child of the bounded worker, which alone loads what writes them."""

import io
from typing import Any, Final

import orjson

_WIDTHS: Final = {"text": 60, "notes": 80, "label": 30, "what": 40, "is": 60}


def write_workbook(payload: dict[str, Any], data: bytes) -> bytes:
    """Return an XLSX workbook of `{tables: [{name, columns, rows}]}`; a text is never a formula.

    `payload` holds the `title` of the document.
    """
    import xlsxwriter  # noqa: PLC0415  heavy: loaded where it is used

    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False}) as book:
        book.set_properties({"title": payload["title"]})
        head, text = book.add_format({"bold": True, "bottom": 1}), book.add_format({"text_wrap": True})
        for table in orjson.loads(data)["tables"]:
            sheet = book.add_worksheet(table["name"])
            sheet.freeze_panes(1, 0)
            for place, column in enumerate(table["columns"]):
                sheet.write_string(0, place, column, head)
                sheet.set_column(place, place, _WIDTHS.get(column, 14))
            for number, row in enumerate(table["rows"], 1):
                for place, value in enumerate(row):
                    if isinstance(value, str):
                        sheet.write_string(number, place, value, text)
                    elif value is not None:
                        sheet.write_number(number, place, value)
    return target.getvalue()
