"""Questions asked of scans, the history of attendance, its sheet and a participant's sessions."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import Select, Text, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.identity import Caller
from services.common.pagination import PageRequest, Rows, SortKey, fetch_page
from services.participants.db.attendance_tables import AttendanceChange, CheckIn
from services.participants.db.scopes import in_reach
from services.participants.db.tables import Attendance, MirrorTrainingSession, Participation, Person
from services.participants.domain.problems import ParticipationNotFound


async def find_check_ins(session: AsyncSession, nonces: Iterable[UUID]) -> dict[UUID, CheckIn]:
    """Return the scans that were sent before."""
    found = await session.scalars(select(CheckIn).where(CheckIn.nonce.in_(list(nonces))))
    return {one.nonce: one for one in found}


async def find_meetings(session: AsyncSession, edition_id: UUID) -> dict[UUID, MirrorTrainingSession]:
    """Return the edition's training sessions in order of time."""
    query = select(MirrorTrainingSession).where(MirrorTrainingSession.edition_id == edition_id)
    found = await session.scalars(query.order_by(MirrorTrainingSession.starts_at, MirrorTrainingSession.id))
    return {meeting.id: meeting for meeting in found}


async def find_records(session: AsyncSession, edition_id: UUID) -> dict[tuple[UUID, UUID], Attendance]:
    """Return the edition's attendance records by (session, participation), locked."""
    query = (
        select(Attendance)
        .join(Participation, Participation.id == Attendance.participation_id)
        .where(Participation.edition_id == edition_id)
        .order_by(Attendance.id)
    )
    found = await session.scalars(query.with_for_update(of=Attendance))
    return {(record.training_session_id, record.participation_id): record for record in found}


async def list_attendance_changes(
    session: AsyncSession, page: PageRequest, attendance_id: UUID, *, visible_to: Caller
) -> Rows:
    """Return what a record said over time, the latest first; raise `ParticipationNotFound`."""
    reached = (
        select(Attendance.id)
        .join(Participation, Participation.id == Attendance.participation_id)
        .where(
            Attendance.id == attendance_id,
            in_reach(visible_to, Participation.authority_id, Participation.person_id),
        )
    )
    if (await session.scalars(reached)).one_or_none() is None:
        raise ParticipationNotFound("There is no such attendance record.")
    query = select(AttendanceChange).where(AttendanceChange.attendance_id == attendance_id)
    return await fetch_page(
        session,
        query,
        page,
        SortKey(AttendanceChange.created_at, descending=True),
        SortKey(AttendanceChange.id),
    )


def attendance_sheet(edition_id: UUID) -> Select[*tuple[object, ...]]:
    """Return the rows of an edition's sheet: everybody for every counted session, marked or not."""
    name = func.coalesce(
        Person.names[0]["mononym"].astext,
        func.concat_ws(" ", Person.names[0]["given"].astext, Person.names[0]["family"].astext),
    )
    marked = (Attendance.participation_id == Participation.id) & (
        Attendance.training_session_id == MirrorTrainingSession.id
    )
    return (
        select(
            cast(Participation.id, Text).label("participation_id"),
            name.label("name"),
            Participation.country.label("country"),
            cast(MirrorTrainingSession.id, Text).label("training_session_id"),
            MirrorTrainingSession.starts_at.label("starts_at"),
            MirrorTrainingSession.ends_at.label("ends_at"),
            cast(Attendance.status, Text).label("status"),
            Attendance.minutes.label("minutes"),
        )
        .join(Person, Person.id == Participation.person_id)
        .join(MirrorTrainingSession, MirrorTrainingSession.edition_id == Participation.edition_id)
        .outerjoin(Attendance, marked)
        .where(
            Participation.edition_id == edition_id,
            MirrorTrainingSession.state != "cancelled",
            MirrorTrainingSession.counts_for_attendance,
        )
        .order_by(MirrorTrainingSession.starts_at, MirrorTrainingSession.id, Participation.id)
    )
