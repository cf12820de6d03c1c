"""Builds the programs app; the only place where its parts are wired together."""

from typing import Final

from fastapi import FastAPI

from services.common.http.app import Room, create_room_app, open_files
from services.common.http.audit_entries import audit_entries_router
from services.common.http.enumerations import enumerations_router
from services.common.http.files import files_router
from services.common.http.operations import operations_router
from services.programs.api import (
    agreements,
    approvals,
    awards,
    budgets,
    codelists,
    costs,
    country_deliveries,
    deliveries,
    edition_parts,
    editions,
    evidence,
    money,
    monitoring,
    needs,
    organizations,
    partner_accounts,
    partnerships,
    portfolio,
    programs,
    publications,
    search,
    tables,
    timelines,
    training_sessions,
    venues,
)
from services.programs.db.tables import SCHEMA_REVISION
from services.programs.domain.enumerations import ENUMERATIONS
from services.programs.domain.events import EVENTS
from services.programs.domain.files import FILE_PURPOSES
from services.programs.domain.permissions import PERMISSIONS
from services.programs.inbox import awards as awards_inbox
from services.programs.inbox import design_tasks, erasures, indicators, mirrors
from services.programs.inbox.clock import follow_agreement_expiry, follow_edition_clock
from services.programs.operations.agreements import FOLLOW_EXPIRY
from services.programs.operations.edition_clock import FOLLOW_CLOCK
from services.programs.operations.imports import IMPORTS
from services.programs.operations.publication_renewals import renew_due
from services.programs.operations.publications import CHECK, PUBLISH, RENEW, check_due, publish_due
from services.programs.operations.replays import REPLAYERS
from services.programs.settings import Settings

ROUTERS: Final = (
    awards.router,
    tables.router,  # first: elsewhere `imports` and `exports` would be taken for an id
    budgets.router,
    agreements.router,
    approvals.router,
    codelists.router,
    costs.router,
    country_deliveries.router,
    deliveries.router,
    editions.router,
    edition_parts.router,
    enumerations_router("programs", ENUMERATIONS),
    audit_entries_router("programs"),
    files_router("programs", FILE_PURPOSES),
    operations_router("programs"),
    evidence.router,
    money.router,
    monitoring.router,
    needs.router,
    organizations.router,
    partner_accounts.router,
    partnerships.router,
    portfolio.router,
    programs.router,
    publications.router,
    search.router,
    timelines.router,
    training_sessions.router,
    venues.router,
)
"""All routes, built when this is imported: what is imported is shared by the processes of an instance (ADR 46)."""


def create_app(settings: Settings | None = None) -> FastAPI:
    """Return a ready app; tests pass their own settings."""
    room = Room(
        name="programs",
        summary="The portfolio: programs, editions, partners, seats, deliveries, money, publication.",
        routers=ROUTERS,
        permissions=PERMISSIONS,
        schema_revision=SCHEMA_REVISION,
        keeps_bodies=True,
        registry=EVENTS,
        consumers={
            mirrors.SEATS_CHANGED: mirrors.mirror_seats,
            mirrors.CAMPAIGN_CLOSED: mirrors.mirror_campaign,
            **dict.fromkeys(mirrors.RESULTS, mirrors.mirror_results),
            erasures.PERSON_ERASED: erasures.confirm_erasure,
            awards_inbox.RECIPIENT_NAMED: awards_inbox.take_recipient,
            design_tasks.RECOMMENDATION_AGREED: design_tasks.take_recommendation,
            design_tasks.DESIGN_CHANGE_RECORDED: design_tasks.take_design_change,
            indicators.INDICATOR_PERIOD_CHANGED: indicators.mirror_indicator_period,
        },
        replayers=REPLAYERS,
        jobs={
            FOLLOW_CLOCK: follow_edition_clock,
            FOLLOW_EXPIRY: follow_agreement_expiry,
            PUBLISH: publish_due,
            CHECK: check_due,
            RENEW: renew_due,
        },
        imports=IMPORTS,
        resources=[open_files],
    )
    return create_room_app(room, settings or Settings())
