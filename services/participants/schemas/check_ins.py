"""What badges, scans and the history of attendance look like on the wire."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from services.common.wire import Answer, Id, Instant, Line, Request
from services.participants.domain.attendance import AttendanceSource, AttendanceStatus
from services.participants.domain.check_ins import CheckInOutcome


class BadgeRead(Answer):
    """What a participant shows to be checked in."""

    participation_id: UUID
    badge: str
    """What the QR code says."""
    qr: str
    """The QR code as SVG."""


class Scan(Request):
    """One scan, made online or earlier without a connection."""

    nonce: Id
    """Made by the scanner; sending a scan again with it changes nothing."""
    badge: Line
    training_session_id: Id
    scanned_at: Instant


class ScanBatch(Request):
    """Scans, in any order."""

    scans: list[Scan] = Field(min_length=1, max_length=500)


class ScanResult(Answer):
    """What became of a scan."""

    nonce: UUID
    outcome: CheckInOutcome
    participation_id: UUID | None
    replayed: bool
    """Whether it was sent before."""


class ScanResults(Answer):
    """What became of each scan, in the order of the request."""

    results: list[ScanResult]


class AttendanceChangeRead(Answer):
    """What an attendance record said from then on."""

    id: UUID
    status: AttendanceStatus
    minutes: int
    source: AttendanceSource
    reason: str | None
    actor: str
    created_at: datetime
