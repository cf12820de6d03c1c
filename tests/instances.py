"""Whole instances of the system, as `qoldau up` runs them: real processes, a home and a port of their own."""

import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from cli.environment import GATEWAY, SERVICES

ROOT = Path(__file__).parent.parent
UNLIMITED = {"GATEWAY_RATE_LIMIT": "100000000/minute", "GATEWAY_ANONYMOUS_RATE_LIMIT": "100000000/minute"}
"""For an instance that is asked more than anybody may."""
PATIENCE = 60.0
"""Seconds after which something that was waited for has failed; no test measures time by it."""


@dataclass
class Instance:
    """One `qoldau up`."""

    home: Path
    port: int
    process: subprocess.Popen[str]
    ready_line: str

    @property
    def url(self) -> str:
        """The gateway's address."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def addresses(self) -> dict[str, str | tuple[str, int]]:
        """Where each app listens: the path of a unix socket, or host and port."""
        services: dict[str, str | tuple[str, int]] = {
            service: str(self.home / "run" / f"{service}.sock") for service in SERVICES
        }
        return services | {GATEWAY: ("127.0.0.1", self.port)}

    def processes(self) -> list[psutil.Process]:
        """Everything that runs for the instance, itself included."""
        me = psutil.Process(self.process.pid)
        return [me, *me.children(recursive=True)]

    def child(self, name: str) -> psutil.Process:
        """Return the process of one app, or of `postgresql`.

        Raises `LookupError` while it is not running.
        """
        for process in psutil.Process(self.process.pid).children():
            if name in (process.name(), *_words(process)):
                return process
        raise LookupError(name)

    def kill(self, name: str, number: signal.Signals = signal.SIGKILL) -> None:
        """Send `number` to one app, or to `postgresql`, and wait until its successor runs."""
        killed = self.child(name)
        killed.send_signal(number)
        wait_until(lambda: self._succeeded(name, killed.pid), f"{name} is started again")

    def wait_until_ready(self) -> None:
        """Wait until what a first start loads and plays in demonstration mode is done."""
        assert self.process.stdout is not None
        while not self.ready_line.startswith("Qoldau is ready"):
            self.ready_line = self.process.stdout.readline()
            assert self.ready_line, "the instance did not start"

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Stop as an operator does; return the exit status."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)

    def _succeeded(self, name: str, pid: int) -> bool:
        try:
            return self.child(name).pid != pid
        except (LookupError, psutil.NoSuchProcess):
            return False


@contextmanager
def empty_home() -> Iterator[Path]:
    """Yield a folder that root's unprivileged PostgreSQL may enter, unlike pytest's own; gone at the end."""
    with tempfile.TemporaryDirectory(prefix="qoldau-home-") as name:
        home = Path(name)
        home.chmod(0o755)
        yield home


@contextmanager
def running_instance(
    home: Path,
    environment: Mapping[str, str] | None = None,
    port: int | None = None,
    *,
    measured: bool = False,
) -> Iterator[Instance]:
    """Run `qoldau up` on `home` until the end of the block, whatever state the block leaves it in.

    Coverage is measured only if asked: five processes would take half as long again to start.
    """
    port = port or free_port()
    process = start_command("up", home=home, port=port, environment=environment, measured=measured)
    assert process.stdout is not None
    instance = Instance(home, port, process, "")
    try:
        instance.ready_line = process.stdout.readline()
        if not instance.ready_line:
            raise RuntimeError(f"the instance did not start: {_last_words(process)}")
        yield instance
    finally:
        if process.poll() is None:
            started = instance.processes()
            process.terminate()
            try:
                process.wait(PATIENCE)
            finally:
                for left in started:
                    if left.is_running():
                        left.kill()
        process.stdout.close()
        assert process.stderr is not None
        process.stderr.close()


def start_command(
    *arguments: str,
    home: Path,
    port: int = 8000,
    environment: Mapping[str, str] | None = None,
    measured: bool = True,
) -> subprocess.Popen[str]:
    """Start a command of `qoldau` in a clean environment."""
    return subprocess.Popen(
        [sys.executable, "-m", "cli.main", *arguments],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            **(measurement() if measured else {}),
            "HOME": str(home),
            "QOLDAU_HOME": str(home),
            "QOLDAU_PORT": str(port),
            **(environment or {}),
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def measurement() -> dict[str, str]:
    """Return what lets a process take part in the measurement of coverage, if there is one."""
    return {name: value for name, value in os.environ.items() if name.startswith("COVERAGE_")}


def run_command(
    *arguments: str, home: Path, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command of `qoldau` to its end."""
    process = start_command(*arguments, home=home, environment=environment)
    output, errors = process.communicate(timeout=PATIENCE)
    return subprocess.CompletedProcess(arguments, process.returncode, output, errors)


def free_port() -> int:
    """Return a loopback port nobody listens on, below the range that the kernel gives out by itself."""
    while True:
        port = random.randrange(20000, 32000)  # noqa: S311  no secret
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port


def says_ready(instance: Instance) -> bool:
    """Return whether the gateway and every service answer that they can serve."""
    return all(map(_answers_ready, instance.addresses.values()))


def is_alive(process: psutil.Process) -> bool:
    """Return whether `process` still runs; a dead one that nobody has buried does not."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def wait_until(condition: Callable[[], bool], what: str) -> None:
    """Wait until `condition` holds; fail, naming `what`, when it never does."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"still not: {what}"
        time.sleep(0.02)


def _answers_ready(address: str | tuple[str, int]) -> bool:
    family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as connection:
        try:
            connection.connect(address)
            connection.sendall(b"GET /health/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            return connection.recv(64).startswith(b"HTTP/1.1 200 ")
        except OSError:
            return False


def _words(process: psutil.Process) -> list[str]:
    words = process.cmdline()
    return ["postgresql"] if words and Path(words[0]).name == "postgres" else words


def _last_words(process: subprocess.Popen[str]) -> str:
    _, errors = process.communicate(timeout=PATIENCE)
    return errors[-2000:]
