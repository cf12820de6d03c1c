"""Builds the participants app; the only place where its parts are wired together."""

from fastapi import FastAPI

from services.common.http.app import Room, create_room_app
from services.participants.db.tables import SCHEMA_REVISION
from services.participants.domain.permissions import PERMISSIONS
from services.participants.settings import Settings


def create_app(settings: Settings | None = None) -> FastAPI:
    """Return a ready app; tests pass their own settings."""
    room = Room(
        name="participants",
        summary="People: nominations, selection, offers, attendance, certificates, vouchers, messages.",
        routers=[],
        permissions=PERMISSIONS,
        schema_revision=SCHEMA_REVISION,
        keeps_bodies=False,
    )
    return create_room_app(room, settings or Settings())
