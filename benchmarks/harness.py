"""Servers as real processes, a load on keep-alive connections, and ratios of medians over interleaved rounds.

The load comes from `wrk` where it is installed and the server listens on TCP, else from a client of our own, which
tires before a fast server does.
"""

import asyncio
import contextlib
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import psutil

from cli.cluster import FORGETFUL, running_cluster
from services.common.logging import configure_logging
from tests.cluster import TestDatabase, database_from_template, make_template

ROUNDS = 5
SECONDS = 2.0
CONNECTIONS = 16
RESULT: Final = "  => "
"""How the lines begin that say whether a goal is reached."""


Address = str | int
"""The path of a unix socket, or a port of loopback."""


@dataclass
class Contender:
    """One server under load, and what its rounds gave."""

    name: str
    processes: list[psutil.Process]
    """Everything that works for its answers."""
    address: Address
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    connections: int = CONNECTIONS
    beside: Callable[[], contextlib.AbstractContextManager[None]] = contextlib.nullcontext
    """What else goes on while it is loaded."""
    rates: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    """CPU milliseconds of the server per request."""

    @property
    def rate(self) -> float:
        """Requests per second, the median of the rounds."""
        return statistics.median(self.rates)

    def cpu_seconds(self) -> float:
        """CPU time that its processes have used so far."""
        return sum(sum(process.cpu_times()[:2]) for process in self.processes)


