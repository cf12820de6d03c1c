"""Tables of the results framework."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.common.clock import Provenance
from services.common.database import Versioned
from services.common.database_errors import translate_constraint
from services.evaluation.db.base import Base
from services.evaluation.domain.campaigns import Phase
from services.evaluation.domain.indicators import (
    IndicatorSource,
    Measure,
    PeriodState,
    ResultLevel,
    ValueKind,
)
from services.evaluation.domain.instruments import DacCriterion, KirkpatrickLevel
from services.evaluation.domain.problems import IndicatorExists, IndicatorPeriodExists


class Indicator(Versioned, Base):
    """What shows whether a program reaches a result."""

    __tablename__ = "indicator"
    __table_args__ = (
        UniqueConstraint("code", name="uq_indicator_code"),
        Index("ix_indicator_program_id", "program_id"),
        # Two that are computed alike could have periods that overlap, and so be subtracted from each other.
        Index(
            "uq_indicator_computation",
            *("program_id", "provenance", "source", "phase", "comparable_key", "counted_answers"),
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=text("source <> 'manual'"),
        ),
    )

    code: Mapped[str]
    program_id: Mapped[UUID]
    country: Mapped[str | None]
    """Whose outcome it is, where it is one partner country's own: its reporter may report it."""
    provenance: Mapped[Provenance]
    title: Mapped[dict[str, str]]
    unit: Mapped[dict[str, str] | None]
    measure: Mapped[Measure]
    level: Mapped[ResultLevel]
    criterion: Mapped[DacCriterion | None]
    kirkpatrick: Mapped[KirkpatrickLevel | None]
    source: Mapped[IndicatorSource]
    phase: Mapped[Phase | None]
    """Of the survey that is looked at, or the moment of action plans."""
    comparable_key: Mapped[str | None]
    """Of the question that is looked at, whatever its code in a version."""
    counted_answers: Mapped[list[str]] = mapped_column(server_default=text("'[]'"))
    """Which answers count into a share; empty: the two best points."""


class IndicatorPeriod(Versioned, Base):
    """One period of an indicator, and how far the report of it has come."""

    __tablename__ = "indicator_period"
    __table_args__ = (UniqueConstraint("indicator_id", "period", name="uq_indicator_period_period"),)

    indicator_id: Mapped[UUID] = mapped_column(ForeignKey("evaluation.indicator.id"))
    period: Mapped[str]
    """EDTF."""
    state: Mapped[PeriodState]
    reported_by: Mapped[str | None]
    """Who reported the actual value, and so may not approve it."""
    note: Mapped[str | None]
    return_reason: Mapped[str | None]
    basis: Mapped[dict[str, Any] | None]
    """What a computed value rests on: methods, the parts of editions, and what was left out."""


class EditionMeasure(Base):
    """What was told of one edition's tests or action plans; told anew only once enough people joined (E3)."""

    __tablename__ = "edition_measure"

    edition_id: Mapped[UUID] = mapped_column(primary_key=True)
    measure: Mapped[str] = mapped_column(primary_key=True)
    n: Mapped[int]
    numerator: Mapped[Decimal]
    denominator: Mapped[Decimal]


class IndicatorValue(Base):
    """A figure of one period, for one country, for one sex, or for all."""

    __tablename__ = "indicator_value"

    period_id: Mapped[UUID] = mapped_column(ForeignKey("evaluation.indicator_period.id"), primary_key=True)
    kind: Mapped[ValueKind] = mapped_column(primary_key=True)
    country: Mapped[str] = mapped_column(primary_key=True)
    """Empty for all countries together."""
    sex: Mapped[str] = mapped_column(primary_key=True, server_default="")
    """Empty for both together."""
    numerator: Mapped[Decimal]
    denominator: Mapped[Decimal | None]


translate_constraint("uq_indicator_code", IndicatorExists)
translate_constraint("uq_indicator_computation", IndicatorExists)
translate_constraint("uq_indicator_period_period", IndicatorPeriodExists)
