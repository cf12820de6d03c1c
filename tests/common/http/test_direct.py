"""The direct way of hot routes: it answers as the app does, byte for byte, and leaves to it whatever is unusual."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI, Header, Response
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from starlette.responses import StreamingResponse
from structlog.testing import capture_logs

from services.common.http.app import add_layers
from services.common.http.callers import Caller
from services.common.http.direct import BODY_BYTES, DirectProtocol, DirectWay, Exchange
from services.common.http.limits import MIB, Limits
from services.common.http.problem_responses import install_problem_handlers
from services.common.http.routes import house_router
from services.common.http.server import LimitedProtocol
from services.common.http.tracing import provide_traces
from services.common.permissions import everyone
from services.common.problems import Conflict
from services.common.telemetry import Metrics
from services.common.wire import Answer, Code, Page
from services.common.wire import Request as Body
from tests.apps import Door
from tests.servers import PATIENCE, connecting, parse, serving, talk

HEAD = b"Host: house.test\r\n"
CLOSE = b"Connection: close\r\n"
LISTED = b"GET /v1/things HTTP/1.1\r\n" + HEAD


class Thing(Answer):
    """Something."""

    code: str


class ThingSend(Body):
    """What is sent."""

    code: Code


@dataclass
class House:
    """A small app of the house, and what has happened in it."""

    app: FastAPI
    sent: list[str] = field(default_factory=list)
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)


def build(**limits: Any) -> House:
    app = FastAPI(redirect_slashes=False)
    house = House(app)
    router = house_router("things", "/things")

    @router.get("", response_model=Page[Thing])
    async def list_things(_: Caller, code: Code | None = None) -> Response:
        """List things, or fail as the code says."""
        match code:
            case "conflict":
                raise Conflict("It is taken.")
            case "bug":
                raise LookupError("canary")
            case "header":
                return Response(b"{}", headers={"X-Thing": "a\x01b"})
            case "wait":
                house.asked.set()
                await house.go_on.wait()
            case "large":
                return Response(b'"%s"' % (b"x" * 8 * MIB), media_type="application/json")
            case _:
                pass
        items = b'{"items":[{"code":"%s"}],"next_cursor":"abc","total":null}' % (code or "").encode()
        return Response(items, media_type="application/json")

    @router.post("", status_code=204)
    async def send_thing(body: ThingSend, thing_key: Annotated[str, Header()]) -> Response:
        """Take a thing."""
        if body.code == "wait":
            house.asked.set()
            await house.go_on.wait()
        house.sent.append(f"{thing_key} {body.code}")
        return Response(status_code=204)

    @router.get("/stream", response_class=Response)
    async def stream_things() -> Response:
        """Stream things."""
        return StreamingResponse(iter([b"a", b"b"]))

    app.router.routes.extend(router.routes)
    app.state.permissions = {name: everyone() for name in ("list_things", "send_thing", "stream_things")}
    app.state.keeps_bodies = True
    app.state.metrics = Metrics()
    install_problem_handlers(app)
    add_layers(app, Limits(**({"answer_seconds": PATIENCE} | limits)))
    return house


@pytest.fixture
def house() -> House:
    return build()


class Counting(DirectProtocol):
    """Counts what was served directly."""

    served: ClassVar[int] = 0
    made: ClassVar[list[DirectProtocol]] = []

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Be remembered."""
        Counting.made.append(self)
        super().connection_made(transport)

    def _end(self, exchange: Exchange) -> None:
        Counting.served += 1
        super()._end(exchange)


