"""Tables of sign-off: policies, and the requests made under them."""

from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.common.database import Versioned
from services.programs.db.base import Base
from services.programs.domain.approvals import ApprovalState
from services.programs.domain.editions import EditionState


class ApprovalPolicy(Versioned, Base):
    """Who must sign before editions, of one program or of all, enter a state."""

    __tablename__ = "approval_policy"
    __table_args__ = (
        Index(
            "uq_approval_policy_target",
            "target",
            "program_id",
            unique=True,
            postgresql_where=text("active"),
            postgresql_nulls_not_distinct=True,
        ),
    )

    target: Mapped[EditionState]
    program_id: Mapped[UUID | None] = mapped_column(ForeignKey("program.id"))
    """None: of every program that has no policy of its own."""
    stages: Mapped[list[dict[str, Any]]]
    active: Mapped[bool]


class Approval(Versioned, Base):
    """A change of an edition's state that was asked for and waits, or waited, for signatures."""

    __tablename__ = "approval"
    __table_args__ = (
        Index(
            "uq_approval_pending",
            "edition_id",
            "target",
            unique=True,
            postgresql_where=text("state = 'pending'"),
        ),
        Index("ix_approval_state", "state", "id"),
    )

    edition_id: Mapped[UUID] = mapped_column(ForeignKey("edition.id"), index=True)
    policy_id: Mapped[UUID] = mapped_column(ForeignKey("approval_policy.id"))
    target: Mapped[EditionState]
    reason: Mapped[str | None]
    requested_by: Mapped[str]
    stages: Mapped[list[dict[str, Any]]]
    """Those of the policy that applied when the change was asked for."""
    signatures: Mapped[list[dict[str, Any]]]
    state: Mapped[ApprovalState]
    comment: Mapped[str | None]
    """Why it was returned."""

    @property
    def href(self) -> str:
        """Where it stands."""
        return f"/v1/approvals/{self.id}"
