"""The gateway's second address, where only the other apps reach it; served by the process of the first."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import uvicorn
from starlette.types import ASGIApp

from services.common.http.server import SERVER_OPTIONS

SECONDS_TO_FINISH: Final = 2
"""What a request in flight gets when the gateway stops, after the 10 seconds of those at the first address."""


@asynccontextmanager
async def serve_internally(app: ASGIApp, address: str) -> AsyncIterator[None]:
    """Serve `app` at `address` until the end of the block: `unix:/path/of/a/socket` or `http://host:port`.

    The life of `app` is the caller's to begin and end. Raises OSError if nobody can listen at a socket's path;
    a port that is taken ends the process, as uvicorn does.
    """
    socket = address.removeprefix("unix:") if address.startswith("unix:") else None
    place = urlsplit(address)
    config = uvicorn.Config(
        app,
        uds=socket,
        host=place.hostname or "",
        port=place.port or 0,
        lifespan="off",
        date_header=False,
        timeout_graceful_shutdown=SECONDS_TO_FINISH,
        **SERVER_OPTIONS,
    )
    config.load()
    # Not `serve`: it would take the signals from the server at the first address.
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    try:
        yield
    finally:
        await server.shutdown()
        if socket is not None:
            Path(socket).unlink(missing_ok=True)  # noqa: ASYNC240  takes no longer than handing it to a thread
