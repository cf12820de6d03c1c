"""Tables of screening and selection: rules' results, waivers, rounds, scores, allocations."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.common.database import Versioned
from services.participants.db.base import Base
from services.participants.domain.allocation import Basis
from services.participants.domain.offers import Promotion
from services.participants.domain.screening import Verdict


class EligibilityResult(Versioned, Base):
    """What the edition's rules said of an application when they were last asked."""

    __tablename__ = "eligibility_result"
    __table_args__ = (UniqueConstraint("application_id"),)

    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"))
    checked_at: Mapped[datetime]
    verdict: Mapped[Verdict]
    rules: Mapped[list[dict[str, Any]]]
    """Each rule with its text, what it says, and the variables that it was told."""


class Waiver(Versioned, Base):
    """One rule that somebody set aside for one application."""

    __tablename__ = "waiver"
    __table_args__ = (UniqueConstraint("application_id", "rule_id"),)

    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"))
    rule_id: Mapped[str]
    reason: Mapped[str]


class SelectionSettings(Versioned, Base):
    """How an edition selects: fixed before its call opens."""

    __tablename__ = "selection_settings"
    __table_args__ = (UniqueConstraint("edition_id"),)

    edition_id: Mapped[UUID] = mapped_column(ForeignKey("mirror_edition.id"))
    basis: Mapped[Basis]
    score_weight: Mapped[int]
    ties: Mapped[list[str]]
    country_cap: Mapped[int | None]
    promotion: Mapped[Promotion]


class SelectionRound(Versioned, Base):
    """One scoring of an edition's eligible applications by reviewers."""

    __tablename__ = "selection_round"
    __table_args__ = (Index("ix_selection_round_edition_id", "edition_id"),)

    edition_id: Mapped[UUID] = mapped_column(ForeignKey("mirror_edition.id"))
    title: Mapped[dict[str, str]]
    criteria: Mapped[list[dict[str, Any]]]
    is_blind: Mapped[bool]
    locked_at: Mapped[datetime | None]


class RoundReviewer(Versioned, Base):
    """An account that scores in a round."""

    __tablename__ = "round_reviewer"
    __table_args__ = (
        UniqueConstraint("round_id", "account_id"),
        Index("ix_round_reviewer_account_id", "account_id"),
    )

    round_id: Mapped[UUID] = mapped_column(ForeignKey("selection_round.id"))
    account_id: Mapped[UUID]
    locked_at: Mapped[datetime | None]
    """When the reviewer ended; nothing of theirs changes afterwards."""


class ConflictOfInterest(Versioned, Base):
    """A tie between a reviewer and an applicant: the reviewer does not score (R5)."""

    __tablename__ = "conflict_of_interest"
    __table_args__ = (UniqueConstraint("round_id", "account_id", "application_id"),)

    round_id: Mapped[UUID] = mapped_column(ForeignKey("selection_round.id"))
    account_id: Mapped[UUID]
    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"))
    reason: Mapped[str]


class Score(Versioned, Base):
    """One reviewer's points for one application."""

    __tablename__ = "score"
    __table_args__ = (UniqueConstraint("round_id", "account_id", "application_id"),)

    round_id: Mapped[UUID] = mapped_column(ForeignKey("selection_round.id"))
    account_id: Mapped[UUID]
    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"))
    points: Mapped[dict[str, Any]]
    total: Mapped[int]
    """Hundredths of a point, 0 to 10,000."""
    comment: Mapped[str | None]


class SeatAllocation(Versioned, Base):
    """One run of the allocation, with everything it takes to repeat it."""

    __tablename__ = "seat_allocation"
    __table_args__ = (Index("ix_seat_allocation_edition_id", "edition_id"),)

    edition_id: Mapped[UUID] = mapped_column(ForeignKey("mirror_edition.id"))
    round_id: Mapped[UUID | None] = mapped_column(ForeignKey("selection_round.id"))
    algorithm: Mapped[str]
    settings: Mapped[dict[str, Any]]
    lines: Mapped[list[dict[str, Any]]]
    nominees: Mapped[list[dict[str, Any]]]
    placements: Mapped[list[dict[str, Any]]]
    confirmed_at: Mapped[datetime | None]
    """When its outcome became the decisions about the applications."""
