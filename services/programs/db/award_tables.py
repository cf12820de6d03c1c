"""Tables of awards and their instalments."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CHAR, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.common.clock import Provenance
from services.common.database import Versioned
from services.common.database_errors import translate_constraint
from services.common.money import Money
from services.programs.db.base import Base
from services.programs.domain.awards import AwardKind, InstalmentState
from services.programs.domain.problems import PortfolioItemExists


class Award(Versioned, Base):
    """A grant or scholarship, paid in instalments."""

    __tablename__ = "award"
    __table_args__ = (
        UniqueConstraint("code", name="uq_award_code"),
        CheckConstraint("(edition_id IS NULL) <> (delivery_id IS NULL)", name="one_purpose"),
        CheckConstraint("person_id IS NULL OR organization_id IS NULL", name="one_recipient"),
        Index("ix_award_fund_id", "fund_id"),
        Index("ix_award_edition_id", "edition_id"),
        Index("ix_award_delivery_id", "delivery_id"),
    )

    code: Mapped[str]
    kind: Mapped[AwardKind]
    title: Mapped[dict[str, str]]
    fund_id: Mapped[UUID] = mapped_column(ForeignKey("fund.id"))
    edition_id: Mapped[UUID | None] = mapped_column(ForeignKey("edition.id"))
    delivery_id: Mapped[UUID | None] = mapped_column(ForeignKey("delivery.id"))
    organization_id: Mapped[UUID | None] = mapped_column(ForeignKey("organization.id"))
    person_id: Mapped[UUID | None]
    """The person it is for, by the id that participants gave; who that is stands there."""
    recipient_version: Mapped[int] = mapped_column(server_default="0")
    """How often participants has said who that is; 0 until it has."""
    currency: Mapped[str] = mapped_column(CHAR(3))
    provenance: Mapped[Provenance]

    instalments: Mapped[list["Instalment"]] = relationship(
        lazy="raise", order_by="Instalment.ordinal", back_populates="award"
    )

    @property
    def label(self) -> str:
        """What a link to it says."""
        return self.code

    @property
    def href(self) -> str:
        """Where it stands."""
        return f"/v1/awards/{self.id}"


class Instalment(Versioned, Base):
    """A part of an award that falls due on a day, if its condition is met."""

    __tablename__ = "instalment"
    __table_args__ = (
        UniqueConstraint("award_id", "ordinal", name="uq_instalment_ordinal"),
        UniqueConstraint("transaction_id", name="uq_instalment_transaction"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("(state = 'paid') = (transaction_id IS NOT NULL)", name="paid"),
        CheckConstraint("state NOT IN ('approved', 'paid') OR approved_by IS NOT NULL", name="approved"),
        CheckConstraint("paid_by <> approved_by", name="two_people"),
        Index("ix_instalment_due_on", "due_on"),
    )

    award_id: Mapped[UUID] = mapped_column(ForeignKey("award.id"))
    ordinal: Mapped[int]
    amount: Mapped[Decimal]
    due_on: Mapped[date]
    condition: Mapped[dict[str, str] | None]
    condition_met_on: Mapped[date | None]
    state: Mapped[InstalmentState]
    state_reason: Mapped[str | None]
    approved_by: Mapped[str | None]
    """The account that approved it; another one pays it."""
    paid_by: Mapped[str | None]
    transaction_id: Mapped[UUID | None] = mapped_column(ForeignKey("ledger_entry.id"))
    """The payment, unless it was reversed."""

    award: Mapped[Award] = relationship(lazy="raise", back_populates="instalments")

    @property
    def money(self) -> Money:
        """How much it is; the award must be loaded."""
        return Money(self.amount, self.award.currency)

    @property
    def href(self) -> str:
        """Where it stands."""
        return f"/v1/awards/{self.award_id}/instalments/{self.id}"


translate_constraint("uq_award_code", PortfolioItemExists)
