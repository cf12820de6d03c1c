"""Tables of money: ledger, budgets, exchange rates and closed periods; rows are only ever added."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CHAR, CheckConstraint, ForeignKey, Index, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.common.clock import Provenance
from services.common.database import Versioned
from services.common.database_errors import translate_constraint
from services.common.money import Money
from services.programs.db.base import Base
from services.programs.domain.budgets import BudgetKind, BudgetStatus
from services.programs.domain.evidence import SubjectKind
from services.programs.domain.money import EntryKind
from services.programs.domain.problems import BudgetRevised, EntryReversed, PortfolioItemExists


class LedgerEntry(Versioned, Base):
    """One movement of a fund's money, or a promise of one; corrected by its reversal only."""

    __tablename__ = "ledger_entry"
    __table_args__ = (
        UniqueConstraint("reverses_id", name="uq_ledger_entry_reverses"),
        CheckConstraint("(amount > 0) = (reverses_id IS NULL) AND amount <> 0", name="sign"),
        CheckConstraint("edition_id IS NULL OR delivery_id IS NULL", name="one_purpose"),
        CheckConstraint("(kind = 'in_kind') = (valuation_method IS NOT NULL)", name="valuation"),
        CheckConstraint("(kind IN ('exchange_out', 'exchange_in')) = (rate IS NOT NULL)", name="rate"),
        Index("ix_ledger_entry_fund_id", "fund_id", "dated"),
        Index("ix_ledger_entry_edition_id", "edition_id"),
        Index("ix_ledger_entry_delivery_id", "delivery_id"),
        Index("ix_ledger_entry_origin_id", "origin_id"),
    )

    fund_id: Mapped[UUID] = mapped_column(ForeignKey("fund.id"))
    kind: Mapped[EntryKind]
    organization_id: Mapped[UUID | None] = mapped_column(ForeignKey("organization.id"))
    """Who gives what comes in, or receives what goes out."""
    edition_id: Mapped[UUID | None] = mapped_column(ForeignKey("edition.id"))
    delivery_id: Mapped[UUID | None] = mapped_column(ForeignKey("delivery.id"))
    origin_id: Mapped[UUID | None] = mapped_column(ForeignKey("ledger_entry.id"))
    """The pledge or commitment that it fulfills; of money got in exchange, what was given for it."""
    reverses_id: Mapped[UUID | None] = mapped_column(ForeignKey("ledger_entry.id"))
    amount: Mapped[Decimal]
    """Negative in a reversal."""
    currency: Mapped[str] = mapped_column(CHAR(3))
    dated: Mapped[date]
    valuation_method: Mapped[str | None]
    rate: Mapped[Decimal | None] = mapped_column(Numeric(20, 8))
    """Of an exchange: what one unit given was worth in the currency received."""
    note: Mapped[str | None]
    provenance: Mapped[Provenance]

    @property
    def href(self) -> str:
        """Where it stands."""
        return f"/v1/transactions/{self.id}"


class Budget(Versioned, Base):
    """Planned money of a subject for a period; corrected by its revision only."""

    __tablename__ = "budget"
    __table_args__ = (
        UniqueConstraint("revises_id", name="uq_budget_revises"),
        CheckConstraint("(kind = 'original') = (revises_id IS NULL)", name="revision"),
        CheckConstraint("amount >= 0", name="amount"),
        CheckConstraint("ends_on - starts_on BETWEEN 0 AND 365", name="year"),
        Index("ix_budget_subject", "subject_id", "subject_kind", "starts_on"),
    )

    subject_kind: Mapped[SubjectKind]
    subject_id: Mapped[UUID]
    kind: Mapped[BudgetKind]
    status: Mapped[BudgetStatus]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    amount: Mapped[Decimal]
    currency: Mapped[str] = mapped_column(CHAR(3))
    valued_on: Mapped[date]
    """The day whose exchange rate applies to it."""
    revises_id: Mapped[UUID | None] = mapped_column(ForeignKey("budget.id"))
    note: Mapped[str | None]
    provenance: Mapped[Provenance]

    @property
    def subject(self) -> dict[str, Any]:
        """What it is for."""
        return {"kind": self.subject_kind, "id": self.subject_id}

    @property
    def money(self) -> Money:
        """How much it is."""
        return Money(self.amount, self.currency)

    @property
    def href(self) -> str:
        """Where it stands."""
        return f"/v1/budgets/{self.id}"


class ExchangeRate(Versioned, Base):
    """What one unit of a currency was worth in another on one day, as a source states it."""

    __tablename__ = "exchange_rate"
    __table_args__ = (
        UniqueConstraint("base", "quote", "dated", name="uq_exchange_rate_day"),
        CheckConstraint("rate > 0 AND base <> quote", name="positive"),
    )

    base: Mapped[str] = mapped_column(CHAR(3))
    quote: Mapped[str] = mapped_column(CHAR(3))
    dated: Mapped[date]
    rate: Mapped[Decimal] = mapped_column(Numeric(20, 8))
    source: Mapped[str]


class FiscalClosure(Versioned, Base):
    """Through this day the books are closed."""

    __tablename__ = "fiscal_closure"
    __table_args__ = (UniqueConstraint("through", name="uq_fiscal_closure_through"),)

    through: Mapped[date]


translate_constraint("uq_ledger_entry_reverses", EntryReversed)
translate_constraint("uq_budget_revises", BudgetRevised)
translate_constraint("uq_exchange_rate_day", PortfolioItemExists)
translate_constraint("uq_fiscal_closure_through", PortfolioItemExists)
