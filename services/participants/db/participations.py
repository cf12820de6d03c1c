"""Questions asked of participations, attendance and certificates."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.identity import Caller
from services.common.pagination import PageRequest, Rows, SortKey, fetch_page
from services.participants.db.mirrors import get_edition
from services.participants.db.scopes import in_reach
from services.participants.db.tables import (
    Application,
    Attendance,
    Authority,
    Certificate,
    MirrorTrainingSession,
    Participation,
    Person,
)
from services.participants.domain.attendance import AttendanceStatus, Attended
from services.participants.domain.certificates import CertificateKind, CertificateState
from services.participants.domain.participations import GIVES_SEAT_BACK, PRESENT, ParticipationState
from services.participants.domain.problems import CertificateNotFound, ParticipationNotFound


async def get_participation(
    session: AsyncSession, participation_id: UUID, *, visible_to: Caller, lock: bool = False
) -> Participation:
    """Return a participation in the caller's reach; with `lock`, its edition is locked first.

    Raises `ParticipationNotFound`.
    """
    query = select(Participation).where(
        Participation.id == participation_id,
        in_reach(visible_to, Participation.authority_id, Participation.person_id),
    )
    found = (await session.scalars(query)).one_or_none()
    if found is None:
        raise ParticipationNotFound("There is no such participation.")
    if lock:
        await get_edition(session, found.edition_id, lock=True)
        await session.refresh(found, with_for_update=True)
    return found


async def find_by_pseudonym(session: AsyncSession, pseudonym: UUID) -> Participation | None:
    """Return the participation known by this pseudonym, locked, or None."""
    query = select(Participation).where(Participation.pseudonym == pseudonym)
    return (await session.scalars(query.with_for_update())).one_or_none()


async def list_participations(
    session: AsyncSession,
    page: PageRequest,
    *,
    edition_id: UUID | None,
    state: ParticipationState | None,
    visible_to: Caller,
) -> Rows:
    """Return the participations in the caller's reach, in the order of enrolment."""
    query = select(Participation).where(
        in_reach(visible_to, Participation.authority_id, Participation.person_id)
    )
    if edition_id is not None:
        query = query.where(Participation.edition_id == edition_id)
    if state is not None:
        query = query.where(Participation.state == state)
    return await fetch_page(session, query, page, SortKey(Participation.id))


async def lock_participations(
    session: AsyncSession, edition_id: UUID, states: Sequence[ParticipationState] = tuple(PRESENT)
) -> dict[UUID, Participation]:
    """Return the edition's participations in these states, locked in a steady order."""
    query = select(Participation).where(
        Participation.edition_id == edition_id, Participation.state.in_(states)
    )
    found = await session.scalars(query.order_by(Participation.id).with_for_update())
    return {participation.id: participation for participation in found}


async def find_attendance(session: AsyncSession, training_session_id: UUID) -> dict[UUID, Attendance]:
    """Return a training session's attendance records by participation, locked."""
    query = select(Attendance).where(Attendance.training_session_id == training_session_id)
    found = await session.scalars(query.order_by(Attendance.id).with_for_update())
    return {record.participation_id: record for record in found}


async def list_attendance(
    session: AsyncSession, page: PageRequest, *, edition_id: UUID, visible_to: Caller
) -> Rows:
    """Return the attendance of an edition in the caller's reach, in the order of entry."""
    query = (
        select(Attendance)
        .join(Participation, Participation.id == Attendance.participation_id)
        .where(
            Participation.edition_id == edition_id,
            in_reach(visible_to, Participation.authority_id, Participation.person_id),
        )
    )
    return await fetch_page(session, query, page, SortKey(Attendance.id))


