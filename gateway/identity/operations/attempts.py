"""How often somebody may try to sign in: counted before anything is hashed or looked up."""

import math
import time
from typing import Final

from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import FixedWindowRateLimiter

from gateway.identity.domain.credentials import digest
from gateway.identity.domain.problems import TooManyAttempts

PER_LOGIN: Final = RateLimitItemPerMinute(5, namespace="login")
PER_ADDRESS: Final = RateLimitItemPerMinute(60, namespace="address")


class Attempts:
    """Counts attempts in this process, alike for logins that exist and those that do not."""

    def __init__(self) -> None:
        self._limiter = FixedWindowRateLimiter(MemoryStorage())

    async def count(self, *, login: str | None, address: str) -> None:
        """Count one attempt; raise `TooManyAttempts` beyond 5 a minute for a login, 60 for an address."""
        limits = [(PER_ADDRESS, address)]
        if login is not None:
            limits.append((PER_LOGIN, digest(login.lower()).hex()))
        for limit, key in limits:
            if not await self._limiter.hit(limit, key):
                reset = (await self._limiter.get_window_stats(limit, key)).reset_time
                wait = max(1, math.ceil(reset - time.time()))
                raise TooManyAttempts("Wait before you try again.").with_headers(Retry_After=str(wait))
