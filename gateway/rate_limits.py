"""How much one caller may ask: per principal, and per address for the anonymous public.

Header fields after draft-ietf-httpapi-ratelimit-headers-10. Counts are kept in this process, or in a store that
several gateways share (`GATEWAY_RATE_LIMIT_STORE`, Redis or Valkey).
"""

import math
import time
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cached_property
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Any, ClassVar, Final, Protocol

from limits import RateLimitItem
from starlette.types import Message, Send

from services.common.problems import Problem, Title, title

Headers = list[tuple[bytes, bytes]]
Networks = Collection[IPv4Network | IPv6Network]

_FORWARDED: Final = b"x-forwarded-for"
_MOST_HOPS: Final = 10
_MOST_WINDOWS: Final = 100_000


class TooManyRequests(Problem):
    """This caller, or everybody at this address, has asked too much; wait for `Retry-After` seconds."""

    status: ClassVar[int] = 429
    slug: ClassVar[str] = "too-many-requests"
    title: ClassVar[Title] = title(en="Too many requests", ru="Слишком много запросов", kk="Сұраныс тым көп")


Outcome = tuple[bool, int, int]
"""Whether a hit was within the limit, how many are left, the seconds until all are."""


class Counter(Protocol):
    """Counts hits within windows that begin with the first hit."""

    async def count(self, limit: RateLimitItem, key: str) -> Outcome:
        """Count one hit."""


class LocalCounter:
    """Counts in this process; a sixth of the cost of the library, whose locks one event loop does not need."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock`: seconds that never run backwards."""
        self._clock = clock
        self._windows: dict[tuple[str, str], tuple[float, int]] = {}
        """When each window ends, and how many hits it has had; the oldest first."""

    async def count(self, limit: RateLimitItem, key: str) -> Outcome:
        """Count as `Counter` says."""
        return self.count_at_once(limit, key)

    def count_at_once(self, limit: RateLimitItem, key: str) -> Outcome:
        """Count as `Counter` says; windows beyond `_MOST_WINDOWS` are forgotten, the oldest first."""
        now, place = self._clock(), (limit.namespace, key)
        end, hits = self._windows.get(place, (0.0, 0))
        if end <= now:
            self._windows.pop(place, None)
            while len(self._windows) >= _MOST_WINDOWS:
                del self._windows[next(iter(self._windows))]
            end, hits = now + limit.get_expiry(), 0
        self._windows[place] = end, hits + 1
        # Rounding up could add a second to a whole window.
        seconds = min(limit.get_expiry(), max(1, math.ceil(end - now)))
        return hits < limit.amount, max(0, limit.amount - hits - 1), seconds


@asynccontextmanager
async def open_counter(store: str | None) -> AsyncIterator[Counter]:
    """Give what counts in `store`, the URL of a Redis or Valkey, or in this process."""
    if store is None:
        yield LocalCounter()
        return
    from gateway.shared_counts import open_shared_counter  # noqa: PLC0415  its client is heavy, and most need none

    async with open_shared_counter(store) as counter:
        yield counter


@dataclass(frozen=True)
class Allowance:
    """How much is allowed to one kind of callers."""

    name: str
    limit: RateLimitItem

    @cached_property
    def policy(self) -> str:
        """The value of `RateLimit-Policy`."""
        return f'"{self.name}";q={self.limit.amount};w={self.limit.get_expiry()}'

    @cached_property
    def _policy_field(self) -> tuple[bytes, bytes]:
        return b"ratelimit-policy", self.policy.encode()

    def tell(self, outcome: Outcome) -> Headers:
        """Return the header fields that tell how much is left. Raises `TooManyRequests`."""
        allowed, left, seconds = outcome
        state = f'"{self.name}";r={left};t={seconds}'
        if not allowed:
            raise TooManyRequests("Wait before you ask again.").with_headers(
                Retry_After=str(seconds), RateLimit_Policy=self.policy, RateLimit=state
            )
        return [self._policy_field, (b"ratelimit", state.encode())]


class RateLimits:
    """What is allowed, and where it is counted."""

    def __init__(self, counter: Counter, signed_in: RateLimitItem, anonymous: RateLimitItem) -> None:
        self._counter = counter
        self._signed_in = Allowance("signed-in", signed_in)
        self._anonymous = Allowance("anonymous", anonymous)

    async def count(self, principal: str | None, address: str) -> Headers:
        """Count a request; return the header fields that tell how much is left. Raises `TooManyRequests`."""
        allowance = self._allowance(principal)
        return allowance.tell(await self._counter.count(allowance.limit, principal or address))

    def count_at_once(self, principal: str | None, address: str) -> Headers | None:
        """Do as `count` does, without waiting; None, and nothing counted, where the count is kept elsewhere."""
        if not isinstance(self._counter, LocalCounter):
            return None
        allowance = self._allowance(principal)
        return allowance.tell(self._counter.count_at_once(allowance.limit, principal or address))

    def _allowance(self, principal: str | None) -> Allowance:
        return self._anonymous if principal is None else self._signed_in


def telling(send: Send, headers: Headers) -> Send:
    """Return a `send` that adds `headers` to the answer."""

    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message["headers"], *headers]}
        await send(message)

    return send_with_headers


def client_address(scope: Mapping[str, Any], proxies: Networks) -> str:
    """Return the address of who sent the request, as the nearest proxy that is not ours to trust saw it.

    `X-Forwarded-For` is read from the right, and only as far as the addresses lie within `proxies`: what stands
    further left may have been written by the client.
    """
    peer = scope.get("client")
    address = peer[0] if peer else "local"
    if not proxies:
        return address
    told = b",".join(value for name, value in scope["headers"] if name == _FORWARDED).decode("latin-1")
    for hop in reversed(told.split(",")[-_MOST_HOPS:]):
        if not _lies_within(address, proxies):
            break
        try:
            address = str(ip_address(hop.strip()))
        except ValueError:
            break
    return address


def _lies_within(address: str, networks: Networks) -> bool:
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in networks)
