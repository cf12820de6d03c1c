"""Questions asked of roll-ups by country and of the counters that they are made of."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.clock import Provenance
from services.common.identity import Caller, GrantKind, Reach, Role
from services.common.pagination import PageRequest, Rows, SortKey, fetch_page
from services.evaluation.db.tables import (
    BallotToken,
    Campaign,
    Counter,
    CountryRollUp,
    InstrumentVersion,
    MirrorCohort,
    MirrorEdition,
)
from services.evaluation.domain.campaigns import CampaignState, Phase
from services.evaluation.domain.instruments import Dimension
from services.evaluation.domain.results import SnapshotState
from services.evaluation.domain.roll_up_problems import RollUpNotFound
from services.evaluation.domain.suppression import Audience

_COUNTED = (CampaignState.ANALYSED, CampaignState.PUBLISHED, CampaignState.ARCHIVED)
_MOST_SHOWN: Final = 500
"""Of the roll-ups that a country's card looks through."""
_SEEN = (SnapshotState.PUBLISHED, SnapshotState.WITHDRAWN)


async def lock_counted(
    session: AsyncSession, program_id: UUID, phase: Phase, provenance: Provenance
) -> Sequence[Row[Campaign, InstrumentVersion, MirrorEdition]]:
    """Return the counted surveys of a phase over a program's editions, locked, the first counted of each first.

    The lock keeps two roll-ups, or a roll-up and a result, from being made at once that are safe only apart.
    """
    query = (
        select(Campaign, InstrumentVersion, MirrorEdition)
        .join(InstrumentVersion, InstrumentVersion.id == Campaign.instrument_version_id)
        .join(MirrorEdition, MirrorEdition.id == Campaign.edition_id)
        .where(
            MirrorEdition.program_id == program_id,
            MirrorEdition.provenance == provenance,
            Campaign.phase == phase,
            Campaign.state.in_(_COUNTED),
        )
        .order_by(Campaign.id)
        .with_for_update(of=Campaign)
    )
    return (await session.execute(query)).all()


async def count_answers(
    session: AsyncSession, questions: Mapping[UUID, str]
) -> dict[UUID, dict[str, dict[str, int]]]:
    """Return campaign -> country -> answer -> n of a question about the edition; the empty country is everybody.

    `questions` names the question's code in each campaign.
    """
    query = select(
        Counter.campaign_id, Counter.group_code, Counter.question_code, Counter.answer, Counter.n
    ).where(
        Counter.campaign_id.in_(questions.keys()),
        Counter.subject_kind == "edition",
        Counter.dimension.in_(("", Dimension.COUNTRY)),
        Counter.question_code.in_(set(questions.values())),
    )
    found: dict[UUID, dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    for campaign, country, question, answer, n in await session.execute(query):
        if questions[campaign] == question:
            found[campaign][country][answer] = n
    return found


async def count_cohorts(session: AsyncSession, editions: Collection[UUID]) -> dict[UUID, dict[str, int]]:
    """Return edition -> country -> how many took part."""
    query = (
        select(MirrorCohort.edition_id, MirrorCohort.country, func.count())
        .where(
            MirrorCohort.edition_id.in_(editions),
            MirrorCohort.country.is_not(None),
            MirrorCohort.state.not_in(("withdrawn", "cancelled")),
        )
        .group_by(MirrorCohort.edition_id, MirrorCohort.country)
    )
    found: dict[UUID, dict[str, int]] = defaultdict(dict)
    for edition, country, n in await session.execute(query):
        found[edition][str(country)] = n
    return found


async def count_invited(session: AsyncSession, campaigns: Collection[UUID]) -> int:
    """Return how many were asked in these surveys together."""
    query = select(func.count()).where(BallotToken.campaign_id.in_(campaigns))
    return int(await session.scalar(query) or 0)


async def list_released(
    session: AsyncSession, roll_up: CountryRollUp, audiences: Collection[Audience], *, drafts: bool
) -> Sequence[CountryRollUp]:
    """Return what these audiences have ever been shown of the same question; with `drafts`, all that was made."""
    query = select(CountryRollUp).where(
        CountryRollUp.program_id == roll_up.program_id,
        CountryRollUp.provenance == roll_up.provenance,
        CountryRollUp.phase == roll_up.phase,
        CountryRollUp.comparable_key == roll_up.comparable_key,
        CountryRollUp.visibility.in_(audiences),
    )
    if roll_up.id is not None:
        query = query.where(CountryRollUp.id != roll_up.id)
    if not drafts:
        query = query.where(CountryRollUp.state.in_(_SEEN))
    return (await session.scalars(query.order_by(CountryRollUp.id))).all()


def select_visible(caller: Caller) -> Select[Any]:
    """Return the roll-ups that a caller may see: the public's, a partner's of granted programs, or all."""
    query = select(CountryRollUp)
    if caller.reach is Reach.ALL:
        return query
    programs = [UUID(id_) for id_ in caller.granted(GrantKind.PROGRAM, Role.PARTNER)]
    return query.where(
        CountryRollUp.state == SnapshotState.PUBLISHED,
        or_(
            CountryRollUp.visibility == Audience.PUBLIC,
            and_(CountryRollUp.visibility == Audience.PARTNER, CountryRollUp.program_id.in_(programs)),
        ),
    )


async def get_roll_up(session: AsyncSession, roll_up_id: UUID, visible_to: Caller) -> CountryRollUp:
    """Return a roll-up that the caller may see; raise `RollUpNotFound`."""
    query = select_visible(visible_to).where(CountryRollUp.id == roll_up_id)
    roll_up: CountryRollUp | None = await session.scalar(query)
    if roll_up is None:
        raise RollUpNotFound("There is no such roll-up that you may see.")
    return roll_up


async def lock_roll_up(session: AsyncSession, roll_up_id: UUID) -> CountryRollUp:
    """Return a roll-up, locked for update; raise `RollUpNotFound`."""
    roll_up = await session.get(CountryRollUp, roll_up_id, with_for_update=True)
    if roll_up is None:
        raise RollUpNotFound("There is no such roll-up.")
    return roll_up


async def list_roll_ups(
    session: AsyncSession, page: PageRequest, *, visible_to: Caller, program_id: UUID | None
) -> Rows:
    """Return roll-ups, the latest first; invented ones show to outsiders only by their program."""
    query = select_visible(visible_to)
    if program_id is not None:
        query = query.where(CountryRollUp.program_id == program_id)
    elif visible_to.reach is not Reach.ALL:
        query = query.where(CountryRollUp.provenance == Provenance.REAL)
    return await fetch_page(session, query, page, SortKey(CountryRollUp.id, descending=True))


async def list_public_roll_ups(session: AsyncSession, provenance: Provenance) -> Iterable[CountryRollUp]:
    """Return the latest public roll-ups of all programs, the latest first."""
    query = select(CountryRollUp).where(
        CountryRollUp.provenance == provenance,
        CountryRollUp.visibility == Audience.PUBLIC,
        CountryRollUp.state == SnapshotState.PUBLISHED,
    )
    return (await session.scalars(query.order_by(CountryRollUp.id.desc()).limit(_MOST_SHOWN))).all()
