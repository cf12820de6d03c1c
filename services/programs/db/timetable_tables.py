"""Tables of timetables: meetings, and who teaches in them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from services.common.database import Versioned
from services.programs.db.base import Base
from services.programs.domain.training_sessions import TrainingSessionKind, TrainingSessionState


class Lecturer(Versioned, Base):
    """Somebody who teaches; shown to the public only with consent."""

    __tablename__ = "lecturer"

    names: Mapped[dict[str, str]]
    organization_id: Mapped[UUID | None] = mapped_column(ForeignKey("organization.id"))
    expertise: Mapped[list[str]]
    consents_to_be_shown: Mapped[bool]


class TrainingSession(Versioned, Base):
    """One meeting of a course."""

    __tablename__ = "training_session"
    __table_args__ = (
        Index("ix_training_session_edition_id", "edition_id", "starts_at"),
        Index("ix_training_session_starts_at", "starts_at", "ends_at"),
        Index("ix_training_session_lecturers", "lecturers", postgresql_using="gin"),
    )

    edition_id: Mapped[UUID] = mapped_column(ForeignKey("edition.id"))
    kind: Mapped[TrainingSessionKind]
    title: Mapped[dict[str, str]]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    venue: Mapped[str | None]
    state: Mapped[TrainingSessionState]
    state_reason: Mapped[str | None]
    mandatory: Mapped[bool]
    counts_for_attendance: Mapped[bool]
    delivery_language: Mapped[str | None]
    lecturers: Mapped[list[dict[str, Any]]]