def measure_on_database(
    measure: Callable[[TestDatabase, Path], Awaitable[None]], *, durable: bool = False
) -> None:
    """Call `measure` with a migrated database of its own and a folder, both gone at the end.

    A `durable` database waits for the disk, as in production: where commits are compared with commits.
    """
    configure_logging("bench", "WARNING")

    async def run_measurement(admin: str, folder: Path) -> None:
        await make_template(admin)
        async with database_from_template(admin, "bench") as database:
            await measure(database, folder)

    with tempfile.TemporaryDirectory(prefix="qoldau-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with running_cluster(folder, settings={} if durable else FORGETFUL, durable=durable) as cluster:
            asyncio.run(run_measurement(cluster.dsn(), folder))


def get(path: str, headers: Mapping[str, str] | None = None) -> bytes:
    """Return the bytes of a GET request that keeps its connection."""
    lines = [f"GET {path} HTTP/1.1", "Host: bench.test", *(f"{k}: {v}" for k, v in (headers or {}).items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


@contextlib.contextmanager
def serve(factory: str, folder: Path, environment: Mapping[str, str]) -> Iterator[tuple[psutil.Process, str]]:
    """Run the app that `factory` (`module:function`) makes on a unix socket while the block lasts."""
    address = str(folder / f"{factory.replace(':', '.')}.sock")
    command = [sys.executable, "-m", "uvicorn", "--factory", factory, "--uds", address, "--loop", "asyncio"]
    command += ["--http", "httptools", "--no-access-log", "--log-level", "warning"]
    with run(command, address, folder, environment) as process:
        yield process, address


@contextlib.contextmanager
def serve_as_in_production(
    factory: str, folder: Path, environment: Mapping[str, str]
) -> Iterator[tuple[psutil.Process, str]]:
    """Run an app as `serve` does, by the server and with the log that services have in production."""
    address = str(folder / f"{factory.replace(':', '.')}.sock")
    serving = "import sys; from cli.serve import serve; serve('bench', sys.argv[1], uds=sys.argv[2])"
    command = [sys.executable, "-c", serving, factory, address]
    with run(command, address, folder, environment) as process:
        yield process, address


@contextlib.contextmanager
def run(
    command: list[str], address: Address, folder: Path, environment: Mapping[str, str]
) -> Iterator[psutil.Process]:
    """Run a server until the end of the block, which begins when it listens at `address`."""
    log = (folder / "server.log").open("ab")
    server = subprocess.Popen(command, env=os.environ | environment, stdout=log, stderr=log)  # noqa: S603  ours
    try:
        _wait_for(address, server)
        yield psutil.Process(server.pid)
    finally:
        server.terminate()
        server.wait(10)
        log.close()


def compare(contenders: list[Contender]) -> None:
    """Load each contender in turn, round after round, so that a noisy moment hits all of them."""
    for contender in contenders:
        _load(contender, 1.0)  # warm caches and prepared statements
    for _ in range(ROUNDS):
        for contender in contenders:
            before = contender.cpu_seconds()
            with contender.beside():
                done, seconds = _load(contender, SECONDS)
            contender.rates.append(done / seconds)
            contender.cpu.append((contender.cpu_seconds() - before) / done * 1000)


def report(
    title: str, measured: Contender, ceiling: Contender, *, goal: float, say: Callable[[str], None] = print
) -> None:
    """Print both contenders and the ratio of their rates against the goal of design/performance.md."""
    say(f"\n{title}")
    for contender in (ceiling, measured):
        cpu = statistics.median(contender.cpu)
        say(f"  {contender.name:<42} {contender.rate:8.0f} requests/s   {cpu:6.2f} ms CPU each")
    say_goal(title, measured.rate / ceiling.rate, goal, say=say)


def say_goal(
    what: str,
    value: float,
    goal: float,
    *,
    unit: str = "",
    at_most: bool = False,
    say: Callable[[str], None] = print,
) -> None:
    """Print a value against its goal, which is the least or, with `at_most`, the most it should be.

    Every benchmark ends in such lines, which `python -m benchmarks` puts together.
    """
    sign, reached = ("<=", value <= goal) if at_most else (">=", value >= goal)
    verdict = "reached" if reached else "missed"
    say(f"{RESULT}{what}: {value:.2f}{unit}, goal {sign} {goal:g}{unit}: {verdict}")


def _load(contender: Contender, seconds: float) -> tuple[int, float]:
    """Return how many requests were answered, and in how many seconds."""
    if isinstance(contender.address, int) and (wrk := shutil.which("wrk")):
        return _load_by_wrk(wrk, contender, seconds)
    return asyncio.run(_load_by_ourselves(contender, seconds))


def _load_by_wrk(wrk: str, contender: Contender, seconds: float) -> tuple[int, float]:
    headers = [part for name, value in contender.headers.items() for part in ("-H", f"{name}: {value}")]
    place = f"http://127.0.0.1:{contender.address}{contender.path}"
    command = [wrk, "-t1", f"-c{contender.connections}", f"-d{max(1, round(seconds))}s", *headers, place]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603  ours
    assert "Non-2xx" not in said, said
    found = re.search(r"(\d+) requests in ([0-9.]+)s", said)
    assert found, said
    return int(found[1]), float(found[2])


async def _load_by_ourselves(contender: Contender, seconds: float) -> tuple[int, float]:
    begun = time.perf_counter()
    clients = (_client(contender, begun + seconds) for _ in range(contender.connections))
    return sum(await asyncio.gather(*clients)), time.perf_counter() - begun


async def connect(address: Address) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Open a connection to a server."""
    if isinstance(address, str):
        return await asyncio.open_unix_connection(address)
    return await asyncio.open_connection("127.0.0.1", address)


async def read_answer(reader: asyncio.StreamReader) -> int:
    """Read one answer with a body of known length, and return its status."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
    await reader.readexactly(int(length))
    return int(head[9:12])


async def _client(contender: Contender, until: float) -> int:
    reader, writer = await connect(contender.address)
    request = get(contender.path, contender.headers)
    done = 0
    try:
        while time.perf_counter() < until:
            writer.write(request)
            status = await read_answer(reader)
            assert status == 200, f"{contender.name} answers {status}"
            done += 1
    finally:
        writer.close()
    return done


def _wait_for(address: Address, server: subprocess.Popen[bytes]) -> None:
    for _ in range(1_200):
        if server.poll() is not None:
            raise RuntimeError("the server ended at once")
        with contextlib.suppress(OSError):
            if isinstance(address, str):
                with socket.socket(socket.AF_UNIX) as probe:
                    probe.connect(address)
            else:
                socket.create_connection(("127.0.0.1", address)).close()
            return
        time.sleep(0.05)
    raise RuntimeError("the server did not start")
