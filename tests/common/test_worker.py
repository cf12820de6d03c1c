"""Whatever a job does, the app goes on, the next job runs, and no process is left."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
from structlog.testing import capture_logs

from services.common.worker import InputTooDemanding, WorkerBusy, WorkerPool, WorkFailed
from tests.common.hostile_work import CANARY

WORK = "tests.common.hostile_work:"
ROOT = Path(__file__).parents[2]


def open_pool(**bounds: Any) -> WorkerPool:
    return WorkerPool(packages=("tests",), **bounds)


async def run(
    pool: WorkerPool,
    name: str,
    payload: Any = None,
    data: bytes = b"",
    *,
    seconds: float = 20,
    megabytes: int = 512,
) -> Any:
    return await pool.run_bounded(WORK + name, payload, data, seconds=seconds, megabytes=megabytes)


@pytest.fixture
async def pool() -> AsyncIterator[WorkerPool]:
    async with open_pool() as opened:
        yield opened


async def test_a_job_gets_its_payload_and_gives_its_result(pool: WorkerPool) -> None:
    assert await run(pool, "echo", {"a": [1, None, "ә"]}, b"123") == {
        "payload": {"a": [1, None, "ә"]},
        "length": 3,
    }
    assert await run(pool, "give_back", data=b"\0\xff") == b"\0\xff"


async def test_a_large_input_and_result_pass(pool: WorkerPool) -> None:
    data = os.urandom(20 << 20)
    assert await run(pool, "give_back", data=data) == data


async def test_one_child_serves_many_jobs_until_it_is_replaced() -> None:
    async with open_pool(jobs_per_process=3) as pool:
        served = [(await run(pool, "tell_process"))["pid"] for _ in range(6)]
    assert served[:3] == [served[0]] * 3
    assert served[3:] == [served[3]] * 3
    assert served[0] != served[3]


async def test_a_child_gets_no_secret_no_file_and_no_terminal(
    pool: WorkerPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROGRAMS_DATABASE_URL", "postgresql://secret")
    told = await run(pool, "tell_process")
    assert "PROGRAMS_DATABASE_URL" not in told["environment"]
    assert "PYTHONPATH" in told["environment"]
    # 0 to 2 are /dev/null, one is the socket, one the listing itself.
    assert len(told["files"]) == 5
    assert told["session"] == told["pid"]
    assert told["core"] == [0, 0]
    assert told["nice"] > os.nice(0)
    assert told["input"] == ""


async def test_what_a_job_prints_disturbs_nobody(pool: WorkerPool, capfd: pytest.CaptureFixture[str]) -> None:
    assert await run(pool, "chatter") == "said"
    assert CANARY not in "".join(capfd.readouterr())


async def test_the_limit_of_memory_is_each_jobs_own(pool: WorkerPool) -> None:
    assert await run(pool, "tell_memory_limit", megabytes=256) == 256 << 20
    assert await run(pool, "tell_memory_limit", megabytes=1024) == 1024 << 20


@pytest.mark.parametrize(
    ("name", "reason", "seconds"),
    [
        ("eat_memory", "memory", 20),
        ("spin", "time", 0.5),
        ("spawn_and_wait", "time", 0.5),
        ("leave", "crash", 20),
        ("crash", "crash", 20),
    ],
)
async def test_a_hostile_job_ends_alone(pool: WorkerPool, name: str, reason: str, seconds: float) -> None:
    before, processes = await run(pool, "tell_process"), descendants()
    with pytest.raises(InputTooDemanding) as caught:
        await run(pool, name, CANARY, seconds=seconds)
    assert caught.value.reason == reason
    assert caught.value.extensions == {"reason": reason}
    after = await run(pool, "tell_process")
    assert after["pid"] != before["pid"]
    assert pool.outcomes == {"done": 2, reason: 1}
    await until(lambda: {process.pid for process in descendants() - processes} == {after["pid"]})


async def test_an_address_space_that_cannot_hold_the_job_is_a_memory_problem(pool: WorkerPool) -> None:
    with pytest.raises(InputTooDemanding, match="memory"):
        await run(pool, "give_too_many_bytes", 200 << 20, megabytes=100)


async def test_too_large_a_result_is_not_read(pool: WorkerPool) -> None:
    with pytest.raises(InputTooDemanding) as caught:
        await run(pool, "give_too_much", 17 << 20)
    assert caught.value.reason == "result"
    assert await run(pool, "echo") == {"payload": None, "length": 0}


@pytest.mark.parametrize(
    ("name", "error"), [("fail", "ValueError"), ("exit_politely", "SystemExit"), ("give_object", "TypeError")]
)
async def test_a_jobs_exception_comes_back_without_its_words(pool: WorkerPool, name: str, error: str) -> None:
    with capture_logs() as logs, pytest.raises(WorkFailed) as caught:
        await run(pool, name, CANARY)
    assert caught.value.error == error
    assert CANARY not in repr((logs, caught.value, vars(caught.value), caught.value.__cause__))
    assert logs[0]["event"] == "work_failed"
    assert logs[0]["function"] == WORK + name
    assert await run(pool, "echo") == {"payload": None, "length": 0}


async def test_a_jobs_exception_says_where(pool: WorkerPool) -> None:
    with pytest.raises(WorkFailed) as caught:
        await run(pool, "fail", CANARY)
    assert [frame.split(" ")[1] for frame in caught.value.frames] == ["fail"]
    assert caught.value.frames[0].startswith("tests.common.hostile_work:")


@pytest.mark.parametrize(
    "function",
    [
        "os:getcwd",
        "services.common.seal:new_key",
        "tests.common.hostile_work:os",
        "tests.common.hostile_work:_hidden",
        "tests.common.hostile_work:CANARY",
        "tests.common.hostile_work:absent",
        "tests.common.hostile_work",
        "tests.common.hostile_work:fail.__globals__",
    ],
)
async def test_only_named_public_functions_may_be_called(pool: WorkerPool, function: str) -> None:
    with pytest.raises(WorkFailed) as caught:
        await pool.run_bounded(function, seconds=20, megabytes=512)
    assert caught.value.error == "LookupError"


async def test_jobs_run_side_by_side() -> None:
    async with open_pool(processes=2) as pool:
        pids = await asyncio.gather(*(run(pool, "wait", 0.2) for _ in range(2)))
    assert len(set(pids)) == 2


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110  another process's state has no event
            await asyncio.sleep(0.01)


async def test_a_full_queue_refuses_and_a_waiting_job_gets_its_turn() -> None:
    async with open_pool(queue=1) as pool:
        first = asyncio.create_task(run(pool, "wait", 0.3))
        await until(lambda: pool.busy == 1)
        second = asyncio.create_task(run(pool, "echo", 2))
        await until(lambda: pool.waiting == 1)
        with pytest.raises(WorkerBusy) as caught:
            await run(pool, "echo", 3)
        assert caught.value.retry_after
        await first
        assert (await second)["payload"] == 2
        assert (pool.busy, pool.waiting) == (0, 0)
        assert pool.outcomes == {"done": 2, "busy": 1}


async def test_a_cancelled_job_is_killed_and_frees_its_place(pool: WorkerPool) -> None:
    pid = (await run(pool, "tell_process"))["pid"]
    job = asyncio.create_task(run(pool, "spin"))
    await until(lambda: psutil.Process(pid).cpu_times().user > 0.2)
    job.cancel()
    with pytest.raises(asyncio.CancelledError):
        await job
    assert (await run(pool, "tell_process"))["pid"] != pid
    await until(lambda: not psutil.pid_exists(pid))
    assert pool.outcomes["cancelled"] == 1


async def test_a_cancelled_wait_in_the_queue_harms_nobody(pool: WorkerPool) -> None:
    first = asyncio.create_task(run(pool, "wait", 0.3))
    await until(lambda: pool.busy == 1)
    second = asyncio.create_task(run(pool, "echo"))
    await until(lambda: pool.waiting == 1)
    second.cancel()
    await first
    assert (pool.busy, pool.waiting) == (0, 0)
    assert await run(pool, "echo", 1) == {"payload": 1, "length": 0}


async def test_a_child_killed_while_idle_is_replaced(pool: WorkerPool) -> None:
    pid = (await run(pool, "tell_process"))["pid"]
    os.kill(pid, signal.SIGKILL)
    await until(lambda: psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    assert (await run(pool, "tell_process"))["pid"] != pid


async def test_closing_leaves_no_process() -> None:
    before = descendants()
    pool = open_pool(processes=2)
    jobs = [asyncio.create_task(run(pool, "spawn_and_wait")) for _ in range(2)]
    await until(lambda: len(descendants() - before) == 4)
    started = descendants() - before
    await pool.close()
    for job in jobs:
        with pytest.raises(InputTooDemanding, match="crash"):
            await job
    await until(lambda: not any(process.is_running() for process in started))


def descendants() -> set[psutil.Process]:
    return set(psutil.Process().children(recursive=True))


async def test_a_child_that_cannot_be_started_leaves_nothing(
    pool: WorkerPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(sys, "executable", "/nonexistent/python")
        with pytest.raises(FileNotFoundError):
            await run(pool, "echo")
    assert await run(pool, "echo") == {"payload": None, "length": 0}


PARENT = """
import asyncio, os, sys
from services.common.worker import WorkerPool

async def main():
    pool = WorkerPool(packages=("tests",))
    told = await pool.run_bounded("tests.common.hostile_work:tell_process", seconds=20, megabytes=512)
    print(told["pid"], flush=True)
    await pool.run_bounded("tests.common.hostile_work:spin", seconds=60, megabytes=512)

asyncio.run(main())
"""


async def test_a_child_dies_with_its_parent_even_in_the_middle_of_work() -> None:
    command = [sys.executable, "-c", PARENT]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as parent:  # noqa: ASYNC220  a fixed command
        assert parent.stdout
        child = psutil.Process(int(await asyncio.to_thread(parent.stdout.readline)))
        await until(lambda: child.cpu_times().user > 0.2)
        parent.kill()
    await until(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE)
