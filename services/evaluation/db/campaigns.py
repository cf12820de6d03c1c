"""Questions asked of campaigns and of what other rooms told."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.pagination import PageRequest, Rows, SortKey, fetch_page
from services.evaluation.db.tables import (
    Campaign,
    CampaignTemplate,
    InstrumentVersion,
    MirrorCohort,
    MirrorEdition,
    MirrorTrainingSession,
)
from services.evaluation.domain.campaigns import LIVE_EDITIONS, CampaignState, Phase
from services.evaluation.domain.instruments import (
    QUESTIONS,
    BlockKind,
    InstrumentVersionState,
    Question,
)
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


async def list_waiting_campaigns(session: AsyncSession, edition_id: UUID) -> Sequence[Campaign]:
    """Return an edition's campaigns that are not closed yet, locked."""
    waiting = (CampaignState.DRAFT, CampaignState.SCHEDULED, CampaignState.OPEN)
    query = select(Campaign).where(Campaign.edition_id == edition_id, Campaign.state.in_(waiting))
    return (await session.scalars(query.order_by(Campaign.id).with_for_update())).all()


async def list_asked_phases(session: AsyncSession, edition_id: UUID) -> set[Phase]:
    """Return the phases for which an edition has a campaign that was not cancelled."""
    query = select(Campaign.phase).where(
        Campaign.edition_id == edition_id, Campaign.state != CampaignState.CANCELLED
    )
    return set((await session.scalars(query)).all())


async def list_templates(session: AsyncSession, page: PageRequest) -> Rows:
    """Return the templates of campaigns."""
    return await fetch_page(session, select(CampaignTemplate), page, SortKey(CampaignTemplate.id))


async def list_plans(session: AsyncSession) -> list[tuple[CampaignTemplate, UUID]]:
    """Return the active templates, each with the latest published version of its instrument."""
    latest = (
        select(InstrumentVersion.instrument_id, func.max(InstrumentVersion.number).label("number"))
        .where(InstrumentVersion.state == InstrumentVersionState.PUBLISHED)
        .group_by(InstrumentVersion.instrument_id)
        .subquery()
    )
    query = (
        select(CampaignTemplate, InstrumentVersion.id)
        .join(latest, latest.c.instrument_id == CampaignTemplate.instrument_id)
        .join(
            InstrumentVersion,
            (InstrumentVersion.instrument_id == latest.c.instrument_id)
            & (InstrumentVersion.number == latest.c.number),
        )
        .where(CampaignTemplate.active)
        .order_by(CampaignTemplate.id)
    )
    return [(template, version_id) for template, version_id in await session.execute(query)]


async def find_template(session: AsyncSession, phase: Phase) -> CampaignTemplate | None:
    """Return the template of a phase, locked for update."""
    query = select(CampaignTemplate).where(CampaignTemplate.phase == phase).with_for_update()
    return (await session.scalars(query)).one_or_none()


async def list_live_editions(session: AsyncSession) -> Sequence[UUID]:
    """Return the editions that surveys follow."""
    query = select(MirrorEdition.id).where(MirrorEdition.state.in_(LIVE_EDITIONS))
    return (await session.scalars(query.order_by(MirrorEdition.id))).all()


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
