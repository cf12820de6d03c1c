"""uvicorn's HTTP/1.1 protocol with the limits that uvicorn 0.54 leaves to others.

`SERVER_OPTIONS` hands it to uvicorn, which itself bounds concurrency, the backlog, the time a connection
idles between requests and the time of a graceful shutdown; the size of an unfinished head only in its h11
protocol, which is not used here. What remains is added by this class, because an ASGI layer sees a request
only when its head is complete:

- a head must be complete `head_seconds` after the connection was made or the last request was over;
- bytes that complete no head and carry no body (a long head, chunk extensions, trailers) end at `idle_bytes`;
- trailers are dropped: uvicorn would add them to the headers of a request that has been checked already;
- a client that stops reading for `stalled_seconds` is dropped;
- an idle connection is closed with a word of farewell when the server stops: 408, which says that no request was
  read (RFC 9110 section 15.5.9), so whoever was just sending one may send it again, a POST too;
- head and first part of an answer leave in one packet;
- what cannot be parsed is answered with problem details, and never into the answer of another request.

All that concerns complete heads, bodies and answers is in `limits`.
"""

import asyncio
from asyncio import selector_events
from collections.abc import Mapping
from typing import Any, ClassVar, Final, cast

from starlette.types import Scope
from uuid_utils.compat import uuid7
from uvicorn._types import HTTPScope
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from services.common.context import request_id
from services.common.http.limits import HeadTooLarge, RequestTimedOut
from services.common.http.problem_responses import problem_response
from services.common.problems import Problem, RequestUnreadable

READ_BYTES: Final = 64 * 1024
FAREWELL: Final = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


class _Joining:
    """A transport that holds the first of two writes back for the second: one system call less per answer."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._held = b""
        self._flushing: asyncio.Handle | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Write with what was held, or hold until the next write of this turn of the loop or its end."""
        if self._flushing is None:
            self._held = data
            self._flushing = self._loop.call_soon(self._flush)
        else:
            self._flushing.cancel()
            self._flushing = None
            self._transport.write(self._held + data)

    def write_whole(self, data: bytes) -> None:
        """Write at once what no other write follows."""
        self._flush()
        self._transport.write(data)

    def is_closing(self) -> bool:
        """Say whether the connection is being closed, or is closed."""
        return self._transport.is_closing()

    def close(self) -> None:
        """Close when everything has been sent."""
        self._flush()
        self._transport.close()

    def write_eof(self) -> None:
        """Say that nothing more will be sent."""
        self._flush()
        self._transport.write_eof()

    def _flush(self) -> None:
        if self._flushing is not None:
            self._flushing.cancel()
            self._flushing = None
            self._transport.write(self._held)


