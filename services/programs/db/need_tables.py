"""Tables of what partner countries aim at and ask for."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.common.clock import Provenance
from services.common.database import Versioned
from services.programs.db.base import Base
from services.programs.domain.needs import NeedsSurveyState


class CountryPriority(Versioned, Base):
    """An aim that a partner country states in a document of its own."""

    __tablename__ = "country_priority"
    __table_args__ = (
        UniqueConstraint("code", name="uq_country_priority_code"),
        Index("ix_country_priority_country", "country", "earliest"),
    )

    code: Mapped[str]
    country: Mapped[str]
    document: Mapped[str]
    """The document's title as it prints it."""
    theme: Mapped[dict[str, str]]
    sectors: Mapped[list[str]]
    """DAC purpose codes."""
    period: Mapped[str]
    """EDTF."""
    earliest: Mapped[date | None]
    latest: Mapped[date | None]
    provenance: Mapped[Provenance]


class NeedsSurvey(Versioned, Base):
    """What a partner country asks for in a year, filled in by its nominating authority."""

    __tablename__ = "needs_survey"
    __table_args__ = (
        UniqueConstraint(
            "country",
            "authority_id",
            "year",
            "provenance",
            name="uq_needs_survey",
            postgresql_nulls_not_distinct=True,
        ),
    )

    country: Mapped[str]
    authority_id: Mapped[UUID | None] = mapped_column(ForeignKey("organization.id"))
    year: Mapped[int]
    needs: Mapped[list[dict[str, Any]]]
    state: Mapped[NeedsSurveyState]
    submitted_at: Mapped[datetime | None]
    submitted_by: Mapped[str | None]
    provenance: Mapped[Provenance]

    @property
    def href(self) -> str:
        """Where it stands."""
        return f"/v1/needs-surveys/{self.id}"
