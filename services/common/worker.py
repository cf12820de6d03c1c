"""The bounded worker: what reads uploads, expressions and templates of users runs here, never in the app.

One hostile file can abort, exhaust or hang the process that reads it. A job therefore runs in a child
process with a limit of memory and time and without the app's secrets, sockets or standard output; a child
that dies or overruns is replaced and takes nothing with it.
"""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Final, Self

import orjson
import structlog

from services.common.problems import Problem, Title, title
from services.common.worker_child import HEAD

log = structlog.get_logger()

MIB: Final = 1 << 20
RESULT_JSON_BYTES: Final = 16 * MIB
"""A longer JSON result would hold up the app that parses it; give bytes instead."""
RESULT_BYTES: Final = 256 * MIB

_ROOT: Final = Path(__file__).parents[2]
# OpenBLAS picks kernels by processor; some virtual machines have to tell it which.
_INHERITED: Final = ("PATH", "LANG", "LC_ALL", "TZ", "PYTHONTZPATH", "TMPDIR", "OPENBLAS_CORETYPE")


class WorkerBusy(Problem):
    """All workers are at work and as many jobs as allowed are waiting."""

    status: ClassVar[int] = 503
    slug: ClassVar[str] = "worker-busy"
    title: ClassVar[Title] = title(
        en="Too much work at once", ru="Слишком много задач одновременно", kk="Бір мезгілде тапсырма тым көп"
    )
    retry_after: ClassVar[int | None] = 5


class InputTooDemanding(Problem):
    """What was sent needs more time or memory than allowed, or breaks its reader.

    The extension `reason` is `time`, `memory`, `result` (too large) or `crash`.
    """

    status: ClassVar[int] = 422
    slug: ClassVar[str] = "input-too-demanding"
    title: ClassVar[Title] = title(
        en="The input cannot be worked on within the limits",
        ru="Данные не удаётся обработать в пределах ограничений",
        kk="Деректерді шектеулер аясында өңдеу мүмкін емес",
    )

    def __init__(self, reason: str) -> None:
        super().__init__(f"The limit of the worker was reached: {reason}.", reason=reason)
        self.reason = reason


class WorkFailed(Problem):
    """The job raised: a fault of ours, since jobs return what is wrong with their input."""

    status: ClassVar[int] = 500
    slug: ClassVar[str] = "work-failed"
    title: ClassVar[Title] = title(en="A fault of ours", ru="Внутренняя ошибка", kk="Ішкі қате")

    def __init__(self, error: str, frames: list[str]) -> None:
        super().__init__("The worker failed.")
        self.error = error
        """Type of the exception; its message stays in the child, because it may quote the input."""
        self.frames = frames


