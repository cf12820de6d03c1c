"""The courier: takes what is due to its endpoints, many at a time, and waits for none of them longer than it must.

Deliveries run beside one another, a few for each endpoint, so that a slow one keeps nobody else waiting. No request
is made inside a transaction: what is due is leased first, and what became of it recorded after.
"""

import asyncio
import socket
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import structlog
from sqlalchemy import Row

from gateway.vault import SecretUnreadableError, Vault
from gateway.webhooks.db.deliveries import claim_due
from gateway.webhooks.db.endpoints import get_endpoint
from gateway.webhooks.domain.addresses import Lookup, Networks
from gateway.webhooks.domain.deliveries import Parcel, WebhookOutcome
from gateway.webhooks.domain.signatures import sign
from gateway.webhooks.operations.deliveries import record_attempt
from gateway.webhooks.operations.endpoints import WEBHOOKS
from services.common.clock import real_now
from services.common.leases import NO_TIME, bell, keep_working, problem_code
from services.common.sessions import Sessions

if TYPE_CHECKING:
    from gateway.webhooks.operations.carrier import Carrier

ANSWER_SECONDS: Final = 15.0
"""The specification proposes 15 to 30."""
AT_ONCE: Final = 50
PER_ENDPOINT: Final = 5

log = structlog.get_logger()


async def look_up(host: str, port: int) -> list[str]:
    """Return every address of `host`, as the system's resolver knows them."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(place[4][0]) for place in found]


@dataclass
class Courier:
    """Sends what is due; made by `open_courier`."""

    sessions: Sessions
    vault: Vault
    allowed: Networks
    lookup: Lookup
    answer_seconds: float
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

    async def close(self) -> None:
        """Give up what is under way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if "_carrier" in vars(self):
            await self._carrier.close()

    async def keep_sending(self) -> None:
        """Send what falls due, until cancelled."""

        async def work() -> bool:
            return await self.send_due() > 0

        await keep_working(WEBHOOKS, bell(self.sessions.write_engine, WEBHOOKS), work)

    @cached_property
    def _carrier(self) -> "Carrier":
        """Opened with the first delivery: its library is heavy, and most installations have no webhooks."""
        from gateway.webhooks.operations.carrier import Carrier  # noqa: PLC0415  heavy: loaded where it is used

        return Carrier(self.allowed, self.lookup, answer_seconds=self.answer_seconds, at_once=AT_ONCE)

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
        return await self._carrier.post(parcel)

    async def _pack(self, row: Row[Any]) -> Parcel:
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
        return Parcel(endpoint.url, body, headers)


@asynccontextmanager
async def open_courier(
    sessions: Sessions,
    vault: Vault,
    allowed: Networks,
    *,
    lookup: Lookup = look_up,
    answer_seconds: float = ANSWER_SECONDS,
) -> AsyncIterator[Courier]:
    """Give a courier; what it is taking somewhere when it is closed is given up, and tried again later."""
    courier = Courier(sessions, vault, allowed, lookup, answer_seconds)
    try:
        yield courier
    finally:
        await courier.close()
