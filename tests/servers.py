"""Real servers inside the test's own loop, on unix sockets, and clients that speak to them in raw bytes."""

import asyncio
import random
import socket
import ssl
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from typing import NamedTuple

import uvicorn
from starlette.types import ASGIApp

from services.common.http.server import LimitedProtocol

PATIENCE = 20.0
"""Seconds after which a test that waits for bytes has failed."""

Conversation = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Answer(NamedTuple):
    """One parsed response; `body` is what followed the head, a chunked body joined."""

    status: int
    headers: dict[str, str]
    body: bytes


@asynccontextmanager
async def serving(app: ASGIApp, protocol: type[asyncio.Protocol] = LimitedProtocol) -> AsyncIterator[str]:
    """Serve `app` by uvicorn; gives the path of its socket."""
    with tempfile.TemporaryDirectory(prefix="qoldau-") as folder:
        path = f"{folder}/app.sock"
        config = uvicorn.Config(
            app,
            uds=path,
            http=protocol,
            ws="none",
            proxy_headers=False,
            lifespan="off",
            log_config=None,
            timeout_graceful_shutdown=2,
        )
        config.load()
        server = uvicorn.Server(config)
        server.lifespan = config.lifespan_class(config)
        await server.startup()
        try:
            yield path
        finally:
            for connection in list(server.server_state.connections):
                connection.transport.abort()
            await server.shutdown()


@asynccontextmanager
async def conversing(
    conversation: Conversation, *, tcp: bool = False, tls: ssl.SSLContext | None = None
) -> AsyncIterator[str]:
    """Serve each connection with `conversation`, which may be as rude as it likes.

    Gives the socket's path, with `tcp` an http address on the loopback, with `tls` too an https address.
    """
    tasks: set[asyncio.Task[None]] = set()

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await conversation(reader, writer)
                writer.close()
                await writer.wait_closed()
        finally:
            tasks.discard(task)
            writer.transport.abort()

    with tempfile.TemporaryDirectory(prefix="qoldau-") as folder:
        address = f"{folder}/raw.sock"
        if tcp:
            listener = listen_on_loopback()
            address = f"{'https' if tls else 'http'}://127.0.0.1:{listener.getsockname()[1]}"
            server = await asyncio.start_server(converse, sock=listener, ssl=tls)
        else:
            server = await asyncio.start_unix_server(converse, address)
        try:
            yield address
        finally:
            server.close()
            for task in list(tasks):
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


def listen_on_loopback() -> socket.socket:
    """Return a listening socket on a free port below the range from which the system takes its own."""
    for port in random.sample(range(20_000, 32_768), 100):
        with suppress(OSError):
            return socket.create_server(("127.0.0.1", port))
    raise OSError("no port is free")


async def read_request(reader: asyncio.StreamReader) -> bytes:
    """Return the head of the next request."""
    return await reader.readuntil(b"\r\n\r\n")


@asynccontextmanager
async def connecting(path: str) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """Connect to a server; whatever is waited for inside must come within `PATIENCE`."""
    reader, writer = await asyncio.open_unix_connection(path)
    try:
        async with asyncio.timeout(PATIENCE):
            yield reader, writer
    finally:
        writer.transport.abort()
        with suppress(ConnectionError):
            await writer.wait_closed()


async def talk(path: str, *parts: bytes) -> bytes:
    """Send `parts` one by one and return everything that comes back until the server closes."""
    return (await pour(path, parts))[0]


async def pour(path: str, parts: Iterable[bytes]) -> tuple[bytes, int]:
    """Send `parts` until the server takes no more; return what it answered and how many bytes it took.

    A socket instead of a stream, because a stream forgets what it has received when writing fails.
    """
    loop = asyncio.get_running_loop()
    sent, received = 0, b""
    with socket.socket(socket.AF_UNIX) as client:
        client.setblocking(False)
        async with asyncio.timeout(PATIENCE):
            await loop.sock_connect(client, path)
            with suppress(ConnectionError):
                for part in parts:
                    await loop.sock_sendall(client, part)
                    sent += len(part)
                    await asyncio.sleep(0)
            with suppress(ConnectionError):
                while part := await loop.sock_recv(client, 65_536):
                    received += part
    return received, sent


async def ask(path: str, *parts: bytes) -> Answer:
    """Send `parts` and return the one response, which must end the connection."""
    return parse(await talk(path, *parts))


def parse(raw: bytes) -> Answer:
    """Split a response into its parts."""
    head, _, body = raw.partition(b"\r\n\r\n")
    status, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
    if headers.get("transfer-encoding") == "chunked":
        body = _join_chunks(body)
    return Answer(int(status.split()[1]), headers, body)


def _join_chunks(raw: bytes) -> bytes:
    joined = b""
    while True:
        size, _, raw = raw.partition(b"\r\n")
        length = int(size, 16)
        if length == 0:
            assert raw == b"\r\n"
            return joined
        assert raw[length : length + 2] == b"\r\n"
        joined, raw = joined + raw[:length], raw[length + 2 :]
