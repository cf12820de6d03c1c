"""Routes of the results framework."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from fastapi import Response, status
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.http.callers import Caller
from services.common.http.paging import Following, Paging
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession, WriteSession
from services.common.wire import FollowedPage, Id, Page
from services.evaluation.db import indicators as questions
from services.evaluation.db.tables import Indicator, IndicatorPeriod
from services.evaluation.domain.indicators import Figure, Measure, ValueKind, roll_up
from services.evaluation.domain.problems import (
    DutiesNotSeparated,
    EditionUnknown,
    IndicatorExists,
    IndicatorNotComputable,
    IndicatorNotFound,
    IndicatorPeriodExists,
    NotAllowedNow,
)
from services.evaluation.operations import indicators as operations
from services.evaluation.schemas.indicators import (
    ActualReport,
    ActualReturn,
    CountryFigure,
    IndicatorCreate,
    IndicatorPeriodCreate,
    IndicatorPeriodRead,
    IndicatorRead,
    IndicatorRollUp,
)

router = house_router("indicators", "/indicators")
_MOVED = problems(IndicatorNotFound, NotAllowedNow)


@router.post(
    "",
    response_model=IndicatorRead,
    status_code=status.HTTP_201_CREATED,
    responses=problems(EditionUnknown, IndicatorExists),
)
async def create_indicator(
    session: WriteSession, caller: Caller, request: IndicatorCreate, response: Response
) -> Indicator:
    """Set up an indicator of a program."""
    indicator = await operations.create_indicator(session, caller, request)
    response.headers["Location"] = f"/v1/indicators/{indicator.id}"
    return indicator


@router.get("", response_model=FollowedPage[IndicatorRead])
async def list_indicators(
    session: ReadSession, caller: Caller, page: Following, program_id: Id | None = None
) -> object:
    """List indicators, newest first; a country's reporter sees the country's own."""
    return await questions.list_indicators(session, page, program_id, caller)


@router.get("/{indicator_id}", response_model=IndicatorRead, responses=problems(IndicatorNotFound))
async def read_indicator(session: ReadSession, caller: Caller, indicator_id: UUID) -> Indicator:
    """Read one indicator."""
    return await questions.get_visible_indicator(session, indicator_id, caller)


@router.post(
    "/{indicator_id}/periods",
    response_model=IndicatorPeriodRead,
    status_code=status.HTTP_201_CREATED,
    responses=problems(IndicatorNotFound, IndicatorPeriodExists),
)
async def create_indicator_period(
    session: WriteSession, caller: Caller, indicator_id: UUID, request: IndicatorPeriodCreate
) -> IndicatorPeriodRead:
    """Open a period with its baseline and target."""
    period = await operations.create_indicator_period(session, caller, indicator_id, request)
    return await _answer(session, period)


@router.get(
    "/{indicator_id}/periods", response_model=Page[IndicatorPeriodRead], responses=problems(IndicatorNotFound)
)
async def list_indicator_periods(
    session: ReadSession, caller: Caller, page: Paging, indicator_id: UUID
) -> object:
    """List the periods of an indicator with baseline, target and actual."""
    measure = (await questions.get_visible_indicator(session, indicator_id, caller)).measure
    rows = await questions.list_periods(session, page, indicator_id)
    return Page[IndicatorPeriodRead](
        items=await _answers(session, rows.items, measure), next_cursor=rows.next_cursor, total=rows.total
    )


@router.post(
    "/{indicator_id}/periods/{period_id}/report",
    response_model=IndicatorPeriodRead,
    responses=problems(IndicatorNotFound, NotAllowedNow, IndicatorNotComputable),
)
async def report_indicator_actual(
    session: WriteSession, caller: Caller, indicator_id: UUID, period_id: UUID, request: ActualReport
) -> IndicatorPeriodRead:
    """Report what was reached; a computed indicator is computed now, and `basis` says from what.

    Surveys count by what the public was told of editions that began in the period; tests and action plans by
    editions in which at least ten people and half of all did both, or told of their plans.
    """
    period = await operations.report_actual(session, caller, indicator_id, period_id, request)
    return await _answer(session, period)


@router.post(
    "/{indicator_id}/periods/{period_id}/approval",
    response_model=IndicatorPeriodRead,
    responses=problems(IndicatorNotFound, NotAllowedNow, DutiesNotSeparated),
)
async def approve_indicator_actual(
    session: WriteSession, caller: Caller, indicator_id: UUID, period_id: UUID
) -> IndicatorPeriodRead:
    """Approve what somebody else reported."""
    period = await operations.approve_actual(session, caller, indicator_id, period_id)
    return await _answer(session, period)


@router.post(
    "/{indicator_id}/periods/{period_id}/return", response_model=IndicatorPeriodRead, responses=_MOVED
)
async def return_indicator_actual(
    session: WriteSession, caller: Caller, indicator_id: UUID, period_id: UUID, request: ActualReturn
) -> IndicatorPeriodRead:
    """Send a reported value back, with the reason."""
    period = await operations.return_actual(session, caller, indicator_id, period_id, request.reason)
    return await _answer(session, period)


@router.post("/{indicator_id}/periods/{period_id}/lock", response_model=IndicatorPeriodRead, responses=_MOVED)
async def lock_indicator_actual(
    session: WriteSession, caller: Caller, indicator_id: UUID, period_id: UUID
) -> IndicatorPeriodRead:
    """Lock an approved value for good."""
    period = await operations.lock_actual(session, caller, indicator_id, period_id)
    return await _answer(session, period)


@router.get("/{indicator_id}/roll-up", response_model=IndicatorRollUp, responses=problems(IndicatorNotFound))
async def roll_up_indicator(session: ReadSession, indicator_id: UUID) -> IndicatorRollUp:
    """Add up the verified periods by country: numerators and denominators, never percentages."""
    measure = (await questions.get_indicator(session, indicator_id)).measure
    periods = await questions.list_verified_periods(session, indicator_id)
    figures = await questions.read_figures(session, [period.id for period in periods])
    actuals = [figure for (_, kind), found in figures.items() if kind is ValueKind.ACTUAL for figure in found]
    return IndicatorRollUp(
        indicator_id=indicator_id,
        periods=[period.period for period in periods],
        figures=_read(roll_up(actuals), measure),
    )


async def _answer(session: AsyncSession, period: IndicatorPeriod) -> IndicatorPeriodRead:
    measure = (await questions.get_indicator(session, period.indicator_id)).measure
    return (await _answers(session, [period], measure))[0]


async def _answers(
    session: AsyncSession, periods: Sequence[IndicatorPeriod], measure: Measure
) -> list[IndicatorPeriodRead]:
    figures = await questions.read_figures(session, [period.id for period in periods])
    return [
        IndicatorPeriodRead.of(
            period,
            **{kind: _read(figures.get((period.id, kind), ()), measure) for kind in ValueKind},
        )
        for period in periods
    ]


def _read(figures: Iterable[Figure], measure: Measure) -> list[CountryFigure]:
    return [CountryFigure.of(figure, value=figure.value_as(measure)) for figure in figures]
