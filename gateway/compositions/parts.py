"""Parts of a composed view: asked of their owners at the same time, with the rights of the caller."""

import asyncio
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, Self, TypeVar

from fastapi import Depends, Request
from pydantic import BaseModel, ConfigDict, RootModel

from gateway.upstream import MissingPart, Upstream, UpstreamTimedOut, optional, together
from services.common.http.callers import Caller
from services.common.identity import Caller as CallerIdentity
from services.common.identity import Role, TokenSigner


class Seen(BaseModel):
    """What a view reads of another service's answer: it decides on the fields declared and repeats the rest."""

    model_config = ConfigDict(extra="allow")


class SeenRows(RootModel[list[Seen]]):
    """A list that a service gives whole, without pages."""


SeenT = TypeVar("SeenT", bound=BaseModel)
Part = Coroutine[Any, Any, BaseModel]
OPTIONAL_SECONDS = 3.0
"""What the view can do without is waited for shorter than what it needs (`upstream.PART_SECONDS`)."""


@dataclass(frozen=True)
class Reader:
    """Reads from the services with the rights of one caller."""

    upstreams: Mapping[str, Upstream]
    signer: TokenSigner
    caller: CallerIdentity

    def in_roles(self, roles: frozenset[Role]) -> Self:
        """Return a reader that uses none of the caller's other roles, which would show more than is theirs."""
        held = frozenset({Role.PUBLIC, *(self.caller.roles & roles)})
        grants = frozenset(grant for grant in self.caller.grants if grant.role in held)
        return replace(self, caller=replace(self.caller, roles=held, grants=grants))

    async def read(self, service: str, target: str, model: type[SeenT]) -> SeenT:
        """Return what `service` answers to GET `target`; raises as `Upstream.read` does."""
        token = self.signer.sign_or_recall(self.caller, audience=service)
        return await self.upstreams[service].read(model, target, token=token)


def _reader(request: Request, caller: Caller) -> Reader:
    state = request.app.state
    return Reader(state.upstreams, state.signer, caller)


Reading = Annotated[Reader, Depends(_reader)]
"""The reader of a composed route; the caller is admitted to the view before anything is read."""


async def collect(
    *, required: Mapping[str, Part], optional_parts: Mapping[str, Part]
) -> tuple[dict[str, Any], list[MissingPart]]:
    """Return every part by name, None where an optional one is missing, and what is missing.

    When a required part fails, the others are cancelled and its problem is raised.
    """
    async with together() as tasks:
        needed = {name: tasks.create_task(part) for name, part in required.items()}
        wished = {
            name: tasks.create_task(optional(name, _in_time(part))) for name, part in optional_parts.items()
        }
    found: dict[str, Any] = {name: task.result() for name, task in needed.items()}
    outcomes = {name: task.result() for name, task in wished.items()}
    found |= {name: part for name, (part, _) in outcomes.items()}
    return found, [missing for _, missing in outcomes.values() if missing is not None]


async def _in_time(part: Part) -> BaseModel:
    try:
        async with asyncio.timeout(OPTIONAL_SECONDS):
            return await part
    except TimeoutError as error:
        raise UpstreamTimedOut("This part was not there in time.") from error
