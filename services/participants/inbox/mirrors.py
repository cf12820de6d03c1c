"""What this room keeps of programs' facts, so that it decides while programs is down."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from services.common.clock import Provenance
from services.common.inbox import Event
from services.participants.db.mirrors import put_edition, put_seat_lines, put_versioned
from services.participants.db.tables import MirrorOrganization, MirrorTrainingSession
from services.participants.domain.calls import CANCELLED_EDITION
from services.participants.operations.nominees import plan_purge_of_unconfirmed
from services.participants.operations.offers import stop_offers
from services.participants.operations.seats import fill_edition, report_seats


class OrganizationFacts(BaseModel):
    """What this room uses of an organization."""

    aggregate_id: UUID
    aggregate_version: int
    code: str
    names: dict[str, str]
    country: str | None
    status: str


class SeatLineFacts(BaseModel):
    """What this room uses of a seat line."""

    id: UUID
    owner: str
    country: str | None
    organization_id: UUID | None
    seats: int | None
    reserve: int
    discretionary: int = 0
    minimum_women: int = 0
    minimum_women_is_hard: bool = False
    reallocation_on: date | None = None


class CallFacts(BaseModel):
    """When nominations may come in."""

    opens_at: datetime
    closes_at: datetime
    zone: str
    form_version_id: UUID | None = None


class EligibilityRuleFacts(BaseModel):
    """A rule that applicants are checked against."""

    id: str
    expression: str
    severity: str
    message: dict[str, str]
    audience: str | None


class CertificatePolicyFacts(BaseModel):
    """What a certificate of completion asks for."""

    attendance_percent: int
    pass_mark_percent: int | None


class EditionFacts(BaseModel):
    """What this room uses of an edition."""

    aggregate_id: UUID
    aggregate_version: int
    program_id: UUID | None = None
    code: str
    title: dict[str, str]
    state: str
    provenance: Provenance
    audience: str | None
    zone: str
    starts_on: date | None
    ends_on: date | None
    capacity_max: int | None
    call: CallFacts | None
    replacement_until: datetime | None
    seat_lines: list[SeatLineFacts]
    eligibility_rules: list[EligibilityRuleFacts] = Field(default_factory=list)
    certificate_policy: CertificatePolicyFacts


class TrainingSessionFacts(BaseModel):
    """What this room uses of a training session."""

    aggregate_id: UUID
    aggregate_version: int
    edition_id: UUID
    title: dict[str, str]
    starts_at: datetime
    ends_at: datetime
    state: str
    counts_for_attendance: bool
    venue: str | None = None


async def mirror_organization(session: AsyncSession, event: Event) -> None:
    """Keep an organization's names."""
    facts = event.read(OrganizationFacts)
    await put_versioned(session, MirrorOrganization, _columns(facts), replay=event.replay)


async def mirror_training_session(session: AsyncSession, event: Event) -> None:
    """Keep when a training session is; records of one that was cancelled are void by its state."""
    facts = event.read(TrainingSessionFacts)
    await put_versioned(session, MirrorTrainingSession, _columns(facts), replay=event.replay)


async def mirror_edition(session: AsyncSession, event: Event) -> None:
    """Keep an edition with its seats and its call; a cancelled one stops its offers, new seats are given out."""
    facts = event.read(EditionFacts)
    call = facts.call
    columns = _columns(facts, leave_out={"capacity_max", "call", "seat_lines", "certificate_policy"}) | {
        "stated_capacity": facts.capacity_max,
        "call_opens_at": call and call.opens_at,
        "call_closes_at": call and call.closes_at,
        "call_zone": call and call.zone,
        "form_id": call and call.form_version_id,
        "attendance_percent": facts.certificate_policy.attendance_percent,
        "pass_mark_percent": facts.certificate_policy.pass_mark_percent,
    }
    if not await put_edition(session, columns, replay=event.replay):
        return
    await put_seat_lines(session, facts.aggregate_id, [line.model_dump() for line in facts.seat_lines])
    await plan_purge_of_unconfirmed(session, facts.aggregate_id)
    if facts.state == CANCELLED_EDITION:
        await stop_offers(session, facts.aggregate_id)
    else:
        await fill_edition(session, facts.aggregate_id)
    await report_seats(session, facts.aggregate_id)


def _columns(facts: BaseModel, leave_out: set[str] | None = None) -> dict[str, Any]:
    columns = facts.model_dump(exclude=leave_out)
    return {"id": columns.pop("aggregate_id")} | columns
