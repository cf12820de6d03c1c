"""What passes for a plain read is one request for the server's own parser as well, with the same fields."""

from typing import Any

import httptools
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.lean.heads import LINE, read_block

PLAIN = b"Host: door.test\r\nAccept: */*\r\n\r\n"


class Seen:
    """What the server's parser makes of some bytes."""

    def __init__(self, data: bytes) -> None:
        self.urls: list[bytes] = []
        self.headers: list[tuple[bytes, bytes]] = []
        self.complete = 0
        self.bodies = b""
        self.parser: Any = httptools.HttpRequestParser(self)
        self.parser.feed_data(data)

    def on_url(self, url: bytes) -> None:
        self.urls.append(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        self.keep_alive = self.parser.should_keep_alive()

    def on_body(self, body: bytes) -> None:
        self.bodies += body

    def on_message_complete(self) -> None:
        self.complete += 1


@pytest.mark.parametrize(
    ("line", "target", "path"),
    [
        (b"GET /v1/things HTTP/1.1\r\n", b"/v1/things", b"/v1/things"),
        (b"HEAD /v1/things?a=1&b=%2e HTTP/1.1\r\n", b"/v1/things?a=1&b=%2e", b"/v1/things"),
        (b"GET /v1/things? HTTP/1.1\r\n", b"/v1/things", b"/v1/things"),
        (b"GET /v1/things?? HTTP/1.1\r\n", b"/v1/things??", b"/v1/things"),
        (b"GET /v1/things?a?b HTTP/1.1\r\n", b"/v1/things?a?b", b"/v1/things"),
    ],
)
def test_the_line_of_a_read(line: bytes, target: bytes, path: bytes) -> None:
    found = LINE.fullmatch(line)
    assert found
    assert (found["target"], found["path"]) == (target, path)


@pytest.mark.parametrize(
    "line",
    [
        b"POST /v1/things HTTP/1.1\r\n",
        b"get /v1/things HTTP/1.1\r\n",
        b"GET /v1/things HTTP/1.0\r\n",
        b"GET /v1/things HTTP/1.1\n",
        b"GET  /v1/things HTTP/1.1\r\n",
        b"GET /v1/things#a HTTP/1.1\r\n",
        b"GET /v1/things?a=1#b HTTP/1.1\r\n",
        b"GET http://door.test/v1/things HTTP/1.1\r\n",
        b"GET * HTTP/1.1\r\n",
        b"GET /v1/\xd1\x82 HTTP/1.1\r\n",
        b"GET /v1/a\tb HTTP/1.1\r\n",
        b"\r\nGET /v1/things HTTP/1.1\r\n",
    ],
)
def test_other_lines_are_left_to_the_parser(line: bytes) -> None:
    assert LINE.fullmatch(line) is None


@given(st.sampled_from([b"GET", b"HEAD"]), st.binary(max_size=30))
def test_a_line_means_the_same_to_the_parser(method: bytes, rest: bytes) -> None:
    line = method + b" /" + rest + b" HTTP/1.1\r\n"
    found = LINE.fullmatch(line)
    if found is None:
        return
    seen = Seen(line + PLAIN)
    url = httptools.parse_url(b"".join(seen.urls))
    assert seen.complete == 1
    assert (url.path, url.query or None) == (found["path"], found["target"][len(found["path"]) + 1 :] or None)


def test_the_fields_of_a_read() -> None:
    block = read_block(b"Host: door.test\r\nACCEPT:*/*\r\nConnection: keep-alive, Close\r\n\r\n")
    assert block is not None
    assert block.headers == [
        (b"host", b"door.test"),
        (b"accept", b"*/*"),
        (b"connection", b"keep-alive, Close"),
    ]
    assert not block.keep_alive


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\r\n",
        b"Host: door.test\r\n",
        b"Host: door.test\n\n",
        b"Host: door.test\r\n\r\nGET / HTTP/1.1\r\nHost: door.test\r\n\r\n",
        b"\r\nGET / HTTP/1.1\r\nHost: door.test\r\n\r\n",
        b"\r\n\r\n",
        b"Host: door.test\r\n\r\nx",
        b"Host : door.test\r\n\r\n",
        b"Host: door.test\r\nContent-Length: 0\r\n\r\n",
        b"Host: door.test\r\nContent-Length: 5\r\n\r\n",
        b"Host: door.test\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"Host: door.test\r\nUpgrade: h2c\r\nConnection: upgrade\r\n\r\n",
        b"Host: door.test\r\nOrigin: https://app.example.org\r\n\r\n",
        b"Host: door.test\r\nExpect: 100-continue\r\n\r\n",
        b"Host: door.test\r\nIdempotency-Key: 1\r\n\r\n",
        b"no field\r\n\r\n",
        b"Host: a\x00b\r\n\r\n",
    ],
)
def test_other_fields_are_left_to_the_parser(raw: bytes) -> None:
    assert read_block(raw) is None


_SIGNS = [
    b"Host: d",
    b"X: y",
    b"Content-Length: 3",
    b"Transfer-Encoding: chunked",
    b"Connection: close",
    b" x",
]


@given(
    st.lists(st.sampled_from([*_SIGNS, b"\r\n", b"\r", b"\n", b":", b"\x00", b"\xff", b"GET / HTTP/1.1\r\n"]))
)
def test_whatever_is_read_as_fields_is_one_request_without_a_body(parts: list[bytes]) -> None:
    raw = b"".join(parts) + b"\r\n\r\n"
    block = read_block(raw)
    if block is None:
        return
    seen = Seen(b"GET / HTTP/1.1\r\n" + raw)
    assert (seen.complete, seen.bodies) == (1, b"")
    assert (seen.headers, bool(seen.keep_alive)) == (block.headers, block.keep_alive)
