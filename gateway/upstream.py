"""One service seen from the gateway: sending it a request, reading from it, and what its failures mean.

This is the only module that knows the HTTP client, which is aiohttp with every comfort switched off: it follows
no redirect, keeps no cookie, asks no environment for a proxy, decompresses nothing and repeats nothing.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import ClassVar, Final, TypeVar

import aiohttp
from pydantic import BaseModel, ValidationError
from yarl import URL

from services.common import context
from services.common.problems import NotAuthenticated, NotFound, NotPermitted, Problem, Title, title

ANSWER_SECONDS: Final = 9.0
"""Between a service's own 8 seconds and the gateway's 10: whoever is late says so itself."""
PART_SECONDS: Final = 5.0
PART_BYTES: Final = 8 * 1024 * 1024
CONNECT_SECONDS: Final = 2.0
IDLE_SECONDS: Final = 30.0
KEPT_SECONDS: Final = 4.0
"""How long an idle connection is kept: less than the 5 seconds after which uvicorn closes it."""
CONNECTIONS: Final = 128

_RETRY_PAUSE_SECONDS: Final = 0.1
_CLOSE_SECONDS: Final = 1.0

Header = tuple[str, str]
ModelT = TypeVar("ModelT", bound=BaseModel)
PartT = TypeVar("PartT")


class UpstreamFailed(Problem):
    """A service broke the connection, answered with nonsense or with a fault of its own."""

    status: ClassVar[int] = 502
    slug: ClassVar[str] = "upstream-failed"
    title: ClassVar[Title] = title(
        en="A service behind the gateway failed",
        ru="Сбой в одном из внутренних сервисов",
        kk="Ішкі сервистердің бірінде ақау болды",
    )


class UpstreamUnavailable(Problem):
    """A service cannot be reached, or has said that it cannot serve now."""

    status: ClassVar[int] = 503
    slug: ClassVar[str] = "upstream-unavailable"
    title: ClassVar[Title] = title(
        en="A service behind the gateway is not available",
        ru="Один из внутренних сервисов недоступен",
        kk="Ішкі сервистердің бірі қолжетімсіз",
    )
    retry_after: ClassVar[int | None] = 2


class UpstreamTimedOut(Problem):
    """A service did not answer in time."""

    status: ClassVar[int] = 504
    slug: ClassVar[str] = "upstream-timed-out"
    title: ClassVar[Title] = title(
        en="A service behind the gateway did not answer in time",
        ru="Один из внутренних сервисов не ответил вовремя",
        kk="Ішкі сервистердің бірі уақытында жауап бермеді",
    )


class Breaker:
    """Spares a service that keeps failing: after some failures in a row, one attempt per pause."""

    def __init__(
        self, *, failures: int = 5, pause_seconds: float = 2.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._limit = failures
        self._pause = pause_seconds
        self._clock = clock
        self._failures = 0
        self._next_attempt = 0.0

    def admits(self) -> bool:
        """Say whether a request may be tried now."""
        if self._failures < self._limit:
            return True
        if self._clock() < self._next_attempt:
            return False
        self._next_attempt = self._clock() + self._pause
        return True

    def succeed(self) -> None:
        """Note that the service has answered."""
        self._failures = 0

    def fail(self) -> None:
        """Note that the service has not answered."""
        self._failures += 1
        self._next_attempt = self._clock() + self._pause


class UpstreamResponse:
    """An answer whose head has come and whose body streams; to be closed."""

    def __init__(self, response: aiohttp.ClientResponse, idle_seconds: float) -> None:
        self._response = response
        self._idle_seconds = idle_seconds
        self.status = response.status
        self.headers = [(name.lower(), value) for name, value in response.raw_headers]

    @property
    def complete(self) -> bool:
        """Whether the whole body has been read."""
        return self._response.content.at_eof()

    async def read_part(self) -> bytes:
        """Return what has come of the body, waiting for some; empty at its end.

        Raises `UpstreamFailed` if the body breaks off, or nothing more comes of it.
        """
        try:
            # Not aiohttp's own time-out: it is off after a malformed chunk, which aiohttp tells nobody.
            async with asyncio.timeout(self._idle_seconds):
                return await self._response.content.readany()
        except (aiohttp.ClientError, OSError) as error:
            raise UpstreamFailed("The answer of a service broke off.") from error

    def close(self) -> None:
        """Give the connection back, or up if the body was not read to its end."""
        self._response.close()


@dataclass
class _Upload:
    """A body on its way to a service; the deadline rests while we wait for the client to send more."""

    parts: AsyncIterator[bytes]
    deadline: asyncio.Timeout
    seconds: float
    failure: Exception | None = None
    answered: bool = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            self._set_deadline(None)
            try:
                part = await anext(self.parts)
            except StopAsyncIteration:
                return
            except Exception as error:
                self.failure = error
                raise
            finally:
                self._set_deadline(asyncio.get_running_loop().time() + self.seconds)
            yield part

    def _set_deadline(self, when: float | None) -> None:
        if not self.answered:
            self.deadline.reschedule(when)


@dataclass(frozen=True)
class Upstream:
    """One service; made by `open_upstream`."""

    name: str
    answer_seconds: float
    idle_seconds: float
    _origin: str
    _session: aiohttp.ClientSession
    _breaker: Breaker

    async def send(
        self,
        method: str,
        target: str,
        headers: Sequence[Header],
        body: AsyncIterator[bytes] | None = None,
    ) -> UpstreamResponse:
        """Send a request and return the answer as soon as its head is there.

        `target` is path and query, sent byte for byte. `answer_seconds` count from the last part of the body.
        GET and HEAD without a body are tried once more when the connection turns out to be dead. Raises
        `UpstreamUnavailable`, `UpstreamTimedOut` or `UpstreamFailed`, and what `body` raises.
        """
        if not self._breaker.admits():
            raise UpstreamUnavailable(f"The service {self.name} keeps failing and is given a pause.")
        upload: _Upload | None = None
        try:
            async with asyncio.timeout(self.answer_seconds) as deadline:
                upload = _Upload(body, deadline, self.answer_seconds) if body is not None else None
                response = await self._try(method, target, headers, upload)
        except (aiohttp.ClientError, OSError) as error:  # a TimeoutError is an OSError
            if upload is not None and upload.failure is not None:
                raise upload.failure from error
            self._breaker.fail()
            raise self._translate(error) from error
        finally:
            if upload is not None:
                upload.answered = True
        self._breaker.succeed()
        return self._checked(method, response)

    async def read(
        self, model: type[ModelT], target: str, *, token: str, seconds: float = PART_SECONDS
    ) -> ModelT:
        """GET `target` and return the fields that `model` names; `seconds` count to the end of the answer.

        Raises `NotAuthenticated`, `NotPermitted` or `NotFound` as the service does, and an upstream problem
        for everything else that is not such an answer.
        """
        headers = [
            ("Accept", "application/json"),
            ("Accept-Encoding", "identity"),
            ("Authorization", f"Bearer {token}"),
        ]
        try:
            async with asyncio.timeout(seconds):
                response = await self.send("GET", target, headers)
                try:
                    self._refuse(response)
                    return model.model_validate_json(await self._read_body(response))
                finally:
                    response.close()
        except TimeoutError as error:
            raise UpstreamTimedOut(f"The service {self.name} did not answer in time.") from error
        except ValidationError as error:
            raise UpstreamFailed(f"The service {self.name} did not answer as agreed.") from error

    async def _try(
        self, method: str, target: str, headers: Sequence[Header], upload: _Upload | None
    ) -> aiohttp.ClientResponse:
        send = partial(
            self._session.request,
            method,
            URL(self._origin + target, encoded=True),
            headers=[*headers, *_trace_headers()],
            allow_redirects=False,
        )
        try:
            return await send(data=upload)
        except aiohttp.ClientConnectionError as error:
            if upload is not None or method not in {"GET", "HEAD"} or isinstance(error, TimeoutError):
                raise
            if isinstance(error, aiohttp.ClientConnectorError):
                await asyncio.sleep(_RETRY_PAUSE_SECONDS)
        return await send()

    def _translate(self, error: Exception) -> Problem:
        if isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError):
            return UpstreamUnavailable(f"The service {self.name} cannot be reached.")
        if isinstance(error, TimeoutError):
            return UpstreamTimedOut(f"The service {self.name} did not answer in time.")
        return UpstreamFailed(f"The service {self.name} did not answer.")

    def _checked(self, method: str, response: aiohttp.ClientResponse) -> UpstreamResponse:
        """Refuse an answer whose end cannot be told: cut off, it would look complete."""
        lengths = response.headers.getall("Content-Length", [])
        codings = response.headers.getall("Transfer-Encoding", [])
        bodiless = method == "HEAD" or response.status in {204, 304}
        if response.status < 200 or len(lengths) + len(codings) > 1 or not (lengths or codings or bodiless):
            response.close()
            raise UpstreamFailed(f"The service {self.name} sent an answer of unclear length.")
        return UpstreamResponse(response, self.idle_seconds)

    def _refuse(self, response: UpstreamResponse) -> None:
        """Raise what an answer means that is not the part asked for."""
        match response.status:
            case 200:
                return
            case 401:
                raise NotAuthenticated("This needs a signed-in caller.")
            case 403:
                raise NotPermitted("None of your roles includes this.")
            case 404:
                raise NotFound("There is nothing here, or nothing that you may see.")
            case 429 | 503:
                busy = UpstreamUnavailable(f"The service {self.name} cannot serve now.")
                wait = dict(response.headers).get(b"retry-after", b"").decode("latin-1")
                raise busy.with_headers(Retry_After=wait) if wait.isdecimal() else busy
            case 504:
                raise UpstreamTimedOut(f"The service {self.name} did not answer in time.")
            case _:
                raise UpstreamFailed(f"The service {self.name} failed.")

    async def _read_body(self, response: UpstreamResponse) -> bytes:
        if dict(response.headers).get(b"content-encoding", b"identity") != b"identity":
            raise UpstreamFailed(f"The service {self.name} compressed an answer that was to be plain.")
        body = bytearray()
        while part := await response.read_part():
            body += part
            if len(body) > PART_BYTES:
                raise UpstreamFailed(f"The answer of the service {self.name} is too large.")
        return bytes(body)


@asynccontextmanager
async def open_upstream(
    name: str,
    address: str,
    *,
    breaker: Breaker | None = None,
    answer_seconds: float = ANSWER_SECONDS,
    idle_seconds: float = IDLE_SECONDS,
) -> AsyncIterator[Upstream]:
    """Give the service `name` at `address`: `unix:/path/to.sock` or `http://host:port`.

    `answer_seconds` may pass before an answer begins and `idle_seconds` between two parts of it.
    """
    path = address.removeprefix("unix:")
    connector: aiohttp.BaseConnector
    if path != address:
        origin = f"http://{name}"
        connector = aiohttp.UnixConnector(path, limit=CONNECTIONS, keepalive_timeout=KEPT_SECONDS)
    else:
        origin = address.rstrip("/")
        connector = aiohttp.TCPConnector(limit=CONNECTIONS, keepalive_timeout=KEPT_SECONDS)
    session = aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS),
        skip_auto_headers=("Accept", "Accept-Encoding", "Content-Type", "User-Agent"),
        auto_decompress=False,
        trust_env=False,
    )
    session._retry_connection = False  # aiohttp would repeat PUT and DELETE too
    try:
        yield Upstream(name, answer_seconds, idle_seconds, origin, session, breaker or Breaker())
    finally:
        # aiohttp waits for ever until a service that reads no more has taken what was sent to it.
        with suppress(TimeoutError):
            await asyncio.wait_for(session.close(), _CLOSE_SECONDS)


class MissingPart(BaseModel):
    """A part of a composed view that could not be had."""

    part: str
    problem: str
    """The `type` of the problem it met."""


async def optional(part: str, call: Awaitable[PartT]) -> tuple[PartT | None, MissingPart | None]:
    """Await a part that the view can do without; if it fails, say which part and why."""
    try:
        return await call, None
    except Problem as problem:
        return None, MissingPart(part=part, problem=f"/problems/{problem.slug}")


@asynccontextmanager
async def together() -> AsyncIterator[asyncio.TaskGroup]:
    """Ask for several parts at once; the first to fail cancels the others and is raised as itself.

    A bare task group would raise it inside an exception group, which no problem handler knows.
    """
    try:
        async with asyncio.TaskGroup() as parts:
            yield parts
    except BaseExceptionGroup as group:
        raise group.exceptions[0] from group


def _trace_headers() -> list[Header]:
    request_id, traceparent = context.request_id.get(), context.traceparent.get()
    headers = [("X-Request-Id", str(request_id))] if request_id is not None else []
    return [*headers, ("traceparent", traceparent)] if traceparent is not None else headers
