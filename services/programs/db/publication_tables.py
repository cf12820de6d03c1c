"""Tables of publication: what only publishing needs to know of a record, and what was published when."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.common.clock import Provenance
from services.common.database import Versioned
from services.programs.db.base import Base
from services.programs.domain.activities import ActivityKind
from services.programs.domain.publications import PublicationChannel, PublicationState


class PublicationProfile(Versioned, Base):
    """What only publishing needs to know of a program, component, edition, delivery or fund."""

    __tablename__ = "publication_profile"
    __table_args__ = (UniqueConstraint("subject_kind", "subject_id", name="uq_publication_profile_subject"),)

    subject_kind: Mapped[ActivityKind]
    subject_id: Mapped[UUID]
    withheld_reason: Mapped[str | None]
    """Why it is kept out of publications; None: it is not."""
    scope: Mapped[str | None]
    """IATI ActivityScope; None: derived from the recipients."""
    humanitarian: Mapped[bool]
    recipients: Mapped[list[dict[str, Any]]]
    """Shares by country or region, in place of an equal split."""
    sectors: Mapped[list[dict[str, Any]]]
    """In place of the record's own."""
    sdg_targets: Mapped[list[str]]
    policy_markers: Mapped[list[dict[str, Any]]]
    finance_type: Mapped[str | None]
    tied_status: Mapped[str | None]
    """As stated; None says nothing, not "untied"."""
    budget_not_provided: Mapped[str | None]
    other_identifiers: Mapped[list[dict[str, Any]]]
    conditions: Mapped[list[dict[str, Any]]]
    documents: Mapped[list[dict[str, Any]]]
    details: Mapped[dict[str, Any] | None]
    """The rarer blocks, whole (schemas/publication_details.py)."""

    @property
    def href(self) -> str:
        """Where it stands."""
        return f"/v1/publication-profiles/{self.subject_kind}/{self.subject_id}"


class PublicationRecord(Versioned, Base):
    """One publication of one file."""

    __tablename__ = "publication_record"
    __table_args__ = (
        Index("ix_publication_record_channel", "channel", "id"),
        # At most one stands at an address.
        Index(
            "uq_publication_record_current",
            "channel",
            unique=True,
            postgresql_where=text("state = 'published'"),
        ),
    )

    channel: Mapped[PublicationChannel]
    state: Mapped[PublicationState]
    sha256: Mapped[str | None]
    """Hexadecimal digest of the file."""
    size: Mapped[int | None]
    """Bytes."""
    subjects: Mapped[int | None]
    """How many records the file tells of."""
    errors: Mapped[int | None]
    warnings: Mapped[int | None]
    published_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str | None]

    @property
    def href(self) -> str:
        """Where it stands."""
        return f"/v1/publication-records/{self.id}"


class PublicationPart(Base):
    """A piece of a published file; a file and its record are one transaction."""

    __tablename__ = "publication_part"

    publication_id: Mapped[UUID] = mapped_column(ForeignKey("publication_record.id"), primary_key=True)
    ordinal: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class MirrorIndicatorPeriod(Base):
    """A period of an indicator with its approved figures, as evaluation last told."""

    __tablename__ = "mirror_indicator_period"
    __table_args__ = (Index("ix_mirror_indicator_period_program_id", "program_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    indicator_id: Mapped[UUID]
    program_id: Mapped[UUID]
    code: Mapped[str]
    title: Mapped[dict[str, str]]
    unit: Mapped[dict[str, str] | None]
    level: Mapped[str]
    measure: Mapped[str]
    provenance: Mapped[Provenance]
    period: Mapped[str]
    """EDTF."""
    state: Mapped[str]
    """`approved` may be published; `open` was taken back."""
    figures: Mapped[list[dict[str, Any]]]
    """Of kind baseline, target or actual; for one country, or for all of them."""
    by_sex: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")
    """Likewise, for women or for men of all countries."""
