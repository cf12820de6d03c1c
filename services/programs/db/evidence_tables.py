"""Tables of what is said and known: sources, statements, the agency itself, and what other rooms told."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from services.common.clock import Provenance
from services.common.database import Identified, Versioned
from services.common.search import searchable
from services.programs.db.base import Base
from services.programs.domain.deliveries import DesignTaskState
from services.programs.domain.evidence import Confidence, SourceKind, StatementKind, SubjectKind


class Source(Versioned, Base):
    """Something that facts are read from."""

    __tablename__ = "source"
    __table_args__ = (
        UniqueConstraint("code", name="uq_source_code"),
        Index("ix_source_search", "search", postgresql_using="gin"),
    )

    code: Mapped[str]
    kind: Mapped[SourceKind]
    title: Mapped[str]
    url: Mapped[str | None]
    published: Mapped[str | None]
    """EDTF."""
    search: Mapped[str] = mapped_column(TSVECTOR, searchable("programs", "code", "title"), deferred=True)
    """The words by which it is found, folded (`services.common.search`)."""


class Citation(Identified, Base):
    """Where one row's facts stand in one source; a row may have several."""

    __tablename__ = "citation"
    __table_args__ = (Index("ix_citation_subject", "subject_id", "subject_kind"),)

    subject_kind: Mapped[SubjectKind]
    subject_id: Mapped[UUID]
    source_id: Mapped[UUID] = mapped_column(ForeignKey("source.id"), index=True)
    locator: Mapped[str | None]
    note: Mapped[str | None]
    confidence: Mapped[Confidence]
    as_of: Mapped[date | None]
    """The day on which the source knew it."""


class Statement(Versioned, Base):
    """What the agency states of itself and its work, or what a reader notes about a source."""

    __tablename__ = "statement"
    __table_args__ = (UniqueConstraint("code", name="uq_statement_code"),)

    code: Mapped[str]
    kind: Mapped[StatementKind]
    text: Mapped[dict[str, str]]
    countries: Mapped[list[str]]
    regions: Mapped[list[str]]
    """IATI Region codes."""
    period: Mapped[str | None]
    """EDTF."""


class StatementSubject(Base):
    """What a statement concerns."""

    __tablename__ = "statement_subject"
    __table_args__ = (Index("ix_statement_subject_subject", "subject_id", "subject_kind"),)

    statement_id: Mapped[UUID] = mapped_column(ForeignKey("statement.id"), primary_key=True)
    subject_kind: Mapped[SubjectKind] = mapped_column(primary_key=True)
    subject_id: Mapped[UUID] = mapped_column(primary_key=True)


class Agency(Versioned, Base):
    """The agency that this installation serves; one row."""

    __tablename__ = "agency"
    __table_args__ = (
        UniqueConstraint("single", name="uq_agency_single"),
        CheckConstraint("single", name="one_row"),
    )

    single: Mapped[bool] = mapped_column(default=True)
    names: Mapped[dict[str, str]]
    acronym: Mapped[str | None]
    legal_form: Mapped[dict[str, str] | None]
    mandate: Mapped[dict[str, str] | None]
    offices: Mapped[list[dict[str, Any]]] = mapped_column(default=list, server_default=text("'[]'::jsonb"))
    """Code, names, country, city and zone of each."""
    founded: Mapped[str | None]
    """EDTF."""
    ministry: Mapped[dict[str, str] | None]
    chair: Mapped[str | None]
    country: Mapped[str]
    reporting_identifier: Mapped[str | None]


class Fund(Versioned, Base):
    """Money of several donors for one purpose; a different thing from the agency."""

    __tablename__ = "fund"
    __table_args__ = (UniqueConstraint("code", name="uq_fund_code"),)

    code: Mapped[str]
    names: Mapped[dict[str, str]]
    established: Mapped[str | None]
    """EDTF."""
    purpose: Mapped[dict[str, str]]


class DesignTask(Versioned, Base):
    """What an agreed recommendation asks of a coming edition."""

    __tablename__ = "design_task"
    __table_args__ = (
        UniqueConstraint("recommendation_id", name="uq_design_task_recommendation"),
        Index("ix_design_task_program_id", "program_id"),
    )

    recommendation_id: Mapped[UUID]
    program_id: Mapped[UUID]
    evidence_edition_id: Mapped[UUID]
    edition_id: Mapped[UUID | None]
    """The coming edition; None until there is one."""
    title: Mapped[dict[str, str]]
    due: Mapped[str | None]
    latest: Mapped[date | None]
    """The last day that `due` may mean."""
    state: Mapped[DesignTaskState]
    how: Mapped[dict[str, str] | None]
    """How the edition answers it."""
    provenance: Mapped[Provenance]


class MirrorDesignChange(Base):
    """Which edition takes a recommendation up, as evaluation last told; it may come before the recommendation."""

    __tablename__ = "mirror_design_change"

    recommendation_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    edition_id: Mapped[UUID]


class MirrorSeats(Base):
    """How an edition's seats stand, as participants last told."""

    __tablename__ = "mirror_seats"

    edition_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    lines: Mapped[list[dict[str, Any]]]


class MirrorCampaign(Base):
    """A survey of an edition that is over, as evaluation told."""

    __tablename__ = "mirror_campaign"
    __table_args__ = (Index("ix_mirror_campaign_edition_id", "edition_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    edition_id: Mapped[UUID]
    phase: Mapped[str]
    state: Mapped[str]


class MirrorResults(Base):
    """How a snapshot of an edition's results stands, as evaluation last told."""

    __tablename__ = "mirror_results"
    __table_args__ = (Index("ix_mirror_results_edition_id", "edition_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    edition_id: Mapped[UUID]
    phase: Mapped[str]
    state: Mapped[str]
    visibility: Mapped[str]
    reason: Mapped[str | None]
