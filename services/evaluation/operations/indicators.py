"""What can be done with indicators: set up, aimed, reported, approved or returned, locked."""

from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.audit import record_change
from services.common.edtf import parse_edtf
from services.common.identity import Caller
from services.common.outbox import publish
from services.common.problems import Fault, RequestInvalid
from services.evaluation.db.indicators import (
    get_indicator,
    get_visible_indicator,
    knows_program,
    list_period_names,
    lock_period,
    read_figures,
    replace_figures,
)
from services.evaluation.db.tables import Indicator, IndicatorPeriod
from services.evaluation.domain.events import (
    INDICATOR_PERIOD_CHANGED,
    IndicatorFigureData,
    IndicatorPeriodData,
    IndicatorSexFigureData,
)
from services.evaluation.domain.indicators import (
    MEASURES,
    PERIOD_LIFE,
    TOTAL,
    Figure,
    IndicatorSource,
    PeriodState,
    ValueKind,
    find_faults,
)
from services.evaluation.domain.problems import (
    DutiesNotSeparated,
    EditionUnknown,
    IndicatorPeriodExists,
    NotAllowedNow,
)
from services.evaluation.operations.indicator_values import compute
from services.evaluation.schemas.indicators import (
    ActualReport,
    FigureWrite,
    IndicatorCreate,
    IndicatorPeriodCreate,
)


async def create_indicator(session: AsyncSession, caller: Caller, request: IndicatorCreate) -> Indicator:
    """Set up an indicator of a program."""
    if not await knows_program(session, request.program_id):
        raise EditionUnknown("No edition of the program is known here.")
    if MEASURES.get(request.source, request.measure) is not request.measure:
        fault = Fault("/measure", "measure", f"Expected {MEASURES[request.source]}.")
        raise RequestInvalid("What is computed so measures something else.", errors=[fault])
    indicator = Indicator(**request.model_dump())
    session.add(indicator)
    await record_change(session, caller, "indicator.created", indicator)
    return indicator


async def create_indicator_period(
    session: AsyncSession, caller: Caller, indicator_id: UUID, request: IndicatorPeriodCreate
) -> IndicatorPeriod:
    """Open a period with its baseline and target."""
    indicator = await get_indicator(session, indicator_id, lock=True)
    await _refuse_overlap(session, indicator_id, request.period)
    period = IndicatorPeriod(indicator_id=indicator.id, period=request.period, state=PERIOD_LIFE.initial)
    session.add(period)
    await record_change(session, caller, "indicator_period.created", period)
    for kind, figure in ((ValueKind.BASELINE, request.baseline), (ValueKind.TARGET, request.target)):
        if figure is not None:
            figures = _read(indicator, figure, f"/{kind}")
            await replace_figures(session, period.id, kind, figures)
    await session.flush()
    return period


async def report_actual(
    session: AsyncSession, caller: Caller, indicator_id: UUID, period_id: UUID, request: ActualReport
) -> IndicatorPeriod:
    """Report what was reached: as somebody says, or as this system computes; a country's own, its reporter too.

    Raises `IndicatorNotComputable` where the data say nothing that may be told.
    """
    indicator = await get_visible_indicator(session, indicator_id, caller)
    period = await lock_period(session, indicator_id, period_id)
    is_manual = indicator.source is IndicatorSource.MANUAL
    if is_manual == (request.actual is None):
        fault = Fault("/actual", "figure", "A figure is reported for manual indicators, and only for them.")
        raise RequestInvalid("The report does not fit the indicator.", errors=[fault])
    _move(period, PeriodState.REPORTED)
    if request.actual is not None:
        figures, period.basis = _read(indicator, request.actual, "/actual"), None
    else:
        computed = await compute(session, indicator, period)
        figures, period.basis = computed.figures, computed.basis(indicator.source)
    period.reported_by, period.note, period.return_reason = caller.principal, request.note, None
    await record_change(session, caller, "indicator_period.reported", period, ["state", "actual", "basis"])
    await replace_figures(session, period.id, ValueKind.ACTUAL, figures)
    await session.flush()
    return period


