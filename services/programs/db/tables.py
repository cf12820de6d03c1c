"""Every table of the programs schema."""

from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.common.clock import Provenance
from services.common.database import Identified, Versioned
from services.common.database_errors import translate_constraint
from services.programs.db.base import Base
from services.programs.db.delivery_tables import Delivery, DeliveryDocument
from services.programs.db.evidence_tables import (
    Agency,
    Citation,
    DesignTask,
    Fund,
    MirrorDesignChange,
    MirrorResults,
    MirrorSeats,
    Source,
    Statement,
    StatementSubject,
)
from services.programs.db.money_tables import Budget, ExchangeRate, FiscalClosure, LedgerEntry
from services.programs.db.monitoring_tables import Milestone, Risk, StatusReport
from services.programs.domain.editions import CountryRelation, EditionState, Modality
from services.programs.domain.events import SeatOwner
from services.programs.domain.evidence import Confidence, SubjectKind
from services.programs.domain.organizations import OrganizationStatus
from services.programs.domain.problems import OrganizationExists, PortfolioItemExists
from services.programs.domain.programs import (
    CooperationForm,
    FunctionalRole,
    ProgramKind,
    ProgramStatus,
    TriangularRole,
)
from services.programs.domain.training_sessions import TrainingSessionKind, TrainingSessionState

__all__ = [
    "SCHEMA_REVISION",
    "Agency",
    "Base",
    "Budget",
    "Citation",
    "Component",
    "CountryInvitation",
    "Delivery",
    "DeliveryDocument",
    "DesignTask",
    "Edition",
    "EditionCountry",
    "ExchangeRate",
    "FiscalClosure",
    "Fund",
    "Lecturer",
    "LedgerEntry",
    "Milestone",
    "MirrorDesignChange",
    "MirrorResults",
    "MirrorSeats",
    "Organization",
    "Partnership",
    "PartnershipSubject",
    "Program",
    "Risk",
    "SeatLine",
    "Source",
    "Statement",
    "StatementSubject",
    "StatusReport",
    "TrainingSession",
]

SCHEMA_REVISION: Final = "0006"
"""The revision of `migrations/programs` that this code needs."""


class Organization(Versioned, Base):
    """A party to development cooperation: agency, ministry, university, bank, embassy, company."""

    __tablename__ = "organization"
    __table_args__ = (
        UniqueConstraint("code", name="uq_organization_code"),
        Index("ix_organization_country", "country"),
    )

    code: Mapped[str]
    """The installation's own short code, such as `tika`; the natural key of imports."""
    names: Mapped[dict[str, str]]
    acronym: Mapped[str | None]
    verbatim_name: Mapped[str | None]
    """The name as printed in the source."""
    kind: Mapped[str | None]
    """IATI OrganisationType."""
    country: Mapped[str | None]
    """ISO 3166-1 alpha-2."""
    identifiers: Mapped[list[dict[str, str]]]
    status: Mapped[OrganizationStatus]
    provenance: Mapped[Provenance]

    @property
    def label(self) -> str:
        """What a link to it says."""
        return self.names.get("en") or self.code

    @property
    def href(self) -> str:
        """Where it stands."""
        return f"/v1/organizations/{self.id}"


class Program(Versioned, Base):
    """A lasting undertaking that is carried out in editions."""

    __tablename__ = "program"
    __table_args__ = (UniqueConstraint("code", name="uq_program_code"),)

    code: Mapped[str]
    title: Mapped[dict[str, str]]
    kind: Mapped[ProgramKind]
    status: Mapped[ProgramStatus | None]
    """None where no source states it."""
    objectives: Mapped[dict[str, str] | None]
    form_as_stated: Mapped[CooperationForm | None]
    aid_type: Mapped[str | None]
    sectors: Mapped[list[dict[str, Any]]]
    sdg_goals: Mapped[list[str]]
    coded_by: Mapped[str | None]
    """Who proposed the codes, where it was not the agency."""
    audiences: Mapped[list[str]]

    @property
    def label(self) -> str:
        """What a link to it says."""
        return self.title.get("en") or self.code

    @property
    def href(self) -> str:
        """Where it stands."""
        return f"/v1/programs/{self.id}"


