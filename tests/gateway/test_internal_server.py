"""The address of the gateway that only the other apps reach."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from pydantic import ValidationError

from gateway.settings import Settings
from services.common.identity import Caller, Role, TokenSigner
from tests.apps import facts_of
from tests.cluster import TestDatabase
from tests.gateways import NOWHERE, open_gateway
from tests.servers import listen_on_loopback

WANTED = {"subject": str(uuid4()), "grants": [{"role": "participant"}]}


@pytest.fixture
def place() -> Iterator[Path]:
    """A path short enough for a unix socket."""
    with tempfile.TemporaryDirectory(prefix="qoldau-") as folder:
        yield Path(folder) / "gateway.sock"


def reaching(place: Path, token: str | None = None) -> httpx.AsyncClient:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    transport = httpx.AsyncHTTPTransport(uds=str(place))
    return httpx.AsyncClient(transport=transport, base_url="http://app", headers=headers)


async def test_a_service_has_a_link_made_and_its_person_signs_in(
    clean: TestDatabase, keys: Path, place: Path
) -> None:
    service = TokenSigner.read("participants", keys / "participants.json").sign_as_service(audience="gateway")
    async with (
        open_gateway(clean, keys, {}, internal_address=f"unix:{place}") as gateway,
        reaching(place, service) as app,
    ):
        made = await app.post("/internal/links", json=WANTED)
        assert made.status_code == 201, made.text
        outside = await gateway.client(service).post("/internal/links", json=WANTED)
        assert outside.status_code == 404
        body = {"grant_type": "link", "token": made.json()["token"]}
        assert (await gateway.client().post("/v1/auth/token", json=body)).status_code == 200
        # One process: who scrapes the inner address sees what was asked at both.
        metrics = (await app.get("/metrics")).text
        assert 'route="/internal/links"' in metrics
        assert 'route="/v1/auth/token"' in metrics
    with pytest.raises(httpx.ConnectError):
        await reaching(place).get("/health/live")


async def test_nobody_but_a_service_is_served(clean: TestDatabase, keys: Path, place: Path) -> None:
    administrator = Caller(uuid4(), frozenset({Role.ADMINISTRATOR}))
    token = TokenSigner.read("gateway", keys / "gateway.json").sign(administrator, audience="gateway")
    async with open_gateway(clean, keys, {}, internal_address=f"unix:{place}"):
        async with reaching(place, token) as app:
            assert (await app.post("/internal/links", json=WANTED)).status_code == 403
        async with reaching(place) as app:
            assert (await app.post("/internal/links", json=WANTED)).status_code == 401
            assert (await app.get("/v1/accounts")).status_code == 404


async def test_it_can_be_a_port(clean: TestDatabase, keys: Path) -> None:
    with listen_on_loopback() as free:
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    async with (
        open_gateway(clean, keys, {}, internal_address=address),
        httpx.AsyncClient(base_url=address, trust_env=False) as app,
    ):
        assert (await app.get("/health/ready")).json() == {"status": "ready"}


@pytest.mark.parametrize("address", ["", "unix:", "gateway.sock", "http://0.0.0.0", "https://0.0.0.0:8001"])
def test_an_address_that_nobody_can_listen_at_is_refused(
    address: str, clean: TestDatabase, keys: Path
) -> None:
    urls: dict[str, Any] = dict.fromkeys(("programs_url", "participants_url", "evaluation_url"), NOWHERE)
    with pytest.raises(ValidationError, match="internal_address"):
        Settings(**facts_of("gateway", clean.gateway, keys), **urls, internal_address=address)
