"""One running system with the reference portfolio, which the tests of this folder ask from outside."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from cli.access import sign_in
from cli.loading import load_into
from services.common.identity import Role
from tests.instances import UNLIMITED, empty_home, running_instance


@dataclass
class Portfolio:
    """A demonstration without the story, and clients of it."""

    url: str
    home: Path
    _open: ExitStack
    _clients: dict[Role, httpx.Client] = field(default_factory=dict)

    def client(self, role: Role) -> httpx.Client:
        """Return a client of the role's demonstration account; signs in once, because attempts are limited."""
        if role not in self._clients:
            headers = {}
            if role is not Role.PUBLIC:
                headers["Authorization"] = f"Bearer {asyncio.run(sign_in(self.url, role))}"
            client = httpx.Client(base_url=self.url, headers=headers, trust_env=False, timeout=30)
            self._clients[role] = self._open.enter_context(client)
        return self._clients[role]


@pytest.fixture(scope="session")
def portfolio() -> Iterator[Portfolio]:
    """The portfolio is enough, the story takes longer; webhooks may be sent to this machine."""
    environment = UNLIMITED | {"QOLDAU_DEMO": "1", "GATEWAY_WEBHOOK_NETWORKS": '["127.0.0.0/8"]'}
    with empty_home() as home, ExitStack() as stack:
        (home / "demonstration.ready").touch()
        instance = stack.enter_context(running_instance(home, environment))
        asyncio.run(load_into(instance.url))
        yield Portfolio(instance.url, home, stack)
