"""Table of affiliations: where people work, and under whom."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from services.common.database import Versioned
from services.participants.db.base import Base
from services.participants.domain.affiliations import PostLevel, Supervisor
from services.participants.domain.people import ConsentEvidence


class Affiliation(Versioned, Base):
    """Where a person works or worked; its supervisor is another human being, with a consent of their own."""

    __tablename__ = "affiliation"
    __table_args__ = (Index("ix_affiliation_person_id", "person_id"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    organization_id: Mapped[UUID | None]
    """An organization of programs, where it is one."""
    organization_name: Mapped[str | None]
    """As the person writes it, where programs knows no such organization."""
    unit: Mapped[str | None]
    post: Mapped[str | None]
    level: Mapped[PostLevel | None]
    period: Mapped[str | None]
    """EDTF: since when, or an interval."""
    supervisor_name: Mapped[str | None]
    supervisor_email: Mapped[str | None]
    supervisor_language: Mapped[str | None]
    supervisor_text_version: Mapped[str | None]
    """Of the words to which the supervisor agreed."""
    supervisor_evidence: Mapped[ConsentEvidence | None]
    supervisor_agreed_at: Mapped[datetime | None]
    supervisor_withdrawn_at: Mapped[datetime | None]
    """When they said that they want to be asked no more; their name and address are gone since."""

    @property
    def supervisor(self) -> Supervisor | None:
        """Who can say what the course changed, where somebody is named."""
        if self.supervisor_name is None or self.supervisor_email is None or self.supervisor_language is None:
            return None
        return Supervisor(
            self.supervisor_name,
            self.supervisor_email,
            self.supervisor_language,
            self.supervisor_text_version,
            self.supervisor_evidence,
            self.supervisor_agreed_at,
        )
