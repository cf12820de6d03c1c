"""Tables of what is given that is not a course, and of the documents that prove it."""

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import CHAR, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.common.clock import Provenance
from services.common.database import Versioned
from services.common.money import Money
from services.common.search import searchable
from services.programs.db.base import Base
from services.programs.domain.deliveries import DeliveryKind, DeliveryState, DocumentKind

if TYPE_CHECKING:
    from services.programs.db.tables import Program


class Delivery(Versioned, Base):
    """Something given that is not a course."""

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("code", name="uq_delivery_code"),
        Index("ix_delivery_recipient_country", "recipient_country"),
        Index("ix_delivery_predecessor_id", "predecessor_id"),
        Index("ix_delivery_program_id", "program_id"),
        Index("ix_delivery_search", "search", postgresql_using="gin"),
        CheckConstraint("predecessor_id IS NULL OR predecessor_edition_id IS NULL", name="one_predecessor"),
        CheckConstraint("(value_amount IS NULL) = (value_currency IS NULL)", name="value"),
        CheckConstraint("details ->> 'kind' = kind", name="details"),
    )

    code: Mapped[str]
    kind: Mapped[DeliveryKind]
    title: Mapped[dict[str, str]]
    program_id: Mapped[UUID | None] = mapped_column(ForeignKey("program.id"))
    predecessor_id: Mapped[UUID | None] = mapped_column(ForeignKey("delivery.id"))
    """The delivery that it follows in a chain; or else the edition, by the next column."""
    predecessor_edition_id: Mapped[UUID | None] = mapped_column(ForeignKey("edition.id"))
    recipient_country: Mapped[str | None]
    recipient_organization_id: Mapped[UUID | None] = mapped_column(ForeignKey("organization.id"))
    place: Mapped[str | None]
    period: Mapped[str | None]
    """EDTF; None where no source dates it."""
    earliest: Mapped[date | None]
    latest: Mapped[date | None]
    quantity: Mapped[int | None]
    unit: Mapped[str | None]
    value_amount: Mapped[Decimal | None]
    """What it is worth, as agreed; what was paid for it stands in the ledger."""
    value_currency: Mapped[str | None] = mapped_column(CHAR(3))
    details: Mapped[dict[str, Any]]
    """The block of its kind, whole (schemas/delivery_details.py)."""
    sectors: Mapped[list[dict[str, Any]]]
    aid_type: Mapped[str | None]
    coded_by: Mapped[str | None]
    search: Mapped[str] = mapped_column(
        TSVECTOR, searchable("programs", "code", languages=["title"]), deferred=True
    )
    """The words by which it is found, folded (`services.common.search`)."""
    state: Mapped[DeliveryState]
    state_reason: Mapped[str | None]
    began_on: Mapped[date | None]
    """The day on which it became `in_delivery`; None where nobody saw it, as in stated facts."""
    handed_over_on: Mapped[date | None]
    accepted_on: Mapped[date | None]
    provenance: Mapped[Provenance]

    program: Mapped["Program | None"] = relationship(lazy="raise")

    @property
    def value(self) -> Money | None:
        """What it is worth."""
        if self.value_amount is None or self.value_currency is None:
            return None
        return Money(self.value_amount, self.value_currency)

    @property
    def label(self) -> str:
        """What a link to it says."""
        return self.title.get("en") or self.code

    @property
    def href(self) -> str:
        """Where it stands."""
        return f"/v1/deliveries/{self.id}"


class DeliveryDocument(Versioned, Base):
    """A document or a photo about a delivery, as of its day."""

    __tablename__ = "delivery_document"
    __table_args__ = (
        Index("ix_delivery_document_delivery_id", "delivery_id", "dated"),
        Index("ix_delivery_document_search", "search", postgresql_using="gin"),
        CheckConstraint("(url IS NULL) <> (file_id IS NULL)", name="one_place"),
    )

    delivery_id: Mapped[UUID] = mapped_column(ForeignKey("delivery.id"))
    kind: Mapped[DocumentKind]
    title: Mapped[str]
    dated: Mapped[date]
    url: Mapped[str | None]
    """Where it stands elsewhere; or else the next column, a file that is kept here."""
    file_id: Mapped[UUID | None]
    search: Mapped[str] = mapped_column(TSVECTOR, searchable("programs", "title"), deferred=True)
    """The words by which it is found, folded (`services.common.search`)."""
    public: Mapped[bool]
    withdrawn_reason: Mapped[str | None]
    """Why it no longer counts; None as long as it does."""
