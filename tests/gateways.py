"""The gateway as the outside sees it, in front of services that a test brings along."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from starlette.types import ASGIApp

from gateway.app import create_app, create_internal_app
from gateway.identity.operations.accounts import create_account, create_grant
from gateway.identity.operations.passwords import Passwords
from gateway.identity.schemas.accounts import AccountCreate, GrantCreate, Scope
from gateway.settings import Settings
from services.common.database import open_engine
from services.common.identity import GrantKind, Role, acting_service
from services.common.sessions import Sessions
from tests.apps import Door, facts_of, open_door
from tests.cluster import TestDatabase
from tests.servers import serving

PASSWORD = "correct horse battery"
NOWHERE = "unix:/nonexistent/service.sock"


@asynccontextmanager
async def living(app: ASGIApp) -> AsyncIterator[None]:
    """Start `app` by the lifespan protocol, and stop it in the end."""
    to_app: asyncio.Queue[Any] = asyncio.Queue()
    from_app: asyncio.Queue[Any] = asyncio.Queue()

    async def live() -> None:
        await app({"type": "lifespan", "state": {}}, to_app.get, from_app.put)

    life = asyncio.create_task(live())
    await to_app.put({"type": "lifespan.startup"})
    assert (await from_app.get())["type"] == "lifespan.startup.complete"
    try:
        yield
    finally:
        await to_app.put({"type": "lifespan.shutdown"})
        assert (await from_app.get())["type"] == "lifespan.shutdown.complete"
        await life


class Gateway:
    """The gateway and clients of it."""

    def __init__(self, app: ASGIApp, sessions: Sessions, settings: Settings) -> None:
        self.settings = settings
        self.sessions = sessions
        self.app = app
        self._passwords = Passwords()

    def client(self, token: str | None = None) -> httpx.AsyncClient:
        """Return a client that presents `token`."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url="http://gateway.test", headers=headers)

    async def enter(self, login: str, *roles: Role, country: str | None = None) -> UUID:
        """Enter an account of a synthetic person."""
        ourselves = acting_service("gateway")
        async with self.sessions.transaction() as session:
            request = AccountCreate(login=login, display_name="Synthetic", password=SecretStr(PASSWORD))
            account = await create_account(session, ourselves, self._passwords, request)
            for role in roles:
                scope = Scope(kind=GrantKind.COUNTRY, id=country) if country else None
                await create_grant(
                    session, ourselves, GrantCreate(account_id=account.id, role=role, scope=scope)
                )
        return account.id

    async def sign_in(self, login: str, password: str = PASSWORD) -> httpx.Response:
        """Sign in with a password."""
        body = {"grant_type": "password", "login": login, "password": password}
        return await self.client().post("/v1/auth/token", json=body)

    async def signed_in(self, login: str, *roles: Role, country: str | None = None) -> httpx.AsyncClient:
        """Return a client of a new account."""
        await self.enter(login, *roles, country=country)
        answer = await self.sign_in(login)
        return self.client(answer.json()["access_token"])


@asynccontextmanager
async def open_gateway(
    clean: TestDatabase, keys: Path, services: Mapping[str, ASGIApp], **facts: Any
) -> AsyncIterator[Gateway]:
    """Start a gateway in front of `services`; those left out cannot be reached."""
    async with AsyncExitStack() as stack:
        urls: dict[str, Any] = dict.fromkeys(("programs_url", "participants_url", "evaluation_url"), NOWHERE)
        for name, service in services.items():
            urls[f"{name}_url"] = f"unix:{await stack.enter_async_context(serving(service))}"
        settings = Settings(**facts_of("gateway", clean.gateway, keys), **urls, **facts)
        app = create_app(settings)
        await stack.enter_async_context(living(app))
        sessions = Sessions(
            open_engine(clean.gateway.runtime, connections=1),
            open_engine(clean.gateway.reader, connections=1),
        )
        stack.push_async_callback(sessions.close)
        yield Gateway(app, sessions, settings)


OpenGateway = Callable[..., Awaitable[Gateway]]


@pytest.fixture
async def gateway_before(clean: TestDatabase, keys: Path) -> AsyncIterator[OpenGateway]:
    """Starts a gateway in front of the services given by name."""
    async with AsyncExitStack() as stack:

        async def start(services: Mapping[str, ASGIApp] | None = None, **facts: Any) -> Gateway:
            return await stack.enter_async_context(open_gateway(clean, keys, services or {}, **facts))

        yield start


@pytest.fixture
async def gateway(gateway_before: OpenGateway) -> Gateway:
    """A gateway without services."""
    return await gateway_before()


@pytest.fixture
async def internal(clean: TestDatabase, keys: Path) -> AsyncIterator[Door]:
    """What the other apps may ask of the gateway."""
    settings = Settings(
        **facts_of("gateway", clean.gateway, keys),
        programs_url=NOWHERE,
        participants_url=NOWHERE,
        evaluation_url=NOWHERE,
    )
    app: FastAPI = create_internal_app(settings)
    async with open_door("gateway", app, keys) as door:
        yield door
