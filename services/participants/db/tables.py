"""Every table of the participants schema."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, UniqueConstraint, false, func, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from services.common.clock import Provenance
from services.common.database import Versioned
from services.common.database_errors import translate_constraint
from services.common.search import searchable
from services.participants.db import (
    affiliation_tables,
    attendance_tables,
    form_tables,
    logistics_tables,
    matching_tables,
    message_tables,
    privacy_tables,
    selection_tables,
    voucher_tables,
)
from services.participants.db.base import Base
from services.participants.domain.applications import (
    ApplicationState,
    Channel,
    NomineePlace,
    ReasonCode,
    Slot,
)
from services.participants.domain.attendance import AttendanceSource, AttendanceStatus
from services.participants.domain.certificates import CertificateKind, CertificateState
from services.participants.domain.offers import DeclineReason, OfferState
from services.participants.domain.participations import ParticipationRole, ParticipationState
from services.participants.domain.people import Sex
from services.participants.domain.problems import ApplicationExists, AuthorityExists

__all__ = [
    "Base",
    "affiliation_tables",
    "attendance_tables",
    "form_tables",
    "logistics_tables",
    "matching_tables",
    "message_tables",
    "privacy_tables",
    "selection_tables",
    "voucher_tables",
]

SCHEMA_REVISION: Final = "0020"
"""The revision of `migrations/participants` that this code needs."""


class MirrorEdition(Base):
    """An edition of programs, with the counter of all its seats and the deadline of its call."""

    __tablename__ = "mirror_edition"
    __table_args__ = (CheckConstraint("taken >= 0 AND taken <= coalesce(capacity, taken)", name="seats"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    aggregate_version: Mapped[int]
    program_id: Mapped[UUID | None]
    """None until programs has told it."""
    code: Mapped[str]
    title: Mapped[dict[str, str]]
    state: Mapped[str]
    provenance: Mapped[Provenance]
    zone: Mapped[str]
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    audience: Mapped[str | None]
    call_opens_at: Mapped[datetime | None]
    call_closes_at: Mapped[datetime | None]
    call_zone: Mapped[str | None]
    form_id: Mapped[UUID | None]
    """The version of a form that its applications answer."""
    eligibility_rules: Mapped[list[dict[str, Any]]] = mapped_column(server_default=text("'[]'"))
    replacement_until: Mapped[datetime | None]
    attendance_percent: Mapped[int]
    pass_mark_percent: Mapped[int | None]
    stated_capacity: Mapped[int | None]
    capacity: Mapped[int | None]
    """What programs stated, or what is taken where that is more."""
    taken: Mapped[int] = mapped_column(server_default="0")
    seats_version: Mapped[int] = mapped_column(server_default="0")
    """Counts the reports of its seats to programs."""
    certificates_version: Mapped[int] = mapped_column(server_default="0")
    decisions_released_at: Mapped[datetime | None]


class MirrorSeatLine(Base):
    """Seats of one edition for one owner; `taken` is the guarded counter (R2)."""

    __tablename__ = "mirror_seat_line"
    __table_args__ = (
        CheckConstraint("taken >= 0 AND taken <= coalesce(seats, 0)", name="seats"),
        Index("ix_mirror_seat_line_edition_id", "edition_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    edition_id: Mapped[UUID] = mapped_column(ForeignKey("mirror_edition.id"))
    owner: Mapped[str]
    country: Mapped[str | None]
    organization_id: Mapped[UUID | None]
    stated_seats: Mapped[int | None]
    seats: Mapped[int | None]
    """What programs stated, or what is taken where that is more; None where nobody stated a number."""
    reserve: Mapped[int]
    discretionary: Mapped[int] = mapped_column(server_default="0")
    minimum_women: Mapped[int] = mapped_column(server_default="0")
    minimum_women_is_hard: Mapped[bool] = mapped_column(server_default=false())
    reallocation_on: Mapped[date | None]
    taken: Mapped[int] = mapped_column(server_default="0")


class MirrorTrainingSession(Base):
    """A training session of programs: when attendance is taken, and what it counts."""

    __tablename__ = "mirror_training_session"
    __table_args__ = (Index("ix_mirror_training_session_edition_id", "edition_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    aggregate_version: Mapped[int]
    edition_id: Mapped[UUID]
    title: Mapped[dict[str, str]]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    state: Mapped[str]
    counts_for_attendance: Mapped[bool]
    venue: Mapped[str | None]


class MirrorOrganization(Base):
    """An organization of programs, by its names."""

    __tablename__ = "mirror_organization"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    aggregate_version: Mapped[int]
    code: Mapped[str]
    names: Mapped[dict[str, str]]
    country: Mapped[str | None]
    status: Mapped[str]


class Authority(Versioned, Base):
    """An organization that nominates for a country."""

    __tablename__ = "authority"
    __table_args__ = (UniqueConstraint("organization_id", name="uq_authority_organization_id"),)

    organization_id: Mapped[UUID]
    country: Mapped[str]
    delegation: Mapped[dict[str, Any] | None]
    """The document by which it may nominate: number, dated_on, valid_until, file_id."""


class DeadlineExtension(Versioned, Base):
    """More time for one authority in one call."""

    __tablename__ = "deadline_extension"
    __table_args__ = (UniqueConstraint("authority_id", "edition_id"),)

    authority_id: Mapped[UUID] = mapped_column(ForeignKey("authority.id"))
    edition_id: Mapped[UUID] = mapped_column(ForeignKey("mirror_edition.id"))
    closes_at: Mapped[datetime]
    reason: Mapped[str]


class Person(Versioned, Base):
    """Somebody who applies, takes part or took part."""

    __tablename__ = "person"
    __table_args__ = (
        Index("ix_person_entered_by", "entered_by"),
        Index("ix_person_search", "search", postgresql_using="gin"),
        Index("ix_person_unindexed", "id", postgresql_where=text("spellings = '[]'")),
        Index("ix_person_merged_into", "merged_into", postgresql_where=text("merged_into IS NOT NULL")),
        Index(
            "ix_person_passport_index", "passport_index", postgresql_where=text("passport_index IS NOT NULL")
        ),
    )

    names: Mapped[list[dict[str, Any]]]
    """As in each document and script; none is generated from another."""
    sex: Mapped[Sex]
    birth_date: Mapped[date | None]
    nationality: Mapped[str]
    residence: Mapped[str | None]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    """E.164."""
    languages: Mapped[dict[str, str]] = mapped_column(default=dict, server_default="{}")
    """BCP 47 code -> level by the Common European Framework, or `native`."""
    preferred_language: Mapped[str]
    provenance: Mapped[Provenance]
    entered_by: Mapped[UUID | None] = mapped_column(ForeignKey("authority.id"))
    """The authority whose officer entered the person, if one did."""
    sensitive: Mapped[bytes | None]
    """Encrypted under the person's own key; read through the read log only."""
    passport_index: Mapped[bytes | None]
    spellings: Mapped[list[str]] = mapped_column(default=list, server_default="[]")
    """The names as they are compared (`domain.matching.spell`); empty until the person is indexed."""
    search: Mapped[str] = mapped_column(
        TSVECTOR,
        searchable("participants", paths=['names $[*]."given"', 'names $[*]."family"']),
        deferred=True,
    )
    """The words of the names, folded (`services.common.search`)."""
    merged_into: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    erased_at: Mapped[datetime | None]


