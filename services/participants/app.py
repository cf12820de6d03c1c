"""Builds the participants app; the only place where its parts are wired together."""

from functools import partial

from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.http.app import Room, create_room_app, open_keys
from services.common.http.audit_entries import audit_entries_router
from services.common.http.enumerations import enumerations_router
from services.common.jobs import Job
from services.participants.api import applications, calls, participations, people
from services.participants.db.tables import SCHEMA_REVISION
from services.participants.domain.enumerations import ENUMERATIONS
from services.participants.domain.events import EVENTS
from services.participants.domain.messages import SEND_MESSAGE
from services.participants.domain.permissions import PERMISSIONS
from services.participants.inbox.consumers import CONSUMERS
from services.participants.inbox.jobs import JOBS
from services.participants.operations.delivery import mail_server, put_into_folder
from services.participants.operations.messages import Post, send_message
from services.participants.settings import Settings


def create_app(settings: Settings | None = None) -> FastAPI:
    """Return a ready app; tests pass their own settings."""
    settings = settings or Settings()
    post = _open_post(settings)
    jobs = dict(JOBS)
    if post is not None:

        async def send(session: AsyncSession, job: Job) -> None:
            """Send the message, unless it was sent or given up."""
            await send_message(app.state.sessions, session, job.subject, post)

        jobs[SEND_MESSAGE] = send
    room = Room(
        name="participants",
        summary="People: nominations, selection, offers, attendance, certificates, vouchers, messages.",
        routers=[
            calls.router,
            people.router,
            applications.router,
            participations.router,
            enumerations_router("participants", ENUMERATIONS),
            audit_entries_router("participants"),
        ],
        permissions=PERMISSIONS,
        schema_revision=SCHEMA_REVISION,
        keeps_bodies=False,
        registry=EVENTS,
        consumers=CONSUMERS,
        jobs=jobs,
        resources=[open_keys],
    )
    app = create_room_app(room, settings)
    app.state.jobs = jobs
    return app


def _open_post(settings: Settings) -> Post | None:
    """Return what messages are sent with, or None where they have to wait."""
    if settings.smtp_url is not None:
        deliver = mail_server(settings.smtp_url)
    elif settings.mail_folder is not None:
        deliver = partial(put_into_folder, settings.mail_folder)
    else:
        return None
    if settings.unsealing_key is None:
        return None
    key = bytes.fromhex(settings.unsealing_key.read_text().strip())
    return Post(deliver, key, settings.mail_from, settings.survey_page)
