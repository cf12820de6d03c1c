"""What calls, nominations, applications, decisions and offers look like on the wire."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from services.common.actions import Action
from services.common.clock import Provenance
from services.common.wire import Answer, Count, Id, Instant, Request, Resource, Text
from services.participants.domain.applications import (
    ApplicationState,
    Channel,
    Decision,
    NomineePlace,
    ReasonCode,
    Slot,
)
from services.participants.domain.calls import CallState
from services.participants.domain.offers import Benefit, DeclineReason, OfferState


class CallSeatLineRead(Answer):
    """Seats of one owner in a call."""

    id: UUID
    owner: str
    country: str | None
    seats: int | None
    reserve: int
    discretionary: int
    """Of `seats`, those that go by the authority's own rank."""
    minimum_women: int
    minimum_women_is_hard: bool
    reallocation_on: date | None
    """From when seats that stay free may go to others."""
    taken: int
    left: int | None


class CallRead(Resource):
    """A call as it stands now: its dates, its seats, and the time to its deadline."""

    code: str
    title: dict[str, str]
    state: CallState
    provenance: Provenance
    opens_at: datetime | None
    closes_at: datetime | None
    zone: str | None
    form_id: UUID | None
    """The form that its applications answer."""
    seconds_left: int | None
    capacity: int | None
    taken: int
    seat_lines: list[CallSeatLineRead]


class NominationCreate(Request):
    """A person put forward by an authority; application and nomination are made together."""

    edition_id: Id
    authority_id: Id
    person_id: Id
    place: NomineePlace = NomineePlace.PRINCIPAL
    slot: Slot = Slot.ORDINARY
    justification: Text | None = None


class NominationRead(Resource):
    """A nomination and its rank within the authority's order."""

    application_id: UUID
    authority_id: UUID
    edition_id: UUID
    place: NomineePlace
    slot: Slot
    rank: int
    justification: str | None
    letter_file_id: UUID | None
    """The authority's letter; its content has an address of its own, for the authority and staff."""
    certified_at: datetime | None
    """When the authority stood by it."""


class RankOrder(Request):
    """An authority's whole order: each of its live nominations exactly once, the first on top."""

    nomination_ids: list[Id] = Field(max_length=500)


class RankOrderRead(Answer):
    """An authority's whole order."""

    nomination_ids: list[UUID]


class VoidWrite(Request):
    """Why an application should not be there."""

    reason: Literal[ReasonCode.FRAUD, ReasonCode.DUPLICATE]


class ApplicationItem(Resource):
    """One person's way into one edition, in a list."""

    edition_id: UUID
    person_id: UUID
    authority_id: UUID | None
    seat_line_id: UUID
    channel: Channel
    state: ApplicationState
    reason_code: ReasonCode | None
    waiting_rank: int | None
    provenance: Provenance


class ApplicationRead(ApplicationItem):
    """One person's way into one edition, with what this caller may do to it."""

    actions: list[Action]


class DecisionWrite(Request):
    """What is decided about one application."""

    application_id: Id
    decision: Decision
    reason_code: ReasonCode | None = None
    waiting_rank: Count | None = None


class DecisionsWrite(Request):
    """Decisions about many applications of one edition; each row stands or falls on its own."""

    decisions: list[DecisionWrite] = Field(min_length=1, max_length=500)


class RowResult(Answer):
    """What became of one row of a bulk request."""

    id: UUID
    done: bool
    code: str | None
    """The problem's code, where the row was refused."""
    detail: str | None


class BulkResult(Answer):
    """A result for each row, in the order of the request."""

    results: list[RowResult]


class OfferCreate(Request):
    """A seat for a selected application."""

    application_id: Id
    reply_by: Instant
    benefits: list[Benefit] = Field(default_factory=list, max_length=7)


class OffersCreate(Request):
    """A seat for each of many selected applications of one edition; each stands or falls on its own."""

    application_ids: list[Id] = Field(min_length=1, max_length=500)
    reply_by: Instant
    benefits: list[Benefit] = Field(default_factory=list, max_length=7)


class OfferDecline(Request):
    """Why an offer is refused."""

    reason: DeclineReason


class ProposedPromotion(Answer):
    """Somebody who is next for a free seat."""

    application_id: UUID
    seat_line_id: UUID


class ProposedPromotions(Answer):
    """Who is next for the seats that are free now, line by line."""

    promotions: list[ProposedPromotion]


class PromotionsWrite(Request):
    """Who of those that are next is offered a seat."""

    application_ids: list[Id] = Field(min_length=1, max_length=200)


class OfferItem(Resource):
    """A seat held for one person until they answer, in a list."""

    application_id: UUID
    edition_id: UUID
    seat_line_id: UUID
    person_id: UUID
    state: OfferState
    number: int
    benefits: list[str]
    reply_by: datetime
    decline_reason: DeclineReason | None
    provenance: Provenance


class OfferRead(OfferItem):
    """A seat held for one person until they answer, with what this caller may do to it."""

    actions: list[Action]


class ReleaseRead(Answer):
    """When the decisions of an edition were released."""

    edition_id: UUID
    released_at: datetime
