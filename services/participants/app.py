"""Builds the participants app; the only place where its parts are wired together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Final
from uuid import UUID

from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.http.app import Room, create_room_app, open_files, open_keys
from services.common.http.audit_entries import audit_entries_router
from services.common.http.enumerations import enumerations_router
from services.common.http.files import files_router
from services.common.http.operations import operations_router
from services.common.identity import read_public_keys
from services.common.jobs import Job, Works, plan_daily
from services.common.mail import mail_server, put_into_folder
from services.participants.api import (
    affiliations,
    allocations,
    alumni,
    application_files,
    applications,
    calls,
    certificates,
    check_ins,
    consents,
    duplicates,
    forms,
    logistics,
    messages,
    nominees,
    offers,
    participations,
    people,
    privacy,
    rounds,
    screening,
    search,
    tables,
    turnout,
    vouchers,
)
from services.participants.db.tables import SCHEMA_REVISION
from services.participants.domain.enumerations import ENUMERATIONS
from services.participants.domain.erasures import FINISH_ERASURE, RETAIN_PERSONS
from services.participants.domain.events import EVENTS
from services.participants.domain.files import FILE_PURPOSES
from services.participants.domain.matching import INDEX_PERSONS
from services.participants.domain.messages import SEND_MESSAGE, TEND_MESSAGES
from services.participants.domain.permissions import PERMISSIONS
from services.participants.domain.vouchers import EXPIRE_VOUCHERS
from services.participants.inbox.consumers import CONSUMERS
from services.participants.inbox.jobs import JOBS
from services.participants.operations.certificates import Issuer
from services.participants.operations.credentials import as_badge_key
from services.participants.operations.destruction import finish_erasure
from services.participants.operations.imports import IMPORTS
from services.participants.operations.links import mint_link
from services.participants.operations.sending import Post, send_message
from services.participants.operations.upkeep import tend_messages
from services.participants.settings import Settings

ROUTERS: Final = (
    tables.router,  # first: elsewhere `imports` and `exports` would be taken for an id
    calls.router,
    people.router,
    consents.router,
    affiliations.router,
    nominees.router,
    applications.router,
    application_files.router,
    forms.router,
    screening.router,
    search.router,
    rounds.router,
    allocations.router,
    offers.router,
    logistics.router,
    participations.router,
    messages.router,
    duplicates.router,
    privacy.router,
    certificates.router,
    turnout.router,
    vouchers.router,
    alumni.router,
    check_ins.router,
    enumerations_router("participants", ENUMERATIONS),
    audit_entries_router("participants"),
    files_router("participants", FILE_PURPOSES),
    operations_router("participants"),
)
"""All routes, built when this is imported: what is imported is shared by the processes of an instance (ADR 46)."""


def create_app(settings: Settings | None = None) -> FastAPI:
    """Return a ready app; tests pass their own settings."""
    settings = settings or Settings()
    jobs = dict(JOBS)
    room = Room(
        name="participants",
        summary="People: nominations, selection, offers, attendance, certificates, vouchers, messages.",
        routers=ROUTERS,
        permissions=PERMISSIONS,
        schema_revision=SCHEMA_REVISION,
        keeps_bodies=False,
        registry=EVENTS,
        consumers=CONSUMERS,
        jobs=jobs,
        resources=[open_files, open_keys, _read_badge_keys, _plan_upkeep],
        imports=IMPORTS,
    )
    app = create_room_app(room, settings)
    jobs |= _jobs_with_settings(app, settings)
    app.state.jobs = jobs
    app.state.issuer = Issuer(settings.agency, settings.public_url)
    return app


def _jobs_with_settings(app: FastAPI, settings: Settings) -> Works:
    """Return the jobs that need more than the database."""

    async def tend(session: AsyncSession, job: Job) -> None:
        """Tend messages; come again at once where more is left, else tomorrow."""
        await plan_daily(session, job.kind, at_once=await tend_messages(session, settings.mail_folder))

    async def finish(session: AsyncSession, job: Job) -> None:
        """Destroy what an erasure left to be destroyed."""
        state = app.state
        await finish_erasure(
            state.sessions, session, job.subject, state.key_store, state.files, settings.mail_folder
        )

    works = {TEND_MESSAGES: tend, FINISH_ERASURE: finish}
    post = _open_post(app, settings)
    if post is None:
        return works

    async def send(session: AsyncSession, job: Job) -> None:
        """Send the message, unless it was sent or given up."""
        await send_message(app.state.sessions, session, job.subject, post)

    return {**works, SEND_MESSAGE: send}


def _open_post(app: FastAPI, settings: Settings) -> Post | None:
    """Return what messages are sent with, or None where they have to wait."""
    if settings.smtp_url is not None:
        deliver = mail_server(settings.smtp_url)
    elif settings.mail_folder is not None:
        deliver = partial(put_into_folder, settings.mail_folder)
    else:
        return None
    if settings.unsealing_key is None:
        return None

    async def mint(person_id: UUID) -> str:
        return await mint_link(app.state.peers, person_id)

    return Post(
        deliver=deliver,
        unsealing_key=bytes.fromhex(settings.unsealing_key.read_text().strip()),
        sender=settings.mail_from,
        survey_page=settings.survey_page,
        entry_page=settings.entry_page,
        mint_link=mint,
    )


@asynccontextmanager
async def _read_badge_keys(app: FastAPI) -> AsyncIterator[None]:
    """Know every public key of this room: badges are signed with its token key, and outlive it."""
    published = read_public_keys(app.state.settings.public_keys, "participants")
    app.state.badge_keys = [as_badge_key(key) for key in published]
    yield


@asynccontextmanager
async def _plan_upkeep(app: FastAPI) -> AsyncIterator[None]:
    """Plan the daily jobs where this process runs jobs at all."""
    if app.state.settings.background:
        async with app.state.sessions.transaction() as session:
            for kind in (TEND_MESSAGES, INDEX_PERSONS, RETAIN_PERSONS, EXPIRE_VOUCHERS):
                await plan_daily(session, kind, unless_planned=True)
    yield
