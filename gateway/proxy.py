"""Passes a request through to the service that owns its path, and the answer back, both streaming.

Method, raw path, query and bodies pass byte for byte. Headers pass by allow-list in both directions, so there
is none by which a caller could name itself (`X-Forwarded-*`, `Forwarded`, identity headers, cookies), steer the
connection (hop-by-hop headers and those that `Connection` names) or learn of the inside.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from typing import Final

from starlette.types import Receive, Scope, Send

from gateway.connections import Header
from gateway.routing import Endpoint
from gateway.uploads import Upload
from gateway.upstream import Upstream, UpstreamFailed, UpstreamResponse
from services.common.problems import RequestUnreadable

Authorize = Callable[[Scope, str], Awaitable[str | None]]
"""Given the request and the service it goes to, returns the internal token; raises a `Problem` to refuse."""

REQUEST_HEADERS: Final = frozenset(
    {
        b"accept",
        b"accept-encoding",
        b"accept-language",
        b"action-plan-code",
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
BODILESS: Final = frozenset({204, 304})
TRIED: Final = "tried"
"""Where in the scope's state an exception stands that a first attempt to answer the request has met."""


class ClientLeftError(Exception):
    """The client has closed the connection before its request was complete."""


async def serve_endpoint(
    scope: Scope,
    receive: Receive,
    send: Send,
    endpoint: Endpoint,
    upstreams: Mapping[str, Upstream],
    authorize: Authorize,
) -> None:
    """Serve one request to an address of a service; raises the `Problem` to answer with.

    Before it asks `authorize`, it leaves the matched `Route` in `scope["state"]["route"]`.
    """
    if scope["method"] == "OPTIONS":
        headers = [(b"allow", endpoint.allow.encode())]
        await send({"type": "http.response.start", "status": 204, "headers": headers})
        await send({"type": "http.response.body"})
        return
    scope["state"]["route"] = route = endpoint.route(scope["method"])
    token = await authorize(scope, endpoint.service)
    route.require_credential(token)
    await pass_through(scope, receive, send, upstream=upstreams[endpoint.service], token=token)


async def pass_through(
    scope: Scope, receive: Receive, send: Send, *, upstream: Upstream, token: str | None
) -> None:
    """Send the request to `upstream` with `token` as its credential, and its answer to the client.

    Raises the upstream's problem. If that happens when the answer has begun, it must be left incomplete, so
    that the connection is dropped: what broke off never looks whole.
    """
    try:
        upload = await _begin_upload(scope, receive)
        response = await upstream.send(
            scope["method"],
            target_of(scope),
            request_headers(scope, token, upload),
            upload,
            tried=scope["state"].get(TRIED),
        )
    except ClientLeftError:
        return
    try:
        if is_fault(response.status):
            raise UpstreamFailed(f"The service {upstream.name} failed.")
        headers = response_headers(response.status, response.headers)
        await send({"type": "http.response.start", "status": response.status, "headers": headers})
        await _stream(response, send, receive if upload is None else None)
    finally:
        response.close()


def target_of(scope: Scope) -> bytes:
    """Return path and query, byte for byte."""
    path: bytes = scope["raw_path"]
    query: bytes = scope["query_string"]
    return path + b"?" + query if query else path


def is_fault(status: int) -> bool:
    """Say whether a status tells of a fault within the service, which is not passed on."""
    return status >= 500 and status not in PASSED_FAILURES


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


async def _begin_upload(scope: Scope, receive: Receive) -> Upload | None:
    """Return the body, as much of it as has come; None if the request has none."""
    chunked = any(name == b"transfer-encoding" for name, _ in scope["headers"])
    if not chunked and not any(
        name == b"content-length" and value.strip(b"0") for name, value in scope["headers"]
    ):
        return None
    first, more = await _receive_part(receive)
    return Upload(first, _read_body(receive) if more else None, chunked=chunked)


async def _read_body(receive: Receive) -> AsyncIterator[bytes]:
    more = True
    while more:
        part, more = await _receive_part(receive)
        if part:
            yield part


async def _receive_part(receive: Receive) -> tuple[bytes, bool]:
    message = await receive()
    if message["type"] == "http.disconnect":
        raise ClientLeftError
    return message.get("body", b""), message.get("more_body", False)


def request_headers(scope: Scope, token: str | None, upload: Upload | None) -> list[Header]:
    """Return the headers with which the request goes on; raises `RequestUnreadable` for one that is not text."""
    headers: list[Header] = scope["headers"]
    named = named_by_connection(headers)
    passed: list[Header] = [(b"x-forwarded-proto", scope["scheme"].encode())]
    for name, value in headers:
        if name == b"host":
            passed.append((b"x-forwarded-host", value))
        elif name not in REQUEST_HEADERS or name in named:
            continue
        elif value.isascii() or _is_text(value):
            passed.append((name, value))
        else:
            raise RequestUnreadable("A header is not UTF-8.")
    if upload is not None and upload.chunked:
        passed.append((b"transfer-encoding", b"chunked"))
    if token is not None:
        passed.append((b"authorization", b"Bearer %b" % token.encode()))
    if scope["client"]:  # None on a unix socket
        passed.append((b"x-forwarded-for", scope["client"][0].encode()))
    return passed


def response_headers(status: int, headers: list[Header]) -> list[Header]:
    """Return what of an answer's headers the client is told."""
    passed = [pair for pair in headers if pair[0] in RESPONSE_HEADERS]
    dropped = named_by_connection(headers)
    if status in BODILESS:  # they have no body, whatever length it would have had
        dropped.add(b"content-length")
    return [pair for pair in passed if pair[0] not in dropped] if dropped else passed


def named_by_connection(headers: Iterable[Header]) -> set[bytes]:
    """Return what `Connection` says, in lower case: names of headers, `close`, `keep-alive`."""
    values = [value for name, value in headers if name == b"connection"]
    return {named.strip().lower() for value in values for named in value.split(b",")}


def _is_text(value: bytes) -> bool:
    try:
        value.decode()
    except UnicodeDecodeError:
        return False
    return True