class Component(Versioned, Base):
    """A part of a program for one audience."""

    __tablename__ = "component"
    __table_args__ = (UniqueConstraint("program_id", "ordinal", name="uq_component_ordinal"),)

    program_id: Mapped[UUID] = mapped_column(ForeignKey("program.id"))
    ordinal: Mapped[int]
    title: Mapped[dict[str, str]]
    audience: Mapped[str | None]
    languages: Mapped[list[str]]


class Edition(Versioned, Base):
    """One time that a program, or a component of it, is carried out."""

    __tablename__ = "edition"
    __table_args__ = (
        UniqueConstraint("code", name="uq_edition_code"),
        Index("ix_edition_program_id", "program_id"),
        Index("ix_edition_state", "state"),
    )

    program_id: Mapped[UUID] = mapped_column(ForeignKey("program.id"))
    component_id: Mapped[UUID | None] = mapped_column(ForeignKey("component.id"))
    predecessor_id: Mapped[UUID | None] = mapped_column(ForeignKey("edition.id"))
    code: Mapped[str]
    ordinal: Mapped[int | None]
    title: Mapped[dict[str, str]]
    topic: Mapped[dict[str, str] | None]
    public_text: Mapped[dict[str, str] | None]
    period: Mapped[str]
    """EDTF."""
    earliest: Mapped[date]
    """Derived from the period, for sorting; so is `latest`."""
    latest: Mapped[date]
    duration_days: Mapped[int | None]
    host_places: Mapped[list[dict[str, Any]]]
    modality: Mapped[Modality | None]
    zone: Mapped[str]
    languages: Mapped[list[str]]
    audience: Mapped[str | None]
    sectors: Mapped[list[dict[str, Any]]]
    coded_by: Mapped[str | None]
    capacity_min: Mapped[int | None]
    capacity_max: Mapped[int | None]
    call_opens_at: Mapped[datetime | None]
    call_closes_at: Mapped[datetime | None]
    replacement_until: Mapped[datetime | None]
    form_version_id: Mapped[UUID | None]
    eligibility_rules: Mapped[list[dict[str, Any]] | None]
    """None until the rules are published; an empty list says that there are none."""
    attendance_percent: Mapped[int]
    pass_mark_percent: Mapped[int | None]
    pilot: Mapped[bool]
    historic: Mapped[bool]
    stated_as_of: Mapped[date | None]
    """The day on which a source knew the state; the clock leaves the edition alone until somebody changes it."""
    state: Mapped[EditionState]
    state_reason: Mapped[str | None]
    provenance: Mapped[Provenance]

    program: Mapped[Program] = relationship(lazy="raise")

    @property
    def label(self) -> str:
        """What a link to it says."""
        return self.code

    @property
    def href(self) -> str:
        """Where it stands."""
        return f"/v1/editions/{self.id}"


class EditionCountry(Identified, Base):
    """What an edition has to do with a country or a region of several."""

    __tablename__ = "edition_country"
    __table_args__ = (
        UniqueConstraint("edition_id", "place", "relation", name="uq_edition_country"),
        Index("ix_edition_country_country", "country"),
    )

    edition_id: Mapped[UUID] = mapped_column(ForeignKey("edition.id"))
    place: Mapped[str]
    """The country's code, the region's code, or the area's name as printed: part of the natural key."""
    country: Mapped[str | None]
    region: Mapped[str | None]
    area: Mapped[str | None]
    """An area without a code of its own, as its source prints it."""
    relation: Mapped[CountryRelation]
    head_count: Mapped[int | None]


