"""Questions asked of tests, attitudes and action plans."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, cast, delete, func, insert, select
from sqlalchemy.dialects.postgresql import JSONPATH
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.clock import Provenance
from services.evaluation.db.learning_tables import (
    ActionPlan,
    IdentifiedAnswer,
    LearningFigureRow,
    PairedAnswer,
    TestAttempt,
)
from services.evaluation.db.tables import BallotToken, Campaign, InstrumentVersion, MirrorEdition, Response
from services.evaluation.domain.campaigns import CampaignState, Phase, TokenState
from services.evaluation.domain.learning_figures import LearningFigure
from services.evaluation.domain.problems import ActionPlanNotFound, InvitationNotUsable

_COUNTED: Final = (CampaignState.ANALYSED, CampaignState.PUBLISHED, CampaignState.ARCHIVED)


async def keep_attempts(session: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> None:
    """Store how people did in a test."""
    if rows:
        await session.execute(insert(TestAttempt), list(rows))


async def keep_identified_answers(session: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> None:
    """Store what was answered by name."""
    if rows:
        await session.execute(insert(IdentifiedAnswer), list(rows))


async def keep_paired_answers(session: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> None:
    """Store attitudes by the hashes of their authors' codes."""
    if rows:
        await session.execute(insert(PairedAnswer), list(rows))


async def list_attempts(session: AsyncSession, edition_id: UUID) -> Sequence[TestAttempt]:
    """Return every attempt of an edition."""
    query = select(TestAttempt).where(TestAttempt.edition_id == edition_id)
    return (await session.scalars(query)).all()


async def list_paired_answers(session: AsyncSession, edition_id: UUID) -> Sequence[PairedAnswer]:
    """Return the attitudes of an edition that carry a code."""
    query = select(PairedAnswer).where(PairedAnswer.edition_id == edition_id)
    return (await session.scalars(query)).all()


async def list_retrospective(
    session: AsyncSession, edition_id: UUID
) -> Sequence[Row[Campaign, InstrumentVersion]]:
    """Return the counted surveys of an edition that look back, the first first."""
    query = (
        select(Campaign, InstrumentVersion)
        .join(InstrumentVersion, InstrumentVersion.id == Campaign.instrument_version_id)
        .where(
            Campaign.edition_id == edition_id,
            Campaign.phase != Phase.BASELINE,
            Campaign.state.in_(_COUNTED),
            func.jsonb_path_exists(
                InstrumentVersion.questions, cast("$[*].retrospective_pre_of ? (@ != null)", JSONPATH)
            ),
        )
        .order_by(Campaign.id)
    )
    return (await session.execute(query)).all()


async def count_answers_on_edition(
    session: AsyncSession, campaign_id: UUID, first: str, second: str
) -> list[tuple[object, object, int]]:
    """Return how many answered two questions about the edition in which ways, in a counted survey."""
    given = (
        select(Response.answers[first].label("first"), Response.answers[second].label("second"))
        .where(Response.campaign_id == campaign_id, Response.subject_kind == "edition")
        .subquery()
    )
    query = select(given.c.first, given.c.second, func.count()).group_by(given.c.first, given.c.second)
    return [(one, other, int(n)) for one, other, n in await session.execute(query)]


async def keep_learning_figures(
    session: AsyncSession, edition_id: UUID, figures: Sequence[LearningFigure], *, joined: int
) -> None:
    """Keep what is told; what told of people before stays unless `joined` came to them."""
    if not figures:
        return
    rows = [asdict(figure) | {"edition_id": edition_id} for figure in figures]
    new = upsert(LearningFigureRow).values(rows)
    await session.execute(
        new.on_conflict_do_update(
            index_elements=["edition_id", "kind", "subject", "question"],
            set_={name: new.excluded[name] for name in ("n", "figures")},
            where=(LearningFigureRow.n == 0) | (new.excluded.n - LearningFigureRow.n >= joined),
        )
    )


