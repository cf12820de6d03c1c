"""The server's side of a connection: plain reads go the short way, everything else to the app.

The short way repeats none of the rules. It calls the same functions as the layers of the app, and at the first
sign of anything unusual it steps aside before a byte has been sent or counted: a head that came in pieces, a body,
an `Origin`, a credential that must be looked up, a limit that is reached, a problem of any kind, no connection that
is free. What goes wrong after the request was sent, and before its answer has begun, is left to the app as well:
its bytes go to the server's parser as if they had just come.
"""

import asyncio
from typing import Any, cast

from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from gateway.lean.entrance import ADMISSION, Entrance, Introduction
from gateway.lean.heads import LINE, FieldBlock, read_block
from gateway.lean.passage import Passage
from gateway.proxy import TRIED
from services.common.http.access import OBSERVATION
from services.common.http.limits import TARGET_BYTES, check_head
from services.common.http.server import LimitedProtocol
from services.common.problems import Problem


class LeanProtocol(LimitedProtocol):
    """One connection to an `Entrance`."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if not isinstance(self.app, Entrance):  # an ASGI layer around it would not be passed on the short way
            raise TypeError("Only the entrance of the gateway has a short way.")
        self.entrance = self.app
        self.passage: Passage | None = None
        self._known: tuple[FieldBlock, Introduction] | None = None
        """The fields of the last read, which most clients repeat with the next."""
        self._between = True
        """Whether the parser waits for the first byte of a head."""
        self._behind = b""
        """What has come behind a read that is on its way."""
        self._left: tuple[Passage, Exception] | None = None
        """What the app is about to be given, and what a first attempt has met."""
        self._plain: asyncio.Transport
        """What is below `transport`, which is asked for the little that this needs with every read."""
        self._rest_timer: asyncio.TimerHandle | None = None
        self._rests_since = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn does
        """Take the connection into use."""
        super().connection_made(transport)
        self._plain = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """Give up what was on its way to the client, and let its log be whole."""
        passage = self._clear()
        if passage is not None:
            passage.cancel()
        self.entrance.lines.write()
        if self._rest_timer is not None:
            self._rest_timer.cancel()
        super().connection_lost(exc)

    def resume_writing(self) -> None:
        """Go on with what was held back while the client did not read."""
        super().resume_writing()
        if self.passage is not None:
            self.passage.go_on()

    def data_received(self, data: bytes) -> None:
        """Send a plain read on its short way, and leave everything else to the parser and the app."""
        if self.passage is not None:  # one at a time, in the order in which they came
            self._behind += data
            self.flow.pause_reading()
        elif not self._begin_passage(data):
            super().data_received(data)

    def on_message_begin(self) -> None:
        """Note that the parser is within a request."""
        self._between = False
        super().on_message_begin()

    def on_message_complete(self) -> None:
        """Note that the parser has read a request to its end."""
        self._between = True
        super().on_message_complete()

    def serve_request(self) -> None:
        """Give the request to the app, with what has happened to it already."""
        left, self._left = self._left, None
        if left is None:
            super().serve_request()
            return
        passage, tried = left
        scope = cast("Scope", self.scope)
        scope[OBSERVATION] = passage.observation
        scope["state"] |= {TRIED: tried, ADMISSION: passage.admission}
        super().serve_request()
        self.cycle.keep_alive = passage.keep_alive  # the server may have been asked to stop meanwhile

    def _begin_passage(self, data: bytes) -> bool:
        """Send the read that `data` are, if they are one that can be sent at once; say whether it has been sent."""
        end = data.find(b"\n") + 1
        line = LINE.fullmatch(data, 0, end)
        if line is None or end > TARGET_BYTES or not self._rests:
            return False
        known = self._meet(data[end:])
        if known is None:
            return False
        block, introduction = known
        method, target = line["method"].decode(), line["target"]
        try:
            admission = self.entrance.doorkeeper.admit_read(method, line["path"], introduction)
        except Problem:  # the app will meet it too, and tell it
            return False
        if admission is None:
            return False
        self._stop_waiting()
        self.passage = Passage(
            self, data, method, target, introduction, admission, keep_alive=block.keep_alive
        )
        self.cycle = cast("RequestResponseCycle", self.passage)
        return True

    @property
    def _rests(self) -> bool:
        """Whether nothing is on this connection, not even a part of a request."""
        busy = self._active_cycle() is not None or self._leaving or self._plain.is_closing()
        return self._between and not busy

    def _meet(self, raw: bytes) -> tuple[FieldBlock, Introduction] | None:
        """Return what the fields of a head say; None if they are none of a plain read."""
        if self._known is not None and self._known[0].raw == raw:
            return self._known
        block = read_block(raw)
        if block is None:
            return None
        scope = {
            "http_version": "1.1",
            "scheme": self.scheme,
            "client": self.client,
            "raw_path": b"",
            "query_string": b"",
            "headers": block.headers,
        }
        try:
            check_head(scope)
            self._known = block, self.entrance.doorkeeper.introduce(scope)
        except Problem:
            return None
        return self._known

    def _stop_waiting(self) -> None:
        """Stop the timers that wait for a head; what rests after a read is seen to by a timer of its own."""
        self._unset_keepalive_if_required()
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def end_passage(self) -> None:
        """Go on with what came behind a read; its answer has been written."""
        passage = self._clear()
        self.server_state.total_requests += 1
        if self._plain.is_closing():
            return
        if passage is not None and not passage.keep_alive:
            self.transport.close()
            return
        self._rests_since = self.loop.time()
        if self._rest_timer is None:
            self._rest_timer = self.loop.call_later(self.timeout_keep_alive, self._end_rest)
        self._read_on()

    def leave_to_app(self, passage: Passage, tried: Exception) -> None:
        """Let the app answer a request whose first attempt has met `tried`."""
        self._clear()
        self._left = passage, tried
        super().data_received(passage.asked)
        self._read_on()

    def _clear(self) -> Passage | None:
        """Return the read that was on its way, which is no more."""
        passage, self.passage = self.passage, None
        if passage is not None:
            self.cycle = cast("RequestResponseCycle", None)
        return passage

    def _read_on(self) -> None:
        self.flow.resume_reading()
        if self._behind:
            behind, self._behind = self._behind, b""
            self.data_received(behind)

    def _end_rest(self) -> None:
        """Close a connection that has rested long enough; one timer, set again, serves all its rests."""
        self._rest_timer = None
        busy = self._active_cycle() or self._head_timer or self.timeout_keep_alive_task
        if busy or self.transport.is_closing():
            return
        left = self._rests_since + self.timeout_keep_alive - self.loop.time()
        if left > 0:
            self._rest_timer = self.loop.call_later(left, self._end_rest)
        else:
            self.transport.close()
