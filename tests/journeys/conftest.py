"""The demonstration story, played once in a whole running instance, for all journeys."""

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from cli.access import sign_in
from cli.acts.planning import CODE
from services.common.identity import Role
from tests.instances import UNLIMITED, empty_home, running_instance


@dataclass
class Played:
    """A system in which the story was played."""

    url: str
    edition_id: str = ""
    tokens: dict[Role, str] = field(default_factory=dict)

    async def sign_in(self, role: Role) -> str:
        """Return the role's token; the same each time, because attempts to sign in are limited."""
        if role not in self.tokens:
            self.tokens[role] = await sign_in(self.url, role)
        return self.tokens[role]

    async def read(self, path: str, role: Role = Role.PUBLIC, **parameters: str) -> httpx.Response:
        """Return what the role is answered."""
        headers = {} if role is Role.PUBLIC else {"Authorization": f"Bearer {await self.sign_in(role)}"}
        async with httpx.AsyncClient(
            base_url=self.url, headers=headers, trust_env=False, timeout=30
        ) as client:
            return await client.get(path, params=parameters)

    async def items(self, path: str, role: Role = Role.PUBLIC, **parameters: str) -> list[dict[str, Any]]:
        answer = await self.read(path, role, **parameters)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["items"]
        return found


@contextmanager
def system() -> Iterator[str]:
    """Yield the address of the system that `QOLDAU_JOURNEY` names, where the story was played, or of a new one."""
    if address := os.environ.get("QOLDAU_JOURNEY"):
        yield address
        return
    with empty_home() as home, running_instance(home, UNLIMITED | {"QOLDAU_DEMO": "1"}) as instance:
        instance.wait_until_ready()
        yield instance.url


@pytest.fixture(scope="session")
async def played() -> AsyncIterator[Played]:
    with system() as address:
        play = Played(address)
        (edition,) = await play.items("/v1/editions", Role.MANAGER, code=CODE, provenance="synthetic")
        play.edition_id = edition["id"]
        yield play


async def lecturers_of(played: Played) -> tuple[str, str]:
    path = f"/v1/editions/{played.edition_id}/training-sessions"
    first, second = await played.items(path, Role.MANAGER)
    return first["lecturers"][0]["lecturer_id"], second["lecturers"][0]["lecturer_id"]
