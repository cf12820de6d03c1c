"""Questions asked of indicators and their periods."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.clock import Provenance
from services.common.identity import Caller, Reach
from services.common.pagination import PageRequest, Rows, SortKey, fetch_page
from services.evaluation.db.assessments import reported_countries
from services.evaluation.db.tables import (
    Indicator,
    IndicatorPeriod,
    IndicatorValue,
    MirrorEdition,
)
from services.evaluation.domain.indicators import Figure, PeriodState, ValueKind
from services.evaluation.domain.problems import IndicatorNotFound

Figures = Mapping[tuple[UUID, ValueKind], Sequence[Figure]]


async def get_indicator(session: AsyncSession, indicator_id: UUID, *, lock: bool = False) -> Indicator:
    """Return an indicator, locked for update if `lock`; raise `IndicatorNotFound`."""
    indicator = await session.get(Indicator, indicator_id, with_for_update=lock or None)
    if indicator is None:
        raise IndicatorNotFound("There is no such indicator.")
    return indicator


async def get_visible_indicator(session: AsyncSession, indicator_id: UUID, visible_to: Caller) -> Indicator:
    """Return an indicator that the caller may see: staff all, a country's reporter the country's own."""
    indicator = await get_indicator(session, indicator_id)
    if visible_to.reach is not Reach.ALL and indicator.country not in reported_countries(visible_to):
        raise IndicatorNotFound("There is no such indicator that you may see.")
    return indicator


async def list_indicators(
    session: AsyncSession, page: PageRequest, program_id: UUID | None, visible_to: Caller
) -> Rows:
    """Return indicators that the caller may see, newest first."""
    query = select(Indicator)
    if visible_to.reach is not Reach.ALL:
        query = query.where(Indicator.country.in_(reported_countries(visible_to)))
    if program_id is not None:
        query = query.where(Indicator.program_id == program_id)
    return await fetch_page(session, query, page, SortKey(Indicator.id, descending=True))


async def knows_program(session: AsyncSession, program_id: UUID) -> bool:
    """Say whether an edition of the program is known here."""
    query = select(MirrorEdition.id).where(MirrorEdition.program_id == program_id).limit(1)
    return await session.scalar(query) is not None


async def find_provenance(
    session: AsyncSession, program_id: UUID, edition_id: UUID | None
) -> Provenance | None:
    """Return the provenance of the edition, or of a program by its latest edition; None if it is unknown here."""
    query = select(MirrorEdition.provenance).where(MirrorEdition.program_id == program_id)
    if edition_id is not None:
        query = query.where(MirrorEdition.id == edition_id)
    found: Provenance | None = await session.scalar(query.order_by(MirrorEdition.id.desc()).limit(1))
    return found


async def lock_period(session: AsyncSession, indicator_id: UUID, period_id: UUID) -> IndicatorPeriod:
    """Return a period of an indicator, locked for update; raise `IndicatorNotFound`."""
    period = await session.get(IndicatorPeriod, period_id, with_for_update=True)
    if period is None or period.indicator_id != indicator_id:
        raise IndicatorNotFound("The indicator has no such period.")
    return period


async def list_periods(session: AsyncSession, page: PageRequest, indicator_id: UUID) -> Rows:
    """Return the periods of an indicator, by their name."""
    query = select(IndicatorPeriod).where(IndicatorPeriod.indicator_id == indicator_id)
    return await fetch_page(
        session, query, page, SortKey(IndicatorPeriod.period), SortKey(IndicatorPeriod.id)
    )


async def list_period_names(session: AsyncSession, indicator_id: UUID) -> Sequence[str]:
    """Return the periods that an indicator has (EDTF)."""
    query = select(IndicatorPeriod.period).where(IndicatorPeriod.indicator_id == indicator_id)
    return (await session.scalars(query)).all()


async def list_verified_periods(session: AsyncSession, indicator_id: UUID) -> Sequence[IndicatorPeriod]:
    """Return the periods of an indicator whose report somebody else has approved, by their name."""
    query = select(IndicatorPeriod).where(
        IndicatorPeriod.indicator_id == indicator_id,
        IndicatorPeriod.state.in_((PeriodState.VERIFIED, PeriodState.LOCKED)),
    )
    return (await session.scalars(query.order_by(IndicatorPeriod.period))).all()


async def read_figures(session: AsyncSession, period_ids: Iterable[UUID]) -> Figures:
    """Return the figures of periods by kind, the whole before its parts."""
    query = select(IndicatorValue).where(IndicatorValue.period_id.in_(list(period_ids)))
    found: dict[tuple[UUID, ValueKind], list[Figure]] = defaultdict(list)
    for value in await session.scalars(query.order_by(IndicatorValue.country, IndicatorValue.sex)):
        figure = Figure(value.country, value.numerator, value.denominator, value.sex)
        found[value.period_id, value.kind].append(figure)
    return found


async def replace_figures(
    session: AsyncSession, period_id: UUID, kind: ValueKind, figures: Iterable[Figure]
) -> None:
    """Store the figures of one kind in place of those that stand."""
    await session.execute(
        delete(IndicatorValue).where(IndicatorValue.period_id == period_id, IndicatorValue.kind == kind)
    )
    session.add_all(
        IndicatorValue(
            period_id=period_id,
            kind=kind,
            country=figure.country,
            sex=figure.sex,
            numerator=figure.numerator,
            denominator=figure.denominator,
        )
        for figure in figures
    )
