import asyncio
import json
import time
from asyncio import selector_events
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from typing import Any, ClassVar
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.common.http.access import ObserveRequests
from services.common.http.limits import MIB, Limits, limit_requests
from services.common.http.problem_responses import install_problem_handlers
from services.common.http.server import FAREWELL, READ_BYTES, LimitedProtocol, read_in_small_pieces
from services.common.problems import Conflict, Problem, Unavailable
from services.common.telemetry import Metrics
from tests.servers import PATIENCE, Answer, ask, connecting, pour, serving, talk

CLOSE = b"Connection: close\r\n"
ROOMY = Limits(answer_seconds=PATIENCE, body_idle_seconds=PATIENCE)


class HastyProtocol(LimitedProtocol):
    head_seconds = 0.2
    stalled_seconds = 0.2


async def reply(send: Send, body: bytes = b"", status: int = 200) -> None:
    await send(
        {"type": "http.response.start", "status": status, "headers": [(b"content-type", b"text/plain")]}
    )
    await send({"type": "http.response.body", "body": body})


async def read_body(receive: Receive) -> bytes | None:
    body = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += bytes(message.get("body", b""))
        if not message.get("more_body"):
            return body


async def echo(_scope: Scope, receive: Receive, send: Send) -> None:
    body = await read_body(receive)
    if body is not None:
        await reply(send, body)


