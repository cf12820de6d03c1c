"""How long a credential that was checked is believed."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from gateway.identity.domain.access_tokens import AccessTokens
from gateway.identity.operations.attempts import Attempts
from gateway.identity.operations.exchange import REMEMBERED_SECONDS, Exchange
from gateway.identity.operations.passwords import Passwords
from gateway.identity.operations.providers import Providers
from gateway.identity.operations.sign_ins import Reception
from gateway.rate_limits import LocalCounter
from gateway.vault import Vault
from services.common.identity import Caller, Role, TokenSigner, TokenVerifier
from services.common.problems import NotAuthenticated
from tests.gateways import Gateway


async def test_a_revoked_credential_is_believed_for_seconds_only(gateway: Gateway) -> None:
    facts = gateway.settings
    access_tokens = AccessTokens.read(facts.public_url, facts.signing_key, facts.public_keys)
    reception = Reception(
        gateway.sessions,
        access_tokens,
        Passwords(),
        Attempts(LocalCounter()),
        demonstration=False,
        vault=Vault.open(facts.signing_key),
    )
    now = 1000.0
    providers = Providers([], httpx.AsyncClient())
    exchange = Exchange(reception, TokenSigner.read("gateway", facts.signing_key), providers, lambda: now)
    await gateway.enter("synthetic.person@example.org", Role.MANAGER)
    token = (await gateway.sign_in("synthetic.person@example.org")).json()["access_token"]
    scope = {"headers": [(b"authorization", f"Bearer {token}".encode())]}
    internal = await exchange.authorize(scope, "programs")
    await gateway.client().post("/v1/auth/revocation", json={"token": token})
    now += REMEMBERED_SECONDS - 1
    assert await exchange.authorize(scope, "programs") == internal
    now += 1
    with pytest.raises(NotAuthenticated):
        await exchange.authorize(scope, "programs")
    assert REMEMBERED_SECONDS <= 60  # what the interface promises


def test_parts_of_a_view_share_a_token_for_some_seconds(keys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    signer = TokenSigner.read("gateway", keys / "gateway.json")
    verifier = TokenVerifier.read("programs", keys / "public.json")
    caller = Caller(subject=uuid4(), roles=frozenset({Role.PUBLIC, Role.MANAGER}))
    token = signer.sign_or_recall(caller, audience="programs")
    assert signer.sign_or_recall(replace(caller), audience="programs") == token
    assert verifier.verify(token) == caller
    others = [
        signer.sign_or_recall(caller, audience="evaluation"),
        signer.sign_or_recall(replace(caller, subject=uuid4()), audience="programs"),
        signer.sign_or_recall(replace(caller, roles=frozenset({Role.PUBLIC})), audience="programs"),
    ]
    assert len({token, *others}) == 4
    monkeypatch.setattr("services.common.identity.RECALLED", timedelta(0))
    later = TokenSigner.read("gateway", keys / "gateway.json")
    assert len({later.sign_or_recall(caller, audience="programs") for _ in range(2)}) == 2
