"""Processes that begin as copies of this one and share the memory of all that it has imported (ADR 46)."""

import asyncio
import contextlib
import ctypes
import gc
import os
import signal
import sys
import time
from collections.abc import Callable, Collection
from pathlib import Path
from typing import IO, Final, NoReturn

from cli.processes import Command, end_with_parent

_PR_SET_NAME: Final = 15
_LONGEST_NAME: Final = 15


class Copy:
    """A running copy, waited for and signalled like an `asyncio.subprocess.Process`."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._loop = asyncio.get_running_loop()
        self._ended: asyncio.Future[int] = self._loop.create_future()
        self._watch = os.pidfd_open(pid)
        self._loop.add_reader(self._watch, self._bury)

    async def wait(self) -> int:
        """Wait until it has ended, and return its exit status; a negative one names the signal that killed it."""
        return await asyncio.shield(self._ended)

    def send_signal(self, number: signal.Signals) -> None:
        """Send `number` to it, unless it has ended."""
        if self.returncode is None:
            os.kill(self.pid, number)

    def _bury(self) -> None:
        _, status = os.waitpid(self.pid, 0)
        self._loop.remove_reader(self._watch)
        os.close(self._watch)
        self.returncode = os.waitstatus_to_exitcode(status)
        self._ended.set_result(self.returncode)


def can_copy() -> bool:
    """Say whether this system can tell when a copy has ended, as Linux does since 5.3."""
    try:
        os.close(os.pidfd_open(os.getpid()))
    except (AttributeError, OSError):
        return False
    return True


def start_copy(
    name: str,
    run: Callable[[], None],
    command: Command,
    death: signal.Signals,
    log: IO[bytes],
    inherited: Collection[int] = (),
) -> Copy:
    """Run `run` in a copy of this process, as if it were `command`: its environment, its folder, its own session.

    The copy is called `name`, writes both outputs to `log`, gets `death` when we die, and keeps no file of ours
    open but `inherited`. Call it on the main thread, while a loop runs; other threads may wait, but must not work.
    """
    follow = end_with_parent(os.getpid(), death)
    libc = ctypes.CDLL(None)
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    # What is sent to the copy before it has its own handlers must not run ours, and wake our loop.
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    try:
        pid = os.fork()
        if pid == 0:
            follow()
            libc.prctl(_PR_SET_NAME, name.encode()[:_LONGEST_NAME])
            _live(run, command, log, inherited, mask)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
    return Copy(pid)


def _live(
    run: Callable[[], None],
    command: Command,
    log: IO[bytes],
    inherited: Collection[int],
    mask: Collection[signal.Signals | int],
) -> NoReturn:
    """Run `run` and end; nothing of the parent's own work, which waits further down the stack, may go on here."""
    status = 1
    try:
        _leave(command, log, inherited)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        run()
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
        if isinstance(end.code, str):
            sys.stderr.write(f"{end.code}\n")
    except BaseException:  # noqa: BLE001  whatever it is, it ends here
        sys.excepthook(*sys.exc_info())
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(status)


def _leave(command: Command, log: IO[bytes], inherited: Collection[int]) -> None:
    """Part from the parent: its files, its signals, its loop, its environment."""
    gc.freeze()  # an inherited object must not close a number that has become a file of ours
    os.setsid()
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGTERM, _end)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for number in (1, 2):
        os.dup2(log.fileno(), number)
    sys.stdout, sys.stderr = (os.fdopen(number, "w", buffering=1, closefd=False) for number in (1, 2))
    for number in [int(file.name) for file in Path("/proc/self/fd").iterdir()]:
        if number > 2 and number not in inherited:
            with contextlib.suppress(OSError):  # that of the listing is closed already
                os.close(number)
    os.environ.clear()
    os.environ.update(command.environment)
    time.tzset()
    if command.folder is not None:
        os.chdir(command.folder)


def _end(number: int, _: object) -> NoReturn:
    sys.exit(128 + number)
