import asyncio
import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

import pytest
from pydantic import BaseModel

from gateway.upstream import (
    PART_BYTES,
    Breaker,
    MissingPart,
    Upstream,
    UpstreamFailed,
    UpstreamTimedOut,
    UpstreamUnavailable,
    open_upstream,
    optional,
    together,
)
from services.common import context
from services.common.problems import NotAuthenticated, NotFound, NotPermitted, Problem
from tests.servers import PATIENCE, Conversation, conversing, read_request


class Seats(BaseModel):
    taken: int


def answering(status: int, body: bytes, *lines: bytes) -> Conversation:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        head = (b"HTTP/1.1 %d X" % status, b"Content-Length: %d" % len(body), *lines, b"", body)
        writer.write(b"\r\n".join(head))
        await writer.drain()

    return answer


@asynccontextmanager
async def service(conversation: Conversation) -> AsyncIterator[Upstream]:
    async with conversing(conversation) as path, open_upstream("programs", f"unix:{path}") as upstream:
        yield upstream


async def read(conversation: Conversation, seconds: float = PATIENCE) -> Seats:
    async with service(conversation) as upstream:
        return await upstream.read(Seats, "/v1/seats", token="t", seconds=seconds)


class TestReading:
    async def test_only_what_the_model_names_is_read(self) -> None:
        assert await read(answering(200, b'{"taken": 3, "free": "unknown"}')) == Seats(taken=3)

    async def test_what_is_asked(self) -> None:
        @dataclass
        class Listening:
            heads: list[bytes] = field(default_factory=list)

            async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                self.heads.append(await read_request(reader))
                writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n{"taken": 3}')

        request_id = UUID("0198c0de-0000-7000-8000-000000000001")
        token = context.request_id.set(request_id)
        listening = Listening()
        try:
            async with service(listening) as upstream:
                await upstream.read(Seats, "/v1/seats?edition_id=1&x=%20", token="signed")
        finally:
            context.request_id.reset(token)
        first, *lines = listening.heads[0].strip().split(b"\r\n")
        assert first == b"GET /v1/seats?edition_id=1&x=%20 HTTP/1.1"
        assert {line.lower() for line in lines} == {
            b"host: programs",
            b"accept: application/json",
            b"accept-encoding: identity",
            b"authorization: bearer signed",
            b"x-request-id: " + str(request_id).encode(),
        }

    @pytest.mark.parametrize(
        ("status", "problem"),
        [
            (401, NotAuthenticated),
            (403, NotPermitted),
            (404, NotFound),
            (429, UpstreamUnavailable),
            (503, UpstreamUnavailable),
            (504, UpstreamTimedOut),
            (201, UpstreamFailed),
            (204, UpstreamFailed),
            (302, UpstreamFailed),
            (400, UpstreamFailed),
            (422, UpstreamFailed),
            (500, UpstreamFailed),
        ],
    )
    async def test_what_refusals_mean(self, status: int, problem: type[Problem]) -> None:
        body = b"" if status == 204 else b'{"taken": 3}'
        with pytest.raises(problem) as raised:
            await read(answering(status, body, b"Location: /v1/elsewhere"))
        assert type(raised.value) is problem

    @pytest.mark.parametrize(("said", "passed"), [(b"7", "7"), (b"soon", None), (b"-1", None)])
    async def test_the_time_to_wait_is_passed_on(self, said: bytes, passed: str | None) -> None:
        with pytest.raises(UpstreamUnavailable) as busy:
            await read(answering(503, b"{}", b"Retry-After: " + said))
        assert busy.value.headers.get("Retry-After") == passed
        assert busy.value.retry_after

    @pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"taken": "many"}', b'{"free": 1}', b"\xff"])
    async def test_an_answer_that_is_not_as_agreed(self, body: bytes) -> None:
        with pytest.raises(UpstreamFailed):
            await read(answering(200, body))

    async def test_an_endless_answer(self) -> None:
        sent = 0

        async def pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal sent
            await read_request(reader)
            writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            while True:
                writer.write(b"10000\r\n" + b" " * 65_536 + b"\r\n")
                await writer.drain()
                sent += 65_536

        with pytest.raises(UpstreamFailed, match="too large"):
            await read(pour)
        assert PART_BYTES <= sent < 2 * PART_BYTES

    async def test_a_compressed_answer_is_not_unpacked(self) -> None:
        bomb = gzip.compress(b" " * 100_000_000 + b'{"taken": 3}')
        with pytest.raises(UpstreamFailed, match="compressed"):
            await read(answering(200, bomb, b"Content-Encoding: gzip"))

    @pytest.mark.parametrize("start", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"])
    async def test_an_answer_that_takes_too_long(self, start: bytes) -> None:
        async def freeze(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await read_request(reader)
            writer.write(start)
            await asyncio.Event().wait()

        with pytest.raises(UpstreamTimedOut):
            await read(freeze, seconds=0.2)

    async def test_an_answer_that_breaks_off(self) -> None:
        async def break_off(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await read_request(reader)
            writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"taken": 3}')

        with pytest.raises(UpstreamFailed):
            await read(break_off)

    async def test_a_service_that_is_down(self) -> None:
        async with open_upstream("programs", "unix:/nonexistent/programs.sock") as upstream:
            with pytest.raises(UpstreamUnavailable):
                await upstream.read(Seats, "/v1/seats", token="t")

    async def test_connections_are_kept(self) -> None:
        connections = 0

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal connections
            connections += 1
            while True:
                await read_request(reader)
                writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n{"taken": 3}')

        async with service(serve) as upstream:
            for _ in range(5):
                await upstream.read(Seats, "/v1/seats", token="t")
        assert connections == 1

    async def test_no_cookie_is_kept(self) -> None:
        heads: list[bytes] = []

        async def bake(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            while True:
                heads.append(await read_request(reader))
                writer.write(b'HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nContent-Length: 12\r\n\r\n{"taken": 3}')

        async with service(bake) as upstream:
            for _ in range(2):
                await upstream.read(Seats, "/v1/seats", token="t")
        assert len(heads) == 2
        assert not any(b"cookie" in seen.lower() for seen in heads)


class TestBreaker:
    def test_it_opens_after_failures_in_a_row_and_lets_one_attempt_through_per_pause(self) -> None:
        now = 100.0
        breaker = Breaker(failures=3, pause_seconds=2, clock=lambda: now)
        for _ in range(2):
            breaker.fail()
        breaker.succeed()
        for _ in range(3):
            assert breaker.admits()
            breaker.fail()
        assert not breaker.admits()
        now += 1.9
        assert not breaker.admits()
        now += 0.2
        assert breaker.admits()
        assert not breaker.admits(), "the others wait for the outcome of the one"
        breaker.fail()
        now += 1.9
        assert not breaker.admits()
        now += 0.2
        assert breaker.admits()
        breaker.succeed()
        assert all(breaker.admits() for _ in range(10))

    def test_an_attempt_without_outcome_does_not_block_for_ever(self) -> None:
        now = 0.0
        breaker = Breaker(failures=1, pause_seconds=2, clock=lambda: now)
        breaker.fail()
        now = 2.0
        assert breaker.admits()
        now = 4.0
        assert breaker.admits()

    async def test_a_service_of_which_some_answers_are_refusals_is_not_broken(self) -> None:
        async with service(answering(500, b"")) as upstream:
            for _ in range(20):
                with pytest.raises(UpstreamFailed):
                    await upstream.read(Seats, "/v1/seats", token="t")

    async def test_services_fail_apart(self) -> None:
        async with (
            open_upstream(
                "evaluation", "unix:/nonexistent/evaluation.sock", breaker=Breaker(failures=1)
            ) as down,
            service(answering(200, b'{"taken": 3}')) as up,
        ):
            for _ in range(3):
                with pytest.raises(UpstreamUnavailable):
                    await down.read(Seats, "/v1/seats", token="t")
            assert await up.read(Seats, "/v1/seats", token="t") == Seats(taken=3)


async def give(value: int) -> int:
    return value


async def fail(problem: Exception) -> int:
    raise problem


class TestParts:
    async def test_an_optional_part_that_is_there(self) -> None:
        assert await optional("seats", give(3)) == (3, None)

    async def test_an_optional_part_that_is_missing_is_named_with_its_problem(self) -> None:
        value, missing = await optional("results", fail(UpstreamTimedOut("late")))
        assert value is None
        assert missing == MissingPart(part="results", problem="/problems/upstream-timed-out")

    async def test_a_fault_of_ours_is_not_a_missing_part(self) -> None:
        with pytest.raises(ZeroDivisionError):
            await optional("results", fail(ZeroDivisionError()))

    async def test_parts_are_asked_at_once(self) -> None:
        both = asyncio.Barrier(2)

        async def meet(value: int) -> int:
            await both.wait()
            return value

        async with asyncio.timeout(PATIENCE), together() as parts:
            one, two = parts.create_task(meet(1)), parts.create_task(meet(2))
        assert (one.result(), two.result()) == (1, 2)

    async def test_a_required_part_that_fails_cancels_the_others_and_is_raised_itself(self) -> None:
        cancelled = asyncio.Event()

        async def wait() -> None:
            try:
                await asyncio.Event().wait()
            finally:
                cancelled.set()

        async def compose() -> None:
            async with together() as parts:
                parts.create_task(wait())
                parts.create_task(fail(NotFound("gone")))

        with pytest.raises(NotFound):
            await compose()
        assert cancelled.is_set()

    async def test_an_optional_part_that_fails_leaves_the_others_alone(self) -> None:
        async with together() as parts:
            seats = parts.create_task(give(3))
            results = parts.create_task(optional("results", fail(UpstreamFailed("no"))))
        assert seats.result() == 3
        assert results.result()[0] is None
