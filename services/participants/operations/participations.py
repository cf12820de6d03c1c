"""What can be done to participations and their attendance."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.audit import record_change
from services.common.clock import domain_now
from services.common.identity import Caller
from services.common.outbox import publish
from services.common.problems import Problem, RequestInvalid
from services.participants.db.attendance_tables import AttendanceChange
from services.participants.db.mirrors import get_edition, get_training_session
from services.participants.db.participations import (
    find_attendance,
    find_attended,
    find_by_pseudonym,
    find_persons,
    get_participation,
    lock_participations,
)
from services.participants.db.seats import release_seat
from services.participants.db.tables import Attendance, MirrorTrainingSession, Participation
from services.participants.domain.attendance import (
    NEEDS_MINUTES,
    AttendanceSource,
    AttendanceStatus,
    has_completed,
    may_take_attendance,
    share_of,
)
from services.participants.domain.events import (
    ATTENDANCE_FINALIZED,
    PARTICIPATION_COMPLETED,
    PARTICIPATION_WITHDRAWN,
    AttendanceData,
)
from services.participants.domain.participations import (
    GIVES_SEAT_BACK,
    PARTICIPATION_LIFE,
    SET_BY_PEOPLE,
    ParticipationState,
)
from services.participants.domain.problems import AttendanceRefused, StepRefused
from services.participants.operations.offers import participation_data
from services.participants.operations.seats import ROOM, fill_edition, report_seats
from services.participants.schemas.participations import AttendanceSheet, AttendanceWrite


async def change_participation_state(
    session: AsyncSession, caller: Caller, participation_id: UUID, state: ParticipationState
) -> Participation:
    """State that somebody arrived, is active, left or never came; a seat given back goes to who waits."""
    participation = await get_participation(session, participation_id, visible_to=caller, lock=True)
    if state not in SET_BY_PEOPLE or not PARTICIPATION_LIFE.may_become(participation.state, state):
        raise StepRefused(f"A participation that is {participation.state} cannot be made {state}.")
    participation.state = state
    await record_change(session, caller, f"participation.{state}", participation, ["state"])
    if state is ParticipationState.WITHDRAWN:
        person = (await find_persons(session, [participation.person_id]))[participation.person_id]
        audience = (await get_edition(session, participation.edition_id)).audience
        data = participation_data(participation, person.sex, audience, person.preferred_language)
        await publish(session, PARTICIPATION_WITHDRAWN, data)
    if state in GIVES_SEAT_BACK:
        await release_seat(session, participation.edition_id, participation.seat_line_id)
        await fill_edition(session, participation.edition_id)
        await report_seats(session, participation.edition_id)
    return participation


@dataclass(frozen=True)
class OpenSheet:
    """A training session whose attendance may be taken, with who may be on it and what it says so far."""

    meeting: MirrorTrainingSession
    enrolled: Mapping[UUID, Participation]
    records: dict[UUID, Attendance]
    """By participation."""


async def open_sheet(session: AsyncSession, edition_id: UUID, training_session_id: UUID) -> OpenSheet:
    """Return the sheet of a training session, locked; raise `AttendanceRefused` before its time (R8)."""
    edition = await get_edition(session, edition_id)
    meeting = await get_training_session(session, edition_id, training_session_id)
    now = await domain_now(session, edition.provenance)
    if not may_take_attendance(meeting.starts_at, cancelled=meeting.state == "cancelled", now=now):
        raise AttendanceRefused("Attendance opens 60 minutes before a session that is not cancelled.")
    enrolled = await lock_participations(session, edition_id)
    return OpenSheet(meeting, enrolled, await find_attendance(session, meeting.id))


async def enter_on_sheet(
    session: AsyncSession,
    caller: Caller,
    sheet: OpenSheet,
    row: AttendanceWrite,
    source: AttendanceSource,
    *,
    reason: str | None = None,
) -> None:
    """Record how one participant attended; raise `AttendanceRefused` or `RequestInvalid`."""
    _require_attendable(sheet, row)
    record = sheet.records.get(row.participation_id)
    if record is None:
        record = Attendance(training_session_id=sheet.meeting.id, participation_id=row.participation_id)
        sheet.records[row.participation_id] = record
        session.add(record)
    minutes = _minutes_of(row, sheet.meeting)
    await record_attendance(session, caller, record, row.status, minutes, source, reason=reason)


async def take_attendance(
    session: AsyncSession,
    caller: Caller,
    edition_id: UUID,
    training_session_id: UUID,
    request: AttendanceSheet,
) -> list[tuple[UUID, Problem | None]]:
    """Record who attended a training session; a row that is refused leaves the others standing (R8)."""
    sheet = await open_sheet(session, edition_id, training_session_id)
    results: list[tuple[UUID, Problem | None]] = []
    for row in request.rows:
        try:
            await enter_on_sheet(session, caller, sheet, row, request.source, reason=request.reason)
            results.append((row.participation_id, None))
        except Problem as problem:
            results.append((row.participation_id, problem))
    return results


async def finalize_attendance(session: AsyncSession, caller: Caller, edition_id: UUID) -> list[Participation]:
    """Reckon every participant's share, and who completed the course by its policy (R9)."""
    edition = await get_edition(session, edition_id, lock=True)
    attended = await find_attended(session, edition_id)
    participations = (await lock_participations(session, edition_id)).values()
    persons = await find_persons(session, [one.person_id for one in participations])
    for one in participations:
        share = share_of(attended.get(one.id, []))
        completed = has_completed(
            share,
            edition.attendance_percent,
            pass_mark_percent=edition.pass_mark_percent,
            passed_test=one.passed_test,
        )
        one.attendance_share = None if share is None else round(Decimal(float(share)), 4)
        one.state = ParticipationState.COMPLETED if completed else ParticipationState.INCOMPLETE
        await record_change(session, caller, f"participation.{one.state}", one, ["state", "attendance_share"])
        if share is not None:
            await publish(session, ATTENDANCE_FINALIZED, _attendance_data(one, float(share)))
        if completed:
            person = persons[one.person_id]
            data = participation_data(one, person.sex, edition.audience, person.preferred_language)
            await publish(session, PARTICIPATION_COMPLETED, data)
    return list(participations)


