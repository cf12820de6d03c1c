"""Imports: a table that was uploaded becomes rows of a noun, all of them or none unless asked otherwise.

The table is read and checked in the bounded worker; then each row goes through the operation of its noun, so
guards, audit and events are those of any other change. What is wrong is told by row and column, never by value.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, Final, Generic, Literal, TypeVar
from uuid import UUID

import orjson
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.clock import real_now
from services.common.file_records import FileNotAttachable, FileNotFound, discard_files, file, get_file
from services.common.files import Files
from services.common.identity import Caller, Grant, GrantKind, Reach, Role
from services.common.jobs import Job, Work, schedule_job
from services.common.operations import (
    fail_operation,
    report_progress,
    start_operation,
    succeed_operation,
)
from services.common.problems import Fault, Problem, RequestInvalid, Title, title
from services.common.purge import hasten_file_purge
from services.common.sessions import Sessions, savepoint
from services.common.tabular.cells import TableRow
from services.common.tabular.faults import MOST_PROBLEMS, RowProblem
from services.common.tabular.rows import problems_of
from services.common.tabular.texts import TableEncoding
from services.common.wire import Answer, Flag, Id, Request
from services.common.worker import WorkerPool

MOST_ROWS: Final = 10_000
READING_SECONDS: Final = 60.0
READING_MEGABYTES: Final = 1024
_PROGRESS_EVERY: Final = 200

RowT = TypeVar("RowT", bound=TableRow)


class ImportMode(StrEnum):
    """What may happen to the rows of a table."""

    CREATE = "create"
    """Every row is new."""
    UPDATE = "update"
    """Every row is known already."""
    UPSERT = "upsert"
    """Known rows change, others are new."""


class TableUnreadable(Problem):
    """The file is not a table that can be read; the operation's `result` says where and why."""

    status: ClassVar[int] = 422
    slug: ClassVar[str] = "table-unreadable"
    title: ClassVar[Title] = title(
        en="The table cannot be read", ru="Таблица не читается", kk="Кестені оқу мүмкін емес"
    )


class RowsInvalid(Problem):
    """Rows of the table are not valid, so nothing was written; the operation's `result` names them."""

    status: ClassVar[int] = 422
    slug: ClassVar[str] = "rows-invalid"
    title: ClassVar[Title] = title(
        en="Rows of the table are not valid", ru="В таблице есть ошибки", kk="Кестеде қателер бар"
    )


class ImportRequest(Request):
    """A table to import, which was uploaded for the purpose `import`."""

    file_id: Id
    mode: ImportMode
    dry_run: Flag = False
    """Check everything and write nothing; the file can then be imported."""
    partial: Flag = False
    """Write the valid rows even if others are not."""
    encoding: TableEncoding | None = None
    """Needed for text that is neither UTF-8 nor UTF-16."""
    delimiter: Literal[",", ";", "\t"] | None = None
    """Left out: what separates the heading."""


class ImportResult(Answer):
    """What came of an import; the `result` of its operation."""

    rows: int
    created: int
    changed: int
    dry_run: bool
    problem_count: int
    problems: list[RowProblem]


class ImportOrder(ImportRequest):
    """An import that was accepted, and for whom it is carried out."""

    subject: Id | None
    roles: frozenset[str]
    grants: frozenset[tuple[str, str, str]]
    reach: Reach

    def caller(self) -> Caller:
        """Return whoever asked for it, with the rights they had."""
        grants = frozenset(Grant(Role(role), GrantKind(kind), id_) for role, kind, id_ in self.grants)
        return Caller(self.subject, frozenset(map(Role, self.roles)), grants, reach=self.reach)


@dataclass(frozen=True)
class ImportRun:
    """What the operations of a noun need to write a row."""

    session: AsyncSession
    caller: Caller
    worker: WorkerPool
    demonstration: bool


