"""The life of a message: mail to one person, until it left this house or never will."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from services.participants.domain.participations import ParticipationState
from services.participants.domain.people import ConsentPurpose

SEND_MESSAGE: Final = "message.send"
"""The job that sends one message."""

TEND_MESSAGES: Final = "messages.tend"
"""The job that ends messages nobody sends any more, and forgets old ones."""

GIVE_UP_AFTER: Final = timedelta(days=4)
"""How long a mail server may put a message off (RFC 5321, 4.5.4.1: at least 4 to 5 days)."""

KEPT: Final = timedelta(days=365)
"""How long it is known that a message was sent, or why not."""

FILES_KEPT: Final = timedelta(days=7)
"""How long a message stands in the folder of `.eml` files: address, text and code."""

OUT_OF_REACH: Final = frozenset(
    {ParticipationState.WITHDRAWN, ParticipationState.DISMISSED, ParticipationState.NO_SHOW}
)
"""States of a participation in which its messages are dropped."""


class MessageTemplate(StrEnum):
    """What a message says; its texts stand in `templates/<language>.toml`."""

    SURVEY_INVITATION = "survey_invitation"
    SURVEY_REMINDER = "survey_reminder"
    SUPERVISOR_INVITATION = "supervisor_invitation"
    SUPERVISOR_REMINDER = "supervisor_reminder"
    NOMINEE_LINK = "nominee_link"
    FILE_REMINDER = "file_reminder"
    APPLICATION_RETURNED = "application_returned"
    DECISION_WAITLISTED = "decision_waitlisted"
    DECISION_REJECTED = "decision_rejected"
    OFFER_MADE = "offer_made"
    OFFER_REMINDER = "offer_reminder"
    OFFER_WITHDRAWN = "offer_withdrawn"
    CERTIFICATE_ISSUED = "certificate_issued"
    VOUCHER_ASSIGNED = "voucher_assigned"


_T = MessageTemplate

TO_SUPERVISOR: Final = frozenset({_T.SUPERVISOR_INVITATION, _T.SUPERVISOR_REMINDER})
"""Sent to the supervisor of the person whom they are about."""

DISPATCHED: Final = frozenset({_T.SURVEY_INVITATION, _T.SURVEY_REMINDER}) | TO_SUPERVISOR
"""Asked for by evaluation, which is told what became of them; they carry a sealed code."""

OPENS_SESSION: Final = frozenset(
    {_T.NOMINEE_LINK, _T.FILE_REMINDER, _T.APPLICATION_RETURNED, _T.OFFER_MADE, _T.OFFER_REMINDER}
)
"""Messages with a single-use link that signs their reader in; it is made when they leave, and kept nowhere."""

FACTS: Final[Mapping[MessageTemplate, frozenset[str]]] = {
    _T.FILE_REMINDER: frozenset({"until"}),
    _T.NOMINEE_LINK: frozenset({"until"}),
    _T.APPLICATION_RETURNED: frozenset({"until"}),
    _T.OFFER_MADE: frozenset({"until"}),
    _T.OFFER_REMINDER: frozenset({"until"}),
    _T.CERTIFICATE_ISSUED: frozenset({"number", "page"}),
    _T.VOUCHER_ASSIGNED: frozenset({"code", "until"}),
}
"""What each template says beyond the course's title; none where it is not named."""

_BEFORE_CONSENT: Final = frozenset({_T.NOMINEE_LINK, _T.FILE_REMINDER})


def consent_for(template: MessageTemplate) -> ConsentPurpose | None:
    """Return which consent a message needs; None for those by which consent is asked for."""
    if template in TO_SUPERVISOR:
        return ConsentPurpose.ASK_SUPERVISOR
    return None if template in _BEFORE_CONSENT else ConsentPurpose.PROCESS_APPLICATION


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
    """Nobody took it for `GIVE_UP_AFTER`, or whoever sent it died each time."""
    OPTED_OUT = "opted_out"
    """Whom it is for has no address or no consent in force."""
    DROPPED = "dropped"
    """It became pointless: answered, withdrawn, the person takes no part any more or is erased."""


OPEN: Final = frozenset({MessageState.QUEUED, MessageState.SENDING})


def require_facts(template: MessageTemplate, facts: Mapping[str, str]) -> None:
    """Raise ValueError unless `facts` are exactly what the template says."""
    wanted = FACTS.get(template, frozenset())
    if set(facts) != wanted:
        raise ValueError(f"{template} says {sorted(wanted)}, not {sorted(facts)}")


_CHAINS: Final[Mapping[str, tuple[str, ...]]] = {
    "fa": ("fa", "en"),
    "ps": ("fa", "en"),
    "en": ("en",),
    "az": ("ru", "en"),
    "kaa": ("uz", "ru"),
}


def language_chain(reader: str) -> tuple[str, ...]:
    """Return in which languages a reader of `reader` (BCP 47) is written to, the best first.

    Whoever reads none of ours gets Russian, then English: most come from countries where Russian is widely
    read. Readers of Dari and Pashto get Persian, then English.
    """
    language = reader.partition("-")[0].lower()
    return _CHAINS.get(language, (language, "ru", "en"))


def dispatch_context(dispatch_id: UUID) -> str:
    """Return what evaluation binds the token of a dispatch to when it seals it."""
    return f"dispatch:{dispatch_id}:token"
