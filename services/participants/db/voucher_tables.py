"""Tables of vouchers, of the people behind awards, and of alumni."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.common.clock import Provenance
from services.common.database import Versioned
from services.common.database_errors import translate_constraint
from services.participants.db.base import Base
from services.participants.domain.alumni import EngagementKind
from services.participants.domain.voucher_problems import VoucherHeld
from services.participants.domain.vouchers import VoucherState


class MirrorVoucherScheme(Base):
    """A voucher scheme of programs, with the counter of its reports."""

    __tablename__ = "mirror_voucher_scheme"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    aggregate_version: Mapped[int]
    code: Mapped[str]
    title: Mapped[dict[str, str]]
    state: Mapped[str]
    quantity: Mapped[int | None]
    provider_id: Mapped[UUID | None]
    valid_until: Mapped[date | None]
    provenance: Mapped[Provenance]
    vouchers_version: Mapped[int] = mapped_column(server_default="0")
    """Counts the reports of its vouchers to the others."""


class Voucher(Versioned, Base):
    """The right of one person to one training place at the scheme's provider."""

    __tablename__ = "voucher"
    __table_args__ = (
        UniqueConstraint("code"),
        Index(
            "uq_voucher_live",
            "scheme_id",
            "person_id",
            unique=True,
            postgresql_where=text("state IN ('assigned', 'redeemed', 'completed')"),
        ),
        Index("ix_voucher_scheme_id", "scheme_id", "state"),
        Index("ix_voucher_authority_id", "authority_id"),
        Index("ix_voucher_person_id", "person_id"),
        Index(
            "ix_voucher_due",
            "valid_until",
            postgresql_where=text("state IN ('issued', 'transferred', 'assigned')"),
        ),
    )

    scheme_id: Mapped[UUID] = mapped_column(ForeignKey("mirror_voucher_scheme.id"))
    code: Mapped[str]
    authority_id: Mapped[UUID | None] = mapped_column(ForeignKey("authority.id"))
    """The embassy or ministry that holds it."""
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    state: Mapped[VoucherState]
    valid_until: Mapped[date | None]
    """The last day on which it can be redeemed."""
    redeemed_at: Mapped[datetime | None]
    provenance: Mapped[Provenance]


class AwardRecipient(Versioned, Base):
    """The person behind a grant or scholarship of programs, which knows no people."""

    __tablename__ = "award_recipient"
    __table_args__ = (
        UniqueConstraint("award_id"),
        CheckConstraint("person_id IS NULL OR organization_id IS NULL", name="one_recipient"),
        Index("ix_award_recipient_person_id", "person_id"),
    )

    award_id: Mapped[UUID]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    """None where it is an organization's, or nobody's any more."""
    organization_id: Mapped[UUID | None]
    """The organization to which programs awarded it."""


class AlumniProfile(Versioned, Base):
    """What a former participant agreed to share; nothing is shown without their consent in force."""

    __tablename__ = "alumni_profile"
    __table_args__ = (UniqueConstraint("person_id"), Index("ix_alumni_profile_country", "country"))

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    shown_name: Mapped[str]
    country: Mapped[str]
    organization: Mapped[str | None]
    post: Mapped[str | None]
    about: Mapped[str | None]
    contact: Mapped[str | None]
    """As they want to be reached by other alumni."""
    listed: Mapped[bool]
    """Whether other alumni see it; staff do while the consent to be contacted is in force."""


class AlumniEngagement(Versioned, Base):
    """One time that the agency and a former participant met again."""

    __tablename__ = "alumni_engagement"
    __table_args__ = (Index("ix_alumni_engagement_person_id", "person_id", "happened_on"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[EngagementKind]
    happened_on: Mapped[date]
    note: Mapped[str | None]


translate_constraint("uq_voucher_live", VoucherHeld)
