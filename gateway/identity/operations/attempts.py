"""How often somebody may try to sign in: counted before anything is hashed or looked up.

By address at the front door, before a byte of the body is read; by login once it has been read.
"""

from dataclasses import dataclass
from typing import Final

from limits import RateLimitItem, RateLimitItemPerMinute

from gateway.identity.domain.credentials import digest
from gateway.identity.domain.problems import TooManyAttempts
from gateway.rate_limits import Counter

PER_LOGIN: Final = RateLimitItemPerMinute(5, namespace="login")
PER_ADDRESS: Final = RateLimitItemPerMinute(60, namespace="address")

GUESSABLE: Final = frozenset(
    {
        "/v1/auth/token",
        "/v1/auth/passwords",
        "/v1/auth/password-resets",
        "/v1/me/authenticator/confirmation",
        "/v1/me/authenticator/removal",
    }
)
"""Where something is sent that could be guessed, or tells whom the house knows."""


@dataclass(frozen=True)
class Attempts:
    """Counts attempts, alike for logins that exist and those that do not."""

    counter: Counter

    async def count_address(self, address: str) -> None:
        """Count a request to one of `GUESSABLE`; raise `TooManyAttempts` beyond 60 a minute."""
        await self._count(PER_ADDRESS, address)

    async def count_login(self, login: str) -> None:
        """Count an attempt with this login; raise `TooManyAttempts` beyond 5 a minute."""
        await self._count(PER_LOGIN, digest(login.lower()).hex())

    async def _count(self, limit: RateLimitItem, key: str) -> None:
        allowed, _, seconds = await self.counter.count(limit, key)
        if not allowed:
            raise TooManyAttempts("Wait before you try again.").with_headers(Retry_After=str(seconds))
