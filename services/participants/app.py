"""Builds the participants app; the only place where its parts are wired together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from services.common.http.app import Room, create_room_app
from services.common.keystore import open_key_store, read_master_key
from services.participants.api import applications, calls, enumerations, participations, people
from services.participants.db.tables import SCHEMA_REVISION
from services.participants.domain.permissions import PERMISSIONS
from services.participants.settings import Settings


def create_app(settings: Settings | None = None) -> FastAPI:
    """Return a ready app; tests pass their own settings."""
    settings = settings or Settings()
    room = Room(
        name="participants",
        summary="People: nominations, selection, offers, attendance, certificates, vouchers, messages.",
        routers=[
            calls.router,
            people.router,
            applications.router,
            participations.router,
            enumerations.router,
        ],
        permissions=PERMISSIONS,
        schema_revision=SCHEMA_REVISION,
        keeps_bodies=False,
    )
    app = create_room_app(room, settings)
    _open_keys_with(app, settings)
    return app


def _open_keys_with(app: FastAPI, settings: Settings) -> None:
    """Let the key store live as long as the app does, where one is configured."""
    if settings.keystore_database_url is None or settings.master_key is None:
        return
    dsn, master = settings.keystore_database_url.get_secret_value(), read_master_key(settings.master_key)
    live = app.router.lifespan_context

    @asynccontextmanager
    async def live_with_keys(app: FastAPI) -> AsyncIterator[None]:
        async with open_key_store(dsn, master) as store, live(app):
            app.state.key_store = store
            yield

    app.router.lifespan_context = live_with_keys
