"""What erasures, holds, the read log, the inventory and a subject's data look like on the wire."""

from datetime import datetime
from typing import Any
from uuid import UUID

from services.common.actions import Action
from services.common.wire import Answer, Id, Instant, Line, Request, Resource
from services.participants.domain.erasures import ErasureGround, ErasureState
from services.participants.domain.inventory import Fate, Ground, Recipient
from services.participants.domain.people import ConsentPurpose, ReadPurpose
from services.participants.schemas.people import SensitiveDataRead


class ErasureCreate(Request):
    """Who is to be forgotten, and why."""

    person_id: Id
    ground: ErasureGround = ErasureGround.REQUEST


class ErasureItem(Resource):
    """An erasure, in a list."""

    person_id: UUID
    ground: ErasureGround
    state: ErasureState
    created_at: datetime
    approved_at: datetime | None
    completed_at: datetime | None


class ErasureRead(ErasureItem):
    """How far an erasure has come, service by service."""

    keys_destroyed_at: datetime | None
    """When the person's keys, and with them what backups hold, became unreadable."""
    confirmations: dict[str, list[str]]
    """Service -> what it kept, as reason codes."""
    held: bool
    """Whether a legal hold postpones it."""
    receipt: str | None
    """Once completed: a compact JWS (RFC 7515), signed with this service's key of the public key set."""
    actions: list[Action]


class LegalHoldCreate(Request):
    """What is to be kept, why and until when; open-ended where nobody knows."""

    subject: Line
    reason: Line
    until: Instant | None = None


class LegalHoldRead(Resource):
    """Why a person's data must be kept for now."""

    person_id: UUID
    subject: str
    reason: str
    until: datetime | None
    released_at: datetime | None


class SensitiveReadItem(Answer):
    """Somebody read a person's sensitive block."""

    id: UUID
    person_id: UUID
    actor: str
    """The id of an account."""
    purpose: ReadPurpose
    request_id: UUID | None
    created_at: datetime


class InventoryField(Answer):
    """One personal field: what for, on which ground, how long, who gets it, and what an erasure does to it."""

    field: str
    category: str
    purpose: dict[str, str]
    ground: Ground
    consent: ConsentPurpose | None
    period: dict[str, str]
    recipients: list[Recipient]
    on_erasure: Fate


class UntoldPart(Answer):
    """An app whose part is not there."""

    part: str
    problem: str


class SubjectData(Answer):
    """Everything held about one person."""

    person_id: UUID
    tables: dict[str, list[dict[str, Any]]]
    """Table -> its rows about the person, as they are kept."""
    sensitive: SensitiveDataRead | None
    told_evaluation: list[dict[str, Any]]
    """What evaluation was told under a pseudonym."""
    evaluation: dict[str, Any] | None
    """Tests, answers by name, action plans and invitations; answers of anonymous surveys are tied to nobody."""
    gateway: dict[str, Any] | None
    """Accounts under the person's address, and sign-ins."""
    missing: list[UntoldPart]
    """Apps that could not be asked; their part is null, ask again later."""
