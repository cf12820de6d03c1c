"""Where the two ways into the gateway part: the ASGI app for everything, and the short way of reads."""

from dataclasses import dataclass, field
from typing import Final, Protocol

from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.connections import Header
from gateway.upstream import Upstream
from services.common.logging import RequestLines
from services.common.telemetry import Metrics, Traceparent

ADMISSION: Final = "admission"
"""Where in the scope's state the `Admission` stands of a request that could not be answered on the short way."""


@dataclass(slots=True)
class Introduction:
    """What the fields of a head say, whatever is asked; a client says the same with request after request."""

    credential: str | None
    address: str
    fields: bytes
    """What the service is told of them, as lines; not who is calling."""
    trace: Traceparent | None
    """Where in a trace the client stands."""


@dataclass(slots=True)
class Admission:
    """A read that may be sent at once."""

    upstream: Upstream
    route: str
    """The path template."""
    token: str | None
    told: list[Header]
    """What the client is told of how much more it may ask."""


class Doorkeeper(Protocol):
    """Who admits reads without waiting."""

    def introduce(self, scope: Scope) -> Introduction:
        """Read the fields of a head, the only part of `scope` that is of its request; raises a `Problem`."""

    def admit_read(self, method: str, path: bytes, introduction: Introduction) -> Admission | None:
        """Admit GET or HEAD of a raw path; None, or a `Problem` that is raised, leaves the request to the app."""


@dataclass(frozen=True, slots=True)
class Entrance:
    """The gateway as its server sees it; any ASGI server may use it, `LeanProtocol` knows of the short way."""

    app: ASGIApp
    doorkeeper: Doorkeeper
    metrics: Metrics
    lines: RequestLines = field(default_factory=RequestLines)
    """The log of what has passed on the short way."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or the app's life."""
        await self.app(scope, receive, send)
