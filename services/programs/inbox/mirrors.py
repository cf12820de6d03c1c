"""What this room keeps of what participants and evaluation tell about an edition."""

from typing import Final
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.inbox import Event
from services.programs.db.tables import MirrorCampaign, MirrorResults, MirrorSeats
from services.programs.operations.mirrors import keep_mirror

SEATS_CHANGED: Final = "participants.seats.changed.v1"
CAMPAIGN_CLOSED: Final = "evaluation.campaign.closed.v1"
RESULTS: Final = (
    "evaluation.results.published.v1",
    "evaluation.results.withheld.v1",
    "evaluation.results.withdrawn.v1",
)


class _SeatCount(BaseModel):
    seat_line_id: UUID
    taken: int
    accepted: int
    waiting: int
    overcommitted: int


class _Seats(BaseModel):
    aggregate_id: UUID
    aggregate_version: int
    lines: list[_SeatCount]


class _Results(BaseModel):
    aggregate_id: UUID
    aggregate_version: int
    edition_id: UUID
    phase: str
    state: str
    visibility: str
    reason: str | None


class _Campaign(BaseModel):
    aggregate_id: UUID
    aggregate_version: int
    edition_id: UUID
    phase: str
    state: str


async def mirror_seats(session: AsyncSession, event: Event) -> None:
    """Keep how an edition's seats stand; the aggregate is the edition."""
    seats = event.read(_Seats)
    state = {"lines": [line.model_dump(mode="json") for line in seats.lines]}
    await keep_mirror(
        session, MirrorSeats, seats.aggregate_id, seats.aggregate_version, state, replay=event.replay
    )


async def mirror_results(session: AsyncSession, event: Event) -> None:
    """Keep how a snapshot of results stands."""
    results = event.read(_Results)
    state = results.model_dump(exclude={"aggregate_id", "aggregate_version"})
    await keep_mirror(
        session, MirrorResults, results.aggregate_id, results.aggregate_version, state, replay=event.replay
    )


async def mirror_campaign(session: AsyncSession, event: Event) -> None:
    """Keep that a survey of an edition is over."""
    campaign = event.read(_Campaign)
    state = campaign.model_dump(exclude={"aggregate_id", "aggregate_version"})
    await keep_mirror(
        session,
        MirrorCampaign,
        campaign.aggregate_id,
        campaign.aggregate_version,
        state,
        replay=event.replay,
    )
