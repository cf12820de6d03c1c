"""Routes of the portfolio as a whole: what a dashboard shows first."""

from collections import defaultdict
from typing import Annotated, Any

from fastapi import Query

from services.common.clock import Provenance
from services.common.http.callers import Caller
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession
from services.common.money import Money
from services.programs.db import portfolio as questions
from services.programs.domain.costs import sum_by_currency
from services.programs.domain.portfolio import slice_money
from services.programs.schemas.portfolio import PortfolioMoney, PortfolioRead

router = house_router("portfolio", "/portfolio")
Asked = Annotated[Provenance, Query(description="Synthetic rows count only if staff ask for them by name.")]


@router.get("", response_model=PortfolioRead)
async def read_portfolio(
    session: ReadSession, caller: Caller, provenance: Asked = Provenance.REAL
) -> PortfolioRead:
    """Read what the agency does, did and will do: what runs, what comes, and counts by state and code."""
    states, delivered = await questions.count_states(session, provenance, visible_to=caller)
    running, coming = [
        await questions.list_in_states(session, wanted, provenance, visible_to=caller)
        for wanted in (questions.RUNNING, questions.COMING)
    ]
    countries = await questions.count_countries(session, provenance, visible_to=caller)
    sectors = await questions.count_sectors(session, provenance, visible_to=caller)
    goals = await questions.count_goals(session, provenance, visible_to=caller)
    return PortfolioRead.model_validate(
        {
            "provenance": provenance,
            "programs": await questions.count_programs(session, visible_to=caller),
            "editions": [{"state": state, "count": n} for state, n in states],
            "deliveries": [{"state": state, "count": n} for state, n in delivered],
            "running": [_item(row) for row in running],
            "coming": [_item(row) for row in coming],
            "countries": _counts(countries),
            "sectors": _counts(sectors),
            "sdg_goals": _counts(goals),
        }
    )


@router.get("/money", response_model=PortfolioMoney)
async def read_portfolio_money(
    session: ReadSession, caller: Caller, provenance: Asked = Provenance.REAL
) -> PortfolioMoney:
    """Read what was paid, by sector, goal, country and year; managers and partners see what is theirs."""
    by_sector, by_goal = await questions.list_paid_by_codes(session, provenance, visible_to=caller)
    by_country = await questions.list_paid_by_countries(session, provenance, visible_to=caller)
    years: dict[int, list[Money]] = defaultdict(list)
    for year, currency, amount in await questions.list_paid_by_years(session, provenance, visible_to=caller):
        years[year].append(Money(amount, currency))
    totals = sum_by_currency(money for paid in years.values() for money in paid)
    return PortfolioMoney.model_validate(
        {
            "provenance": provenance,
            "totals": totals,
            "sectors": slice_money(totals, by_sector),
            "sdg_goals": slice_money(totals, by_goal),
            "countries": slice_money(totals, by_country),
            "years": [{"year": year, "money": money} for year, money in years.items()],
        }
    )


def _item(row: Any) -> dict[str, Any]:
    return dict(row._mapping) | {"href": f"/v1/editions/{row.id}"}


def _counts(counts: questions.Counts) -> list[dict[str, Any]]:
    return [
        {"code": code, "editions": editions, "deliveries": deliveries}
        for code, editions, deliveries in counts
    ]
