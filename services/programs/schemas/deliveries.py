"""Deliveries, design tasks and the deliveries of one country on the wire."""

from datetime import date
from typing import Any, Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from services.common.actions import Action, BlockedBy
from services.common.clock import Provenance
from services.common.wire import Answer, Code, Count, Day, Flag, Id, Line, Reference, Request, Resource, Texts
from services.common.wire_codes import CountryCode, EdtfText, MoneyRead, MoneyWrite
from services.programs.domain.deliveries import (
    DeliveryKind,
    DeliveryState,
    DesignTaskState,
    DocumentKind,
)
from services.programs.domain.evidence import Confidence
from services.programs.domain.programs import FunctionalRole
from services.programs.schemas import examples
from services.programs.schemas.delivery_details import DeliveryDetails, DeliveryDetailsRead
from services.programs.schemas.editions import PlaceRead
from services.programs.schemas.evidence import CitationRead, Citations, Sourced, WebAddress
from services.programs.schemas.programs import AidType, SectorRead, SectorWrite


class DeliveryFields(Request):
    """What a delivery's record says apart from its keys and details."""

    predecessor_id: Id | None = None
    """The delivery that it follows in a chain: training, then transfer, then consulting."""
    predecessor_edition_id: Id | None = None
    """The edition that it follows, where that was a course."""
    recipient_country: CountryCode | None = None
    recipient_organization_id: Id | None = None
    place: Line | None = None
    period: EdtfText | None = None
    quantity: Count | None = None
    unit: Code | None = None
    value: MoneyWrite | None = None
    """What it is worth, as agreed; what was paid for it stands in the ledger."""
    sectors: list[SectorWrite] = Field(default_factory=list, max_length=20)
    aid_type: AidType | None = None
    coded_by: Code | None = None

    @model_validator(mode="after")
    def _one_predecessor(self) -> Self:
        if self.predecessor_id is not None and self.predecessor_edition_id is not None:
            raise ValueError("a delivery follows another delivery or an edition, not both")
        return self


