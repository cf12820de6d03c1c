"""Gives each request its id and its place in a trace, and leaves one log line and one measurement of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from time import perf_counter
from typing import Final
from uuid import UUID

import structlog
from opentelemetry import trace
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uuid_utils.compat import uuid7

from services.common.context import request_id, traceparent
from services.common.logging import HotLog
from services.common.telemetry import Metrics, Traceparent

ROUTE: Final = "qoldau.route"
"""Where an app that does not route by FastAPI leaves the path template in the ASGI scope."""
UNMATCHED: Final = "unmatched"
OBSERVATION: Final = "qoldau.observation"
"""Where one who has begun to serve a request leaves its `Observation` in the scope."""
CLIENT_LEFT: Final = 499
"""Logged and counted, and sent to nobody: the client has closed the connection before it was answered."""
PROBES: Final = frozenset({"/health/live", "/health/ready"})
"""Asked every few seconds: counted always, logged when they fail."""

log = structlog.get_logger()
hot_log = HotLog()


@dataclass(slots=True)
class Observation:
    """One request from its head to the end of its answer."""

    request: UUID
    trace: str
    """The request's `traceparent`."""
    started: float = field(default_factory=perf_counter)

    @classmethod
    def begin(cls, told: Mapping[bytes, bytes], *, trust_request_id: bool) -> "Observation":
        """Give the request with the headers `told` its id and its place in a trace."""
        request = (_read_uuid(told.get(b"x-request-id")) if trust_request_id else None) or uuid7()
        return cls(request, str(_step(told.get(b"traceparent"))))

    def enter(self) -> None:
        """Let what runs in this context know which request it serves.

        Never reset: the answer to a bug is made outside and names the request. The server gives each request a
        context of its own.
        """
        request_id.set(self.request)
        traceparent.set(self.trace)

    @property
    def name(self) -> tuple[bytes, bytes]:
        """The header that tells the client what its request is called."""
        return b"x-request-id", str(self.request).encode()

    def named(self, headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        """Return the headers of the answer, with the name of this request and no other."""
        return [*(pair for pair in headers if pair[0] != b"x-request-id"), self.name]

    def leave(self, metrics: Metrics, method: str, route: str, status: int) -> None:
        """Leave one log line and one measurement."""
        seconds = perf_counter() - self.started
        metrics.count_request(method, route, status, seconds)
        if status >= 400 or route not in PROBES:
            hot_log.info("request", method=method, route=route, status=status, ms=round(seconds * 1000, 1))


class ObserveRequests:
    """Pure ASGI; the outermost of an app's own layers, so that it sees every answer but that to a bug.

    The line names the path template, never the path or the query: they hold tokens. The address of the
    client is personal data and appears nowhere.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics, *, trust_request_id: bool) -> None:
        """`trust_request_id`: take the caller's `X-Request-Id` if it is a UUID; the front door does not."""
        self._app = app
        self._metrics = metrics
        self._trust_request_id = trust_request_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or the app's life."""
        if scope["type"] == "lifespan":
            await self._live(scope, receive, send)
        elif scope["type"] == "http":
            await self._serve(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _live(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._app(scope, receive, send)
        except BaseException as error:
            log.critical("app_failed", exc_info=error)
            raise

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        status = 500
        observation: Observation = scope.get(OBSERVATION) or Observation.begin(
            dict(scope["headers"]), trust_request_id=self._trust_request_id
        )

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = observation.named(message["headers"])
            await send(message)

        observation.enter()
        try:
            await self._app(scope, receive, watch)
        finally:
            observation.leave(self._metrics, scope["method"], _template(scope), status)


def _template(scope: Scope) -> str:
    if scope["path"] in PROBES:  # Starlette's plain routes leave no trace in the scope
        return str(scope["path"])
    template = scope.get(ROUTE) or getattr(scope.get("route"), "path", None)
    return template if isinstance(template, str) else UNMATCHED


def _step(received: bytes | None) -> Traceparent:
    span = trace.get_current_span().get_span_context()
    if span.is_valid:  # OpenTelemetry is on and has read the header already
        return Traceparent(f"{span.trace_id:032x}", f"{span.span_id:016x}", f"{span.trace_flags:02x}")
    parent = Traceparent.parse(received.decode("latin-1")) if received else None
    return parent.child() if parent else Traceparent.begin()


def _read_uuid(text: bytes | None) -> UUID | None:
    if text is None:
        return None
    try:
        return UUID(text.decode("latin-1"))
    except ValueError:
        return None
