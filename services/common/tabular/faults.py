"""What is wrong with a table or with one of its rows; never the value itself."""

from typing import Final

from services.common.wire import Answer

MOST_PROBLEMS: Final = 1000
"""Of more problems than these only the number is told."""


class RowProblem(Answer):
    """One thing wrong in a table."""

    row: int | None
    """As a spreadsheet counts, the heading being row 1; null where the whole table is meant."""
    column: str | None
    code: str
    detail: str


class TableFault(Exception):  # noqa: N818  no failure of ours: it travels as a `RowProblem`
    """The table cannot be read any further."""

    def __init__(self, code: str, detail: str, *, row: int | None = None, column: str | None = None) -> None:
        super().__init__(code)
        self.problem = RowProblem(row=row, column=column, code=code, detail=detail)
