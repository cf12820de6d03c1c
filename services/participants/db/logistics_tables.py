"""Tables of logistics: arrivals, rooms, meals, per diem, and exports for visa support."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CHAR, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.common.database import Versioned
from services.participants.db.base import Base
from services.participants.domain.logistics import Diet


class Logistics(Versioned, Base):
    """How one participant comes and goes, and what they need meanwhile."""

    __tablename__ = "logistics"
    __table_args__ = (UniqueConstraint("participation_id"),)

    participation_id: Mapped[UUID] = mapped_column(ForeignKey("participation.id"))
    arrives_at: Mapped[datetime | None]
    arrives_by: Mapped[str | None]
    """Flight or train, and where to."""
    leaves_at: Mapped[datetime | None]
    leaves_by: Mapped[str | None]
    needs_visa: Mapped[bool]
    insured_until: Mapped[date | None]
    room: Mapped[str | None]
    diet: Mapped[Diet]


class PerDiem(Versioned, Base):
    """What participants of an edition get for each day of their stay."""

    __tablename__ = "per_diem"
    __table_args__ = (UniqueConstraint("edition_id"),)

    edition_id: Mapped[UUID] = mapped_column(ForeignKey("mirror_edition.id"))
    amount: Mapped[Decimal]
    currency: Mapped[str] = mapped_column(CHAR(3))


class VisaExport(Versioned, Base):
    """Passport data of named participants for one purpose: asked for by one person, approved by another (R15)."""

    __tablename__ = "visa_export"
    __table_args__ = (Index("ix_visa_export_edition_id", "edition_id"),)

    edition_id: Mapped[UUID] = mapped_column(ForeignKey("mirror_edition.id"))
    purpose: Mapped[str]
    participation_ids: Mapped[list[str]]
    requested_by: Mapped[str]
    approved_by: Mapped[str | None]
    expires_at: Mapped[datetime | None]
    """After this nobody reads it; None until it is approved."""
