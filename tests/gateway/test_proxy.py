import asyncio
import gzip
import hashlib
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.connections import ConnectionRefused, write_fields
from gateway.lean.entrance import Admission, Entrance, Introduction
from gateway.lean.protocol import LeanProtocol
from gateway.pools import CONNECTIONS
from gateway.proxy import Authorize, request_headers, serve_endpoint
from gateway.routing import Route, Routes
from gateway.uploads import REPEATABLE_BYTES
from gateway.upstream import Breaker, Upstream, UpstreamTimedOut, open_upstream
from services.common.http.access import ObserveRequests
from services.common.http.limits import MIB, Limits, limit_requests
from services.common.http.server import FAREWELL, LimitedProtocol
from services.common.problems import NotAuthenticated
from services.common.telemetry import Metrics, Traceparent
from tests.servers import (
    PATIENCE,
    Answer,
    ask,
    connecting,
    conversing,
    parse,
    read_request,
    serving,
    talk,
)

OPEN = {"public": "published"}
METHODS = ("GET", "PUT", "DELETE")
ROUTES = Routes(
    [
        *(
            Route(method, "/v1/things/{thing_id}", "programs", OPEN, upload=False)
            for method in ("GET", "PUT", "DELETE")
        ),
        Route("GET", "/v1/things", "programs", OPEN, upload=False),
        Route("POST", "/v1/things", "programs", OPEN, upload=False),
        Route("POST", "/v1/files", "programs", OPEN, upload=True),
    ]
)
TOKEN = "internal.token.signed"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def authorizing(token: str | None) -> Authorize:
    async def authorize(scope: Scope, service: str) -> str | None:
        if (b"authorization", b"Bearer bad") in scope["headers"]:
            raise NotAuthenticated("no")
        assert scope["state"]["route"].service == service == "programs"
        return token

    return authorize


def proxy_to(upstream: Upstream, authorize: Authorize) -> ASGIApp:
    """Return the app that passes everything listed in `ROUTES` to `upstream`."""

    async def proxy(scope: Scope, receive: Receive, send: Send) -> None:
        endpoint = ROUTES.resolve(scope["raw_path"])
        await serve_endpoint(scope, receive, send, endpoint, {"programs": upstream}, authorize)

    return proxy


class Way(StrEnum):
    """How a request passes the gateway: as every other, or on the short way of reads where it can."""

    PLAIN = "plain"
    LEAN = "lean"


taken: ContextVar[Way] = ContextVar("taken", default=Way.PLAIN)


@pytest.fixture(autouse=True, params=Way)
def way(request: pytest.FixtureRequest) -> Iterator[Way]:
    """Lets each test of this file run on both ways: nothing may tell one from the other."""
    before = taken.set(request.param)
    yield request.param
    taken.reset(before)


async def warm(upstream: Upstream) -> None:
    """Give the upstream idle connections, as it has after some requests; without one no read goes its short way."""
    connections = upstream._connections
    with suppress(ConnectionRefused):
        for _ in range(8):
            connection = await connections._connect()
            connection.begin(bodiless=True)
            connection.idle_since = asyncio.get_running_loop().time()
            connection._busy = False
            connections._idle.append(connection)


@dataclass(frozen=True)
class Admitting:
    """Does what `authorizing` and `proxy_to` do, for the short way."""

    upstream: Upstream
    token: str | None

    def introduce(self, scope: Scope) -> Introduction:
        if (b"authorization", b"Bearer bad") in scope["headers"]:
            raise NotAuthenticated("no")
        trace = dict(scope["headers"]).get(b"traceparent", b"").decode("latin-1")
        fields = write_fields(request_headers(scope, None, None))
        return Introduction(None, "local", fields, Traceparent.parse(trace))

    def admit_read(self, method: str, path: bytes, _: Introduction) -> Admission | None:
        endpoint = ROUTES.resolve(path)
        endpoint.route(method)
        return Admission(self.upstream, endpoint.path, self.token, []) if self.upstream.ready else None


@asynccontextmanager
async def gateway(
    address: str,
    *,
    token: str | None = TOKEN,
    body_bytes: Callable[[Scope], int] = ROUTES.body_bytes,
    breaker: Breaker | None = None,
    answer_seconds: float = PATIENCE,
    idle_seconds: float = PATIENCE,
    protocol: type[LeanProtocol] = LeanProtocol,
) -> AsyncIterator[str]:
    address = f"unix:{address}" if address.startswith("/") else address
    async with open_upstream(
        "programs", address, breaker=breaker, answer_seconds=answer_seconds, idle_seconds=idle_seconds
    ) as upstream:
        proxy = proxy_to(upstream, authorizing(token))
        limits = Limits(answer_seconds=2 * PATIENCE, late=UpstreamTimedOut, body_bytes=body_bytes)
        metrics = Metrics()
        app = ObserveRequests(limit_requests(proxy, limits), metrics, trust_request_id=False)
        entrance = Entrance(app, Admitting(upstream, token), metrics)
        lean = taken.get() is Way.LEAN
        if lean:
            await warm(upstream)
        async with serving(entrance, protocol if lean else LimitedProtocol) as path:
            yield path


