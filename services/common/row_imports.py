"""Imports row by row: each goes through the operation that a person would use, with guards, audit and events."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

import orjson
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.imports import (
    READING_MEGABYTES,
    READING_SECONDS,
    ImportMode,
    ImportResult,
    ImportRun,
    SentTable,
    Tell,
    Undo,
    is_refused,
    unreadable,
)
from services.common.problems import Problem
from services.common.sessions import savepoint
from services.common.tabular.cells import TableRow
from services.common.tabular.faults import MOST_PROBLEMS, RowProblem
from services.common.tabular.rows import problems_of

MOST_ROWS: Final = 10_000
_PROGRESS_EVERY: Final = 200

RowT = TypeVar("RowT", bound=TableRow)


@dataclass(frozen=True)
class RowImport(Generic[RowT]):
    """How the rows of one noun are entered and changed, one by one."""

    noun: str
    row: type[RowT]
    key: Callable[[RowT], object]
    """By what a row is known; no two rows of a table share it."""
    find: Callable[[AsyncSession, Sequence[RowT]], Awaitable[Mapping[Any, Any]]]
    """Which of the rows are known already, by key."""
    create: Callable[[ImportRun, RowT], Awaitable[None]]
    change: Callable[[ImportRun, RowT, Any], Awaitable[None]] | None
    """None where rows only ever come new."""

    @property
    def modes(self) -> frozenset[ImportMode]:
        """Every mode, unless rows only ever come new."""
        return frozenset(ImportMode if self.change is not None else {ImportMode.CREATE})

    async def enter(self, run: ImportRun, table: SentTable, tell: Tell) -> ImportResult:
        """Enter the rows, in one savepoint each and one around all."""
        found = await _read(self.row, run, table)
        order = table.order
        rows = [(number, self.row.model_validate(fields)) for number, fields in found["rows"]]
        entry = _Entry(self, run, order.mode)
        entry.problems = [RowProblem.model_validate(problem) for problem in found["problems"]]
        unread = found["problem_count"] - len(entry.problems)
        try:
            async with savepoint(run.session):
                await entry.write(rows, lambda done: tell(done, found["total"]))
                if order.dry_run or is_refused(order, len(entry.problems)):
                    raise Undo  # noqa: TRY301  it leaves the savepoint, nothing else
        except Undo:
            pass
        problems = sorted(entry.problems, key=lambda problem: problem.row or 0)
        return ImportResult(
            rows=found["total"],
            created=entry.created,
            changed=entry.changed,
            dry_run=order.dry_run,
            problem_count=len(problems) + unread,
            problems=problems[:MOST_PROBLEMS],
        )


async def _read(model: type[TableRow], run: ImportRun, table: SentTable) -> dict[str, Any]:
    """Return what the worker made of the table; no transaction is open meanwhile."""
    payload = {"model": f"{model.__module__}:{model.__qualname__}"} | table.payload(MOST_ROWS)
    found: dict[str, Any] = orjson.loads(
        await run.worker.run_bounded(
            "services.common.tabular.rows:read_rows",
            payload,
            table.data,
            seconds=READING_SECONDS,
            megabytes=READING_MEGABYTES,
        )
    )
    if fault := found.get("fault"):
        raise unreadable(fault, table.order)
    return found


class _Entry:
    """The rows of one import while they are entered."""

    def __init__(self, importing: RowImport[Any], run: ImportRun, mode: ImportMode) -> None:
        self._importing = importing
        self._run = run
        self._mode = mode
        self.problems: list[RowProblem] = []
        self.created = 0
        self.changed = 0

    async def write(self, rows: Sequence[tuple[int, Any]], tell: Callable[[int], Awaitable[None]]) -> None:
        known = await self._importing.find(self._run.session, [row for _, row in rows])
        seen: set[object] = set()
        for place, (number, row) in enumerate(rows):
            key = self._importing.key(row)
            if key in seen:
                self._refuse(number, "twice", "The same row stands above already.")
            else:
                seen.add(key)
                await self._write_row(number, row, known.get(key))
            if place % _PROGRESS_EVERY == 0:
                await tell(place)

    async def _write_row(self, number: int, row: Any, existing: Any) -> None:
        importing, run = self._importing, self._run
        if existing is not None and self._mode is ImportMode.CREATE:
            self._refuse(number, "known_already", "This row is known already.")
            return
        if existing is None and self._mode is ImportMode.UPDATE:
            self._refuse(number, "not_known", "There is no such row to change.")
            return
        try:
            async with savepoint(run.session):
                if existing is None or importing.change is None:
                    await importing.create(run, row)
                else:
                    await importing.change(run, row, existing)
        except ValidationError as error:
            self.problems += problems_of(number, error)
        except Problem as problem:
            if problem.status >= 500:
                raise
            self.problems += _problems_of(number, problem)
        else:
            self.created += existing is None
            self.changed += existing is not None

    def _refuse(self, number: int, code: str, detail: str) -> None:
        self.problems.append(RowProblem(row=number, column=None, code=code, detail=detail))


def _problems_of(number: int, problem: Problem) -> list[RowProblem]:
    """Return a problem of the noun's operation as problems of its row."""
    if not problem.errors:
        return [RowProblem(row=number, column=None, code=problem.slug, detail=problem.detail)]
    return [
        RowProblem(
            row=number,
            column=fault.pointer.strip("/").partition("/")[0][:100] or None,
            code=fault.code,
            detail=fault.detail,
        )
        for fault in problem.errors
    ]
