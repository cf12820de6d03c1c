"""What learning and action plans look like on the wire."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from services.common.wire import Answer, Day, Id, Request, Resource, Text
from services.evaluation.domain.action_plans import MOST_ITEMS, ItemProgress, PlanMoment
from services.evaluation.domain.campaigns import Phase
from services.evaluation.domain.learning import GainBand, GainReason


class LearningInterval(Answer):
    """A two-sided interval at 95 percent."""

    low: float
    high: float


class LearningChange(Answer):
    """How the same people stood before and after."""

    n: int
    before: float
    after: float
    difference: float
    interval: LearningInterval | None
    p_value: float | None
    effect_size: float | None
    """Hedges' g of pairs, in average standard deviations."""


class LearningGain(Answer):
    """The share of what could still be gained that was gained."""

    value: float | None
    band: GainBand | None
    reason: GainReason | None
    """Why there is no value."""


class TestLearning(Answer):
    """One form of a test, taken before and after; in percent of what was asked."""

    instrument_version_id: UUID
    n_before: int | None
    n_after: int | None
    suppressed: bool
    """Whether fewer took both than may be shown."""
    change: LearningChange | None
    gain: LearningGain | None


class AttitudeLearning(Answer):
    """One question, asked before and after of people who paired their answers by a code of their own."""

    instrument_version_id: UUID
    question_code: str
    unmatched_share: float | None
    """Of the codes after, those that nobody gave before; printed because they may differ from the others."""
    suppressed: bool
    change: LearningChange | None


class RetrospectiveLearning(Answer):
    """One question about now beside another, asked at the same time, that looks back."""

    campaign_id: UUID
    phase: Phase
    instrument_version_id: UUID
    question_code: str
    """About now."""
    retrospective_code: str
    method: str
    limits: dict[str, str]
    """What it cannot say."""
    suppressed: bool
    change: LearningChange | None


class EditionLearning(Answer):
    """What the people of an edition learned, as far as pairs can tell."""

    edition_id: UUID
    threshold: int
    methods: list[str]
    tests: list[TestLearning]
    attitudes: list[AttitudeLearning]
    retrospective: list[RetrospectiveLearning]
    """Where nobody was asked before; never mixed with the others."""


class ActionPlanItemWrite(Request):
    """Something that somebody means to do at home."""

    text: Annotated[Text, StringConstraints(max_length=2_000)]
    due_on: Day | None = None


class ActionPlanCreate(Request):
    """What somebody means to do at home."""

    items: list[ActionPlanItemWrite] = Field(min_length=1, max_length=MOST_ITEMS)


class ActionPlanItemRead(Answer):
    """Something that somebody means to do at home, and how far it is."""

    id: UUID
    text: str
    due_on: date | None
    progress: dict[PlanMoment, ItemProgress]


class ActionPlanRead(Resource):
    """An action plan, for its author."""

    edition_id: UUID
    items: list[ActionPlanItemRead]


class ActionPlanCreated(Answer):
    """A new action plan with its code, which is shown this once."""

    code: str
    plan: ActionPlanRead


class ActionPlanItemProgress(Request):
    """How far one item is."""

    item_id: Id
    progress: ItemProgress


class ActionPlanProgress(Request):
    """How far the items of a plan are after some months."""

    moment: PlanMoment
    items: list[ActionPlanItemProgress] = Field(min_length=1, max_length=MOST_ITEMS)


class ActionPlanMoment(Answer):
    """How far the plans of an edition were after some months; null where fewer told than may be shown."""

    plans: int
    items: dict[ItemProgress, int]


class ActionPlanSummary(Answer):
    """How far the plans of an edition have come; nobody reads their words."""

    edition_id: UUID
    threshold: int
    moments: dict[PlanMoment, ActionPlanMoment | None]
