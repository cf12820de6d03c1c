"""Parts of a composed view: read from their owners at the same time, within a budget, missing ones named."""

import asyncio
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeVar

import httpx
from pydantic import BaseModel, ConfigDict, ValidationError

from gateway.problems import UpstreamFailed, UpstreamLate
from services.common.http.problem_responses import ProblemDetails, problem_body
from services.common.problems import NotAuthenticated, NotFound, NotPermitted, Problem, Unavailable
from services.common.wire import Answer

PART_SECONDS: Final = 6.0
"""Less than the gateway's own ten, so that there is time left to answer without the part."""
LARGEST: Final = 8 * 1024 * 1024

_PASSED_ON: Final[Mapping[int, type[Problem]]] = {
    kind.status: kind for kind in (NotAuthenticated, NotPermitted, NotFound, Unavailable, UpstreamLate)
}


class Seen(BaseModel):
    """What a view reads of another service's answer: it decides on the fields declared and repeats the rest."""

    model_config = ConfigDict(extra="allow")


SeenT = TypeVar("SeenT", bound=Seen)


class MissingPart(Answer):
    """A part that could not be had, and why; nothing is invented in its place."""

    part: str
    problem: ProblemDetails


class Sign(Protocol):
    """Signs an internal token for one service in the name of the caller."""

    def __call__(self, service: str) -> str:
        """Return the token."""


@dataclass(frozen=True)
class Reader:
    """Reads from the services in the name of one caller."""

    clients: Mapping[str, httpx.AsyncClient]
    sign: Sign
    language: str | None

    async def read(self, service: str, path: str, model: type[SeenT]) -> SeenT:
        """Return what `service` answers to GET `path`.

        Raises the caller's own problems (401, 403, 404) and 502, 503, 504 for those of the service.
        """
        try:
            async with asyncio.timeout(PART_SECONDS):
                status, body = await self._fetch(service, path)
        except (TimeoutError, httpx.TimeoutException) as error:
            raise UpstreamLate(f"{service} did not answer in time.") from error
        except httpx.ConnectError as error:
            raise Unavailable(f"{service} cannot be reached.") from error
        except httpx.HTTPError as error:
            raise UpstreamFailed(f"{service} broke off its answer.") from error
        if status != httpx.codes.OK:
            raise _PASSED_ON.get(status, UpstreamFailed)(f"{service} answered {status}.")
        try:
            return model.model_validate_json(body)
        except ValidationError as error:
            raise UpstreamFailed(f"{service} gave an answer of an unknown shape.") from error

    async def _fetch(self, service: str, path: str) -> tuple[int, bytes]:
        headers = {"Authorization": f"Bearer {self.sign(service)}", "Accept-Encoding": "identity"}
        if self.language is not None:
            headers["Accept-Language"] = self.language
        body = bytearray()
        async with self.clients[service].stream("GET", path, headers=headers) as response:
            async for piece in response.aiter_raw():
                body += piece
                if len(body) > LARGEST:
                    raise UpstreamFailed(f"{service} answered more than can be composed.")
        return response.status_code, bytes(body)


def open_client(address: str) -> httpx.AsyncClient:
    """Return a client of the service at `address`: the path of a unix socket, or an http address."""
    over_socket = address.startswith("/")
    return httpx.AsyncClient(
        transport=httpx.AsyncHTTPTransport(uds=address if over_socket else None),
        base_url="http://service" if over_socket else address,
        timeout=PART_SECONDS,
        follow_redirects=False,
        trust_env=False,
    )


async def collect(
    language: str | None, *, required: Mapping[str, Awaitable[Any]], optional: Mapping[str, Awaitable[Any]]
) -> tuple[dict[str, Any], list[MissingPart]]:
    """Wait for all parts at once; return them by name (None where missing), and what is missing.

    When a required part fails, the others are cancelled and its problem is raised.
    """
    missing: list[MissingPart] = []

    async def attempt(name: str, part: Awaitable[Any]) -> Any:
        try:
            return await part
        except Problem as problem:
            details = problem_body(problem, language=language, instance=None)
            missing.append(MissingPart(part=name, problem=ProblemDetails.model_validate(details)))
            return None

    tasks = {name: asyncio.ensure_future(part) for name, part in required.items()}
    tasks |= {name: asyncio.ensure_future(attempt(name, part)) for name, part in optional.items()}
    try:
        answers = await asyncio.gather(*tasks.values())
    finally:
        for task in tasks.values():
            task.cancel()
        await asyncio.gather(*tasks.values(), return_exceptions=True)
    return dict(zip(tasks, answers, strict=True)), sorted(missing, key=lambda entry: entry.part)