async def record_test_result(session: AsyncSession, pseudonym: UUID, *, passed: bool) -> None:
    """Keep whether somebody passed the edition's test; an unknown pseudonym changes nothing."""
    participation = await find_by_pseudonym(session, pseudonym)
    if participation is not None and participation.passed_test != passed:
        participation.passed_test = passed
        await record_change(session, ROOM, "participation.tested", participation, ["passed_test"])


def _require_attendable(sheet: OpenSheet, row: AttendanceWrite) -> None:
    if row.participation_id not in sheet.enrolled:
        raise AttendanceRefused("There is no such participant in this edition now.")
    if row.status in NEEDS_MINUTES and (row.minutes is None or row.minutes > _length_of(sheet.meeting)):
        raise RequestInvalid("Late and partial need the minutes attended, at most those of the session.")


async def record_attendance(
    session: AsyncSession,
    caller: Caller,
    record: Attendance,
    status: AttendanceStatus,
    minutes: int,
    source: AttendanceSource,
    *,
    reason: str | None = None,
) -> None:
    """Let a record say this from now on, and keep what it said in its history."""
    facts = {"status": status, "minutes": minutes, "source": source}
    changed = [name for name, value in facts.items() if getattr(record, name) != value]
    for name in changed:
        setattr(record, name, facts[name])
    if changed:
        await record_change(session, caller, "attendance.taken", record, changed)
        session.add(AttendanceChange(attendance_id=record.id, reason=reason, actor=caller.principal, **facts))


def _minutes_of(row: AttendanceWrite, meeting: MirrorTrainingSession) -> int:
    if row.minutes is not None:
        return row.minutes
    return _length_of(meeting) if row.status is AttendanceStatus.PRESENT else 0


def _length_of(meeting: MirrorTrainingSession) -> int:
    return int((meeting.ends_at - meeting.starts_at).total_seconds() // 60)


def _attendance_data(participation: Participation, share: float) -> AttendanceData:
    return AttendanceData(
        aggregate_id=participation.pseudonym,
        aggregate_version=participation.version,
        edition_id=participation.edition_id,
        pseudonym=str(participation.pseudonym),
        share=min(share, 1.0),
    )
