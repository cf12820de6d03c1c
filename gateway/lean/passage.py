"""One read on its short way: what the service answers goes to the client as it comes."""

from time import perf_counter, time
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from uuid_utils import uuid7
from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from gateway.connections import AnswerMissing, write_fields
from gateway.lean.entrance import Admission, Introduction
from gateway.proxy import BODILESS, is_fault, response_headers
from gateway.upstream import UpstreamFailed
from services.common.http.access import CLIENT_LEFT, Observation
from services.common.logging import ServedRequest
from services.common.telemetry import Traceparent

if TYPE_CHECKING:
    from gateway.lean.protocol import LeanProtocol


class Passage:
    """One read and its answer; uvicorn's protocol takes it for the cycle of any other request."""

    __slots__ = (
        "_chunked",
        "_connection",
        "_door",
        "_method",
        "_started",
        "_status",
        "_trace",
        "admission",
        "asked",
        "keep_alive",
        "request_id",
    )
    response_complete: ClassVar[bool] = False
    """A passage that is complete is nobody's cycle any more."""

    def __init__(
        self,
        door: "LeanProtocol",
        asked: bytes,
        method: str,
        target: bytes,
        introduction: Introduction,
        admission: Admission,
        *,
        keep_alive: bool,
    ) -> None:
        """Send the read of `target`; `asked` are the bytes in which it came."""
        self._door = door
        self._method = method
        self._status = 0  # of the answer, once it has begun
        self._chunked = False
        self._started = perf_counter()
        self._trace = str(introduction.trace.child() if introduction.trace else Traceparent.begin())
        self.request_id = str(uuid7())
        self.asked = asked
        self.admission = admission
        self.keep_alive = keep_alive
        fields = introduction.fields
        if admission.token is not None:
            fields += b"authorization: Bearer %b\r\n" % admission.token.encode()
        self._connection = admission.upstream.begin_read(
            method, target, fields, self.request_id, self._trace, self.go_on
        )

    @property
    def observation(self) -> Observation:
        """What the app goes on observing, if it has to answer."""
        return Observation(UUID(self.request_id), self._trace, self._started)

    def go_on(self) -> None:
        """Pass on what has come; called when that may be something, and when the client reads again."""
        door, connection = self._door, self._connection
        if door.flow.write_paused:
            return
        data = b""
        if not self._status:
            if not self._has_answer():
                return
            if not (connection.has_part or connection.complete or connection.failure):
                connection.expect_part(self.admission.upstream.idle_seconds)
                return  # head and first part leave in one packet
            data = self._begin_answer()
        data += self._frame(connection.take_part())
        if data:
            door.write_whole(data)
        if connection.complete:
            self._leave(self._status)
            door.end_passage()
        elif connection.failure is not None:  # what broke off never looks whole
            self.keep_alive = False
            self._leave(self._status)
            door.end_passage()
        elif not door.flow.write_paused:
            connection.expect_part(self.admission.upstream.idle_seconds)

    def cancel(self) -> None:
        """Give up: the client has left."""
        self._leave(self._status or CLIENT_LEFT)

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
        self._status = status = self._connection.status
        passed = response_headers(status, self._connection.headers)
        self._chunked = not (
            b"content-length" in dict(passed) or self._method == "HEAD" or status in BODILESS
        )
        headers = [*self._door.server_state.default_headers, *passed, *self.admission.told]
        headers.append((b"x-request-id", self.request_id.encode()))
        if not self.keep_alive:
            headers.append((b"connection", b"close"))
        if self._chunked:
            headers.append((b"transfer-encoding", b"chunked"))
        return b"%b%b\r\n" % (STATUS_LINE[status], write_fields(headers))

    def _frame(self, part: bytes) -> bytes:
        if not self._chunked:
            return part
        framed = b"%x\r\n%b\r\n" % (len(part), part) if part else b""
        return framed + b"0\r\n\r\n" if self._connection.complete else framed

    def _leave(self, status: int) -> None:
        admission, entrance = self.admission, self._door.entrance
        seconds = perf_counter() - self._started
        admission.upstream.end_read(self._connection)
        entrance.metrics.count_request(self._method, admission.route, status, seconds)
        entrance.lines.add(
            ServedRequest(
                time(),
                self.request_id,
                self._trace,
                self._method,
                admission.route,
                status,
                round(seconds * 1000, 1),
            )
        )
