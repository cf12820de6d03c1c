"""Child processes: what to start, as whom, and the promise that they end with us."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, NamedTuple

from cli.errors import CommandError

_PR_SET_PDEATHSIG = 1


class Account(NamedTuple):
    """The system user a child runs as, when that is not our own."""

    uid: int
    gid: int


@dataclass(frozen=True)
class Command:
    """A program to run: its arguments, its whole environment, its folder and its system user."""

    arguments: Sequence[str]
    environment: Mapping[str, str]
    folder: Path | None = None
    account: Account | None = None


def end_with_parent(parent: int, death: signal.Signals) -> Callable[[], None]:
    """Return what a child does first of all to get `death` when the thread that started it ends (Linux)."""
    # The library is opened here, in the parent: between fork and exec only plain calls are safe.
    libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None

    def ask() -> None:
        if libc is not None:
            libc.prctl(_PR_SET_PDEATHSIG, death)
            if os.getppid() != parent:  # it died before we could ask
                os._exit(1)

    return ask


def child_options(command: Command, death: signal.Signals) -> dict[str, Any]:
    """Return the keyword arguments for `Popen` or `create_subprocess_exec` to start `command`.

    The child gets a session of its own, so that a Ctrl-C in the terminal reaches the parent alone, and
    `death` as soon as the *thread* that started it ends (Linux): start children from the main thread.
    """
    options: dict[str, Any] = {
        "env": dict(command.environment),
        "cwd": command.folder,
        "start_new_session": True,
        "stdin": subprocess.DEVNULL,
        "preexec_fn": end_with_parent(os.getpid(), death),
    }
    if command.account is not None:
        options |= {"user": command.account.uid, "group": command.account.gid, "extra_groups": []}
    return options


def start(command: Command, death: signal.Signals, log: IO[bytes]) -> subprocess.Popen[bytes]:
    """Start `command` with both of its outputs going to `log`; it gets `death` if we die first."""
    return subprocess.Popen(
        command.arguments, stdout=log, stderr=subprocess.STDOUT, **child_options(command, death)
    )


def run(command: Command) -> None:
    """Run `command` to its end.

    Raises `CommandError` with the end of what it said when it fails.
    """
    result = subprocess.run(
        command.arguments,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        **child_options(command, signal.SIGKILL),
    )
    if result.returncode:
        name = Path(command.arguments[0]).name
        said = result.stdout.decode(errors="replace").strip()[-2000:]
        raise CommandError(f"{name} ended with status {result.returncode}: {said}")
