"""Changes of a delivery's state."""

from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.actions import Action, blocked_by, post_action
from services.common.audit import record_change
from services.common.clock import domain_now
from services.common.identity import Caller
from services.common.outbox import publish
from services.programs.db.deliveries import find_document_kinds, get_delivery
from services.programs.db.monitoring import count_open_milestones
from services.programs.db.tables import Delivery
from services.programs.domain.deliveries import (
    DELIVERY_LIFE,
    DeliveryFacts,
    DeliveryState,
    DeliveryStep,
    unmet_delivery_guards,
)
from services.programs.domain.events import DELIVERY_ACCEPTED
from services.programs.domain.permissions import permits
from services.programs.domain.problems import GuardsUnmet
from services.programs.operations.deliveries import delivery_data, tell_voucher_scheme
from services.programs.schemas.deliveries import DeliveryStateChange, DeliveryStateChangeResult

_DATED_BY: Final = {
    DeliveryState.IN_DELIVERY: "began_on",
    DeliveryState.HANDED_OVER: "handed_over_on",
    DeliveryState.ACCEPTED: "accepted_on",
}
"""Steps whose day is kept."""


async def change_delivery_state(
    session: AsyncSession, caller: Caller, delivery_id: UUID, request: DeliveryStateChange, *, dry_run: bool
) -> DeliveryStateChangeResult:
    """Take the delivery a step further, or say what stands in the way.

    Raises `GuardsUnmet` unless the change is a dry run, whose answer lists the same.
    """
    delivery = await get_delivery(session, delivery_id, lock=True)
    today = (await domain_now(session, delivery.provenance)).date()
    step = DeliveryStep(request.state, on=request.on or today, today=today, reason=request.reason)
    faults = unmet_delivery_guards(await _gather_facts(session, delivery), step)
    if faults and not dry_run:
        raise GuardsUnmet(f"The delivery cannot become {request.state} yet.", errors=faults)
    came_from = delivery.state
    if not dry_run:
        await _enter(session, caller, delivery, step)
    return DeliveryStateChangeResult(
        delivery_id=delivery.id,
        from_state=came_from,
        to_state=request.state,
        applied=not dry_run,
        unmet=blocked_by(faults),
    )


async def list_actions(session: AsyncSession, caller: Caller, delivery: Delivery) -> list[Action]:
    """Return the steps that may follow, and for each what stands in this caller's way."""
    if not permits("change_delivery_state", caller.roles):
        return []
    facts = await _gather_facts(session, delivery)
    today = (await domain_now(session, delivery.provenance)).date()
    return [
        post_action(
            target,
            f"{delivery.href}/state-changes",
            unmet_delivery_guards(facts, DeliveryStep(target, on=today, today=today)),
        )
        for target in sorted(DELIVERY_LIFE.transitions[delivery.state])
    ]


async def _gather_facts(session: AsyncSession, delivery: Delivery) -> DeliveryFacts:
    shares = [sector["share"] for sector in delivery.sectors]
    days = [getattr(delivery, name) for name in _DATED_BY.values()]
    return DeliveryFacts(
        state=delivery.state,
        kind=delivery.kind,
        details=delivery.details,
        has_recipient=bool(delivery.recipient_country or delivery.recipient_organization_id),
        quantity=delivery.quantity,
        sector_shares=[None if share is None else Decimal(share) for share in shares],
        documents=await find_document_kinds(session, delivery.id),
        open_milestones=await count_open_milestones(session, delivery.id),
        last_step_on=max((day for day in days if day), default=None),
    )


async def _enter(session: AsyncSession, caller: Caller, delivery: Delivery, step: DeliveryStep) -> None:
    changes: dict[str, object] = {"state": step.target, "state_reason": step.reason}
    if step.target in _DATED_BY:
        changes[_DATED_BY[step.target]] = step.on
    for field, value in changes.items():
        setattr(delivery, field, value)
    await record_change(session, caller, f"delivery.{step.target}", delivery, changes)
    await tell_voucher_scheme(session, delivery)
    if step.target is DeliveryState.ACCEPTED:
        await publish(session, DELIVERY_ACCEPTED, delivery_data(delivery))
