"""Questions asked of what computed indicators are made of, for one program and the days of one period."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.evaluation.db.learning_tables import ActionPlan, TestAttempt
from services.evaluation.db.tables import (
    EditionMeasure,
    Indicator,
    IndicatorPeriod,
    IndicatorValue,
    MirrorCohort,
    MirrorDelivery,
    MirrorEdition,
    MirrorVoucherCount,
    MirrorVoucherScheme,
    ResultSnapshot,
)
from services.evaluation.domain.campaigns import Phase
from services.evaluation.domain.computed_indicators import PairedScore, Part, Published
from services.evaluation.domain.indicators import IndicatorSource, ValueKind
from services.evaluation.domain.results import SnapshotState
from services.evaluation.domain.suppression import Audience

_GONE = ("withdrawn", "cancelled")


@dataclass(frozen=True)
class Span:
    """The days of a period, the ends included."""

    earliest: date
    latest: date


def _began(indicator: Indicator, span: Span) -> list[ColumnElement[bool]]:
    """Return what narrows to the program's editions that began in the period, of the indicator's provenance."""
    return [
        MirrorEdition.program_id == indicator.program_id,
        MirrorEdition.provenance == indicator.provenance,
        MirrorEdition.starts_on.between(span.earliest, span.latest),
    ]


async def count_deliveries(
    session: AsyncSession, indicator: Indicator, span: Span
) -> list[tuple[str | None, int]]:
    """Return how many deliveries of the program were accepted in the period, by country."""
    query = (
        select(MirrorDelivery.recipient_country, func.count())
        .where(
            MirrorDelivery.program_id == indicator.program_id,
            MirrorDelivery.provenance == indicator.provenance,
            MirrorDelivery.accepted_on.between(span.earliest, span.latest),
        )
        .group_by(MirrorDelivery.recipient_country)
    )
    return [(country, n) for country, n in (await session.execute(query)).all()]


async def count_vouchers(
    session: AsyncSession, indicator: Indicator, span: Span
) -> list[tuple[str | None, int]]:
    """Return how many vouchers of each of the program's schemes were redeemed in the period, by its country."""
    scheme = MirrorVoucherScheme

    def redeemed(*until: ColumnElement[bool]) -> Any:
        last = select(MirrorVoucherCount.redeemed).where(MirrorVoucherCount.scheme_id == scheme.id, *until)
        last = last.order_by(MirrorVoucherCount.version.desc()).limit(1)
        return func.coalesce(last.correlate(scheme).scalar_subquery(), 0)

    day = MirrorVoucherCount.told_on
    query = select(
        scheme.recipient_country, redeemed(day <= span.latest) - redeemed(day < span.earliest)
    ).where(scheme.program_id == indicator.program_id, scheme.provenance == indicator.provenance)
    return [(country, n) for country, n in (await session.execute(query)).all()]


async def count_people(
    session: AsyncSession, indicator: Indicator, span: Span
) -> list[tuple[str | None, str | None, str, int]]:
    """Return how many enrolled in the program's editions that began in the period, by country, sex and state."""
    groups = (MirrorCohort.country, MirrorCohort.sex, MirrorCohort.state)
    query = (
        select(*groups, func.count())
        .join(MirrorEdition, MirrorEdition.id == MirrorCohort.edition_id)
        .where(*_began(indicator, span))
        .group_by(*groups)
    )
    found = (await session.execute(query)).all()
    return [(country, sex, state, n) for country, sex, state, n in found]


async def count_finishes(
    session: AsyncSession, indicator: Indicator, years: tuple[int, int]
) -> list[tuple[UUID, date, str, str, int]]:
    """Return (program, first day, country, state, people) of the years' editions of the indicator's provenance."""
    groups = (
        MirrorEdition.program_id,
        MirrorEdition.starts_on,
        MirrorCohort.country,
        MirrorCohort.state,
    )
    query = (
        select(*groups, func.count())
        .join(MirrorEdition, MirrorEdition.id == MirrorCohort.edition_id)
        .where(
            MirrorEdition.provenance == indicator.provenance,
            MirrorEdition.starts_on.between(date(years[0], 1, 1), date(years[1], 12, 31)),
            MirrorCohort.country.is_not(None),
        )
        .group_by(*groups)
    )
    rows = (await session.execute(query)).all()
    return [(program, day, country or "", state, n) for program, day, country, state, n in rows if day]


