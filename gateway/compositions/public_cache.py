"""Public answers, kept in this process for a while: bounded, the same for all, shown longer if a service fails."""

import asyncio
import hashlib
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

import orjson

from gateway.upstream import (
    PART_BYTES,
    PART_SECONDS,
    Upstream,
    UpstreamFailed,
    UpstreamTimedOut,
    UpstreamUnavailable,
)

FRESH_SECONDS: Final = 60
STALE_SECONDS: Final = 24 * 3600
"""So long an answer may be shown while its service fails."""
MOST_BYTES: Final = 32 * 1024 * 1024
MOST_ENTRIES: Final = 2_000
_FAILING: Final = (UpstreamFailed, UpstreamTimedOut, UpstreamUnavailable)


class AnswerTooLargeError(RuntimeError):
    """More than is kept here; it is to be had where it stands."""


@dataclass(frozen=True)
class PublicAnswer:
    """What a service says to everybody."""

    status: int
    media_type: str
    body: bytes
    etag: str
    fetched_at: float

    def age(self, now: float) -> int:
        """Return for how many seconds it has been known."""
        return max(0, int(now - self.fetched_at))


Fetch = Callable[[], Awaitable[PublicAnswer]]


class PublicCache:
    """Answers by service and address, the least recently used given up first."""

    def __init__(
        self,
        *,
        most_bytes: int = MOST_BYTES,
        most_entries: int = MOST_ENTRIES,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most_bytes = most_bytes
        self._most_entries = most_entries
        self.clock = clock
        self._kept: OrderedDict[str, PublicAnswer] = OrderedDict()
        self._bytes = 0
        self._asking: dict[str, asyncio.Task[PublicAnswer]] = {}

    async def get(self, key: str, fetch: Fetch) -> PublicAnswer:
        """Return the answer of `key`: as kept, or as `fetch` gives it, or while that fails as it was known before.

        Raises what `fetch` raises if nothing is known. All who ask at once wait for one `fetch`.
        """
        kept = self._kept.get(key)
        if kept is not None and kept.age(self.clock()) < FRESH_SECONDS:
            self._kept.move_to_end(key)
            return kept
        try:
            return await self._fetch_once(key, fetch)
        except _FAILING:
            if kept is None or kept.age(self.clock()) > STALE_SECONDS:
                raise
            return kept

    async def _fetch_once(self, key: str, fetch: Fetch) -> PublicAnswer:
        task = self._asking.get(key)
        if task is None:
            task = asyncio.ensure_future(self._fetch(key, fetch))
            self._asking[key] = task
            task.add_done_callback(lambda _: self._asking.pop(key, None))
        return await asyncio.shield(task)  # who gives up waiting takes nothing from the others

    async def _fetch(self, key: str, fetch: Fetch) -> PublicAnswer:
        answer = await fetch()
        if answer.status == HTTPStatus.OK:
            self._keep(key, answer)
        return answer

    def _keep(self, key: str, answer: PublicAnswer) -> None:
        known = self._kept.pop(key, None)
        self._bytes += len(answer.body) - (len(known.body) if known else 0)
        self._kept[key] = answer
        while self._kept and (self._bytes > self._most_bytes or len(self._kept) > self._most_entries):
            _, given_up = self._kept.popitem(last=False)
            self._bytes -= len(given_up.body)


async def fetch_public(upstream: Upstream, target: str, token: str, now: float) -> PublicAnswer:
    """Return what the service answers to GET `target`; raises an upstream problem where it fails or is busy.

    Raises `AnswerTooLargeError` for more than `PART_BYTES`.
    """
    headers = [(b"accept-encoding", b"identity"), (b"authorization", f"Bearer {token}".encode())]
    try:
        async with asyncio.timeout(PART_SECONDS):
            response = await upstream.send("GET", target.encode(), headers)
            try:
                if response.status == HTTPStatus.TOO_MANY_REQUESTS or response.status >= 500:
                    raise UpstreamUnavailable(f"The service {upstream.name} cannot serve now.")
                body = bytearray()
                while part := await response.read_part():
                    body += part
                    if len(body) > PART_BYTES:
                        raise AnswerTooLargeError(f"The answer of the service {upstream.name} is too large.")
            finally:
                response.close()
    except TimeoutError as error:
        raise UpstreamTimedOut(f"The service {upstream.name} did not answer in time.") from error
    told = dict(response.headers)
    media_type = told.get(b"content-type", b"application/json").decode("latin-1")
    return PublicAnswer(response.status, media_type, bytes(body), _etag(media_type, bytes(body)), now)


def _etag(media_type: str, body: bytes) -> str:
    """Return the tag of what an answer says: a cursor is another one each time, whatever the list."""
    if media_type.partition(";")[0] == "application/json":
        said: Any = orjson.loads(body)
        if isinstance(said, dict) and "next_cursor" in said:
            said = said | {"next_cursor": said["next_cursor"] is not None}
            body = orjson.dumps(said)
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'
