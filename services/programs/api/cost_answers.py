"""What several editions have cost, reckoned at once: the number of statements does not grow with them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.clock import Provenance
from services.common.money import Money
from services.programs.db.costs import fetch_participants_of, list_edition_costs, list_gifts
from services.programs.db.money import list_rates
from services.programs.domain.costs import Reckoned, reckon, sum_by_currency
from services.programs.domain.money import PIVOT
from services.programs.domain.problems import RateMissing


@dataclass(frozen=True)
class EditionCost:
    """What one edition has cost."""

    participants: int
    currencies: list[Money]
    """As paid."""
    reckoned: Reckoned | None
    """In the reporting currency, by head and donor; None where a rate is missing, which is never guessed."""


async def reckon_editions(
    session: AsyncSession, editions: Collection[UUID], currency: str, provenance: Provenance
) -> Mapping[UUID, EditionCost]:
    """Return what each of the editions has cost, also those on which nothing was spent."""
    people = await fetch_participants_of(session, editions)
    costs = await list_edition_costs(session, editions, provenance)
    paid = [entry for entries in costs.values() for entry in entries]
    gifts = await list_gifts(session, {entry.fund_id for entry in paid}, provenance)
    every = [*paid, *gifts]
    held = sorted({*(entry.money.currency for entry in every), currency, PIVOT})
    rates = await list_rates(session, held, max(entry.valued_on for entry in every)) if every else []
    found = {}
    for edition_id in editions:
        own = costs.get(edition_id, [])
        funds = {entry.fund_id for entry in own}
        try:
            given = [gift for gift in gifts if gift.fund_id in funds]
            reckoned = reckon(own, given, people[edition_id], currency, rates)
        except RateMissing:
            reckoned = None
        totals = sum_by_currency(entry.money for entry in own)
        found[edition_id] = EditionCost(sum(people[edition_id].values()), totals, reckoned)
    return found
