"""What can be done to survey campaigns, by people and by the clock."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.audit import record_change
from services.common.clock import Provenance, domain_now, real_now
from services.common.identity import Caller, acting_service
from services.common.jobs import cancel_job, schedule_job
from services.common.keystore import KeyStore
from services.common.outbox import publish
from services.evaluation.db.ballots import delete_seals, forget_reminders
from services.evaluation.db.campaigns import get_campaign, get_edition, get_questions, list_subjects
from services.evaluation.db.instruments import get_version
from services.evaluation.db.tables import Campaign
from services.evaluation.domain.campaigns import (
    CAMPAIGN_LIFE,
    CLOSE_CAMPAIGN,
    COUNT_CAMPAIGN,
    OPEN_CAMPAIGN,
    REMIND,
    CampaignState,
    Delivery,
)
from services.evaluation.domain.events import CAMPAIGN_CLOSED, CampaignData
from services.evaluation.domain.instruments import InstrumentVersionState, blocks_of
from services.evaluation.domain.problems import NobodyToAsk, NotAllowedNow, SealingUnavailable
from services.evaluation.operations.ballot_counts import CAMPAIGN_KEY
from services.evaluation.operations.invitations import remind_respondents, require_cohort, send_tokens
from services.evaluation.schemas.campaigns import CampaignCreate

_SELF: Final = acting_service("evaluation")
_LOOK_AGAIN: Final = timedelta(days=1)
"""After so long an opening that found nobody to ask is tried again."""


@dataclass(frozen=True)
class Sealing:
    """What opening a survey takes; without both, no ballot box opens by e-mail."""

    keys: KeyStore | None
    participants_key: bytes | None = field(repr=False)


async def create_campaign(session: AsyncSession, caller: Caller, request: CampaignCreate) -> Campaign:
    """Plan a survey of an edition."""
    edition = await get_edition(session, request.edition_id)
    version = await get_version(session, request.instrument_id, request.version_number)
    if version.state is not InstrumentVersionState.PUBLISHED:
        raise NotAllowedNow("Only a published version of an instrument can be asked.")
    campaign = Campaign(
        **request.model_dump(exclude={"instrument_id", "version_number"}),
        instrument_version_id=version.id,
        provenance=edition.provenance,
        state=CAMPAIGN_LIFE.initial,
        subjects=[],
    )
    session.add(campaign)
    await record_change(session, caller, "campaign.created", campaign)
    return campaign


async def schedule_campaign(session: AsyncSession, caller: Caller, campaign_id: UUID) -> Campaign:
    """State that a survey is ready; it opens by itself at the time it names, if it names one."""
    campaign = await get_campaign(session, campaign_id, lock=True)
    await move_to(session, caller, campaign, CampaignState.SCHEDULED)
    await schedule_opening(session, campaign)
    return campaign


async def open_campaign(
    session: AsyncSession, caller: Caller, campaign_id: UUID, sealing: Sealing
) -> Campaign:
    """Open a survey: fix whom it is about, make its key and, by e-mail, one token per person.

    Only hashes of tokens are stored; each travels sealed to participants, which alone knows addresses.
    Raises `SealingUnavailable` without a key store, and `NobodyToAsk` for an empty cohort.
    """
    campaign = await get_campaign(session, campaign_id, lock=True)
    _require(campaign, CampaignState.OPEN)
    by_email = campaign.delivery is Delivery.EMAIL
    if sealing.keys is None or (by_email and sealing.participants_key is None):
        raise SealingUnavailable("The key store or the key of participants is not configured.")
    cohort = await require_cohort(session, campaign)
    asked = blocks_of(await get_questions(session, campaign))
    known = await list_subjects(session, campaign.edition_id)
    campaign.subjects = [{"kind": kind, "id": id_} for kind in asked for id_ in known[kind]]
    pair = await sealing.keys.create_key_pair(CAMPAIGN_KEY, str(campaign.id))
    campaign.public_key = pair.public_key
    campaign.state = CampaignState.OPEN
    await record_change(session, caller, "campaign.opened", campaign, ["state", "subjects"])
    await cancel_job(session, OPEN_CAMPAIGN, campaign.id)
    await _schedule_what_follows(session, campaign)
    if by_email:
        assert sealing.participants_key is not None  # noqa: S101  required above
        await send_tokens(session, campaign, cohort, sealing.participants_key)
    return campaign


async def close_campaign(session: AsyncSession, caller: Caller, campaign_id: UUID) -> Campaign:
    """Accept no more answers; they are counted right afterwards."""
    campaign = await get_campaign(session, campaign_id, lock=True)
    await move_to(session, caller, campaign, CampaignState.CLOSED)
    await _end(session, campaign)
    data = CampaignData(
        aggregate_id=campaign.id,
        aggregate_version=campaign.version,
        edition_id=campaign.edition_id,
        phase=campaign.phase,
        state=campaign.state,
    )
    await publish(session, CAMPAIGN_CLOSED, data)
    return campaign


async def cancel_campaign(session: AsyncSession, caller: Caller, campaign_id: UUID) -> Campaign:
    """Give a survey up: what was answered so far is deleted unread, its key destroyed right afterwards."""
    campaign = await get_campaign(session, campaign_id, lock=True)
    await cancel(session, caller, campaign)
    return campaign


async def archive_campaign(session: AsyncSession, caller: Caller, campaign_id: UUID) -> Campaign:
    """Put a survey away whose results have been looked at."""
    campaign = await get_campaign(session, campaign_id, lock=True)
    await move_to(session, caller, campaign, CampaignState.ARCHIVED)
    return campaign


async def cancel(session: AsyncSession, caller: Caller, campaign: Campaign) -> None:
    """Give a locked survey up."""
    await move_to(session, caller, campaign, CampaignState.CANCELLED)
    await delete_seals(session, campaign.id)
    await cancel_job(session, OPEN_CAMPAIGN, campaign.id)
    await _end(session, campaign)


async def move_to(session: AsyncSession, caller: Caller, campaign: Campaign, target: CampaignState) -> None:
    """Move a locked survey on; raise `NotAllowedNow`."""
    _require(campaign, target)
    campaign.state = target
    await record_change(session, caller, f"campaign.{target}", campaign, ["state"])


async def schedule_opening(session: AsyncSession, campaign: Campaign) -> None:
    """Let a scheduled survey open at its time, if it names one."""
    if campaign.opens_at is not None:
        await schedule_job(
            session, OPEN_CAMPAIGN, campaign.id, campaign.opens_at, provenance=campaign.provenance
        )


async def open_when_due(session: AsyncSession, campaign_id: UUID, sealing: Sealing) -> None:
    """Open a survey whose time has come; where nobody is to be asked yet, look again every day until it closes."""
    campaign = await get_campaign(session, campaign_id, lock=True)
    if campaign.state is not CampaignState.SCHEDULED:
        return
    try:
        await open_campaign(session, _SELF, campaign_id, sealing)
    except NobodyToAsk:
        again = await domain_now(session, campaign.provenance) + _LOOK_AGAIN
        if campaign.closes_at is not None and campaign.closes_at <= again:
            await cancel(session, _SELF, campaign)
            return
        await schedule_job(session, OPEN_CAMPAIGN, campaign.id, again, provenance=campaign.provenance)


async def close_when_due(session: AsyncSession, campaign_id: UUID) -> None:
    """Close a survey whose time is over, unless somebody did."""
    campaign = await get_campaign(session, campaign_id, lock=True)
    if campaign.state is CampaignState.OPEN:
        await close_campaign(session, _SELF, campaign_id)


async def remind_when_due(session: AsyncSession, campaign_id: UUID) -> None:
    """Remind those who have not answered, and plan the next reminder."""
    campaign = await get_campaign(session, campaign_id, lock=True)
    if campaign.state is CampaignState.OPEN and campaign.reminders_sent < len(campaign.reminder_days):
        await remind_respondents(session, _SELF, campaign_id)
        await _schedule_reminder(session, campaign)


async def _schedule_what_follows(session: AsyncSession, campaign: Campaign) -> None:
    if campaign.opens_at is None:
        campaign.opens_at = await domain_now(session, campaign.provenance)
        await record_change(session, _SELF, "campaign.opening_noted", campaign, ["opens_at"])
    if campaign.closes_at is not None:
        await schedule_job(
            session, CLOSE_CAMPAIGN, campaign.id, campaign.closes_at, provenance=campaign.provenance
        )
    await _schedule_reminder(session, campaign)


async def _schedule_reminder(session: AsyncSession, campaign: Campaign) -> None:
    days = campaign.reminder_days[campaign.reminders_sent :]
    if days and campaign.delivery is Delivery.EMAIL and campaign.opens_at is not None:
        due_at = campaign.opens_at + timedelta(days=days[0])
        await schedule_job(session, REMIND, campaign.id, due_at, provenance=campaign.provenance)


async def _end(session: AsyncSession, campaign: Campaign) -> None:
    """Let nothing more happen to a survey but its count, or the end of its key."""
    await forget_reminders(session, campaign.id)
    await cancel_job(session, CLOSE_CAMPAIGN, campaign.id)
    await cancel_job(session, REMIND, campaign.id)
    if campaign.public_key is not None:
        await schedule_job(
            session, COUNT_CAMPAIGN, campaign.id, await real_now(session), provenance=Provenance.REAL
        )


def _require(campaign: Campaign, target: CampaignState) -> None:
    if not CAMPAIGN_LIFE.may_become(campaign.state, target):
        raise NotAllowedNow(f"A campaign that is {campaign.state} cannot become {target}.")
