"""Routes of what things cost, and of how their money stands against its plan."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from fastapi import Query
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.clock import Provenance
from services.common.http.callers import Caller
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession
from services.common.identity import Caller as CallerIdentity
from services.common.money import Money
from services.common.wire import Day
from services.common.wire_codes import CountryCode, CurrencyCode
from services.programs.db.budgets import list_planned
from services.programs.db.costs import (
    fetch_participants,
    fetch_participants_of,
    list_costs,
    list_country_costs,
    list_gifts,
    list_purposed,
)
from services.programs.db.deliveries import get_delivery
from services.programs.db.money import list_rates
from services.programs.db.money_scopes import require_within_reach
from services.programs.domain.budgets import Planned, compare, stand, stand_by_currency
from services.programs.domain.costs import (
    Booked,
    Breakdown,
    Reckoned,
    Worth,
    part_of_country,
    reckon,
    sum_by_currency,
)
from services.programs.domain.evidence import SubjectKind
from services.programs.domain.money import PIVOT, Rate
from services.programs.domain.problems import RateMissing, SubjectNotFound
from services.programs.schemas.costs import (
    CountryCosts,
    CountryPartRead,
    DeliveryCosts,
    DeliveryCostsIn,
    EditionCosts,
    EditionCostsIn,
    FinanceRead,
)

router = house_router("money", "")
_REFUSED = problems(SubjectNotFound, RateMissing)
Asked = Annotated[Provenance, Query(description="Synthetic money counts only if asked for by name.")]


@router.get("/editions/{edition_id}/costs", response_model=EditionCosts, responses=_REFUSED)
async def read_edition_costs(
    session: ReadSession,
    caller: Caller,
    edition_id: UUID,
    currency: CurrencyCode = "KZT",
    provenance: Asked = Provenance.REAL,
) -> EditionCosts:
    """Read what the edition has cost: in all, per participant, per country and per donor."""
    await require_within_reach(session, SubjectKind.EDITION, edition_id, caller)
    people = await fetch_participants(session, edition_id)
    costs = await list_costs(session, SubjectKind.EDITION, edition_id, provenance)
    reckoned = await _reckon(session, costs, people, currency, provenance)
    return EditionCosts.model_validate(
        {
            "edition_id": edition_id,
            "provenance": provenance,
            "participants": sum(people.values()),
            "currencies": [_edition_costs(part) for part in reckoned.currencies],
            "reported": _edition_costs(reckoned.reported),
            "rates": reckoned.rates,
        }
    )


@router.get("/deliveries/{delivery_id}/costs", response_model=DeliveryCosts, responses=_REFUSED)
async def read_delivery_costs(
    session: ReadSession,
    caller: Caller,
    delivery_id: UUID,
    currency: CurrencyCode = "KZT",
    provenance: Asked = Provenance.REAL,
) -> DeliveryCosts:
    """Read what the delivery has cost: in all, per unit and per donor."""
    await require_within_reach(session, SubjectKind.DELIVERY, delivery_id, caller)
    delivery = await get_delivery(session, delivery_id)
    costs = await list_costs(session, SubjectKind.DELIVERY, delivery_id, provenance)
    units = {"": delivery.quantity} if delivery.quantity else {}
    reckoned = await _reckon(session, costs, units, currency, provenance)
    return DeliveryCosts.model_validate(
        {
            "delivery_id": delivery_id,
            "provenance": provenance,
            "recipient_country": delivery.recipient_country,
            "units": delivery.quantity,
            "currencies": [_delivery_costs(part) for part in reckoned.currencies],
            "reported": _delivery_costs(reckoned.reported),
            "rates": reckoned.rates,
        }
    )


@router.get("/countries/{country_code}/costs", response_model=CountryCosts, responses=problems(RateMissing))
async def read_country_costs(
    session: ReadSession,
    country_code: CountryCode,
    since: Day,
    through: Day,
    currency: CurrencyCode = "KZT",
    provenance: Asked = Provenance.REAL,
) -> CountryCosts:
    """Read what was paid for one country: its part of each edition by its participants, and its deliveries."""
    paid = await list_country_costs(session, country_code, since, through, provenance)
    people = await fetch_participants_of(session, [id_ for kind, id_ in paid if kind is SubjectKind.EDITION])
    every = [entry for entries in paid.values() for entry in entries]
    worth = Worth(currency, await _find_rates(session, currency, every))
    parts = {
        subject: part_of_country(subject[1], entries, country_code, people.get(subject[1]), worth)
        for subject, entries in paid.items()
    }
    shown = {subject: part for subject, part in parts.items() if part.participants != 0}
    return CountryCosts.model_validate(
        {
            "country": country_code,
            "since": since,
            "through": through,
            "provenance": provenance,
            "currencies": sum_by_currency(money for part in shown.values() for money in part.currencies),
            "reported": sum((part.reported for part in shown.values()), Money(Decimal(0), currency)),
            "parts": [
                CountryPartRead.of(part, subject={"kind": kind, "id": id_})
                for (kind, id_), part in sorted(shown.items())
            ],
            "rates": worth.rates,
        }
    )


@router.get("/editions/{edition_id}/finance", response_model=FinanceRead, responses=_REFUSED)
async def read_edition_finance(
    session: ReadSession,
    caller: Caller,
    edition_id: UUID,
    currency: CurrencyCode = "KZT",
    provenance: Asked = Provenance.REAL,
) -> FinanceRead:
    """Read what is budgeted, allocated, committed and paid for the edition, and each budget against its period."""
    return await _read_finance(session, caller, (SubjectKind.EDITION, edition_id), currency, provenance)


@router.get("/deliveries/{delivery_id}/finance", response_model=FinanceRead, responses=_REFUSED)
async def read_delivery_finance(
    session: ReadSession,
    caller: Caller,
    delivery_id: UUID,
    currency: CurrencyCode = "KZT",
    provenance: Asked = Provenance.REAL,
) -> FinanceRead:
    """Read what is budgeted, allocated, committed and paid for the delivery, and each budget against its period."""
    return await _read_finance(session, caller, (SubjectKind.DELIVERY, delivery_id), currency, provenance)


@router.get("/programs/{program_id}/finance", response_model=FinanceRead, responses=_REFUSED)
async def read_program_finance(
    session: ReadSession,
    caller: Caller,
    program_id: UUID,
    currency: CurrencyCode = "KZT",
    provenance: Asked = Provenance.REAL,
) -> FinanceRead:
    """Read how the money of a program with all its parts stands: by its own budgets, or else by theirs."""
    return await _read_finance(session, caller, (SubjectKind.PROGRAM, program_id), currency, provenance)


async def _reckon(
    session: AsyncSession,
    costs: Sequence[Booked],
    heads: Mapping[str, int],
    currency: str,
    provenance: Provenance,
) -> Reckoned:
    gifts = await list_gifts(session, {cost.fund_id for cost in costs}, provenance)
    return reckon(costs, gifts, heads, currency, await _find_rates(session, currency, (*costs, *gifts)))


async def _read_finance(
    session: AsyncSession,
    caller: CallerIdentity,
    subject: tuple[SubjectKind, UUID],
    currency: str,
    provenance: Provenance,
) -> FinanceRead:
    await require_within_reach(session, *subject, caller)
    budgets = await list_planned(session, *subject, provenance)
    entries = await list_purposed(session, *subject, provenance)
    rates = await _find_rates(session, currency, entries, budgets)
    worth = Worth(currency, rates)
    reported = stand(budgets, entries, worth)
    compared = [compare(budget, entries, rates) for budget in budgets]
    used = {rate for _, in_budget in compared for rate in in_budget.rates} | set(worth.rates)
    return FinanceRead.model_validate(
        {
            "subject": {"kind": subject[0], "id": subject[1]},
            "provenance": provenance,
            "currencies": stand_by_currency(budgets, entries),
            "reported": reported,
            "budgets": [comparison for comparison, _ in compared],
            "rates": sorted(used, key=lambda rate: (rate.base, rate.quote, rate.dated)),
        }
    )


async def _find_rates(
    session: AsyncSession, currency: str, entries: Sequence[Booked], budgets: Sequence[Planned] = ()
) -> list[Rate]:
    """Return the rates that may lead from what is held to `currency`, or from one budget's to another's."""
    rows: list[Booked | Planned] = [*entries, *budgets]
    held = {row.money.currency for row in rows}
    days = [row.valued_on for row in rows]
    if not days:
        return []
    return await list_rates(session, sorted({*held, currency, PIVOT}), max(days))


def _edition_costs(part: Breakdown) -> EditionCostsIn:
    return EditionCostsIn.of(part, per_participant=part.per_head)


def _delivery_costs(part: Breakdown) -> DeliveryCostsIn:
    per_unit = [{"units": group.participants, "money": group.money} for group in part.per_head]
    return DeliveryCostsIn.of(part, per_unit=per_unit)
