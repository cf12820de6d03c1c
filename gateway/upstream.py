"""One service seen from the gateway: sending it a request, reading from it, and what its failures mean.

The connections are in `connections` and `pools`; here stands what is repeated, when a service is spared, and
which problem a failure is to the client.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import ClassVar, Final, TypeVar
from urllib.parse import urlsplit

from pydantic import BaseModel, ValidationError

from gateway.connections import (
    AnswerBroken,
    AnswerLate,
    AnswerMissing,
    Connection,
    ConnectionRefused,
    Header,
    write_fields,
)
from gateway.pools import Connections
from gateway.uploads import Upload
from services.common import context
from services.common.problems import NotAuthenticated, NotFound, NotPermitted, Problem, Title, title

ANSWER_SECONDS: Final = 9.0
"""Between a service's own 8 seconds and the gateway's 10: whoever is late says so itself."""
PART_SECONDS: Final = 5.0
PART_BYTES: Final = 8 * 1024 * 1024
IDLE_SECONDS: Final = 30.0

_RETRY_PAUSE_SECONDS: Final = 0.1

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

    @property
    def closed(self) -> bool:
        """Whether requests pass as they come."""
        return self._failures < self._limit

    def admits(self) -> bool:
        """Say whether a request may be tried now."""
        if self.closed:
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

    def __init__(
        self,
        connections: Connections,
        connection: Connection,
        sending: "asyncio.Task[None] | None",
        idle_seconds: float,
    ) -> None:
        self._connections = connections
        self._connection = connection
        self._sending = sending
        self._idle_seconds = idle_seconds
        self.status = connection.status
        self.headers = connection.headers

    @property
    def complete(self) -> bool:
        """Whether the whole body has been read."""
        return self._connection.complete

    @property
    def not_processed(self) -> bool:
        """Whether the service says that it has read no request."""
        return self._connection.not_processed

    async def read_part(self) -> bytes:
        """Return what has come of the body, waiting for some; empty at its end.

        Raises `UpstreamFailed` if the body breaks off, or nothing more comes of it.
        """
        try:
            return await self._connection.read_part(self._idle_seconds)
        except (AnswerBroken, AnswerLate, AnswerMissing) as error:
            raise UpstreamFailed("The answer of a service broke off.") from error

    def close(self) -> None:
        """Give the connection back, or up if the body was not read to its end."""
        if self._sending is not None:
            self._sending.cancel()
        self._connections.give_back(self._connection)


@dataclass(frozen=True)
class Upstream:
    """One service; made by `open_upstream`."""

    name: str
    answer_seconds: float
    idle_seconds: float
    _host: bytes
    _connections: Connections
    _breaker: Breaker

    async def send(
        self,
        method: str,
        target: bytes,
        headers: Iterable[Header],
        upload: Upload | None = None,
        *,
        tried: Exception | None = None,
    ) -> UpstreamResponse:
        """Send a request and return the answer as soon as its head is there.

        `target` is path and query, sent byte for byte, as headers are. `answer_seconds` count from the last part
        of the body. A request is sent once more where that cannot do harm: if nobody took the connection, if the
        service says that it closed it before it had read a request, and GET and HEAD without a body if it ended
        without an answer. `tried` is what the first attempt has met, if there was one. Raises
        `UpstreamUnavailable`, `UpstreamTimedOut` or `UpstreamFailed`, and what `upload` raises.
        """
        if tried is None and not self._breaker.admits():
            raise UpstreamUnavailable(f"The service {self.name} keeps failing and is given a pause.")
        serving = context.request_id.get(), context.traceparent.get()
        head = self._head(method, target, write_fields(headers), *serving)
        try:
            response = await self._try(method, head, upload, tried)
        except (ConnectionRefused, AnswerMissing, AnswerBroken, AnswerLate) as error:
            self._breaker.fail()
            raise self._translate(error) from error
        self._breaker.succeed()
        return response

    @property
    def ready(self) -> bool:
        """Whether a read can be sent without waiting for anything."""
        return self._breaker.closed and self._connections.any_idle()

    def begin_read(
        self,
        method: str,
        target: bytes,
        fields: bytes,
        request_id: str,
        traceparent: str,
        watch: Callable[[], None],
    ) -> Connection:
        """Send GET or HEAD and return the connection on which the answer comes; `watch` is called as it does.

        Only while the upstream is `ready`; `fields` are lines of the head. The reader tells `end_read` when it is
        done.
        """
        connection = self._connections.take()
        connection.begin(bodiless=method == "HEAD", watch=watch)
        connection.write(self._head(method, target, fields, request_id, traceparent))
        connection.expect_answer(self.answer_seconds)
        return connection

    def end_read(self, connection: Connection) -> None:
        """Give back, or up, a connection on which a read was begun."""
        if connection.head_complete:
            self._breaker.succeed()
        self._connections.give_back(connection)

    async def read(
        self, model: type[ModelT], target: str, *, token: str, seconds: float = PART_SECONDS
    ) -> ModelT:
        """GET `target` and return the fields that `model` names; `seconds` count to the end of the answer.

        Raises `NotAuthenticated`, `NotPermitted` or `NotFound` as the service does, and an upstream problem
        for everything else that is not such an answer.
        """
        headers = [
            (b"accept", b"application/json"),
            (b"accept-encoding", b"identity"),
            (b"authorization", b"Bearer %b" % token.encode()),
        ]
        try:
            async with asyncio.timeout(seconds):
                response = await self.send("GET", target.encode(), headers)
                try:
                    self._refuse(response)
                    return model.model_validate_json(await self._read_body(response))
                finally:
                    response.close()
        except TimeoutError as error:
            raise UpstreamTimedOut(f"The service {self.name} did not answer in time.") from error
        except ValidationError as error:
            raise UpstreamFailed(f"The service {self.name} did not answer as agreed.") from error

    def _head(
        self, method: str, target: bytes, fields: bytes, request_id: object | None, traceparent: str | None
    ) -> bytes:
        if request_id is not None:
            fields += b"x-request-id: %b\r\n" % str(request_id).encode()
        if traceparent is not None:
            fields += b"traceparent: %b\r\n" % traceparent.encode()
        return b"%b %b HTTP/1.1\r\nhost: %b\r\n%b\r\n" % (method.encode(), target, self._host, fields)

    async def _try(
        self, method: str, head: bytes, upload: Upload | None, tried: Exception | None
    ) -> UpstreamResponse:
        """Send the request, and once more where it cannot have been processed, or reading it twice is harmless."""
        try:
            if tried is not None:
                raise tried
            response = await self._attempt(method, head, upload, fresh=False)
        except ConnectionRefused:
            await asyncio.sleep(_RETRY_PAUSE_SECONDS)
        except AnswerMissing:
            if upload is not None or method not in {"GET", "HEAD"}:
                raise
        else:
            if not response.not_processed:
                return response
            response.close()
            if upload is not None and not upload.repeatable:
                raise ConnectionRefused
        response = await self._attempt(method, head, upload, fresh=True)
        if response.not_processed:
            response.close()
            raise ConnectionRefused
        return response

    async def _attempt(
        self, method: str, head: bytes, upload: Upload | None, *, fresh: bool
    ) -> UpstreamResponse:
        connection = await self._connections.borrow(self.answer_seconds, fresh=fresh)
        sending: asyncio.Task[None] | None = None
        try:
            connection.begin(bodiless=method == "HEAD")
            connection.write(head)
            if upload is None:
                connection.expect_answer(self.answer_seconds)
            else:
                sending = upload.start(connection, self.answer_seconds)
            await connection.wait_for_head()
        except BaseException:
            if sending is not None:
                sending.cancel()
            self._connections.give_back(connection)
            raise
        return UpstreamResponse(self._connections, connection, sending, self.idle_seconds)

    def _translate(self, error: Exception) -> Problem:
        if isinstance(error, ConnectionRefused):
            return UpstreamUnavailable(f"The service {self.name} cannot be reached.")
        if isinstance(error, AnswerLate):
            return UpstreamTimedOut(f"The service {self.name} did not answer in time.")
        return UpstreamFailed(f"The service {self.name} did not answer.")

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
    connections = Connections(address)
    host = name if address.startswith("unix:") else urlsplit(address).netloc
    try:
        yield Upstream(name, answer_seconds, idle_seconds, host.encode(), connections, breaker or Breaker())
    finally:
        connections.close()


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
