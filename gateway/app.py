"""Builds the gateway; the only place where its parts are wired together."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Final

import httpx
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from gateway.compositions import country_dossier, edition_overview, enumerations
from gateway.compositions.parts import open_client
from gateway.documentation import portal_routes
from gateway.identity.api import accounts, credentials
from gateway.identity.db.tables import SCHEMA_REVISION
from gateway.identity.domain.access_tokens import AccessTokens
from gateway.identity.domain.permissions import INTERNAL_PERMISSIONS, PERMISSIONS
from gateway.identity.operations.attempts import Attempts
from gateway.identity.operations.demonstration import enter_demonstration_accounts
from gateway.identity.operations.exchange import Exchange
from gateway.identity.operations.passwords import Passwords
from gateway.identity.operations.sign_ins import Reception
from gateway.settings import Settings
from services.common.http.app import Room, create_room_app
from services.common.identity import GATEWAY
from services.common.problems import Unavailable

SERVICES: Final = ("programs", "participants", "evaluation")


def create_room(settings: Settings) -> FastAPI:
    """Return what the gateway answers itself; it stands behind its own door, as the services do."""
    room = Room(
        name=GATEWAY,
        summary="The front door: who is calling, views over several services, documentation.",
        routers=[
            credentials.tokens,
            credentials.issuer,
            credentials.api_keys,
            accounts.accounts,
            accounts.grants,
            accounts.me,
            edition_overview.router,
            country_dossier.router,
            enumerations.router,
        ],
        permissions=PERMISSIONS,
        schema_revision=SCHEMA_REVISION,
        keeps_bodies=False,
    )
    app = create_room_app(room, settings)
    _extend_life(app, settings)
    return app


def create_internal_app(settings: Settings | None = None) -> FastAPI:
    """Return what the other apps may ask of the gateway, to be served where the outside cannot reach it."""
    room = Room(
        name=GATEWAY,
        summary="What the gateway does for the other apps.",
        routers=[credentials.internal],
        permissions=INTERNAL_PERMISSIONS,
        schema_revision=SCHEMA_REVISION,
        keeps_bodies=False,
    )
    return create_room_app(room, settings or Settings())


def add_portal(app: FastAPI) -> None:
    """Let `app` serve the documentation, which is generated from what `create_room` returns."""
    kept = [route for route in app.router.routes if getattr(route, "path", "") != "/health/ready"]
    app.router.routes[:] = [*kept, Route("/health/ready", _ready_answer), *portal_routes()]


def _extend_life(app: FastAPI, settings: Settings) -> None:
    """Open what only the gateway has once the parts of the house stand, and close it before them."""
    live = app.router.lifespan_context

    @asynccontextmanager
    async def live_longer(started: Any) -> AsyncIterator[None]:
        async with live(started), AsyncExitStack() as closing:
            reception = _open_reception(app, settings)
            app.state.reception = reception
            app.state.exchange = Exchange(reception, app.state.signer)
            app.state.clients = {}
            for service, address in _addresses(settings).items():
                app.state.clients[service] = await closing.enter_async_context(open_client(address))
            if settings.has_demonstration_accounts:
                async with reception.sessions.transaction() as session:
                    await enter_demonstration_accounts(session, reception.passwords)
            yield

    app.router.lifespan_context = live_longer


def _open_reception(app: FastAPI, settings: Settings) -> Reception:
    return Reception(
        sessions=app.state.sessions,
        access_tokens=AccessTokens.read(settings.public_url, settings.signing_key, settings.public_keys),
        passwords=Passwords(),
        attempts=Attempts(),
        demonstration=settings.has_demonstration_accounts,
    )


def _addresses(settings: Settings) -> dict[str, str]:
    addresses = (settings.programs_address, settings.participants_address, settings.evaluation_address)
    return dict(zip(SERVICES, addresses, strict=True))


async def _ready_answer(request: Request) -> Response:
    """Say whether this process can serve, and which services it reaches; one that is down takes only its part."""
    async with request.app.state.sessions.reading() as session:
        await session.connection()
    states = {service: await _ask(client) for service, client in request.app.state.clients.items()}
    if not any(state == "ready" for state in states.values()):
        raise Unavailable("No service can be reached.", upstreams=states)
    return JSONResponse({"status": "ready", "upstreams": states}, headers={"Cache-Control": "no-store"})


async def _ask(client: httpx.AsyncClient) -> str:
    try:
        answer = await client.get("/health/ready", timeout=2)
    except httpx.HTTPError:
        return "unreachable"
    return "ready" if answer.is_success else "not ready"
