"""Parts of an edition on the wire: countries, letters, seats, and by what seats are given."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from services.common.wire import Answer, Count, Day, Flag, Id, Line, Request, Resource
from services.common.wire_codes import CountryCode, RegionCode
from services.programs.domain.editions import CountryRelation, InvitationReply
from services.programs.domain.events import SeatOwner
from services.programs.domain.seats import AllocationBasis, RollOver, TieRule
from services.programs.schemas.evidence import Citations

Percent = Annotated[Count, Field(le=100)]


class AllocationSettings(Request):
    """By what seats are given; shown to the authorities, and fixed once the call is open."""

    basis: AllocationBasis
    score_percent: Percent | None = None
    """Where the basis is `weighted`: the weight of the score, the rest being the authority's rank."""
    pool_cap: Count | None = None
    """How many of the seats pooled after the re-allocation date one country may get at most; no limit if null."""
    tie_rule: TieRule = TieRule.LOT

    @model_validator(mode="after")
    def _weighted(self) -> Self:
        if (self.basis is AllocationBasis.WEIGHTED) != (self.score_percent is not None):
            raise ValueError("a weighted basis, and no other, has the weight of the score")
        return self


class AllocationRead(Answer):
    """By what seats are given."""

    basis: AllocationBasis
    score_percent: int | None
    pool_cap: int | None
    tie_rule: TieRule


class EditionCountryCreate(Request):
    """What the edition has to do with a country, a region of IATI's list, or an area named otherwise."""

    country: CountryCode | None = None
    region: RegionCode | None = None
    area: Line | None = None
    relation: CountryRelation
    head_count: Count | None = None
    sources: Citations

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if sum(place is not None for place in (self.country, self.region, self.area)) != 1:
            raise ValueError("expected a country, a region or an area")
        return self


class EditionCountryChange(Request):
    """What the edition has to do with the place, and how many people; as a whole."""

    relation: CountryRelation
    head_count: Count | None = None


class EditionCountryRead(Answer):
    """What the edition has to do with a country or a region."""

    id: UUID
    country: str | None
    region: str | None
    area: str | None
    relation: CountryRelation
    head_count: int | None


class CountryInvitationCreate(Request):
    """The letter by which an authority of a country is asked to nominate."""

    country: CountryCode
    authority_id: Id | None = None
    letter_number: Line | None = None
    sent_on: Day | None = None


class InvitationAnswer(Request):
    """What the authority answered, by which day."""

    reply: InvitationReply
    replied_on: Day
    reply_note: Line | None = None


class CountryInvitationRead(Resource):
    """The letter by which an authority of a country is asked to nominate."""

    edition_id: UUID
    country: str
    authority_id: UUID | None
    letter_number: str | None
    sent_on: date | None
    reply: InvitationReply | None
    replied_on: date | None
    reply_note: str | None


class SeatLineFields(Request):
    """What a seat line says apart from whose it is."""

    seats: Count | None = None
    reserve: Count = 0
    discretionary: Count = 0
    minimum_women: Count = 0
    minimum_women_is_hard: Flag = False
    """Hard: seats stay empty rather than break it. Soft: it is released on a day, for a reason that is recorded."""
    minimum_women_released_on: Day | None = None
    minimum_women_release_reason: Line | None = None
    reallocation_on: Day | None = None
    """From this day on, seats that nobody took may go to other lines."""
    roll_over: RollOver = RollOver.NONE
    roll_over_until: Day | None = None
    """The last first day of an edition into which unused seats may go."""


class SeatLineCreate(SeatLineFields):
    """Seats of one edition for one owner."""

    owner: SeatOwner = SeatOwner.COUNTRY
    country: CountryCode | None = None
    organization_id: Id | None = None

    @model_validator(mode="after")
    def _owned(self) -> Self:
        named = self.country if self.owner is SeatOwner.COUNTRY else self.organization_id
        if named is None:
            raise ValueError("expected the country or the organization that owns the seats")
        return self


class SeatLineChange(SeatLineFields):
    """What is to be different; what is left out stays as it is."""


class SeatLineRead(Resource):
    """Seats of one edition for one owner."""

    edition_id: UUID
    owner: SeatOwner
    country: str | None
    organization_id: UUID | None
    seats: int | None
    reserve: int
    discretionary: int
    minimum_women: int
    minimum_women_is_hard: bool
    reallocation_on: date | None
    minimum_women_released_on: date | None
    minimum_women_release_reason: str | None
    roll_over: RollOver
    roll_over_until: date | None
    rolled_over: int
    """How many of the seats came from `origin_id`."""
    origin_id: UUID | None
