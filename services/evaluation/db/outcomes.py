"""Questions asked of everything that came of an edition or reached a country."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Row, and_, cast, extract, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.clock import Provenance
from services.common.identity import Caller, GrantKind, Reach, Role
from services.evaluation.db.results import select_visible
from services.evaluation.db.tables import (
    Campaign,
    Indicator,
    IndicatorPeriod,
    IndicatorValue,
    Instrument,
    InstrumentVersion,
    MirrorCohort,
    MirrorEdition,
    Recommendation,
    ResultSnapshot,
)
from services.evaluation.domain.indicators import TOTAL, PeriodState, ValueKind
from services.evaluation.domain.outcomes import CohortCount
from services.evaluation.domain.results import SnapshotState
from services.evaluation.domain.suppression import Audience

MOST: Final = 100
"""How many of the latest results or recommendations one answer holds."""


async def count_cohorts(
    session: AsyncSession, provenance: Provenance, *, visible_to: Caller
) -> list[CohortCount]:
    """Return how many enrolled, by year, country, sex and state; synthetic people for staff alone."""
    year: ColumnElement[int | None] = cast(extract("year", MirrorEdition.starts_on), Integer)
    query = (
        select(year, MirrorCohort.country, MirrorCohort.sex, MirrorCohort.state, func.count())
        .join(MirrorEdition, MirrorEdition.id == MirrorCohort.edition_id)
        .where(MirrorCohort.country.is_not(None), *_shown(MirrorEdition.provenance, provenance, visible_to))
        .group_by(year, MirrorCohort.country, MirrorCohort.sex, MirrorCohort.state)
    )
    found = (await session.execute(query)).all()
    return [CohortCount(began, country or "", sex, state, n) for began, country, sex, state, n in found]


async def list_country_results(
    session: AsyncSession, country: str, provenance: Provenance, *, visible_to: Caller
) -> Sequence[Row[ResultSnapshot, MirrorEdition]]:
    """Return the public results of editions for a country, with their editions, the latest first."""
    query = (
        select(ResultSnapshot, MirrorEdition)
        .join(MirrorEdition, MirrorEdition.id == ResultSnapshot.edition_id)
        .where(
            ResultSnapshot.visibility == Audience.PUBLIC,
            ResultSnapshot.state == SnapshotState.PUBLISHED,
            MirrorEdition.countries.contains([country]),
            *_shown(ResultSnapshot.provenance, provenance, visible_to),
        )
    )
    return (await session.execute(query.order_by(ResultSnapshot.id.desc()).limit(MOST))).all()


async def list_country_recommendations(
    session: AsyncSession, country: str, provenance: Provenance
) -> Sequence[Row[Recommendation, MirrorEdition]]:
    """Return the recommendations that came of editions for a country, the latest first."""
    query = (
        select(Recommendation, MirrorEdition)
        .join(MirrorEdition, MirrorEdition.id == Recommendation.edition_id)
        .where(MirrorEdition.countries.contains([country]), Recommendation.provenance == provenance)
    )
    return (await session.execute(query.order_by(Recommendation.id.desc()).limit(MOST))).all()


async def list_country_values(
    session: AsyncSession, country: str, provenance: Provenance, *, visible_to: Caller
) -> Sequence[Row[Indicator, IndicatorPeriod, IndicatorValue]]:
    """Return a country's actual values whose report was approved, the latest first."""
    query = (
        select(Indicator, IndicatorPeriod, IndicatorValue)
        .join(IndicatorPeriod, IndicatorPeriod.indicator_id == Indicator.id)
        .join(IndicatorValue, IndicatorValue.period_id == IndicatorPeriod.id)
        .where(
            IndicatorPeriod.state.in_((PeriodState.VERIFIED, PeriodState.LOCKED)),
            IndicatorValue.kind == ValueKind.ACTUAL,
            or_(
                IndicatorValue.country == country,
                and_(Indicator.country == country, IndicatorValue.country == TOTAL),
            ),
            IndicatorValue.sex == TOTAL,
            *_shown(Indicator.provenance, provenance, visible_to),
        )
        .order_by(IndicatorPeriod.id.desc())
        .limit(MOST)
    )
    return (await session.execute(query)).all()


async def list_edition_results(
    session: AsyncSession, edition_id: UUID, *, visible_to: Caller
) -> list[tuple[Instrument, InstrumentVersion, list[ResultSnapshot]]]:
    """Return an edition's published results that the caller may see, by the wording they were asked in.

    A lecturer sees the public's results and the lecturer's own.
    """
    own = [UUID(id_) for id_ in visible_to.granted(GrantKind.LECTURER, Role.LECTURER)]
    about_me = and_(
        ResultSnapshot.subject_kind == "lecturer",
        ResultSnapshot.subject_id.in_(own),
        ResultSnapshot.visibility == Audience.LECTURER,
    )
    seen = select_visible(visible_to).with_only_columns(ResultSnapshot.id)
    query = (
        select(Instrument, InstrumentVersion, ResultSnapshot)
        .join(InstrumentVersion, InstrumentVersion.instrument_id == Instrument.id)
        .join(Campaign, Campaign.instrument_version_id == InstrumentVersion.id)
        .join(ResultSnapshot, ResultSnapshot.campaign_id == Campaign.id)
        .where(
            ResultSnapshot.edition_id == edition_id,
            ResultSnapshot.state == SnapshotState.PUBLISHED,
            or_(ResultSnapshot.id.in_(seen), about_me),
        )
        .order_by(Instrument.code, InstrumentVersion.number, ResultSnapshot.id.desc())
    )
    wordings: dict[UUID, tuple[Instrument, InstrumentVersion]] = {}
    results: dict[UUID, list[ResultSnapshot]] = defaultdict(list)
    for instrument, version, result in (await session.execute(query)).all():
        wordings[version.id] = instrument, version
        results[version.id].append(result)
    return [(*wording, results[version_id]) for version_id, wording in wordings.items()]


def _shown(column: Any, provenance: Provenance, visible_to: Caller) -> list[ColumnElement[bool]]:
    """Return what narrows rows to a provenance that the caller may ask for (invariant P11)."""
    public = [] if visible_to.reach is Reach.ALL else [column == Provenance.REAL]
    return [column == provenance, *public]
