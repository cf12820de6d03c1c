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
from services.programs.domain.money import EntryKind, fits_rate


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


def _without_zeros(rate: Decimal) -> Decimal:
    return Decimal(f"{rate.normalize():f}")


RateRead = Annotated[Decimal, AfterValidator(_without_zeros)]
"""A rate of exchange with just the decimals that it needs."""


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


class ForOnePurpose(Request):
    """Money for an edition or a delivery."""

    edition_id: Id | None = None
    delivery_id: Id | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.edition_id is None) == (self.delivery_id is None):
            raise ValueError("name either an edition or a delivery")
        return self


class AllocationCreate(Entry, ForOnePurpose):
    """Money of a fund set aside for an edition or a delivery."""


class TransactionCreate(Entry, ForOnePurpose):
    """What a fund commits itself to pay or has paid for an edition or a delivery."""

    fund_id: Id
    kind: Literal[EntryKind.OUTGOING_COMMITMENT, EntryKind.DISBURSEMENT, EntryKind.EXPENDITURE]
    organization_id: Id | None = None


class ExchangeCreate(Request):
    """Money of a fund that was given for money of another currency; both sides are booked at once.

    What was received is what was given at the rate, give or take less than a minor unit.
    """

    given: Payment
    received: Payment
    rate: Rate
    """What one unit given was worth in the currency received."""
    dated: Day
    note: Line | None = None
    provenance: Provenance = Provenance.REAL

    @model_validator(mode="after")
    def _at_the_rate(self) -> Self:
        if self.given.currency == self.received.currency:
            raise ValueError("an exchange is between two currencies")
        if not fits_rate(self.given.to_money(), self.received.to_money(), self.rate):
            raise ValueError("what was received is not what was given at this rate")
        return self


class ReversalCreate(Request):
    """Why and by what day an entry is taken back; of an exchange, both sides are."""

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
    rate: RateRead | None
    """Of an exchange."""
    note: str | None
    provenance: Provenance


class ExchangeRead(Answer):
    """Both sides of an exchange."""

    given: TransactionRead
    received: TransactionRead


class StatementLine(Answer):
    """How a fund stands in one currency."""

    currency: str
    opening: Decimal
    """Cash before the first day: received, by gift or exchange, and neither paid nor given in exchange."""
    received: Decimal
    exchanged_in: Decimal
    exchanged_out: Decimal
    paid: Decimal
    closing: Decimal
    """Opening, and what came less what went."""
    promised: Decimal
    """Committed by donors and not received yet, through the last day; so are the next."""
    in_kind: Decimal
    """Gifts in kind, which are no cash."""
    allocated: Decimal
    available: Decimal
    """Received, committed and exchanged, less allocated."""


class FundStatement(Answer):
    """A fund over a time, both days included."""

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
    rate: RateRead
    source: str


class ExchangeRateRead(Resource, RateUsed):
    """A dated exchange rate; it never changes."""


class FiscalClosureCreate(Request):
    """Close the books through this day, for good."""

    through: Day


class FiscalClosureRead(Resource):
    """Through this day nothing is booked any more."""

    through: date
