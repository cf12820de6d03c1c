"""Tables of who does what with whom."""

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.common.database import Versioned
from services.programs.db.base import Base
from services.programs.domain.evidence import Confidence, SubjectKind
from services.programs.domain.programs import FunctionalRole, SupportKind, TriangularRole

if TYPE_CHECKING:
    from services.programs.db.tables import Organization


class Partnership(Versioned, Base):
    """What an organization does in one or, as a group that no source takes apart, several undertakings."""

    __tablename__ = "partnership"
    __table_args__ = (UniqueConstraint("code", name="uq_partnership_code"),)

    code: Mapped[str]
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"), index=True)
    iati_role: Mapped[str | None]
    functional_role: Mapped[FunctionalRole]
    triangular_role: Mapped[TriangularRole | None]
    support_kind: Mapped[SupportKind | None]
    """How a facilitator supports the others."""
    period: Mapped[str | None]
    """EDTF."""
    certainty: Mapped[Confidence]
    ended_on: Mapped[date | None]
    """From this day on the organization is no longer part of it."""
    end_reason: Mapped[str | None]

    organization: Mapped["Organization"] = relationship(lazy="raise")


class PartnershipSubject(Base):
    """What a partnership is for."""

    __tablename__ = "partnership_subject"
    __table_args__ = (Index("ix_partnership_subject_subject", "subject_id", "subject_kind"),)

    partnership_id: Mapped[UUID] = mapped_column(ForeignKey("partnership.id"), primary_key=True)
    subject_kind: Mapped[SubjectKind] = mapped_column(primary_key=True)
    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
