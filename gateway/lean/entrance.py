"""Where the two ways into the gateway part: the ASGI app for everything, and the short way of reads."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.connections import Header
from gateway.upstream import Upstream
from services.common.telemetry import Metrics

ADMISSION: Final = "admission"
"""Where in the scope's state the `Admission` stands of a request that could not be answered on the short way."""


@dataclass(slots=True)
class Admission:
    """A read that may be sent at once."""

    upstream: Upstream
    route: str
    """The path template."""
    headers: list[Header]
    """What the service is told."""
    token: str | None
    told: list[Header]
    """What the client is told of how much more it may ask."""


AdmitRead = Callable[[Scope], Admission | None]
"""Admits a read without waiting; None, or a `Problem` that is raised, leaves it to the app."""


@dataclass(frozen=True, slots=True)
class Entrance:
    """The gateway as its server sees it; any ASGI server may use it, `LeanProtocol` knows of the short way."""

    app: ASGIApp
    admit_read: AdmitRead
    metrics: Metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or the app's life."""
        await self.app(scope, receive, send)
