"""What follows from withdrawing a consent: told before, then done."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Consequence(StrEnum):
    """One thing that a withdrawal does, or cannot do."""

    APPLICATION_WITHDRAWN = "application_withdrawn"
    """With its offer, if it has one that nobody answered."""
    VOUCHER_RETURNED = "voucher_returned"
    """To the authority that holds it."""
    SENSITIVE_DATA_FORGOTTEN = "sensitive_data_forgotten"
    PARTICIPATION_STAYS = "participation_stays"
    """The course itself takes these data; an erasure, or leaving the course, ends that."""
    MESSAGES_END = "messages_end"
    SHARING_ENDS = "sharing_ends"
    PARTNER_KNOWS = "partner_knows"
    """An organization that was shown the data before; it has to be told."""
    LINKING_ENDS = "linking_ends"
    PROFILE_EMPTIED = "profile_emptied"
    ENGAGEMENT_NOTE_FORGOTTEN = "engagement_note_forgotten"
    NAME_NOT_PUBLISHED = "name_not_published"
    SUPERVISOR_FORGOTTEN = "supervisor_forgotten"


@dataclass(frozen=True)
class Effect:
    """A consequence, and what it is about where that has an id."""

    consequence: Consequence
    subject_id: UUID | None = None
