"""Tables of what is read out of free texts."""

from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.common.database import Versioned
from services.common.database_errors import translate_constraint
from services.evaluation.db.base import Base
from services.evaluation.domain.code_frames import CodeFrameState
from services.evaluation.domain.problems import CodeFrameExists


class CodeFrame(Versioned, Base):
    """One version of a list of themes by which texts of all languages are sorted; fixed once published."""

    __tablename__ = "code_frame"
    __table_args__ = (UniqueConstraint("code", "number", name="uq_code_frame_number"),)

    code: Mapped[str]
    number: Mapped[int]
    state: Mapped[CodeFrameState]
    themes: Mapped[list[dict[str, Any]]]


class Coding(Versioned, Base):
    """The themes that one coder found in one text; none found is a finding too."""

    __tablename__ = "coding"
    __table_args__ = (
        UniqueConstraint("suggestion_id", "code_frame_id", "coder", name="uq_coding_coder"),
        Index("ix_coding_code_frame_id", "code_frame_id"),
    )

    suggestion_id: Mapped[UUID] = mapped_column(ForeignKey("evaluation.suggestion.id"))
    code_frame_id: Mapped[UUID] = mapped_column(ForeignKey("evaluation.code_frame.id"))
    coder: Mapped[str]
    """Principal of who read the text."""
    themes: Mapped[list[str]]


translate_constraint("uq_code_frame_number", CodeFrameExists)
