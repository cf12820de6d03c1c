"""Surveys that nobody has to plan: each edition is asked by templates, and its surveys follow its dates."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.audit import record_change
from services.common.clock import domain_now
from services.common.identity import Caller, acting_service
from services.evaluation.db.campaigns import (
    find_template,
    get_edition,
    list_asked_phases,
    list_live_editions,
    list_plans,
    list_waiting_campaigns,
)
from services.evaluation.db.instruments import get_instrument
from services.evaluation.db.tables import Campaign, CampaignTemplate, MirrorEdition
from services.evaluation.domain.campaigns import (
    LIVE_EDITIONS,
    SURVIVING_EDITIONS,
    CampaignState,
    Window,
    plan_window,
)
from services.evaluation.domain.suppression import settle_thresholds
from services.evaluation.operations.campaigns import cancel, move_to, schedule_opening
from services.evaluation.schemas.campaigns import CampaignTemplateWrite

_SELF = acting_service("evaluation")
_ZONE = "Asia/Almaty"
"""Of editions that name none."""


async def keep_campaign_template(
    session: AsyncSession, caller: Caller, request: CampaignTemplateWrite
) -> CampaignTemplate:
    """Say how a phase of every edition is asked, and plan it where it is still to come."""
    await get_instrument(session, request.instrument_id)
    template = await find_template(session, request.phase)
    if template is None:
        template = CampaignTemplate(**request.model_dump())
        session.add(template)
    else:
        for name, value in request.model_dump().items():
            setattr(template, name, value)
    await record_change(session, caller, "campaign_template.kept", template, request.model_dump())
    for edition_id in await list_live_editions(session):
        await follow_edition(session, edition_id)
    return template


async def follow_edition(session: AsyncSession, edition_id: UUID) -> None:
    """Plan, move or cancel the surveys of an edition after what became of it."""
    edition = await get_edition(session, edition_id)
    waiting = await list_waiting_campaigns(session, edition_id)
    if edition.state not in SURVIVING_EDITIONS:
        for campaign in waiting:
            if edition.state == "cancelled" or (
                campaign.planned and campaign.state is not CampaignState.OPEN
            ):
                await cancel(session, _SELF, campaign)
        return
    if edition.state not in LIVE_EDITIONS:
        return
    asked = await list_asked_phases(session, edition_id)
    planned = {campaign.phase: campaign for campaign in waiting if campaign.planned}
    for template, version_id in await list_plans(session):
        window = _window(edition, template)
        if window is None:
            continue
        if template.phase in planned:
            await _follow_window(session, planned[template.phase], window)
        elif template.phase not in asked:
            await _plan(session, edition, template, version_id, window)


def _window(edition: MirrorEdition, template: CampaignTemplate) -> Window | None:
    days = (template.opens_after_days, template.open_days)
    zone = edition.zone or _ZONE
    return plan_window(template.phase, edition.starts_on, edition.ends_on, zone, days)


async def _follow_window(session: AsyncSession, campaign: Campaign, window: Window) -> None:
    same = (campaign.opens_at, campaign.closes_at) == (window.opens_at, window.closes_at)
    if campaign.state is not CampaignState.SCHEDULED or same:
        return
    campaign.opens_at, campaign.closes_at = window.opens_at, window.closes_at
    await record_change(session, _SELF, "campaign.moved", campaign, ["opens_at", "closes_at"])
    await schedule_opening(session, campaign)


async def _plan(
    session: AsyncSession,
    edition: MirrorEdition,
    template: CampaignTemplate,
    version_id: UUID,
    window: Window,
) -> None:
    if window.closes_at <= await domain_now(session, edition.provenance):
        return
    campaign = Campaign(
        edition_id=edition.id,
        provenance=edition.provenance,
        instrument_version_id=version_id,
        phase=template.phase,
        anonymity=template.anonymity,
        delivery=template.delivery,
        state=CampaignState.DRAFT,
        opens_at=window.opens_at,
        closes_at=window.closes_at,
        reminder_days=template.reminder_days,
        planned=True,
        thresholds=settle_thresholds({}),
        subjects=[],
    )
    session.add(campaign)
    await record_change(session, _SELF, "campaign.created", campaign)
    await move_to(session, _SELF, campaign, CampaignState.SCHEDULED)
    await schedule_opening(session, campaign)
