"""What can be done to webhook endpoints."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from gateway.vault import Vault
from gateway.webhooks.db.endpoints import get_endpoint
from gateway.webhooks.db.tables import WebhookEndpoint
from gateway.webhooks.domain.addresses import Networks, find_fault
from gateway.webhooks.domain.deliveries import ROTATION, EndpointStatus
from gateway.webhooks.domain.signatures import new_secret, write_secret
from gateway.webhooks.schemas.endpoints import (
    WebhookEndpointChange,
    WebhookEndpointCreate,
    WebhookEndpointItem,
    WebhookEndpointRead,
)
from services.common.audit import record_change
from services.common.clock import real_now
from services.common.database import new_id
from services.common.identity import Caller
from services.common.leases import ring_after_commit
from services.common.preconditions import require_version
from services.common.problems import Fault, RequestInvalid

WEBHOOKS = "webhooks"
"""The bell of the courier."""


async def create_webhook_endpoint(
    session: AsyncSession, caller: Caller, vault: Vault, allowed: Networks, request: WebhookEndpointCreate
) -> WebhookEndpointRead:
    """Enter an endpoint; the answer is the only place where its secret stands."""
    _require_address(request.url, allowed)
    id_, secret = new_id(), new_secret()
    endpoint = WebhookEndpoint(
        id=id_,
        url=request.url,
        description=request.description,
        event_types=sorted(set(request.event_types)),
        status=EndpointStatus.ACTIVE,
        sealed_secret=vault.seal(secret, id_),
        sealed_former_secret=None,
        former_until=None,
    )
    session.add(endpoint)
    await record_change(session, caller, "webhook_endpoint.created", endpoint)
    return _told(endpoint, secret)


async def change_webhook_endpoint(
    session: AsyncSession,
    caller: Caller,
    allowed: Networks,
    endpoint_id: UUID,
    expected_version: int,
    request: WebhookEndpointChange,
) -> WebhookEndpoint:
    """Change an endpoint, pause it or let it go on; what waited meanwhile is sent."""
    endpoint = await get_endpoint(session, endpoint_id, lock=True)
    require_version(endpoint, expected_version)
    if request.url is not None:
        _require_address(request.url, allowed)
        endpoint.url = request.url
    if request.description is not None:
        endpoint.description = request.description
    if request.event_types is not None:
        endpoint.event_types = sorted(set(request.event_types))
    if request.status is not None:
        endpoint.status = request.status
        ring_after_commit(session, WEBHOOKS)
    await record_change(session, caller, "webhook_endpoint.changed", endpoint, request.model_fields_set)
    return endpoint


async def rotate_webhook_secret(
    session: AsyncSession, caller: Caller, vault: Vault, endpoint_id: UUID
) -> WebhookEndpointRead:
    """Give an endpoint a new secret; the former one signs too for a day."""
    endpoint = await get_endpoint(session, endpoint_id, lock=True)
    secret = new_secret()
    endpoint.sealed_former_secret = endpoint.sealed_secret
    endpoint.former_until = await real_now(session) + ROTATION
    endpoint.sealed_secret = vault.seal(secret, endpoint.id)
    fields = ["sealed_secret", "sealed_former_secret", "former_until"]
    await record_change(session, caller, "webhook_endpoint.secret_rotated", endpoint, fields)
    return _told(endpoint, secret)


def _told(endpoint: WebhookEndpoint, secret: bytes) -> WebhookEndpointRead:
    shown = WebhookEndpointItem.model_validate(endpoint).model_dump()
    return WebhookEndpointRead(**shown, secret=write_secret(secret))


def _require_address(url: str, allowed: Networks) -> None:
    fault = find_fault(url, allowed)
    if fault is not None:
        raise RequestInvalid(
            "The endpoint cannot be sent to.", errors=[Fault("/url", "not-an-endpoint", f"This is {fault}.")]
        )