@asynccontextmanager
async def before(app: ASGIApp, **options: Any) -> AsyncIterator[str]:
    async with serving(app) as upstream, gateway(upstream, **options) as path:
        yield path


@dataclass
class Scripted:
    """A service that answers every connection's first request with fixed bytes, and remembers what it was sent."""

    answer: bytes = OK
    heads: list[bytes] = field(default_factory=list)

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.heads.append(await read_request(reader))
        writer.write(self.answer)
        await writer.drain()

    def headers(self) -> dict[str, str]:
        return parse(self.heads[-1].replace(b" HTTP/1.1", b"", 1).replace(b" ", b" 0 ", 1)).headers


def head(*lines: bytes, method: bytes = b"GET", target: bytes = b"/v1/things") -> bytes:
    return b"\r\n".join(
        (method + b" " + target + b" HTTP/1.1", b"Host: door.test", b"Connection: close", *lines, b"", b"")
    )


def expect_problem(answer: Answer, status: int, code: str) -> None:
    assert answer.headers["content-type"] == "application/problem+json"
    problem = json.loads(answer.body)
    assert (answer.status, problem["status"], problem["code"]) == (status, status, code)
    assert problem["instance"] == f"urn:uuid:{answer.headers['x-request-id']}"


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the body as it came, and with its size in a header that passes."""
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    headers = [(b"etag", f'"{len(body)}"'.encode()), (b"content-location", scope["method"].encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


class TestRequest:
    async def test_only_listed_headers_pass(self) -> None:
        forged = [
            b"X-Forwarded-For: 10.0.0.1",
            b"X-Forwarded-Host: inside",
            b"X-Forwarded-Proto: https",
            b"X-Forwarded-Prefix: /admin",
            b"X-Real-IP: 10.0.0.1",
            b"Forwarded: for=10.0.0.1",
            b"X-User-Id: 1",
            b"X-Qoldau-Role: administrator",
            b"Authorization: Bearer forged",
            b"Proxy-Authorization: Basic eDp5",
            b"Cookie: session=1",
            b"Keep-Alive: timeout=600",
            b"TE: trailers",
            b"Upgrade: h2c",
            b"Proxy-Connection: keep-alive",
            b"X-HTTP-Method-Override: DELETE",
            b"X-Original-URL: /internal",
            b"Via: 1.1 inside",
            b"User-Agent: test",
            b"tracestate: forged=1",
            b"X-Request-Id: not-a-uuid",
            b"traceparent: nonsense",
        ]
        passed = [
            b"Accept: application/json",
            b"Accept-Language: kk",
            b'If-None-Match: "1-a"',
            b"Range: bytes=0-1",
            b"Prefer: \xd1\x82\xd0\xb8\xd1\x85\xd0\xbe",
        ]
        upstream = Scripted()
        async with conversing(upstream) as path, gateway(path) as door:
            answer = await ask(door, head(*forged, *passed))
        assert answer.status == 200
        sent = upstream.headers()
        assert sent.pop("traceparent").startswith("00-")
        assert sent == {
            "host": "programs",
            "accept": "application/json",
            "accept-language": "kk",
            "if-none-match": '"1-a"',
            "range": "bytes=0-1",
            "prefer": b"\xd1\x82\xd0\xb8\xd1\x85\xd0\xbe".decode("latin-1"),
            "authorization": f"Bearer {TOKEN}",
            "x-forwarded-proto": "http",
            "x-forwarded-host": "door.test",
            "x-request-id": answer.headers["x-request-id"],
        }

    async def test_the_public_carries_no_token_not_even_its_own(self) -> None:
        upstream = Scripted()
        async with conversing(upstream) as path, gateway(path, token=None) as door:
            assert (await ask(door, head(b"Authorization: Bearer forged"))).status == 200
        assert "authorization" not in upstream.headers()

    async def test_headers_that_connection_names_stay_behind(self) -> None:
        upstream = Scripted()
        async with conversing(upstream) as path, gateway(path) as door:
            await ask(
                door, head(b"Connection: keep-alive, If-Match ,RANGE", b'If-Match: "1"', b"Range: bytes=0-1")
            )
        assert not {"if-match", "range", "connection"} & upstream.headers().keys()

    async def test_request_id_and_trace_are_passed_on(self) -> None:
        upstream = Scripted()
        trace = b"4bf92f3577b34da6a3ce929d0e0e4736"
        async with conversing(upstream) as path, gateway(path) as door:
            answer = await ask(
                door, head(b"traceparent: 00-" + trace + b"-00f067aa0ba902b7-01", b"tracestate: a=1")
            )
        sent = upstream.headers()
        assert sent["x-request-id"] == answer.headers["x-request-id"]
        assert sent["traceparent"].startswith(f"00-{trace.decode()}-")
        assert "tracestate" not in sent

    async def test_the_client_is_named_by_its_address(self) -> None:
        upstream = Scripted()
        async with conversing(upstream) as path, open_upstream("programs", f"unix:{path}") as opened:
            proxy = limit_requests(proxy_to(opened, authorizing(None)), Limits(answer_seconds=PATIENCE))

            async def from_afar(scope: Scope, receive: Receive, send: Send) -> None:
                scope["client"] = ("203.0.113.7", 4242)
                await proxy(scope, receive, send)

            async with serving(from_afar) as door:
                await ask(door, head(b"X-Forwarded-For: 10.0.0.1"))
        assert upstream.headers()["x-forwarded-for"] == "203.0.113.7"

    async def test_a_header_that_is_not_text_is_refused(self) -> None:
        upstream = Scripted()
        async with conversing(upstream) as path, gateway(path) as door:
            expect_problem(await ask(door, head(b"Accept: \xff")), 400, "request-unreadable")
        assert upstream.heads == []

    @pytest.mark.parametrize(
        "target",
        [
            b"/v1/things?",
            b"/v1/things?a=%2e%2e%2f&b=%252e&c=%00",
            b"/v1/things?a=1&a=2&&=&b",
            b"/v1/things?q=%D0%B0+b%20c",
            b"/v1/things?filter[name]={x}|y^z`\"<>'",
            b"/v1/things?redirect=http://inside/../a//b",
            b"/v1/things?a=b?c/../d",
            b"/v1/things/a%20b;c=d,e:f@g+h!$&'()*",
            b"/v1/things/%d0%B0?x",
            b"/v1/things/user:secret@inside",
        ],
    )
    async def test_path_and_query_pass_byte_for_byte(self, target: bytes) -> None:
        upstream = Scripted()
        async with conversing(upstream) as path, gateway(path) as door:
            assert (await ask(door, head(target=target))).status == 200
        assert upstream.heads[0].split(b" ")[1] == target.removesuffix(b"?")

    async def test_every_byte_of_a_query_passes_or_is_refused(self) -> None:
        upstream = Scripted()
        async with conversing(upstream) as path, gateway(path) as door:
            for byte in range(256):
                target = b"/v1/things?a=" + bytes([byte]) + b"z"
                before = len(upstream.heads)
                answer = await ask(door, head(target=target))
                if answer.status == 200:
                    sent = upstream.heads[-1].split(b"\r\n")[0]
                    assert sent == b"GET " + target.partition(b"#")[0] + b" HTTP/1.1"
                else:
                    assert answer.status == 400
                    assert len(upstream.heads) == before
        assert len(upstream.heads) > 90

    @pytest.mark.parametrize(
        "target",
        [
            b"/v1/../internal/events",
            b"/v1/things/../../internal/events",
            b"/v1/%2e%2e/internal/events",
            b"/v1/%2E%2E%2Finternal/events",
            b"/v1/..%2finternal/events",
            b"/v1/..%5cinternal/events",
            b"/v1/%252e%252e/internal/events",
            b"/v1/..;/internal/events",
            b"/v1//internal/events",
            b"/v1/%c0%ae%c0%ae/internal/events",
            b"/v1/things/",
            b"/v1/things/%00",
        ],
    )
    async def test_traversal_is_refused_before_anything_is_forwarded(self, target: bytes) -> None:
        upstream = Scripted()
        async with conversing(upstream) as path, gateway(path) as door:
            expect_problem(await ask(door, head(target=target)), 400, "request-unreadable")
        assert upstream.heads == []

    async def test_what_is_not_listed_is_not_asked_for(self) -> None:
        upstream = Scripted()
        async with conversing(upstream) as path, gateway(path) as door:
            for target in (b"/internal/events", b"/metrics", b"/openapi.json", b"/v1/thing", b"/"):
                expect_problem(await ask(door, head(target=target)), 404, "not-found")
            other = await ask(door, head(target=b"/v1/things", method=b"DELETE"))
            expect_problem(other, 405, "method-not-allowed")
            options = await ask(door, head(target=b"/v1/things", method=b"OPTIONS"))
        assert other.headers["allow"] == options.headers["allow"] == "GET, HEAD, OPTIONS, POST"
        assert (options.status, options.body) == (204, b"")
        assert upstream.heads == []

    async def test_a_caller_who_is_refused_does_not_reach_the_service(self) -> None:
        upstream = Scripted()
        async with conversing(upstream) as path, gateway(path) as door:
            answer = await ask(door, head(b"Authorization: Bearer bad"))
        expect_problem(answer, 401, "not-authenticated")
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert upstream.heads == []

    async def test_the_environment_names_no_proxy(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, "http://127.0.0.1:1")
        upstream = Scripted()
        async with conversing(upstream) as path, gateway(path) as door:
            assert (await ask(door, head())).status == 200

    async def test_over_tcp(self) -> None:
        async with conversing(Scripted(), tcp=True) as address, gateway(address) as door:
            assert (await ask(door, head())).body == b"ok"


class TestBodies:
    @pytest.mark.parametrize("method", [b"POST", b"PUT"])
    @pytest.mark.parametrize("framing", ["length", "chunked", "empty", "none"])
    async def test_bodies_pass_however_they_are_framed(self, method: bytes, framing: str) -> None:
        parts = {
            "length": (b"Content-Length: 6", b"abcdef"),
            "chunked": (b"Transfer-Encoding: chunked", b"2\r\nab\r\n4\r\ncdef\r\n0\r\n\r\n"),
            "empty": (b"Content-Length: 0", b""),
            "none": (b"Accept: */*", b""),
        }
        line, body = parts[framing]
        target = b"/v1/things/1" if method == b"PUT" else b"/v1/things"
        async with before(echo) as door:
            answer = await ask(door, head(line, method=method, target=target), body)
        assert answer.body == (b"abcdef" if framing in {"length", "chunked"} else b"")
        assert answer.headers["content-location"] == method.decode()

    async def test_get_may_have_a_body(self) -> None:
        async with before(echo) as door:
            assert (await ask(door, head(b"Content-Length: 3"), b"abc")).body == b"abc"

    async def test_a_body_is_not_framed_twice(self) -> None:
        upstream = Scripted()
        async with conversing(upstream) as path, gateway(path) as door:
            await ask(door, head(b"Content-Length: 3", method=b"POST"), b"abc")
            await ask(door, head(b"Transfer-Encoding: chunked", method=b"POST"), b"3\r\nabc\r\n0\r\n\r\n")
        lengths = [b"content-length" in seen.lower() for seen in upstream.heads]
        chunked = [b"transfer-encoding" in seen.lower() for seen in upstream.heads]
        assert (lengths, chunked) == ([True, False], [False, True])

    async def test_the_client_is_asked_for_its_body_by_the_gateway(self) -> None:
        upstream = Scripted()
        async with conversing(upstream) as path, gateway(path) as door:
            raw = await talk(
                door, head(b"Expect: 100-continue", b"Content-Length: 3", method=b"POST"), b"abc"
            )
        assert raw.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200")
        assert "expect" not in upstream.headers()

    @pytest.mark.parametrize(("target", "status"), [(b"/v1/files", 200), (b"/v1/things", 413)])
    async def test_files_may_be_larger(self, target: bytes, status: int) -> None:
        body = b"x" * 2 * MIB
        async with before(echo) as door:
            line = b"Content-Length: %d" % len(body)
            assert (await ask(door, head(line, method=b"POST", target=target), body)).status == status

    async def test_a_chunked_body_over_the_limit(self) -> None:
        chunk = b"10000\r\n" + b"x" * 65_536 + b"\r\n"
        finished: list[bool] = []

        async def take(_scope: Scope, receive: Receive, _send: Send) -> None:
            while (message := await receive())["type"] == "http.request" and message["more_body"]:
                pass
            finished.append(message["type"] == "http.request")

        async with before(take) as door:
            answer = await ask(door, head(b"Transfer-Encoding: chunked", method=b"POST"), *[chunk] * 40)
            expect_problem(answer, 413, "body-too-large")
        assert finished == [False], "the service must not take the cut body for a whole one"

    async def test_much_passes_both_ways_unchanged(self) -> None:
        block = bytes(range(256)) * 256

        async def digest(_scope: Scope, receive: Receive, send: Send) -> None:
            seen, more = hashlib.sha256(), True
            while more:
                message = await receive()
                seen.update(message["body"])
                more = message["more_body"]
            await send(
                {
                    "type": "http.response.start",
                    "status": 200,
                    "headers": [(b"etag", seen.hexdigest().encode())],
                }
            )
            for _ in range(500):
                await send({"type": "http.response.body", "body": block, "more_body": True})
            await send({"type": "http.response.body"})

        async with before(digest, body_bytes=lambda _: 100 * MIB) as door:
            length = b"Content-Length: %d" % (500 * len(block))
            answer = await ask(door, head(length, method=b"POST", target=b"/v1/files"), *[block] * 500)
        assert answer.headers["etag"] == hashlib.sha256(block * 500).hexdigest()
        assert answer.body == block * 500

    async def test_a_client_that_does_not_read_holds_the_service_back(self) -> None:
        sent = 0

        async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal sent
            await read_request(reader)
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
            while True:
                writer.write(b"x" * 65_536)
                await writer.drain()
                sent += 65_536

        async with conversing(endless) as path, gateway(path) as door, connecting(door) as (_, writer):
            writer.transport.pause_reading()  # type: ignore[attr-defined]
            writer.write(head())
            await _settle(lambda: sent)
            assert 0 < sent < 8 * MIB

    async def test_a_service_that_does_not_read_holds_the_client_back(self) -> None:
        async def deaf(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
            await read_request(reader)
            await asyncio.Event().wait()

        sent = 0

        async def write(writer: asyncio.StreamWriter) -> None:
            nonlocal sent
            while True:
                writer.write(b"x" * 65_536)
                await writer.drain()
                sent += 65_536

        async with (
            conversing(deaf) as path,
            gateway(path, body_bytes=lambda _: 1000 * MIB) as door,
            connecting(door) as (_, writer),
        ):
            writer.write(head(b"Content-Length: 1000000000", method=b"POST"))
            writing = asyncio.create_task(write(writer))
            await _settle(lambda: sent)
            writing.cancel()
        assert 0 < sent < 8 * MIB

    async def test_a_slow_client_is_not_a_slow_service(self) -> None:
        async with before(echo, answer_seconds=0.5) as door, connecting(door) as (reader, writer):
            writer.write(head(b"Content-Length: 4", method=b"POST"))
            for byte in (b"a", b"b", b"c", b"d"):
                await asyncio.sleep(0.2)
                writer.write(byte)
            answer = parse(await reader.read())
        assert (answer.status, answer.body) == (200, b"abcd")

    @pytest.mark.parametrize("line", [b"Content-Length: 9", b"Transfer-Encoding: chunked"])
    async def test_a_client_that_leaves_leaves_no_whole_request_behind(self, line: bytes) -> None:
        seen: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

        async def listen(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
            await read_request(reader)
            seen.set_result(await reader.read())

        async with conversing(listen) as path, gateway(path) as door:
            async with connecting(door) as (_, writer):
                writer.write(head(line, method=b"POST") + b"3\r\nabc\r\n")
                await asyncio.sleep(0.1)
            received = await asyncio.wait_for(seen, PATIENCE)
        assert b"abc" in received
        assert not received.endswith(b"0\r\n\r\n")
        assert len(received) < 9 or line != b"Content-Length: 9"

    async def test_a_client_that_leaves_stops_the_service(self) -> None:
        stopped = asyncio.Event()

        async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await read_request(reader)
            writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            try:
                while True:
                    writer.write(b"1\r\nx\r\n")
                    await writer.drain()
                    await asyncio.sleep(0.01)
            finally:
                stopped.set()

        async with conversing(endless) as path, gateway(path) as door:
            async with connecting(door) as (reader, writer):
                writer.write(head())
                await reader.readuntil(b"x")
            await asyncio.wait_for(stopped.wait(), PATIENCE)

    async def test_an_early_refusal_reaches_a_client_that_is_still_sending(self) -> None:
        async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await read_request(reader)
            writer.write(b"HTTP/1.1 409 Conflict\r\nContent-Length: 2\r\n\r\nno")
            await writer.drain()
            await reader.read()

        async with conversing(refuse) as path, gateway(path) as door, connecting(door) as (reader, writer):
            writer.write(head(b"Content-Length: 900000", method=b"POST") + b"x" * 1000)
            assert (await reader.readuntil(b"no")).startswith(b"HTTP/1.1 409")


async def _settle(count: Callable[[], int]) -> None:
    """Wait until a counter has stood still for a while."""
    before = -1
    while count() != before or before == 0:
        before = count()
        await asyncio.sleep(0.3)


class TestAnswer:
    async def test_only_listed_headers_pass(self) -> None:
        lines = (
            b"Content-Type: text/plain; charset=utf-8",
            b'ETag: "1-a"',
            b'Link: </v1/things?cursor=x>; rel="next"',
            b"Location: /v1/things/1",
            b"Cache-Control: no-store",
            b"Idempotent-Replayed: true",
            b"Server: uvicorn",
            b"X-Powered-By: snakes",
            b"Set-Cookie: session=1",
            b"X-Request-Id: 00000000-0000-0000-0000-000000000000",
            b"Access-Control-Allow-Origin: *",
            b"Strict-Transport-Security: max-age=1",
            b"Keep-Alive: timeout=5",
            b"Connection: keep-alive, Expires",
            b"Expires: 0",
            b"X-Accel-Redirect: /etc/passwd",
            b"Content-Length: 2",
        )
        upstream = Scripted(b"HTTP/1.1 201 Created\r\n" + b"\r\n".join(lines) + b"\r\n\r\nok")
        async with conversing(upstream) as path, gateway(path) as door:
            answer = await ask(door, head())
        request_id = answer.headers.pop("x-request-id")
        assert request_id == upstream.headers()["x-request-id"]
        assert answer == Answer(
            201,
            {
                "content-type": "text/plain; charset=utf-8",
                "etag": '"1-a"',
                "link": '</v1/things?cursor=x>; rel="next"',
                "location": "/v1/things/1",
                "cache-control": "no-store",
                "idempotent-replayed": "true",
                "content-length": "2",
                "connection": "close",
            },
            b"ok",
        )

    async def test_head_has_a_length_and_no_body(self) -> None:
        upstream = Scripted(b"HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n")
        async with conversing(upstream) as path, gateway(path) as door:
            raw = await talk(door, head(method=b"HEAD"))
        assert upstream.heads[0].startswith(b"HEAD /v1/things HTTP/1.1\r\n")
        assert b"content-length: 1234" in raw.lower()
        assert raw.endswith(b"\r\n\r\n")

    @pytest.mark.parametrize(
        "answer",
        [
            b"204 No Content\r\n\r\n",
            b'304 Not Modified\r\nETag: "1"\r\n\r\n',
            b"304 Not Modified\r\nContent-Length: 1234\r\n\r\n",
            b"204 No Content\r\nContent-Length: 0\r\n\r\n",
        ],
    )
    async def test_answers_without_a_body(self, answer: bytes) -> None:
        async with conversing(Scripted(b"HTTP/1.1 " + answer)) as path, gateway(path) as door:
            raw = await talk(door, head())
        assert raw.startswith(b"HTTP/1.1 " + answer[:3])
        assert raw.endswith(b"\r\n\r\n")
        assert b"content-length" not in raw
        assert b"transfer-encoding" not in raw

    async def test_provisional_answers_are_skipped(self) -> None:
        hints = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
        async with conversing(Scripted(hints + OK)) as path, gateway(path) as door:
            assert (await ask(door, head())).status == 200

    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    async def test_redirects_are_not_followed(self, status: int) -> None:
        upstream = Scripted(
            b"HTTP/1.1 %d Moved\r\nLocation: /v1/things/1\r\nContent-Length: 0\r\n\r\n" % status
        )
        async with conversing(upstream) as path, gateway(path) as door:
            answer = await ask(door, head())
        assert (answer.status, answer.headers["location"], len(upstream.heads)) == (status, "/v1/things/1", 1)

    async def test_compressed_answers_stay_compressed(self) -> None:
        packed = gzip.compress(bytes(100 * MIB), 9)

        async def pack(_scope: Scope, _receive: Receive, send: Send) -> None:
            headers = [(b"content-encoding", b"gzip"), (b"content-length", str(len(packed)).encode())]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": packed})

        async with before(pack) as door:
            answer = await ask(door, head(b"Accept-Encoding: gzip"))
        assert answer.headers["content-encoding"] == "gzip"
        assert answer.body == packed

    @pytest.mark.parametrize("status", [400, 404, 409, 412, 422, 428, 429, 503, 504, 507])
    async def test_what_a_service_says_is_passed_on(self, status: int) -> None:
        raw = b"HTTP/1.1 %d X\r\nRetry-After: 7\r\nContent-Length: 2\r\n\r\n{}"
        async with conversing(Scripted(raw % status)) as path, gateway(path) as door:
            answer = await ask(door, head())
        assert (answer.status, answer.headers["retry-after"], answer.body) == (status, "7", b"{}")


class TestFailure:
    @pytest.mark.parametrize(
        "answer",
        [
            b"",
            b"\x00\xff\xfe garbage \r\n\r\n",
            b"HTTP/1.1",
            b"HTTP/1.1 200 OK\r\nContent-",
            b"HTTP/1.1 200 OK\r\n\r\nno length",
            b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc",
            b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n2\r\nok\r\n0\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nok",
            b"HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\nok",
            b"HTTP/1.1 200 OK\r\nX: " + b"x" * 20_000 + b"\r\nContent-Length: 2\r\n\r\nok",
            b"HTTP/1.1 200 OK\r\n" + b"X: x\r\n" * 500 + b"Content-Length: 2\r\n\r\nok",
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
            b"HTTP/1.1 2000 OK\r\nContent-Length: 2\r\n\r\nok",
            b"HTTP/1.1 099 Odd\r\nContent-Length: 2\r\n\r\nok",
            b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 7\r\n\r\nTraceback",
            b"HTTP/1.1 501 Not Implemented\r\nContent-Length: 0\r\n\r\n",
            b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n",
        ],
    )
    async def test_nonsense_is_a_502(self, answer: bytes) -> None:
        async with conversing(Scripted(answer)) as path, gateway(path) as door:
            expect_problem(
                await ask(door, head(b"Content-Length: 1", method=b"POST"), b"x"), 502, "upstream-failed"
            )

    @pytest.mark.parametrize("address", ["unix:/nonexistent/service.sock", "http://127.0.0.1:1"])
    async def test_a_service_that_is_down_is_a_503(self, address: str) -> None:
        async with gateway(address) as door:
            for method in (b"GET", b"POST"):
                answer = await ask(door, head(method=method))
                expect_problem(answer, 503, "upstream-unavailable")
                assert int(answer.headers["retry-after"]) > 0

    async def test_a_service_that_is_silent_is_a_504(self) -> None:
        async def freeze(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
            await reader.read()

        async with conversing(freeze) as path, gateway(path, answer_seconds=0.2) as door:
            expect_problem(await ask(door, head()), 504, "upstream-timed-out")
            answer = await ask(door, head(b"Content-Length: 1", method=b"POST"), b"x")
            expect_problem(answer, 504, "upstream-timed-out")

    async def test_a_head_that_drips_is_a_504(self) -> None:
        async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await read_request(reader)
            writer.write(b"HTTP/1.1 200 OK\r\n")
            while True:
                writer.write(b"X: y\r\n")
                await writer.drain()
                await asyncio.sleep(0.02)

        async with conversing(drip) as path, gateway(path, answer_seconds=0.3) as door:
            expect_problem(await ask(door, head()), 504, "upstream-timed-out")

    @pytest.mark.parametrize(
        "answer",
        [
            b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\npart",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\n",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\nnonsense\r\n",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\npart",
        ],
    )
    async def test_an_answer_that_breaks_off_never_looks_whole(self, answer: bytes) -> None:
        async def break_off(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await read_request(reader)
            head_end = answer.index(b"\r\n\r\n") + 4
            writer.write(answer[:head_end])
            await writer.drain()
            await asyncio.sleep(0.1)
            writer.write(answer[head_end:])
            await writer.drain()

        async with conversing(break_off) as path, gateway(path, idle_seconds=0.5) as door:
            raw = await talk(door, head())
        assert raw.startswith(b"HTTP/1.1 200")
        assert not raw.endswith(b"0\r\n\r\n")
        assert b"content-length: 99" in raw or b"chunked" in raw

    async def test_an_answer_that_stops_is_broken_off(self) -> None:
        async def stop(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await read_request(reader)
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\npart")
            await reader.read()

        async with conversing(stop) as path, gateway(path, idle_seconds=0.2) as door:
            assert (await talk(door, head())).endswith(b"part")

    @pytest.mark.parametrize(
        ("method", "attempts"), [(b"GET", 2), (b"HEAD", 2), (b"POST", 1), (b"PUT", 1), (b"DELETE", 1)]
    )
    async def test_only_reads_are_repeated_and_only_once(self, method: bytes, attempts: int) -> None:
        upstream = Scripted(b"")
        target = b"/v1/things" if method == b"POST" else b"/v1/things/1"
        async with conversing(upstream) as path, gateway(path) as door:
            assert (await talk(door, head(method=method, target=target))).startswith(b"HTTP/1.1 502")
        assert len(upstream.heads) == attempts

    async def test_a_read_with_a_body_is_not_repeated(self) -> None:
        upstream = Scripted(b"")
        async with conversing(upstream) as path, gateway(path) as door:
            assert (await ask(door, head(b"Content-Length: 1"), b"x")).status == 502
        assert len(upstream.heads) == 1

    @pytest.mark.parametrize(("method", "status"), [(b"GET", 200), (b"DELETE", 502)])
    async def test_a_stale_connection(self, method: bytes, status: int) -> None:
        """The service keeps a connection, and closes it just when the next request is on its way."""
        requests = 0

        async def forget(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal requests
            await read_request(reader)
            requests += 1
            writer.write(OK)
            await read_request(reader)
            requests += 1

        async with conversing(forget) as path, gateway(path) as door:
            assert (await ask(door, head(target=b"/v1/things/1"))).status == 200
            assert (await ask(door, head(target=b"/v1/things/1", method=method))).status == status
        assert requests == (3 if status == 200 else 2)

    @pytest.mark.parametrize("line", [b"Content-Length: 5", b"Transfer-Encoding: chunked"])
    async def test_a_change_that_crosses_the_farewell_of_a_service_is_sent_again(self, line: bytes) -> None:
        """The service stops and says that it read no request; another takes over at once."""
        received: list[bytes] = []

        async def leave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await read_request(reader)
            if received:
                received.append(await reader.read(100))
                writer.write(OK)
                return
            received.append(await reader.read(100))
            writer.write(FAREWELL)

        body = b"5\r\nseats\r\n0\r\n\r\n" if b"chunked" in line else b"seats"
        async with conversing(leave) as path, gateway(path) as door:
            assert (await ask(door, head(line, method=b"POST") + body)).status == 200
        assert received == [body, body]

    async def test_a_service_that_only_takes_leave_is_a_503(self) -> None:
        upstream = Scripted(FAREWELL)
        async with conversing(upstream) as path, gateway(path) as door:
            for size in (5, REPEATABLE_BYTES + 1):
                length = b"Content-Length: %d" % size
                answer = await ask(door, head(length, method=b"POST", target=b"/v1/files"), b"x" * size)
                expect_problem(answer, 503, "upstream-unavailable")
        assert len(upstream.heads) == 3, "what was too large to be kept is not sent again"

    async def test_what_nobody_asked_for_is_no_answer(self) -> None:
        """Bytes after an answer, or on an idle connection, never become the answer to the next request."""
        answers = [OK + b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil", OK]

        async def stuff(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await read_request(reader)
            writer.write(answers[0])
            await asyncio.sleep(0.05)
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")
            await reader.read()

        async with conversing(stuff) as path, gateway(path) as door:
            for pause in (0, 0.1):
                assert (await ask(door, head())).body == b"ok"
                await asyncio.sleep(pause)
            answers[0] = OK
            for _ in range(3):
                assert (await ask(door, head())).body == b"ok"
                await asyncio.sleep(0.1)

    async def test_more_requests_than_connections_wait_their_turn(self) -> None:
        at_work = most = 0

        async def count(_scope: Scope, _receive: Receive, send: Send) -> None:
            nonlocal at_work, most
            at_work += 1
            most = max(most, at_work)
            await asyncio.sleep(0.05)
            at_work -= 1
            await send({"type": "http.response.start", "status": 204, "headers": []})
            await send({"type": "http.response.body"})

        async with before(count) as door:
            answers = await asyncio.gather(*(ask(door, head()) for _ in range(2 * CONNECTIONS)))
        assert {answer.status for answer in answers} == {204}
        assert most <= CONNECTIONS

    async def test_a_service_that_comes_back_within_a_moment(self) -> None:
        """A read meets nobody, waits, and is repeated: the service is restarted in between."""

        def rename(old: str, new: str) -> None:
            Path(old).rename(new)

        async with conversing(Scripted()) as path:
            rename(path, f"{path}.gone")
            async with gateway(path) as door:
                asking = asyncio.create_task(ask(door, head()))
                await asyncio.sleep(0.03)
                rename(f"{path}.gone", path)
                assert (await asking).status == 200

    async def test_a_service_that_keeps_failing_is_spared(self) -> None:
        now = 0.0
        breaker = Breaker(failures=2, pause_seconds=5, clock=lambda: now)
        upstream = Scripted(b"garbage\r\n\r\n")
        async with conversing(upstream) as path, gateway(path, breaker=breaker) as door:
            for _ in range(2):
                expect_problem(await ask(door, head(method=b"POST")), 502, "upstream-failed")
            spared = await ask(door, head(method=b"POST"))
            expect_problem(spared, 503, "upstream-unavailable")
            assert int(spared.headers["retry-after"]) > 0
            assert len(upstream.heads) == 2
            now = 6.0
            upstream.answer = OK
            assert (await ask(door, head(method=b"POST"))).status == 200
            assert (await ask(door, head(method=b"POST"))).status == 200

    async def test_many_at_once(self) -> None:
        async with before(echo) as door:
            bodies = [str(number).encode() * 1000 for number in range(200)]
            answers = await asyncio.gather(
                *(ask(door, head(b"Content-Length: %d" % len(body), method=b"POST"), body) for body in bodies)
            )
        assert [answer.body for answer in answers] == bodies
