"""Questions asked of result snapshots."""

from collections import Counter as Tally
from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Float, Select, and_, cast, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.clock import Provenance
from services.common.identity import Caller, GrantKind, Reach, Role
from services.common.pagination import PageRequest, Rows, SortKey, fetch_page
from services.evaluation.db.tables import (
    Campaign,
    Counter,
    InstrumentVersion,
    MirrorCohort,
    MirrorEdition,
    MirrorTrainingSession,
    Response,
    ResultSnapshot,
)
from services.evaluation.domain.campaigns import Phase
from services.evaluation.domain.instruments import Question
from services.evaluation.domain.lecturers import Taught
from services.evaluation.domain.problems import ResultNotFound
from services.evaluation.domain.results import SnapshotState
from services.evaluation.domain.suppression import Audience
from services.evaluation.domain.trends import EditionFigures

_MOST_OF_A_TREND: Final = 200
"""Results of the latest editions that a trend looks at."""


def select_visible(caller: Caller) -> Select[Any]:
    """Return the snapshots that a caller may see: the public's, a partner's of granted editions, or all."""
    query = select(ResultSnapshot)
    if caller.reach is Reach.ALL:
        return query
    editions = [UUID(id_) for id_ in caller.granted(GrantKind.EDITION, Role.PARTNER)]
    programs = [UUID(id_) for id_ in caller.granted(GrantKind.PROGRAM, Role.PARTNER)]
    of_programs = select(MirrorEdition.id).where(MirrorEdition.program_id.in_(programs))
    return query.where(
        ResultSnapshot.state == SnapshotState.PUBLISHED,
        or_(
            ResultSnapshot.visibility == Audience.PUBLIC,
            and_(
                ResultSnapshot.visibility == Audience.PARTNER,
                or_(ResultSnapshot.edition_id.in_(editions), ResultSnapshot.edition_id.in_(of_programs)),
            ),
        ),
    )


async def get_result(session: AsyncSession, result_id: UUID, visible_to: Caller) -> ResultSnapshot:
    """Return a result that the caller may see; raise `ResultNotFound`."""
    result: ResultSnapshot | None = await session.scalar(
        select_visible(visible_to).where(ResultSnapshot.id == result_id)
    )
    if result is None:
        raise ResultNotFound("There is no such result that you may see.")
    return result


async def lock_result(session: AsyncSession, result_id: UUID) -> ResultSnapshot:
    """Return a result, locked for update; raise `ResultNotFound`."""
    result = await session.get(ResultSnapshot, result_id, with_for_update=True)
    if result is None:
        raise ResultNotFound("There is no such result.")
    return result


async def list_seen(
    session: AsyncSession, result: ResultSnapshot, audiences: Collection[Audience], *, drafts: bool
) -> Sequence[dict[str, Any]]:
    """Return the figures about the subject of `result` that these audiences have ever been shown.

    Taken back is still seen. With `drafts`, also what was never published: staff read those too.
    """
    query = select(ResultSnapshot.figures).where(
        ResultSnapshot.campaign_id == result.campaign_id,
        ResultSnapshot.subject_kind == result.subject_kind,
        ResultSnapshot.subject_id == result.subject_id,
        ResultSnapshot.visibility.in_(audiences),
        ResultSnapshot.id != result.id,
    )
    if not drafts:
        query = query.where(ResultSnapshot.state.in_((SnapshotState.PUBLISHED, SnapshotState.WITHDRAWN)))
    return (await session.scalars(query)).all()


async def list_results(
    session: AsyncSession,
    page: PageRequest,
    *,
    visible_to: Caller,
    edition_id: UUID | None,
    visibility: Audience | None,
) -> Rows:
    """Return results, newest first; invented editions show only when asked for by their id."""
    query = select_visible(visible_to)
    if edition_id is not None:
        query = query.where(ResultSnapshot.edition_id == edition_id)
    elif visible_to.reach is not Reach.ALL:
        query = query.where(ResultSnapshot.provenance == Provenance.REAL)
    if visibility is not None:
        query = query.where(ResultSnapshot.visibility == visibility)
    return await fetch_page(session, query, page, SortKey(ResultSnapshot.id, descending=True))