class LimitedProtocol(HttpToolsProtocol):
    """One connection whose client may be slow, endless or malformed."""

    head_seconds: ClassVar[float] = 10.0
    idle_bytes: ClassVar[int] = 64 * 1024
    stalled_seconds: ClassVar[float] = 30.0
    farewell_seconds: ClassVar[float] = 1.0

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._head_timer: asyncio.TimerHandle | None = None
        self._stall_timer: asyncio.TimerHandle | None = None
        self._in_head = False
        self._progressed = False
        self._idle_bytes = 0
        self._leaving = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn does
        """Start waiting for the first head."""
        super().connection_made(cast("asyncio.Transport", _Joining(transport, self.loop)))
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop every timer of the connection."""
        self._stop_timers()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse `data`, unless too much has come that is neither a whole head nor a body."""
        if self._leaving:  # what comes now has crossed with the farewell, and nobody reads it
            return
        self._progressed = False
        super().data_received(data)
        if self.transport.is_closing():
            return
        self._idle_bytes = 0 if self._progressed else self._idle_bytes + len(data)
        if self._idle_bytes > self.idle_bytes:
            self._refuse(HeadTooLarge("The head of the request is too large."))
        elif self._head_timer is None and self._active_cycle() is None:
            self._await_head()

    def on_message_begin(self) -> None:
        """Note that a head has begun."""
        self._in_head = True
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header field, drop a trailer field."""
        if self._in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Hand over the request."""
        self._in_head = False
        self._progressed = True
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None
        self.serve_request()

    def write_whole(self, data: bytes) -> None:
        """Send at once what no other write follows."""
        cast("_Joining", self.transport).write_whole(data)

    def serve_request(self) -> None:
        """Give the request, whose head is complete, to the app; a place for shorter ways."""
        super().on_headers_complete()

    def give_to_app(
        self, scope: Scope, *, keep_alive: bool, body: bytes = b"", more_body: bool = False
    ) -> RequestResponseCycle:
        """Let the app answer what a shorter way has begun; return its cycle. `body` is what has come of it."""
        cycle = RequestResponseCycle(
            scope=cast("HTTPScope", scope),
            transport=self.transport,
            flow=self.flow,
            logger=self.logger,
            access_logger=self.access_logger,
            access_log=self.access_log,
            default_headers=self.server_state.default_headers,
            message_event=asyncio.Event(),
            expect_100_continue=False,
            keep_alive=keep_alive,
            on_response=self.on_response_complete,
        )
        cycle.body += body
        cycle.more_body = more_body
        cycle.message_event.set()
        self._start_asgi_task(cycle, self.app)
        return cycle

    def on_body(self, body: bytes) -> None:
        """Hand over a part of the body."""
        self._progressed = True
        super().on_body(body)

    def pause_writing(self) -> None:
        """Give the client its time to go on reading."""
        super().pause_writing()
        self._stall_timer = self.loop.call_later(self.stalled_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        """Go on writing."""
        if self._stall_timer is not None:
            self._stall_timer.cancel()
            self._stall_timer = None
        super().resume_writing()

    def shutdown(self) -> None:
        """Let an answer be finished, and say farewell on an idle connection.

        It stays half open for a moment: closing it on bytes that have just come would reset it, and the farewell
        might be lost.
        """
        if (
            self._active_cycle() is not None
            or self.transport.is_closing()
            or not self.transport.can_write_eof()
        ):
            super().shutdown()
            return
        self._leaving = True
        self._stop_timers()
        self.transport.write(FAREWELL)
        try:
            self.transport.write_eof()
        except OSError:  # the other end has left first
            self.transport.close()
        else:
            self.loop.call_later(self.farewell_seconds, self.transport.close)

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002  uvicorn's words are for its log
        """Answer what cannot be parsed."""
        self._refuse(RequestUnreadable("The request is not valid HTTP/1.1."))

    def _active_cycle(self) -> RequestResponseCycle | None:
        cycle: RequestResponseCycle | None = self.cycle
        return None if cycle is None or cycle.response_complete else cycle

    def _await_head(self) -> None:
        self._head_timer = self.loop.call_later(self.head_seconds, self._give_up)

    def _give_up(self) -> None:
        if self._in_head:
            self._refuse(RequestTimedOut("The head of the request did not arrive in time."))
        else:
            self.transport.close()

    def _refuse(self, problem: Problem) -> None:
        """Answer with `problem` and close, unless an answer to an earlier request would be damaged."""
        cycle = self._active_cycle()
        if cycle is not None:
            if not cycle.more_body:
                cycle.keep_alive = False
                self.flow.pause_reading()
                return
            if cycle.response_started:
                self.transport.abort()
                return
        token = request_id.set(uuid7())
        try:
            response = problem_response(problem, language=None)
            headers = [*self.server_state.default_headers, *response.raw_headers, (b"connection", b"close")]
            headers.append((b"x-request-id", str(request_id.get()).encode()))
        finally:
            request_id.reset(token)
        head = b"".join(b"%s: %s\r\n" % header for header in headers)
        self.transport.write(STATUS_LINE[problem.status] + head + b"\r\n" + bytes(response.body))
        self.transport.close()

    def _stop_timers(self) -> None:
        for timer in (self._head_timer, self._stall_timer):
            if timer is not None:
                timer.cancel()


def read_in_small_pieces() -> None:
    """Let this process read from its connections, the database's too, at most `READ_BYTES` at a time.

    asyncio asks for 256 KiB each time. That is more than glibc keeps at hand, so memory was mapped, shrunk and
    unmapped for every read: 35 microseconds instead of 5, whatever had come.
    """
    transport: Any = selector_events._SelectorTransport  # type: ignore[attr-defined]  # not in typeshed
    transport.max_size = READ_BYTES


SERVER_OPTIONS: Final[Mapping[str, Any]] = {
    "http": LimitedProtocol,
    "ws": "none",
    "log_config": None,
    "access_log": False,
    "proxy_headers": False,
    "server_header": False,
}
"""How uvicorn serves every app, at whatever address."""
