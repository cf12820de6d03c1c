"""Serves one app in this process: `python -m cli.serve programs --uds ...`.

Apart from the other commands, since four processes live as long as the system does and pay for each import.
"""

import argparse
import os

import uvicorn

from services.common.http.server import LimitedProtocol
from services.common.logging import configure_logging

_FACTORIES = {
    "programs": "services.programs.app:create_app",
    "participants": "services.participants.app:create_app",
    "evaluation": "services.evaluation.app:create_app",
    "gateway": "gateway.app:create_app",
}
_SECONDS_TO_FINISH = 10


def main() -> None:
    """Serve until SIGTERM, then finish the requests at hand within 10 seconds."""
    parser = argparse.ArgumentParser(prog="cli.serve")
    parser.add_argument("app", choices=_FACTORIES)
    parser.add_argument("--uds", help="path of the unix socket to listen on")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on, without --uds")
    parser.add_argument("--port", type=int, default=8000)
    chosen = parser.parse_args()
    configure_logging(chosen.app, os.environ.get("QOLDAU_LOG_LEVEL") or "INFO")
    uvicorn.run(
        _FACTORIES[chosen.app],
        factory=True,
        uds=chosen.uds,
        host=chosen.host,
        port=chosen.port,
        loop="asyncio",
        http=LimitedProtocol,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=_SECONDS_TO_FINISH,
    )


if __name__ == "__main__":
    main()