async def list_told_of_countries(session: AsyncSession, indicator: Indicator) -> list[tuple[UUID, str, str]]:
    """Return (program, period, country) of what other indicators tell of certified people by country."""
    query = (
        select(Indicator.program_id, IndicatorPeriod.period, IndicatorValue.country)
        .join(IndicatorPeriod, IndicatorPeriod.indicator_id == Indicator.id)
        .join(IndicatorValue, IndicatorValue.period_id == IndicatorPeriod.id)
        .where(
            Indicator.id != indicator.id,
            Indicator.source == IndicatorSource.CERTIFIED,
            Indicator.provenance == indicator.provenance,
            IndicatorValue.kind == ValueKind.ACTUAL,
            IndicatorValue.country != "",
        )
    )
    found = (await session.execute(query)).all()
    return [(program, period, country) for program, period, country in found]


async def list_published(
    session: AsyncSession, indicator: Indicator, span: Span, phase: Phase
) -> list[Published]:
    """Return the period's public results of a phase, and those that a rule withheld; the latest first."""
    query = (
        select(ResultSnapshot)
        .join(MirrorEdition, MirrorEdition.id == ResultSnapshot.edition_id)
        .where(
            *_began(indicator, span),
            ResultSnapshot.subject_kind == "edition",
            ResultSnapshot.phase == phase,
            ResultSnapshot.visibility == Audience.PUBLIC,
            ResultSnapshot.state.in_((SnapshotState.PUBLISHED, SnapshotState.WITHHELD)),
        )
        .order_by(ResultSnapshot.id.desc())
    )
    return [
        Published(row.edition_id, row.id, row.figures, row.rule)
        for row in (await session.scalars(query)).all()
    ]


async def count_cohort_sizes(session: AsyncSession, indicator: Indicator, span: Span) -> dict[UUID, int]:
    """Return how many take or took part in each of the period's editions."""
    query = (
        select(MirrorCohort.edition_id, func.count())
        .join(MirrorEdition, MirrorEdition.id == MirrorCohort.edition_id)
        .where(*_began(indicator, span), MirrorCohort.state.not_in(_GONE))
        .group_by(MirrorCohort.edition_id)
    )
    rows = await session.execute(query)
    return dict(rows.all())


async def list_pairs(
    session: AsyncSession, indicator: Indicator, span: Span
) -> Mapping[UUID, Sequence[PairedScore]]:
    """Return the tests before and after of the same person and form, by edition (E9)."""
    query = (
        select(TestAttempt)
        .join(MirrorEdition, MirrorEdition.id == TestAttempt.edition_id)
        .where(*_began(indicator, span), TestAttempt.total > 0)
        .order_by(TestAttempt.id)
    )
    sides: dict[tuple[UUID, str, UUID], dict[bool, Fraction]] = defaultdict(dict)
    for row in (await session.scalars(query)).all():
        person = (row.edition_id, row.pseudonym, row.instrument_version_id)
        sides[person][row.phase is Phase.BASELINE] = Fraction(row.right, row.total)
    pairs: dict[UUID, list[PairedScore]] = defaultdict(list)
    for (edition_id, pseudonym, _), scores in sides.items():
        if len(scores) == 2:
            pairs[edition_id].append(PairedScore(pseudonym, scores[True], scores[False]))
    return pairs


async def list_plans(
    session: AsyncSession, indicator: Indicator, span: Span
) -> Mapping[UUID, Sequence[Sequence[dict[str, Any]]]]:
    """Return the items of every action plan of the period's editions, by edition."""
    query = (
        select(ActionPlan.edition_id, ActionPlan.items)
        .join(MirrorEdition, MirrorEdition.id == ActionPlan.edition_id)
        .where(*_began(indicator, span))
    )
    plans: dict[UUID, list[Sequence[dict[str, Any]]]] = defaultdict(list)
    for edition_id, items in (await session.execute(query)).all():
        plans[edition_id].append(items)
    return plans


async def tell_measures(
    session: AsyncSession, measure: str, parts: Sequence[Part], editions: Collection[UUID], joined: int
) -> list[Part]:
    """Keep what editions tell under one measure, and return what stands of all `editions`.

    What was told before stays unless `joined` people came to it: else the difference would speak of few (E3).
    """
    if parts:
        new = insert(EditionMeasure).values(
            [
                {
                    "edition_id": part.edition_id,
                    "measure": measure,
                    "n": part.n,
                    "numerator": part.numerator,
                    "denominator": part.denominator,
                }
                for part in parts
            ]
        )
        fields = {name: new.excluded[name] for name in ("n", "numerator", "denominator")}
        await session.execute(
            new.on_conflict_do_update(
                index_elements=[EditionMeasure.edition_id, EditionMeasure.measure],
                set_=fields,
                where=new.excluded.n - EditionMeasure.n >= joined,
            )
        )
    query = select(EditionMeasure).where(
        EditionMeasure.edition_id.in_(editions), EditionMeasure.measure == measure
    )
    rows = await session.scalars(query.order_by(EditionMeasure.edition_id))
    return [Part(row.edition_id, row.n, row.numerator, row.denominator) for row in rows.all()]