class DeliveryCreate(DeliveryFields):
    """Something given that is not a course; planned, unless sources state how far it has come."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.DELIVERY]})

    code: Code
    title: Texts
    program_id: Id | None = None
    details: DeliveryDetails
    stated: DeliveryState | None = None
    provenance: Provenance = Provenance.REAL
    sources: Citations


class DeliveryChange(DeliveryFields):
    """What is to be different; what is left out stays as it is. Details are replaced whole and keep their kind."""

    title: Texts | None = None
    details: DeliveryDetails | None = None


class DeliveryItem(Resource):
    """A delivery, as it stands in lists."""

    code: str
    kind: DeliveryKind
    title: dict[str, str]
    program_id: UUID | None
    predecessor_id: UUID | None
    predecessor_edition_id: UUID | None
    recipient_country: str | None
    recipient_organization_id: UUID | None
    place: str | None
    period: str | None
    earliest: date | None
    latest: date | None
    quantity: int | None
    unit: str | None
    value: MoneyRead | None
    details: DeliveryDetailsRead
    sectors: list[SectorRead]
    aid_type: str | None
    coded_by: str | None
    state: DeliveryState
    state_reason: str | None
    began_on: date | None
    handed_over_on: date | None
    accepted_on: date | None
    provenance: Provenance


class DeliveryRead(DeliveryItem, Sourced):
    """A delivery with its sources, what it belongs to, and what the caller may do next."""

    program: Reference | None
    predecessor: Reference | None
    """The delivery, or the edition, that it follows in a chain."""
    recipient_organization: Reference | None
    actions: list[Action]


class DeliveryStateChange(Request):
    """The state that is wanted, and the day on which it came about; cancelling needs a reason."""

    state: DeliveryState
    on: Day | None = None
    """Today, if it is left out."""
    reason: Line | None = None


class DeliveryStateChangeResult(Answer):
    """What the change did, or would do."""

    delivery_id: UUID
    from_state: DeliveryState
    to_state: DeliveryState
    applied: bool
    unmet: list[BlockedBy]


class DeliveryDocumentCreate(Request):
    """A document or photo about a delivery, uploaded before or standing elsewhere."""

    kind: DocumentKind
    title: Line
    dated: Day
    url: WebAddress | None = None
    file_id: Id | None = None
    """A file of this service, uploaded for the purpose `photo` or, of other kinds, `document`."""
    public: Flag = False
    """Photos and papers may show people: nothing is public unless somebody says so."""

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.url is None) == (self.file_id is None):
            raise ValueError("name either a file or an address elsewhere")
        return self


class DeliveryDocumentRead(Resource):
    """A document or photo about a delivery."""

    delivery_id: UUID
    kind: DocumentKind
    title: str
    dated: date
    url: str | None
    file_id: UUID | None
    """Its content is at `/v1/services/programs/files/{file_id}/content`."""
    public: bool
    withdrawn_reason: str | None


class DeliveryDocumentWithdrawal(Request):
    """Why the document no longer counts."""

    reason: Line


class ChainLink(Answer):
    """A course or a delivery in a chain."""

    place: int
    """0 is the delivery asked about; below it what came before, above it what follows."""
    id: UUID
    href: str
    code: str
    kind: str
    """`course`, or the kind of delivery."""
    title: dict[str, str]
    state: str
    period: str | None


class DeliveryChain(Answer):
    """What a delivery follows and what follows on it, from the first to the last."""

    delivery_id: UUID
    links: list[ChainLink]


class DeliveryKindRead(Answer):
    """A kind of delivery, with the JSON Schema (draft 2020-12) of its details."""

    kind: DeliveryKind
    details_schema: dict[str, Any]
    needed_to_agree: list[str]
    """The details that must be settled before such a delivery counts as agreed."""


class DesignTaskRead(Resource):
    """What an agreed recommendation asks of a coming edition."""

    recommendation_id: UUID
    program_id: UUID
    evidence_edition_id: UUID
    edition_id: UUID | None
    title: dict[str, str]
    due: str | None
    state: DesignTaskState
    how: dict[str, str] | None
    provenance: Provenance


class DesignTaskCompletion(Request):
    """How the edition answers the recommendation."""

    edition_id: Id
    how: Texts


class DossierPartner(Answer):
    """An organization that had a part, and how sure that is."""

    organization: Reference
    functional_role: FunctionalRole
    certainty: Confidence


class DossierNote(Answer):
    """A doubt, a gap or a contradiction that concerns the entry."""

    code: str
    kind: str
    text: dict[str, str]


class DossierEntry(Answer):
    """A course that a country had part in, is invited to or was meant for, or a delivery it received."""

    id: UUID
    href: str
    code: str
    kind: str
    """`course`, or the kind of delivery."""
    relations: list[str]
    title: dict[str, str]
    topic: dict[str, str] | None
    program: Reference | None
    period: str | None
    earliest: date | None
    latest: date | None
    date_text: dict[str, str] | None
    state: str
    quantity: int | None
    unit: str | None
    host_places: list[PlaceRead]
    partners: list[DossierPartner]
    sources: list[CitationRead]
    notes: list[DossierNote]


class DossierYear(Answer):
    """What began in one year; null gathers what no source dates."""

    year: int | None
    entries: list[DossierEntry]


class CountryDeliveries(Answer):
    """Everything that one country had part in or received."""

    country: str
    label: dict[str, str]
    years: list[DossierYear]
    notes: list[DossierNote]


class CodelistValue(Answer):
    """One code with its official names."""

    code: str
    name: dict[str, str]
    category: str | None
    withdrawn: bool


class CodelistRead(Answer):
    """A codelist, with the version and the day of the copy."""

    name: str
    title: str
    version: str
    as_of: date
    complete: bool
    values: list[CodelistValue]
