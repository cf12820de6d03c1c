"""Entering and changing deliveries, their documents, and finishing design tasks."""

from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.audit import record_change
from services.common.clock import Provenance, domain_now
from services.common.file_purposes import Visibility
from services.common.file_records import attach_file, discard_files_of
from services.common.identity import Caller
from services.common.outbox import publish
from services.common.preconditions import require_version
from services.common.problems import Fault, RequestInvalid
from services.programs.db.deliveries import (
    get_delivery,
    get_delivery_document,
    get_design_task,
    hold_chains,
    list_chain_before,
)
from services.programs.db.editions import get_edition
from services.programs.db.evidence import require_subjects
from services.programs.db.organizations import get_organization
from services.programs.db.programs import get_lecturer, get_program
from services.programs.db.tables import Delivery, DeliveryDocument, DesignTask, Edition
from services.programs.domain.deliveries import (
    DELIVERY_LIFE,
    DeliveryKind,
    DeliveryState,
    DesignTaskState,
    DocumentKind,
)
from services.programs.domain.events import VOUCHER_SCHEME_AGREED, DeliveryData, VoucherSchemeData
from services.programs.domain.evidence import SubjectKind
from services.programs.domain.problems import (
    ActualInFuture,
    DeliveryChainCircular,
    ReferenceUnknown,
    SourceRequired,
    TransitionRefused,
)
from services.programs.operations.editions import bounds_of, require_demonstration
from services.programs.operations.evidence import cite
from services.programs.operations.programs import plain_sectors
from services.programs.schemas.deliveries import (
    DeliveryChange,
    DeliveryCreate,
    DeliveryDocumentCreate,
    DesignTaskCompletion,
)
from services.programs.schemas.delivery_details import ORGANIZATION_DETAILS

_SEPARATE: Final = {"sources", "stated"}
_PREDECESSORS: Final = ("predecessor_id", "predecessor_edition_id")


async def create_delivery(
    session: AsyncSession, caller: Caller, request: DeliveryCreate, *, demonstration: bool
) -> Delivery:
    """Enter a delivery; one whose state a source states skips the guards, and must name the source."""
    require_demonstration(request.provenance, demonstration=demonstration)
    if request.stated is not None and not request.sources:
        raise SourceRequired("Name the source that states how far the delivery has come.")
    if request.program_id is not None:
        await get_program(session, request.program_id)
    fields = _columns(request, request.model_dump(exclude=_SEPARATE))
    await _require_references(session, caller, request.provenance, fields)
    delivery = Delivery(
        **fields | bounds_of(request.period),
        kind=request.details.kind,
        state=request.stated or DELIVERY_LIFE.initial,
    )
    session.add(delivery)
    await record_change(session, caller, "delivery.created", delivery)
    await cite(session, SubjectKind.DELIVERY, delivery.id, request.sources)
    return delivery


async def change_delivery(
    session: AsyncSession, caller: Caller, delivery_id: UUID, expected_version: int, request: DeliveryChange
) -> Delivery:
    """Change what the record says; participants hear of a voucher scheme that is agreed already.

    Raises `TransitionRefused` once it is closed or cancelled, `DeliveryChainCircular` for a predecessor that
    follows on it.
    """
    if request.predecessor_id is not None:
        await hold_chains(session)  # before the row: two who link two rows to each other would wait for ever
    delivery = await get_delivery(session, delivery_id, lock=True)
    require_version(delivery, expected_version)
    if delivery.state in DELIVERY_LIFE.terminal:
        raise TransitionRefused(f"The delivery is {delivery.state}.")
    if request.details is not None and request.details.kind is not delivery.kind:
        fault = Fault("/details/kind", "kind_changed", "A delivery keeps its kind.")
        raise RequestInvalid("The details are of another kind.", errors=[fault])
    changes = _columns(request, request.model_dump(exclude_unset=True))
    await _require_references(session, caller, delivery.provenance, changes)
    if request.predecessor_id is not None:
        before = await list_chain_before(session, request.predecessor_id)
        if any(row.id == delivery.id for row in before):
            raise DeliveryChainCircular("What the delivery is to follow follows on it.")
    for field, value in changes.items():
        setattr(delivery, field, value)
    await record_change(session, caller, "delivery.changed", delivery, changes)
    await tell_voucher_scheme(session, delivery)
    return delivery


async def tell_voucher_scheme(session: AsyncSession, delivery: Delivery) -> None:
    """Publish the state of a voucher scheme, from its agreement to its end; a plan concerns nobody else yet."""
    if delivery.kind is DeliveryKind.VOUCHER_SCHEME and delivery.state is not DeliveryState.PLANNED:
        await publish(session, VOUCHER_SCHEME_AGREED, voucher_scheme_data(delivery))


def delivery_data(delivery: Delivery) -> DeliveryData:
    """Return what others may know of the delivery."""
    return DeliveryData.model_validate(_told(delivery))


def voucher_scheme_data(delivery: Delivery) -> VoucherSchemeData:
    """Return what others may know of the voucher scheme: how many, for which training, at which provider."""
    names = ("provider_id", "training", "valid_until")
    return VoucherSchemeData.model_validate(
        _told(delivery) | {name: delivery.details[name] for name in names}
    )


