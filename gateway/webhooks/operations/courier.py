"""The courier: takes what is due to its endpoints, many at a time, and waits for none of them longer than it must.

Deliveries run beside one another, a few for each endpoint, so that a slow one keeps nobody else waiting. No request
is made inside a transaction: what is due is leased first, and what became of it recorded after.
"""

import asyncio
import socket
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

import aiohttp
import structlog
from aiohttp.abc import AbstractResolver, ResolveResult
from sqlalchemy import Row
from yarl import URL

from gateway.vault import SecretUnreadableError, Vault
from gateway.webhooks.db.deliveries import claim_due
from gateway.webhooks.db.endpoints import get_endpoint
from gateway.webhooks.domain.addresses import Networks, may_be_reached, read_literal
from gateway.webhooks.domain.deliveries import WebhookOutcome, judge
from gateway.webhooks.domain.signatures import sign
from gateway.webhooks.operations.deliveries import record_attempt
from gateway.webhooks.operations.endpoints import WEBHOOKS
from services.common.clock import real_now
from services.common.leases import NO_TIME, bell, keep_working, problem_code
from services.common.sessions import Sessions

ANSWER_SECONDS: Final = 15.0
"""The specification proposes 15 to 30."""
AT_ONCE: Final = 50
PER_ENDPOINT: Final = 5

Lookup = Callable[[str, int], Awaitable[Sequence[str]]]
"""Given a name and a port, returns every numeric address that the name has."""
log = structlog.get_logger()


class AddressRefusedError(OSError):
    """A name has an address that is not public; nothing is sent, to none of its addresses."""


