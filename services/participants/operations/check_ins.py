"""Checking people in by their badges, at once or replayed after a time without a connection."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.clock import domain_now
from services.common.identity import Caller
from services.participants.db.attendance import find_check_ins, find_meetings, find_records
from services.participants.db.attendance_tables import CheckIn
from services.participants.db.mirrors import get_edition
from services.participants.db.participations import lock_participations
from services.participants.db.tables import Attendance, MirrorTrainingSession
from services.participants.domain.attendance import AttendanceSource, AttendanceStatus
from services.participants.domain.check_ins import (
    CheckInOutcome,
    Meeting,
    read_badge,
    reckon_scan,
    refuse_scan,
)
from services.participants.operations.participations import record_attendance
from services.participants.schemas.check_ins import Scan, ScanBatch, ScanResult


async def check_in(
    session: AsyncSession, caller: Caller, edition_id: UUID, batch: ScanBatch, *, badge_key: bytes
) -> list[ScanResult]:
    """Record each scan once, by its nonce; a scan never takes back what a list says."""
    edition = await get_edition(session, edition_id, lock=True)
    now = await domain_now(session, edition.provenance)
    known = await find_check_ins(session, [scan.nonce for scan in batch.scans])
    meetings = await find_meetings(session, edition_id)
    enrolled = await lock_participations(session, edition_id)
    records = await find_records(session, edition_id)
    results = []
    for scan in sorted(batch.scans, key=lambda scan: scan.scanned_at):
        replayed = scan.nonce in known
        if not replayed:
            named = read_badge(badge_key, scan.badge)
            meeting = meetings.get(scan.training_session_id)
            outcome = _judge(scan, meeting, named, set(enrolled), now)
            if outcome is None and meeting is not None and named is not None:
                outcome = await _mark(session, caller, scan, meeting, named, records)
            known[scan.nonce] = CheckIn(
                nonce=scan.nonce,
                edition_id=edition_id,
                training_session_id=scan.training_session_id,
                participation_id=named if named in enrolled else None,
                scanned_at=scan.scanned_at,
                outcome=outcome,
            )
            session.add(known[scan.nonce])
        entry = known[scan.nonce]
        results.append(
            ScanResult(
                nonce=scan.nonce,
                outcome=entry.outcome,
                participation_id=entry.participation_id,
                replayed=replayed,
            )
        )
    order = {scan.nonce: place for place, scan in enumerate(batch.scans)}
    return sorted(results, key=lambda result: order[result.nonce])


def _judge(
    scan: Scan,
    meeting: MirrorTrainingSession | None,
    named: UUID | None,
    enrolled: set[UUID],
    now: datetime,
) -> CheckInOutcome | None:
    if named is None:
        return CheckInOutcome.BADGE_UNKNOWN
    if meeting is None:
        return CheckInOutcome.SESSION_UNKNOWN
    if named not in enrolled:
        return CheckInOutcome.NOT_ENROLLED
    return refuse_scan(_as_meeting(meeting), scan.scanned_at, now)


async def _mark(
    session: AsyncSession,
    caller: Caller,
    scan: Scan,
    meeting: MirrorTrainingSession,
    named: UUID,
    records: dict[tuple[UUID, UUID], Attendance],
) -> CheckInOutcome:
    record = records.get((meeting.id, named))
    if record is not None and record.status is not AttendanceStatus.ABSENT:
        return CheckInOutcome.ALREADY_CHECKED_IN
    if record is None:
        record = Attendance(training_session_id=meeting.id, participation_id=named)
        records[meeting.id, named] = record
        session.add(record)
    status, minutes = reckon_scan(_as_meeting(meeting), scan.scanned_at)
    await record_attendance(session, caller, record, status, minutes, AttendanceSource.CHECK_IN)
    return CheckInOutcome.CHECKED_IN


def _as_meeting(meeting: MirrorTrainingSession) -> Meeting:
    return Meeting(meeting.starts_at, meeting.ends_at, cancelled=meeting.state == "cancelled")
