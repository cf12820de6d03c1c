"""Builds an app of the house; a room's `app.py` says what stands in it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from math import nan
from pathlib import Path
from typing import Any, Final

import structlog
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Scope

from services.common.database import open_engine
from services.common.events import EventRegistry
from services.common.files import Files
from services.common.http.access import ObserveRequests
from services.common.http.direct import DirectWay
from services.common.http.head import HeadAsGet
from services.common.http.internal import internal_routes
from services.common.http.lean import Answer, LeanRoutes
from services.common.http.limits import UPLOAD_BYTES, Limits, json_body, limit_requests
from services.common.http.openapi import describe_app
from services.common.http.problem_responses import install_problem_handlers, problem_response
from services.common.http.routes import HouseRoute, takes_form
from services.common.http.tracing import telemetry_for
from services.common.identity import TokenSigner, TokenVerifier
from services.common.imports import Import, import_works
from services.common.inbox import Consumers
from services.common.inquiries import Inquiries
from services.common.jobs import Works, count_overdue, keep_running_jobs
from services.common.keystore import open_key_store, read_master_key
from services.common.outbox import count_backlog
from services.common.pagination import Cursors
from services.common.peers import Peers, open_client
from services.common.permissions import Matrix
from services.common.problems import Problem
from services.common.purge import PURGE, PURGE_FILES, plan_file_purge, plan_purge, purge, purge_files
from services.common.relay import relay_to
from services.common.replays import Replayers
from services.common.scanner import clamd_scanner
from services.common.sessions import Sessions
from services.common.settings import AppSettings, KeepingSettings
from services.common.telemetry import Metrics
from services.common.worker import WorkerPool

log = structlog.get_logger()

API_VERSION: Final = "1.0.0"
ANSWER_SECONDS: Final = 8.0
"""A service answers before the gateway gives up (10 s) and after PostgreSQL would (5 s)."""


@dataclass(frozen=True)
class Room:
    """What distinguishes one app of the house from another."""

    name: str
    """Also its database schema and the audience of its tokens."""
    summary: str
    routers: Sequence[APIRouter]
    permissions: Matrix
    schema_revision: str
    """The revision of its schema that the code needs; the app refuses to start on another."""
    keeps_bodies: bool
    """Whether answers may be kept with idempotency keys; False where they are personal."""
    registry: EventRegistry | None = None
    """The events that it sends."""
    consumers: Consumers = field(default_factory=dict)
    """What it does on the events of others."""
    replayers: Replayers = field(default_factory=dict)
    """Which of its aggregates it can send again."""
    inquiries: Inquiries = field(default_factory=dict)
    """What other apps may ask of it."""
    jobs: Works = field(default_factory=dict)
    """What it does when its jobs fall due."""
    imports: Sequence[Import] = field(default=())
    """What can be imported as a table; carried out beside the jobs, which must not wait for them."""
    resources: Sequence[Callable[[FastAPI], AbstractAsyncContextManager[None]]] = field(default=())
    """Opened before the first request and closed after the last task, such as the key store."""
    tasks: Sequence[Callable[[FastAPI], Coroutine[Any, Any, None]]] = field(default=())
    """Run beside the requests as long as the app lives, after relay and jobs."""


def create_room_app(room: Room, settings: AppSettings) -> FastAPI:
    """Return the app of `room`, ready to be served; refuses routes without a permission entry."""
    telemetry = telemetry_for(room.name)
    app = FastAPI(
        title=f"Qoldau {room.name}",
        summary=room.summary,
        version=API_VERSION,
        lifespan=lambda app: _live(app, room, settings),
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        separate_input_output_schemas=False,
        telemetry=telemetry,
    )
    for router in room.routers:
        # FastAPI's include_router keeps routers apart, which hides routes from `app.routes`; ours need no context.
        app.router.routes.extend(router.routes)
    require_permissions(app, room.permissions)
    app.state.permissions = room.permissions
    app.state.keeps_bodies = room.keeps_bodies
    app.state.imports = room.imports
    app.router.routes.append(Route("/health/live", _live_answer))
    app.router.routes.append(Route("/health/ready", _ready_answer))
    app.router.routes.extend(internal_routes(room.registry, room.consumers, room.replayers, room.inquiries))
    setattr(app, "openapi", lambda: describe_app(app))  # noqa: B010  mypy sees a method, FastAPI a hook
    install_problem_handlers(app)
    app.state.metrics = Metrics()
    app.router.routes.append(Route("/metrics", _metrics_answer))
    limits = Limits(answer_seconds=ANSWER_SECONDS, body_bytes=_body_limit(app))
    add_layers(app, limits, traced=bool(telemetry.get("tracing")))
    return app


def add_layers(app: FastAPI, limits: Limits, *, traced: bool = False) -> None:
    """Put what the house does for every request around `app`, and say what may be served at the connection itself.

    A layer that is added here has to be called by `direct`, too. Spans of a request that is `traced` are begun by
    FastAPI, which the direct way passes by.
    """
    lean, metrics = _lean_routes(app), app.state.metrics
    if not traced:
        app.state.direct_way = DirectWay(app, _direct_routes(lean), limits, metrics)
    app.add_middleware(LeanRoutes, routes=lean)
    app.add_middleware(HeadAsGet)
    app.add_middleware(limit_requests, limits=limits)
    app.add_middleware(ObserveRequests, metrics=metrics, trust_request_id=True)


LeanRoute = tuple[HouseRoute, Answer]


def _lean_routes(app: FastAPI) -> dict[tuple[str, str], LeanRoute]:
    """Return the routes that have a short way, by method and path."""
    routes = [route for route in app.routes if isinstance(route, HouseRoute)]
    lean = [(route, answer) for route in routes if (answer := route.lean_answer()) is not None]
    return {(method, route.path): (route, answer) for route, answer in lean for method in route.methods or ()}


def _direct_routes(lean: Mapping[tuple[str, str], LeanRoute]) -> dict[tuple[bytes, bytes], LeanRoute]:
    """Return those that may be served at the connection, by method and path as they are sent."""
    return {
        (method.encode(), path.encode()): (route, answer)
        for (method, path), (route, answer) in lean.items()
        if route.answers_whole
    }


def _body_limit(app: FastAPI) -> Callable[[Scope], int]:
    """Return how large the body of a request may be: larger than 1 MiB for uploads only."""
    uploads = [route for route in app.routes if isinstance(route, APIRoute) and takes_form(route)]

    def limit(scope: Scope) -> int:
        uploading = any(route.path_regex.match(scope["path"]) for route in uploads)
        return UPLOAD_BYTES if uploading else json_body(scope)

    return limit


def require_permissions(app: FastAPI, matrix: Matrix) -> None:
    """Raise `LookupError` if an operation has no entry in the matrix or an entry has no operation.

    A forgotten permission stops the start.
    """
    operations = {str(route.operation_id) for route in app.routes if isinstance(route, APIRoute)}
    if operations != set(matrix):
        raise LookupError(f"permissions and operations differ: {sorted(operations ^ set(matrix))}")


@asynccontextmanager
async def _live(app: FastAPI, room: Room, settings: AppSettings) -> AsyncIterator[None]:
    app.state.settings = settings
    app.state.signer = TokenSigner.read(room.name, settings.signing_key)
    app.state.tokens = TokenVerifier.read(room.name, settings.public_keys)
    app.state.cursors = Cursors(_cursor_key(settings))
    app.state.sessions = Sessions(
        open_engine(settings.database_url.get_secret_value(), connections=settings.write_connections),
        open_engine(
            settings.read_database_url.get_secret_value(),
            connections=settings.read_connections,
            reads_only=True,
        ),
    )
    app.state.metrics.watch_engine("write", app.state.sessions.write_engine)
    app.state.metrics.watch_engine("read", app.state.sessions.read_engine)
    async with AsyncExitStack() as closing:
        closing.push_async_callback(app.state.sessions.close)
        await _require_schema(app.state.sessions, room)
        app.state.peers = Peers(
            app.state.signer, {name: open_client(address) for name, address in settings.peers.items()}
        )
        closing.push_async_callback(app.state.peers.close)
        # Children start with their first job, so an app that has none for them pays nothing.
        app.state.worker = await closing.enter_async_context(WorkerPool())
        app.state.metrics.watch_worker(app.state.worker)
        for resource in room.resources:
            await closing.enter_async_context(resource(app))
        background = await _background(app, room) if settings.background else []
        running = [asyncio.create_task(work) for work in (*background, *(task(app) for task in room.tasks))]
        closing.push_async_callback(_stop, running)
        yield


@asynccontextmanager
async def open_keys(app: FastAPI) -> AsyncIterator[None]:
    """Let `app.state.key_store` be the key store of the app's settings, or None where none is configured."""
    settings: KeepingSettings = app.state.settings
    app.state.key_store = None
    if settings.keystore_url is None or settings.master_key is None:
        yield
        return
    master = read_master_key(settings.master_key)
    async with open_key_store(settings.keystore_url.get_secret_value(), master) as store:
        app.state.key_store = store
        yield


