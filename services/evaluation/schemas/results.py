"""What results look like on the wire."""

from typing import Any
from uuid import UUID

from pydantic import RootModel

from services.common.clock import Provenance
from services.common.wire import Answer, Id, Request, Resource, Text
from services.evaluation.domain.campaigns import Phase
from services.evaluation.domain.charts import ChartKind
from services.evaluation.domain.comparisons import Caveat
from services.evaluation.domain.instruments import QuestionKind
from services.evaluation.domain.results import InferenceTarget, SnapshotState
from services.evaluation.domain.suppression import Audience, SuppressionRule


class ResultCreate(Request):
    """Figures of a counted survey for one audience; about a lecturer if one is named, else the edition."""

    campaign_id: Id
    visibility: Audience
    lecturer_id: Id | None = None
    inference_target: InferenceTarget = InferenceTarget.THIS_COHORT


class ResultRead(Resource):
    """Figures as they may be shown to one audience."""

    campaign_id: UUID
    edition_id: UUID
    provenance: Provenance
    phase: Phase
    subject_kind: str
    subject_id: UUID
    visibility: Audience
    state: SnapshotState
    rule: SuppressionRule | None
    figures: dict[str, Any]
    reply: str | None
    """What the lecturer whom it is about says to it."""


class ResultReply(Request):
    """What a lecturer says to the own result."""

    text: Text


class ShareChangeRead(Answer):
    """How the share of one answer, or of the two best (`top_two`), moved; from -1 to 1."""

    answer: str
    difference: float
    low: float
    high: float


class QuestionComparisonRead(Answer):
    """One question in both editions; differences are later minus earlier, intervals of 95 %."""

    key: str
    kind: QuestionKind
    text: dict[str, str]
    n_earlier: int
    n_later: int
    difference: float | None
    """Of means on the scale, or of net promoter scores in points."""
    low: float | None
    high: float | None
    p_value: float | None
    """Welch's test, two-sided."""
    adjusted_p_value: float | None
    """For the number of questions compared (Holm)."""
    effect_size: float | None
    """Hedges' g."""
    shares: list[ShareChangeRead]
    caveats: list[Caveat]


class ResultComparison(Answer):
    """Two results side by side, from what both show."""

    earlier_result_id: UUID
    later_result_id: UUID
    methods: list[str]
    questions: list[QuestionComparisonRead]


class ChartLink(Answer):
    """A chart of a result and where it is drawn or described."""

    name: str
    kind: ChartKind
    title: str
    drawing: str
    vega_lite: str


class VegaLite(RootModel[dict[str, Any]]):
    """A specification of the Vega-Lite grammar, version 5."""
