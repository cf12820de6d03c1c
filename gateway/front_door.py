"""What the outside meets first: who is asking, how much they may still ask, and where the request belongs."""

from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from typing import Final

from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from gateway.connections import write_fields
from gateway.identity.operations.attempts import GUESSABLE, Attempts
from gateway.identity.operations.exchange import Credit, Exchange, read_credential
from gateway.lean.entrance import ADMISSION, Admission, Introduction
from gateway.proxy import request_headers, serve_endpoint
from gateway.rate_limits import Headers, RateLimits, client_address, telling
from gateway.routing import Endpoint, Routes, split_path
from gateway.upstream import Upstream
from services.common.http.access import ROUTE
from services.common.identity import GATEWAY
from services.common.problems import NotAuthenticated
from services.common.telemetry import Traceparent

PAGES: Final = frozenset({b".well-known", b"docs", b"health", b"openapi.json", b"problems"})
"""First segments of what the gateway itself shows outside; the house's other pages stay inside."""
REMEMBERED_PATHS: Final = 1024
"""How many paths are not looked up again; none is longer than what a head may hold."""


@dataclass(frozen=True, slots=True)
class _Opened:
    """What stands once the gateway has started."""

    exchange: Exchange
    attempts: Attempts
    rate_limits: RateLimits
    upstreams: dict[str, Upstream]


class FrontDoor:
    """The ASGI app that the outside sees: what the gateway answers itself, and the way to everything else."""

    def __init__(self, room: FastAPI, routes: Routes) -> None:
        self._room = room
        self._routes = routes
        self._endpoint = lru_cache(REMEMBERED_PATHS)(self._look_up)

    @cached_property
    def _opened(self) -> _Opened:
        state = self._room.state
        return _Opened(state.exchange, state.reception.attempts, state.rate_limits, state.upstreams)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or the app's life; raises the `Problem` to answer with."""
        if scope["type"] != "http":
            await self._room(scope, receive, send)
            return
        scope["client"] = self._client(scope)
        told: Headers = []
        send, authorize = telling(send, told), partial(self._admit, told)
        endpoint = self._endpoint(scope["raw_path"])
        if endpoint is not None:
            scope[ROUTE] = endpoint.path
        if endpoint is not None and (endpoint.service != GATEWAY or scope["method"] == "OPTIONS"):
            await serve_endpoint(scope, receive, send, endpoint, self._opened.upstreams, authorize)
            return
        # What is nobody's in particular (portal, problem pages, health) is the same for everyone.
        token = None
        if endpoint is not None:
            route = endpoint.route(scope["method"])
            token = await authorize(scope, GATEWAY)
            route.require_credential(token)  # before the room reads query and body
            if endpoint.path in GUESSABLE:
                await self._opened.attempts.count_address(scope["client"][0])
        headers = [pair for pair in scope["headers"] if pair[0] != b"authorization"]
        if token is not None:
            headers.append((b"authorization", f"Bearer {token}".encode()))
        await self._room({**scope, "headers": headers}, receive, send)

    def introduce(self, scope: Scope) -> Introduction:
        """Read what the fields of a head say, as `Doorkeeper` asks. Raises the `Problem` to answer with."""
        credential = read_credential(scope)
        address, _ = scope["client"] = self._client(scope)
        trace = dict(scope["headers"]).get(b"traceparent", b"").decode("latin-1")
        fields = write_fields(request_headers(scope, None, None))
        return Introduction(credential, address, fields, Traceparent.parse(trace))

    def admit_read(self, method: str, path: bytes, introduction: Introduction) -> Admission | None:
        """Admit a read of a service without a moment's waiting; None, and nothing counted, where that cannot be.

        Raises the `Problem` to answer with.
        """
        endpoint = self._endpoint(path)
        if endpoint is None or endpoint.service == GATEWAY:
            return None
        route, opened = endpoint.route(method), self._opened
        upstream, credit = opened.upstreams[endpoint.service], None
        if introduction.credential is not None:
            credit = opened.exchange.recall(introduction.credential, endpoint.service)
            if credit is None:
                return None
        token = credit.token if credit else None
        route.require_credential(token)
        if not upstream.ready:
            return None
        told = opened.rate_limits.count_at_once(credit.principal if credit else None, introduction.address)
        return None if told is None else Admission(upstream, endpoint.path, token, told)

    def _client(self, scope: Scope) -> tuple[str, int]:
        return client_address(scope, self._room.state.settings.trusted_proxies), 0

    async def _admit(self, told: Headers, scope: Scope, service: str) -> str | None:
        """Return the internal token of who is calling, and add to `told` how much more they may ask.

        What is presented and not valid counts for the address, so that nobody guesses for long.
        """
        admission: Admission | None = scope["state"].get(ADMISSION)
        if admission is not None:
            told += admission.told
            return admission.token
        opened, (address, _) = self._opened, scope["client"]
        try:
            credit: Credit | None = await opened.exchange.authorize(scope, service)
        except NotAuthenticated:
            await opened.rate_limits.count(None, address)
            raise
        told += await opened.rate_limits.count(credit.principal if credit else None, address)
        return credit.token if credit else None

    def _look_up(self, raw_path: bytes) -> Endpoint | None:
        """Return what stands at the path, None for pages of the gateway without a version."""
        segments = split_path(raw_path)
        if segments[0] in PAGES:
            return None
        return self._routes.find(segments)
