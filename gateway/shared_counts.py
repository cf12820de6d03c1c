"""Counts of several gateways, kept where all of them look: a Redis or Valkey (ADR 39)."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

import structlog
from limits import RateLimitItem
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from gateway.rate_limits import LocalCounter, Outcome

STORE_SECONDS: Final = 0.5
"""How long the shared store may take; a caller waits twice as long at most."""
STORE_PAUSE_SECONDS: Final = 5.0
"""How long a store that could not be reached is not asked."""

log = structlog.get_logger()


class SharedCounter:
    """Counts where several gateways count together, and alone while that place cannot be reached."""

    def __init__(self, store: Redis, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock`: seconds that never run backwards."""
        self._store = store
        self._clock = clock
        self._alone = LocalCounter(clock)
        self._asked_again = 0.0

    async def count(self, limit: RateLimitItem, key: str) -> Outcome:
        """Count as `Counter` says, in one round trip."""
        if self._clock() >= self._asked_again:
            try:
                return await self._ask(limit, key)
            except RedisError as error:
                self._asked_again = self._clock() + STORE_PAUSE_SECONDS
                log.warning("rate_limit_store_unreachable", exc_info=error)
        return self._alone.count_at_once(limit, key)

    async def _ask(self, limit: RateLimitItem, key: str) -> Outcome:
        place, window = f"{limit.namespace}:{key}", limit.get_expiry()
        async with self._store.pipeline(transaction=True) as asking:
            asking.set(place, 0, ex=window, nx=True)
            asking.incr(place)
            asking.ttl(place)
            _, hits, seconds = await asking.execute()
        return hits <= limit.amount, max(0, limit.amount - hits), max(1, seconds)


@asynccontextmanager
async def open_shared_counter(store: str) -> AsyncIterator[SharedCounter]:
    """Give what counts in `store`, the URL of a Redis or Valkey."""
    async with Redis.from_url(
        store,
        retry=Retry(NoBackoff(), retries=1),
        socket_timeout=STORE_SECONDS,
        socket_connect_timeout=STORE_SECONDS,
    ) as redis:
        yield SharedCounter(redis)
