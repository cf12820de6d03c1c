"""One read on its short way: what the service answers goes to the client as it comes."""

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Final

from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from gateway.connections import AnswerMissing
from gateway.lean.entrance import Admission
from gateway.proxy import BODILESS, is_fault, response_headers, target_of
from gateway.upstream import UpstreamFailed
from services.common.http.access import Observation

if TYPE_CHECKING:
    from gateway.lean.protocol import LeanProtocol

CLIENT_LEFT: Final = 499
"""Logged and counted, and sent to nobody: the client has closed the connection before it was answered."""


class Passage:
    """One read and its answer; uvicorn's protocol takes it for the cycle of any other request."""

    message_event: ClassVar[asyncio.Event] = asyncio.Event()
    """Nobody waits for it."""

    def __init__(
        self, door: "LeanProtocol", scope: Scope, headers: Mapping[bytes, bytes], admission: Admission
    ) -> None:
        """Send the read."""
        self._door = door
        self._chunked = False
        self.scope = scope
        self.admission = admission
        self.observation = Observation.begin(headers, trust_request_id=False)
        self.keep_alive = door.parser.should_keep_alive()
        self.more_body = True
        self.disconnected = False
        self.response_started = False
        self.response_complete = False
        self.observation.enter()
        self._connection = admission.upstream.begin_read(
            scope["method"], target_of(scope), admission.headers, self.go_on
        )

    def go_on(self) -> None:
        """Pass on what has come; called when that may be something, and when the client reads again."""
        connection = self._connection
        if self._door.flow.write_paused:
            return
        data = b""
        if not self.response_started:
            if not self._has_answer():
                return
            data = self._begin_answer()
        data += self._frame(connection.take_part())
        if data:
            self._door.write_whole(data)
        if connection.complete:
            self._end()
        elif connection.failure is not None:
            self._break_off()
        elif not self._door.flow.write_paused:
            connection.expect_part(self.admission.upstream.idle_seconds)

    def cancel(self) -> None:
        """Give up: the client has left."""
        self._leave()

    def _has_answer(self) -> bool:
        """Say whether there is a head to pass on; what is none is left to the app."""
        connection, upstream = self._connection, self.admission.upstream
        tried: Exception | None = None
        if not connection.head_complete:
            tried = connection.failure
        elif connection.not_processed:
            tried = AnswerMissing()
        elif is_fault(connection.status):
            tried = UpstreamFailed(f"The service {upstream.name} failed.")
        if tried is None:
            return connection.head_complete
        upstream.end_read(connection)
        self._door.leave_to_app(self, tried)
        return False

    def _begin_answer(self) -> bytes:
        """Return the head of the answer, written as uvicorn writes it."""
        self.response_started = True
        status, method = self._connection.status, self.scope["method"]
        passed = response_headers(status, self._connection.headers)
        self._chunked = not (
            method == "HEAD" or status in BODILESS or any(name == b"content-length" for name, _ in passed)
        )
        headers = [*self._door.server_state.default_headers, *passed, *self.admission.told]
        headers.append(self.observation.name)
        if not self.keep_alive:
            headers.append((b"connection", b"close"))
        if self._chunked:
            headers.append((b"transfer-encoding", b"chunked"))
        return b"%b%b\r\n" % (STATUS_LINE[status], b"".join([b"%b: %b\r\n" % header for header in headers]))

    def _frame(self, part: bytes) -> bytes:
        if not self._chunked:
            return part
        framed = b"%x\r\n%b\r\n" % (len(part), part) if part else b""
        return framed + b"0\r\n\r\n" if self._connection.complete else framed

    def _end(self) -> None:
        self.response_complete = True
        if not self.keep_alive:
            self._door.transport.close()
        self._leave()
        self._door.end_passage()

    def _break_off(self) -> None:
        """Close the connection: what broke off never looks whole."""
        self._door.passage = None
        self._leave()
        self._door.transport.close()

    def _leave(self) -> None:
        status = self._connection.status if self.response_started else CLIENT_LEFT
        self.admission.upstream.end_read(self._connection)
        method, route = self.scope["method"], self.admission.route
        self.observation.enter()
        self.observation.leave(self._door.entrance.metrics, method, route, status)
