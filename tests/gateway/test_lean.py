"""The short way of reads: it answers as the app does, and steps aside for everything unusual.

`test_proxy` runs on both ways; here stands what only the short way has: where it ends, and what it leaves behind.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send
from structlog.testing import capture_logs
from uvicorn.server import ServerState

from gateway.lean.protocol import LeanProtocol
from services.common.identity import Role
from tests.apps import Door
from tests.gateway.test_proxy import OK, Scripted, Way, gateway, head, taken
from tests.gateways import OpenGateway
from tests.servers import PATIENCE, connecting, conversing, parse, read_request, serving, talk

LISTED = b"GET /v1/organizations HTTP/1.1\r\nHost: door.test\r\n"


class Counting(LeanProtocol):
    """Counts what has passed on the short way."""

    passed = 0

    def end_passage(self) -> None:
        """Count one."""
        type(self).passed += 1
        super().end_passage()


@pytest.fixture(autouse=True)
def uncounted() -> None:
    """Let each test count from nothing."""
    Counting.passed = 0


async def speak(path: str, *requests: bytes) -> list[str]:
    """Send requests on one connection, each after the answer to the one before; return the answers' heads."""
    heads = []
    async with connecting(path) as (reader, writer):
        for request in requests:
            writer.write(request)
            answer = (await reader.readuntil(b"\r\n\r\n")).decode()
            heads.append(answer.lower())
            length = re.search(r"content-length: (\d+)", heads[-1])
            await reader.readexactly(int(length[1]) if length and not request.startswith(b"HEAD") else 0)
    return heads


def left(answer: str) -> int:
    found = re.search(r'ratelimit: "[a-z-]+";r=(\d+)', answer)
    assert found
    return int(found[1])


ANSWERS = [
    OK,
    b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nETag: "1"\r\n\r\n2\r\nok\r\n0\r\n\r\n',
    b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n",
    b'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\nContent-Length: 9\r\n\r\n',
    b"HTTP/1.1 404 Not Found\r\nContent-Type: application/problem+json\r\nContent-Length: 2\r\n\r\n{}",
    b"HTTP/1.1 299 Odd\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nConnection: close, content-length\r\nContent-Length: 2\r\n\r\nok",
    b'HTTP/1.1 200 OK\r\nETag: "\x01"\r\nContent-Length: 2\r\n\r\nok',
    b'HTTP/1.1 200 OK\r\nETag: "\xe9"\r\nContent-Length: 2\r\n\r\nok',
    b"HTTP/1.1 429 Too Many\r\nRetry-After: 7\r\nContent-Length: 2\r\n\r\n{}",
    b"HTTP/1.1 500 Oh\r\nContent-Length: 2\r\n\r\n{}",
    b"HTTP/1.1 600 Oh\r\nContent-Length: 2\r\n\r\n{}",
    b"HTTP/1.1 099 Oh\r\nContent-Length: 2\r\n\r\n{}",
    b"HTTP/1.1 408 Late\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 408 Late\r\nConnection: close\r\n\r\n",
    b"nonsense\r\n\r\n",
]


@pytest.mark.parametrize("method", [b"GET", b"HEAD"])
@pytest.mark.parametrize("answer", ANSWERS)
async def test_both_ways_answer_alike_byte_for_byte(method: bytes, answer: bytes) -> None:
    told = []
    for way in Way:
        before = taken.set(way)
        async with conversing(Scripted(answer)) as path, gateway(path) as door:
            raw = await talk(door, head(b"Accept-Language: kk", method=method))
        taken.reset(before)
        told.append(re.sub(rb"[0-9a-f]{8}-[0-9a-f-]{27}", b"<id>", raw))
    assert told[0] == told[1]
    assert told[0].startswith(b"HTTP/1.1 ")


