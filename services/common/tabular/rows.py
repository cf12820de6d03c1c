"""From cells to rows of a model: the work of the bounded worker on an import."""

import importlib
import re
from collections.abc import Iterator
from typing import Any, Final

import orjson
from pydantic import TypeAdapter, ValidationError

from services.common.tabular.cells import TableRow
from services.common.tabular.faults import MOST_PROBLEMS, RowProblem, TableFault
from services.common.tabular.reading import Row, TableSource, read_cells
from services.common.tabular.texts import TableEncoding
from services.common.wire import say_error

_BLANKS: Final = re.compile(r"[\s-]+")


def read_rows(payload: dict[str, Any], data: bytes) -> bytes:
    """Return, as JSON, the valid rows of a table by number and what is wrong with the others.

    `payload` names the model (`module:Class`), media type, encoding, delimiter and the most rows. The answer holds
    `rows` ([number, fields]), `problems` (at most `MOST_PROBLEMS`), `problem_count`, `total`, and `fault` in place
    of all where the table itself is unreadable.
    """
    try:
        return orjson.dumps(_read(source_of(payload, data), find_model(payload["model"])))
    except TableFault as fault:
        return orjson.dumps({"fault": fault.problem.model_dump()})


def source_of(payload: dict[str, Any], data: bytes) -> TableSource:
    """Return the table that a job of the worker is given."""
    encoding = TableEncoding(payload["encoding"]) if payload["encoding"] else None
    return TableSource(data, payload["media_type"], encoding, payload["delimiter"], payload["most_rows"])


def find_model(path: str) -> type[TableRow]:
    """Return the model that `path` (`module:Class`) names."""
    module, _, name = path.partition(":")
    model: type[TableRow] = getattr(importlib.import_module(module), name)
    return model


def _read(source: TableSource, model: type[TableRow]) -> dict[str, Any]:
    cells = read_cells(source)
    columns = read_heading(next(cells), model)
    rows, problems, total = [], [], 0
    adapter = TypeAdapter(model)
    for number, values in cells:
        total += 1
        try:
            row = adapter.validate_python(fields_of(columns, number, values))
        except ValidationError as error:
            problems += list(problems_of(number, error))
        else:
            rows.append([number, row.model_dump(mode="json", exclude_unset=True)])
    told = [problem.model_dump() for problem in problems[:MOST_PROBLEMS]]
    return {"rows": rows, "problems": told, "problem_count": len(problems), "total": total}


def read_heading(row: Row, model: type[TableRow]) -> list[str]:
    """Return the columns in their order; raise `TableFault` for unknown, doubled and missing ones."""
    number, cells = row
    while cells and not cells[-1]:
        cells = cells[:-1]
    columns = [_BLANKS.sub("_", cell.casefold()) for cell in cells]
    for place, column in enumerate(columns):
        if column not in model.model_fields:
            known = ", ".join(model.model_fields)
            raise TableFault("unknown_column", f"Column {place + 1} is none of: {known}.", row=number)
        if column in columns[:place]:
            raise TableFault("column_twice", "The column stands twice.", row=number, column=column)
    for name, field in model.model_fields.items():
        if field.is_required() and name not in columns:
            raise TableFault("column_missing", "This column is compulsory.", row=number, column=name)
    return columns


def problems_of(number: int, error: ValidationError) -> Iterator[RowProblem]:
    """Yield what a model finds wrong with row `number`, without the values."""
    for fault in error.errors():
        place = fault["loc"]
        column = str(place[0])[:100] if place else None
        yield RowProblem(row=number, column=column, code=str(fault["type"]), detail=say_error(dict(fault)))


def fields_of(columns: list[str], number: int, values: list[str]) -> dict[str, str]:
    """Return the cells that say something, by column; raise `TableFault` for more than the heading has."""
    if any(values[len(columns) :]):
        raise TableFault("row_too_long", "The row has more cells than the heading.", row=number)
    return {column: value for column, value in zip(columns, values, strict=False) if value}
