"""Keep-alive connections to one service: HTTP/1.1 over asyncio, parsed by httptools, with nothing on top.

A connection follows no redirect, keeps no cookie, asks no environment for a proxy, decompresses nothing and
repeats nothing. It reads no further than its reader wants, and what it cannot understand ends it. The pool
(`pools`) sees to its deadlines.
"""

import asyncio
from collections.abc import Callable, Iterable
from http import HTTPStatus
from itertools import chain
from typing import Final

import httptools

Header = tuple[bytes, bytes]

HEAD_BYTES: Final = 16 * 1024
HEAD_FIELDS: Final = 100
BUFFER_BYTES: Final = 256 * 1024
"""Of a body, how much is held before the service is made to wait."""

_INFORMATIONAL: Final = range(100, 200)
_BODILESS: Final = frozenset({204, 304})


class ConnectionRefused(Exception):  # noqa: N818  named for what has happened, as `Problem`s are
    """The service does not take a connection."""


class AnswerMissing(Exception):  # noqa: N818
    """The connection ended before the first byte of an answer."""


class AnswerBroken(Exception):  # noqa: N818
    """What came is not a whole answer, or none that is understood."""


class AnswerLate(Exception):  # noqa: N818
    """Nothing came in time."""


def write_fields(fields: Iterable[Header]) -> bytes:
    """Return the lines of a head."""
    return b"".join([b"%b: %b\r\n" % field for field in fields])