async def approve_actual(
    session: AsyncSession, caller: Caller, indicator_id: UUID, period_id: UUID
) -> IndicatorPeriod:
    """Approve what somebody else reported."""
    period = await lock_period(session, indicator_id, period_id)
    _move(period, PeriodState.VERIFIED)
    if period.reported_by == caller.principal:
        raise DutiesNotSeparated("You reported this value; somebody else must approve it.")
    await record_change(session, caller, "indicator_period.approved", period, ["state"])
    await tell_period(session, period)
    return period


async def return_actual(
    session: AsyncSession, caller: Caller, indicator_id: UUID, period_id: UUID, reason: str
) -> IndicatorPeriod:
    """Send a reported value back; it stays to be seen until it is reported anew."""
    period = await lock_period(session, indicator_id, period_id)
    _move(period, PeriodState.OPEN)
    period.return_reason = reason
    await record_change(session, caller, "indicator_period.returned", period, ["state", "return_reason"])
    await tell_period(session, period)
    return period


async def lock_actual(
    session: AsyncSession, caller: Caller, indicator_id: UUID, period_id: UUID
) -> IndicatorPeriod:
    """Lock an approved value for good."""
    period = await lock_period(session, indicator_id, period_id)
    _move(period, PeriodState.LOCKED)
    await record_change(session, caller, "indicator_period.locked", period, ["state"])
    await tell_period(session, period)
    return period


async def tell_period(session: AsyncSession, period: IndicatorPeriod) -> None:
    """Tell programs what may be published of a period."""
    await publish(session, INDICATOR_PERIOD_CHANGED, await period_data(session, period))


async def period_data(session: AsyncSession, period: IndicatorPeriod) -> IndicatorPeriodData:
    """Return what others may know of a period: its figures once they are approved."""
    indicator = await get_indicator(session, period.indicator_id)
    approved = period.state in (PeriodState.VERIFIED, PeriodState.LOCKED)
    figures = [
        (kind, figure, f"{value:f}")
        for (_, kind), found in (await read_figures(session, [period.id]) if approved else {}).items()
        for figure in found
        if (value := figure.value_as(indicator.measure)) is not None
    ]
    return IndicatorPeriodData(
        aggregate_id=period.id,
        aggregate_version=period.version,
        indicator_id=indicator.id,
        program_id=indicator.program_id,
        code=indicator.code,
        title=indicator.title,
        unit=indicator.unit,
        level=indicator.level,
        measure=indicator.measure,
        provenance=indicator.provenance,
        period=period.period,
        state="approved" if approved else "open",
        figures=[
            IndicatorFigureData(kind=kind, country=figure.country or indicator.country, value=value)
            for kind, figure, value in figures
            if not figure.sex
        ],
        by_sex=tuple(
            IndicatorSexFigureData(kind=kind, sex=figure.sex, value=value)
            for kind, figure, value in figures
            if figure.sex
        ),
    )


async def _refuse_overlap(session: AsyncSession, indicator_id: UUID, period: str) -> None:
    """Raise `IndicatorPeriodExists` if a day of `period` is taken: a roll-up would count it twice."""
    wished = parse_edtf(period)
    for taken in map(parse_edtf, await list_period_names(session, indicator_id)):
        begins = max(wished.earliest or date.min, taken.earliest or date.min)
        ends = min(wished.latest or date.max, taken.latest or date.max)
        if begins <= ends:
            raise IndicatorPeriodExists(f"The indicator has {taken.text} already.")


def _read(indicator: Indicator, figure: FigureWrite, pointer: str) -> list[Figure]:
    total = Figure(TOTAL, figure.numerator, figure.denominator)
    countries = [Figure(part.country, part.numerator, part.denominator) for part in figure.countries]
    sexes = [Figure(TOTAL, part.numerator, part.denominator, part.sex) for part in figure.sexes]
    faults = find_faults(indicator.measure, total, countries, sexes)
    if indicator.country is not None and countries:
        faults.append("What is one country's own has no other countries in it.")
    if faults:
        errors = [Fault(pointer, "figure", fault) for fault in faults]
        raise RequestInvalid("The figure does not add up.", errors=errors)
    return [total, *countries, *sexes]


def _move(period: IndicatorPeriod, target: PeriodState) -> None:
    if not PERIOD_LIFE.may_become(period.state, target):
        raise NotAllowedNow(f"A period that is {period.state} cannot become {target}.")
    period.state = target