def _told(delivery: Delivery) -> dict[str, Any]:
    own = DeliveryData.model_fields.keys() - {"aggregate_id", "aggregate_version"}
    ids = {"aggregate_id": delivery.id, "aggregate_version": delivery.version}
    return ids | {name: getattr(delivery, name) for name in own}


async def create_delivery_document(
    session: AsyncSession, caller: Caller, delivery_id: UUID, request: DeliveryDocumentCreate
) -> DeliveryDocument:
    """Attach a document or a photo to a delivery; raises `ActualInFuture` (invariant P7).

    Raises `FileNotAttachable` for a file that is not the caller's or for another purpose, and `RequestInvalid` for
    a public document whose file is not public.
    """
    delivery = await get_delivery(session, delivery_id, lock=True)
    now = await domain_now(session, delivery.provenance)
    if request.dated > now.date():
        raise ActualInFuture("A document is not dated in the future.")
    document = DeliveryDocument(**request.model_dump(), delivery_id=delivery.id)
    session.add(document)
    await record_change(session, caller, "delivery_document.created", document)
    if document.file_id is not None:
        await _attach(session, caller, document, document.file_id)
    return document


async def _attach(session: AsyncSession, caller: Caller, document: DeliveryDocument, file_id: UUID) -> None:
    purpose = "photo" if document.kind is DocumentKind.PHOTO else "document"
    kept = await attach_file(
        session, caller, file_id, purpose=purpose, kind="delivery_document", subject_id=document.id
    )
    if document.public is not (kept.visibility == Visibility.PUBLIC):
        fault = Fault("/public", "visibility", f"The file was uploaded as {kept.visibility}.")
        raise RequestInvalid("A document is as public as its file.", errors=[fault])


async def withdraw_delivery_document(
    session: AsyncSession, caller: Caller, delivery_id: UUID, document_id: UUID, reason: str
) -> DeliveryDocument:
    """Say that a document no longer counts, and forget its file; what was done on the strength of it stands."""
    document = await get_delivery_document(session, delivery_id, document_id)
    if document.withdrawn_reason is not None:
        raise TransitionRefused("The document is withdrawn already.")
    document.withdrawn_reason = reason
    await record_change(session, caller, "delivery_document.withdrawn", document, ["withdrawn_reason"])
    await discard_files_of(session, caller, [document.id])
    return document


async def finish_design_task(
    session: AsyncSession, caller: Caller, design_task_id: UUID, request: DesignTaskCompletion
) -> DesignTask:
    """Record how an edition answers the recommendation; it must be one of the same program."""
    task = await get_design_task(session, design_task_id)
    if task.state is DesignTaskState.DONE:
        raise TransitionRefused("The design task is done already.")
    edition = await get_edition(session, request.edition_id)
    if edition.program_id != task.program_id:
        raise ReferenceUnknown("The edition is not one of the program that the task is for.")
    task.state, task.edition_id, task.how = DesignTaskState.DONE, edition.id, request.how
    await record_change(session, caller, "design_task.done", task, ["state", "edition_id", "how"])
    return task


def _columns(request: DeliveryCreate | DeliveryChange, fields: dict[str, Any]) -> dict[str, Any]:
    """Return what the request says as the table's columns; naming a predecessor takes the place of any other."""
    if "details" in fields and request.details is not None:
        fields["details"] = request.details.model_dump(mode="json")
    if "value" in fields:
        value = fields.pop("value") or {"amount": None, "currency": None}
        fields |= {"value_amount": value["amount"], "value_currency": value["currency"]}
    if "sectors" in fields:
        fields["sectors"] = plain_sectors(fields["sectors"])
    if "period" in fields:
        fields |= bounds_of(request.period)
    if any(fields.get(name) for name in _PREDECESSORS):
        fields = dict.fromkeys(_PREDECESSORS) | fields
    return fields


async def _require_references(
    session: AsyncSession, caller: Caller, provenance: Provenance, fields: dict[str, Any]
) -> None:
    """Raise unless everything that is referred to stands, and what is followed is as real as what follows."""
    if fields.get("recipient_organization_id") is not None:
        await get_organization(session, fields["recipient_organization_id"])
    followed: list[Delivery | Edition] = []
    if fields.get("predecessor_id") is not None:
        followed.append(await get_delivery(session, fields["predecessor_id"]))
    if fields.get("predecessor_edition_id") is not None:
        followed.append(await get_edition(session, fields["predecessor_edition_id"]))
    if any(row.provenance is not provenance for row in followed):
        raise ReferenceUnknown("A chain is real from end to end, or synthetic from end to end.")
    details = fields.get("details") or {}
    named = [(SubjectKind.ORGANIZATION, details.get(name)) for name in ORGANIZATION_DETAILS]
    await require_subjects(session, [(kind, UUID(value)) for kind, value in named if value])
    if details.get("supervisor_id"):
        await get_lecturer(session, UUID(details["supervisor_id"]), visible_to=caller)
