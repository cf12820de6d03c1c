"""Long work that was accepted with 202: how far it is, what came of it, for whoever asked for it."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Final
from uuid import UUID

from sqlalchemy import (
    Column,
    DateTime,
    Index,
    Integer,
    Row,
    Table,
    Text,
    Uuid,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.database import house, new_id
from services.common.identity import Caller, Reach, Role
from services.common.problems import NotFound, Problem, Title, title
from services.common.wire import Answer


class OperationState(StrEnum):
    """How an operation stands."""

    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


operation: Final = Table(
    "operation",
    house,
    Column("id", Uuid, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("done", Integer, nullable=False, server_default=text("0")),
    Column("total", Integer),
    Column("result", JSONB(none_as_null=True)),
    Column("problem", JSONB(none_as_null=True)),
    Column("owner", Text, nullable=False),
    Column("started_at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    Column("ended_at", DateTime(timezone=True)),
    Index("ix_operation_owner", "owner", "started_at"),
)

OPERATION_READERS: Final[Mapping[Role, Reach]] = {
    role: Reach.ALL if role is Role.ADMINISTRATOR else Reach.OWN for role in Role if role is not Role.PUBLIC
}
"""The permission of `read_<room>_operation`: whoever started it, and administrators."""


class OperationNotFound(NotFound):
    """There is no such operation, or it is somebody else's."""

    slug: ClassVar[str] = "operation-not-found"
    title: ClassVar[Title] = title(
        en="Operation not found", ru="Операция не найдена", kk="Операция табылмады"
    )


class OperationProgress(Answer):
    """How far an operation is."""

    done: int
    total: int | None
    """Null while it is not known."""


class OperationProblem(Answer):
    """Why an operation failed; `type` resolves to the problem's description."""

    type: str
    title: dict[str, str]
    status: int
    detail: str
    code: str
    errors: list[dict[str, str]]


class OperationRead(Answer):
    """Long work that was accepted with 202."""

    id: UUID
    kind: str
    state: OperationState
    progress: OperationProgress
    result: dict[str, Any] | None
    """What came of it once `succeeded`, ids and links; what was found in a table once an import has ended."""
    problem: OperationProblem | None
    started_at: datetime
    ended_at: datetime | None


async def start_operation(
    session: AsyncSession, caller: Caller, kind: str, *, total: int | None = None
) -> UUID:
    """Enter an operation that `caller` may follow; schedule its job, with this id as subject, alongside."""
    id_ = new_id()
    entry = {"id": id_, "kind": kind, "state": OperationState.RUNNING, "total": total}
    await session.execute(insert(operation).values(entry | {"owner": caller.principal}))
    return id_


async def report_progress(
    session: AsyncSession, operation_id: UUID, done: int, total: int | None = None
) -> None:
    """Say how far the operation is; readers see it when this transaction commits."""
    changes = {"done": done} | ({} if total is None else {"total": total})
    await _change(session, operation_id, changes)


async def succeed_operation(session: AsyncSession, operation_id: UUID, result: dict[str, Any]) -> None:
    """End the operation with its result: ids and links, no personal data."""
    await _end(session, operation_id, {"state": OperationState.SUCCEEDED, "result": result})


async def fail_operation(
    session: AsyncSession, operation_id: UUID, problem: Problem, result: dict[str, Any] | None = None
) -> None:
    """End the operation with the problem that its caller is to see, and with what was found out before."""
    told = {
        "type": f"/problems/{problem.slug}",
        "title": dict(problem.title),
        "status": problem.status,
        "detail": problem.detail,
        "code": problem.slug,
        "errors": [{"pointer": f.pointer, "code": f.code, "detail": f.detail} for f in problem.errors],
    }
    await _end(session, operation_id, {"state": OperationState.FAILED, "problem": told, "result": result})


async def attempt_operation(
    session: AsyncSession, operation_id: UUID, work: Callable[[], Awaitable[dict[str, Any]]]
) -> None:
    """Do `work` and end the operation with its result, or with the problem that it raises and nothing done.

    A problem of 500 and above, and every other error, passes on: the job tries again.
    """
    try:
        async with session.begin_nested():
            result = await work()
            await session.flush()
    except Problem as problem:
        if problem.status >= 500:
            raise
        await fail_operation(session, operation_id, problem)
    else:
        await succeed_operation(session, operation_id, result)


class OperationGivenUp(Problem):
    """The work failed too often; the operator has been told."""

    status: ClassVar[int] = 500
    slug: ClassVar[str] = "operation-given-up"
    title: ClassVar[Title] = title(
        en="The work failed too often",
        ru="Работа слишком часто завершалась ошибкой",
        kk="Жұмыс тым көп рет қатемен аяқталды",
    )


async def fail_operation_of(session: AsyncSession, subject: UUID) -> None:
    """End the running operation with this id, if there is one, because its job is dead."""
    await fail_operation(session, subject, OperationGivenUp("Start it again later, or ask the operator."))


async def get_operation(session: AsyncSession, operation_id: UUID, *, visible_to: Caller) -> OperationRead:
    """Return the operation; raise `OperationNotFound`, also for one that is somebody else's."""
    query = select(operation).where(operation.c.id == operation_id)
    if visible_to.reach is not Reach.ALL:
        query = query.where(operation.c.owner == visible_to.principal)
    row: Row[Any] | None = (await session.execute(query)).one_or_none()
    if row is None:
        raise OperationNotFound("There is no such operation.")
    return OperationRead.model_validate(
        dict(row._mapping) | {"progress": {"done": row.done, "total": row.total}}
    )


async def _end(session: AsyncSession, operation_id: UUID, outcome: dict[str, Any]) -> None:
    await _change(session, operation_id, outcome | {"ended_at": func.clock_timestamp()})


async def _change(session: AsyncSession, operation_id: UUID, changes: dict[str, Any]) -> None:
    running = (operation.c.id == operation_id) & (operation.c.state == OperationState.RUNNING)
    await session.execute(update(operation).where(running).values(changes))
