"""Tables beside attendance and certificates: scans, what was corrected, and how an edition's documents look."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.common.database import Identified, Versioned
from services.participants.db.base import Base
from services.participants.domain.attendance import AttendanceSource, AttendanceStatus
from services.participants.domain.check_ins import CheckInOutcome


class CheckIn(Base):
    """A scan, by the nonce of whoever scanned it: a replay finds what became of it."""

    __tablename__ = "check_in"
    __table_args__ = (Index("ix_check_in_participation_id", "participation_id"),)

    nonce: Mapped[UUID] = mapped_column(primary_key=True)
    edition_id: Mapped[UUID]
    training_session_id: Mapped[UUID]
    participation_id: Mapped[UUID | None] = mapped_column(ForeignKey("participation.id"))
    scanned_at: Mapped[datetime]
    outcome: Mapped[CheckInOutcome]


class AttendanceChange(Identified, Base):
    """What an attendance record said from then on, who said so and why; never changed."""

    __tablename__ = "attendance_change"
    __table_args__ = (Index("ix_attendance_change_attendance_id", "attendance_id", "created_at"),)

    attendance_id: Mapped[UUID] = mapped_column(ForeignKey("attendance.id"))
    status: Mapped[AttendanceStatus]
    minutes: Mapped[int]
    source: Mapped[AttendanceSource]
    reason: Mapped[str | None]
    actor: Mapped[str]


class CertificateDesign(Versioned, Base):
    """What an edition's certificates say beside the holder: who issues and signs them, in which words."""

    __tablename__ = "certificate_design"

    edition_id: Mapped[UUID] = mapped_column(ForeignKey("mirror_edition.id"), unique=True)
    issuer: Mapped[dict[str, str]]
    wording: Mapped[dict[str, str] | None]
    """A line under the course, by language; plain text."""
    signatories: Mapped[list[dict[str, Any]]]
    logos: Mapped[list[str]] = mapped_column(server_default=text("'[]'"))
    """Files with the partners' logos, from left to right."""
