"""The other apps, as one app reaches them: bounded calls in its own name."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import httpx

from services.common.identity import TokenSigner

BUDGET: Final = 10.0
"""Seconds that one call may take as a whole."""
MAX_ANSWER: Final = 64 * 1024
"""Bytes of an answer that are read unless the caller expects more."""


class PeerUnreachableError(RuntimeError):
    """Nobody listens at the peer's address: no fault of what was sent."""


class PeerRefusedError(RuntimeError):
    """The peer answered with an error, with too much, or not in time; `code` says which."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Peers:
    """Connections to the other apps, by name."""

    signer: TokenSigner
    clients: Mapping[str, httpx.AsyncClient]
    budget: float = field(default=BUDGET)

    async def post(
        self, app: str, path: str, body: bytes, media_type: str, *, largest: int = MAX_ANSWER
    ) -> bytes:
        """Post `body` to `app`, signed with this app's own name, and return what it answers.

        Raises `PeerUnreachableError` if nothing was sent, `PeerRefusedError` for every other outcome than 2xx.
        """
        headers = {
            "Authorization": f"Bearer {self.signer.sign_as_service(audience=app)}",
            "Content-Type": media_type,
            "Accept-Encoding": "identity",  # a small compressed answer could fill the memory
        }
        try:
            async with asyncio.timeout(self.budget):
                return await _post(self._client_of(app), path, body, headers, largest)
        except httpx.ConnectError as error:
            raise PeerUnreachableError(app) from error
        except (httpx.HTTPError, TimeoutError) as error:
            raise PeerRefusedError(type(error).__name__) from error

    def _client_of(self, app: str) -> httpx.AsyncClient:
        try:
            return self.clients[app]
        except KeyError as error:
            raise PeerUnreachableError(app) from error

    async def close(self) -> None:
        """Close every connection."""
        for client in self.clients.values():
            await client.aclose()


async def _post(
    client: httpx.AsyncClient, path: str, body: bytes, headers: dict[str, str], largest: int
) -> bytes:
    async with client.stream("POST", path, content=body, headers=headers) as answer:
        received = bytearray()
        async for part in answer.aiter_raw():
            received += part
            if len(received) > largest:
                raise PeerRefusedError("answer-too-large")
        if not answer.is_success:
            raise PeerRefusedError(f"status-{answer.status_code}")
        return bytes(received)


def open_client(address: str) -> httpx.AsyncClient:
    """Return a client of the app at `address`: `unix:/path/of/its/socket` or `http://host:port`.

    Neither proxies of the environment nor redirects are followed.
    """
    socket = address.removeprefix("unix:")
    # Authorities are read where a certificate is to be checked: that takes half a second and 4 MiB.
    transport = httpx.AsyncHTTPTransport(
        verify=address.startswith("https:"), uds=socket if socket != address else None
    )
    base = "http://app" if socket != address else address
    timeout = httpx.Timeout(BUDGET, connect=2)
    return httpx.AsyncClient(transport=transport, base_url=base, timeout=timeout, trust_env=False)
