"""What webhook deliveries look like on the wire."""

from typing import Any
from uuid import UUID

from gateway.webhooks.domain.deliveries import WebhookDeliveryState, WebhookOutcome
from services.common.wire import Answer, Instant


class WebhookDeliveryItem(Answer):
    """One event on its way to one endpoint."""

    id: UUID
    endpoint_id: UUID
    event_id: UUID
    """Sent as `webhook-id`, the same in every attempt: receivers know a repetition by it."""
    event_type: str
    state: WebhookDeliveryState
    occurred_at: Instant
    attempts: int
    next_attempt_at: Instant | None


class WebhookAttemptRead(Answer):
    """One attempt."""

    at: Instant
    outcome: WebhookOutcome
    status: int | None
    """What the endpoint answered."""
    milliseconds: int


class WebhookDeliveryRead(WebhookDeliveryItem):
    """One event on its way to one endpoint, with everything that was tried."""

    payload: dict[str, Any]
    """The body, exactly as it is sent but for blanks."""
    log: list[WebhookAttemptRead]


class WebhookPayload(Answer):
    """What an endpoint receives: no more than where to look; the receiver reads the rest with its own rights."""

    type: str
    timestamp: Instant
    """When it happened."""
    data: "WebhookSubject"


class WebhookSubject(Answer):
    """What an event is about."""

    id: UUID
    version: int
    href: str | None
    provenance: str | None
    """`synthetic` for what only a demonstration made; null where the event does not tell."""
