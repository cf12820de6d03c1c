"""Exchanges what a client presents for a short token that one app of the house accepts."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from hmac import compare_digest
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from gateway.identity.db.accounts import list_grants_of
from gateway.identity.db.credentials import find_sign_in
from gateway.identity.db.tables import Account, ApiKey
from gateway.identity.domain.credentials import digest, read_api_key
from gateway.identity.domain.provider_tokens import read_issuer
from gateway.identity.operations.providers import Providers
from gateway.identity.operations.sign_ins import Reception
from services.common.clock import real_now
from services.common.identity import Caller, Grant, GrantKind, Role, TokenSigner
from services.common.problems import NotAuthenticated, RequestUnreadable

REMEMBERED_SECONDS: Final = 20.0
"""A revoked credential is refused after this time at the latest."""
LONGEST: Final = 16 * 1024
"""Characters; what is longer is refused unread."""
_REMEMBERED_AT_MOST: Final = 4096
_REFUSED: Final = "The credential is not valid, or not any more."


@dataclass(frozen=True)
class Credit:
    """Who is calling, as one app of the house will believe it."""

    principal: str
    """A stable name of the caller."""
    token: str = field(repr=False)
    """Proves it to that app, for a minute."""


def read_credential(scope: Mapping[str, Any]) -> str | None:
    """Return the credential that the request presents, None from the public; whether it is valid is not asked.

    Raises `NotAuthenticated` for what can be none, and `RequestUnreadable` for more than one.
    """
    presented: list[bytes] = [value for name, value in scope["headers"] if name == b"authorization"]
    if not presented:
        return None
    if len(presented) > 1:
        raise RequestUnreadable("Send one Authorization header.")
    scheme, _, credential = presented[0].decode("latin-1").partition(" ")
    if scheme.lower() != "bearer" or not 0 < len(credential) <= LONGEST or not credential.isascii():
        raise NotAuthenticated(_REFUSED)
    return credential


class Exchange:
    """Knows callers by their credentials, and remembers for some seconds those it has checked."""

    def __init__(
        self,
        reception: Reception,
        signer: TokenSigner,
        providers: Providers,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`clock`: seconds that never run backwards."""
        self._clock = clock
        self._reception = reception
        self._signer = signer
        self._providers = providers
        self._remembered: dict[tuple[bytes, str], tuple[float, Credit]] = {}

    async def authorize(self, scope: Mapping[str, Any], service: str) -> Credit | None:
        """Return who sent the request, and what proves it to `service`; None for the public.

        Raises `NotAuthenticated` for a credential that is not valid (any more), and `RequestUnreadable` for
        more than one.
        """
        credential = read_credential(scope)
        if credential is None:
            return None
        known = self.recall(credential, service)
        if known is not None:
            return known
        # The time of asking counts: what changes while the database answers is not remembered for longer.
        until = self._clock() + REMEMBERED_SECONDS
        caller = await self._identify(credential)
        credit = Credit(caller.principal, self._signer.sign(caller, audience=service))
        if len(self._remembered) >= _REMEMBERED_AT_MOST:
            self._remembered.clear()
        self._remembered[digest(credential), service] = (until, credit)
        return credit

    def recall(self, credential: str, service: str) -> Credit | None:
        """Return what was found out about `credential` some seconds ago; None if it must be checked."""
        known = self._remembered.get((digest(credential), service))
        return known[1] if known is not None and known[0] > self._clock() else None

    async def _identify(self, credential: str) -> Caller:
        if (key_id := read_api_key(credential)) is not None:
            async with self._reception.sessions.reading() as session:
                return await _caller_of_key(session, key_id, credential)
        if (provider := self._providers.find(read_issuer(credential))) is not None:
            return await self._providers.verify(provider, credential)
        sign_in_id = self._reception.access_tokens.verify(credential)
        async with self._reception.sessions.reading() as session:
            return await self._caller_of_sign_in(session, sign_in_id)

    async def _caller_of_sign_in(self, session: AsyncSession, sign_in_id: UUID) -> Caller:
        sign_in = await find_sign_in(session, sign_in_id)
        if sign_in is None or sign_in.revoked_at is not None or sign_in.expires_at <= await real_now(session):
            raise NotAuthenticated(_REFUSED)
        if sign_in.account_id is None:
            return _caller(sign_in.subject, sign_in.grants)
        if not self._reception.admits(await session.get(Account, sign_in.account_id)):
            raise NotAuthenticated(_REFUSED)
        held = await list_grants_of(session, sign_in.account_id)
        return Caller(
            subject=sign_in.subject,
            roles=frozenset({Role.PUBLIC, *(grant.role for grant in held)}),
            grants=frozenset(
                Grant(grant.role, grant.scope_kind, grant.scope_id)
                for grant in held
                if grant.scope_kind is not None and grant.scope_id is not None
            ),
        )


async def _caller_of_key(session: AsyncSession, key_id: UUID, credential: str) -> Caller:
    key = await session.get(ApiKey, key_id)
    # Compared even where there is none: the time says nothing about which ids exist.
    matches = compare_digest(key.digest if key else bytes(32), digest(credential))
    if key is None or not matches or key.revoked_at is not None or key.expires_at <= await real_now(session):
        raise NotAuthenticated(_REFUSED)
    return _caller(key.id, key.grants)


def _caller(subject: UUID, grants: Iterable[Mapping[str, str]]) -> Caller:
    return Caller(
        subject=subject,
        roles=frozenset({Role.PUBLIC, *(Role(grant["role"]) for grant in grants)}),
        grants=frozenset(
            Grant(Role(grant["role"]), GrantKind(grant["kind"]), grant["id"])
            for grant in grants
            if "kind" in grant
        ),
    )
