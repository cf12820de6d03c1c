import asyncio
import json
import os
import random
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from cli.copies import Copy, can_copy, start_copy
from cli.processes import Command
from cli.supervisor import Child, Supervisor
from services.common.database import new_id
from tests.instances import ROOT, is_alive, wait_until

pytestmark = [
    pytest.mark.process,
    pytest.mark.skipif(not can_copy(), reason="this system does not tell when a copy has ended"),
]


def copy_of_us(
    folder: Path, run: Callable[[], None], inherited: tuple[int, ...] = (), **environment: str
) -> Copy:
    command = Command([], environment, folder)
    with (folder / "log").open("ab") as log:
        return start_copy("copied", run, command, signal.SIGTERM, log, inherited)


def said(folder: Path) -> Any:
    return json.loads((folder / "said").read_text())


def say(value: object) -> None:
    draft = Path("draft")
    draft.write_text(json.dumps(value))
    draft.rename("said")


async def test_a_copy_lives_in_its_own_place(tmp_path: Path) -> None:
    def tell() -> None:
        numbers = {int(file.name) for file in Path("/proc/self/fd").iterdir()}
        here = [os.getsid(0) == os.getpid(), Path.cwd() == tmp_path, dict(os.environ), time.tzname[0]]
        sys.stdout.write("heard\n")
        os.system("echo as well")  # noqa: S605, S607  what it starts writes to the same place
        say([*here, sorted(numbers - {0, 1, 2}), os.fstat(0).st_rdev == Path(os.devnull).stat().st_rdev])

    with (tmp_path / "ours").open("w") as ours, (tmp_path / "given").open("w") as given:
        copy = copy_of_us(tmp_path, tell, (given.fileno(),), TZ="Asia/Almaty", ONLY="this")
        assert await copy.wait() == 0, (tmp_path / "log").read_text()
        own_session, own_folder, environment, zone, numbers, reads_nothing = said(tmp_path)
        assert (own_session, own_folder, reads_nothing) == (True, True, True)
        assert environment == {"TZ": "Asia/Almaty", "ONLY": "this"}
        assert zone == "+05"
        assert given.fileno() in numbers
        assert ours.fileno() not in numbers
        assert len(numbers) == 2  # the second is that of looking
    assert (tmp_path / "log").read_text().split("\n")[:2] == ["heard", "as well"]
    assert os.environ.get("ONLY") is None


async def test_a_copy_has_a_loop_of_its_own(tmp_path: Path) -> None:
    async def work() -> None:
        await asyncio.sleep(0)
        process = await asyncio.create_subprocess_exec("true")
        say(await process.wait())

    assert await copy_of_us(tmp_path, lambda: asyncio.run(work())).wait() == 0
    assert said(tmp_path) == 0


@pytest.mark.parametrize(
    ("run", "status"),
    [
        (lambda: None, 0),
        (sys.exit, 0),
        (lambda: sys.exit(3), 3),
        (lambda: sys.exit("a reason"), 1),
        (lambda: 1 / 0, 1),
        (lambda: os.kill(os.getpid(), signal.SIGKILL), -signal.SIGKILL),
        (lambda: os.kill(os.getpid(), signal.SIGTERM), 128 + signal.SIGTERM),
    ],
)
async def test_how_a_copy_ends_is_told(tmp_path: Path, run: Callable[[], None], status: int) -> None:
    copy = copy_of_us(tmp_path, run)
    assert [await copy.wait(), await copy.wait()] == [status, status]
    assert copy.returncode == status
    copy.send_signal(signal.SIGKILL)  # nobody is there to get it
    log = (tmp_path / "log").read_text()
    assert ("ZeroDivisionError" in log or log == "a reason\n") == (status == 1)


async def test_a_copy_that_is_told_to_end_does_not_wake_us(tmp_path: Path) -> None:
    woken: list[int] = []
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, woken.append, 1)
    try:
        for _ in range(5):
            copy = copy_of_us(tmp_path, lambda: time.sleep(600))
            copy.send_signal(signal.SIGTERM)
            assert await copy.wait() == 128 + signal.SIGTERM
        await asyncio.sleep(0.05)
    finally:
        asyncio.get_running_loop().remove_signal_handler(signal.SIGTERM)
    assert woken == []


async def test_copies_share_no_chance(tmp_path: Path) -> None:
    """Ids and secrets that two copies make differ, although both began with the same memory."""

    def make() -> None:
        made = [[str(new_id()), secrets.token_hex(8), str(random.random())] for _ in range(50)]  # noqa: S311
        say([word for three in made for word in three])

    new_id()
    random.random()  # noqa: S311  what has been used once must not be repeated in each copy
    made: list[str] = []
    for number in range(3):
        folder = tmp_path / str(number)
        folder.mkdir()
        assert await copy_of_us(folder, make).wait() == 0
        made += said(folder)
    assert len(made) == len(set(made)) == 450


async def test_the_supervisor_keeps_a_copy_alive(tmp_path: Path) -> None:
    def serve() -> None:
        say(os.getpid())
        time.sleep(600)

    async def is_ready(pid: int) -> bool:
        return (tmp_path / "said").exists() and said(tmp_path) == pid

    child = Child("copied", Command([], {}, tmp_path), is_ready, run=serve)
    async with Supervisor(tmp_path / "logs") as supervisor:
        await supervisor.start(child)
        first = psutil.Process(said(tmp_path))
        assert first.name() == "copied"
        first.kill()
        await asyncio.to_thread(wait_until, lambda: said(tmp_path) != first.pid, "there is a successor")
        second = psutil.Process(said(tmp_path))
        assert is_alive(second)
    assert not is_alive(first)
    assert not is_alive(second)


def test_a_copy_ends_with_who_made_it(tmp_path: Path) -> None:
    script = (
        "import asyncio, os, pathlib, time\n"
        "from tests.cli.test_copies import copy_of_us, say\n"
        "async def main():\n"
        f"    copy = copy_of_us(pathlib.Path({str(tmp_path)!r}), lambda: (say(os.getpid()), time.sleep(600)))\n"
        "    await copy.wait()\n"
        "asyncio.run(main())\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT)
    try:
        wait_until((tmp_path / "said").exists, "the copy lives")
        copy = psutil.Process(said(tmp_path))
    finally:
        parent.kill()
        parent.wait()
    wait_until(lambda: not is_alive(copy), "the copy has ended, too")
