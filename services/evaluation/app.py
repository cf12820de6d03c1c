"""Builds the evaluation app; the only place where its parts are wired together."""

import asyncio

import structlog
from fastapi import FastAPI

from services.common.http.app import Room, create_room_app, open_files, open_keys
from services.common.http.audit_entries import audit_entries_router
from services.common.http.enumerations import enumerations_router
from services.common.http.files import files_router
from services.common.http.operations import operations_router
from services.evaluation.api import (
    campaigns,
    code_frames,
    indicators,
    instrument_forms,
    instruments,
    outcomes,
    recommendations,
    responses,
    result_outputs,
    results,
    xlsforms,
)
from services.evaluation.db.campaigns import list_uncounted
from services.evaluation.db.tables import SCHEMA_REVISION
from services.evaluation.domain.events import EVENTS
from services.evaluation.domain.files import FILE_PURPOSES
from services.evaluation.domain.permissions import PERMISSIONS
from services.evaluation.domain.vocabulary import ENUMERATIONS
from services.evaluation.inbox import mirrors
from services.evaluation.operations.ballot_box import BallotBox
from services.evaluation.operations.ballot_counts import count_ballots
from services.evaluation.settings import Settings

log = structlog.get_logger()


def create_app(settings: Settings | None = None) -> FastAPI:
    """Return a ready app; tests pass their own settings."""
    settings = settings or Settings()
    room = Room(
        name="evaluation",
        summary="Evidence: instruments, campaigns, sealed answers, results, recommendations.",
        routers=[
            enumerations_router("evaluation", ENUMERATIONS),
            audit_entries_router("evaluation"),
            files_router("evaluation", FILE_PURPOSES),
            operations_router("evaluation"),
            instruments.router,
            instrument_forms.router,
            xlsforms.router,
            campaigns.router,
            responses.router,
            results.router,
            result_outputs.router,
            recommendations.router,
            code_frames.router,
            outcomes.router,
            indicators.router,
        ],
        permissions=PERMISSIONS,
        schema_revision=SCHEMA_REVISION,
        keeps_bodies=True,
        registry=EVENTS,
        consumers=mirrors.CONSUMERS,
        resources=[open_files, open_keys],
        tasks=[_write_ballots, _count_closed_campaigns],
    )
    app = create_room_app(room, settings)
    app.state.ballot_box = BallotBox()
    key = settings.participants_sealing_key
    app.state.participants_key = bytes.fromhex(key.read_text().strip()) if key else None
    return app


async def _write_ballots(app: FastAPI) -> None:
    await app.state.ballot_box.write_forever(app.state.sessions)


async def _count_closed_campaigns(app: FastAPI) -> None:
    """Count what was closed, and finish counts that were interrupted."""
    while app.state.key_store is not None:
        await asyncio.sleep(app.state.settings.counting_interval)
        try:
            async with app.state.sessions.reading() as session:
                waiting = await list_uncounted(session)
            for campaign_id in waiting:
                await count_ballots(app.state.sessions, app.state.key_store, campaign_id)
        except Exception:
            log.exception("count_failed")  # tried again at the next look