class Application(Versioned, Base):
    """One person's way into one edition."""

    __tablename__ = "application"
    __table_args__ = (
        Index(
            "uq_application_live",
            "person_id",
            "edition_id",
            unique=True,
            postgresql_where=text("state NOT IN ('withdrawn', 'void')"),
        ),
        Index("ix_application_edition_id", "edition_id", "state"),
        Index("ix_application_authority_id", "authority_id"),
        Index(
            "ix_application_waiting",
            "seat_line_id",
            "waiting_rank",
            postgresql_where=text("state = 'waitlisted'"),
        ),
    )

    edition_id: Mapped[UUID] = mapped_column(ForeignKey("mirror_edition.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    authority_id: Mapped[UUID | None] = mapped_column(ForeignKey("authority.id"))
    """Who nominates; None for those who applied where nobody has to."""
    seat_line_id: Mapped[UUID] = mapped_column(ForeignKey("mirror_seat_line.id"))
    channel: Mapped[Channel]
    state: Mapped[ApplicationState]
    form_id: Mapped[UUID | None] = mapped_column(ForeignKey("form.id"))
    answers: Mapped[dict[str, Any] | None]
    """To the form's questions, by code; None where there is no form."""
    submitted_at: Mapped[datetime | None]
    return_note: Mapped[str | None]
    """What the applicant is to correct."""
    reason_code: Mapped[ReasonCode | None]
    waiting_rank: Mapped[int | None]
    provenance: Mapped[Provenance]


class Nomination(Versioned, Base):
    """An authority's word for an application, and its place in the authority's order."""

    __tablename__ = "nomination"
    __table_args__ = (
        UniqueConstraint("application_id"),
        Index("ix_nomination_authority_id", "authority_id", "edition_id", "rank"),
    )

    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"))
    authority_id: Mapped[UUID] = mapped_column(ForeignKey("authority.id"))
    edition_id: Mapped[UUID] = mapped_column(ForeignKey("mirror_edition.id"))
    place: Mapped[NomineePlace]
    slot: Mapped[Slot]
    rank: Mapped[int]
    justification: Mapped[str | None]
    letter_file_id: Mapped[UUID | None]
    """The letter in which the authority puts the person forward."""
    certified_at: Mapped[datetime | None]
    """When the authority stood by it, with its whole list."""


class Offer(Versioned, Base):
    """A seat held for one person until they answer."""

    __tablename__ = "offer"
    __table_args__ = (
        Index(
            "uq_offer_standing",
            "application_id",
            unique=True,
            postgresql_where=text("state IN ('offered', 'accepted')"),
        ),
        Index("ix_offer_edition_id", "edition_id", "state"),
        UniqueConstraint("edition_id", "number"),
        Index("ix_offer_due", "reply_by", postgresql_where=text("state = 'offered'")),
    )

    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"))
    edition_id: Mapped[UUID] = mapped_column(ForeignKey("mirror_edition.id"))
    seat_line_id: Mapped[UUID] = mapped_column(ForeignKey("mirror_seat_line.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    authority_id: Mapped[UUID | None] = mapped_column(ForeignKey("authority.id"))
    state: Mapped[OfferState]
    number: Mapped[int]
    """Counts the edition's offers, from 1."""
    benefits: Mapped[list[str]] = mapped_column(server_default=text("'[]'"))
    reply_by: Mapped[datetime]
    decline_reason: Mapped[DeclineReason | None]
    provenance: Mapped[Provenance]


class Participation(Versioned, Base):
    """One person's part in one edition."""

    __tablename__ = "participation"
    __table_args__ = (
        UniqueConstraint("offer_id"),
        UniqueConstraint("pseudonym"),
        Index("ix_participation_edition_id", "edition_id", "state"),
    )

    edition_id: Mapped[UUID] = mapped_column(ForeignKey("mirror_edition.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    authority_id: Mapped[UUID | None] = mapped_column(ForeignKey("authority.id"))
    seat_line_id: Mapped[UUID] = mapped_column(ForeignKey("mirror_seat_line.id"))
    offer_id: Mapped[UUID] = mapped_column(ForeignKey("offer.id"))
    pseudonym: Mapped[UUID]
    role: Mapped[ParticipationRole]
    state: Mapped[ParticipationState]
    country: Mapped[str]
    attendance_share: Mapped[Decimal | None]
    passed_test: Mapped[bool | None]
    provenance: Mapped[Provenance]


class Attendance(Versioned, Base):
    """How one participant attended one training session."""

    __tablename__ = "attendance"
    __table_args__ = (UniqueConstraint("training_session_id", "participation_id"),)

    training_session_id: Mapped[UUID] = mapped_column(ForeignKey("mirror_training_session.id"))
    participation_id: Mapped[UUID] = mapped_column(ForeignKey("participation.id"))
    status: Mapped[AttendanceStatus]
    minutes: Mapped[int]
    source: Mapped[AttendanceSource]


class Certificate(Versioned, Base):
    """A document that its holder can show, and anybody can verify."""

    __tablename__ = "certificate"
    __table_args__ = (
        UniqueConstraint("number"),
        UniqueConstraint("verify_token"),
        Index(
            "uq_certificate_standing",
            "participation_id",
            "kind",
            unique=True,
            postgresql_where=text("state = 'issued'"),
        ),
        Index("ix_certificate_edition_id", "edition_id"),
    )

    edition_id: Mapped[UUID] = mapped_column(ForeignKey("mirror_edition.id"))
    participation_id: Mapped[UUID] = mapped_column(ForeignKey("participation.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[CertificateKind]
    number: Mapped[str]
    content: Mapped[dict[str, Any]]
    content_hash: Mapped[str]
    verify_token: Mapped[str]
    state: Mapped[CertificateState]
    issued_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    status_index: Mapped[int] = mapped_column(Identity(start=0, minvalue=0), unique=True)
    """Its bit in the status list of credentials."""
    revocation_reason: Mapped[str | None]
    revocation_requested_by: Mapped[str | None]
    """Who asked for its revocation, and so may not approve it."""
    replaced_by: Mapped[UUID | None] = mapped_column(ForeignKey("certificate.id"))


translate_constraint("uq_authority_organization_id", AuthorityExists)
translate_constraint("uq_application_live", ApplicationExists)
