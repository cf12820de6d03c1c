"""Keeps processes alive: starts them, waits until they are ready, starts again what dies, stops everything."""

import asyncio
import contextlib
import os
import shutil
import signal
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Self

from cli.copies import Copy, start_copy
from cli.errors import CommandError
from cli.processes import Command, child_options

_FIRST_PAUSE = 0.1  # seconds before the first new start; doubled at each that follows soon
_LONGEST_PAUSE = 5.0
_SETTLED = 10.0  # seconds after which a process counts as healthy again
_LONGEST_LOG = 32 * 1024 * 1024
_POLL = 0.05  # seconds

_Process = asyncio.subprocess.Process | Copy


async def _nothing() -> None:
    """Prepare nothing."""


@dataclass(frozen=True)
class Child:
    """A process to keep alive."""

    name: str
    command: Command
    is_ready: Callable[[int], Awaitable[bool]]
    """Whether the process with this pid serves."""
    run: Callable[[], None] | None = None
    """Does in a copy of this process what `command` would do in one of its own; None: `command` is executed."""
    before_start: Callable[[], Awaitable[None]] = _nothing
    stop_signal: signal.Signals = signal.SIGTERM
    seconds_to_stop: float = 15
    inherited: Sequence[int] = ()
    """File descriptors that stay open in the process."""


class Supervisor:
    """Owns the processes of one instance; start them in the order in which they need each other.

    As an asynchronous context manager it stops them at the end: the newest first, those started together
    together. Must run in the main thread, with whose end the children's parent-death signal is bound up.
    """

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._stages: list[list[_Kept]] = []

    async def __aenter__(self) -> Self:
        self._logs.mkdir(parents=True, exist_ok=True)
        return self

    async def __aexit__(self, *_: object) -> None:
        for stage in reversed(self._stages):
            await asyncio.gather(*(kept.stop() for kept in stage))

    async def start(self, *children: Child, seconds: float = 60) -> None:
        """Start `children` together and return when all of them are ready.

        Raises `CommandError` with the end of its log when one dies first or is not ready in time.
        """
        stage = [_Kept(child, self._logs / f"{child.name}.log") for child in children]
        self._stages.append(stage)
        await asyncio.gather(*(kept.start() for kept in stage))
        await asyncio.gather(*(kept.wait_until_ready(seconds) for kept in stage))


class _Kept:
    """One child, its present process, and the task that replaces it."""

    def __init__(self, child: Child, log: Path) -> None:
        self._child = child
        self._log = log
        self._stopping = asyncio.Event()
        self._process: _Process | None = None
        self._starts = 0
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        await self._launch()
        self._task = asyncio.create_task(self._keep())

    async def wait_until_ready(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while self._process is None or not await self._child.is_ready(self._process.pid):
            if self._starts > 1 or time.monotonic() > deadline:
                raise CommandError(f"{self._child.name} did not start:\n{self._last_words()}")
            await asyncio.sleep(_POLL)

    async def stop(self) -> None:
        self._stopping.set()
        if self._task is None:
            return
        _signal(self._process, self._child.stop_signal)
        _, unfinished = await asyncio.wait({self._task}, timeout=self._child.seconds_to_stop)
        if unfinished:
            _signal(self._process, signal.SIGKILL)
        await self._task

    async def _keep(self) -> None:
        pause = _FIRST_PAUSE
        while self._process is not None:
            started = time.monotonic()
            await _end_of(self._process)
            if time.monotonic() - started > _SETTLED:
                pause = _FIRST_PAUSE
            if await self._stopped_within(pause):
                return
            pause = min(2 * pause, _LONGEST_PAUSE)
            with contextlib.suppress(OSError):  # no memory or disk just now: tried again after the pause
                await self._launch()

    async def _launch(self) -> None:
        await self._child.before_start()
        _shorten(self._log)
        with self._log.open("ab") as log:
            self._process = await _start(self._child, log)
        self._starts += 1
        if self._stopping.is_set():  # asked to stop while starting
            _signal(self._process, self._child.stop_signal)

    async def _stopped_within(self, seconds: float) -> bool:
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return False
        return True

    def _last_words(self) -> str:
        return self._log.read_bytes()[-2000:].decode(errors="replace").strip()


async def _start(child: Child, log: IO[bytes]) -> _Process:
    command = child.command
    if child.run is not None:
        return start_copy(child.name, child.run, command, child.stop_signal, log, child.inherited)
    options = child_options(command, child.stop_signal)
    return await asyncio.create_subprocess_exec(
        *command.arguments, **options, stdout=log, stderr=log, pass_fds=child.inherited
    )


async def _end_of(process: _Process) -> None:
    await process.wait()
    with contextlib.suppress(ProcessLookupError):
        # What it started itself shares its process group and must not outlive it.
        os.killpg(process.pid, signal.SIGKILL)


def _signal(process: _Process | None, number: signal.Signals) -> None:
    if process is not None and process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(number)


def _shorten(log: Path) -> None:
    if log.exists() and log.stat().st_size > _LONGEST_LOG:
        shutil.copyfile(log, log.with_suffix(".log.1"))
        os.truncate(log, 0)
