"""From cells to COPY: the work of the bounded worker on an import by the hundred thousand."""

import importlib
from collections.abc import Callable, Sequence
from typing import Any, Final

import orjson
from pydantic import TypeAdapter, ValidationError

from services.common.tabular.cells import TableRow
from services.common.tabular.faults import MOST_PROBLEMS, RowProblem, TableFault
from services.common.tabular.reading import TableSource, read_cells
from services.common.tabular.rows import fields_of, find_model, problems_of, read_heading, source_of

Cells = Callable[[Any], Sequence[str | None]]
_NULL: Final = "\0"
"""Stands for a blank cell until its line is escaped; no valid text holds it."""
_ESCAPES: Final = str.maketrans({"\\": r"\\", "\n": r"\n", "\r": r"\r", "\t": r"\t"})


def stage_rows(payload: dict[str, Any], data: bytes) -> bytes:
    """Return a line of JSON as `read_rows` gives it, without the rows; then the rows as COPY text.

    `payload` also names `cells`, the function that makes the cells of a row's line, its number excluded.
    """
    module, _, name = payload["cells"].partition(":")
    cells: Cells = getattr(importlib.import_module(module), name)
    try:
        head, lines = _stage(source_of(payload, data), find_model(payload["model"]), cells)
    except TableFault as fault:
        return orjson.dumps({"fault": fault.problem.model_dump()}) + b"\n"
    return orjson.dumps(head) + b"\n" + "".join(lines).encode()


def _stage(source: TableSource, model: type[TableRow], cells: Cells) -> tuple[dict[str, Any], list[str]]:
    rows = read_cells(source)
    columns = read_heading(next(rows), model)
    lines: list[str] = []
    problems: list[RowProblem] = []
    total = 0
    validate = TypeAdapter(model).validator.validate_python
    for number, values in rows:
        total += 1
        try:
            row = validate(fields_of(columns, number, values))
        except ValidationError as error:
            problems += problems_of(number, error)
        else:
            lines.append(copy_line(number, cells(row)))
    told = [problem.model_dump() for problem in problems[:MOST_PROBLEMS]]
    return {"problems": told, "problem_count": len(problems), "total": total}, lines


def copy_line(number: int, cells: Sequence[str | None]) -> str:
    """Return a line of COPY's text format."""
    line = "\t".join([_NULL if cell is None else cell for cell in cells])
    # Few lines need it, and looking costs less than escaping each cell.
    if "\\" in line or "\n" in line or "\r" in line or line.count("\t") >= len(cells):
        line = "\t".join([_NULL if cell is None else cell.translate(_ESCAPES) for cell in cells])
    return f"{number}\t" + line.replace(_NULL, r"\N") + "\n"
