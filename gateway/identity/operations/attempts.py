"""How often somebody may try to sign in: counted before anything is hashed or looked up."""

from dataclasses import dataclass
from typing import Final

from limits import RateLimitItemPerMinute

from gateway.identity.domain.credentials import digest
from gateway.identity.domain.problems import TooManyAttempts
from gateway.rate_limits import Counter

PER_LOGIN: Final = RateLimitItemPerMinute(5, namespace="login")
PER_ADDRESS: Final = RateLimitItemPerMinute(60, namespace="address")


@dataclass(frozen=True)
class Attempts:
    """Counts attempts, alike for logins that exist and those that do not."""

    counter: Counter

    async def count(self, *, login: str | None, address: str) -> None:
        """Count one attempt; raise `TooManyAttempts` beyond 5 a minute for a login, 60 for an address."""
        limits = [(PER_ADDRESS, address)]
        if login is not None:
            limits.append((PER_LOGIN, digest(login.lower()).hex()))
        for limit, key in limits:
            allowed, _, seconds = await self.counter.count(limit, key)
            if not allowed:
                raise TooManyAttempts("Wait before you try again.").with_headers(Retry_After=str(seconds))
