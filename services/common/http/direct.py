"""The direct way of hot routes: from the bytes of a request to the function of its route, past the app's layers.

What `LeanRoutes` serves inside the layers of the app is served here at the connection itself, if its request is
plain. The layers' rules are not repeated but called: the head is checked, the request is observed, the route's own
furniture answers, problems become answers. Whatever is unusual is left to the app, and nothing has been done or
counted by then: another protocol version, `Expect`, `Upgrade`, an `Idempotency-Key`, a body in chunks, a large one
or one that does not come, a head with a fault, a request behind another, a client that does not read.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final, cast

import httptools
from starlette.responses import Response
from starlette.types import ASGIApp, Scope
from uvicorn.protocols.http.httptools_impl import HEADER_VALUE_RE, STATUS_LINE, RequestResponseCycle

from services.common.http.access import CLIENT_LEFT, OBSERVATION, Observation
from services.common.http.lean import Answer
from services.common.http.limits import Limits, check_head
from services.common.http.problem_responses import bug_response, problem_response
from services.common.http.routes import HouseRoute, StrictRequest
from services.common.http.server import LimitedProtocol
from services.common.problems import Problem
from services.common.telemetry import Metrics

BODY_BYTES: Final = 64 * 1024
"""Larger bodies are read by the app, which makes their senders wait."""
UNUSUAL: Final = frozenset({b"expect", b"idempotency-key", b"transfer-encoding", b"upgrade"})
"""Headers of requests that are left to the app."""


@dataclass(frozen=True, slots=True)
class DirectWay:
    """What an app may be asked without passing its layers."""

    app: ASGIApp
    routes: Mapping[tuple[bytes, bytes], tuple[HouseRoute, Answer]]
    """Method and path, as they are sent -> the route and what answers there, always in one piece."""
    limits: Limits
    metrics: Metrics


class Exchange:
    """One plain request and its answer; uvicorn's protocol takes it for the cycle of any other request."""

    __slots__ = (
        "answer",
        "body",
        "disconnected",
        "keep_alive",
        "late",
        "more_body",
        "observation",
        "response_complete",
        "route",
        "scope",
        "task",
    )
    message_event: ClassVar[asyncio.Event] = asyncio.Event()
    """Nobody waits for it."""
    response_started: ClassVar[bool] = False
    """An answer leaves whole."""

    def __init__(
        self,
        scope: Scope,
        headers: Mapping[bytes, bytes],
        found: tuple[HouseRoute, Answer],
        *,
        keep_alive: bool,
    ) -> None:
        self.scope = scope
        self.route, self.answer = found
        self.observation = Observation.begin(headers, trust_request_id=True)
        self.keep_alive = keep_alive
        self.body = b""
        self.more_body = True
        self.disconnected = False
        self.response_complete = False
        self.task: asyncio.Task[None] | None = None
        self.late = False

    @property
    def language(self) -> str | None:
        """What the client says it reads."""
        told = dict(self.scope["headers"]).get(b"accept-language", b"")
        return told.decode("latin-1") or None

    def leave(self, metrics: Metrics, status: int) -> None:
        """Leave one log line and one measurement."""
        self.observation.leave(metrics, self.scope["method"], self.route.path, status)


