"""Tables of matching: keys under which records meet, pairs that may be one person, and merges."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.common.database import Versioned
from services.common.database_errors import translate_constraint
from services.participants.db.base import Base
from services.participants.domain.matching import CandidateState
from services.participants.domain.problems import MergeRefused


class PersonKey(Base):
    """A key of a person (`domain.matching.match_keys`); deleted with what it was made of."""

    __tablename__ = "person_key"
    __table_args__ = (Index("ix_person_key_person_id", "person_id"),)

    key: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)


class DuplicateCandidate(Versioned, Base):
    """Two records that may be one human being; a person decides."""

    __tablename__ = "duplicate_candidate"
    __table_args__ = (
        UniqueConstraint("older_id", "newer_id"),
        CheckConstraint("older_id < newer_id", name="ordered"),
        Index("ix_duplicate_candidate_newer_id", "newer_id"),
        Index("ix_duplicate_candidate_state", "state", "score"),
    )

    older_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    newer_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    score: Mapped[int]
    features: Mapped[list[str]]
    state: Mapped[CandidateState]


class Merge(Versioned, Base):
    """Two records made one, and what it takes to part them again."""

    __tablename__ = "merge"
    __table_args__ = (
        Index(
            "uq_merge_standing",
            "duplicate_id",
            unique=True,
            postgresql_where=text("reversed_at IS NULL"),
        ),
        Index("ix_merge_survivor_id", "survivor_id"),
    )

    survivor_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    duplicate_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    moved: Mapped[dict[str, Any]]
    """Table -> ids of the rows that were the duplicate's."""
    took_sensitive: Mapped[bool]
    """Whether the survivor had no sensitive block and took the duplicate's."""
    merged_at: Mapped[datetime]
    reversed_at: Mapped[datetime | None]


translate_constraint("uq_merge_standing", MergeRefused)