@dataclass(frozen=True)
class Import(Generic[RowT]):
    """How one noun is imported."""

    noun: str
    """Plural, as in addresses."""
    row: type[RowT]
    key: Callable[[RowT], object]
    """By what a row is known; no two rows of a table share it."""
    find: Callable[[AsyncSession, Sequence[RowT]], Awaitable[Mapping[Any, Any]]]
    """Which of the rows are known already, by key."""
    create: Callable[[ImportRun, RowT], Awaitable[None]]
    change: Callable[[ImportRun, RowT, Any], Awaitable[None]] | None
    """None where rows only ever come new."""

    @property
    def job(self) -> str:
        """The kind of its job."""
        return f"import.{self.noun}"


@dataclass
class _Tally:
    created: int = 0
    changed: int = 0


class _Undo(Exception):  # noqa: N818  no error: the way out of a savepoint
    pass


async def start_import(
    session: AsyncSession, caller: Caller, importing: Import[Any], request: ImportRequest
) -> UUID:
    """Accept an import of the caller's file and return the operation that follows it.

    Raises RequestInvalid for a mode that the noun does not know, FileNotAttachable for any other file.
    """
    if importing.change is None and request.mode is not ImportMode.CREATE:
        raise RequestInvalid(
            "See `errors`.", errors=[Fault("/mode", "mode", "These rows are never changed: use create.")]
        )
    await _require_table(session, caller, request.file_id)
    order = ImportOrder(
        **request.model_dump(),
        subject=caller.subject,
        roles=frozenset(map(str, caller.roles)),
        grants=frozenset((str(g.role), str(g.kind), g.id) for g in caller.grants),
        reach=caller.reach,
    )
    operation_id = await start_operation(session, caller, f"{importing.noun}.import")
    payload = {"order": order.model_dump_json()}
    await schedule_job(session, importing.job, operation_id, await real_now(session), payload=payload)
    return operation_id


def import_works(
    imports: Sequence[Import[Any]],
    sessions: Sessions,
    files: Files,
    worker: WorkerPool,
    *,
    demonstration: bool,
) -> dict[str, Work]:
    """Return the jobs that carry these imports out."""

    def work_of(importing: Import[Any]) -> Work:
        async def work(session: AsyncSession, job: Job) -> None:
            order = ImportOrder.model_validate_json(job.payload["order"])
            run = ImportRun(session, order.caller(), worker, demonstration)
            await _carry_out(run, importing, job.subject, order, sessions, files)

        return work

    return {importing.job: work_of(importing) for importing in imports}


async def _carry_out(
    run: ImportRun,
    importing: Import[Any],
    operation_id: UUID,
    order: ImportOrder,
    sessions: Sessions,
    files: Files,
) -> None:
    try:
        table = await _read_table(run, importing, order, sessions, files)
    except (FileNotFound, TableUnreadable) as problem:
        result = problem.extensions.get("result")
        await fail_operation(run.session, operation_id, problem, result)
    except Problem as problem:
        if problem.status >= 500:
            raise
        await fail_operation(run.session, operation_id, problem)
    else:
        await _apply(run, importing, operation_id, order, table, sessions)
    if not order.dry_run:
        await discard_files(run.session, run.caller, file.c.id == order.file_id)
        await hasten_file_purge(run.session)


async def _read_table(
    run: ImportRun, importing: Import[Any], order: ImportOrder, sessions: Sessions, files: Files
) -> dict[str, Any]:
    """Return what the worker made of the table; no transaction is open meanwhile."""
    async with sessions.reading() as looking:
        record = await get_file(looking, order.file_id, visible_to=run.caller)
    content = await files.open_range(record.object_name)
    data = b"".join([chunk async for chunk in content])
    payload = {
        "model": f"{importing.row.__module__}:{importing.row.__qualname__}",
        "media_type": record.media_type,
        "encoding": order.encoding,
        "delimiter": order.delimiter,
        "most_rows": MOST_ROWS,
    }
    found: dict[str, Any] = orjson.loads(
        await run.worker.run_bounded(
            "services.common.tabular.rows:read_rows",
            payload,
            data,
            seconds=READING_SECONDS,
            megabytes=READING_MEGABYTES,
        )
    )
    if fault := found.get("fault"):
        result = ImportResult(
            rows=0, created=0, changed=0, dry_run=order.dry_run, problem_count=1, problems=[fault]
        )
        raise TableUnreadable(fault["detail"], result=result.model_dump())
    return found


