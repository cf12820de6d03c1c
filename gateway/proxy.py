"""Passes a request through to the service that owns its path, and the answer back, both streaming.

Method, raw path, query and bodies pass byte for byte. Headers pass by allow-list in both directions, so there
is none by which a caller could name itself (`X-Forwarded-*`, `Forwarded`, identity headers, cookies), steer the
connection (hop-by-hop headers and those that `Connection` names) or learn of the inside.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from starlette.types import Receive, Scope, Send

from gateway.routing import Routes
from gateway.upstream import Header, Upstream, UpstreamFailed, UpstreamResponse
from services.common.problems import RequestUnreadable

Authorize = Callable[[Scope, str], Awaitable[str | None]]
"""Given the request and the service it goes to, returns the internal token; raises a `Problem` to refuse."""

REQUEST_HEADERS: Final = frozenset(
    {
        b"accept",
        b"accept-encoding",
        b"accept-language",
        b"ballot-token",
        b"content-encoding",
        b"content-language",
        b"content-length",
        b"content-type",
        b"idempotency-key",
        b"if-match",
        b"if-modified-since",
        b"if-none-match",
        b"if-range",
        b"if-unmodified-since",
        b"prefer",
        b"range",
    }
)
RESPONSE_HEADERS: Final = frozenset(
    {
        b"accept-ranges",
        b"allow",
        b"cache-control",
        b"content-disposition",
        b"content-encoding",
        b"content-language",
        b"content-length",
        b"content-location",
        b"content-range",
        b"content-security-policy",
        b"content-type",
        b"deprecation",
        b"etag",
        b"expires",
        b"idempotent-replayed",
        b"last-modified",
        b"link",
        b"location",
        b"preference-applied",
        b"ratelimit",
        b"ratelimit-policy",
        b"retry-after",
        b"sunset",
        b"vary",
        b"www-authenticate",
        b"x-content-type-options",
    }
)
PASSED_FAILURES: Final = frozenset({503, 504, 507})
"""What a service says about itself; its other failures are faults, and the gateway's answer to them is 502."""


class ClientLeftError(Exception):
    """The client has closed the connection before its request was complete."""


@dataclass(frozen=True)
class Proxy:
    """The ASGI app that answers for the services: finds the owner of a path and passes the request to it.

    Stands behind `limit_requests`, which answers the problems it raises. Before it asks `authorize`, it leaves
    the matched `Route` in `scope["state"]["route"]`.
    """

    routes: Routes
    upstreams: Mapping[str, Upstream]
    authorize: Authorize

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one HTTP request."""
        endpoint = self.routes.resolve(scope["raw_path"])
        if scope["method"] == "OPTIONS":
            headers = [(b"allow", endpoint.allow.encode())]
            await send({"type": "http.response.start", "status": 204, "headers": headers})
            await send({"type": "http.response.body"})
            return
        scope["state"]["route"] = route = endpoint.route(scope["method"])
        token = await self.authorize(scope, endpoint.service)
        route.require_credential(token)
        await pass_through(scope, receive, send, upstream=self.upstreams[endpoint.service], token=token)


async def pass_through(
    scope: Scope, receive: Receive, send: Send, *, upstream: Upstream, token: str | None
) -> None:
    """Send the request to `upstream` with `token` as its credential, and its answer to the client.

    Raises the upstream's problem. If that happens when the answer has begun, it must be left incomplete, so
    that the connection is dropped: what broke off never looks whole.
    """
    target = scope["raw_path"] + (b"?" + scope["query_string"] if scope["query_string"] else b"")
    body = _read_body(receive) if _has_body(scope) else None
    try:
        response = await upstream.send(scope["method"], target.decode(), _request_headers(scope, token), body)
    except ClientLeftError:
        return
    try:
        if response.status >= 500 and response.status not in PASSED_FAILURES:
            raise UpstreamFailed(f"The service {upstream.name} failed.")
        await send(
            {"type": "http.response.start", "status": response.status, "headers": _response_headers(response)}
        )
        await _stream(response, send, None if body else receive)
    finally:
        response.close()


async def _stream(response: UpstreamResponse, send: Send, receive: Receive | None) -> None:
    """Send the body as it comes; with `receive`, stop when the client has left."""
    departure: asyncio.Task[None] | None = None
    try:
        while departure is None or not departure.done():
            part = b"" if response.complete else await response.read_part()
            more = not response.complete
            await send({"type": "http.response.body", "body": part, "more_body": more})
            if not more:
                return
            if departure is None and receive is not None:
                departure = asyncio.create_task(_await_departure(receive))
    finally:
        if departure is not None:
            departure.cancel()


async def _await_departure(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _read_body(receive: Receive) -> AsyncIterator[bytes]:
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientLeftError
        if part := message.get("body"):
            yield part
        more = message.get("more_body", False)


def _has_body(scope: Scope) -> bool:
    return any(
        name == b"transfer-encoding" or (name == b"content-length" and value.strip(b"0"))
        for name, value in scope["headers"]
    )


def _request_headers(scope: Scope, token: str | None) -> list[Header]:
    passed = REQUEST_HEADERS - _named_by_connection(scope["headers"])
    headers = [(name.decode(), _decode(value)) for name, value in scope["headers"] if name in passed]
    headers += [
        ("X-Forwarded-Proto", scope["scheme"]),
        ("X-Forwarded-Host", _decode(dict(scope["headers"])[b"host"])),
    ]
    if token is not None:
        headers.append(("Authorization", f"Bearer {token}"))
    if scope["client"]:  # None on a unix socket
        headers.append(("X-Forwarded-For", scope["client"][0]))
    return headers


def _response_headers(response: UpstreamResponse) -> list[tuple[bytes, bytes]]:
    passed = RESPONSE_HEADERS - _named_by_connection(response.headers)
    if response.status in {204, 304}:  # they have no body, whatever length it would have had
        passed -= {b"content-length"}
    return [(name, value) for name, value in response.headers if name in passed]


def _named_by_connection(headers: Iterable[tuple[bytes, bytes]]) -> set[bytes]:
    values = [value for name, value in headers if name == b"connection"]
    return {name.strip().lower() for value in values for name in value.split(b",")}


def _decode(value: bytes) -> str:
    """Return a header value as text that is sent as the same bytes again."""
    try:
        return value.decode()
    except UnicodeDecodeError as error:
        raise RequestUnreadable("A header is not UTF-8.") from error
