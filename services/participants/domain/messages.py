"""The life of a message: mail to one person, until it left this house or never will."""

from datetime import timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from services.participants.domain.participations import ParticipationState

SEND_MESSAGE: Final = "message.send"
"""The job that sends one message."""

GIVE_UP_AFTER: Final = timedelta(days=4)
"""How long a mail server may put a message off (RFC 5321, 4.5.4.1: at least 4 to 5 days)."""

OUT_OF_REACH: Final = frozenset(
    {ParticipationState.WITHDRAWN, ParticipationState.DISMISSED, ParticipationState.NO_SHOW}
)
"""States of a participation in which its messages are dropped."""


class MessageTemplate(StrEnum):
    """What a message says; its texts stand in `templates/<name>.<language>.txt`."""

    SURVEY_INVITATION = "survey_invitation"


class MessageState(StrEnum):
    """How far a message has come; all but the first two are final, and reported to whoever asked for it."""

    QUEUED = "queued"
    SENDING = "sending"
    """Being handed over; a message that is found so was interrupted, and may have left."""
    SENT = "sent"
    """A mail server or the folder has it."""
    BOUNCED = "bounced"
    """A mail server refused it for good."""
    FAILED = "failed"
    """Nobody took it for `GIVE_UP_AFTER`, or its token could not be read."""
    OPTED_OUT = "opted_out"
    """The person has no address or no consent in force."""
    DROPPED = "dropped"
    """The person no longer takes part."""


OPEN: Final = frozenset({MessageState.QUEUED, MessageState.SENDING})


class Receipt(StrEnum):
    """What became of one attempt to hand a message over."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    """For good."""
    DELAYED = "delayed"
    """Worth another attempt."""


def dispatch_context(dispatch_id: UUID) -> str:
    """Return what evaluation binds the token of a dispatch to when it seals it."""
    return f"dispatch:{dispatch_id}:token"