async def test_reads_go_the_short_way_once_a_connection_is_there(
    programs: Door, gateway_before: OpenGateway
) -> None:
    opened = await gateway_before({"programs": programs.app}, anonymous_rate_limit="10/hour")
    async with serving(opened.app, Counting) as path:
        answers = await speak(path, *[LISTED + b"\r\n"] * 4)
        assert Counting.passed == 3
        unusual = [
            b"Origin: https://app.example.org",
            b"Content-Length: 0",
            b"Expect: 100-continue",
            b"Upgrade: h2c",
            b"Idempotency-Key: 1",
        ]
        answers += await speak(path, *[LISTED + line + b"\r\n\r\n" for line in unusual])
    assert Counting.passed == 3
    assert all(answer.startswith("http/1.1 200 ok") for answer in answers)
    assert [left(answer) for answer in answers] == [9, 8, 7, 6, 5, 4, 3, 2, 1]
    assert len({re.search(r"x-request-id: (\S+)", answer)[1] for answer in answers}) == 9  # type: ignore[index]
    names = [re.findall(r"^([a-z-]+): ", answer, re.MULTILINE) for answer in answers[:4]]
    assert names[0] == names[1] == names[3]


async def test_what_is_refused_is_refused_by_the_app(programs: Door, gateway_before: OpenGateway) -> None:
    opened = await gateway_before({"programs": programs.app}, anonymous_rate_limit="7/hour")
    refused = {
        "404": b"GET /v1/nothing HTTP/1.1\r\nHost: door.test\r\n\r\n",
        "400": b"GET /v1/..%2finternal HTTP/1.1\r\nHost: door.test\r\n\r\n",
        "405": b"HEAD /v1/organizations/x/nothing HTTP/1.1\r\nHost: door.test\r\n\r\n",
        "401": b"GET /v1/persons HTTP/1.1\r\nHost: door.test\r\n\r\n",
    }
    async with serving(opened.app, Counting) as path:
        await speak(path, LISTED + b"\r\n", LISTED + b"\r\n")
        assert Counting.passed == 1
        missing = await speak(path, refused["404"])
        traversal = await speak(path, refused["400"])
        two_hosts = await speak(path, LISTED + b"Host: other.test\r\n\r\n")
        forged = await speak(path, LISTED + b"Authorization: Bearer forged\r\n\r\n")
        closed = await speak(path, refused["401"])
        spent = await speak(path, *[LISTED + b"\r\n"] * 4)
    assert [answers[0][9:12] for answers in (missing, traversal, two_hosts, forged, closed)] == [
        "404",
        "400",
        "400",
        "401",
        "401",
    ]
    assert [answer[9:12] for answer in spent] == ["200", "200", "200", "429"]


async def test_a_caller_who_is_known_is_looked_up_once(programs: Door, gateway_before: OpenGateway) -> None:
    opened = await gateway_before({"programs": programs.app})
    await opened.enter("manager@synthetic.example", Role.MANAGER)
    token = (await opened.sign_in("manager@synthetic.example")).json()["access_token"]
    signed = LISTED + f"Authorization: Bearer {token}\r\n\r\n".encode()
    async with serving(opened.app, Counting) as path:
        answers = await speak(path, LISTED + b"\r\n", signed, signed, signed)
    assert Counting.passed == 2, (
        "the first request opens a connection, the second is the first of this caller"
    )
    assert all('"signed-in"' in answer for answer in answers[1:])
    assert [left(answer) for answer in answers[1:]] == [1199, 1198, 1197]


