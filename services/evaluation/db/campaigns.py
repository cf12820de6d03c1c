"""Questions asked of campaigns and of what other rooms told."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.pagination import PageRequest, Rows, SortKey, fetch_page
from services.evaluation.db.tables import (
    Campaign,
    InstrumentVersion,
    MirrorCohort,
    MirrorEdition,
    MirrorTrainingSession,
)
from services.evaluation.domain.campaigns import CampaignState
from services.evaluation.domain.instruments import QUESTIONS, BlockKind, Question
from services.evaluation.domain.problems import CampaignNotFound, EditionUnknown


async def get_campaign(session: AsyncSession, campaign_id: UUID, *, lock: bool = False) -> Campaign:
    """Return the campaign, locked for update if `lock`; raise `CampaignNotFound`."""
    campaign = await session.get(Campaign, campaign_id, with_for_update=lock or None)
    if campaign is None:
        raise CampaignNotFound("There is no such campaign.")
    return campaign


async def list_campaigns(session: AsyncSession, page: PageRequest, edition_id: UUID | None) -> Rows:
    """Return campaigns, newest first."""
    query = select(Campaign)
    if edition_id is not None:
        query = query.where(Campaign.edition_id == edition_id)
    return await fetch_page(session, query, page, SortKey(Campaign.id, descending=True))


async def list_uncounted(session: AsyncSession) -> Sequence[UUID]:
    """Return the campaigns that wait for their count, or, counted or cancelled, for the end of their key."""
    query = select(Campaign.id).where(
        Campaign.state != CampaignState.OPEN,
        Campaign.public_key.is_not(None),
        Campaign.key_destroyed_at.is_(None),
    )
    return (await session.scalars(query)).all()


async def get_questions(session: AsyncSession, campaign: Campaign) -> list[Question]:
    """Return what a campaign asks."""
    version = await session.get_one(InstrumentVersion, campaign.instrument_version_id)
    return QUESTIONS.validate_python(version.questions)


async def get_edition(session: AsyncSession, edition_id: UUID) -> MirrorEdition:
    """Return what is known of an edition; raise `EditionUnknown`."""
    edition = await session.get(MirrorEdition, edition_id)
    if edition is None:
        raise EditionUnknown("Programs has not told of such an edition.")
    return edition


async def list_cohort(session: AsyncSession, edition_id: UUID) -> Sequence[MirrorCohort]:
    """Return the enrolled of an edition, and those who completed it."""
    query = select(MirrorCohort).where(
        MirrorCohort.edition_id == edition_id, MirrorCohort.state.not_in(("withdrawn", "cancelled"))
    )
    return (await session.scalars(query)).all()


async def list_subjects(session: AsyncSession, edition_id: UUID) -> dict[BlockKind, list[str]]:
    """Return the ids of what an edition's questions can be about: modules, sessions not cancelled, lecturers."""
    query = select(MirrorTrainingSession).where(
        MirrorTrainingSession.edition_id == edition_id, MirrorTrainingSession.state != "cancelled"
    )
    held = (await session.scalars(query)).all()
    return {
        BlockKind.EDITION: [str(edition_id)],
        BlockKind.MODULE: sorted({str(meeting.module_id) for meeting in held if meeting.module_id}),
        BlockKind.SESSION: sorted(str(meeting.id) for meeting in held),
        BlockKind.LECTURER: sorted({lecturer for meeting in held for lecturer in meeting.lecturers}),
    }
