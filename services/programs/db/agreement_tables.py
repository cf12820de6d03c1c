"""Tables of agreements: parties, subjects, amendments, alerts."""

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.common.clock import Provenance
from services.common.database import Versioned
from services.programs.db.base import Base
from services.programs.domain.agreements import AgreementKind, AgreementState
from services.programs.domain.evidence import SubjectKind


class Agreement(Versioned, Base):
    """A memorandum, contract or the like between parties."""

    __tablename__ = "agreement"
    __table_args__ = (
        UniqueConstraint("code", name="uq_agreement_code"),
        Index("ix_agreement_expires_on", "expires_on"),
    )

    code: Mapped[str]
    kind: Mapped[AgreementKind]
    title: Mapped[dict[str, str]]
    number: Mapped[str | None]
    document_url: Mapped[str | None]
    signed_on: Mapped[date | None]
    expires_on: Mapped[date | None]
    """The last day on which it binds, as last amended; None where it has no end."""
    state: Mapped[AgreementState]
    state_reason: Mapped[str | None]
    provenance: Mapped[Provenance]

    @property
    def label(self) -> str:
        """What a link to it says."""
        return self.title.get("en") or self.code

    @property
    def href(self) -> str:
        """Where it stands."""
        return f"/v1/agreements/{self.id}"


class AgreementParty(Base):
    """Whom an agreement binds."""

    __tablename__ = "agreement_party"

    agreement_id: Mapped[UUID] = mapped_column(ForeignKey("agreement.id"), primary_key=True)
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"), primary_key=True, index=True)


class AgreementSubject(Base):
    """What an agreement is about."""

    __tablename__ = "agreement_subject"
    __table_args__ = (Index("ix_agreement_subject_subject", "subject_id", "subject_kind"),)

    agreement_id: Mapped[UUID] = mapped_column(ForeignKey("agreement.id"), primary_key=True)
    subject_kind: Mapped[SubjectKind] = mapped_column(primary_key=True)
    subject_id: Mapped[UUID] = mapped_column(primary_key=True)


class AgreementAmendment(Versioned, Base):
    """A later document that changes an agreement; it is never changed itself."""

    __tablename__ = "agreement_amendment"
    __table_args__ = (UniqueConstraint("agreement_id", "number", name="uq_agreement_amendment"),)

    agreement_id: Mapped[UUID] = mapped_column(ForeignKey("agreement.id"))
    number: Mapped[int]
    """Counts the amendments of an agreement, from 1."""
    signed_on: Mapped[date]
    summary: Mapped[dict[str, str]]
    expires_on: Mapped[date | None]
    """The agreement's new last day; None where it stays as it is."""


class AgreementAlert(Versioned, Base):
    """That an agreement is about to expire; open until somebody has taken note."""

    __tablename__ = "agreement_alert"
    __table_args__ = (UniqueConstraint("agreement_id", "expires_on", "days", name="uq_agreement_alert"),)

    agreement_id: Mapped[UUID] = mapped_column(ForeignKey("agreement.id"))
    expires_on: Mapped[date]
    days: Mapped[int]
    """How many days before."""
    acknowledged_by: Mapped[str | None]
