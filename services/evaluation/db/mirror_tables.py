"""Tables of what other rooms told: kept by events, never changed by requests."""

from datetime import date
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.common.clock import Provenance
from services.evaluation.db.base import Base


class MirrorEdition(Base):
    """What this room needs of an edition; kept by events of programs."""

    __tablename__ = "mirror_edition"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    program_id: Mapped[UUID]
    title: Mapped[dict[str, str]]
    state: Mapped[str]
    provenance: Mapped[Provenance]
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    zone: Mapped[str | None]
    modality: Mapped[str | None]
    """How people take part: `on_site`, `online`, `hybrid`."""
    pass_mark_percent: Mapped[int | None]
    """What a knowledge test must reach for a certificate."""
    countries: Mapped[list[str]]


class MirrorDelivery(Base):
    """A delivery that its recipient has accepted; kept by the event that says so."""

    __tablename__ = "mirror_delivery"
    __table_args__ = (Index("ix_mirror_delivery_program_id", "program_id", "accepted_on"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    program_id: Mapped[UUID | None]
    kind: Mapped[str]
    recipient_country: Mapped[str | None]
    accepted_on: Mapped[date]
    provenance: Mapped[Provenance]


class MirrorVoucherScheme(Base):
    """An agreed voucher scheme: whose program it belongs to; kept by events of programs."""

    __tablename__ = "mirror_voucher_scheme"
    __table_args__ = (Index("ix_mirror_voucher_scheme_program_id", "program_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    program_id: Mapped[UUID | None]
    recipient_country: Mapped[str | None]
    provenance: Mapped[Provenance]


class MirrorVoucherCount(Base):
    """How many vouchers of a scheme were redeemed by the end of a day; kept by events of participants."""

    __tablename__ = "mirror_voucher_count"

    scheme_id: Mapped[UUID] = mapped_column(primary_key=True)
    told_on: Mapped[date] = mapped_column(primary_key=True)
    version: Mapped[int]
    redeemed: Mapped[int]


class MirrorTrainingSession(Base):
    """Who taught in an edition; kept by events of programs."""

    __tablename__ = "mirror_training_session"
    __table_args__ = (Index("ix_mirror_training_session_edition_id", "edition_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    edition_id: Mapped[UUID]
    module_id: Mapped[UUID | None]
    state: Mapped[str]
    lecturers: Mapped[list[str]]
    interpreted: Mapped[list[str]] = mapped_column(server_default=text("'[]'"))
    """Those of them whom participants heard through an interpreter."""
    stand_ins: Mapped[list[str]] = mapped_column(server_default=text("'[]'"))
    """Those of them who teach in the place of others."""
    replaced: Mapped[list[str]] = mapped_column(server_default=text("'[]'"))
    """The others: who were to teach and do not."""
    modality: Mapped[str | None]
    """None: as in its edition."""
    delivery_language: Mapped[str | None]


class MirrorCohort(Base):
    """One pseudonym's part in an edition; kept by events of participants, deleted on erasure."""

    __tablename__ = "mirror_cohort"
    __table_args__ = (
        Index("ix_mirror_cohort_edition_id", "edition_id"),
        UniqueConstraint("pseudonym", name="uq_mirror_cohort_pseudonym"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    edition_id: Mapped[UUID]
    pseudonym: Mapped[str]
    state: Mapped[str]
    country: Mapped[str | None]
    sex: Mapped[str | None]
    audience: Mapped[str | None]
    language: Mapped[str | None]


class ErasedPseudonym(Base):
    """The digest of a pseudonym that was forgotten, so that a late or repeated event does not bring it back."""

    __tablename__ = "erased_pseudonym"

    digest: Mapped[bytes] = mapped_column(primary_key=True)
