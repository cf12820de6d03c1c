"""What can be done to deliveries and design tasks."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.audit import record_change
from services.common.identity import Caller
from services.common.outbox import publish
from services.common.problems import Fault
from services.programs.db.deliveries import get_delivery, get_design_task
from services.programs.db.editions import get_edition
from services.programs.db.organizations import get_organization
from services.programs.db.programs import get_program
from services.programs.db.tables import Delivery, DesignTask
from services.programs.domain.deliveries import (
    DELIVERY_LIFE,
    DeliveryKind,
    DeliveryState,
    DesignTaskState,
)
from services.programs.domain.events import DELIVERY_ACCEPTED, VOUCHER_SCHEME_AGREED, DeliveryData
from services.programs.domain.evidence import SubjectKind
from services.programs.domain.problems import (
    GuardsUnmet,
    ReferenceUnknown,
    SourceRequired,
    TransitionRefused,
)
from services.programs.operations.editions import bounds_of, require_demonstration
from services.programs.operations.evidence import cite
from services.programs.operations.programs import plain_sectors
from services.programs.schemas.deliveries import DeliveryCreate, DeliveryStateChange, DesignTaskCompletion


async def create_delivery(
    session: AsyncSession, caller: Caller, request: DeliveryCreate, *, demonstration: bool
) -> Delivery:
    """Enter a delivery; one whose state a source states must name the source."""
    require_demonstration(request.provenance, demonstration=demonstration)
    if request.stated is not None and not request.sources:
        raise SourceRequired("Name the source that states how far the delivery has come.")
    if request.program_id is not None:
        await get_program(session, request.program_id)
    if request.predecessor_id is not None:
        await get_delivery(session, request.predecessor_id)
    if request.recipient_organization_id is not None:
        await get_organization(session, request.recipient_organization_id)
    fields = request.model_dump(exclude={"sources", "stated", "details", "sectors"})
    delivery = Delivery(
        **fields,
        **bounds_of(request.period),
        kind=request.details.kind,
        details=request.details.model_dump(mode="json", exclude={"kind"}),
        sectors=plain_sectors([sector.model_dump() for sector in request.sectors]),
        state=request.stated or DELIVERY_LIFE.initial,
    )
    session.add(delivery)
    await record_change(session, caller, "delivery.created", delivery)
    await cite(session, SubjectKind.DELIVERY, delivery.id, request.sources)
    return delivery


async def change_delivery_state(
    session: AsyncSession, caller: Caller, delivery_id: UUID, request: DeliveryStateChange
) -> Delivery:
    """Take the delivery a step further; raises `TransitionRefused`, or `GuardsUnmet` for a missing reason."""
    delivery = await get_delivery(session, delivery_id, lock=True)
    if not DELIVERY_LIFE.may_become(delivery.state, request.state):
        raise TransitionRefused(f"A delivery that is {delivery.state} cannot become {request.state}.")
    if request.state is DeliveryState.CANCELLED and request.reason is None:
        fault = Fault("/reason", "reason_missing", "Cancelling needs a reason.")
        raise GuardsUnmet("Cancelling needs a reason.", errors=[fault])
    delivery.state, delivery.state_reason = request.state, request.reason
    await record_change(session, caller, f"delivery.{request.state}", delivery, ["state", "state_reason"])
    if delivery.kind is DeliveryKind.VOUCHER_SCHEME and request.state is DeliveryState.AGREED:
        await publish(session, VOUCHER_SCHEME_AGREED, delivery_data(delivery))
    if request.state is DeliveryState.ACCEPTED:
        await publish(session, DELIVERY_ACCEPTED, delivery_data(delivery))
    return delivery


def delivery_data(delivery: Delivery) -> DeliveryData:
    """Return what others may know of the delivery."""
    return DeliveryData(
        aggregate_id=delivery.id,
        aggregate_version=delivery.version,
        kind=delivery.kind,
        recipient_country=delivery.recipient_country,
        recipient_organization_id=delivery.recipient_organization_id,
        quantity=delivery.quantity,
        unit=delivery.unit,
        state=delivery.state,
        provenance=delivery.provenance,
    )


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
