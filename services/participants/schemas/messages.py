"""What messages look like on the wire: to whom and about what, never what they say."""

from datetime import datetime
from uuid import UUID

from services.common.clock import Provenance
from services.common.wire import Answer
from services.participants.domain.messages import MessageState, MessageTemplate


class MessageRead(Answer):
    """A message to a person, and how far it has come."""

    id: UUID
    template: MessageTemplate
    person_id: UUID
    edition_id: UUID | None
    subject_id: UUID
    """What it is about: an offer, an application, a certificate, or evaluation's request to send."""
    turn: int
    """Above 1 for reminders of the same kind."""
    state: MessageState
    language: str | None
    """In which it was written; null before it left."""
    right_to_left: bool | None
    """Whether that language runs from right to left."""
    delays: int
    """How often sending was put off."""
    provenance: Provenance
    created_at: datetime
    ended_at: datetime | None
    """When it was sent or given up."""
