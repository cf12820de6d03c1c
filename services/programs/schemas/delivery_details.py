"""The details of a delivery by its kind: what comes in, and what goes out.

What is left out on the way in is null on the way out.
"""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import Field

from services.common.wire import Answer, Count, Day, Id, Line, Request
from services.programs.domain.deliveries import DeliveryKind
from services.programs.schemas.monitoring import PercentDone

Some = Annotated[Count, Field(ge=1)]


class TechnicalGrantDetails(Request):
    """A grant in kind."""

    kind: Literal[DeliveryKind.TECHNICAL_GRANT]
    product: Line | None = None


class SoftwareTransferDetails(Request):
    """Software that is handed over."""

    kind: Literal[DeliveryKind.SOFTWARE_TRANSFER]
    product: Line | None = None
    release: Line | None = None
    license: Line | None = None


class EquipmentItem(Request):
    """Things of one sort."""

    name: Line
    quantity: Some | None = None


class EquipmentDetails(Request):
    """Things that are handed over."""

    kind: Literal[DeliveryKind.EQUIPMENT]
    items: list[EquipmentItem] = Field(default_factory=list, max_length=100)


class VoucherSchemeDetails(Request):
    """Vouchers that pay for training at a provider; the delivery's quantity says how many."""

    kind: Literal[DeliveryKind.VOUCHER_SCHEME]
    provider_id: Id | None = None
    training: Line | None = None
    valid_until: Day | None = None


class ConsultingDetails(Request):
    """Advice, by days and what comes of it."""

    kind: Literal[DeliveryKind.CONSULTING]
    days: Some | None = None
    deliverable: Line | None = None


class ConstructionDetails(Request):
    """Something that is built; its milestones stand among those of monitoring, its photos among its documents."""

    kind: Literal[DeliveryKind.CONSTRUCTION]
    object: Line
    contractor_id: Id | None = None
    progress_percent: PercentDone | None = None
    """Physical progress, apart from what was paid."""


class ExpertMissionDetails(Request):
    """Experts who are sent."""

    kind: Literal[DeliveryKind.EXPERT_MISSION]
    experts: Some | None = None
    days: Some | None = None
    field: Line | None = None


class MobilityDetails(Request):
    """Study at another university; the delivery's quantity says how many go."""

    kind: Literal[DeliveryKind.MOBILITY]
    home_university_id: Id | None = None
    host_university_id: Id | None = None
    credits: Count | None = None
    """Of the European system (ECTS)."""
    agreement_number: Line | None = None
    """Of the learning agreement, whose text is a document of the delivery."""
    supervisor_id: Id | None = None
    """The lecturer who supervises at the host university."""


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

DETAILS: Final[Mapping[DeliveryKind, type[Request]]] = {
    DeliveryKind.TECHNICAL_GRANT: TechnicalGrantDetails,
    DeliveryKind.SOFTWARE_TRANSFER: SoftwareTransferDetails,
    DeliveryKind.EQUIPMENT: EquipmentDetails,
    DeliveryKind.VOUCHER_SCHEME: VoucherSchemeDetails,
    DeliveryKind.CONSULTING: ConsultingDetails,
    DeliveryKind.CONSTRUCTION: ConstructionDetails,
    DeliveryKind.EXPERT_MISSION: ExpertMissionDetails,
    DeliveryKind.MOBILITY: MobilityDetails,
}
ORGANIZATION_DETAILS: Final = ("provider_id", "contractor_id", "home_university_id", "host_university_id")
"""Details that name an organization, whichever the kind."""


class TechnicalGrantRead(Answer):
    """A grant in kind."""

    kind: Literal[DeliveryKind.TECHNICAL_GRANT]
    product: str | None


class SoftwareTransferRead(Answer):
    """Software that is handed over."""

    kind: Literal[DeliveryKind.SOFTWARE_TRANSFER]
    product: str | None
    release: str | None
    license: str | None


class EquipmentItemRead(Answer):
    """Things of one sort."""

    name: str
    quantity: int | None


class EquipmentRead(Answer):
    """Things that are handed over."""

    kind: Literal[DeliveryKind.EQUIPMENT]
    items: list[EquipmentItemRead]


class VoucherSchemeRead(Answer):
    """Vouchers that pay for training at a provider."""

    kind: Literal[DeliveryKind.VOUCHER_SCHEME]
    provider_id: UUID | None
    training: str | None
    valid_until: date | None


class ConsultingRead(Answer):
    """Advice, by days and what comes of it."""

    kind: Literal[DeliveryKind.CONSULTING]
    days: int | None
    deliverable: str | None


class ConstructionRead(Answer):
    """Something that is built."""

    kind: Literal[DeliveryKind.CONSTRUCTION]
    object: str
    contractor_id: UUID | None
    progress_percent: int | None


class ExpertMissionRead(Answer):
    """Experts who are sent."""

    kind: Literal[DeliveryKind.EXPERT_MISSION]
    experts: int | None
    days: int | None
    field: str | None


class MobilityRead(Answer):
    """Study at another university."""

    kind: Literal[DeliveryKind.MOBILITY]
    home_university_id: UUID | None
    host_university_id: UUID | None
    credits: int | None
    agreement_number: str | None
    supervisor_id: UUID | None


DeliveryDetailsRead = Annotated[
    TechnicalGrantRead
    | SoftwareTransferRead
    | EquipmentRead
    | VoucherSchemeRead
    | ConsultingRead
    | ConstructionRead
    | ExpertMissionRead
    | MobilityRead,
    Field(discriminator="kind"),
]