class Connection(asyncio.Protocol):
    """One connection, and the exchange that is on it: at most one at a time.

    After `begin` the request is written by `write`, then `wait_for_head` and `read_part` give the answer. Who
    cannot wait passes a `watch` to `begin`, which is called when something has come or gone wrong.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._parser = httptools.HttpResponseParser(self)
        self._transport: asyncio.Transport
        self._waiter: asyncio.Future[None] | None = None
        self._watch: Callable[[], None] | None = None
        self._writable: asyncio.Future[None] | None = None
        self._parts: list[bytes] = []
        self._buffered = 0
        self._paused = False
        self.failure: Exception | None = None
        """What has ended the exchange, if it was not its answer."""
        self.open = False
        self.idle_since = 0.0
        self.answer_due: float | None = None
        """When more of the answer must have come, by the clock of the loop."""
        self.write_due: float | None = None
        """When the service must have taken more of the request."""
        self._reset(bodiless=False)
        self._busy = False

    def _reset(self, *, bodiless: bool) -> None:
        self.status = 0
        self.headers: list[Header] = []
        self._bodiless = bodiless
        self._busy = True
        self._touched = False
        self._in_head = False
        self.head_complete = False
        """Whether status and headers are there."""
        self._message_complete = False
        self._keep_alive = False
        self.sent = False
        """Whether the whole request has been written."""
        self._empty_bytes = 0

    # What asyncio tells

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as asyncio does
        """Take the connection into use."""
        self._transport = transport
        self.open = True

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  all losses are alike
        """Fail whatever was still waited for."""
        self.open = False
        if self._busy and not self._message_complete:
            self._fail(AnswerBroken() if self._touched else AnswerMissing())
        if self._writable is not None and not self._writable.done():
            self._writable.set_exception(AnswerMissing())

    def data_received(self, data: bytes) -> None:
        """Parse what has come; what was not asked for ends the connection."""
        if not self._busy or self._message_complete:
            self._keep_alive = False
            self._transport.abort()
            return
        self._touched = True
        self._empty_bytes += len(data)
        if not self._feed(data) or self._empty_bytes > HEAD_BYTES:
            # Bytes after a whole answer are found here too; they never become the next answer.
            self._keep_alive = False
            if not self._is_over():
                self.fail(AnswerBroken())
                return
        if self._watch is not None:
            self._watch()

    def _feed(self, data: bytes) -> bool:
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            return False
        return True

    def _is_over(self) -> bool:
        return self._message_complete

    def pause_writing(self) -> None:
        """Let the writer wait: the service reads more slowly than it is sent to."""
        self._writable = self._loop.create_future()

    def resume_writing(self) -> None:
        """Let the writer go on."""
        writable, self._writable = self._writable, None
        if writable is not None and not writable.done():
            writable.set_result(None)

    # What the parser tells

    def on_message_begin(self) -> None:
        """Begin a head; a second answer to one request is refused."""
        if self._message_complete:
            raise AnswerBroken
        self._in_head = True
        self.headers = []

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a field of the head; trailers are dropped."""
        if self._in_head:
            self.headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        """Let the reader see the head, unless it is a provisional one."""
        self._in_head = False
        came, self._empty_bytes = self._empty_bytes, 0
        self.status = self._parser.get_status_code()
        if self.status < _INFORMATIONAL.start:  # three digits are enough for the parser
            raise AnswerBroken
        if self.status in _INFORMATIONAL:
            if self.status == 101:  # nobody asked to switch
                raise AnswerBroken
            return
        if len(self.headers) > HEAD_FIELDS or (came > HEAD_BYTES and self._head_bytes() > HEAD_BYTES):
            raise AnswerBroken
        names = [name for name, _ in self.headers]
        framings = names.count(b"content-length") + names.count(b"transfer-encoding")
        if framings > 1 or not (framings or self._bodiless or self.status in _BODILESS):
            raise AnswerBroken  # its end cannot be told: cut off, it would look complete
        self._keep_alive = self._parser.should_keep_alive()
        self.head_complete = True
        if self._bodiless:  # the parser does not know that HEAD was asked, and would wait for a body
            self._message_complete = True
            self._parser = httptools.HttpResponseParser(self)
        self._wake()

    def _head_bytes(self) -> int:
        return sum(map(len, chain.from_iterable(self.headers)))

    def on_body(self, body: bytes) -> None:
        """Keep a part of the body until it is read."""
        if self._message_complete:
            raise AnswerBroken
        self._empty_bytes = 0
        self._parts.append(body)
        self._buffered += len(body)
        if self._buffered > BUFFER_BYTES and not self._paused:
            self._paused = True
            self._transport.pause_reading()
        self._wake()

    def on_message_complete(self) -> None:
        """Note the end of the answer."""
        if self.head_complete:
            self._message_complete = True
            self._wake()

    # What the sender of a request does

    def begin(self, *, bodiless: bool, watch: Callable[[], None] | None = None) -> None:
        """Begin an exchange; `bodiless` if the answer to its method never has a body (HEAD)."""
        self._reset(bodiless=bodiless)
        self._watch = watch

    def write(self, data: bytes) -> None:
        """Send bytes of the request, framed already."""
        self._transport.write(data)

    async def drain(self, seconds: float) -> None:
        """Wait until the service has taken enough of what was written."""
        if self._writable is not None:
            self.write_due = self._loop.time() + seconds
            await asyncio.shield(self._writable)
            self.write_due = None
        if self.failure is not None:
            raise self.failure

    async def wait_for_head(self) -> None:
        """Return when status and headers are there. Raises what ended the exchange."""
        while not self.head_complete:
            await self._wait()
        self.answer_due = None

    def expect_answer(self, seconds: float) -> None:
        """Note that the request is sent, and that an answer must begin within `seconds`."""
        self.sent = True
        if not self.head_complete:
            self.answer_due = self._loop.time() + seconds

    @property
    def not_processed(self) -> bool:
        """Whether the service says that it closed the connection before it had read a request (RFC 9110, 408)."""
        return self.status == HTTPStatus.REQUEST_TIMEOUT and not self._keep_alive

    @property
    def complete(self) -> bool:
        """Whether the answer has been read to its end."""
        return self._message_complete and not self._parts

    @property
    def has_part(self) -> bool:
        """Whether some of the body has come since it was last asked for."""
        return bool(self._parts)

    async def read_part(self, seconds: float) -> bytes:
        """Return what has come of the body, waiting `seconds` for some; empty at its end."""
        while not self._parts and not self._message_complete:
            self.expect_part(seconds)
            await self._wait()
        return self.take_part()

    def expect_part(self, seconds: float) -> None:
        """Note that something more must come within `seconds`."""
        self.answer_due = self._loop.time() + seconds

    def take_part(self) -> bytes:
        """Return what has come of the body since it was last asked for, and let more come."""
        self.answer_due = None
        part = self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)
        self._parts.clear()
        self._buffered = 0
        if self._paused:
            self._paused = False
            self._transport.resume_reading()
        return part

    def finish(self) -> bool:
        """End the exchange; say whether the connection can have another."""
        self.answer_due = self.write_due = self._watch = None
        whole = self.sent and self.complete and self.failure is None
        reusable = self.open and whole and self._keep_alive
        if reusable:
            self._busy = False
            self.idle_since = self._loop.time()
        else:
            self.abort()
        return reusable

    def fail(self, failure: Exception) -> None:
        """End the exchange and the connection; whoever waits is told why."""
        self._fail(failure)
        self.abort()

    def abort(self) -> None:
        """Close the connection without waiting for what is still to be sent."""
        self._busy = False
        self._transport.abort()

    def _fail(self, failure: Exception) -> None:
        self.failure = self.failure or failure
        self.answer_due = self.write_due = None
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_exception(self.failure)
        if self._writable is not None and not self._writable.done():
            self._writable.set_exception(self.failure)
        watch, self._watch = self._watch, None
        if watch is not None:
            watch()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def _wait(self) -> None:
        if self.failure is not None:
            raise self.failure
        self._waiter = self._loop.create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None
