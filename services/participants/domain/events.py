"""What this room tells the others: the contract of its events. Pseudonyms and counts, never a person."""

from typing import Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from services.common.events import EventData, EventRegistry
from services.common.identity import GATEWAY

PROGRAMS: Final = "programs"
EVALUATION: Final = "evaluation"

EVENTS: Final = EventRegistry("participants")


class SeatLineCount(BaseModel):
    """How the seats of one line stand."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    seat_line_id: UUID
    taken: int
    accepted: int
    waiting: int
    overcommitted: int
    """By how many the seats taken exceed a limit that was lowered afterwards."""


class SeatsData(EventData):
    """The seats of an edition (the aggregate), per line."""

    lines: list[SeatLineCount]


class ParticipationData(EventData):
    """One person's part in one edition, under the edition's pseudonym.

    The aggregate id is the pseudonym's own, not the participation's. Country, sex and audience are codes, used
    for denominators and invitations, and deleted when that purpose ends.
    """

    edition_id: UUID
    pseudonym: str
    state: str
    country: str | None
    sex: str | None
    audience: str | None
    language: str | None


class AttendanceData(EventData):
    """How much of an edition's counted time one pseudonym was there; never which sessions."""

    edition_id: UUID
    pseudonym: str
    share: float
    """0 to 1."""


class CertificateCountData(EventData):
    """How many certificates of an edition (the aggregate) stand."""

    issued: int
    revoked: int


class VoucherCountData(EventData):
    """How the vouchers of a scheme (the aggregate, a delivery of programs) stand."""

    issued: int
    assigned: int
    redeemed: int
    completed: int


class DispatchReportData(EventData):
    """What became of a message that evaluation asked for; the aggregate is the request's."""

    outcome: str
    """`sent`; not sent: `bounced`, `opted_out`, `failed` (given up), `dropped` (takes no part any more)."""


class ErasureData(EventData):
    """A person who is to be forgotten, by every pseudonym they ever had; the aggregate is the erasure."""

    pseudonyms: list[str]


class AccessData(EventData):
    """The access of a person who is to be forgotten, for the gateway to end; the aggregate is the erasure.

    Addresses travel as HMAC-SHA256 under a key of this event alone; both are forgotten on delivery.
    """

    persons: list[str]
    key: str | None
    """Base64."""
    logins: list[str] | None
    """Hexadecimal digests of the person's addresses in lower case."""


class RecipientData(EventData):
    """The person behind an award of programs (the aggregate); None where it is nobody's any more."""

    person_id: UUID | None


SEATS_CHANGED: Final = EVENTS.define("seats.changed", SeatsData, PROGRAMS)
PARTICIPATION_ENROLLED: Final = EVENTS.define("participation.enrolled", ParticipationData, EVALUATION)
PARTICIPATION_WITHDRAWN: Final = EVENTS.define("participation.withdrawn", ParticipationData, EVALUATION)
PARTICIPATION_COMPLETED: Final = EVENTS.define("participation.completed", ParticipationData, EVALUATION)
ATTENDANCE_FINALIZED: Final = EVENTS.define("attendance.finalized", AttendanceData, EVALUATION)
CERTIFICATE_ISSUED: Final = EVENTS.define("certificate.issued", CertificateCountData, EVALUATION, PROGRAMS)
CERTIFICATE_REVOKED: Final = EVENTS.define("certificate.revoked", CertificateCountData, EVALUATION, PROGRAMS)
VOUCHER_REDEEMED: Final = EVENTS.define("voucher.redeemed", VoucherCountData, EVALUATION, PROGRAMS)
DISPATCH_REPORTED: Final = EVENTS.define("dispatch.reported", DispatchReportData, EVALUATION)
PERSON_ERASED: Final = EVENTS.define("person.erased", ErasureData, EVALUATION, PROGRAMS)
ACCESS_ERASED: Final = EVENTS.define("access.erased", AccessData, GATEWAY, secret_fields=("key", "logins"))
AWARD_RECIPIENT_NAMED: Final = EVENTS.define("award_recipient.named", RecipientData, PROGRAMS)