class CountryInvitation(Versioned, Base):
    """The letter by which an authority of a country is asked to nominate."""

    __tablename__ = "country_invitation"
    __table_args__ = (UniqueConstraint("edition_id", "country", name="uq_country_invitation"),)

    edition_id: Mapped[UUID] = mapped_column(ForeignKey("edition.id"))
    country: Mapped[str]
    authority_id: Mapped[UUID | None] = mapped_column(ForeignKey("organization.id"))
    letter_number: Mapped[str | None]
    sent_on: Mapped[date | None]


class SeatLine(Versioned, Base):
    """Seats of one edition for one owner."""

    __tablename__ = "seat_line"
    __table_args__ = (
        UniqueConstraint(
            "edition_id",
            "owner",
            "country",
            "organization_id",
            name="uq_seat_line_owner",
            postgresql_nulls_not_distinct=True,
        ),
    )

    edition_id: Mapped[UUID] = mapped_column(ForeignKey("edition.id"))
    owner: Mapped[SeatOwner]
    country: Mapped[str | None]
    organization_id: Mapped[UUID | None] = mapped_column(ForeignKey("organization.id"))
    seats: Mapped[int | None]
    reserve: Mapped[int]
    discretionary: Mapped[int]
    minimum_women: Mapped[int]
    minimum_women_is_hard: Mapped[bool]
    reallocation_on: Mapped[date | None]


class Lecturer(Versioned, Base):
    """Somebody who teaches; shown to the public only with consent."""

    __tablename__ = "lecturer"

    names: Mapped[dict[str, str]]
    organization_id: Mapped[UUID | None] = mapped_column(ForeignKey("organization.id"))
    expertise: Mapped[list[str]]
    consents_to_be_shown: Mapped[bool]


class TrainingSession(Versioned, Base):
    """One meeting of a course."""

    __tablename__ = "training_session"
    __table_args__ = (
        Index("ix_training_session_edition_id", "edition_id", "starts_at"),
        Index("ix_training_session_starts_at", "starts_at", "ends_at"),
        Index("ix_training_session_lecturers", "lecturers", postgresql_using="gin"),
    )

    edition_id: Mapped[UUID] = mapped_column(ForeignKey("edition.id"))
    kind: Mapped[TrainingSessionKind]
    title: Mapped[dict[str, str]]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    venue: Mapped[str | None]
    state: Mapped[TrainingSessionState]
    state_reason: Mapped[str | None]
    mandatory: Mapped[bool]
    counts_for_attendance: Mapped[bool]
    delivery_language: Mapped[str | None]
    lecturers: Mapped[list[dict[str, Any]]]


class Partnership(Versioned, Base):
    """What an organization does in one or, as a group that no source takes apart, several undertakings."""

    __tablename__ = "partnership"
    __table_args__ = (UniqueConstraint("code", name="uq_partnership_code"),)

    code: Mapped[str]
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"), index=True)
    iati_role: Mapped[str | None]
    functional_role: Mapped[FunctionalRole]
    triangular_role: Mapped[TriangularRole | None]
    certainty: Mapped[Confidence]

    organization: Mapped[Organization] = relationship(lazy="raise")


class PartnershipSubject(Base):
    """What a partnership is for."""

    __tablename__ = "partnership_subject"
    __table_args__ = (Index("ix_partnership_subject_subject", "subject_id", "subject_kind"),)

    partnership_id: Mapped[UUID] = mapped_column(ForeignKey("partnership.id"), primary_key=True)
    subject_kind: Mapped[SubjectKind] = mapped_column(primary_key=True)
    subject_id: Mapped[UUID] = mapped_column(primary_key=True)


translate_constraint("uq_organization_code", OrganizationExists)
for _natural_key in (
    "uq_source_code",
    "uq_statement_code",
    "uq_agency_single",
    "uq_program_code",
    "uq_component_ordinal",
    "uq_edition_code",
    "uq_edition_country",
    "uq_country_invitation",
    "uq_seat_line_owner",
    "uq_partnership_code",
    "uq_delivery_code",
    "uq_fund_code",
):
    translate_constraint(_natural_key, PortfolioItemExists)
