"""Tables of timetables: meetings, and who teaches in them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, false
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from services.common.database import Versioned
from services.common.search import searchable
from services.programs.db.base import Base
from services.programs.domain.editions import Modality
from services.programs.domain.training_sessions import TrainingSessionKind, TrainingSessionState


class Lecturer(Versioned, Base):
    """Somebody who teaches; shown to the public only with consent."""

    __tablename__ = "lecturer"
    __table_args__ = (Index("ix_lecturer_search", "search", postgresql_using="gin"),)

    names: Mapped[dict[str, str]]
    organization_id: Mapped[UUID | None] = mapped_column(ForeignKey("organization.id"))
    expertise: Mapped[list[str]]
    consents_to_be_shown: Mapped[bool]
    search: Mapped[str] = mapped_column(TSVECTOR, searchable("programs", languages=["names"]), deferred=True)
    """The words by which it is found, folded (`services.common.search`)."""


class Venue(Versioned, Base):
    """A place where training sessions are held."""

    __tablename__ = "venue"
    __table_args__ = (UniqueConstraint("code", name="uq_venue_code"),)

    code: Mapped[str]
    names: Mapped[dict[str, str]]
    address: Mapped[str | None]
    city: Mapped[str | None]
    country: Mapped[str | None]
    capacity: Mapped[int | None]
    organization_id: Mapped[UUID | None] = mapped_column(ForeignKey("organization.id"))
    """Whose it is."""

    @property
    def label(self) -> str:
        """How it is called on a timetable."""
        return self.names.get("en") or next(iter(self.names.values()))


class Module(Versioned, Base):
    """A part of a timetable that groups training sessions."""

    __tablename__ = "module"
    __table_args__ = (UniqueConstraint("edition_id", "ordinal", name="uq_module_ordinal"),)

    edition_id: Mapped[UUID] = mapped_column(ForeignKey("edition.id"))
    ordinal: Mapped[int]
    title: Mapped[dict[str, str]]
    objectives: Mapped[dict[str, str] | None]

    @property
    def label(self) -> str:
        """What a link to it says."""
        return self.title.get("en") or f"{self.ordinal}"

    @property
    def href(self) -> str:
        """Where it stands."""
        return f"/v1/editions/{self.edition_id}/modules/{self.id}"


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
    module_id: Mapped[UUID | None] = mapped_column(ForeignKey("module.id"))
    venue_id: Mapped[UUID | None] = mapped_column(ForeignKey("venue.id"))
    venue: Mapped[str | None]
    """What the timetable says; the label of the venue where there is a record of it."""
    state: Mapped[TrainingSessionState]
    state_reason: Mapped[str | None]
    set_back: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Somebody said that it was not held although its time is over: the clock leaves it alone."""
    mandatory: Mapped[bool]
    counts_for_attendance: Mapped[bool]
    delivery_language: Mapped[str | None]
    interpretation: Mapped[list[str]] = mapped_column(default=list)
    """Languages into which it is interpreted."""
    modality: Mapped[Modality | None]
    """How people take part in it; None: as in its edition."""
    materials: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    """Title, address and language of what participants get."""
    lecturers: Mapped[list[dict[str, Any]]]