@asynccontextmanager
async def open_files(app: FastAPI) -> AsyncIterator[None]:
    """Let `app.state.files` be the app's own part of where files are kept, or None where there is no such place."""
    settings: AppSettings = app.state.settings
    app.state.files = None
    if settings.files is not None:
        scan = clamd_scanner(settings.scanner) if settings.scanner else None
        app.state.files = Files(f"{_files_url(settings.files)}/{app.state.signer.app}", scan=scan)
    yield


def _files_url(place: str) -> str:
    return (place if "://" in place else Path(place).absolute().as_uri()).rstrip("/")


class SchemaOutdatedError(RuntimeError):
    """The database is not at the revision that this code needs: run `qoldau migrate`."""


async def _require_schema(sessions: Sessions, room: Room) -> None:
    async with sessions.reading() as session:
        found = await session.scalar(text("SELECT version_num FROM alembic_version"))
    if found != room.schema_revision:
        raise SchemaOutdatedError(f"{room.name} is at revision {found}, needed is {room.schema_revision}")


async def _background(app: FastAPI, room: Room) -> list[Coroutine[Any, Any, None]]:
    sessions, peers, registry = app.state.sessions, app.state.peers, room.registry
    files = getattr(app.state, "files", None)
    async with sessions.transaction() as session:
        await plan_purge(session)
        if files is not None:
            await plan_file_purge(session)
    works = {PURGE: purge, **room.jobs}
    if files is not None:
        works[PURGE_FILES] = purge_files(sessions, files)
    work = [keep_running_jobs(sessions, works)]
    if files is not None and room.imports:
        work.append(keep_running_jobs(sessions, works_of_imports(app)))
    if registry is not None:
        told = {app for kind in registry.kinds.values() for app in kind.destinations}
        work += [relay_to(sessions, peers, registry, peer) for peer in peers.clients if peer in told]
    return work


