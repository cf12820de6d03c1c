"""Identity providers, as the gateway reaches them: discovery and public keys, cached and asked for seldom.

A provider that is down costs nobody access whose token is signed with a key that is known already. An unknown `kid`
makes the keys be read again, once in `KEYS_PAUSE_SECONDS` at most, so that a flood of them reaches no provider.
"""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import httpx
import orjson
import structlog
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from gateway.identity.domain.provider_tokens import Provider, read_caller, read_key_id
from services.common.identity import Caller
from services.common.problems import NotAuthenticated, Unavailable

KEYS_KEPT_SECONDS: Final = 600.0
"""After this the keys are read again, so that a withdrawn one is refused."""
KEYS_PAUSE_SECONDS: Final = 15.0
ANSWER_SECONDS: Final = 3.0
DOCUMENT_BYTES: Final = 256 * 1024
_SYMMETRIC: Final = "oct"

log = structlog.get_logger()


@dataclass
class _Keys:
    """What is known of one provider's keys."""

    held: dict[str, dict[str, Any]] = field(default_factory=dict)
    read_at: float | None = None
    """When they were read last."""
    tried_at: float | None = None
    """When reading them was tried last."""
    reading: asyncio.Lock = field(default_factory=asyncio.Lock)


class Providers:
    """The providers that the installation trusts."""

    def __init__(
        self,
        providers: Sequence[Provider],
        client: httpx.AsyncClient,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`client` follows no redirects; `clock`: seconds that never run backwards."""
        self._by_issuer: Mapping[str, Provider] = {provider.name: provider for provider in providers}
        self._keys = {name: _Keys() for name in self._by_issuer}
        self._client = client
        self._clock = clock

    def find(self, issuer: str | None) -> Provider | None:
        """Return the provider that issues as `issuer`."""
        return self._by_issuer.get(issuer.rstrip("/")) if issuer else None

    async def verify(self, provider: Provider, token: str) -> Caller:
        """Return whom an access token of `provider` speaks for.

        Raises `NotAuthenticated`, and `Unavailable` if nothing is known of the provider's keys and it is down.
        """
        key = await self._find_key(provider, read_key_id(token))
        if key is None:
            raise NotAuthenticated("The credential is not valid, or not any more.")
        return read_caller(provider, token, KeySet.import_key_set({"keys": [key]}))

    async def _find_key(self, provider: Provider, key_id: str) -> dict[str, Any] | None:
        keys = self._keys[provider.name]
        if self._wants_reading(keys, key_id):
            async with keys.reading:
                if self._wants_reading(keys, key_id):  # not if somebody has just done so
                    await self._read(provider, keys)
        if keys.read_at is None:
            raise Unavailable("The identity provider cannot be reached.")
        return keys.held.get(key_id)

    def _wants_reading(self, keys: _Keys, key_id: str) -> bool:
        now = self._clock()
        if keys.tried_at is not None and now - keys.tried_at < KEYS_PAUSE_SECONDS:
            return False
        return keys.read_at is None or key_id not in keys.held or now - keys.read_at >= KEYS_KEPT_SECONDS

    async def _read(self, provider: Provider, keys: _Keys) -> None:
        keys.tried_at = self._clock()
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                metadata = await self._get(f"{provider.name}/.well-known/openid-configuration")
                own = str(metadata["issuer"]).rstrip("/") == provider.name
                document = await self._get(str(metadata["jwks_uri"] if own else None))
            keys.held = {
                str(key["kid"]): key
                for key in document["keys"]
                if key.get("kid") and key.get("kty") != _SYMMETRIC and key.get("use", "sig") == "sig"
            }
            keys.read_at = self._clock()
        except (
            httpx.HTTPError,
            TimeoutError,
            ValueError,
            KeyError,
            TypeError,
            AttributeError,
            JoseError,
        ) as error:
            log.warning("identity_provider_unreachable", error=type(error).__name__)

    async def _get(self, address: str) -> Any:
        async with self._client.stream("GET", address, headers={"Accept-Encoding": "identity"}) as answer:
            answer.raise_for_status()
            body = bytearray()
            async for part in answer.aiter_raw():
                body += part
                if len(body) > DOCUMENT_BYTES:
                    raise ValueError("too large")
        return orjson.loads(bytes(body))
