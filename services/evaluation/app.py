"""Builds the evaluation app; the only place where its parts are wired together."""

from fastapi import FastAPI

from services.common.http.app import Room, create_room_app
from services.evaluation.db.tables import SCHEMA_REVISION
from services.evaluation.domain.permissions import PERMISSIONS
from services.evaluation.settings import Settings


def create_app(settings: Settings | None = None) -> FastAPI:
    """Return a ready app; tests pass their own settings."""
    room = Room(
        name="evaluation",
        summary="Evidence: instruments, campaigns, sealed answers, results, recommendations.",
        routers=[],
        permissions=PERMISSIONS,
        schema_revision=SCHEMA_REVISION,
        keeps_bodies=True,
    )
    return create_room_app(room, settings or Settings())