async def list_trend(
    session: AsyncSession,
    program_id: UUID,
    phase: Phase,
    *,
    visible_to: Caller,
    visibility: Audience,
    provenance: Provenance,
) -> list[EditionFigures]:
    """Return the published results of a program's editions in one phase that the caller may see, latest first."""
    seen = select_visible(visible_to).with_only_columns(ResultSnapshot.id)
    query = (
        select(ResultSnapshot, MirrorEdition)
        .join(MirrorEdition, MirrorEdition.id == ResultSnapshot.edition_id)
        .where(
            ResultSnapshot.id.in_(seen),
            MirrorEdition.program_id == program_id,
            ResultSnapshot.phase == phase,
            ResultSnapshot.subject_kind == "edition",
            ResultSnapshot.visibility == visibility,
            ResultSnapshot.state == SnapshotState.PUBLISHED,
            ResultSnapshot.provenance == provenance,
        )
        .order_by(MirrorEdition.starts_on.desc(), ResultSnapshot.id.desc())
        .limit(_MOST_OF_A_TREND)
    )
    return [
        EditionFigures(edition.id, edition.title, edition.starts_on, result.id, result.figures)
        for result, edition in (await session.execute(query)).all()
    ]


async def list_lecturer_results(
    session: AsyncSession, page: PageRequest, lecturer_id: UUID, visible_to: Caller
) -> Rows:
    """Return published results about a lecturer, to that lecturer and to staff; else `ResultNotFound`."""
    own = visible_to.granted(GrantKind.LECTURER, Role.LECTURER)
    if visible_to.reach is not Reach.ALL and str(lecturer_id) not in own:
        raise ResultNotFound("There is no such result that you may see.")
    query = select(ResultSnapshot).where(
        ResultSnapshot.subject_kind == "lecturer",
        ResultSnapshot.subject_id == lecturer_id,
        ResultSnapshot.visibility == Audience.LECTURER,
        ResultSnapshot.state == SnapshotState.PUBLISHED,
    )
    return await fetch_page(session, query, page, SortKey(ResultSnapshot.id, descending=True))


async def get_own_result(session: AsyncSession, result_id: UUID, visible_to: Caller) -> ResultSnapshot:
    """Return a published result about the lecturer who asks, locked; raise `ResultNotFound`."""
    result = await lock_result(session, result_id)
    own = visible_to.granted(GrantKind.LECTURER, Role.LECTURER)
    shown = result.state is SnapshotState.PUBLISHED and result.visibility is Audience.LECTURER
    if not shown or result.subject_kind != "lecturer" or str(result.subject_id) not in own:
        raise ResultNotFound("There is no such result that you may see.")
    return result


async def pool_lecturers(
    session: AsyncSession, campaign: Campaign, program_id: UUID, languages: Collection[str]
) -> dict[str, dict[UUID, dict[str, int]]]:
    """Return question -> lecturer -> answer -> n over all counted editions of a program, one instrument.

    Only where a lecturer taught in exactly these languages: nobody is compared with who was heard in another.
    """
    version = await session.get_one(InstrumentVersion, campaign.instrument_version_id)
    query = (
        select(
            Campaign.edition_id,
            Counter.question_code,
            Counter.subject_id,
            Counter.answer,
            func.sum(Counter.n),
        )
        .join(Campaign, Campaign.id == Counter.campaign_id)
        .join(InstrumentVersion, InstrumentVersion.id == Campaign.instrument_version_id)
        .join(MirrorEdition, MirrorEdition.id == Campaign.edition_id)
        .where(
            Counter.subject_kind == "lecturer",
            Counter.dimension == "",
            Counter.question_code != "",
            InstrumentVersion.instrument_id == version.instrument_id,
            MirrorEdition.program_id == program_id,
            Campaign.provenance == campaign.provenance,
        )
        .group_by(Campaign.edition_id, Counter.question_code, Counter.subject_id, Counter.answer)
    )
    spoken = await _list_spoken(session, program_id)
    pooled: dict[str, dict[UUID, Tally[str]]] = {}
    for edition, question, lecturer, answer, n in await session.execute(query):
        if spoken.get((edition, str(lecturer)), set()) == set(languages):
            pooled.setdefault(question, {}).setdefault(lecturer, Tally())[answer] += int(n)
    return {question: {who: dict(tally) for who, tally in by.items()} for question, by in pooled.items()}


