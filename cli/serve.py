"""Serves one app: `python -m cli.serve programs --uds /run/programs.sock`, or `--host 0.0.0.0 --port 8000`.

Apart from the other commands, so that a serving process loads none of their libraries.
"""

import argparse
import contextlib
import ctypes
import gc
import importlib
import os
from collections.abc import Iterable, Sequence
from typing import Final

import uvicorn
from sqlalchemy.orm import configure_mappers

from services.common.http.server import SERVER_OPTIONS, read_in_small_pieces
from services.common.logging import configure_logging

FACTORIES: Final = {
    "programs": "services.programs.app:create_app",
    "participants": "services.participants.app:create_app",
    "evaluation": "services.evaluation.app:create_app",
    "gateway": "gateway.app:create_app",
}
PROTOCOL: Final = "services.common.http.direct:DirectProtocol"
PROTOCOLS: Final = {"gateway": "gateway.lean.protocol:LeanProtocol"}
"""Where an app is served by a protocol of its own."""
LATE: Final = ("certifi", "httpcore", "uvicorn.lifespan.on", "uvicorn.loops.asyncio")
"""What libraries import when they begin to serve."""
SECONDS_TO_FINISH: Final = 10
"""What a request in flight gets when its process is asked to stop."""


def main(words: Sequence[str] | None = None) -> None:
    """Serve what `words`, or the arguments of this process, say, until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="cli.serve", description=__doc__)
    parser.add_argument("app", choices=FACTORIES)
    parser.add_argument("--uds", help="path of a unix socket")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    wanted = parser.parse_args(words)
    serve(wanted.app, FACTORIES[wanted.app], uds=wanted.uds, host=wanted.host, port=wanted.port)


def import_for_good(factories: Iterable[str]) -> None:
    """Import the modules of `factories` for as long as the process lives: the collector never looks at them."""
    gc.disable()  # looking again and again at what only grows took up to a third of the time
    for factory in factories:
        importlib.import_module(factory.partition(":")[0])
    configure_mappers()  # else the first query does it
    gc.collect()
    _give_back()
    gc.freeze()
    gc.enable()


def _give_back() -> None:
    """Return to the system the memory that is free again; glibc keeps 5 MiB of what the imports needed."""
    with contextlib.suppress(AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def serve(name: str, factory: str, *, uds: str | None, host: str = "127.0.0.1", port: int = 8000) -> None:
    """Serve the app that `factory` (`module:function`) makes, at a unix socket or a port."""
    configure_logging(name, os.environ.get("QOLDAU_LOG_LEVEL", "INFO"))
    import_for_good([factory])
    read_in_small_pieces()
    uvicorn.run(
        factory,
        factory=True,
        uds=uds,
        host=host,
        port=port,
        loop="asyncio",
        lifespan="on",
        timeout_graceful_shutdown=SECONDS_TO_FINISH,
        **{**SERVER_OPTIONS, "http": PROTOCOLS.get(name, PROTOCOL)},
    )


if __name__ == "__main__":
    main()
