"""Agreements on the wire."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.common.actions import Action
from services.common.clock import Provenance
from services.common.wire import Answer, Code, Count, Day, Id, Line, Reference, Request, Resource, Texts
from services.programs.domain.agreements import AgreementKind, AgreementState
from services.programs.schemas.evidence import SubjectRead, SubjectReference

Url = Annotated[Line, Field(pattern=r"^https?://[^\s]+$")]


class AgreementFields(Request):
    """What an agreement's record says, its expiry apart."""

    kind: AgreementKind
    title: Texts
    number: Line | None = None
    document_url: Url | None = None
    party_ids: list[Id] = Field(min_length=1, max_length=20)
    """Organizations that it binds, beside the agency."""
    subjects: list[SubjectReference] = Field(default_factory=list, max_length=100)


class AgreementCreate(AgreementFields):
    """A draft of an agreement; it binds once it is signed."""

    code: Code
    expires_on: Day | None = None
    """The last day on which it binds; left out where it has no end."""
    provenance: Provenance = Provenance.REAL
    """Synthetic ones are possible in demonstration mode only, and stand in no list that does not ask for them."""


class AgreementChange(AgreementFields):
    """What the record is to say as a whole; the expiry is changed by an amendment."""


class AgreementSignature(Request):
    """The day of the signature."""

    signed_on: Day


class AgreementTermination(Request):
    """Why it does not bind any more."""

    reason: Line


class AmendmentCreate(Request):
    """A document that changes the agreement."""

    number: Annotated[Count, Field(ge=1)]
    signed_on: Day
    summary: Texts
    expires_on: Day | None = None
    """The new last day; left out where it stays as it is."""


class AmendmentRead(Answer):
    """A document that changed the agreement."""

    id: UUID
    number: int
    signed_on: date
    summary: dict[str, str]
    expires_on: date | None


class AgreementItem(Resource):
    """An agreement, as it stands in lists."""

    code: str
    kind: AgreementKind
    title: dict[str, str]
    number: str | None
    document_url: str | None
    signed_on: date | None
    expires_on: date | None
    state: AgreementState
    state_reason: str | None
    provenance: Provenance


class AgreementWithParties(AgreementItem):
    """An agreement with its parties, subjects and amendments."""

    parties: list[Reference]
    subjects: list[SubjectRead]
    amendments: list[AmendmentRead]
    actions: list[Action]


class AgreementAlertRead(Resource):
    """That an agreement is about to expire."""

    agreement_id: UUID
    expires_on: date
    days: int
    """How many days before it was raised: 90 or 30."""
    acknowledged_by: str | None
    """Who has taken note."""
