"""Builds the participants app; the only place where its parts are wired together."""

from fastapi import FastAPI

from services.common.http.app import Room, create_room_app, open_keys
from services.common.http.enumerations import enumerations_router
from services.participants.api import applications, calls, participations, people
from services.participants.db.tables import SCHEMA_REVISION
from services.participants.domain.enumerations import ENUMERATIONS
from services.participants.domain.events import EVENTS
from services.participants.domain.permissions import PERMISSIONS
from services.participants.inbox.consumers import CONSUMERS
from services.participants.inbox.jobs import JOBS
from services.participants.settings import Settings


def create_app(settings: Settings | None = None) -> FastAPI:
    """Return a ready app; tests pass their own settings."""
    room = Room(
        name="participants",
        summary="People: nominations, selection, offers, attendance, certificates, vouchers, messages.",
        routers=[
            calls.router,
            people.router,
            applications.router,
            participations.router,
            enumerations_router("participants", ENUMERATIONS),
        ],
        permissions=PERMISSIONS,
        schema_revision=SCHEMA_REVISION,
        keeps_bodies=False,
        registry=EVENTS,
        consumers=CONSUMERS,
        jobs=JOBS,
        resources=[open_keys],
    )
    return create_room_app(room, settings or Settings())
