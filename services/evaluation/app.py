"""Builds the evaluation app; the only place where its parts are wired together."""

from typing import Final

from fastapi import FastAPI

from services.common.http.app import Room, create_room_app, open_files, open_keys
from services.common.http.audit_entries import audit_entries_router
from services.common.http.enumerations import enumerations_router
from services.common.http.files import files_router
from services.common.http.operations import operations_router
from services.common.jobs import Work
from services.evaluation.api import (
    action_plans,
    answer_readers,
    assessments,
    campaign_templates,
    campaigns,
    code_frames,
    composites,
    indicators,
    instrument_forms,
    instruments,
    learning,
    outcomes,
    recommendations,
    response_rates,
    responses,
    result_outputs,
    results,
    roll_ups,
    side_by_side,
    trends,
    xlsforms,
)
from services.evaluation.db.tables import SCHEMA_REVISION
from services.evaluation.domain.events import EVENTS
from services.evaluation.domain.files import FILE_PURPOSES
from services.evaluation.domain.permissions import PERMISSIONS
from services.evaluation.domain.vocabulary import ENUMERATIONS
from services.evaluation.inbox import mirrors
from services.evaluation.inbox.jobs import jobs_of
from services.evaluation.operations.ballot_box import BallotBox
from services.evaluation.operations.campaigns import Sealing
from services.evaluation.operations.replays import REPLAYERS
from services.evaluation.operations.subject_data import INQUIRIES
from services.evaluation.settings import Settings

ROUTERS: Final = (
    enumerations_router("evaluation", ENUMERATIONS),
    audit_entries_router("evaluation"),
    files_router("evaluation", FILE_PURPOSES),
    operations_router("evaluation"),
    instruments.router,
    instrument_forms.router,
    xlsforms.router,
    campaigns.router,
    campaign_templates.router,
    responses.router,
    answer_readers.router,
    response_rates.router,
    learning.router,
    action_plans.router,
    results.router,
    result_outputs.router,
    side_by_side.router,
    roll_ups.router,
    trends.router,
    composites.router,
    recommendations.router,
    assessments.router,
    code_frames.router,
    outcomes.router,
    indicators.router,
)
"""All routes, built when this is imported: what is imported is shared by the processes of an instance (ADR 46)."""


def create_app(settings: Settings | None = None) -> FastAPI:
    """Return a ready app; tests pass their own settings."""
    settings = settings or Settings()
    jobs: dict[str, Work] = {}
    room = Room(
        name="evaluation",
        summary="Evidence: instruments, campaigns, sealed answers, results, recommendations.",
        routers=ROUTERS,
        permissions=PERMISSIONS,
        schema_revision=SCHEMA_REVISION,
        keeps_bodies=True,
        registry=EVENTS,
        inquiries=INQUIRIES,
        consumers=mirrors.CONSUMERS,
        replayers=REPLAYERS,
        resources=[open_files, open_keys],
        tasks=[_keep_ballot_box],
        jobs=jobs,
    )
    app = create_room_app(room, settings)
    app.state.ballot_box = BallotBox()
    key = settings.participants_sealing_key
    participants_key = bytes.fromhex(key.read_text().strip()) if key else None

    def sealing() -> Sealing:
        return Sealing(app.state.key_store, participants_key)

    app.state.sealing = sealing
    jobs |= jobs_of(lambda: app.state.sessions, sealing)
    app.state.jobs = jobs
    return app


async def _keep_ballot_box(app: FastAPI) -> None:
    await app.state.ballot_box.work_forever(app.state.sessions)
