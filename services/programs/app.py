"""Builds the programs app; the only place where its parts are wired together."""

from fastapi import FastAPI

from services.common.http.app import Room, create_room_app
from services.programs.api import (
    codelists,
    country_deliveries,
    deliveries,
    editions,
    evidence,
    organizations,
    programs,
    training_sessions,
)
from services.programs.db.tables import SCHEMA_REVISION
from services.programs.domain.permissions import PERMISSIONS
from services.programs.settings import Settings


def create_app(settings: Settings | None = None) -> FastAPI:
    """Return a ready app; tests pass their own settings."""
    room = Room(
        name="programs",
        summary="The portfolio: programs, editions, partners, seats, deliveries, money, publication.",
        routers=[
            codelists.router,
            country_deliveries.router,
            deliveries.router,
            editions.router,
            evidence.router,
            organizations.router,
            programs.router,
            training_sessions.router,
        ],
        permissions=PERMISSIONS,
        schema_revision=SCHEMA_REVISION,
        keeps_bodies=True,
    )
    return create_room_app(room, settings or Settings())
