"""Tables of messages: what is written to people, without saying to which address or under which name."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.common.clock import Provenance
from services.common.database import Identified
from services.participants.db.base import Base
from services.participants.domain.messages import MessageState, MessageTemplate


class Message(Identified, Base):
    """Mail to one person: neither address nor name, which are read off the person when it is sent."""

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("subject_id", "template", "turn"),
        CheckConstraint("sealed_token IS NULL OR state IN ('queued', 'sending')", name="token_forgotten"),
        Index("ix_message_participation_id", "participation_id"),
        Index("ix_message_person_id", "person_id"),
        Index("ix_message_edition_id", "edition_id"),
        Index("ix_message_ended_at", "ended_at"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    participation_id: Mapped[UUID | None] = mapped_column(ForeignKey("participation.id"))
    """Whose end makes the message pointless, where there is one."""
    edition_id: Mapped[UUID | None]
    subject_id: Mapped[UUID]
    """What it is about: an offer, an application, a certificate, or evaluation's request to send."""
    turn: Mapped[int]
    """1, and counted up for reminders of the same template about the same subject."""
    template: Mapped[MessageTemplate]
    facts: Mapped[dict[str, str]]
    """What the template says beyond the course's title: dates and numbers, nothing personal."""
    provenance: Mapped[Provenance]
    language: Mapped[str | None]
    """In which it was written; none before the first attempt."""
    state: Mapped[MessageState]
    sealed_token: Mapped[bytes | None]
    """Sealed to this room's key; forgotten as soon as the message is sent or given up."""
    delays: Mapped[int] = mapped_column(server_default="0")
    """How often sending was put off."""
    begun_at: Mapped[datetime | None]
    """When sending was first tried."""
    ended_at: Mapped[datetime | None]
    """When it was sent or given up."""