async def test_a_fault_of_the_service_is_counted_once_against_its_caller(gateway_before: OpenGateway) -> None:
    faulty = False

    async def service(_scope: Scope, _receive: Receive, send: Send) -> None:
        headers = [(b"content-length", b"0")]
        await send({"type": "http.response.start", "status": 500 if faulty else 200, "headers": headers})
        await send({"type": "http.response.body"})

    opened = await gateway_before({"programs": service}, anonymous_rate_limit="10/hour")
    with capture_logs() as lines:
        async with serving(opened.app, Counting) as path:
            answers = await speak(path, LISTED + b"\r\n", LISTED + b"\r\n")
            faulty = True
            answers += await speak(path, LISTED + b"\r\n")
    assert [answer[9:12] for answer in answers] == ["200", "200", "502"]
    assert [left(answer) for answer in answers[:2]] == [9, 8]
    logged = [line["status"] for line in lines if line["event"] == "request" and "organ" in line["route"]]
    assert logged == [200, 200, 502]


async def test_counts_that_are_kept_elsewhere_are_counted_by_the_app(
    programs: Door, gateway_before: OpenGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = await gateway_before({"programs": programs.app}, anonymous_rate_limit="10/hour")
    monkeypatch.setattr("gateway.rate_limits.RateLimits.count_at_once", lambda *_: None)
    async with serving(opened.app, Counting) as path:
        answers = await speak(path, *[LISTED + b"\r\n"] * 3)
    assert Counting.passed == 0
    assert [left(answer) for answer in answers] == [9, 8, 7]


async def echo_target(scope: Scope, _receive: Receive, send: Send) -> None:
    """Answer with the query, the slower the smaller it is."""
    await asyncio.sleep(0.02 * (5 - int(scope["query_string"])))
    headers = [(b"content-length", b"1")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": scope["query_string"]})


@pytest.fixture
def lean() -> Any:
    """Send what the gateway of `test_proxy` is asked on the short way."""
    before = taken.set(Way.LEAN)
    yield
    taken.reset(before)


@asynccontextmanager
async def lean_before(app: Any, protocol: type[LeanProtocol] = Counting) -> AsyncIterator[str]:
    async with serving(app) as upstream, gateway(upstream, protocol=protocol) as door:
        yield door


@pytest.mark.usefixtures("lean")
class TestConnection:
    async def test_requests_that_come_together_are_answered_in_turn(self) -> None:
        async with lean_before(echo_target) as door, connecting(door) as (reader, writer):
            writer.write(b"".join(b"GET /v1/things?%d HTTP/1.1\r\nHost: d\r\n\r\n" % n for n in range(5)))
            bodies = b""
            for _ in range(5):
                await reader.readuntil(b"\r\n\r\n")
                bodies += await reader.readexactly(1)
            assert bodies == b"01234"
            writer.write(b"GET /v1/things?4 HTTP/1.1\r\nHost: d\r\n\r\n")
            await reader.readuntil(b"\r\n\r\n4")
        assert Counting.passed == 1, "what comes in one piece with another request goes the way of the app"

    async def test_head_and_first_part_of_an_answer_leave_together(self) -> None:
        go_on = asyncio.Event()

        async def hesitate(_scope: Scope, _receive: Receive, send: Send) -> None:
            headers = [(b"content-length", b"2")]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": b"", "more_body": True})
            await go_on.wait()
            await send({"type": "http.response.body", "body": b"ab"})

        async with lean_before(hesitate) as door, connecting(door) as (reader, writer):
            writer.write(b"GET /v1/things HTTP/1.1\r\nHost: d\r\n\r\n")
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.1):
                    await reader.read(1)
            go_on.set()
            assert (await reader.read(4096)).endswith(b"\r\n\r\nab")
        assert Counting.passed == 1

    async def test_a_read_that_comes_behind_another_waits_for_it(self) -> None:
        async with lean_before(echo_target) as door, connecting(door) as (reader, writer):
            for number in range(3):
                writer.write(b"GET /v1/things?%d HTTP/1.1\r\nHost: d\r\n\r\n" % number)
                await asyncio.sleep(0.01)
            for number in range(3):
                await reader.readuntil(b"\r\n\r\n%d" % number)
        assert Counting.passed >= 2, "the second and third came together"

    async def test_a_head_that_comes_in_pieces_is_one_request(self) -> None:
        whole = b"GET /v1/things?4 HTTP/1.1\r\nHost: d\r\n\r\n"
        for first in (b"\r\n", b"G", b"GET /v1/things?4", b"GET /v1/things?4 HTTP/1.1\r\nX: y\r\n"):
            async with lean_before(echo_target) as door, connecting(door) as (reader, writer):
                writer.write(whole)
                await reader.readuntil(b"\r\n\r\n4")
                writer.write(first)
                await asyncio.sleep(0.02)
                writer.write(whole)
                status = await reader.readuntil(b"\r\n")
            assert status.startswith(b"HTTP/1.1 200") is (first == b"\r\n")

    async def test_a_body_that_looks_like_a_read_is_none(self) -> None:
        """The service answers before it has the whole body, which then goes on with the bytes of a request."""
        asked = []

        async def hasty(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            asked.append(await read_request(reader))
            writer.write(OK)
            await reader.read()

        read = b"GET /v1/things?4 HTTP/1.1\r\nHost: d\r\n\r\n"
        async with (
            conversing(hasty) as path,
            gateway(path, protocol=Counting) as door,
            connecting(door) as (reader, writer),
        ):
            writer.write(b"POST /v1/things HTTP/1.1\r\nHost: d\r\nContent-Length: 1000\r\n\r\nbegun")
            await reader.readuntil(b"\r\n\r\nok")
            writer.write(read)
            await asyncio.sleep(0.05)
        assert (len(asked), Counting.passed) == (1, 0)

    async def test_fields_are_read_anew_when_they_change(self) -> None:
        upstream = Scripted()

        async def repeat(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            while True:
                await upstream(reader, writer)

        fields = [
            b"",
            b"Accept-Language: kk\r\n",
            b"",
            b"Accept-Language: ru\r\n",
            b"Accept-Language: ru\r\n",
        ]
        async with conversing(repeat) as path, gateway(path, protocol=Counting) as door:
            await speak(
                door, *(b"GET /v1/things HTTP/1.1\r\nHost: d\r\n" + line + b"\r\n" for line in fields)
            )
            refused = await speak(
                door,
                b"GET /v1/things HTTP/1.1\r\nHost: d\r\n\r\n",
                b"GET /v1/things HTTP/1.1\r\nHost: d\r\nAuthorization: Bearer bad\r\n\r\n",
            )
        told = [re.search(rb"accept-language: (..)", sent) for sent in upstream.heads]
        assert [found and found[1] for found in told] == [None, b"kk", None, b"ru", b"ru", None]
        assert refused[1].startswith("http/1.1 401")
        assert Counting.passed == 6

    async def test_a_read_takes_no_fields_of_the_one_behind_it(self) -> None:
        """The first has no fields at all, and the second would lend it its Host."""
        two = b"GET /v1/things?4 HTTP/1.1\r\n\r\nGET /v1/things?3 HTTP/1.1\r\nHost: d\r\n\r\n"
        async with lean_before(echo_target) as door, connecting(door) as (reader, writer):
            writer.write(two)
            assert (await reader.readuntil(b"}")).startswith(b"HTTP/1.1 400")
            assert (await reader.readuntil(b"\r\n\r\n3")).startswith(b"HTTP/1.1 200")
        assert Counting.passed == 0

    async def test_a_change_waits_for_the_read_before_it(self) -> None:
        read = b"GET /v1/things?0 HTTP/1.1\r\nHost: d\r\n\r\n"
        change = b"POST /v1/things?4 HTTP/1.1\r\nHost: d\r\nContent-Length: 1\r\n\r\nx"
        async with lean_before(echo_target) as door, connecting(door) as (reader, writer):
            writer.write(read + change)
            assert (await reader.readuntil(b"\r\n\r\n0")).startswith(b"HTTP/1.1 200")
            assert (await reader.readuntil(b"\r\n\r\n4")).startswith(b"HTTP/1.1 200")

    async def test_the_read_behind_a_failed_one_is_answered_after_it(self) -> None:
        asked = 0

        async def fail_first(scope: Scope, receive: Receive, send: Send) -> None:
            nonlocal asked
            asked += 1
            if asked == 1:
                await asyncio.sleep(0.05)
                headers = [(b"content-length", b"0")]
                await send({"type": "http.response.start", "status": 500, "headers": headers})
                await send({"type": "http.response.body"})
            else:
                await echo_target(scope, receive, send)

        async with lean_before(fail_first) as door, connecting(door) as (reader, writer):
            writer.write(b"".join(b"GET /v1/things?%d HTTP/1.1\r\nHost: d\r\n\r\n" % n for n in range(2)))
            assert (await reader.readuntil(b"}")).startswith(b"HTTP/1.1 502")
            assert (await reader.readuntil(b"\r\n\r\n1")).startswith(b"HTTP/1.1 200")

    async def test_a_connection_that_rests_is_closed(self) -> None:
        class Hasty(Counting):
            def __init__(self, *args: Any, **options: Any) -> None:
                super().__init__(*args, **options)
                self.timeout_keep_alive = 0.2  # type: ignore[assignment]

        async with lean_before(echo_target, Hasty) as door, connecting(door) as (reader, writer):
            for _ in range(3):
                writer.write(b"GET /v1/things?4 HTTP/1.1\r\nHost: d\r\n\r\n")
                await reader.readuntil(b"\r\n\r\n4")
                await asyncio.sleep(0.1)
            assert await reader.read() == b""
        assert Hasty.passed == 3

    async def test_a_server_that_stops_finishes_what_it_has_begun(self) -> None:
        made: list[LeanProtocol] = []

        class Watched(Counting):
            def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
                made.append(self)
                super().connection_made(transport)

        async with lean_before(echo_target, Watched) as door, connecting(door) as (reader, writer):
            writer.write(b"GET /v1/things?0 HTTP/1.1\r\nHost: d\r\n\r\n")
            await asyncio.sleep(0.03)
            made[0].shutdown()
            answer = parse(await reader.read())
        assert (answer.body, answer.headers["connection"]) == (b"0", "close")

    async def test_a_server_that_stops_ends_the_connection_of_a_read_that_failed(self) -> None:
        made: list[LeanProtocol] = []
        stopping = asyncio.Event()

        class Watched(Counting):
            def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
                made.append(self)
                super().connection_made(transport)

        async def fail(_scope: Scope, _receive: Receive, send: Send) -> None:
            await stopping.wait()
            await send({"type": "http.response.start", "status": 500, "headers": [(b"content-length", b"0")]})
            await send({"type": "http.response.body"})

        async with lean_before(fail, Watched) as door, connecting(door) as (reader, writer):
            writer.write(b"GET /v1/things?0 HTTP/1.1\r\nHost: d\r\n\r\n")
            await asyncio.sleep(0.03)
            made[0].shutdown()
            stopping.set()
            answer = parse(await reader.read())
        assert (answer.status, answer.headers["connection"]) == (502, "close")

    async def test_a_client_that_leaves_early_frees_the_service(self) -> None:
        gone = asyncio.Event()

        async def wait(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
            await read_request(reader)
            await reader.read()
            gone.set()

        with capture_logs() as lines:
            async with conversing(wait) as path, gateway(path) as door:
                async with connecting(door) as (_, writer):
                    writer.write(head())
                    await asyncio.sleep(0.05)
                await asyncio.wait_for(gone.wait(), PATIENCE)
        assert [line["status"] for line in lines if line["event"] == "request"] == [499]


async def test_only_the_entrance_has_a_short_way() -> None:
    config = uvicorn.Config(echo_target, log_config=None)
    with pytest.raises(TypeError):
        LeanProtocol(config, ServerState(), {})
