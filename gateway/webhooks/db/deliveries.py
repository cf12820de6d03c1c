"""Questions asked of webhook deliveries and their attempts."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, Table, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.webhooks.db.tables import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from gateway.webhooks.domain.deliveries import EndpointStatus, WebhookDeliveryState
from gateway.webhooks.domain.problems import DeliveryNotFound
from services.common.leases import claim
from services.common.pagination import PageRequest, Rows, SortKey, fetch_page

DELIVERIES: Final[Table] = WebhookDelivery.__table__  # type: ignore[assignment]
LEASE: Final = timedelta(minutes=2)


async def claim_due(
    session: AsyncSession, *, limit: int, busy: Collection[UUID], ahead: timedelta
) -> list[Row[Any]]:
    """Lease up to `limit` due deliveries to active endpoints other than those `busy`."""
    table = DELIVERIES.c
    active = select(WebhookEndpoint.id).where(
        WebhookEndpoint.status == EndpointStatus.ACTIVE, WebhookEndpoint.id.not_in(busy)
    )
    waiting = table.delivered_at.is_(None) & table.dead_at.is_(None) & table.endpoint_id.in_(active)
    return await claim(session, DELIVERIES, waiting, lease=LEASE, limit=limit, ahead=ahead)


async def get_delivery(session: AsyncSession, delivery_id: UUID, *, lock: bool = False) -> WebhookDelivery:
    """Return the delivery, locked for update if `lock`; raise `DeliveryNotFound`."""
    delivery = await session.get(WebhookDelivery, delivery_id, with_for_update=lock or None)
    if delivery is None:
        raise DeliveryNotFound("There is no such webhook delivery.")
    return delivery


async def list_deliveries(
    session: AsyncSession, page: PageRequest, *, endpoint_id: UUID | None, state: WebhookDeliveryState | None
) -> Rows:
    """Return deliveries, the latest first."""
    query = select(WebhookDelivery)
    if endpoint_id is not None:
        query = query.where(WebhookDelivery.endpoint_id == endpoint_id)
    match state:
        case WebhookDeliveryState.DELIVERED:
            query = query.where(WebhookDelivery.delivered_at.is_not(None))
        case WebhookDeliveryState.GIVEN_UP:
            query = query.where(WebhookDelivery.dead_at.is_not(None))
        case WebhookDeliveryState.WAITING:
            query = query.where(WebhookDelivery.delivered_at.is_(None), WebhookDelivery.dead_at.is_(None))
        case None:
            pass
    return await fetch_page(session, query, page, SortKey(WebhookDelivery.id, descending=True))


async def list_attempts(session: AsyncSession, delivery_id: UUID) -> Sequence[WebhookAttempt]:
    """Return the attempts of a delivery, the first first."""
    query = select(WebhookAttempt).where(WebhookAttempt.delivery_id == delivery_id)
    return (await session.scalars(query.order_by(WebhookAttempt.id))).all()


async def delete_old(session: AsyncSession, kept: timedelta, *, limit: int) -> int:
    """Forget deliveries whose event is older than `kept`, up to `limit`; return how many."""
    old = (
        select(WebhookDelivery.id)
        .where(WebhookDelivery.occurred_at < func.clock_timestamp() - kept)
        .limit(limit)
    )
    gone = await session.execute(
        delete(WebhookDelivery).where(WebhookDelivery.id.in_(old)).returning(WebhookDelivery.id)
    )
    return len(gone.all())