class DirectProtocol(LimitedProtocol):
    """One connection to an app, whose hot routes are served on it directly where the app says that they may be."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        way: DirectWay | None = getattr(getattr(self.app, "state", None), "direct_way", None)
        self._way = None if self.root_path or self.limit_concurrency is not None else way
        self._exchange: Exchange | None = None
        self._due = 0.0
        """When what is waited for has taken too long: the body, the answer or the next request."""
        self._due_timer: asyncio.TimerHandle | None = None

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget a request that was not complete; one that was is finished, since it may change something."""
        exchange = self._exchange
        if exchange is None or exchange.task is None:
            if self._due_timer is not None:
                self._due_timer.cancel()
            if exchange is not None and self._way is not None:
                exchange.leave(self._way.metrics, CLIENT_LEFT)
            self._exchange = None
        super().connection_lost(exc)

    def serve_request(self) -> None:
        """Serve a plain request for a hot route directly; leave any other to the app."""
        if self._way is None or self._active_cycle() is not None or not self._begin_exchange(self._way):
            super().serve_request()

    def on_message_complete(self) -> None:
        """Answer, now that the body is complete."""
        super().on_message_complete()
        exchange = self._exchange
        if exchange is not None and exchange.task is None:
            self._wait(self._way.limits.answer_seconds)  # type: ignore[union-attr]  # no exchange without a way
            exchange.task = self.loop.create_task(self._serve(exchange, self._way))  # type: ignore[arg-type]
            self.tasks.add(exchange.task)

    def _begin_exchange(self, way: DirectWay) -> bool:
        target = httptools.parse_url(self.url)
        method = self.parser.get_method()
        found = way.routes.get((method, target.path))
        if found is None or self.parser.get_http_version() != "1.1" or self.flow.write_paused:
            return False
        headers = dict(self.headers)
        if not UNUSUAL.isdisjoint(headers):
            return False
        scope = cast("Scope", self.scope)
        scope["method"], scope["raw_path"] = method.decode("ascii"), target.path
        scope["query_string"] = target.query or b""
        try:
            check_head(scope)
        except Problem:  # the app will meet it too, and tell it
            return False
        if int(headers.get(b"content-length", b"0")) > BODY_BYTES:
            return False
        scope["app"], scope["route"], scope["path"] = way.app, found[0], found[0].path
        scope["path_params"] = {}
        self._exchange = Exchange(scope, headers, found, keep_alive=self.parser.should_keep_alive())
        self.cycle = cast("RequestResponseCycle", self._exchange)
        self._wait(way.limits.answer_seconds)
        return True

    async def _serve(self, exchange: Exchange, way: DirectWay) -> None:
        status = 500
        try:
            response = await self._attempt(exchange, way)
            status = response.status_code
            if not self.transport.is_closing():
                self.write_whole(self._head(exchange, response) + bytes(response.body))
        except BaseException:  # the server stops, or the answer cannot be written
            exchange.keep_alive = False
            raise
        finally:
            exchange.leave(way.metrics, status)
            self._end(exchange)

    async def _attempt(self, exchange: Exchange, way: DirectWay) -> Response:
        exchange.observation.enter()
        try:
            return await exchange.answer(StrictRequest.complete(exchange.scope, exchange.body))
        except Problem as problem:
            return problem_response(problem, language=exchange.language)
        except asyncio.CancelledError:
            if not exchange.late:
                raise
            return problem_response(way.limits.late("The answer took too long."), language=exchange.language)
        except Exception as error:  # noqa: BLE001  the edge: nothing may leave without an answer
            return bug_response(error, language=exchange.language)

    def _head(self, exchange: Exchange, response: Response) -> bytes:
        """Return the head of an answer, written as uvicorn writes it."""
        headers = [*self.server_state.default_headers, *exchange.observation.named(response.raw_headers)]
        if not exchange.keep_alive:
            headers.append((b"connection", b"close"))
        if HEADER_VALUE_RE.search(b"".join([value for _, value in headers])):
            raise RuntimeError("A header of an answer holds a control character.")
        lines = b"".join([b"%b: %b\r\n" % header for header in headers])
        return b"%b%b\r\n" % (STATUS_LINE[response.status_code], lines)

    def _end(self, exchange: Exchange) -> None:
        """Go on with the next request, or rest."""
        exchange.response_complete = True
        self._exchange = None
        if exchange.task is not None:
            self.tasks.discard(exchange.task)
            exchange.task = None  # nobody waits for it: what it raises is told at once
        self.server_state.total_requests += 1
        if not exchange.keep_alive:
            self.transport.close()
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
        else:
            self._wait(self.timeout_keep_alive)

    def _wait(self, seconds: float) -> None:
        """Note that what comes next must come within `seconds`; one timer of the connection serves all."""
        self._due = self.loop.time() + seconds
        if self._due_timer is None:
            self._look_later(seconds)

    def _look_later(self, seconds: float) -> None:
        """Look when the time is over, and no later than what begins meanwhile could be due."""
        limits = cast("DirectWay", self._way).limits
        soonest = min(seconds, limits.answer_seconds, self.timeout_keep_alive)
        self._due_timer = self.loop.call_later(soonest, self._look)

    def _look(self) -> None:
        self._due_timer = None
        exchange, left = self._exchange, self._due - self.loop.time()
        if exchange is None and (self._active_cycle() or self._head_timer or self.timeout_keep_alive_task):
            return  # the app serves, or the next head is on its way
        if left > 0:
            self._look_later(left)
        elif exchange is None:
            self.transport.close()
        elif exchange.task is None:
            self._leave_to_app(exchange)
        else:
            exchange.late = True
            exchange.task.cancel()

    def _leave_to_app(self, exchange: Exchange) -> None:
        """Let the app wait for a body that is slow to come."""
        self._exchange = None
        exchange.scope[OBSERVATION] = exchange.observation
        self.cycle = self.give_to_app(
            exchange.scope, keep_alive=exchange.keep_alive, body=exchange.body, more_body=True
        )
