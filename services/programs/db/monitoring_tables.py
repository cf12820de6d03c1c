"""Tables of monitoring: milestones, risks and status reports of programs, editions and deliveries."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped

from services.common.clock import Provenance
from services.common.database import Versioned
from services.programs.db.base import Base
from services.programs.domain.evidence import SubjectKind
from services.programs.domain.monitoring import Light, MilestoneState, RiskState


class Monitored(Versioned):
    """A row about a program, edition or delivery; it is synthetic where its subject is."""

    subject_kind: Mapped[SubjectKind]
    subject_id: Mapped[UUID]
    provenance: Mapped[Provenance]

    @property
    def subject(self) -> dict[str, Any]:
        """What it is about."""
        return {"kind": self.subject_kind, "id": self.subject_id}


class Milestone(Monitored, Base):
    """Something to be reached by a day, that shows how far its subject has come."""

    __tablename__ = "milestone"
    __table_args__ = (
        Index("ix_milestone_subject", "subject_id", "subject_kind"),
        Index("ix_milestone_latest", "latest"),
        CheckConstraint("progress BETWEEN 0 AND 100", name="percent"),
        CheckConstraint("(state = 'achieved') = (achieved_on IS NOT NULL)", name="achieved"),
    )

    title: Mapped[dict[str, str]]
    due: Mapped[str]
    """EDTF."""
    latest: Mapped[date]
    """The last day that `due` may mean."""
    progress: Mapped[int | None]
    """Physical progress in percent, where it can be told."""
    state: Mapped[MilestoneState]
    achieved_on: Mapped[date | None]
    state_reason: Mapped[str | None]

    @property
    def href(self) -> str:
        """Where it stands."""
        return f"/v1/milestones/{self.id}"


class Risk(Monitored, Base):
    """What may go wrong or, once it has occurred, what does."""

    __tablename__ = "risk"
    __table_args__ = (
        Index("ix_risk_subject", "subject_id", "subject_kind"),
        CheckConstraint("likelihood BETWEEN 1 AND 5 AND impact BETWEEN 1 AND 5", name="matrix"),
        CheckConstraint("rating = likelihood * impact", name="rating"),
    )

    title: Mapped[dict[str, str]]
    likelihood: Mapped[int]
    impact: Mapped[int]
    rating: Mapped[int]
    """Likelihood times impact, kept to sort by."""
    response: Mapped[dict[str, str] | None]
    """What is done about it."""
    review_by: Mapped[date | None]
    state: Mapped[RiskState]
    state_reason: Mapped[str | None]

    @property
    def href(self) -> str:
        """Where it stands."""
        return f"/v1/risks/{self.id}"


class StatusReport(Monitored, Base):
    """How a subject stood on one day; a newer report corrects an older one."""

    __tablename__ = "status_report"
    __table_args__ = (Index("ix_status_report_subject", "subject_id", "as_of"),)

    as_of: Mapped[date]
    schedule: Mapped[Light]
    cost: Mapped[Light]
    scope: Mapped[Light]
    quality: Mapped[Light]
    comment: Mapped[dict[str, str] | None]
    next_by: Mapped[date | None]
    """The last day for the report after this one; None where none is promised."""

    @property
    def href(self) -> str:
        """Where it stands."""
        return f"/v1/status-reports/{self.id}"
