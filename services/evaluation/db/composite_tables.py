"""Tables of scores composed of several questions."""

from typing import Any

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.common.database import Versioned
from services.common.database_errors import translate_constraint
from services.evaluation.db.base import Base
from services.evaluation.domain.composites import CompositeState
from services.evaluation.domain.roll_up_problems import CompositeExists


class Composite(Versioned, Base):
    """One version of a named set of weights; fixed once published."""

    __tablename__ = "composite"
    __table_args__ = (UniqueConstraint("code", "number", name="uq_composite_number"),)

    code: Mapped[str]
    number: Mapped[int]
    state: Mapped[CompositeState]
    title: Mapped[dict[str, str]]
    rationale: Mapped[str]
    """Why these questions, and why with these weights."""
    components: Mapped[list[dict[str, Any]]] = mapped_column()


translate_constraint("uq_composite_number", CompositeExists)
