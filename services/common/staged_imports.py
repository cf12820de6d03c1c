"""Imports by the hundred thousand: a worker checks the rows, a COPY stages them, few statements enter them all."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson
from sqlalchemy import text
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
from services.common.sessions import copy_in, savepoint
from services.common.tabular.cells import TableRow
from services.common.tabular.faults import MOST_PROBLEMS, RowProblem

MOST_STAGED: Final = 200_000
_STAGE: Final = "stage"
"""The temporary table: the number of the row, and the noun's columns; gone with the transaction."""


@dataclass(frozen=True)
class StagedImport:
    """How rows of one noun are entered all at once; they only ever come new."""

    noun: str
    row: type[TableRow]
    columns: Mapping[str, str]
    """The columns of the stage and their types in SQL."""
    cells: str
    """`module:function` that makes a row's cells, in the order of the columns; called in the worker."""
    check: Callable[[AsyncSession], Awaitable[Sequence[tuple[int, str, str]]]]
    """What is wrong with staged rows: row, code, detail; each row once."""
    write: Callable[[ImportRun], Awaitable[int]]
    """Enters every staged row, with its audit entry, and says how many."""

    @property
    def modes(self) -> frozenset[ImportMode]:
        """New rows only."""
        return frozenset({ImportMode.CREATE})

    async def enter(self, run: ImportRun, table: SentTable, tell: Tell) -> ImportResult:
        """Stage, check and enter the rows in one savepoint."""
        found, copied = await self._read(run, table)
        await tell(0, found["total"])
        order = table.order
        problems = [RowProblem.model_validate(problem) for problem in found["problems"]]
        count, created = found["problem_count"], 0
        try:
            async with savepoint(run.session):
                await _fill_stage(run.session, self.columns, copied)
                more = await self.check(run.session)
                count += len(more)
                problems += [
                    RowProblem(row=row, column=None, code=code, detail=detail)
                    for row, code, detail in more[:MOST_PROBLEMS]
                ]
                if is_refused(order, count):
                    raise Undo  # noqa: TRY301  it leaves the savepoint, nothing else
                await _drop_rows(run.session, [row for row, *_ in more])
                created = await self.write(run)
                if order.dry_run:
                    raise Undo  # noqa: TRY301  likewise
        except Undo:
            pass
        problems.sort(key=lambda problem: problem.row or 0)
        return ImportResult(
            rows=found["total"],
            created=created,
            changed=0,
            dry_run=order.dry_run,
            problem_count=count,
            problems=problems[:MOST_PROBLEMS],
        )

    async def _read(self, run: ImportRun, table: SentTable) -> tuple[dict[str, Any], bytes]:
        """Return what the worker found, and the valid rows as COPY reads them."""
        model = f"{self.row.__module__}:{self.row.__qualname__}"
        payload = {"model": model, "cells": self.cells} | table.payload(MOST_STAGED)
        answer: bytes = await run.worker.run_bounded(
            "services.common.tabular.staging:stage_rows",
            payload,
            table.data,
            seconds=READING_SECONDS,
            megabytes=READING_MEGABYTES,
        )
        head, _, copied = answer.partition(b"\n")
        found: dict[str, Any] = orjson.loads(head)
        if fault := found.get("fault"):
            raise unreadable(fault, table.order)
        return found, copied


async def _fill_stage(session: AsyncSession, columns: Mapping[str, str], copied: bytes) -> None:
    # Longer than other statements may take, and for this transaction only.
    await session.execute(text("SET LOCAL statement_timeout = '2min'"))
    declared = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    await session.execute(
        text(f"CREATE TEMPORARY TABLE {_STAGE} (number integer NOT NULL, {declared}) ON COMMIT DROP")
    )
    await copy_in(session, _STAGE, ["number", *columns], copied)


async def _drop_rows(session: AsyncSession, numbers: Sequence[int]) -> None:
    if numbers:
        gone = text(f"DELETE FROM {_STAGE} WHERE number = ANY(:numbers)")  # noqa: S608  a constant
        await session.execute(gone, {"numbers": list(numbers)})
