"""Every table of the programs schema."""

from typing import Any, Final
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from services.common.clock import Provenance
from services.common.database import Versioned
from services.common.database_errors import translate_constraint
from services.common.search import searchable
from services.programs.db import publication_tables  # noqa: F401  declares tables of this schema
from services.programs.db.agreement_tables import (
    Agreement,
    AgreementAlert,
    AgreementAmendment,
    AgreementParty,
    AgreementSubject,
)
from services.programs.db.approval_tables import Approval, ApprovalPolicy
from services.programs.db.award_tables import Award, Instalment
from services.programs.db.base import Base
from services.programs.db.delivery_tables import Delivery, DeliveryDocument
from services.programs.db.edition_tables import (
    CountryInvitation,
    Edition,
    EditionContent,
    EditionCountry,
    EditionHistory,
    SeatLine,
)
from services.programs.db.evidence_tables import (
    Agency,
    Citation,
    DesignTask,
    Fund,
    MirrorCampaign,
    MirrorDesignChange,
    MirrorResults,
    MirrorSeats,
    Source,
    Statement,
    StatementSubject,
)
from services.programs.db.money_tables import Budget, ExchangeRate, FiscalClosure, LedgerEntry
from services.programs.db.monitoring_tables import Milestone, Risk, StatusReport
from services.programs.db.need_tables import CountryPriority, NeedsSurvey
from services.programs.db.partnership_tables import Partnership, PartnershipSubject
from services.programs.db.timetable_tables import Lecturer, Module, TrainingSession, Venue
from services.programs.domain.organizations import OrganizationStatus
from services.programs.domain.problems import OrganizationExists, PortfolioItemExists
from services.programs.domain.programs import (
    Cadence,
    CooperationForm,
    ProgramKind,
    ProgramStatus,
)

__all__ = [
    "SCHEMA_REVISION",
    "Agency",
    "Agreement",
    "AgreementAlert",
    "AgreementAmendment",
    "AgreementParty",
    "AgreementSubject",
    "Approval",
    "ApprovalPolicy",
    "Award",
    "Base",
    "Budget",
    "Citation",
    "Component",
    "CountryInvitation",
    "CountryPriority",
    "Delivery",
    "DeliveryDocument",
    "DesignTask",
    "Edition",
    "EditionContent",
    "EditionCountry",
    "EditionHistory",
    "ExchangeRate",
    "FiscalClosure",
    "Fund",
    "Instalment",
    "Lecturer",
    "LedgerEntry",
    "Milestone",
    "MirrorCampaign",
    "MirrorDesignChange",
    "MirrorResults",
    "MirrorSeats",
    "Module",
    "NeedsSurvey",
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
    "Venue",
]

SCHEMA_REVISION: Final = "0020"
"""The revision of `migrations/programs` that this code needs."""


class Organization(Versioned, Base):
    """A party to development cooperation: agency, ministry, university, bank, embassy, company."""

    __tablename__ = "organization"
    __table_args__ = (
        UniqueConstraint("code", name="uq_organization_code"),
        Index("ix_organization_search", "search", postgresql_using="gin"),
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
    search: Mapped[str] = mapped_column(
        TSVECTOR,
        searchable("programs", "code", "acronym", "verbatim_name", languages=["names"]),
        deferred=True,
    )
    """The words by which it is found, folded (`services.common.search`)."""
    status: Mapped[OrganizationStatus]
    merged_into_id: Mapped[UUID | None] = mapped_column(ForeignKey("organization.id"))
    """The record that has taken its place."""
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
    __table_args__ = (
        UniqueConstraint("code", name="uq_program_code"),
        Index("ix_program_search", "search", postgresql_using="gin"),
    )

    code: Mapped[str]
    title: Mapped[dict[str, str]]
    kind: Mapped[ProgramKind]
    status: Mapped[ProgramStatus | None]
    """None where no source states it."""
    status_reason: Mapped[str | None]
    evaluation_reference: Mapped[str | None]
    """Where the evaluation stands by which it became annual, if it was not held here."""
    objectives: Mapped[dict[str, str] | None]
    form_as_stated: Mapped[CooperationForm | None]
    aid_type: Mapped[str | None]
    sectors: Mapped[list[dict[str, Any]]]
    sdg_goals: Mapped[list[str]]
    coded_by: Mapped[str | None]
    """Who proposed the codes, where it was not the agency."""
    audiences: Mapped[list[str]]
    cadence: Mapped[Cadence | None]
    mandate: Mapped[dict[str, str] | None]
    """By which decision, law or agreement the agency carries it out."""
    search: Mapped[str] = mapped_column(
        TSVECTOR, searchable("programs", "code", languages=["title"]), deferred=True
    )
    """The words by which it is found, folded (`services.common.search`)."""

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
    level: Mapped[str | None]
    """Of what its audience has learned so far, such as `undergraduate`."""
    languages: Mapped[list[str]]


translate_constraint("uq_organization_code", OrganizationExists)
for _natural_key in (
    "uq_source_code",
    "uq_statement_code",
    "uq_agency_single",
    "uq_program_code",
    "uq_component_ordinal",
    "uq_edition_code",
    "uq_edition_ordinal",
    "uq_edition_country",
    "uq_country_invitation",
    "uq_seat_line_owner",
    "uq_partnership_code",
    "uq_delivery_code",
    "uq_fund_code",
    "uq_venue_code",
    "uq_country_priority_code",
    "uq_needs_survey",
    "uq_module_ordinal",
    "uq_approval_policy_target",
    "uq_approval_pending",
    "uq_agreement_code",
    "uq_agreement_amendment",
):
    translate_constraint(_natural_key, PortfolioItemExists)
