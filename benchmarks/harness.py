"""Servers as real processes, a load on keep-alive connections, and ratios of medians over interleaved rounds."""

import asyncio
import contextlib
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil

ROUNDS = 5
SECONDS = 2.0
CONNECTIONS = 16


@dataclass
class Contender:
    """One server under load, and what its rounds gave."""

    name: str
    process: psutil.Process
    address: str
    request: bytes
    rates: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    """CPU milliseconds of the server per request."""

    @property
    def rate(self) -> float:
        """Requests per second, the median of the rounds."""
        return statistics.median(self.rates)


def get(path: str, headers: Mapping[str, str] | None = None) -> bytes:
    """Return the bytes of a GET request that keeps its connection."""
    lines = [f"GET {path} HTTP/1.1", "Host: bench.test", *(f"{k}: {v}" for k, v in (headers or {}).items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


@contextlib.contextmanager
def serve(factory: str, folder: Path, environment: Mapping[str, str]) -> Iterator[tuple[psutil.Process, str]]:
    """Run the app that `factory` (`module:function`) makes on a unix socket while the block lasts."""
    address = str(folder / f"{factory.replace(':', '.').rpartition('.')[0]}.sock")
    command = [sys.executable, "-m", "uvicorn", "--factory", factory, "--uds", address, "--loop", "asyncio"]
    command += ["--http", "httptools", "--no-access-log", "--log-level", "warning"]
    log = (folder / "server.log").open("wb")
    server = subprocess.Popen(command, env=os.environ | environment, stdout=log, stderr=log)  # noqa: S603  ours
    try:
        _wait_for(address, server)
        yield psutil.Process(server.pid), address
    finally:
        server.terminate()
        server.wait(10)
        log.close()


def compare(contenders: list[Contender]) -> None:
    """Load each contender in turn, round after round, so that a noisy moment hits all of them."""
    for contender in contenders:
        asyncio.run(_load(contender, 0.5))  # warm caches and prepared statements
    for _ in range(ROUNDS):
        for contender in contenders:
            before = sum(contender.process.cpu_times()[:2])
            done, seconds = asyncio.run(_load(contender, SECONDS))
            contender.rates.append(done / seconds)
            contender.cpu.append((sum(contender.process.cpu_times()[:2]) - before) / done * 1000)


def report(
    title: str, measured: Contender, ceiling: Contender, *, goal: float, say: Callable[[str], None] = print
) -> None:
    """Print both contenders and the ratio of their rates against the goal of design/performance.md."""
    say(f"\n{title}")
    for contender in (ceiling, measured):
        cpu = statistics.median(contender.cpu)
        say(f"  {contender.name:<42} {contender.rate:8.0f} requests/s   {cpu:6.2f} ms CPU each")
    ratio = measured.rate / ceiling.rate
    say(f"  ratio {ratio:.2f}, goal >= {goal:.2f}: {'reached' if ratio >= goal else 'missed'}")


async def _load(contender: Contender, seconds: float) -> tuple[int, float]:
    begun = time.perf_counter()
    counts = await asyncio.gather(*(_client(contender, begun + seconds) for _ in range(CONNECTIONS)))
    return sum(counts), time.perf_counter() - begun


async def _client(contender: Contender, until: float) -> int:
    reader, writer = await asyncio.open_unix_connection(contender.address)
    done = 0
    try:
        while time.perf_counter() < until:
            writer.write(contender.request)
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200"), head[:200]
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
            await reader.readexactly(length)
            done += 1
    finally:
        writer.close()
    return done


def _wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        if server.poll() is not None:
            raise RuntimeError("the server ended at once")
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as probe:
            probe.connect(address)
            return
        time.sleep(0.05)
    raise RuntimeError("the server did not start")