async def list_learning_figures(session: AsyncSession, edition_id: UUID) -> Sequence[LearningFigureRow]:
    """Return what is told of learning in an edition, in a fixed order."""
    query = (
        select(LearningFigureRow)
        .where(LearningFigureRow.edition_id == edition_id)
        .order_by(LearningFigureRow.subject, LearningFigureRow.question)
    )
    return (await session.scalars(query)).all()


async def get_pairing_group(session: AsyncSession, campaign: Campaign) -> str:
    """Return the subject of the key under which a campaign's pair codes are hashed: edition and instrument."""
    version = await session.get_one(InstrumentVersion, campaign.instrument_version_id)
    return f"{campaign.edition_id}:{version.instrument_id}"


async def has_waiting_pairs(session: AsyncSession, campaign: Campaign) -> bool:
    """Say whether another survey of the pairing group is still to be counted."""
    version = await session.get_one(InstrumentVersion, campaign.instrument_version_id)
    waiting = (CampaignState.DRAFT, CampaignState.SCHEDULED, CampaignState.OPEN, CampaignState.CLOSED)
    query = (
        select(Campaign.id)
        .join(InstrumentVersion, InstrumentVersion.id == Campaign.instrument_version_id)
        .where(
            Campaign.id != campaign.id,
            Campaign.edition_id == campaign.edition_id,
            Campaign.paired,
            Campaign.state.in_(waiting),
            InstrumentVersion.instrument_id == version.instrument_id,
        )
        .limit(1)
    )
    return await session.scalar(query) is not None


async def get_invited(session: AsyncSession, token_hash: bytes) -> Row[UUID, Provenance, str | None]:
    """Return edition, provenance and pseudonym of who holds an invitation by name; raise `InvitationNotUsable`."""
    query = (
        select(Campaign.edition_id, Campaign.provenance, BallotToken.pseudonym)
        .join(Campaign, Campaign.id == BallotToken.campaign_id)
        .join(MirrorEdition, MirrorEdition.id == Campaign.edition_id)
        .where(
            BallotToken.token_hash == token_hash,
            BallotToken.pseudonym.is_not(None),
            BallotToken.state != TokenState.BOUNCED,
            Campaign.state == CampaignState.OPEN,
            # Before it nobody knows what to plan, and a supervisor plans nothing for others.
            Campaign.phase.not_in((Phase.BASELINE, Phase.SUPERVISOR)),
        )
    )
    found = (await session.execute(query)).one_or_none()
    if found is None:
        raise InvitationNotUsable("This invitation is not valid, or its survey is not open.")
    return found


async def get_action_plan(session: AsyncSession, code_hash: bytes, *, lock: bool = False) -> ActionPlan:
    """Return the plan that a code opens, locked for update if `lock`; raise `ActionPlanNotFound`."""
    query = select(ActionPlan).where(ActionPlan.code_hash == code_hash)
    plan = await session.scalar(query.with_for_update() if lock else query)
    if plan is None:
        raise ActionPlanNotFound("No action plan has this code.")
    return plan


async def find_plan_of(session: AsyncSession, edition_id: UUID, pseudonym: str) -> ActionPlan | None:
    """Return the plan of a pseudonym, locked."""
    query = select(ActionPlan).where(ActionPlan.edition_id == edition_id, ActionPlan.pseudonym == pseudonym)
    return (await session.scalars(query.with_for_update())).one_or_none()


async def list_plan_items(session: AsyncSession, edition_id: UUID) -> Sequence[list[dict[str, Any]]]:
    """Return the items of every plan of an edition."""
    query = select(ActionPlan.items).where(ActionPlan.edition_id == edition_id)
    return (await session.scalars(query)).all()


async def forget_learning(session: AsyncSession, pseudonyms: Iterable[str]) -> None:
    """Delete attempts, plans and answers by name of pseudonyms that are to be forgotten."""
    gone = list(pseudonyms)
    await session.execute(delete(IdentifiedAnswer).where(IdentifiedAnswer.pseudonym.in_(gone)))
    await session.execute(delete(TestAttempt).where(TestAttempt.pseudonym.in_(gone)))
    await session.execute(delete(ActionPlan).where(ActionPlan.pseudonym.in_(gone)))