async def report(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with what the layer left in the scope."""
    await read_body(receive)
    state = scope["state"]
    seen = {
        "fingerprint": state["fingerprint"]() if "fingerprint" in state else None,
        "headers": [[name.decode(), value.decode()] for name, value in scope["headers"]],
    }
    await reply(send, json.dumps(seen).encode())


def limited(app: ASGIApp, limits: Limits = ROOMY) -> ASGIApp:
    return ObserveRequests(limit_requests(app, limits), Metrics(), trust_request_id=True)


@asynccontextmanager
async def client(app: ASGIApp) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://door") as made:
        yield made


def head(*lines: bytes, method: bytes = b"GET", target: bytes = b"/") -> bytes:
    return b"\r\n".join((method + b" " + target + b" HTTP/1.1", *lines, b"", b""))


def expect_problem(answer: Answer, status: int, code: str) -> dict[str, Any]:
    assert (answer.status, answer.headers["content-type"]) == (status, "application/problem+json")
    assert len(answer.body) == int(answer.headers["content-length"])
    problem: dict[str, Any] = json.loads(answer.body)
    assert problem["type"] == f"/problems/{code}"
    assert (problem["status"], problem["code"]) == (status, code)
    assert problem["title"]
    assert problem["detail"]
    assert problem["instance"] == f"urn:uuid:{UUID(answer.headers['x-request-id'])}"
    return problem


class TestHead:
    @pytest.mark.parametrize(
        "lines",
        [
            [],
            [b"Host: door", b"Host: door"],
            [b"Host: door", b"Host: cellar"],
            [b"Host:"],
            [b"Host: door/..", b"Accept: */*"],
            [b"Host: a@door"],
            [b"Host: door:http"],
            [b"Host: " + b"d" * 256],
            [b"Host: door, cellar"],
        ],
    )
    async def test_exactly_one_valid_host(self, lines: list[bytes]) -> None:
        async with serving(limited(echo)) as path:
            answer = await ask(path, head(*lines, CLOSE.strip()))
        assert "Host" in expect_problem(answer, 400, "request-unreadable")["detail"] or b"Host: door" in lines

    @pytest.mark.parametrize(
        "host", [b"door", b"door.kz:8000", b"127.0.0.1:80", b"[::1]:8000", b"qoldau_gateway"]
    )
    async def test_hosts_as_they_are(self, host: bytes) -> None:
        async with serving(limited(echo)) as path:
            assert (await ask(path, head(b"Host: " + host, CLOSE.strip()))).status == 200

    @pytest.mark.parametrize("name", [b"Authorization", b"Content-Type", b"Idempotency-Key", b"X-Request-Id"])
    async def test_a_header_with_one_meaning_stands_once(self, name: bytes) -> None:
        async with serving(limited(echo)) as path:
            answer = await ask(path, head(b"Host: door", CLOSE.strip(), name + b": a", name + b": a"))
        expect_problem(answer, 400, "request-unreadable")

    @pytest.mark.parametrize(
        "fields",
        [
            [b"X-%d: 1" % number for number in range(101)],
            [b"X: " + b"x" * 33_000],
            [b"X" * 33_000 + b": x"],
        ],
    )
    async def test_too_many_or_too_long(self, fields: list[bytes]) -> None:
        async with serving(limited(echo)) as path:
            answer = await ask(path, head(b"Host: door", CLOSE.strip(), *fields))
        expect_problem(answer, 431, "head-too-large")

    @pytest.mark.parametrize(
        "start", [b"GET / HTTP/1.1\r\nHost: door\r\nX: ", b"GET /?", b"GET / HTTP/1.1\r\nX"]
    )
    async def test_an_endless_head_is_cut_off(self, start: bytes) -> None:
        async with serving(limited(echo)) as path:
            answer = await ask(path, start, *[b"x" * 16_384] * 1_000)
        expect_problem(answer, 431, "head-too-large")

    async def test_a_long_target(self) -> None:
        async with serving(limited(echo)) as path:
            answer = await ask(path, head(b"Host: door", CLOSE.strip(), target=b"/?q=" + b"x" * 9_000))
        expect_problem(answer, 414, "target-too-long")

    @pytest.mark.parametrize(
        "garbage",
        [b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"GET /\xd0\xb0 HTTP/1.1\r\nHost: door\r\n\r\n"],
    )
    async def test_what_is_not_http(self, garbage: bytes) -> None:
        async with serving(limited(echo)) as path:
            expect_problem(await ask(path, garbage), 400, "request-unreadable")

    async def test_garbage_after_a_request_does_not_replace_its_answer(self) -> None:
        entered, go_on = asyncio.Event(), asyncio.Event()

        async def wait(_scope: Scope, _receive: Receive, send: Send) -> None:
            entered.set()
            await go_on.wait()
            await reply(send, b"first")

        async with serving(limited(wait)) as path:
            talking = asyncio.create_task(talk(path, head(b"Host: door"), b"\x00garbage\r\n\r\n"))
            await entered.wait()
            await asyncio.sleep(0.05)
            go_on.set()
            raw = await talking
        assert raw.count(b"HTTP/1.1 ") == 1
        assert raw.startswith(b"HTTP/1.1 200")

    async def test_half_a_request_line(self) -> None:
        async with serving(limited(echo), HastyProtocol) as path:
            expect_problem(await ask(path, b"GET / HT"), 408, "request-timed-out")

    async def test_a_head_that_drips(self) -> None:
        def drip() -> Iterator[bytes]:
            yield b"GET / HTTP/1.1\r\n"
            for _ in range(100):
                time.sleep(0.02)  # the server's loop, too, which then finds its time over
                yield b"X: y\r\n"

        async with serving(limited(echo), HastyProtocol) as path:
            received, _ = await pour(path, drip())
        assert received.startswith(b"HTTP/1.1 408")

    async def test_a_connection_that_says_nothing(self) -> None:
        async with serving(limited(echo), HastyProtocol) as path:
            assert await talk(path) == b""

    async def test_empty_lines_after_an_answer_do_not_hold_the_connection(self) -> None:
        async with serving(limited(echo), HastyProtocol) as path, connecting(path) as (reader, writer):
            writer.write(head(b"Host: door"))
            await reader.readuntil(b"0\r\n\r\n")
            writer.write(b"\r\n")
            assert await reader.read() == b""

    async def test_a_second_request_on_the_connection(self) -> None:
        async with serving(limited(echo), HastyProtocol) as path:
            raw = await talk(path, head(b"Host: door"), head(b"Host: door", CLOSE.strip()))
        assert raw.count(b"HTTP/1.1 200") == 2


class TestFraming:
    @pytest.mark.parametrize(
        "lines",
        [
            [b"Content-Length: 3", b"Transfer-Encoding: chunked"],
            [b"Transfer-Encoding: chunked", b"Content-Length: 3"],
            [b"Content-Length: 3", b"Content-Length: 4"],
            [b"Content-Length: +3"],
            [b"Content-Length: -1"],
            [b"Content-Length: 3, 3"],
            [b"Transfer-Encoding: gzip, chunked"],
            [b"Transfer-Encoding: chunked, chunked"],
            [b"Transfer-Encoding: identity"],
            [b"Transfer-Encoding: chunked", b"Transfer-Encoding: chunked"],
            [b"Transfer-Encoding : chunked"],
            [b"Transfer-Encoding: xchunked"],
        ],
    )
    async def test_a_body_whose_end_is_not_clear(self, lines: list[bytes]) -> None:
        async with serving(limited(echo)) as path:
            raw = await talk(
                path, head(b"Host: door", CLOSE.strip(), *lines, method=b"POST"), b"3\r\nabc\r\n0\r\n\r\n"
            )
        assert raw.startswith(b"HTTP/1.1 400")
        assert raw.count(b"HTTP/1.1 ") == 1

    async def test_chunks_are_unknown_to_http_1_0(self) -> None:
        async with serving(limited(echo)) as path:
            answer = await ask(
                path,
                b"POST / HTTP/1.0\r\nHost: door\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
            )
        expect_problem(answer, 400, "request-unreadable")

    async def test_a_line_ending_of_its_own_does_not_begin_a_second_request(self) -> None:
        async with serving(limited(echo)) as path:
            raw = await talk(
                path, b"GET / HTTP/1.1\nHost: door\nConnection: close\n\nGET /second HTTP/1.1\r\n\r\n"
            )
        assert raw.count(b"HTTP/1.1 ") == 1

    async def test_trailers_do_not_become_headers(self) -> None:
        body = b"3\r\nabc\r\n0\r\nAuthorization: Bearer forged\r\nX-Late: 1\r\n\r\n"
        async with serving(limited(report)) as path:
            answer = await ask(
                path, head(b"Host: door", CLOSE.strip(), b"Transfer-Encoding: chunked", method=b"POST") + body
            )
        names = [name for name, _ in json.loads(answer.body)["headers"]]
        assert names == ["host", "connection", "transfer-encoding"]

    @pytest.mark.parametrize("flood", [b"0\r\nX: ", b"3;"])
    async def test_trailers_and_chunk_extensions_end(self, flood: bytes) -> None:
        start = head(b"Host: door", b"Transfer-Encoding: chunked", method=b"POST")
        async with serving(limited(echo)) as path:
            answer = await ask(path, start, flood, *[b"x" * 16_384] * 1_000)
        expect_problem(answer, 431, "head-too-large")

    @pytest.mark.parametrize("length", ["abc", "-1", "+1", "1.0", "1_0", " "])
    async def test_a_length_that_is_no_number(self, length: str) -> None:
        """Servers refuse it, this layer does not rely on them."""
        async with client(limited(echo)) as asking:
            answer = await asking.post("/", content=b"x", headers={"Content-Length": length})
        assert (answer.status_code, answer.json()["code"]) == (400, "request-unreadable")

    async def test_another_expectation(self) -> None:
        async with serving(limited(echo)) as path:
            answer = await ask(path, head(b"Host: door", CLOSE.strip(), b"Expect: 200-ok", method=b"POST"))
        expect_problem(answer, 417, "expectation-failed")

    async def test_the_client_is_asked_for_its_body(self) -> None:
        lines = (b"Host: door", CLOSE.strip(), b"Expect: 100-continue", b"Content-Length: 3")
        async with serving(limited(echo)) as path:
            raw = await talk(path, head(*lines, method=b"POST"), b"abc")
        assert raw.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200")

    async def test_a_body_that_is_refused_is_not_asked_for(self) -> None:
        lines = (b"Host: door", b"Expect: 100-continue", b"Content-Length: %d" % (200 * MIB))
        async with serving(limited(echo)) as path:
            expect_problem(await ask(path, head(*lines, method=b"POST")), 413, "body-too-large")

    async def test_an_answer_instead_of_a_body_ends_the_connection(self) -> None:
        async def refuse(_scope: Scope, _receive: Receive, send: Send) -> None:
            await reply(send, b"no", 409)

        lines = (b"Host: door", b"Expect: 100-continue", b"Content-Length: 3")
        async with serving(limited(refuse)) as path:
            answer = await ask(path, head(*lines, method=b"POST"))
        assert (answer.status, answer.headers["connection"]) == (409, "close")


class TestBody:
    @pytest.mark.parametrize(
        "lines", [(b"Content-Length: %d" % (200 * MIB),), (b"Transfer-Encoding: chunked",)]
    )
    async def test_200_mib_are_refused_early(self, lines: tuple[bytes, ...]) -> None:
        piece = b"10000\r\n" + b"x" * 65_536 + b"\r\n" if b"chunked" in lines[0] else b"x" * 65_536
        async with serving(limited(echo)) as path:
            raw, sent = await pour(path, [head(b"Host: door", *lines, method=b"POST"), *[piece] * 3_200])
        assert raw.startswith(b"HTTP/1.1 413"), (
            "a client that first writes and then reads still gets the answer"
        )
        assert sent < 20 * MIB

    @pytest.mark.parametrize(("size", "status"), [(MIB, 200), (MIB + 1, 413)])
    @pytest.mark.parametrize("chunked", [True, False])
    async def test_the_limit_itself(self, *, size: int, status: int, chunked: bool) -> None:
        async def parts() -> AsyncIterator[bytes]:
            yield b"x" * (size - 1)
            yield b"x"

        async with client(limited(echo)) as asking:
            answer = await asking.post("/", content=parts() if chunked else b"x" * size)
        assert answer.status_code == status
        assert (answer.content == b"x" * size) is (status == 200)

    async def test_the_route_may_accept_more(self) -> None:
        limits = Limits(
            answer_seconds=PATIENCE,
            body_bytes=lambda scope: 20 * MIB if scope["path"] == "/v1/files" else MIB,
        )
        async with client(limited(echo, limits)) as asking:
            assert (await asking.post("/v1/files", content=b"x" * 20 * MIB)).status_code == 200
            refused = await asking.post("/v1/files", content=b"x" * (20 * MIB + 1))
            assert (await asking.post("/v1/people", content=b"x" * 2 * MIB)).status_code == 413
        assert refused.json()["detail"] == "This operation accepts bodies of up to 20 MiB."

    async def test_a_framework_that_swallows_the_failure_does_not_change_the_answer(self) -> None:
        app = FastAPI()
        install_problem_handlers(app)

        @app.post("/")
        async def keep(words: list[str]) -> int:
            return len(words)

        async def parts() -> AsyncIterator[bytes]:
            for _ in range(40):
                yield b'"' + b"x" * 65_536

        async with client(limited(app)) as asking:
            answer = await asking.post("/", content=parts(), headers={"Content-Type": "application/json"})
        assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")

    async def test_a_body_that_stops(self) -> None:
        limits = Limits(answer_seconds=PATIENCE, body_idle_seconds=0.1)
        async with serving(limited(echo, limits)) as path:
            answer = await ask(path, head(b"Host: door", b"Content-Length: 9", method=b"POST"), b"abc")
        expect_problem(answer, 408, "request-timed-out")
        assert answer.headers["connection"] == "close"

    async def test_a_body_that_drips_for_ever(self) -> None:
        limits = Limits(answer_seconds=PATIENCE, body_idle_seconds=PATIENCE, body_seconds=0.3)
        async with serving(limited(echo, limits)) as path, connecting(path) as (reader, writer):
            writer.write(head(b"Host: door", b"Content-Length: 1000000", method=b"POST"))
            answered = asyncio.create_task(reader.readuntil(b"\r\n\r\n"))
            while not answered.done():
                writer.write(b"x")
                await asyncio.sleep(0.02)
        assert (await answered).startswith(b"HTTP/1.1 408")

    async def test_an_app_that_asks_again_after_a_refusal_is_told_that_the_client_has_left(self) -> None:
        told: list[str] = []

        async def insist(_scope: Scope, receive: Receive, _send: Send) -> None:
            told.extend([(await receive())["type"] for _ in range(3)])

        async def parts() -> AsyncIterator[bytes]:
            yield b"x" * (MIB + 1)
            yield b"x"

        async with client(limited(insist)) as asking:
            assert (await asking.post("/", content=parts())).status_code == 413
        assert told == ["http.disconnect"] * 3

    async def test_a_malformed_chunk_is_not_answered_into_an_answer_that_has_begun(self) -> None:
        began = asyncio.Event()

        async def begin(_scope: Scope, receive: Receive, send: Send) -> None:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"abc", "more_body": True})
            began.set()
            await read_body(receive)

        async with serving(limited(begin)) as path, connecting(path) as (reader, writer):
            writer.write(head(b"Host: door", b"Transfer-Encoding: chunked", method=b"POST") + b"1\r\nx\r\n")
            await began.wait()
            received = await reader.readuntil(b"abc\r\n")
            writer.write(b"garbage\r\n")
            with suppress(ConnectionError):
                received += await reader.read()
        assert received.count(b"HTTP/1.1 ") == 1
        assert received.endswith(b"abc\r\n")

    async def test_a_slow_client_is_not_a_slow_answer(self) -> None:
        limits = Limits(answer_seconds=0.5, body_idle_seconds=PATIENCE)
        async with serving(limited(echo, limits)) as path, connecting(path) as (reader, writer):
            writer.write(head(b"Host: door", CLOSE.strip(), b"Content-Length: 4", method=b"POST"))
            for byte in (b"a", b"b", b"c", b"d"):
                await asyncio.sleep(0.2)
                writer.write(byte)
            raw = await reader.read()
        assert raw.startswith(b"HTTP/1.1 200")

    async def test_what_follows_an_early_answer_does_not_hold_the_connection(self) -> None:
        async def refuse(_scope: Scope, _receive: Receive, send: Send) -> None:
            await reply(send, b"no", 409)

        async with serving(limited(refuse), HastyProtocol) as path, connecting(path) as (reader, writer):
            writer.write(head(b"Host: door", b"Transfer-Encoding: chunked", method=b"POST"))
            assert (await reader.readuntil(b"0\r\n\r\n")).startswith(b"HTTP/1.1 409")
            with suppress(ConnectionError):
                while not reader.at_eof():
                    writer.write(b"1\r\nx\r\n")
                    await asyncio.sleep(0.02)
                    with suppress(TimeoutError):
                        await asyncio.wait_for(reader.read(1), 0.01)


class TestTime:
    @pytest.mark.parametrize(("late", "status"), [(Unavailable, 503), (Conflict, 409)])
    async def test_an_app_that_does_not_answer(self, late: type[Problem], status: int) -> None:
        cancelled = asyncio.Event()

        async def sleep(_scope: Scope, _receive: Receive, _send: Send) -> None:
            try:
                await asyncio.Event().wait()
            finally:
                cancelled.set()

        async with serving(limited(sleep, Limits(answer_seconds=0.05, late=late))) as path:
            answer = await ask(path, head(b"Host: door", CLOSE.strip()))
        expect_problem(answer, status, late.slug)
        assert answer.headers.get("retry-after") == (str(late.retry_after) if late.retry_after else None)
        assert cancelled.is_set()

    async def test_streaming_is_not_cut(self) -> None:
        async def stream(_scope: Scope, _receive: Receive, send: Send) -> None:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            for part in (b"a", b"b", b"c"):
                await send({"type": "http.response.body", "body": part, "more_body": True})
                await asyncio.sleep(0.1)
            await send({"type": "http.response.body"})

        async with serving(limited(stream, Limits(answer_seconds=0.05))) as path:
            answer = await ask(path, head(b"Host: door", CLOSE.strip()))
        assert (answer.status, answer.body) == (200, b"abc")

    async def test_a_time_out_of_the_apps_own_is_a_fault(self) -> None:
        async def fail(_scope: Scope, _receive: Receive, _send: Send) -> None:
            raise TimeoutError

        async with serving(limited(fail)) as path:
            expect_problem(await ask(path, head(b"Host: door", CLOSE.strip())), 500, "internal-error")

    async def test_a_client_that_stops_reading_is_dropped(self) -> None:
        gone = asyncio.Event()

        async def pour(_scope: Scope, receive: Receive, send: Send) -> None:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            for _ in range(3):
                await send({"type": "http.response.body", "body": b"x" * 8 * MIB, "more_body": True})
            if (await receive())["type"] == "http.disconnect":
                gone.set()

        async with serving(limited(pour), HastyProtocol) as path, connecting(path) as (_, writer):
            writer.transport.pause_reading()  # type: ignore[attr-defined]
            writer.write(head(b"Host: door"))
            await gone.wait()


class TestFailure:
    async def test_a_problem_becomes_its_answer_in_the_readers_language(self) -> None:
        async def refuse(_scope: Scope, _receive: Receive, _send: Send) -> None:
            raise Unavailable("The cellar is flooded.")

        async with serving(limited(refuse)) as path:
            answer = await ask(path, head(b"Host: door", CLOSE.strip(), b"Accept-Language: ru"))
        assert expect_problem(answer, 503, "unavailable")["title"] == Unavailable.title["ru"]
        assert answer.headers["retry-after"] == "2"

    async def test_a_fault_says_nothing_about_itself(self) -> None:
        async def fail(_scope: Scope, _receive: Receive, _send: Send) -> None:
            raise ValueError("passport N0000000")

        async with serving(limited(fail)) as path:
            answer = await ask(path, head(b"Host: door", CLOSE.strip()))
        expect_problem(answer, 500, "internal-error")
        assert b"N0000000" not in answer.body

    @pytest.mark.parametrize("failure", [ValueError("late"), Conflict("late")])
    async def test_an_answer_that_breaks_off_never_looks_complete(self, failure: Exception) -> None:
        async def break_off(_scope: Scope, _receive: Receive, send: Send) -> None:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"abc", "more_body": True})
            raise failure

        async with serving(limited(break_off)) as path:
            raw = await talk(path, head(b"Host: door"))
        assert raw.startswith(b"HTTP/1.1 200")
        assert raw.endswith(b"abc\r\n")

    async def test_head_has_no_body(self) -> None:
        async def refuse(_scope: Scope, _receive: Receive, _send: Send) -> None:
            raise Conflict("no")

        async with serving(limited(refuse)) as path:
            raw = await talk(path, head(b"Host: door", CLOSE.strip(), method=b"HEAD"))
        assert raw.startswith(b"HTTP/1.1 409")
        assert raw.endswith(b"\r\n\r\n")


class TestFingerprint:
    async def take(self, method: str = "POST", url: str = "/v1/offers", body: bytes = b"{}") -> str:
        async with client(limited(report)) as asking:
            answer = await asking.request(method, url, content=body, headers={"Idempotency-Key": "k"})
        fingerprint: str = answer.json()["fingerprint"]
        return fingerprint

    async def test_equal_requests_have_one(self) -> None:
        assert await self.take() == await self.take()
        assert await self.take(url="/v1/offers?a=1&b=2") == await self.take(url="/v1/offers?b=2&a=%31")

    @pytest.mark.parametrize(
        "changed",
        [
            {"method": "PUT"},
            {"url": "/v1/offers/1"},
            {"url": "/v1/offers?a=1"},
            {"url": "/v1/offers?a="},
            {"body": b"{} "},
            {"body": b""},
        ],
    )
    async def test_other_requests_have_others(self, changed: dict[str, Any]) -> None:
        assert await self.take() != await self.take(**changed)

    async def test_it_does_not_depend_on_how_the_body_was_cut(self) -> None:
        async def parts() -> AsyncIterator[bytes]:
            yield b"{"
            yield b"}"

        async with client(limited(report)) as asking:
            answer = await asking.post("/v1/offers", content=parts(), headers={"Idempotency-Key": "k"})
        assert answer.json()["fingerprint"] == await self.take()

    async def test_there_is_none_without_a_key(self) -> None:
        async with client(limited(report)) as asking:
            assert (await asking.post("/", content=b"{}")).json()["fingerprint"] is None

    async def test_it_needs_the_body(self) -> None:
        async def hurry(scope: Scope, receive: Receive, send: Send) -> None:
            take: Callable[[], str] = scope["state"]["fingerprint"]
            with pytest.raises(RuntimeError):
                take()
            await read_body(receive)
            await reply(send, take().encode())

        async with client(limited(hurry)) as asking:
            answer = await asking.post("/v1/offers", content=b"{}", headers={"Idempotency-Key": "k"})
        assert answer.text == await self.take()


async def test_other_protocols_pass() -> None:
    seen: list[str] = []

    async def app(scope: Scope, _receive: Receive, _send: Send) -> None:
        seen.append(scope["type"])

    async def receive() -> Message:
        return {"type": "lifespan.startup"}

    async def send(message: Message) -> None:
        seen.append(message["type"])

    await limited(app)({"type": "lifespan"}, receive, send)
    assert seen == ["lifespan"]


class TestFarewell:
    """A server that stops tells idle connections that it has read no request."""

    async def test_a_request_that_crosses_the_farewell_is_not_served(self) -> None:
        made: list[LimitedProtocol] = []
        served = 0

        class Watched(LimitedProtocol):
            def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
                super().connection_made(transport)
                made.append(self)

        async def count(_scope: Scope, _receive: Receive, send: Send) -> None:
            nonlocal served
            served += 1
            await send({"type": "http.response.start", "status": 204, "headers": []})
            await send({"type": "http.response.body"})

        request = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx"
        async with serving(count, Watched) as path, connecting(path) as (reader, writer):
            writer.write(request)
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 204")
            writer.write(request)  # on its way when the server is told to stop
            made[0].shutdown()
            assert await reader.read() == FAREWELL
        assert served == 1

    async def test_the_other_end_decides_when_the_connection_is_over(self) -> None:
        made: list[LimitedProtocol] = []

        class Hasty(LimitedProtocol):
            farewell_seconds: ClassVar[float] = 0.05

            def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
                super().connection_made(transport)
                made.append(self)

        async with serving(echo, Hasty) as path, connecting(path) as (reader, _):
            await asyncio.sleep(0.05)
            made[0].shutdown()
            assert await reader.read() == FAREWELL
            await asyncio.sleep(0.1)
            assert made[0].transport.is_closing()


@pytest.mark.parametrize("small", [True, False])
async def test_a_process_reads_in_small_pieces(monkeypatch: pytest.MonkeyPatch, *, small: bool) -> None:
    """What asyncio asks for by itself is more than glibc keeps at hand: each read costs seven times as much."""
    monkeypatch.setattr(selector_events._SelectorTransport, "max_size", 4 * READ_BYTES)  # type: ignore[attr-defined]
    if small:
        read_in_small_pieces()
    sizes: list[int] = []

    class Watched(LimitedProtocol):
        def data_received(self, data: bytes) -> None:
            sizes.append(len(data))
            super().data_received(data)

    body = b"x" * 16 * READ_BYTES
    async with serving(echo, Watched) as path:
        length = b"Content-Length: %d\r\n" % len(body)
        answer = await ask(path, b"POST / HTTP/1.1\r\nHost: a\r\n" + CLOSE + length + b"\r\n" + body)
    assert answer.body == body
    assert (max(sizes) <= READ_BYTES) is small