class Hasty(Counting):
    """Lets its clients rest for a moment only."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.timeout_keep_alive = 0.15  # type: ignore[assignment]


@pytest.fixture(autouse=True)
def uncounted() -> None:
    """Let each test count from nothing."""
    Counting.served = 0
    Counting.made.clear()


def posted(body: bytes = b'{"code":"a"}', *lines: bytes, length: int | None = None) -> bytes:
    fields = b"".join(line + b"\r\n" for line in (b"Thing-Key: k", b"Content-Type: application/json", *lines))
    sent = len(body) if length is None else length
    return b"POST /v1/things HTTP/1.1\r\n%b%bContent-Length: %d\r\n\r\n%b" % (HEAD, fields, sent, body)


def masked(raw: bytes) -> bytes:
    """Return an answer without what differs in each."""
    raw = re.sub(rb"[0-9a-f]{8}-[0-9a-f-]{27}", b"<id>", raw)
    return re.sub(rb"date: [^\r]+", b"date: <now>", raw)


PLAIN = {
    "a list": LISTED + CLOSE + b"\r\n",
    "a list that is kept": LISTED + b"\r\n",
    "an authorization that is none": LISTED + CLOSE + b"Authorization: Basic x\r\n\r\n",
    "a parameter": b"GET /v1/things?code=b HTTP/1.1\r\n" + HEAD + CLOSE + b"\r\n",
    "a fragment": b"GET /v1/things?code=b#c HTTP/1.1\r\n" + HEAD + CLOSE + b"\r\n",
    "fields": b"GET /v1/things?fields=code HTTP/1.1\r\n" + HEAD + CLOSE + b"\r\n",
    "an unknown parameter": b"GET /v1/things?x=1 HTTP/1.1\r\n" + HEAD + CLOSE + b"\r\n",
    "a wrong parameter": b"GET /v1/things?code=%20 HTTP/1.1\r\n" + HEAD + CLOSE + b"\r\n",
    "a problem": b"GET /v1/things?code=conflict HTTP/1.1\r\n" + HEAD + CLOSE + b"\r\n",
    "a problem in a language": b"GET /v1/things?code=conflict HTTP/1.1\r\n"
    + HEAD
    + CLOSE
    + b"Accept-Language: kk\r\n\r\n",
    "a bug": b"GET /v1/things?code=bug HTTP/1.1\r\n" + HEAD + CLOSE + b"\r\n",
    "a bug in a language": b"GET /v1/things?code=bug HTTP/1.1\r\n"
    + HEAD
    + CLOSE
    + b"Accept-Language: ru\r\n\r\n",
    "a whole address": LISTED.replace(b"/v1", b"http://house.test/v1") + CLOSE + b"\r\n",
    "a name of its own": LISTED + CLOSE + b"X-Request-Id: %b\r\n\r\n" % str(uuid4()).encode(),
    "a read with a body": LISTED + CLOSE + b"Content-Length: 2\r\n\r\n{}",
    "a body": posted(b'{"code":"a"}', b"Connection: close"),
    "a body of nothing": posted(b"", b"Connection: close"),
    "no JSON": posted(b"{", b"Connection: close"),
    "the same key twice": posted(b'{"code":"a","code":"b"}', b"Connection: close"),
    "half a surrogate pair": posted(b'{"code":"\\ud800"}', b"Connection: close"),
    "too deep": posted(b"[" * 40 + b"]" * 40, b"Connection: close"),
    "wrong values": posted(b'{"code":1,"name":"canary"}', b"Connection: close"),
    "another type": posted(b"{}", b"Connection: close").replace(b"application/json", b"text/plain"),
    "no key": posted(b"{}", b"Connection: close").replace(b"Thing-Key: k\r\n", b""),
    "the largest body": posted(b'{"code":"%b"}' % (b"x" * (BODY_BYTES - 11)), b"Connection: close"),
}
"""Requests that are served directly."""
UNUSUAL = {
    "another version": b"GET /v1/things HTTP/1.0\r\n" + HEAD + b"\r\n",
    "a head only": LISTED.replace(b"GET", b"HEAD") + CLOSE + b"\r\n",
    "another method": LISTED.replace(b"GET", b"DELETE") + CLOSE + b"\r\n",
    "another path": LISTED.replace(b"/v1/things", b"/v1/nothing") + CLOSE + b"\r\n",
    "a path with an escape": LISTED.replace(b"/v1/things", b"/v1/thing%73") + CLOSE + b"\r\n",
    "a stream": LISTED.replace(b"/v1/things", b"/v1/things/stream") + CLOSE + b"\r\n",
    "no host": b"GET /v1/things HTTP/1.1\r\n" + CLOSE + b"\r\n",
    "two hosts": LISTED + HEAD + CLOSE + b"\r\n",
    "too many fields": LISTED + CLOSE + b"X: 1\r\n" * 101 + b"\r\n",
    "a long target": LISTED.replace(b"/v1/things", b"/v1/things?code=" + b"x" * 9_000) + CLOSE + b"\r\n",
    "an upgrade": LISTED + b"Upgrade: h2c\r\nConnection: close\r\n\r\n",
    "an expectation": posted(b'{"code":"a"}', b"Expect: 100-continue", b"Connection: close"),
    "another expectation": posted(b"", b"Expect: tea", b"Connection: close"),
    "an idempotency key": posted(b'{"code":"a"}', b"Idempotency-Key: k", b"Connection: close"),
    "chunks": posted(b"", b"Connection: close").replace(b"Content-Length: 0", b"Transfer-Encoding: chunked")
    + b'c\r\n{"code":"a"}\r\n0\r\n\r\n',
    "a larger body": posted(b'{"code":"%b"}' % (b"x" * BODY_BYTES), b"Connection: close"),
    "too large a body": posted(b"x", b"Connection: close", length=MIB + 1),
    "no number": posted(b"{}", b"Connection: close").replace(b"Length: 2", b"Length: +2"),
}
"""Requests that are left to the app."""


async def told(house: House, protocol: type[LimitedProtocol], request: bytes) -> bytes:
    async with serving(house.app, protocol) as path:
        if b"close" in request.lower() or b"HTTP/1.0" in request:
            return masked(await talk(path, request))
        async with connecting(path) as (reader, writer):
            writer.write(request)
            answer = await reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"content-length: (\d+)", answer)
            return masked(answer + await reader.readexactly(int(length[1]) if length else 0))


@pytest.mark.parametrize("request_", [*PLAIN.values(), *UNUSUAL.values()], ids=[*PLAIN, *UNUSUAL])
async def test_both_ways_answer_alike_byte_for_byte(house: House, request_: bytes) -> None:
    direct = await told(house, Counting, request_)
    layered = await told(house, LimitedProtocol, request_)
    assert direct == layered
    assert direct.startswith(b"HTTP/1.1 ")
    assert Counting.served == (request_ in PLAIN.values())


async def test_both_ways_leave_one_line_and_one_measurement(house: House) -> None:
    given = str(uuid4())
    request = posted(b'{"code":"a"}', b"Connection: close", b"X-Request-Id: " + given.encode())
    with capture_logs() as lines:
        answers = [parse(await told_raw(house, way, request)) for way in (Counting, LimitedProtocol)]
    assert {answer.headers["x-request-id"] for answer in answers} == {given}
    assert [{k: v for k, v in line.items() if k != "ms"} for line in lines] == [
        {"event": "request", "log_level": "info", "method": "POST", "route": "/v1/things", "status": 204}
    ] * 2
    labels = {"method": "POST", "route": "/v1/things", "status": "204"}
    assert house.app.state.metrics.registry.get_sample_value("qoldau_http_requests_total", labels) == 2
    assert house.sent == ["k a", "k a"]


@pytest.mark.parametrize("roles", [(), ("manager", "auditor", "evaluator")])
async def test_every_direct_route_answers_as_its_app_does(
    programs: Door, participants: Door, evaluation: Door, roles: tuple[str, ...]
) -> None:
    statuses = set()
    for door in (programs, participants, evaluation):
        sender = door.as_(*roles)
        answers = [await ask_all(door.app, protocol, sender) for protocol in (Counting, LimitedProtocol)]
        assert answers[0] == answers[1]
        assert Counting.served == len(answers[0]) > 0
        Counting.served = 0
        statuses |= {status for status, _, _ in answers[0].values()}
    assert statuses >= {200, 422}


async def ask_all(app: FastAPI, protocol: type[LimitedProtocol], sender: httpx.AsyncClient) -> dict[str, Any]:
    """Return what is answered at each direct route of an app, asked in several ways."""
    way: DirectWay = app.state.direct_way
    async with serving(app, protocol) as path:
        transport = httpx.AsyncHTTPTransport(uds=path)
        async with httpx.AsyncClient(
            transport=transport, base_url=sender.base_url, headers=sender.headers
        ) as client:
            return {
                target + query: seen(await client.request(method, target + query))
                for method, target in ((m.decode(), t.decode()) for m, t in way.routes)
                for query in ("", "?limit=1&count=true", "?limit=0", "?fields=id")
            }


def seen(answer: httpx.Response) -> tuple[int, dict[str, str], bytes]:
    """Return what a client sees of an answer, without what differs in each."""
    headers = {name: value for name, value in answer.headers.items() if name not in {"x-request-id", "date"}}
    return answer.status_code, headers, masked(answer.content)


async def told_raw(house: House, protocol: type[LimitedProtocol], request: bytes) -> bytes:
    async with serving(house.app, protocol) as path:
        return await talk(path, request)


@asynccontextmanager
async def conversation(
    house: House, protocol: type[DirectProtocol] = Counting
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    async with serving(house.app, protocol) as path, connecting(path) as streams:
        yield streams


class TestBody:
    async def test_it_may_come_in_parts(self, house: House) -> None:
        async with conversation(house) as (reader, writer):
            for _ in range(2):
                for part in re.findall(rb"(?s).{1,70}", posted(b'{"code":"abc"}')):
                    writer.write(part)
                    await asyncio.sleep(0.01)
                assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 204")
        assert Counting.served == 2
        assert house.sent == ["k abc"] * 2

    async def test_one_that_is_slow_is_waited_for_by_the_app(self) -> None:
        house = build(answer_seconds=0.1)
        async with conversation(house) as (reader, writer):
            writer.write(posted(b'{"code"', length=12))
            await asyncio.sleep(0.3)
            writer.write(b':"a"}')
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 204")
            writer.write(posted(b'{"code":"b"}'))
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 204")
        assert house.sent == ["k a", "k b"]
        assert Counting.served == 1, "the second"

    async def test_one_that_stops_is_given_up(self) -> None:
        house = build(answer_seconds=0.1, body_idle_seconds=0.1)
        with capture_logs() as lines:
            async with conversation(house) as (reader, writer):
                writer.write(posted(b'{"code"', length=12))
                answer = parse(await reader.read())
        assert (answer.status, answer.headers["connection"]) == (408, "close")
        assert [line["status"] for line in lines if line["event"] == "request"] == [408]
        assert house.sent == []

    async def test_a_client_that_leaves_before_its_end_has_asked_nothing(self, house: House) -> None:
        with capture_logs() as lines:
            async with serving(house.app, Counting) as path:
                async with connecting(path) as (_, writer):
                    writer.write(posted(b'{"code":', length=12))
                    await asyncio.sleep(0.05)
                await asyncio.sleep(0.05)
        assert [line["status"] for line in lines] == [499]
        assert house.sent == []


class TestAnswer:
    async def test_what_has_come_whole_is_done_though_its_client_has_left(self, house: House) -> None:
        with capture_logs() as lines:
            async with serving(house.app, Counting) as path:
                async with connecting(path) as (_, writer):
                    writer.write(posted(b'{"code":"wait"}'))
                    await house.asked.wait()
                await asyncio.sleep(0.05)
                house.go_on.set()
                await asyncio.sleep(0.05)
        assert house.sent == ["k wait"]
        assert [line["status"] for line in lines] == [204]

    async def test_it_is_given_up_when_it_is_late_though_its_client_has_left(self) -> None:
        house = build(answer_seconds=0.1)
        with capture_logs() as lines:
            async with serving(house.app, Counting) as path:
                async with connecting(path) as (_, writer):
                    writer.write(posted(b'{"code":"wait"}'))
                    await house.asked.wait()
                await asyncio.sleep(0.3)
        assert house.sent == []
        assert [line["status"] for line in lines] == [503]

    async def test_one_that_is_late_is_said_to_be_by_both_ways(self) -> None:
        answers = []
        for way in (Counting, LimitedProtocol):
            house = build(answer_seconds=0.1)
            request = b"GET /v1/things?code=wait HTTP/1.1\r\n" + HEAD + CLOSE + b"Accept-Language: ru\r\n\r\n"
            answers.append(masked(await told_raw(house, way, request)))
        assert answers[0] == answers[1]
        assert answers[0].startswith(b"HTTP/1.1 503")
        assert Counting.served == 1

    async def test_a_bug_is_logged_and_not_told(self, house: House) -> None:
        with capture_logs() as lines:
            raw = await told_raw(house, Counting, PLAIN["a bug"])
        assert b"canary" not in raw
        assert [line["event"] for line in lines] == ["unexpected_failure", "request"]
        assert lines[1]["status"] == 500

    async def test_one_that_cannot_be_written_ends_the_connection(self, house: House) -> None:
        heard: list[dict[str, Any]] = []
        request = b"GET /v1/things?code=header HTTP/1.1\r\n" + HEAD + b"\r\n"
        loop = asyncio.get_running_loop()  # which all tests of a session share
        loop.set_exception_handler(lambda _, context: heard.append(context))
        try:
            for way in (Counting, LimitedProtocol):
                assert await told_raw(house, way, request) == b""
        finally:
            loop.set_exception_handler(None)
        assert heard != []

    async def test_requests_that_come_together_are_answered_in_turn(self, house: House) -> None:
        async with conversation(house) as (reader, writer):
            first = b"GET /v1/things?code=wait HTTP/1.1\r\n" + HEAD + b"\r\n"
            writer.write(first + posted(b'{"code":"b"}') + LISTED + b"\r\n")
            await house.asked.wait()
            await asyncio.sleep(0.02)
            assert house.sent == []
            house.go_on.set()
            heads = [await reader.readuntil(b"\r\n\r\n")]
            await reader.readuntil(b"}")
            await reader.readuntil(b"}")
            heads += [await reader.readuntil(b"\r\n\r\n") for _ in range(2)]
        assert [head[9:12] for head in heads] == [b"200", b"204", b"200"]
        assert Counting.served == 1, "what waits behind another request goes the way of the app"

    async def test_garbage_behind_a_request_does_not_replace_its_answer(self, house: House) -> None:
        async with conversation(house) as (reader, writer):
            writer.write(b"GET /v1/things?code=wait HTTP/1.1\r\n" + HEAD + b"\r\n")
            await house.asked.wait()
            writer.write(b"\x00garbage\r\n\r\n")
            await asyncio.sleep(0.02)
            house.go_on.set()
            raw = await reader.read()
        assert raw.count(b"HTTP/1.1 ") == 1
        assert raw.startswith(b"HTTP/1.1 200")

    async def test_a_client_that_does_not_read_is_left_to_the_app(self, house: House) -> None:
        async with conversation(house) as (reader, writer):
            reader._transport.pause_reading()  # type: ignore[attr-defined]  # a client that does not read
            writer.write(b"GET /v1/things?code=large HTTP/1.1\r\n" + HEAD + b"\r\n")
            await asyncio.sleep(0.1)
            writer.write(posted())
            await asyncio.sleep(0.1)
            assert Counting.served == 1
            reader._transport.resume_reading()  # type: ignore[attr-defined]
            head = await reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"content-length: (\d+)", head)
            assert length
            await reader.readexactly(int(length[1]))
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 204")
        assert Counting.served == 1


class TestConnection:
    async def test_one_that_rests_is_closed(self, house: House) -> None:
        async with conversation(house, Hasty) as (reader, writer):
            for _ in range(3):
                writer.write(posted())
                await reader.readuntil(b"\r\n\r\n")
                await asyncio.sleep(0.05)
            assert await reader.read() == b""
        assert Counting.served == 3

    async def test_a_slow_head_behind_an_answer_has_its_own_time(self, house: House) -> None:
        async with conversation(house, Hasty) as (reader, writer):
            writer.write(posted())
            await reader.readuntil(b"\r\n\r\n")
            writer.write(LISTED)
            await asyncio.sleep(0.3)
            writer.write(b"\r\n")
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200")

    async def test_a_server_that_stops_finishes_what_it_has_begun(self, house: House) -> None:
        async with conversation(house) as (reader, writer):
            writer.write(b"GET /v1/things?code=wait HTTP/1.1\r\n" + HEAD + b"\r\n")
            await house.asked.wait()
            Counting.made[-1].shutdown()
            house.go_on.set()
            answer = parse(await reader.read())
        assert (answer.status, answer.headers["connection"]) == (200, "close")

    async def test_a_server_that_waits_no_longer_drops_the_connection(self, house: House) -> None:
        async with conversation(house) as (reader, writer):
            writer.write(posted(b'{"code":"wait"}'))
            await house.asked.wait()
            for task in list(Counting.made[-1].tasks):
                task.cancel()
            assert await reader.read() == b""
        assert house.sent == []


async def test_spans_are_begun_by_the_framework_so_that_what_is_traced_goes_its_way() -> None:
    exporter = InMemorySpanExporter()
    provider = provide_traces("things", SimpleSpanProcessor(exporter))
    app = FastAPI(telemetry={"tracer_provider": provider, "tracing": True})
    app.state.metrics = Metrics()
    add_layers(app, Limits(answer_seconds=PATIENCE), traced=True)
    async with serving(app, Counting) as path:
        assert (await talk(path, LISTED + CLOSE + b"\r\n")).startswith(b"HTTP/1.1 404")
    assert Counting.served == 0
    assert len(exporter.get_finished_spans()) == 1
