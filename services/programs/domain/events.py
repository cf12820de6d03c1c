"""What this room tells the others: the contract of its events."""

from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from services.common.events import EventData, EventRegistry
from services.common.identity import GATEWAY

PARTICIPANTS: Final = "participants"
EVALUATION: Final = "evaluation"

EVENTS: Final = EventRegistry("programs")


class Part(BaseModel):
    """A part of an event's data."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class OrganizationData(EventData):
    """An organization's record."""

    code: str
    names: dict[str, str]
    country: str | None
    status: str
    merged_into: UUID | None


class LecturerData(EventData):
    """A lecturer, by id only: names travel in no event."""

    organization_id: UUID | None
    consents_to_be_shown: bool


class SeatOwner(StrEnum):
    """Whose seats a seat line holds."""

    COUNTRY = "country"
    AUTHORITY = "authority"
    ORGANIZATION = "organization"


class SeatLineData(Part):
    """Seats of one edition for one owner."""

    id: UUID
    owner: SeatOwner
    country: str | None
    organization_id: UUID | None
    """The nominating authority or partner organization, where the owner is one."""
    seats: int | None
    """None on historic rows whose number nobody stated."""
    reserve: int
    discretionary: int
    """Seats inside `seats` that the authority fills by its own rank."""
    minimum_women: int
    minimum_women_is_hard: bool
    minimum_women_released_on: date | None = None
    """From this day on a soft minimum no longer keeps seats empty."""
    reallocation_on: date | None
    """From this day on seats that nobody took may go to other lines."""


class AllocationData(Part):
    """By what seats are given; fixed once the call is open."""

    basis: str
    """`authority_rank`, `score` or `weighted`."""
    score_percent: int | None
    """Where it is weighted: the weight of the score, the rest being the rank."""
    pool_cap: int | None
    """How many pooled seats one country may get at most."""
    tie_rule: str


class CallData(Part):
    """When nominations may come in, to the minute, in the call's own zone."""

    opens_at: datetime
    closes_at: datetime
    zone: str
    form_version_id: UUID | None


class EligibilityRuleData(Part):
    """A rule in the Common Expression Language over the catalogue of variables that participants publishes."""

    id: str
    expression: str
    severity: str
    message: dict[str, str]
    audience: str | None


class CertificatePolicyData(Part):
    """What a certificate of completion asks for."""

    attendance_percent: int
    pass_mark_percent: int | None


class EditionData(EventData):
    """An edition with everything that others decide on: dates, seats, call, rules."""

    program_id: UUID
    component_id: UUID | None
    predecessor_id: UUID | None
    code: str
    title: dict[str, str]
    state: str
    provenance: str
    """`real` or `synthetic`; the demonstration clock applies to synthetic subjects only."""
    audience: str | None
    period: str
    """EDTF."""
    starts_on: date | None
    ends_on: date | None
    """Known only where the period is precise to the day."""
    zone: str
    modality: str | None = None
    """How people take part: `on_site`, `online`, `hybrid`."""
    languages: list[str]
    capacity_min: int | None
    capacity_max: int | None
    call: CallData | None
    replacement_until: datetime | None
    seat_lines: list[SeatLineData]
    countries: list[str]
    eligibility_rules: list[EligibilityRuleData]
    eligibility_rules_version: int = 0
    """Counts how often the rules were saved."""
    allocation: AllocationData | None = None
    certificate_policy: CertificatePolicyData


class SessionLecturerData(Part):
    """Who teaches in a training session, and as what."""

    lecturer_id: UUID
    role: str
    interpreted: bool
    stands_in_for: UUID | None = None
    """The lecturer who was to teach here and does not."""


class TrainingSessionData(EventData):
    """One meeting of a course: a lecture, a practice, a visit, an exam."""

    edition_id: UUID
    module_id: UUID | None = None
    kind: str
    title: dict[str, str]
    starts_at: datetime
    ends_at: datetime
    state: str
    mandatory: bool
    counts_for_attendance: bool
    venue: str | None = None
    """Where it takes place, as its participants' calendars say."""
    delivery_language: str | None
    interpretation: tuple[str, ...] = ()
    """Languages into which it is interpreted."""
    modality: str | None = None
    """How people take part in it; null: as in its edition."""
    lecturers: list[SessionLecturerData]


