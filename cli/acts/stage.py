"""Where the story is played: the public API, as every role sees it."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any, Final, Self

import httpx

from cli.errors import CommandError
from services.common.identity import Role
from services.evaluation.domain.problems import EditionUnknown

SECONDS_TO_TRAVEL: Final = 30
"""What one service tells is known in the others within about a second; after this the story gives up."""

TIME_LIMIT: Final = 30


@dataclass
class Voice:
    """Speaks to the API in one role; every refusal ends the story."""

    client: httpx.AsyncClient
    account_id: str = ""
    """Whose account speaks, where the story opened it."""

    async def get(self, path: str, **parameters: str) -> Any:
        """Return what is read at `path`; raises `CommandError`."""
        return _accepted(await self.client.get(path, params=parameters))

    async def post(self, path: str, body: object = None, headers: dict[str, str] | None = None) -> Any:
        """Return the answer to `body`, None if it is empty; raises `CommandError`."""
        return _accepted(await self.client.post(path, json=body, headers=headers))

    async def post_when_known(self, path: str, body: object) -> Any:
        """Return the answer to `body`, as soon as the edition it names has travelled to the service asked."""
        deadline = time.monotonic() + SECONDS_TO_TRAVEL
        while True:
            answer = await self.client.post(path, json=body)
            if not _awaits_edition(answer) or time.monotonic() > deadline:
                return _accepted(answer)
            await asyncio.sleep(0.2)

    async def put(self, path: str, body: object, *, version: int | None = None) -> Any:
        """Return the answer to `body`, on a `version` where one is replaced; raises `CommandError`."""
        headers = {} if version is None else {"If-Match": f'"{version}"'}
        return _accepted(await self.client.put(path, json=body, headers=headers))

    async def change(self, path: str, **changes: object) -> Any:
        """Change fields of the resource at `path`, on the version that stands."""
        version = (await self.get(path))["version"]
        return _accepted(await self.client.patch(path, json=changes, headers={"If-Match": f'"{version}"'}))

    async def items(self, path: str, **parameters: str) -> list[Any]:
        """Return the first 200 rows of a list."""
        return list((await self.get(path, limit="200", **parameters))["items"])


@dataclass
class Stage:
    """The running system, and who speaks to it."""

    address: str
    sign_in: Callable[[Role], Awaitable[str]]
    say: Callable[[str], None]
    _open: AsyncExitStack = field(default_factory=AsyncExitStack)
    _voices: dict[Role, Voice] = field(default_factory=dict)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._open.aclose()

    async def voice(self, role: Role) -> Voice:
        """Return the voice of the demonstration account with `role`; the public needs no account."""
        if role not in self._voices:
            token = None if role is Role.PUBLIC else await self.sign_in(role)
            self._voices[role] = await self.voice_with(token)
        return self._voices[role]

    async def voice_with(self, token: str | None) -> Voice:
        """Return the voice of whoever holds `token`."""
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        client = httpx.AsyncClient(
            base_url=self.address, headers=headers, trust_env=False, timeout=TIME_LIMIT
        )
        return Voice(await self._open.enter_async_context(client))


async def until(read: Callable[[], Awaitable[Any]], holds: Callable[[Any], bool], what: str) -> Any:
    """Read until what was read holds, and return it; raises `CommandError` naming `what` after 30 s."""
    deadline = time.monotonic() + SECONDS_TO_TRAVEL
    while not holds(found := await read()):
        if time.monotonic() > deadline:
            raise CommandError(f"the story stops: still not {what}")
        await asyncio.sleep(0.2)
    return found


def _awaits_edition(answer: httpx.Response) -> bool:
    return answer.is_error and answer.json().get("code") == EditionUnknown.slug


def _accepted(answer: httpx.Response) -> Any:
    if answer.is_error:
        request = answer.request
        raise CommandError(f"the story stops: {request.method} {request.url.path}: {_problem(answer)}")
    return answer.json() if answer.content else None


def _problem(answer: httpx.Response) -> str:
    try:
        problem = answer.json()
    except ValueError:
        return str(answer.status_code)
    faults = "; ".join(f"{fault['pointer']}: {fault['detail']}" for fault in problem.get("errors", []))
    return f"{answer.status_code} {problem.get('detail', '')} {faults}".strip()
