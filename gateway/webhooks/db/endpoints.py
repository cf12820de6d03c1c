"""Questions asked of webhook endpoints."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.webhooks.db.tables import WebhookEndpoint
from gateway.webhooks.domain.deliveries import EndpointStatus
from gateway.webhooks.domain.problems import EndpointNotFound
from services.common.pagination import PageRequest, Rows, SortKey, fetch_page


async def get_endpoint(session: AsyncSession, endpoint_id: UUID, *, lock: bool = False) -> WebhookEndpoint:
    """Return the endpoint, locked for update if `lock`; raise `EndpointNotFound`."""
    endpoint = await session.get(WebhookEndpoint, endpoint_id, with_for_update=lock or None)
    if endpoint is None:
        raise EndpointNotFound("There is no such webhook endpoint.")
    return endpoint


async def list_endpoints(session: AsyncSession, page: PageRequest) -> Rows:
    """Return endpoints in order of entry."""
    return await fetch_page(session, select(WebhookEndpoint), page, SortKey(WebhookEndpoint.id))


async def list_subscribers(session: AsyncSession, event_type: str) -> Sequence[UUID]:
    """Return the endpoints that are told of this type, those that pause included."""
    told = (
        WebhookEndpoint.status != EndpointStatus.DISABLED,
        WebhookEndpoint.event_types.contains([event_type]),
    )
    return (await session.scalars(select(WebhookEndpoint.id).where(*told))).all()
