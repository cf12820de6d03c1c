"""What this room tells the others: the contract of its events."""

from typing import Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from services.common.events import EventData, EventRegistry
from services.common.identity import GATEWAY

PROGRAMS: Final = "programs"
PARTICIPANTS: Final = "participants"

EVENTS: Final = EventRegistry("evaluation")


class DispatchRequestData(EventData):
    """A message to a pseudonym, which only participants can address; a one-shot fact, never replayed."""

    edition_id: UUID
    pseudonym: str
    template: str
    language: str | None
    sealed_token: str | None
    """The survey token, sealed to participants' key; nulled in the outbox once delivered."""


class TestResultData(EventData):
    """Whether a pseudonym passed an edition's knowledge test."""

    edition_id: UUID
    pseudonym: str
    passed: bool


class CampaignData(EventData):
    """A survey campaign of an edition."""

    edition_id: UUID
    phase: str
    state: str


class ResultsData(EventData):
    """A snapshot of an edition's results: published, withheld by rule, or withdrawn."""

    edition_id: UUID
    phase: str
    state: str
    visibility: str
    reason: str | None


class RecommendationData(EventData):
    """An agreed recommendation; programs turns it into a design task of a coming edition."""

    edition_id: UUID
    """The edition that gave the evidence."""
    program_id: UUID
    title: dict[str, str]
    state: str
    due: str | None
    """EDTF."""
    provenance: str


class DesignChangeData(EventData):
    """What a later edition does differently because of a recommendation."""

    recommendation_id: UUID
    edition_id: UUID
    state: str


class IndicatorFigureData(BaseModel):
    """A figure of a period: a baseline, a target or what was reached."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: str
    country: str | None
    """None: all countries together."""
    value: str
    """A decimal number; a percentage from 0 to 100 where the indicator measures one."""


class IndicatorSexFigureData(BaseModel):
    """A figure of a period for women or for men of all countries."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: str
    sex: str
    value: str


class IndicatorPeriodData(EventData):
    """A period of an indicator with the figures that somebody other than the reporter has approved.

    What is not approved is not told: a period that is sent back becomes `open` and has no figures.
    """

    indicator_id: UUID
    program_id: UUID
    code: str
    title: dict[str, str]
    unit: dict[str, str] | None
    level: str
    """`output`, `outcome` or `impact`."""
    measure: str
    """`count`, `percentage` or `ratio`."""
    provenance: str
    period: str
    """EDTF."""
    state: str
    """`approved` or `open`."""
    figures: list[IndicatorFigureData]
    by_sex: tuple[IndicatorSexFigureData, ...] = ()


class ErasureConfirmedData(EventData):
    """This service has forgotten the pseudonyms of an erasure (the aggregate)."""

    kept: list[str]
    """What was kept, and why, as reason codes."""


DISPATCH_REQUESTED: Final = EVENTS.define(
    "dispatch.requested", DispatchRequestData, PARTICIPANTS, secret_fields=("sealed_token",)
)
TEST_FINALIZED: Final = EVENTS.define("test.finalized", TestResultData, PARTICIPANTS)
CAMPAIGN_CLOSED: Final = EVENTS.define("campaign.closed", CampaignData, PROGRAMS, GATEWAY)
RESULTS_PUBLISHED: Final = EVENTS.define("results.published", ResultsData, PROGRAMS, GATEWAY)
RESULTS_WITHHELD: Final = EVENTS.define("results.withheld", ResultsData, PROGRAMS)
RESULTS_WITHDRAWN: Final = EVENTS.define("results.withdrawn", ResultsData, PROGRAMS, GATEWAY)
RECOMMENDATION_AGREED: Final = EVENTS.define("recommendation.agreed", RecommendationData, PROGRAMS, GATEWAY)
DESIGN_CHANGE_RECORDED: Final = EVENTS.define("design_change.recorded", DesignChangeData, PROGRAMS)
INDICATOR_PERIOD_CHANGED: Final = EVENTS.define("indicator_period.changed", IndicatorPeriodData, PROGRAMS)
ERASURE_CONFIRMED: Final = EVENTS.define("erasure.confirmed", ErasureConfirmedData, PARTICIPANTS)