async def look_up(host: str, port: int) -> list[str]:
    """Return every address of `host`, as the system's resolver knows them."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(place[4][0]) for place in found]


class PinnedResolver(AbstractResolver):
    """Resolves a name once per connection, refuses it unless all its addresses may be reached, and pins them.

    The connection goes to what was checked: a second answer of the name server (DNS rebinding) is never asked for.
    """

    def __init__(self, allowed: Networks, lookup: Lookup) -> None:
        self._allowed = allowed
        self._lookup = lookup

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_INET,  # noqa: ARG002
    ) -> list[ResolveResult]:
        """Return the addresses of `host`; raise `AddressRefusedError`, or OSError if there are none."""
        addresses = [ip_address(found.partition("%")[0]) for found in await self._lookup(host, port)]
        if not addresses or not all(may_be_reached(address, self._allowed) for address in addresses):
            raise AddressRefusedError(host)
        return [
            ResolveResult(
                hostname=host,
                host=str(address),
                port=port,
                family=socket.AF_INET if address.version == 4 else socket.AF_INET6,
                proto=socket.IPPROTO_TCP,
                flags=socket.AI_NUMERICHOST,
            )
            for address in dict.fromkeys(addresses)
        ]

    async def close(self) -> None:
        """Nothing is held."""


@dataclass(frozen=True)
class _Parcel:
    """What is sent in one attempt."""

    url: str
    body: bytes
    headers: dict[str, str]


@dataclass
class Courier:
    """Sends what is due; made by `open_courier`."""

    sessions: Sessions
    vault: Vault
    allowed: Networks
    client: aiohttp.ClientSession
    answer_seconds: float = ANSWER_SECONDS
    _under_way: Counter[UUID] = field(default_factory=Counter)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def send_due(self, *, ahead: timedelta = NO_TIME) -> int:
        """Begin to send what is due, as much as there is room for; return how many were begun."""
        room = AT_ONCE - len(self._tasks)
        if room <= 0:
            return 0
        busy = [endpoint for endpoint, count in self._under_way.items() if count >= PER_ENDPOINT]
        async with self.sessions.transaction() as session:
            rows = await claim_due(session, limit=min(room, PER_ENDPOINT), busy=busy, ahead=ahead)
        for row in rows:
            self._under_way[row.endpoint_id] += 1
            task = asyncio.create_task(self._deliver(row))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return len(rows)

    async def finish(self) -> None:
        """Wait for everything that is under way."""
        await asyncio.gather(*self._tasks)

    async def keep_sending(self) -> None:
        """Send what falls due, until cancelled."""

        async def work() -> bool:
            return await self.send_due() > 0

        await keep_working(WEBHOOKS, bell(self.sessions.write_engine, WEBHOOKS), work)

    async def _deliver(self, row: Row[Any]) -> None:
        try:
            begun = time.monotonic()
            outcome, status = await self._attempt(row)
            milliseconds = round((time.monotonic() - begun) * 1000)
            async with self.sessions.transaction() as session:
                await record_attempt(session, row, outcome, status, milliseconds)
            log.info(
                "webhook_sent", outcome=outcome.value, status=status, attempt=row.attempts, ms=milliseconds
            )
        except Exception as error:  # noqa: BLE001  the lease ends, and it is tried again
            log.warning("webhook_unrecorded", problem=problem_code(error))
        finally:
            self._under_way[row.endpoint_id] -= 1
            if not self._under_way[row.endpoint_id]:
                del self._under_way[row.endpoint_id]
            bell(self.sessions.write_engine, WEBHOOKS).set()

    async def _attempt(self, row: Row[Any]) -> tuple[WebhookOutcome, int | None]:
        try:
            parcel = await self._pack(row)
        except SecretUnreadableError:
            return WebhookOutcome.SECRET_UNREADABLE, None
        host = urlsplit(parcel.url).hostname or ""
        literal = read_literal(host)
        if literal is not None and not may_be_reached(literal, self.allowed):
            return WebhookOutcome.ADDRESS_REFUSED, None
        try:
            async with (
                asyncio.timeout(self.answer_seconds),
                self.client.post(
                    URL(parcel.url, encoded=True),
                    data=parcel.body,
                    headers=parcel.headers,
                    allow_redirects=False,
                ) as answer,
            ):
                return judge(answer.status), answer.status  # its body is of no interest, however long
        except TimeoutError:
            return WebhookOutcome.TIMED_OUT, None
        except aiohttp.ClientConnectorError as error:
            refused = isinstance(error.os_error, AddressRefusedError)
            return (WebhookOutcome.ADDRESS_REFUSED if refused else WebhookOutcome.UNREACHABLE), None
        except (aiohttp.ClientError, OSError, ValueError):
            return WebhookOutcome.UNREACHABLE, None

    async def _pack(self, row: Row[Any]) -> _Parcel:
        async with self.sessions.reading() as session:
            endpoint = await get_endpoint(session, row.endpoint_id)
            now = await real_now(session)
        held = [self.vault.unseal(endpoint.sealed_secret, endpoint.id)]
        if (
            endpoint.sealed_former_secret is not None
            and endpoint.former_until
            and endpoint.former_until > now
        ):
            held.append(self.vault.unseal(endpoint.sealed_former_secret, endpoint.id))
        body = row.body.encode()
        headers = sign(str(row.event_id), now, body, held) | {"Content-Type": "application/json"}
        return _Parcel(endpoint.url, body, headers)


@asynccontextmanager
async def open_courier(
    sessions: Sessions,
    vault: Vault,
    allowed: Networks,
    *,
    lookup: Lookup = look_up,
    answer_seconds: float = ANSWER_SECONDS,
) -> AsyncIterator[Courier]:
    """Give a courier whose client follows no redirect, keeps no cookie and asks no environment for a proxy."""
    connector = aiohttp.TCPConnector(
        resolver=PinnedResolver(allowed, lookup), use_dns_cache=False, force_close=True, limit=AT_ONCE
    )
    client = aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"User-Agent": "Qoldau-Webhooks/1"},
        skip_auto_headers=("Accept-Encoding",),
        auto_decompress=False,
        trust_env=False,
        timeout=aiohttp.ClientTimeout(total=None),
    )
    async with client:
        courier = Courier(sessions, vault, allowed, client, answer_seconds)
        try:
            yield courier
        finally:
            for task in courier._tasks:
                task.cancel()
            await asyncio.gather(*courier._tasks, return_exceptions=True)
