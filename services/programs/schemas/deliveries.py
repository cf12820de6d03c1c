"""Deliveries, design tasks and the deliveries of one country on the wire."""

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from services.common.clock import Provenance
from services.common.wire import Answer, Code, Count, Id, Line, Reference, Request, Resource, Texts
from services.common.wire_codes import CountryCode, EdtfText
from services.programs.domain.deliveries import DeliveryKind, DeliveryState, DesignTaskState
from services.programs.domain.evidence import Confidence
from services.programs.domain.programs import FunctionalRole
from services.programs.schemas.editions import Percent, PlaceRead
from services.programs.schemas.evidence import CitationRead, Citations, Sourced
from services.programs.schemas.programs import AidType, SectorRead, SectorWrite


class TechnicalGrantDetails(Request):
    """A grant in kind."""

    kind: Literal[DeliveryKind.TECHNICAL_GRANT]
    product: Line | None = None


class SoftwareTransferDetails(Request):
    """Software that is handed over."""

    kind: Literal[DeliveryKind.SOFTWARE_TRANSFER]
    product: Line | None = None
    license: Line | None = None


class EquipmentDetails(Request):
    """Things that are handed over."""

    kind: Literal[DeliveryKind.EQUIPMENT]
    items: list[Line] = Field(default_factory=list, max_length=100)


class VoucherSchemeDetails(Request):
    """Vouchers that pay for training at a provider."""

    kind: Literal[DeliveryKind.VOUCHER_SCHEME]
    provider_id: Id | None = None
    training: Line | None = None


class ConsultingDetails(Request):
    """Advice, by days and what comes of it."""

    kind: Literal[DeliveryKind.CONSULTING]
    days: Count | None = None
    deliverable: Line | None = None


class ConstructionDetails(Request):
    """Something that is built."""

    kind: Literal[DeliveryKind.CONSTRUCTION]
    object: Line
    progress_percent: Percent | None = None


class ExpertMissionDetails(Request):
    """Experts who are sent."""

    kind: Literal[DeliveryKind.EXPERT_MISSION]
    experts: Count | None = None
    days: Count | None = None


class MobilityDetails(Request):
    """Study at another university."""

    kind: Literal[DeliveryKind.MOBILITY]
    home_university_id: Id | None = None
    host_university_id: Id | None = None
    credits: Count | None = None


DeliveryDetails = Annotated[
    TechnicalGrantDetails
    | SoftwareTransferDetails
    | EquipmentDetails
    | VoucherSchemeDetails
    | ConsultingDetails
    | ConstructionDetails
    | ExpertMissionDetails
    | MobilityDetails,
    Field(discriminator="kind"),
]


class DeliveryCreate(Request):
    """Something given that is not a course; planned, unless sources state how far it has come."""

    code: Code
    title: Texts
    program_id: Id | None = None
    predecessor_id: Id | None = None
    recipient_country: CountryCode | None = None
    recipient_organization_id: Id | None = None
    place: Line | None = None
    period: EdtfText | None = None
    quantity: Count | None = None
    unit: Code | None = None
    details: DeliveryDetails
    sectors: list[SectorWrite] = Field(default_factory=list, max_length=20)
    aid_type: AidType | None = None
    coded_by: Code | None = None
    stated: DeliveryState | None = None
    provenance: Provenance = Provenance.REAL
    sources: Citations


class DeliveryItem(Resource):
    """A delivery, as it stands in lists."""

    code: str
    kind: DeliveryKind
    title: dict[str, str]
    program_id: UUID | None
    predecessor_id: UUID | None
    recipient_country: str | None
    recipient_organization_id: UUID | None
    place: str | None
    period: str | None
    earliest: date | None
    latest: date | None
    quantity: int | None
    unit: str | None
    details: dict[str, Any]
    sectors: list[SectorRead]
    aid_type: str | None
    coded_by: str | None
    state: DeliveryState
    provenance: Provenance


class DeliveryRead(DeliveryItem, Sourced):
    """A delivery with its sources."""


class DeliveryStateChange(Request):
    """The state that is wanted; cancelling needs a reason."""

    state: DeliveryState
    reason: Line | None = None


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
