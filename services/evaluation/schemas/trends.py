"""What a trend looks like on the wire."""

from datetime import date
from uuid import UUID

from services.common.wire import Answer
from services.evaluation.domain.campaigns import Phase
from services.evaluation.domain.comparisons import Caveat
from services.evaluation.domain.suppression import Audience, SuppressionRule


class TrendPoint(Answer):
    """A question in one edition; without a value where it is hidden."""

    edition_id: UUID
    title: dict[str, str]
    starts_on: date | None
    result_id: UUID
    n: int | None
    value: float | None
    """The mean on the scale, or the net promoter score."""
    low: float | None
    high: float | None
    rule: SuppressionRule | None
    caveats: list[Caveat]
    """What else changed since the point before: read a difference together with them."""


class Trend(Answer):
    """A question over the editions of a program, the earliest first; editions without it are absent."""

    program_id: UUID
    phase: Phase
    comparable_key: str
    visibility: Audience
    text: dict[str, str]
    points: list[TrendPoint]
