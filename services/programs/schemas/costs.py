"""Costs and the standing of money on the wire."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from services.common.clock import Provenance
from services.common.wire import Answer
from services.common.wire_codes import MoneyRead
from services.programs.schemas.evidence import SubjectRead
from services.programs.schemas.money import RateUsed


class ShareRead(Answer):
    """Whose part of the cost is how much: the id of an organization, or the code of a country."""

    owner: str
    money: MoneyRead


class PerHeadRead(Answer):
    """So many participants cost so much each."""

    participants: int
    money: MoneyRead


class PerUnitRead(Answer):
    """So many units cost so much each."""

    units: int
    money: MoneyRead


class EditionCostsIn(Answer):
    """What an edition has cost in one currency; each list sums to the total exactly."""

    total: MoneyRead
    per_participant: list[PerHeadRead]
    countries: list[ShareRead]
    """By the participants of each; an empty owner stands for seats of no country."""
    donors: list[ShareRead]
    """By what each gave to the funds that paid; an empty owner stands for a fund that nobody has given to."""


class EditionCosts(Answer):
    """What an edition has cost."""

    edition_id: UUID
    provenance: Provenance
    participants: int
    """Seats accepted, as participants last told."""
    currencies: list[EditionCostsIn]
    """As paid, nothing converted."""
    reported: EditionCostsIn
    """The same in the reporting currency, each payment by the rate of its day."""
    rates: list[RateUsed]


class DeliveryCostsIn(Answer):
    """What a delivery has cost in one currency; each list sums to the total exactly."""

    total: MoneyRead
    per_unit: list[PerUnitRead]
    donors: list[ShareRead]
    """By what each gave to the funds that paid; an empty owner stands for a fund that nobody has given to."""


class DeliveryCosts(Answer):
    """What a delivery has cost, all of it for its recipient."""

    delivery_id: UUID
    provenance: Provenance
    recipient_country: str | None
    units: int | None
    currencies: list[DeliveryCostsIn]
    """As paid, nothing converted."""
    reported: DeliveryCostsIn
    """The same in the reporting currency, each payment by the rate of its day."""
    rates: list[RateUsed]


class CountryPartRead(Answer):
    """What one edition or delivery has cost for the country."""

    subject: SubjectRead
    participants: int | None
    """Of the country; null of a delivery, which is the country's as a whole."""
    currencies: list[MoneyRead]
    """As paid, nothing converted."""
    reported: MoneyRead


class CountryCosts(Answer):
    """What was paid for one country over a time, both days included: its parts of editions, and its deliveries."""

    country: str
    since: date
    through: date
    provenance: Provenance
    currencies: list[MoneyRead]
    """As paid, one sum per currency."""
    reported: MoneyRead
    """In the reporting currency, each payment by the rate of its day."""
    parts: list[CountryPartRead]
    rates: list[RateUsed]


class StandingRead(Answer):
    """How the money stands in one currency."""

    budgeted: MoneyRead
    allocated: MoneyRead
    committed: MoneyRead
    """What funds have committed themselves to pay."""
    paid: MoneyRead
    left: MoneyRead
    """Budgeted and not paid; below zero where it is overspent."""


class ComparisonRead(Answer):
    """A budget in force against what was paid in its period, in its own currency."""

    budget_id: UUID
    starts_on: date
    ends_on: date
    budgeted: MoneyRead
    paid: MoneyRead
    left: MoneyRead
    spent_percent: Decimal | None


class FinanceRead(Answer):
    """How the money for a program, edition or delivery stands."""

    subject: SubjectRead
    provenance: Provenance
    currencies: list[StandingRead]
    """As planned and booked, nothing converted."""
    reported: StandingRead
    """The same in the reporting currency: entries by the rate of their day, budgets by that of `valued_on`."""
    budgets: list[ComparisonRead]
    rates: list[RateUsed]