async def _list_spoken(session: AsyncSession, program_id: UUID) -> dict[tuple[UUID, str], set[str]]:
    """Return (edition, lecturer) -> the languages in which they taught; empty where nobody said."""
    query = (
        select(
            MirrorTrainingSession.edition_id,
            MirrorTrainingSession.lecturers,
            MirrorTrainingSession.delivery_language,
        )
        .join(MirrorEdition, MirrorEdition.id == MirrorTrainingSession.edition_id)
        .where(MirrorEdition.program_id == program_id, MirrorTrainingSession.state != "cancelled")
    )
    spoken: dict[tuple[UUID, str], set[str]] = defaultdict(set)
    for edition, lecturers, language in await session.execute(query):
        for lecturer in lecturers:
            spoken[edition, lecturer] |= {language} if language else set()
    return spoken


async def list_taught(session: AsyncSession, edition_id: UUID, lecturer_id: UUID) -> list[Taught]:
    """Return the sessions of an edition that the lecturer gave, or was to give and was replaced in."""
    meeting = MirrorTrainingSession
    query = (
        select(
            meeting.lecturers,
            meeting.interpreted,
            meeting.stand_ins,
            meeting.delivery_language,
            func.coalesce(meeting.modality, MirrorEdition.modality),
        )
        .join(MirrorEdition, MirrorEdition.id == meeting.edition_id)
        .where(
            meeting.edition_id == edition_id,
            meeting.state != "cancelled",
            or_(
                meeting.lecturers.contains([str(lecturer_id)]), meeting.replaced.contains([str(lecturer_id)])
            ),
        )
    )
    return [Taught(*row) for row in await session.execute(query)]


async def count_cohort(session: AsyncSession, edition_id: UUID, column: str) -> dict[str, int]:
    """Return how many of an edition's enrolled are of each country, sex or audience; unknown left out."""
    group = getattr(MirrorCohort, column)
    query = (
        select(group, func.count())
        .where(MirrorCohort.edition_id == edition_id, MirrorCohort.state.not_in(("withdrawn", "cancelled")))
        .where(group.is_not(None))
        .group_by(group)
    )
    return {row[0]: row[1] for row in await session.execute(query)}


async def measure_items(
    session: AsyncSession, campaign_id: UUID, kind: str, subject_id: UUID, items: Sequence[Question]
) -> tuple[int, float, float]:
    """Return how many answered all these scale questions, the sum of their variances, and that of their sum.

    Reversed ones are turned. No answer leaves the database.
    """
    given = [Response.answers[item.code] for item in items]
    turned = [
        (item.points[0] + item.points[-1] - cast(each.astext, Float))
        if item.reversed
        else cast(each.astext, Float)
        for item, each in zip(items, given, strict=True)
    ]
    complete = (
        select(*(each.label(f"item{place}") for place, each in enumerate(turned)))
        .where(
            Response.campaign_id == campaign_id,
            Response.subject_kind == kind,
            Response.subject_id == subject_id,
            *(func.jsonb_typeof(each) == "number" for each in given),
        )
        .subquery()
    )
    columns = list(complete.c)
    found = await session.execute(
        select(
            func.count(),
            sum((func.var_samp(each) for each in columns[1:]), func.var_samp(columns[0])),
            func.var_samp(sum(columns[1:], columns[0])),
        ).select_from(complete)
    )
    n, within, total = found.one()
    return int(n), float(within or 0), float(total or 0)