class WorkerPool:
    """A few child processes, started when first needed; close it with the app that opened it."""

    def __init__(
        self,
        *,
        processes: int = 1,
        queue: int = 16,
        jobs_per_process: int = 100,
        packages: tuple[str, ...] = ("services",),
    ) -> None:
        """Set the bounds: children at once, jobs waiting, jobs in the life of a child, what may be called."""
        self._queue = queue
        self._jobs_per_process = jobs_per_process
        self._packages = packages
        self._free = asyncio.Semaphore(processes)
        self._children: set[_Child] = set()
        self._idle: list[_Child] = []
        self._reaping: set[asyncio.Task[int]] = set()
        self.waiting = 0
        self.busy = 0
        self.outcomes: Counter[str] = Counter()
        """Jobs so far: done, failed, busy (refused), cancelled, or the reason of InputTooDemanding."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """End all children; a job still at work ends as a crash."""
        self._idle.clear()
        for child in list(self._children):
            self._discard(child)
        await asyncio.gather(*self._reaping)

    async def run_bounded(
        self, function: str, payload: Any = None, data: bytes = b"", *, seconds: float, megabytes: int
    ) -> Any:
        """Call `package.module:name(payload, data)` in a child and return its result, JSON or bytes.

        `seconds` count from the start of the job, imports included, waiting excluded; `megabytes` bound the
        child's whole address space (an empty interpreter takes about 30, numpy and scipy about 500 more).
        Raises WorkerBusy, InputTooDemanding or WorkFailed, none of which quotes the input.
        """
        message = orjson.dumps(
            {"function": function, "payload": payload, "seconds": seconds, "megabytes": megabytes}
        )
        try:
            async with self._child() as child:
                answer, body = await _ask(child, message, data, seconds)
        except BaseException as error:
            self.outcomes[_outcome(error)] += 1
            raise
        if "error" in answer:
            self.outcomes["failed"] += 1
            log.error("work_failed", function=function, error=answer["error"], frames=answer["frames"])
            raise WorkFailed(answer["error"], answer["frames"])
        self.outcomes["done"] += 1
        return body if "bytes" in answer else answer["result"]

    @asynccontextmanager
    async def _child(self) -> AsyncIterator["_Child"]:
        """Lend a child; it comes back only from a job that ended in order."""
        async with self._slot():
            child = await self._take()
            try:
                yield child
            except BaseException:
                self._discard(child)
                raise
            child.jobs += 1
            if child.jobs < self._jobs_per_process:
                self._idle.append(child)
            else:
                self._discard(child)

    @asynccontextmanager
    async def _slot(self) -> AsyncIterator[None]:
        if self._free.locked() and self.waiting >= self._queue:
            raise WorkerBusy("All workers are at work.")
        self.waiting += 1
        try:
            await self._free.acquire()
        finally:
            self.waiting -= 1
        self.busy += 1
        try:
            yield
        finally:
            self.busy -= 1
            self._free.release()

    async def _take(self) -> "_Child":
        while self._idle:
            child = self._idle.pop()
            if _is_alive(child.process):
                return child
            self._discard(child)
        child = await _start(self._packages)
        self._children.add(child)
        return child

    def _discard(self, child: "_Child") -> None:
        if child not in self._children:
            return
        self._children.remove(child)
        os.killpg(child.process.pid, signal.SIGKILL)  # and whatever it has started itself
        child.writer.transport.abort()
        # The kernel takes a while to free gigabytes: wait for it off the loop.
        reaping = asyncio.create_task(asyncio.to_thread(child.process.wait))
        self._reaping.add(reaping)
        reaping.add_done_callback(self._reaping.discard)


@dataclass(eq=False)
class _Child:
    """One process and our end of its socket."""

    process: subprocess.Popen[bytes]
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    jobs: int = 0


async def _start(packages: tuple[str, ...]) -> _Child:
    outer, inner = socket.socketpair()
    with inner:
        reader, writer = await asyncio.open_unix_connection(sock=outer, limit=MIB)
        try:
            return _Child(_spawn(inner, packages), reader, writer)
        except OSError:
            writer.transport.abort()
            raise


def _spawn(inner: socket.socket, packages: tuple[str, ...]) -> subprocess.Popen[bytes]:
    environment = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    environment |= {"PYTHONPATH": str(_ROOT), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    return subprocess.Popen(  # noqa: S603  a fixed command
        [sys.executable, "-P", "-m", "services.common.worker_child", str(os.getpid()), *packages],
        stdin=inner.fileno(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,  # what a library prints before it aborts may quote the input
        env=environment,
        cwd="/",
        start_new_session=True,  # Ctrl-C at a terminal is for the supervisor alone
    )


def _is_alive(process: subprocess.Popen[bytes]) -> bool:
    # Looks without reaping: until the discarded child is reaped, its id names it and nobody else.
    return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None


async def _ask(child: _Child, message: bytes, data: bytes, seconds: float) -> tuple[dict[str, Any], bytes]:
    try:
        async with asyncio.timeout(seconds):
            child.writer.writelines((HEAD.pack(len(message), len(data)), message, data))
            await child.writer.drain()
            json_length, body_length = HEAD.unpack(await child.reader.readexactly(HEAD.size))
            if json_length > RESULT_JSON_BYTES or body_length > RESULT_BYTES:
                raise InputTooDemanding("result")
            answer: dict[str, Any] = orjson.loads(await child.reader.readexactly(json_length))
            body = await child.reader.readexactly(body_length)
    except TimeoutError as error:
        raise InputTooDemanding("time") from error
    except (asyncio.IncompleteReadError, ConnectionError) as error:
        raise InputTooDemanding("crash") from error
    if "exhausted" in answer:
        raise InputTooDemanding(answer["exhausted"])
    return answer, body


def _outcome(error: BaseException) -> str:
    match error:
        case InputTooDemanding():
            return error.reason
        case WorkerBusy():
            return "busy"
        case asyncio.CancelledError():
            return "cancelled"
        case _:
            return "failed"