async def _apply(
    run: ImportRun,
    importing: Import[Any],
    operation_id: UUID,
    order: ImportOrder,
    table: dict[str, Any],
    sessions: Sessions,
) -> None:
    rows = [(number, importing.row.model_validate(fields)) for number, fields in table["rows"]]
    problems = [RowProblem.model_validate(problem) for problem in table["problems"]]
    unread = table["problem_count"] - len(problems)
    tally = _Tally()

    async def tell(done: int) -> None:
        async with sessions.transaction() as aside:
            await report_progress(aside, operation_id, done, table["total"])

    try:
        async with savepoint(run.session):
            problems += await _write_rows(run, importing, order.mode, rows, tally, tell)
            if order.dry_run or (problems and not order.partial):
                raise _Undo  # noqa: TRY301  it leaves the savepoint, nothing else
    except _Undo:
        pass
    problems.sort(key=lambda problem: problem.row or 0)
    refused = bool(problems) and not order.partial and not order.dry_run
    result = ImportResult(
        rows=table["total"],
        created=0 if refused else tally.created,
        changed=0 if refused else tally.changed,
        dry_run=order.dry_run,
        problem_count=len(problems) + unread,
        problems=problems[:MOST_PROBLEMS],
    ).model_dump(mode="json")
    if refused:
        problem = RowsInvalid(f"{len(problems) + unread} problems were found, so nothing was written.")
        await fail_operation(run.session, operation_id, problem, result)
    else:
        await report_progress(run.session, operation_id, table["total"], table["total"])
        await succeed_operation(run.session, operation_id, result)


async def _write_rows(
    run: ImportRun,
    importing: Import[Any],
    mode: ImportMode,
    rows: Sequence[tuple[int, Any]],
    tally: _Tally,
    tell: Callable[[int], Awaitable[None]],
) -> list[RowProblem]:
    known = await importing.find(run.session, [row for _, row in rows])
    problems: list[RowProblem] = []
    seen: set[object] = set()
    for place, (number, row) in enumerate(rows):
        key = importing.key(row)
        if key in seen:
            problems.append(_row_problem(number, "twice", "The same row stands above already."))
            continue
        seen.add(key)
        problems += await _write_row(run, importing, mode, number, row, known.get(key), tally)
        if place % _PROGRESS_EVERY == 0:
            await tell(place)
    return problems


async def _write_row(
    run: ImportRun,
    importing: Import[Any],
    mode: ImportMode,
    number: int,
    row: Any,
    existing: Any,
    tally: _Tally,
) -> list[RowProblem]:
    if existing is not None and mode is ImportMode.CREATE:
        return [_row_problem(number, "known_already", "This row is known already; mode update changes it.")]
    if existing is None and mode is ImportMode.UPDATE:
        return [_row_problem(number, "not_known", "There is no such row to change.")]
    try:
        async with savepoint(run.session):
            if existing is None or importing.change is None:
                await importing.create(run, row)
            else:
                await importing.change(run, row, existing)
    except ValidationError as error:
        return list(problems_of(number, error))
    except Problem as problem:
        if problem.status >= 500:
            raise
        return _problems_of(number, problem)
    tally.created += existing is None
    tally.changed += existing is not None
    return []


def _problems_of(number: int, problem: Problem) -> list[RowProblem]:
    """Return a problem of the noun's operation as problems of its row."""
    if not problem.errors:
        return [_row_problem(number, problem.slug, problem.detail)]
    return [
        RowProblem(
            row=number, column=fault.pointer.split("/")[1][:100] or None, code=fault.code, detail=fault.detail
        )
        for fault in problem.errors
    ]


def _row_problem(number: int, code: str, detail: str) -> RowProblem:
    return RowProblem(row=number, column=None, code=code, detail=detail)


async def _require_table(session: AsyncSession, caller: Caller, file_id: UUID) -> None:
    try:
        record = await get_file(session, file_id, visible_to=caller)
    except FileNotFound:
        record = None
    if record is None or record.purpose != "import" or record.owner != caller.principal:
        raise FileNotAttachable(
            "Upload it for the purpose import first.",
            errors=[Fault("/file_id", "file", "Expected a file of yours that was uploaded for imports.")],
        )
