"""Routes of webhook endpoints and deliveries."""

from uuid import UUID

from fastapi import Request, Response, status

from gateway.webhooks.db import deliveries as delivery_questions
from gateway.webhooks.db import endpoints as endpoint_questions
from gateway.webhooks.db.tables import WebhookDelivery, WebhookEndpoint
from gateway.webhooks.domain.deliveries import WebhookDeliveryState
from gateway.webhooks.domain.event_types import EVENT_TYPES
from gateway.webhooks.domain.problems import DeliveryNotFound, EndpointNotFound
from gateway.webhooks.operations import deliveries as delivery_operations
from gateway.webhooks.operations import endpoints as operations
from gateway.webhooks.schemas.deliveries import WebhookAttemptRead, WebhookDeliveryItem, WebhookDeliveryRead
from gateway.webhooks.schemas.endpoints import (
    WebhookEndpointChange,
    WebhookEndpointCreate,
    WebhookEndpointItem,
    WebhookEndpointRead,
    WebhookEventType,
    WebhookEventTypes,
)
from services.common.http.callers import Caller
from services.common.http.paging import Paging
from services.common.http.preconditions import ExpectedVersion
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession, WriteSession
from services.common.wire import Id, Page

event_types = house_router("webhooks", "/webhook-event-types")
endpoints = house_router("webhooks", "/webhook-endpoints")
deliveries = house_router("webhooks", "/webhook-deliveries")


@event_types.get("", response_model=WebhookEventTypes)
async def list_webhook_event_types(caller: Caller) -> WebhookEventTypes:  # noqa: ARG001  asks who may
    """List every type of event that endpoints can be told of."""
    kinds = [WebhookEventType(name=kind.name, description=kind.description) for kind in EVENT_TYPES.values()]
    return WebhookEventTypes(items=kinds)


@endpoints.post("", response_model=WebhookEndpointRead, status_code=status.HTTP_201_CREATED)
async def create_webhook_endpoint(
    session: WriteSession, caller: Caller, body: WebhookEndpointCreate, request: Request, response: Response
) -> WebhookEndpointRead:
    """Enter an endpoint; its secret is shown this once, and not again on a repeat.

    Every request to it is signed after Standard Webhooks; whatever answers 2xx within 15 seconds has taken it.
    """
    state = request.app.state
    entered = await operations.create_webhook_endpoint(
        session, caller, state.vault, state.settings.webhook_networks, body
    )
    response.headers["Location"] = f"/v1/webhook-endpoints/{entered.id}"
    return entered


@endpoints.get("", response_model=Page[WebhookEndpointItem])
async def list_webhook_endpoints(session: ReadSession, page: Paging) -> object:
    """List endpoints in order of entry."""
    return await endpoint_questions.list_endpoints(session, page)


@endpoints.get("/{endpoint_id}", response_model=WebhookEndpointRead, responses=problems(EndpointNotFound))
async def read_webhook_endpoint(session: ReadSession, endpoint_id: UUID) -> WebhookEndpointRead:
    """Read one endpoint, without its secret."""
    return _without_secret(await endpoint_questions.get_endpoint(session, endpoint_id))


@endpoints.patch("/{endpoint_id}", response_model=WebhookEndpointRead, responses=problems(EndpointNotFound))
async def change_webhook_endpoint(
    session: WriteSession,
    caller: Caller,
    endpoint_id: UUID,
    version: ExpectedVersion,
    body: WebhookEndpointChange,
    request: Request,
) -> WebhookEndpointRead:
    """Change an endpoint, pause it or let it go on; what waited meanwhile is sent then."""
    networks = request.app.state.settings.webhook_networks
    changed = await operations.change_webhook_endpoint(session, caller, networks, endpoint_id, version, body)
    return _without_secret(changed)


@endpoints.post(
    "/{endpoint_id}/secret-rotations",
    response_model=WebhookEndpointRead,
    status_code=status.HTTP_201_CREATED,
    responses=problems(EndpointNotFound),
)
async def rotate_webhook_secret(
    session: WriteSession, caller: Caller, endpoint_id: UUID, request: Request
) -> WebhookEndpointRead:
    """Give an endpoint a new secret, shown this once; the former one signs too for a day."""
    return await operations.rotate_webhook_secret(session, caller, request.app.state.vault, endpoint_id)


@deliveries.get("", response_model=Page[WebhookDeliveryItem])
async def list_webhook_deliveries(
    session: ReadSession,
    page: Paging,
    endpoint_id: Id | None = None,
    state: WebhookDeliveryState | None = None,
) -> object:
    """List deliveries of the last 30 days, the latest first."""
    return await delivery_questions.list_deliveries(session, page, endpoint_id=endpoint_id, state=state)


@deliveries.get("/{delivery_id}", response_model=WebhookDeliveryRead, responses=problems(DeliveryNotFound))
async def read_webhook_delivery(session: ReadSession, delivery_id: UUID) -> WebhookDeliveryRead:
    """Read one delivery: what is sent, and everything that was tried."""
    delivery = await delivery_questions.get_delivery(session, delivery_id)
    attempts = await delivery_questions.list_attempts(session, delivery_id)
    return WebhookDeliveryRead(
        **WebhookDeliveryItem.model_validate(delivery).model_dump(),
        payload=delivery_operations.read_body(delivery),
        log=[WebhookAttemptRead.model_validate(attempt) for attempt in attempts],
    )


@deliveries.post(
    "/{delivery_id}/redelivery", response_model=WebhookDeliveryItem, responses=problems(DeliveryNotFound)
)
async def redeliver_webhook(session: WriteSession, caller: Caller, delivery_id: UUID) -> WebhookDelivery:
    """Send a delivery again, whether it was taken, given up or still waits; the receiver knows it by its id."""
    return await delivery_operations.redeliver_webhook(session, caller, delivery_id)


def _without_secret(endpoint: WebhookEndpoint) -> WebhookEndpointRead:
    shown = WebhookEndpointItem.model_validate(endpoint).model_dump()
    return WebhookEndpointRead(**shown, secret=None)
