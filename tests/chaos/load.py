"""A whole running instance under load: what was acknowledged, what was refused, and whether it stands after all."""

import asyncio
import logging
import random
import re
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import uuid4

import asyncpg
import httpx

from cli.access import sign_in
from cli.cluster import Cluster, prepare_cluster
from cli.environment import SERVICES
from services.common.identity import Role
from tests.instances import PATIENCE, Instance, run_command, says_ready, wait_until

WRITERS: Final = 6
FAILURES: Final = re.compile(r'qoldau_http_requests_total\{.*status="500"\} ([0-9.e+]+)')

log = logging.getLogger(__name__)

Write = tuple[Role, str, str, Callable[[], dict[str, Any]]]
WRITES: Final[dict[str, Write]] = {
    "programs": (
        Role.MANAGER,
        "/v1/organizations",
        "programs.organization",
        lambda: {"code": f"syn-{uuid4()}", "names": {"en": "Synthetic"}, "provenance": "synthetic"},
    ),
    "participants": (
        Role.MANAGER,
        "/v1/authorities",
        "participants.authority",
        lambda: {"organization_id": str(uuid4()), "country": "TJ"},
    ),
    "evaluation": (
        Role.EVALUATOR,
        "/v1/instruments",
        "evaluation.instrument",
        lambda: {"code": f"syn-{uuid4()}", "title": {"en": "Synthetic"}},
    ),
}
"""Service -> who enters what, where, and the table in which it then stands."""


@dataclass
class Load:
    """What became of the requests so far."""

    answers: Counter[int] = field(default_factory=Counter)
    """Statuses; 0 counts connections that broke."""
    acknowledged: dict[str, list[str]] = field(default_factory=dict)
    """Table -> ids of what the caller was told is entered."""
    impatient: list[int] = field(default_factory=list)
    """Answers 503 that did not say when to come back."""

    def note(self, table: str, answer: httpx.Response) -> None:
        """Note an answer."""
        self.answers[answer.status_code] += 1
        if answer.status_code == 201:
            self.acknowledged.setdefault(table, []).append(answer.json()["id"])
        if answer.status_code == 503 and "retry-after" not in answer.headers:
            self.impatient.append(answer.status_code)

    @property
    def accepted(self) -> int:
        """How many writes were acknowledged."""
        return sum(map(len, self.acknowledged.values()))


@dataclass
class Site:
    """A running instance in demonstration mode, and everything one may ask of it."""

    instance: Instance
    tokens: dict[Role, str]

    @property
    def cluster(self) -> Cluster:
        """Its PostgreSQL, which is running."""
        return prepare_cluster(self.instance.home)

    def client(self, role: Role | None = None) -> httpx.AsyncClient:
        """Return a client of the gateway with the demonstration account of `role`."""
        headers = {"Authorization": f"Bearer {self.tokens[role]}"} if role else {}
        return httpx.AsyncClient(
            base_url=self.instance.url, headers=headers, trust_env=False, timeout=PATIENCE
        )

    async def fetch(self, query: str, *arguments: object) -> Any:
        """Return one value of the database, asked as its administrator."""
        connection = await asyncpg.connect(self.cluster.dsn("qoldau"))
        try:
            return await connection.fetchval(query, *arguments)
        finally:
            await connection.close()

    async def strike(self, name: str, number: signal.Signals = signal.SIGKILL) -> None:
        """Send `number` to an app, or to `postgresql`, wait until all serve again and log how long it took."""
        struck = time.monotonic()
        await asyncio.to_thread(self.instance.kill, name, number)
        await self.heal()
        log.warning("%s: all serve again %.1f s after %s", name, time.monotonic() - struck, number.name)

    async def heal(self) -> None:
        """Wait until every process serves again."""
        await asyncio.to_thread(wait_until, lambda: says_ready(self.instance), "all serve again")

    async def count_failures(self) -> float:
        """Return how many requests the services' present processes have answered with 500."""
        return sum([await self._failures_of(service) for service in SERVICES])

    async def _failures_of(self, service: str) -> float:
        transport = httpx.AsyncHTTPTransport(uds=str(self.instance.addresses[service]))
        async with httpx.AsyncClient(transport=transport, base_url="http://app") as client:
            return sum(map(float, FAILURES.findall((await client.get("/metrics")).text)))

    @asynccontextmanager
    async def under_load(self) -> AsyncIterator[Load]:
        """Write to and read from every service until the end of the block, whatever they answer."""
        load, over = Load(), asyncio.Event()
        writers = [asyncio.create_task(self._write(load, over, n)) for n in range(WRITERS)]
        try:
            yield load
        finally:
            over.set()
            await asyncio.gather(*writers)

    async def _write(self, load: Load, over: asyncio.Event, number: int) -> None:
        role, path, table, make = WRITES[SERVICES[number % len(SERVICES)]]
        async with self.client(role) as client:
            while not over.is_set():
                try:
                    load.note(table, await client.post(path, json=make()))
                    load.note(table, await client.get(path, params={"limit": "1"}))
                except httpx.TransportError:
                    load.answers[0] += 1
                await asyncio.sleep(random.random() / 50)  # noqa: S311  spreads load, guards no secret

    async def check(self, load: Load) -> None:
        """Fail unless all that was acknowledged stands, once, and every invariant holds."""
        assert load.impatient == []
        for table, ids in load.acknowledged.items():
            found = await self.fetch(f"SELECT count(*) FROM {table} WHERE id = ANY ($1::uuid[])", ids)  # noqa: S608
            assert found == len(ids), f"acknowledged writes are lost in {table}"
        await self.check_invariants()

    async def check_invariants(self) -> None:
        """Fail unless `qoldau check-invariants` finds everything in order."""
        checked = await asyncio.to_thread(run_command, "check-invariants", home=self.instance.home)
        assert checked.returncode == 0, checked.stdout + checked.stderr


async def go_on(load: Load, writes: int = 40) -> None:
    """Wait until so many more writes have been acknowledged."""
    goal = load.accepted + writes
    await asyncio.to_thread(wait_until, lambda: load.accepted >= goal, f"{writes} writes are acknowledged")


async def enter(instance: Instance) -> Site:
    """Sign in to an instance as those who write there, and who may read everything."""
    roles = (Role.MANAGER, Role.EVALUATOR, Role.ADMINISTRATOR)
    return Site(instance, {role: await sign_in(instance.url, role) for role in roles})
