"""Imports: a table that was uploaded becomes rows of a noun, all of them or none unless asked otherwise.

An import is accepted with 202 and carried out as a job. How rows are entered is the noun's: one by one through its
own operation (`row_imports`), or all at once from a staging table (`staged_imports`). What is wrong is told by row
and column, never by value. The file is discarded when the import has ended; a dry run leaves it.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar, Final, Literal, Protocol
from uuid import UUID

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
from services.common.sessions import Sessions
from services.common.tabular.faults import RowProblem
from services.common.tabular.texts import TableEncoding
from services.common.wire import Answer, Flag, Id, Request
from services.common.worker import WorkerPool

READING_SECONDS: Final = 60.0
READING_MEGABYTES: Final = 1024


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
    known: dict[UUID, Any] = field(default_factory=dict)
    """What a noun read for one row and needs again for others."""


@dataclass(frozen=True)
class SentTable:
    """A table as it was uploaded, and what its sender says of it."""

    data: bytes
    media_type: str
    order: ImportOrder

    def payload(self, most_rows: int) -> dict[str, Any]:
        """Return what the worker is told of it."""
        return {
            "media_type": self.media_type,
            "encoding": self.order.encoding,
            "delimiter": self.order.delimiter,
            "most_rows": most_rows,
        }


Tell = Callable[[int, int], Awaitable[None]]
"""Says how many rows of how many are done, visibly at once."""


class Import(Protocol):
    """How one noun is imported."""

    @property
    def noun(self) -> str:
        """Plural, as in addresses."""
        ...

    @property
    def modes(self) -> frozenset[ImportMode]:
        """What may happen to its rows."""
        ...

    async def enter(self, run: ImportRun, table: SentTable, tell: Tell) -> ImportResult:
        """Enter the rows and say what came of it; nothing stays entered after a dry run or a refusal.

        Raises `TableUnreadable`.
        """
        ...


class Undo(Exception):  # noqa: N818  no error: the way out of a savepoint
    """Leaves a savepoint without what was done in it."""


def unreadable(fault: dict[str, Any], order: ImportOrder) -> TableUnreadable:
    """Return the problem of a table that could not be read further than `fault`."""
    result = ImportResult(
        rows=0, created=0, changed=0, dry_run=order.dry_run, problem_count=1, problems=[RowProblem(**fault)]
    )
    return TableUnreadable(fault["detail"], result=result.model_dump())


def job_of(importing: Import) -> str:
    """Return the kind of the job that carries the import out."""
    return f"import.{importing.noun}"


async def start_import(
    session: AsyncSession, caller: Caller, importing: Import, request: ImportRequest
) -> UUID:
    """Accept an import of the caller's file and return the operation that follows it.

    Raises RequestInvalid for a mode that the noun does not know, FileNotAttachable for any other file.
    """
    if request.mode not in importing.modes:
        known = ", ".join(sorted(importing.modes))
        raise RequestInvalid("See `errors`.", errors=[Fault("/mode", "mode", f"These rows know: {known}.")])
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
    now = await real_now(session)
    await schedule_job(session, job_of(importing), operation_id, now, payload=payload)
    return operation_id


def import_works(
    imports: Sequence[Import], sessions: Sessions, files: Files, worker: WorkerPool, *, demonstration: bool
) -> dict[str, Work]:
    """Return the jobs that carry these imports out."""

    def work_of(importing: Import) -> Work:
        async def work(session: AsyncSession, job: Job) -> None:
            order = ImportOrder.model_validate_json(job.payload["order"])
            run = ImportRun(session, order.caller(), worker, demonstration)
            await _carry_out(run, importing, job.subject, order, sessions, files)

        return work

    return {job_of(importing): work_of(importing) for importing in imports}


async def _carry_out(
    run: ImportRun,
    importing: Import,
    operation_id: UUID,
    order: ImportOrder,
    sessions: Sessions,
    files: Files,
) -> None:
    async def tell(done: int, total: int) -> None:
        async with sessions.transaction() as aside:
            await report_progress(aside, operation_id, done, total)

    try:
        table = await _fetch_table(run, order, sessions, files)
        result = await importing.enter(run, table, tell)
    except Problem as problem:
        if problem.status >= 500:
            raise
        await fail_operation(run.session, operation_id, problem, problem.extensions.get("result"))
    else:
        await _end(run.session, operation_id, order, result)
    if not order.dry_run:
        await discard_files(run.session, run.caller, file.c.id == order.file_id)
        await hasten_file_purge(run.session)


async def _end(session: AsyncSession, operation_id: UUID, order: ImportOrder, result: ImportResult) -> None:
    if is_refused(order, result.problem_count):
        problem = RowsInvalid(f"{result.problem_count} problems were found, so nothing was written.")
        told = result.model_copy(update={"created": 0, "changed": 0})
        await fail_operation(session, operation_id, problem, told.model_dump(mode="json"))
    else:
        await report_progress(session, operation_id, result.rows, result.rows)
        await succeed_operation(session, operation_id, result.model_dump(mode="json"))


def is_refused(order: ImportOrder, problem_count: int) -> bool:
    """Say whether so many problems leave nothing written."""
    return problem_count > 0 and not order.partial and not order.dry_run


async def _fetch_table(run: ImportRun, order: ImportOrder, sessions: Sessions, files: Files) -> SentTable:
    async with sessions.reading() as looking:
        record = await get_file(looking, order.file_id, visible_to=run.caller)
    return SentTable(await files.read(record.object_name), record.media_type, order)


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
