"""The server's side of a connection: plain reads go the short way, everything else to the app.

The short way repeats none of the rules. It calls the same functions as the layers of the app, and at the first
sign of anything unusual it steps aside before a byte has been sent or counted: a body, an `Origin`, a credential
that must be looked up, a limit that is reached, a problem of any kind, no connection that is free. What goes wrong
after the request was sent, and before its answer has begun, is left to the app as well.
"""

import asyncio
from typing import Any, Final, cast
from urllib.parse import unquote

import httptools
from starlette.types import Scope
from uvicorn._types import HTTPScope
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from gateway.lean.entrance import ADMISSION, Entrance
from gateway.lean.passage import Passage
from gateway.proxy import TRIED
from services.common.http.access import OBSERVATION
from services.common.http.limits import check_head
from services.common.http.server import LimitedProtocol
from services.common.problems import Problem

READS: Final = frozenset({"GET", "HEAD"})
UNUSUAL: Final = frozenset(
    {b"content-length", b"expect", b"idempotency-key", b"origin", b"transfer-encoding", b"upgrade"}
)
"""Headers of requests that are left to the app."""


class LeanProtocol(LimitedProtocol):
    """One connection to an `Entrance`."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if not isinstance(self.app, Entrance):  # an ASGI layer around it would not be passed on the short way
            raise TypeError("Only the entrance of the gateway has a short way.")
        self.entrance = self.app
        self.passage: Passage | None = None
        self._rest_timer: asyncio.TimerHandle | None = None
        self._rests_since = 0.0

    def connection_lost(self, exc: Exception | None) -> None:
        """Give up what was on its way to the client."""
        if self.passage is not None:
            self.passage.cancel()
        if self._rest_timer is not None:
            self._rest_timer.cancel()
        super().connection_lost(exc)

    def resume_writing(self) -> None:
        """Go on with what was held back while the client did not read."""
        super().resume_writing()
        if self.passage is not None:
            self.passage.go_on()

    def serve_request(self) -> None:
        """Send a read on its short way, if it is plain; leave the request to the app otherwise."""
        if self._active_cycle() is not None or not self._begin_passage():
            super().serve_request()

    def _begin_passage(self) -> bool:
        scope = cast("Scope", self.scope)
        scope["method"] = method = self.parser.get_method().decode("ascii")
        if method not in READS or self.parser.get_http_version() != "1.1":
            return False
        headers = dict(self.headers)
        if not UNUSUAL.isdisjoint(headers):
            return False
        target = httptools.parse_url(self.url)
        scope["raw_path"], scope["query_string"] = target.path, target.query or b""
        try:
            check_head(scope)
            admission = self.entrance.admit_read(scope)
        except Problem:  # the app will meet it too, and tell it
            admission = None
        if admission is None:
            scope["client"] = self.client
            return False
        self.passage = passage = Passage(self, scope, headers, admission)
        self.cycle = cast("RequestResponseCycle", passage)
        return True

    def end_passage(self) -> None:
        """Go on with the next request; the answer has been written."""
        self.passage = None
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
            return
        self._rests_since = self.loop.time()
        if self._rest_timer is None:
            self._rest_timer = self.loop.call_later(self.timeout_keep_alive, self._end_rest)

    def leave_to_app(self, passage: Passage, tried: Exception) -> None:
        """Let the app answer a request whose first attempt has met `tried`."""
        self.passage = None
        scope = passage.scope
        scope["path"] = unquote(scope["raw_path"].decode("ascii"))
        scope["client"] = self.client
        scope[OBSERVATION] = passage.observation
        scope["state"] |= {TRIED: tried, ADMISSION: passage.admission}
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
            keep_alive=passage.keep_alive,
            on_response=self.on_response_complete,
        )
        cycle.more_body = False
        cycle.message_event.set()
        if cast("object", self.cycle) is passage:  # no other request has come behind it
            self.cycle = cycle
        self._start_asgi_task(cycle, self.app)

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
