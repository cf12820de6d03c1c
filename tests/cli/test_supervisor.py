import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from cli.errors import CommandError
from cli.processes import Command
from cli.supervisor import Child, Supervisor
from tests.instances import is_alive, wait_until

pytestmark = pytest.mark.process


def child(name: str, folder: Path, script: str, seconds_to_stop: float = 15) -> Child:
    """A process that is ready once it has written its pid into `folder`."""
    ready = folder / f"{name}.pid"
    source = f"import os, pathlib, signal, subprocess, sys, time\n{script}\n"
    source += f"pathlib.Path({str(ready)!r}).write_text(str(os.getpid()))\ntime.sleep(600)"

    async def is_ready(pid: int) -> bool:
        return ready.exists() and ready.read_text() == str(pid)

    return Child(name, Command([sys.executable, "-c", source], {}), is_ready, seconds_to_stop=seconds_to_stop)


def pid_of(name: str, folder: Path) -> psutil.Process:
    return psutil.Process(int((folder / f"{name}.pid").read_text()))


async def wait_for(condition: Callable[[], bool], what: str) -> None:
    await asyncio.to_thread(wait_until, condition, what)


async def kill_and_wait(name: str, folder: Path) -> None:
    """Kill a child and wait until its successor is ready."""
    killed = pid_of(name, folder)
    killed.kill()
    await wait_for(
        lambda: (folder / f"{name}.pid").read_text() not in {"", str(killed.pid)}, "a successor is ready"
    )


async def test_what_dies_is_started_again_until_it_is_stopped(tmp_path: Path) -> None:
    async with Supervisor(tmp_path / "logs") as supervisor:
        await supervisor.start(child("one", tmp_path, ""))
        for _ in range(3):
            await kill_and_wait("one", tmp_path)
        last = pid_of("one", tmp_path)
        assert is_alive(last)
    assert not is_alive(last)


async def test_the_newest_are_stopped_first(tmp_path: Path) -> None:
    farewell = (
        "def leave(*_):\n"
        "    with open({log!r}, 'a') as log: log.write({name!r} + ' ')\n"
        "    sys.exit()\n"
        "signal.signal(signal.SIGTERM, leave)"
    )
    log = tmp_path / "farewells"
    async with Supervisor(tmp_path / "logs") as supervisor:
        for name in ("first", "second", "third"):
            await supervisor.start(child(name, tmp_path, farewell.format(log=str(log), name=name)))
    assert log.read_text().split() == ["third", "second", "first"]


async def test_what_does_not_stop_when_asked_is_killed_with_what_it_started(tmp_path: Path) -> None:
    stubborn = (
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "other = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        f"pathlib.Path({str(tmp_path / 'other.pid')!r}).write_text(str(other.pid))"
    )
    async with Supervisor(tmp_path / "logs") as supervisor:
        await supervisor.start(child("stubborn", tmp_path, stubborn, seconds_to_stop=0.2))
        both = [pid_of("stubborn", tmp_path), pid_of("other", tmp_path)]
        assert all(map(is_alive, both))
    await wait_for(lambda: not any(map(is_alive, both)), "both have ended")


async def test_one_that_cannot_start_is_named_with_its_last_words(tmp_path: Path) -> None:
    broken = child("broken", tmp_path, "sys.exit('no such setting')")
    async with Supervisor(tmp_path / "logs") as supervisor:
        await supervisor.start(child("whole", tmp_path, ""))
        whole = pid_of("whole", tmp_path)
        with pytest.raises(CommandError, match=r"broken did not start:\nno such setting"):
            await supervisor.start(broken)
    assert not is_alive(whole)


async def test_what_a_start_needs_is_prepared_before_each(tmp_path: Path) -> None:
    prepared: list[int] = []

    async def prepare() -> None:
        prepared.append(len(prepared))

    plain = child("one", tmp_path, "")
    async with Supervisor(tmp_path / "logs") as supervisor:
        await supervisor.start(Child(plain.name, plain.command, plain.is_ready, before_start=prepare))
        await kill_and_wait("one", tmp_path)
    assert prepared == [0, 1]