def works_of_imports(app: FastAPI) -> Works:
    """Return the jobs that carry out the app's imports, as long as it lives."""
    state = app.state
    return import_works(
        state.imports,
        state.sessions,
        state.files,
        state.worker,
        demonstration=state.settings.demonstration,
    )


async def _stop(tasks: Sequence[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _cursor_key(settings: AppSettings) -> AESGCM:
    """Derive the key of the cursors from the app's own key: one secret less, the same in all its processes."""
    secret = settings.signing_key.read_bytes()
    return AESGCM(HKDF(hashes.SHA256(), length=32, salt=None, info=b"cursors").derive(secret))


async def _metrics_answer(request: Request) -> Response:
    """Answer Prometheus; the gateway routes no such path, so only the internal address shows it."""
    await _measure_backlog(request.app.state.sessions, request.app.state.metrics)
    return Response(generate_latest(request.app.state.metrics.registry), media_type=CONTENT_TYPE_LATEST)


async def _measure_backlog(sessions: Sessions, metrics: Metrics) -> None:
    """Look at outbox and jobs when somebody asks; what cannot be known is NaN, never zero."""
    due = dead = overdue = nan
    try:
        async with sessions.reading() as session:
            due, dead = await count_backlog(session)
            overdue = await count_overdue(session)
    except Problem as problem:
        log.warning("backlog_unknown", problem=problem.slug)
    metrics.outbox_due.set(due)
    metrics.outbox_dead.set(dead)
    metrics.jobs_overdue.set(overdue)


async def _live_answer(_: Request) -> Response:
    return JSONResponse({"status": "live"})


async def _ready_answer(request: Request) -> Response:
    """Say whether this process can serve: its database answers."""
    try:
        async with request.app.state.sessions.reading() as session:
            await session.execute(text("SELECT 1"))
    except Problem as problem:
        return problem_response(problem, language=None)
    return JSONResponse({"status": "ready"})
