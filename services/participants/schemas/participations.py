"""What participations, attendance, certificates and the pipeline look like on the wire."""

from datetime import datetime
from decimal import Decimal
from typing import Self
from uuid import UUID

from pydantic import Field

from services.common.actions import Action
from services.common.clock import Provenance
from services.common.wire import Answer, Count, Id, Request, Resource
from services.participants.domain.attendance import AttendanceSource, AttendanceStatus
from services.participants.domain.certificates import CertificateKind, CertificateState, CertificateVerdict
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


class AttendanceRead(Resource):
    """How one participant attended one training session."""

    training_session_id: UUID
    participation_id: UUID
    status: AttendanceStatus
    minutes: int
    source: AttendanceSource


class CertificateIssue(Request):
    """For whom certificates are wanted."""

    participation_ids: list[Id] = Field(min_length=1, max_length=500)
    kind: CertificateKind = CertificateKind.COMPLETION


class CertificateItem(Resource):
    """A certificate in a list; its token stands in the address that its QR code leads to."""

    edition_id: UUID
    participation_id: UUID
    kind: CertificateKind
    number: str
    content_hash: str
    verify_token: str
    state: CertificateState
    issued_at: datetime


class CertificateRead(CertificateItem):
    """A certificate, with what this caller may do to it."""

    actions: list[Action]


class CertificateVerification(Answer):
    """Whether a certificate is genuine, and as little more as tells a copy from an invention."""

    verdict: CertificateVerdict
    number: str | None
    kind: CertificateKind | None
    holder: str | None
    edition_title: dict[str, str] | None
    content_hash: str | None

    @classmethod
    def unknown(cls) -> Self:
        """Return the answer to a token that no certificate carries."""
        nothing = dict.fromkeys(cls.model_fields)
        return cls.model_validate(nothing | {"verdict": CertificateVerdict.UNKNOWN})


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
