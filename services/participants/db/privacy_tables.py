"""Tables of privacy: consents, the read log, erasures and the holds that postpone them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.common.database import Identified, Versioned
from services.common.database_errors import translate_constraint
from services.participants.db.base import Base
from services.participants.domain.erasures import ErasureGround, ErasureState
from services.participants.domain.people import ConsentEvidence, ConsentPurpose, ReadPurpose
from services.participants.domain.problems import ErasureExists


class SensitiveRead(Identified, Base):
    """Somebody read the sensitive block of a person; never changed."""

    __tablename__ = "sensitive_read"
    __table_args__ = (Index("ix_sensitive_read_person_id", "person_id", "created_at"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    actor: Mapped[str]
    purpose: Mapped[ReadPurpose]
    request_id: Mapped[UUID | None]


class Consent(Versioned, Base):
    """What a person agreed to, in which words, and how that can be shown."""

    __tablename__ = "consent"
    __table_args__ = (Index("ix_consent_person_id", "person_id", "purpose"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    purpose: Mapped[ConsentPurpose]
    text_version: Mapped[str]
    language_tag: Mapped[str]
    granted_at: Mapped[datetime]
    valid_until: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    third_parties: Mapped[list[str]]
    cross_border: Mapped[bool]
    published: Mapped[bool]
    evidence: Mapped[ConsentEvidence]
    file_id: Mapped[UUID | None]
    """The signed paper or the signature; None where it is electronic, or the paper lies elsewhere."""
    collected_by: Mapped[str]


class Disclosure(Identified, Base):
    """A partner was shown somebody's data, under their consent; never changed."""

    __tablename__ = "disclosure"
    __table_args__ = (Index("ix_disclosure_person_id", "person_id"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    organization_id: Mapped[UUID]
    edition_id: Mapped[UUID]
    actor: Mapped[str]


class LegalHold(Versioned, Base):
    """Why a person's data must be kept for now (R12)."""

    __tablename__ = "legal_hold"
    __table_args__ = (Index("ix_legal_hold_person_id", "person_id"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    subject: Mapped[str]
    """What is held."""
    reason: Mapped[str]
    until: Mapped[datetime | None]
    released_at: Mapped[datetime | None]


class Erasure(Versioned, Base):
    """A person who is to be forgotten, and how far every service has come."""

    __tablename__ = "erasure"
    __table_args__ = (
        Index(
            "uq_erasure_standing",
            "person_id",
            unique=True,
            postgresql_where=text("state IN ('requested', 'running')"),
        ),
        Index("ix_erasure_state", "state"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    ground: Mapped[ErasureGround]
    state: Mapped[ErasureState]
    requested_by: Mapped[str]
    approved_by: Mapped[str | None]
    approved_at: Mapped[datetime | None]
    subjects: Mapped[list[str]]
    """Ids of the records that were the person's, merged ones included."""
    letters: Mapped[list[str]]
    """Ids of the messages to them, whose files go too."""
    confirmations: Mapped[dict[str, Any]]
    """Service -> what it kept, as reason codes."""
    keys_destroyed_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]


translate_constraint("uq_erasure_standing", ErasureExists)
