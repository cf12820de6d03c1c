"""Serves one app: `python -m cli.serve programs --uds /run/programs.sock`, or `--host 0.0.0.0 --port 8000`.

Apart from the other commands, so that a serving process loads none of their libraries.
"""

import argparse
import gc
import importlib
import os
from typing import Final

import uvicorn

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
SECONDS_TO_FINISH: Final = 10
"""What a request in flight gets when its process is asked to stop."""


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="cli.serve", description=__doc__)
    parser.add_argument("app", choices=FACTORIES)
    parser.add_argument("--uds", help="path of a unix socket")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    wanted = parser.parse_args()
    serve(wanted.app, FACTORIES[wanted.app], uds=wanted.uds, host=wanted.host, port=wanted.port)


def serve(name: str, factory: str, *, uds: str | None, host: str = "127.0.0.1", port: int = 8000) -> None:
    """Serve the app that `factory` (`module:function`) makes, at a unix socket or a port."""
    configure_logging(name, os.environ.get("QOLDAU_LOG_LEVEL", "INFO"))
    # What the imports make lives as long as the process: the collector need not look at it again and again, which
    # takes a fifth of the start when it does.
    gc.disable()
    importlib.import_module(factory.partition(":")[0])
    gc.collect()
    gc.freeze()
    gc.enable()
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
