"""People, applications and attendance as tables, as far as a caller reaches; never the sensitive block (R15)."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from services.common.clock import Provenance
from services.common.identity import Caller
from services.participants.db.scopes import in_reach
from services.participants.db.tables import (
    Application,
    Attendance,
    MirrorEdition,
    MirrorTrainingSession,
    Participation,
    Person,
)
from services.participants.domain.applications import ApplicationState

Table = Select[*tuple[Any, ...]]


def persons_table(*, visible_to: Caller, provenance: Provenance, nationality: str | None) -> Table:
    """Return persons in the order of their entry, with the first of their names."""
    first = Person.names[0]
    query = (
        select(
            Person.id,
            *(first[part].astext.label(part) for part in ("family", "given", "patronymic", "mononym")),
            first["language"].astext.label("language"),
            Person.sex,
            Person.birth_date,
            Person.nationality,
            Person.residence,
            Person.email,
            Person.preferred_language,
            Person.provenance,
        )
        .where(
            in_reach(visible_to, Person.entered_by, Person.id),
            Person.merged_into.is_(None),
            Person.erased_at.is_(None),
            Person.provenance == provenance,
        )
        .order_by(Person.id)
    )
    return query if nationality is None else query.where(Person.nationality == nationality)


def applications_table(
    *, visible_to: Caller, edition_id: UUID | None, state: ApplicationState | None
) -> Table:
    """Return applications in the order of their entry."""
    query = (
        select(
            Application.id,
            MirrorEdition.code.label("edition"),
            Application.person_id.label("person"),
            Application.authority_id.label("authority"),
            Application.channel,
            Application.state,
            Application.reason_code,
            Application.waiting_rank,
        )
        .join(MirrorEdition, MirrorEdition.id == Application.edition_id)
        .where(in_reach(visible_to, Application.authority_id, Application.person_id))
        .order_by(Application.id)
    )
    if edition_id is not None:
        query = query.where(Application.edition_id == edition_id)
    return query if state is None else query.where(Application.state == state)


def attendance_table(*, visible_to: Caller, edition_id: UUID | None) -> Table:
    """Return who attended which training session, by time."""
    query = (
        select(
            Attendance.training_session_id.label("training_session"),
            Attendance.participation_id.label("participation"),
            Attendance.status,
            Attendance.minutes,
            Attendance.source,
            MirrorTrainingSession.starts_at,
        )
        .join(MirrorTrainingSession, MirrorTrainingSession.id == Attendance.training_session_id)
        .join(Participation, Participation.id == Attendance.participation_id)
        .where(in_reach(visible_to, Participation.authority_id, Participation.person_id))
        .order_by(MirrorTrainingSession.starts_at, Attendance.id)
    )
    return query if edition_id is None else query.where(Participation.edition_id == edition_id)
