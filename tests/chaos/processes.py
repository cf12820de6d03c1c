"""Services as processes of their own over one test database, kept alive by the supervisor of `qoldau up`."""

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import psutil

from cli.environment import SERVICES
from cli.invariants import find_broken
from cli.processes import Command
from cli.supervisor import Child, Supervisor
from tests.cluster import TestDatabase, app_databases
from tests.instances import PATIENCE, ROOT

PRODUCTION = "cli.serve"
# None rests: on a busy machine client and server do not agree on how long it rested, and whether it is still there.
CONNECTIONS = httpx.Limits(max_connections=400, max_keepalive_connections=0)


@dataclass(frozen=True)
class House:
    """Processes of services; `participants.2` is a second process of participants beside `participants`."""

    database: TestDatabase
    keys: Path
    folder: Path
    supervisor: Supervisor

    async def start(self, *names: str, module: str = PRODUCTION) -> None:
        """Start processes together, as `qoldau up` starts them, and wait until they are ready."""
        await self.supervisor.start(*(self._child(name, module) for name in names))

    def client(self, name: str, headers: Mapping[str, str] | None = None) -> httpx.AsyncClient:
        """Return a client of one process; its pool is wider than any test needs."""
        transport = httpx.AsyncHTTPTransport(uds=self._socket(name), limits=CONNECTIONS)
        return httpx.AsyncClient(
            transport=transport, base_url=f"http://{name}.test", headers=headers, timeout=PATIENCE
        )

    def process(self, name: str) -> psutil.Process:
        """Return the process that serves `name` now; raise `LookupError` between two of them."""
        for child in psutil.Process().children():
            try:
                if self._socket(name) in child.cmdline():
                    return child
            except (psutil.NoSuchProcess, psutil.ZombieProcess):
                continue
        raise LookupError(name)

    async def is_ready(self, name: str) -> bool:
        """Return whether the process says that it can serve."""
        async with self.client(name) as client:
            try:
                return (await client.get("/health/ready")).is_success
            except httpx.TransportError:
                return False

    async def fetch(self, query: str) -> Any:
        """Return one value of the database, asked as its administrator."""
        connection = await asyncpg.connect(self.database.admin)
        try:
            return await connection.fetchval(query)
        finally:
            await connection.close()

    async def kill(self, name: str) -> None:
        """Kill the process that serves `name` as the kernel does, when there is one again."""
        await until(lambda: self._is_alive(name), f"{name} runs")
        self.process(name).kill()

    def _child(self, name: str, module: str) -> Child:
        app = name.partition(".")[0]
        arguments = [sys.executable, "-m", module, app, "--uds", self._socket(name)]
        return Child(name, Command(arguments, self._environment(app), ROOT), lambda _: self.is_ready(name))

    async def _is_alive(self, name: str) -> bool:
        try:
            return self.process(name).is_running()
        except LookupError:
            return False

    def _socket(self, name: str) -> str:
        return str(self.folder / f"{name}.sock")

    def _environment(self, app: str) -> dict[str, str]:
        dsns = getattr(self.database, app)
        prefix = app.upper()
        addresses = {f"QOLDAU_{service.upper()}_URL": f"unix:{self._socket(service)}" for service in SERVICES}
        return addresses | {
            "PATH": os.environ["PATH"],
            f"{prefix}_DATABASE_URL": dsns.runtime,
            f"{prefix}_READ_DATABASE_URL": dsns.reader,
            f"{prefix}_SIGNING_KEY": str(self.keys / f"{app}.json"),
            "QOLDAU_PUBLIC_KEYS": str(self.keys / "public.json"),
            "QOLDAU_KEYSTORE_URL": self.database.keystore,
            "QOLDAU_KEYSTORE_MASTER_KEY": str(self.keys / "master"),
        }


@asynccontextmanager
async def open_house(database: TestDatabase, keys: Path) -> AsyncIterator[House]:
    """Give a house over `database`; its processes end with the block."""
    (keys / "master").write_text("5" * 64)
    with tempfile.TemporaryDirectory(prefix="qoldau-") as name:
        folder = Path(name)
        async with Supervisor(folder / "logs") as supervisor:
            yield House(database, keys, folder, supervisor)


async def until(holds: Callable[[], Awaitable[bool]], what: str) -> None:
    """Wait until something holds; fail, naming `what`, when it never does."""
    deadline = time.monotonic() + PATIENCE
    while not await holds():
        assert time.monotonic() < deadline, f"still not: {what}"
        await asyncio.sleep(0.05)


async def until_served(send: Callable[[], Awaitable[httpx.Response]]) -> httpx.Response:
    """Send a request, again as often as it is answered 503, after the time that the answer asks for."""
    async with asyncio.timeout(PATIENCE):
        while True:
            answer = await send()
            if answer.status_code != 503:
                return answer
            await asyncio.sleep(float(answer.headers["retry-after"]))


async def check_invariants(database: TestDatabase, *, besides: str = "") -> None:
    """Fail unless what `qoldau check-invariants` asks finds everything in order, `besides` left aside."""
    broken = set(await find_broken(app_databases(database))) - {besides}
    assert not broken, sorted(broken)
