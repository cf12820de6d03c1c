"""Requests that no client of ours sends, on both ways: they are refused, and nothing reaches a service."""

import pytest

from tests.gateway.test_proxy import OK, Scripted, Way, gateway, way
from tests.servers import conversing, talk

__all__ = ["way"]

HOST = b"Host: door.test\r\n"
CLOSE = HOST + b"Connection: close\r\n\r\n"

REFUSED = {
    "a method nobody knows": (b"BREW /v1/things HTTP/1.1\r\n" + CLOSE, 400),
    "TRACE would echo": (b"TRACE /v1/things HTTP/1.1\r\n" + CLOSE, 405),
    "CONNECT would tunnel": (b"CONNECT inside:80 HTTP/1.1\r\n" + CLOSE, 400),
    "a method in small letters": (b"get /v1/things HTTP/1.1\r\n" + CLOSE, 400),
    "a method in front of a tab": (b"GET\t/v1/things HTTP/1.1\r\n" + CLOSE, 400),
    "a target with a blank": (b"GET /v1/things /internal HTTP/1.1\r\n" + CLOSE, 400),
    "the whole server": (b"OPTIONS * HTTP/1.1\r\n" + CLOSE, 400),
    "no path": (b"GET things HTTP/1.1\r\n" + CLOSE, 400),
    "capitals in the path": (b"GET /V1/THINGS HTTP/1.1\r\n" + CLOSE, 404),
    "a slash at the end": (b"GET /v1/things/ HTTP/1.1\r\n" + CLOSE, 400),
    "a parameter of a segment": (b"GET /v1;x/things HTTP/1.1\r\n" + CLOSE, 404),
    "a backslash": (b"GET /v1\\things HTTP/1.1\r\n" + CLOSE, 400),
    "a version that is none": (b"GET /v1/things HTTP/9.9\r\n" + CLOSE, 400),
    "the preface of HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
    "no version": (b"GET /v1/things\r\n\r\n", 400),
    "no host": (b"GET /v1/things HTTP/1.1\r\nConnection: close\r\n\r\n", 400),
    "two hosts": (b"GET /v1/things HTTP/1.1\r\n" + HOST + CLOSE, 400),
    "a host with a path": (
        b"GET /v1/things HTTP/1.1\r\nHost: door.test/internal\r\nConnection: close\r\n\r\n",
        400,
    ),
    "a host with a user": (b"GET /v1/things HTTP/1.1\r\nHost: a@inside\r\nConnection: close\r\n\r\n", 400),
    "a folded header": (b"GET /v1/things HTTP/1.1\r\nAccept: a\r\n b\r\n" + CLOSE, 400),
    "a blank before the colon": (b"GET /v1/things HTTP/1.1\r\nAccept : a\r\n" + CLOSE, 400),
    "a header without a name": (b"GET /v1/things HTTP/1.1\r\n: a\r\n" + CLOSE, 400),
    "a zero in a header": (b"GET /v1/things HTTP/1.1\r\nAccept: a\x00b\r\n" + CLOSE, 400),
    "a bare carriage return": (b"GET /v1/things HTTP/1.1\r\nAccept: a\rX-Evil: b\r\n" + CLOSE, 400),
    "two lengths": (
        b"POST /v1/things HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n" + CLOSE + b"ab",
        400,
    ),
    "a length with a sign": (b"POST /v1/things HTTP/1.1\r\nContent-Length: +1\r\n" + CLOSE + b"a", 400),
    "a length in hexadecimal": (b"POST /v1/things HTTP/1.1\r\nContent-Length: 0x1\r\n" + CLOSE + b"a", 400),
    "length and chunks": (
        b"POST /v1/things HTTP/1.1\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n"
        + CLOSE
        + b"0\r\n\r\n",
        400,
    ),
    "chunks that are not the last coding": (
        b"POST /v1/things HTTP/1.1\r\nTransfer-Encoding: chunked, gzip\r\n" + CLOSE + b"0\r\n\r\n",
        400,
    ),
    "a coding that only looks like chunked": (
        b"POST /v1/things HTTP/1.1\r\nTransfer-Encoding: xchunked\r\n" + CLOSE + b"0\r\n\r\n",
        400,
    ),
    "a hundred and one headers": (b"GET /v1/things HTTP/1.1\r\n" + b"A: a\r\n" * 101 + CLOSE, 431),
    "a header of 40 KiB": (b"GET /v1/things HTTP/1.1\r\nAccept: " + b"a" * 40_960 + b"\r\n" + CLOSE, 431),
    "a target of 9 KiB": (b"GET /v1/things?" + b"a" * 9_216 + b" HTTP/1.1\r\n" + CLOSE, 414),
    "another expectation": (b"GET /v1/things HTTP/1.1\r\nExpect: gold\r\n" + CLOSE, 417),
    "two credentials": (
        b"GET /v1/things HTTP/1.1\r\nAuthorization: Bearer a\r\nAuthorization: Bearer b\r\n" + CLOSE,
        400,
    ),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_it_is_refused_and_no_service_hears_of_it(name: str) -> None:
    request, status = REFUSED[name]
    upstream = Scripted()
    async with conversing(upstream) as path, gateway(path) as door:
        answer = await talk(door, request)
    assert answer.startswith(b"HTTP/1.1 %d " % status), answer
    assert answer.count(b"HTTP/1.1 ") == 1
    assert b"application/problem+json" in answer
    assert upstream.heads == []


SMUGGLED = b"GET /v1/things/smuggled HTTP/1.1\r\nHost: door.test\r\n\r\n"


@pytest.mark.parametrize(
    "framing",
    [
        b"Content-Length: %d\r\nTransfer-Encoding: chunked" % len(SMUGGLED),
        b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
        b"Transfer-Encoding:\x0bchunked",
        b"Transfer-Encoding : chunked",
        b"Content-Length: 0\r\nContent-Length: %d" % len(SMUGGLED),
    ],
)
@pytest.mark.parametrize("method", [b"GET", b"POST"])
async def test_no_second_request_is_hidden_in_the_first(method: bytes, framing: bytes) -> None:
    upstream = Scripted()
    async with conversing(upstream) as path, gateway(path) as door:
        body = b"0\r\n\r\n" + SMUGGLED
        answer = await talk(door, method + b" /v1/things HTTP/1.1\r\n" + HOST + framing + b"\r\n\r\n" + body)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert not any(b"smuggled" in head for head in upstream.heads)


async def test_what_follows_a_read_is_a_request_of_its_own() -> None:
    """A body that nobody announced is the next request, and is judged as one."""
    upstream = Scripted(OK)
    async with conversing(upstream) as path, gateway(path) as door:
        read = b"GET /v1/things HTTP/1.1\r\n" + HOST + b"\r\n"
        answer = await talk(door, read + b"GET /internal/events HTTP/1.1\r\n" + CLOSE)
    first, second = answer.split(b"HTTP/1.1 ")[1:]
    assert (first[:3], second[:3]) == (b"200", b"404")
    assert len(upstream.heads) == 1


async def test_a_service_that_smuggles_an_answer_is_believed_once(way: Way) -> None:
    """Bytes behind the answer of one caller are never the answer to another."""
    upstream = Scripted(OK + b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")
    read = b"GET /v1/things HTTP/1.1\r\n" + CLOSE
    async with conversing(upstream) as path, gateway(path) as door:
        answers = [await talk(door, read) for _ in range(4)]
    assert all(answer.endswith(b"\r\n\r\nok") for answer in answers), way