async def find_attended(session: AsyncSession, edition_id: UUID) -> dict[UUID, list[Attended]]:
    """Return what each participant attended of the counted sessions, in one statement.

    A session that nobody marked for somebody counts as absence; cancelled sessions are left out.
    """
    query = (
        select(
            Participation.id,
            MirrorTrainingSession.starts_at,
            MirrorTrainingSession.ends_at,
            Attendance.status,
            Attendance.minutes,
        )
        .join(MirrorTrainingSession, MirrorTrainingSession.edition_id == Participation.edition_id)
        .outerjoin(
            Attendance,
            (Attendance.participation_id == Participation.id)
            & (Attendance.training_session_id == MirrorTrainingSession.id),
        )
        .where(
            Participation.edition_id == edition_id,
            MirrorTrainingSession.counts_for_attendance,
            MirrorTrainingSession.state != "cancelled",
        )
    )
    attended: dict[UUID, list[Attended]] = {}
    for participation_id, starts_at, ends_at, status, minutes in await session.execute(query):
        length = int((ends_at - starts_at).total_seconds() // 60)
        record = Attended(length, status or AttendanceStatus.ABSENT, minutes or 0)
        attended.setdefault(participation_id, []).append(record)
    return attended


async def find_persons(session: AsyncSession, person_ids: Sequence[UUID]) -> dict[UUID, Person]:
    """Return the persons by id, in one statement."""
    found = await session.scalars(select(Person).where(Person.id.in_(person_ids)))
    return {person.id: person for person in found}


async def count_certificates(session: AsyncSession, edition_id: UUID) -> dict[CertificateState, int]:
    """Return how many of the edition's certificates are in each state."""
    query = select(Certificate.state, func.count()).where(Certificate.edition_id == edition_id)
    rows = await session.execute(query.group_by(Certificate.state))
    return dict(rows.all())


async def find_certified(session: AsyncSession, edition_id: UUID, kind: CertificateKind) -> set[UUID]:
    """Return the edition's participations that hold a standing certificate of this kind."""
    query = select(Certificate.participation_id).where(
        Certificate.edition_id == edition_id,
        Certificate.kind == kind,
        Certificate.state == CertificateState.ISSUED,
    )
    return set(await session.scalars(query))


async def list_certificates(
    session: AsyncSession, page: PageRequest, *, edition_id: UUID | None, visible_to: Caller
) -> Rows:
    """Return the certificates in the caller's reach, in the order of issue."""
    query = (
        select(Certificate)
        .join(Participation, Participation.id == Certificate.participation_id)
        .where(in_reach(visible_to, Participation.authority_id, Participation.person_id))
    )
    if edition_id is not None:
        query = query.where(Certificate.edition_id == edition_id)
    return await fetch_page(session, query, page, SortKey(Certificate.id))


async def get_certificate(
    session: AsyncSession, certificate_id: UUID, *, visible_to: Caller, lock: bool = False
) -> Certificate:
    """Return a certificate in the caller's reach; raise `CertificateNotFound`."""
    query = (
        select(Certificate)
        .join(Participation, Participation.id == Certificate.participation_id)
        .where(
            Certificate.id == certificate_id,
            in_reach(visible_to, Participation.authority_id, Participation.person_id),
        )
    )
    query = query.with_for_update(of=Certificate) if lock else query
    found = (await session.scalars(query)).one_or_none()
    if found is None:
        raise CertificateNotFound("There is no such certificate.")
    return found


async def find_certificate_by_token(session: AsyncSession, token: str) -> Certificate | None:
    """Return the certificate that carries this verification token, or None."""
    return (await session.scalars(select(Certificate).where(Certificate.verify_token == token))).one_or_none()


class StateCount(NamedTuple):
    """How many people of a country are in a state of the pipeline."""

    country: str
    state: str
    people: int


async def count_participants(session: AsyncSession, edition_id: UUID) -> list[StateCount]:
    """Return how many take or took part, by country: public facts."""
    query = (
        select(Participation.country, func.count())
        .where(Participation.edition_id == edition_id, Participation.state.not_in(GIVES_SEAT_BACK))
        .group_by(Participation.country)
        .order_by(Participation.country)
    )
    return [StateCount(country, "participant", n) for country, n in (await session.execute(query))]


async def count_applications(
    session: AsyncSession, edition_id: UUID, *, visible_to: Caller
) -> list[StateCount]:
    """Return how many applications in the caller's reach are in each state, by whose seats they want."""
    country = func.coalesce(Authority.country, Person.nationality)
    query = (
        select(country, Application.state, func.count())
        .outerjoin(Authority, Authority.id == Application.authority_id)
        .join(Person, Person.id == Application.person_id)
        .where(
            Application.edition_id == edition_id,
            in_reach(visible_to, Application.authority_id, Application.person_id),
        )
        .group_by(country, Application.state)
        .order_by(country, Application.state)
    )
    return [StateCount(*row) for row in (await session.execute(query))]
