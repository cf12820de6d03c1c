"""Entering what is to be told to endpoints, recording what became of it, and sending again."""

import random
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy import Row, func, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.webhooks.db.deliveries import DELIVERIES, delete_old, get_delivery
from gateway.webhooks.db.endpoints import get_endpoint, list_subscribers
from gateway.webhooks.db.tables import WebhookAttempt, WebhookDelivery
from gateway.webhooks.domain.deliveries import EndpointStatus, WebhookOutcome, next_pause
from gateway.webhooks.domain.event_types import EVENT_TYPES
from gateway.webhooks.operations.endpoints import WEBHOOKS
from gateway.webhooks.schemas.deliveries import WebhookPayload, WebhookSubject
from services.common.audit import record_change, record_entry
from services.common.clock import real_now
from services.common.database import new_id
from services.common.identity import GATEWAY, Caller, acting_service
from services.common.inbox import Event
from services.common.jobs import Job, plan_daily
from services.common.leases import held, ring_after_commit

KEPT: Final = timedelta(days=30)
FORGET_DELIVERIES: Final = "webhooks.forget_deliveries"
_AT_ONCE: Final = 5_000


async def enter_deliveries(session: AsyncSession, event: Event, origin: str) -> int:
    """Let every endpoint that is told of events of this type be told of `event`; return how many are."""
    subscribers = await list_subscribers(session, event.kind)
    if not subscribers:
        return 0
    subject, provenance = event.subject, event.data.get("provenance")
    payload = WebhookPayload(
        type=event.kind,
        timestamp=event.time,
        data=WebhookSubject(
            id=subject,
            version=event.aggregate_version,
            href=EVENT_TYPES[event.kind].href(origin, str(subject)),
            provenance=provenance if isinstance(provenance, str) else None,
        ),
    )
    common = {
        "event_id": event.id,
        "event_type": event.kind,
        "body": payload.model_dump_json(),
        "occurred_at": event.time,
        "due_at": func.clock_timestamp(),
        "attempts": 0,
    }
    rows = [common | {"id": new_id(), "endpoint_id": endpoint} for endpoint in subscribers]
    for row in rows:
        await session.execute(
            insert(WebhookDelivery).values(row).on_conflict_do_nothing(constraint="uq_webhook_delivery_event")
        )
    ring_after_commit(session, WEBHOOKS)
    return len(rows)


async def record_attempt(
    session: AsyncSession, row: Row[Any], outcome: WebhookOutcome, status: int | None, milliseconds: int
) -> None:
    """Record what became of a claimed delivery, and when it is tried again, if at all."""
    now = await real_now(session)
    session.add(
        WebhookAttempt(delivery_id=row.id, at=now, outcome=outcome, status=status, milliseconds=milliseconds)
    )
    changes: dict[str, Any] = {"leased_until": None, "last_problem": None}
    if outcome is WebhookOutcome.DELIVERED:
        changes["delivered_at"] = now
    else:
        pause = next_pause(row.attempts, random.random())  # noqa: S311  spreads load, guards no secret
        changes["last_problem"] = outcome
        if pause is None or outcome is WebhookOutcome.GONE:
            changes["dead_at"] = now
        else:
            changes["due_at"] = now + pause
    await session.execute(update(DELIVERIES).where(held(DELIVERIES, row)).values(changes))
    if outcome is WebhookOutcome.GONE:
        await _disable(session, row.endpoint_id)


async def redeliver_webhook(session: AsyncSession, caller: Caller, delivery_id: UUID) -> WebhookDelivery:
    """Send a delivery again, now, with all its attempts before it."""
    delivery = await get_delivery(session, delivery_id, lock=True)
    delivery.delivered_at = delivery.dead_at = delivery.leased_until = None
    delivery.attempts = 0
    delivery.due_at = await real_now(session)
    await record_entry(
        session, caller, "webhook_delivery.redelivered", "webhook_delivery", delivery.id, version=1
    )
    ring_after_commit(session, WEBHOOKS)
    return delivery


async def forget_deliveries(session: AsyncSession, _: Job) -> None:
    """Delete deliveries that are older than they are kept; come again at once where more are left."""
    more = await delete_old(session, KEPT, limit=_AT_ONCE) == _AT_ONCE
    await plan_daily(session, FORGET_DELIVERIES, at_once=more)


async def _disable(session: AsyncSession, endpoint_id: UUID) -> None:
    endpoint = await get_endpoint(session, endpoint_id, lock=True)
    if endpoint.status is not EndpointStatus.DISABLED:
        endpoint.status = EndpointStatus.DISABLED
        await record_change(
            session, acting_service(GATEWAY), "webhook_endpoint.disabled", endpoint, ["status"]
        )


def read_body(delivery: WebhookDelivery) -> dict[str, Any]:
    """Return the body of a delivery as it is shown."""
    body: dict[str, Any] = orjson.loads(delivery.body)
    return body
