"""Builds the gateway; the only place where its parts are wired together."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final, cast

import httpx
from fastapi import FastAPI
from limits import parse
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from gateway.compositions import (
    audit_entries,
    country_brief,
    country_dossier,
    edition_overview,
    enumerations,
    lecturer_profile,
    me,
    partner_report,
    portfolio_overview,
    program_overview,
    public,
    search,
)
from gateway.compositions.public_cache import PublicCache
from gateway.front_door import FrontDoor
from gateway.identity.api import accounts, credentials, self_service
from gateway.identity.db.tables import SCHEMA_REVISION
from gateway.identity.domain.access_tokens import AccessTokens
from gateway.identity.domain.events import EVENTS
from gateway.identity.domain.permissions import INTERNAL_PERMISSIONS, PERMISSIONS
from gateway.identity.inbox.erasures import erasing_access
from gateway.identity.operations.attempts import Attempts
from gateway.identity.operations.demonstration import enter_demonstration_accounts
from gateway.identity.operations.exchange import Exchange
from gateway.identity.operations.letters import SEND_LETTER, Post, sending_letters
from gateway.identity.operations.passwords import Passwords
from gateway.identity.operations.providers import Providers
from gateway.identity.operations.sign_ins import Reception
from gateway.identity.operations.subject_data import INQUIRIES
from gateway.internal_server import serve_internally
from gateway.lean.entrance import Entrance
from gateway.portal.routes import portal_routes
from gateway.rate_limits import RateLimits, open_counter
from gateway.routing import load_routes
from gateway.settings import Settings
from gateway.upstream import Upstream, UpstreamTimedOut, open_upstream
from gateway.vault import Vault
from gateway.webhooks.api import webhooks
from gateway.webhooks.domain.permissions import WEBHOOK_PERMISSIONS
from gateway.webhooks.inbox.events import tell_endpoints
from gateway.webhooks.operations.courier import open_courier
from gateway.webhooks.operations.deliveries import FORGET_DELIVERIES, forget_deliveries
from services.common.http.access import ObserveRequests
from services.common.http.app import Room, create_room_app
from services.common.http.audit_entries import audit_entries_router
from services.common.http.limits import Limits, limit_requests
from services.common.identity import GATEWAY
from services.common.jobs import keep_running_jobs, plan_daily
from services.common.mail import mail_server, put_into_folder
from services.common.problems import Problem, Unavailable
from services.common.sessions import Sessions

ROUTES: Final = Path(__file__).parent / "routes.json"
ANSWER_SECONDS: Final = 10.0
PROBE_SECONDS: Final = 2.0
LOOPBACK_ORIGIN: Final = r"http://(localhost|127\.0\.0\.1|\[::1\])(:[0-9]{1,5})?"
ROUTERS: Final = (
    credentials.tokens,
    credentials.issuer,
    credentials.api_keys,
    self_service.passwords,
    self_service.own,
    self_service.glass,
    accounts.accounts,
    accounts.grants,
    me.router,
    edition_overview.router,
    portfolio_overview.router,
    partner_report.router,
    program_overview.router,
    search.router,
    public.router,
    lecturer_profile.router,
    country_dossier.router,
    country_brief.router,
    enumerations.router,
    audit_entries.router,
    audit_entries_router(GATEWAY),
    webhooks.event_types,
    webhooks.endpoints,
    webhooks.deliveries,
)
"""All routes, built when this is imported: what is imported is shared by the processes of an instance (ADR 46)."""


ASKED_BY_BROWSERS: Final = (
    *("Action-Plan-Code", "Authorization", "Ballot-Token", "Content-Type", "Idempotency-Key"),
    *("If-Match", "If-None-Match", "If-Range", "Range"),
)
TOLD_TO_BROWSERS: Final = (
    *("Content-Disposition", "Content-Language", "Content-Location", "Content-Range", "Deprecation", "ETag"),
    *("Idempotent-Replayed", "Link", "Location", "RateLimit", "RateLimit-Policy", "Retry-After", "Sunset"),
    "X-Request-Id",
)
"""Headers that scripts of an allowed origin may read, beside those that browsers show them anyway."""


def create_app(settings: Settings | None = None) -> ASGIApp:
    """Return the gateway, ready to be served."""
    settings = settings or Settings()
    routes = load_routes(ROUTES)
    room = create_room(settings)
    _add_portal(room)
    door = FrontDoor(room, routes)
    limits = Limits(ANSWER_SECONDS, late=UpstreamTimedOut, body_bytes=routes.body_bytes)
    # The door is observed as a whole: what it refuses and passes on never reaches the room.
    _stop_observing(room)
    limited = limit_requests(door, limits)
    app = ObserveRequests(_open_to_browsers(limited, settings), room.state.metrics, trust_request_id=False)
    return Entrance(app, door, room.state.metrics)


def _open_to_browsers(app: ASGIApp, settings: Settings) -> ASGIApp:
    """Return `app`, which applications in the browser may call from the origins that are allowed."""
    if not settings.cors_origins and not settings.has_demonstration_accounts:
        return app
    return CORSMiddleware(
        app,
        allow_origins=sorted(settings.cors_origins),
        allow_origin_regex=LOOPBACK_ORIGIN if settings.has_demonstration_accounts else None,
        allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
        allow_headers=ASKED_BY_BROWSERS,
        expose_headers=TOLD_TO_BROWSERS,
    )


def create_room(settings: Settings) -> FastAPI:
    """Return what the gateway answers itself; it stands behind its own door, as the services do."""
    room = Room(
        name=GATEWAY,
        summary="The front door: who is calling, views over several services, documentation.",
        routers=ROUTERS,
        permissions={**PERMISSIONS, **WEBHOOK_PERMISSIONS},
        registry=EVENTS,
        jobs={FORGET_DELIVERIES: forget_deliveries},
        schema_revision=SCHEMA_REVISION,
        keeps_bodies=False,
    )
    app = create_room_app(room, settings)
    app.state.public_cache = PublicCache()
    _extend_life(app, settings)
    return app


def create_internal_app(settings: Settings) -> FastAPI:
    """Return what the other apps may ask of the gateway, to be served where the outside cannot reach it."""
    room = Room(
        name=GATEWAY,
        summary="What the gateway does for the other apps.",
        routers=[credentials.internal],
        permissions=INTERNAL_PERMISSIONS,
        consumers={**tell_endpoints(settings.public_url), **erasing_access(settings.mail_folder)},
        inquiries=INQUIRIES,
        schema_revision=SCHEMA_REVISION,
        keeps_bodies=False,
    )
    return create_room_app(room, settings)


def _lend_life(room: FastAPI, internal: FastAPI) -> ASGIApp:
    """Return `internal` living on what `room` has opened; it is measured, and shows metrics, as one with it."""
    for part in ("sessions", "tokens", "metrics"):
        setattr(internal.state, part, getattr(room.state, part))
    _stop_observing(internal)
    return ObserveRequests(internal, room.state.metrics, trust_request_id=True)


def _stop_observing(app: FastAPI) -> None:
    """Take off the layer that observes `app`, for one that sees more."""
    app.user_middleware = [
        layer for layer in app.user_middleware if cast("object", layer.cls) is not ObserveRequests
    ]


def _add_portal(app: FastAPI) -> None:
    """Let `app` serve the documentation, which is generated from what `create_room` returns."""
    kept = [route for route in app.router.routes if getattr(route, "path", "") != "/health/ready"]
    app.router.routes[:] = [*kept, Route("/health/ready", _ready_answer), *portal_routes()]


def _extend_life(app: FastAPI, settings: Settings) -> None:
    """Open what only the gateway has once the parts of the house stand, and close it before them."""
    live = app.router.lifespan_context

    @asynccontextmanager
    async def live_longer(started: Any) -> AsyncIterator[None]:
        async with live(started), AsyncExitStack() as closing:
            counter = await closing.enter_async_context(open_counter(settings.rate_limit_store))
            app.state.rate_limits = RateLimits(
                counter, parse(settings.rate_limit), parse(settings.anonymous_rate_limit)
            )
            app.state.vault = Vault.open(settings.secrets_key or settings.signing_key)
            reception = _open_reception(app, settings, Attempts(counter))
            app.state.reception = reception
            outward = httpx.AsyncClient(trust_env=False, follow_redirects=False, timeout=ANSWER_SECONDS)
            providers = Providers(settings.oidc_issuers, await closing.enter_async_context(outward))
            app.state.exchange = Exchange(reception, app.state.signer, providers)
            await closing.enter_async_context(_writing_outside(app, settings))
            app.state.upstreams = {
                service: await closing.enter_async_context(open_upstream(service, address))
                for service, address in settings.addresses.items()
            }
            if settings.has_demonstration_accounts:
                async with reception.sessions.transaction() as session:
                    await enter_demonstration_accounts(session, reception.passwords)
            if settings.internal_address is not None:
                internal = _lend_life(app, create_internal_app(settings))
                await closing.enter_async_context(serve_internally(internal, settings.internal_address))
            yield

    app.router.lifespan_context = live_longer


@asynccontextmanager
async def _writing_outside(app: FastAPI, settings: Settings) -> AsyncIterator[None]:
    """Send webhooks and letters as they fall due, where this process does work beside its requests."""
    if not settings.background:
        yield
        return
    sessions: Sessions = app.state.sessions
    async with sessions.transaction() as session:
        await plan_daily(session, FORGET_DELIVERIES, unless_planned=True)
    async with open_courier(sessions, app.state.vault, settings.webhook_networks) as courier:
        letters = sending_letters(app.state.reception, _open_post(settings))
        working = [
            asyncio.create_task(work)
            for work in (courier.keep_sending(), keep_running_jobs(sessions, {SEND_LETTER: letters}))
        ]
        yield
        for task in working:
            task.cancel()


def _open_reception(app: FastAPI, settings: Settings, attempts: Attempts) -> Reception:
    return Reception(
        sessions=app.state.sessions,
        access_tokens=AccessTokens.read(settings.public_url, settings.signing_key, settings.public_keys),
        passwords=Passwords(),
        attempts=attempts,
        demonstration=settings.has_demonstration_accounts,
        vault=app.state.vault,
    )


def _open_post(settings: Settings) -> Post | None:
    """Return what letters are sent with, or None where they have to wait."""
    if settings.smtp_url is not None:
        return Post(mail_server(settings.smtp_url), settings.mail_from, settings.password_page)
    if settings.mail_folder is not None:
        return Post(
            partial(put_into_folder, settings.mail_folder), settings.mail_from, settings.password_page
        )
    return None


async def _ready_answer(request: Request) -> Response:
    """Say whether this process can serve, and which services it reaches; one that is down takes only its part."""
    async with request.app.state.sessions.reading() as session:
        await session.connection()
    upstreams: dict[str, Upstream] = request.app.state.upstreams
    answers = await asyncio.gather(*(_ask(upstream) for upstream in upstreams.values()))
    states = dict(zip(upstreams, answers, strict=True))
    if "ready" not in states.values():
        raise Unavailable("No service can be reached.", upstreams=states)
    return JSONResponse({"status": "ready", "upstreams": states}, headers={"Cache-Control": "no-store"})


async def _ask(upstream: Upstream) -> str:
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            answer = await upstream.send("GET", b"/health/ready", [])
    except (Problem, TimeoutError):
        return "unreachable"
    answer.close()
    return "ready" if answer.status == HTTPStatus.OK else "not ready"
