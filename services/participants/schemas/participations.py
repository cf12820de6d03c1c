"""What participations, attendance, certificates and the pipeline look like on the wire."""

from decimal import Decimal
from uuid import UUID

from pydantic import Field

from services.common.actions import Action
from services.common.clock import Provenance
from services.common.wire import Answer, Count, Id, Line, Request, Resource
from services.participants.domain.attendance import AttendanceSource, AttendanceStatus
from services.participants.domain.participations import ParticipationRole, ParticipationState
from services.participants.schemas.applications import CallSeatLineRead


class ParticipationItem(Resource):
    """One person's part in one edition, in a list."""

    edition_id: UUID
    person_id: UUID
    role: ParticipationRole
    state: ParticipationState
    country: str
    attendance_share: Decimal | None
    provenance: Provenance


class ParticipationRead(ParticipationItem):
    """One person's part in one edition, with what this caller may do to it."""

    actions: list[Action]


class ParticipationStep(Request):
    """The state that a participation is to have."""

    state: ParticipationState


class AttendanceWrite(Request):
    """How one participant attended; minutes where they were late or left early."""

    participation_id: Id
    status: AttendanceStatus
    minutes: Count | None = None


class AttendanceSheet(Request):
    """The attendance of one training session; each row stands or falls on its own."""

    rows: list[AttendanceWrite] = Field(min_length=1, max_length=500)
    source: AttendanceSource = AttendanceSource.LIST
    reason: Line | None = None
    """Why something is corrected; kept in the history."""


class AttendanceRead(Resource):
    """How one participant attended one training session."""

    training_session_id: UUID
    participation_id: UUID
    status: AttendanceStatus
    minutes: int
    source: AttendanceSource


class CountryCount(Answer):
    """How many people of a country are in a state."""

    country: str
    state: str
    people: int


class PipelineRead(Answer):
    """An edition's way from seats to participants; applications only within the caller's reach."""

    edition_id: UUID
    provenance: Provenance
    seat_lines: list[CallSeatLineRead]
    participants: list[CountryCount]
    applications: list[CountryCount] | None
    """Null for the public."""
