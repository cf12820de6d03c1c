"""Money on the wire."""

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Final, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from services.common.clock import Provenance
from services.common.wire import Answer, Day, Id, Line, Request, Resource
from services.common.wire_codes import CurrencyCode, MoneyRead, MoneyWrite
from services.programs.domain.money import EntryKind


def _above_zero(money: MoneyWrite) -> MoneyWrite:
    if money.amount <= 0:
        raise ValueError("expected an amount above zero; corrections are reversals")
    return money


Payment = Annotated[MoneyWrite, AfterValidator(_above_zero)]
_RATE: Final = re.compile(r"(0|[1-9][0-9]{0,5})(\.[0-9]{1,8})?")


def _read_rate(value: object) -> Decimal:
    if not (isinstance(value, str) and _RATE.fullmatch(value)):
        raise ValueError("expected a decimal number in a string, with at most 8 decimals")
    return Decimal(value)


Rate = Annotated[
    Decimal,
    BeforeValidator(_read_rate, json_schema_input_type=str),
    Field(gt=0),
    WithJsonSchema({"type": "string", "pattern": rf"^{_RATE.pattern}$", "examples": ["523.54"]}),
]
"""A rate of exchange, in a string; below a million, with the 8 decimals that a weak currency needs."""


class Entry(Request):
    """What every new ledger entry says."""

    money: Payment
    dated: Day
    note: Line | None = None
    provenance: Provenance = Provenance.REAL
    """Synthetic money is possible in demonstration mode only, and is left out of costs unless asked for."""


class ContributionCreate(Entry):
    """What a donor pledges, commits or gives to a fund."""

    kind: Literal[EntryKind.PLEDGE, EntryKind.COMMITMENT, EntryKind.RECEIPT, EntryKind.IN_KIND]
    organization_id: Id
    origin_id: Id | None = None
    """The pledge that a commitment fulfills, or the commitment that a receipt fulfills."""
    valuation_method: Line | None = None
    """How the value of a gift in kind was found; compulsory there and nowhere else."""

    @model_validator(mode="after")
    def _valued(self) -> Self:
        if (self.kind is EntryKind.IN_KIND) != (self.valuation_method is not None):
            raise ValueError("a gift in kind, and nothing else, needs a valuation_method")
        return self


class _ForOnePurpose(Entry):
    edition_id: Id | None = None
    delivery_id: Id | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.edition_id is None) == (self.delivery_id is None):
            raise ValueError("name either an edition or a delivery")
        return self


class AllocationCreate(_ForOnePurpose):
    """Money of a fund set aside for an edition or a delivery."""


class TransactionCreate(_ForOnePurpose):
    """What a fund commits itself to pay or has paid for an edition or a delivery."""

    fund_id: Id
    kind: Literal[EntryKind.OUTGOING_COMMITMENT, EntryKind.DISBURSEMENT, EntryKind.EXPENDITURE]
    organization_id: Id | None = None


class ReversalCreate(Request):
    """Why and by what day an entry is taken back."""

    dated: Day
    note: Line


class TransactionRead(Resource):
    """A ledger entry; it never changes."""

    fund_id: UUID
    kind: EntryKind
    iati_type: str | None
    organization_id: UUID | None
    edition_id: UUID | None
    delivery_id: UUID | None
    origin_id: UUID | None
    reverses_id: UUID | None
    money: MoneyRead
    dated: date
    valuation_method: str | None
    note: str | None
    provenance: Provenance


class StatementLine(Answer):
    """How a fund stands in one currency."""

    currency: str
    opening: Decimal
    """Received less paid before the first day."""
    received: Decimal
    paid: Decimal
    closing: Decimal
    allocated: Decimal
    """Through the last day, as is the next."""
    available: Decimal
    """Received and committed, less allocated."""


class FundStatement(Answer):
    """A fund over a time, both days included; gifts in kind are no money and left out."""

    fund_id: UUID
    since: date
    through: date
    provenance: Provenance
    lines: list[StatementLine]


class ExchangeRateWrite(Request):
    """What one unit of `base` is worth in `quote` on a day."""

    base: CurrencyCode = Field(examples=["USD"])
    quote: CurrencyCode
    dated: Day
    rate: Rate = Field(examples=["523.5400"])
    source: Line

    @model_validator(mode="after")
    def _two(self) -> Self:
        if self.base == self.quote:
            raise ValueError("a rate is between two currencies")
        return self


class ExchangeRatesCreate(Request):
    """Rates to enter: all of them or, if one is known already, none."""

    rates: list[ExchangeRateWrite] = Field(min_length=1, max_length=500)


class ExchangeRatesEntered(Answer):
    """How many rates were entered."""

    entered: int


class RateUsed(Answer):
    """A dated exchange rate."""

    base: str
    quote: str
    dated: date
    rate: Decimal
    source: str


class ExchangeRateRead(Resource, RateUsed):
    """A dated exchange rate; it never changes."""


class FiscalClosureCreate(Request):
    """Close the books through this day, for good."""

    through: Day


class FiscalClosureRead(Resource):
    """Through this day nothing is booked any more."""

    through: date


class ShareRead(Answer):
    """Whose part of the cost is how much: the id of an organization, or the code of a country."""

    owner: str
    money: MoneyRead


class PerHeadRead(Answer):
    """So many participants cost so much each."""

    participants: int
    money: MoneyRead


class EditionCosts(Answer):
    """What an edition has cost."""

    edition_id: UUID
    provenance: Provenance
    totals: list[MoneyRead]
    """As paid, one per currency."""
    reported: MoneyRead
    """The same in the reporting currency, each payment by the rate of its day."""
    participants: int
    """Seats accepted, as participants last told."""
    per_participant: list[PerHeadRead]
    countries: list[ShareRead]
    """By the participants of each; an empty owner stands for seats of no country."""
    donors: list[ShareRead]
    """By what each gave to the funds that paid."""
    rates: list[RateUsed]