class DeliveryData(EventData):
    """Something given that is not a course: a grant, a voucher scheme, consulting, construction."""

    code: str
    title: dict[str, str]
    program_id: UUID | None
    kind: str
    recipient_country: str | None
    recipient_organization_id: UUID | None
    quantity: int | None
    unit: str | None
    state: str
    accepted_on: date | None
    """The day from which it counts as an output."""
    provenance: str


class VoucherSchemeData(DeliveryData):
    """Vouchers that pay for training at a provider; `quantity` says how many, `state` whether they may be used."""

    provider_id: UUID | None
    """The organization that trains."""
    training: str | None
    valid_until: date | None


class AwardData(EventData):
    """To whom a grant or scholarship went: a person, by the id that participants gave, or an organization."""

    code: str
    kind: str
    organization_id: UUID | None
    person_id: UUID | None
    provenance: str


class ErasureConfirmation(EventData):
    """This service holds nothing of an erased person (the aggregate is the erasure)."""

    kept: list[str]
    """What was kept, and why, as reason codes: nothing, since no person is known here."""


ORGANIZATION_CHANGED: Final = EVENTS.define(
    "organization.changed", OrganizationData, PARTICIPANTS, EVALUATION, GATEWAY
)
ORGANIZATION_MERGED: Final = EVENTS.define("organization.merged", OrganizationData, PARTICIPANTS, EVALUATION)
LECTURER_CHANGED: Final = EVENTS.define("lecturer.changed", LecturerData, PARTICIPANTS, EVALUATION)

EDITION_PLANNED: Final = EVENTS.define("edition.planned", EditionData, PARTICIPANTS, EVALUATION, GATEWAY)
EDITION_ANNOUNCED: Final = EVENTS.define("edition.announced", EditionData, PARTICIPANTS, EVALUATION, GATEWAY)
EDITION_CHANGED: Final = EVENTS.define("edition.changed", EditionData, PARTICIPANTS, EVALUATION, GATEWAY)
EDITION_POSTPONED: Final = EVENTS.define("edition.postponed", EditionData, PARTICIPANTS, EVALUATION, GATEWAY)
EDITION_CANCELLED: Final = EVENTS.define("edition.cancelled", EditionData, PARTICIPANTS, EVALUATION, GATEWAY)
EDITION_CALL_OPENED: Final = EVENTS.define(
    "edition.call_opened", EditionData, PARTICIPANTS, EVALUATION, GATEWAY
)
EDITION_CALL_CLOSED: Final = EVENTS.define(
    "edition.call_closed", EditionData, PARTICIPANTS, EVALUATION, GATEWAY
)
EDITION_STARTED: Final = EVENTS.define("edition.started", EditionData, PARTICIPANTS, EVALUATION, GATEWAY)
EDITION_COMPLETED: Final = EVENTS.define("edition.completed", EditionData, PARTICIPANTS, EVALUATION, GATEWAY)

TRAINING_SESSION_SCHEDULED: Final = EVENTS.define(
    "training_session.scheduled", TrainingSessionData, PARTICIPANTS, EVALUATION
)
TRAINING_SESSION_MOVED: Final = EVENTS.define(
    "training_session.moved", TrainingSessionData, PARTICIPANTS, EVALUATION
)
TRAINING_SESSION_HELD: Final = EVENTS.define(
    "training_session.held", TrainingSessionData, PARTICIPANTS, EVALUATION
)
TRAINING_SESSION_CANCELLED: Final = EVENTS.define(
    "training_session.cancelled", TrainingSessionData, PARTICIPANTS, EVALUATION
)

VOUCHER_SCHEME_AGREED: Final = EVENTS.define(
    "voucher_scheme.agreed", VoucherSchemeData, PARTICIPANTS, EVALUATION
)
AWARD_MADE: Final = EVENTS.define("award.made", AwardData, PARTICIPANTS)
DELIVERY_ACCEPTED: Final = EVENTS.define("delivery.accepted", DeliveryData, EVALUATION, GATEWAY)
ERASURE_CONFIRMED: Final = EVENTS.define("erasure.confirmed", ErasureConfirmation, PARTICIPANTS)
