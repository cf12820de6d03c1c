"""What selection settings, rounds, scores and allocations look like on the wire."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, StrictInt, model_validator

from services.common.wire import Answer, Code, Count, Flag, Id, Line, Request, Resource, Text, Texts
from services.participants.domain.allocation import AllocationReason, Basis, Outcome, TieBreak
from services.participants.domain.offers import Promotion

Percent = Annotated[StrictInt, Field(ge=0, le=100)]


class SelectionSettingsWrite(Request):
    """How an edition selects; fixed and shown to the authorities before its call opens."""

    basis: Basis = Basis.AUTHORITY_RANK
    score_weight: Percent = 50
    """Of the score in a weighted basis; the rest is the authority's rank."""
    ties: list[TieBreak] = Field(default_factory=list, max_length=3)
    country_cap: Count | None = None
    """Largest number of seats of one country once seats are pooled."""
    promotion: Promotion = Promotion.AUTOMATIC

    @model_validator(mode="after")
    def _each_once(self) -> "SelectionSettingsWrite":
        if len(set(self.ties)) < len(self.ties):
            raise ValueError("each rule between equals stands once")
        return self


class SelectionSettingsRead(Answer):
    """How an edition selects."""

    edition_id: UUID
    basis: Basis
    score_weight: int
    ties: list[TieBreak]
    country_cap: int | None
    promotion: Promotion
    stated: bool
    """False where nobody said, and these are what holds then."""


class CriterionWrite(Request):
    """What is scored, and how much it counts."""

    code: Code
    label: Texts
    weight: Annotated[StrictInt, Field(ge=1, le=100)]
    maximum: Annotated[StrictInt, Field(ge=1, le=100)]


class RoundCreate(Request):
    """A scoring of an edition's eligible applications."""

    edition_id: Id
    title: Texts
    criteria: list[CriterionWrite] = Field(min_length=1, max_length=20)
    is_blind: Flag = False
    """Reviewers see neither names nor answers that identify somebody."""
    reviewers: list[Id] = Field(min_length=1, max_length=50)
    """Their accounts."""

    @model_validator(mode="after")
    def _each_once(self) -> "RoundCreate":
        codes = [one.code for one in self.criteria]
        if len(set(codes)) < len(codes) or len(set(self.reviewers)) < len(self.reviewers):
            raise ValueError("each criterion and each reviewer stands once")
        return self


class RoundRead(Resource):
    """A scoring of an edition's eligible applications."""

    edition_id: UUID
    title: dict[str, str]
    criteria: list[dict[str, Any]]
    is_blind: bool
    locked_at: datetime | None


class ReviewerRead(Answer):
    """An account that scores in a round."""

    account_id: UUID
    locked_at: datetime | None


class ReviewersRead(Answer):
    """Who scores in a round, and who has ended."""

    reviewers: list[ReviewerRead]


class ReviewFileRead(Answer):
    """An application as a reviewer works on it."""

    application_id: UUID
    alias: str
    """What it is called in a blind round."""
    country: str | None
    names: list[dict[str, Any]] | None
    """Null in a blind round."""
    answers: dict[str, Any]
    own_score: int | None
    """Hundredths of a point, 0 to 10,000."""
    conflict: bool
    """Whether you declared a conflict of interest and do not score."""


class ReviewFilesRead(Answer):
    """Every application of a round, in an order that tells nothing."""

    files: list[ReviewFileRead]


class ScoreWrite(Request):
    """Points by criterion, for each of them."""

    points: dict[Code, Count] = Field(max_length=20)
    comment: Text | None = None


class ScoreRead(Resource):
    """One reviewer's points for one application."""

    round_id: UUID
    account_id: UUID
    application_id: UUID
    points: dict[str, int]
    total: int
    """Hundredths of a point, 0 to 10,000."""
    comment: str | None


class ConflictWrite(Request):
    """A tie between a reviewer and an applicant."""

    application_id: Id
    reason: Line


class ConflictRead(Resource):
    """A declared conflict of interest."""

    round_id: UUID
    account_id: UUID
    application_id: UUID
    reason: str


class SeatAllocationCreate(Request):
    """A run of the allocation; its scores come from a locked round."""

    round_id: Id | None = None


class LineSupposed(Request):
    """What a seat line would be."""

    seat_line_id: Id
    seats: Count | None = None
    minimum_women: Count | None = None
    minimum_women_is_hard: Flag | None = None


class WhatIf(Request):
    """What would be different; what is left out stays as it is."""

    round_id: Id | None = None
    capacity: Count | None = None
    lines: list[LineSupposed] = Field(default_factory=list, max_length=200)
    settings: SelectionSettingsWrite | None = None


class PlacementRead(Answer):
    """What one application got, and by which rule."""

    application_id: UUID
    outcome: Outcome
    seat_line_id: UUID
    position: int
    waiting_rank: int | None
    reason: AllocationReason


class SeatAllocationItem(Resource):
    """A run of the allocation, in a list."""

    edition_id: UUID
    round_id: UUID | None
    algorithm: str
    settings: dict[str, Any]
    confirmed_at: datetime | None


class SeatAllocationRead(SeatAllocationItem):
    """A run of the allocation with everything it takes to repeat it."""

    lines: list[dict[str, Any]]
    nominees: list[dict[str, Any]]
    placements: list[PlacementRead]


class RepetitionRead(Answer):
    """Whether the run gives the same list again."""

    algorithm: str
    """Of this system; a run of another version may come out differently."""
    same: bool


class OutcomeChange(Answer):
    """An application that would fare differently."""

    application_id: UUID
    now: PlacementRead
    then: PlacementRead


class WhatIfRead(Answer):
    """Two allocations side by side: as things are, and as supposed; nothing is kept."""

    now: list[PlacementRead]
    then: list[PlacementRead]
    changes: list[OutcomeChange]
