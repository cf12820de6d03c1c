"""What webhook endpoints look like on the wire."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from gateway.webhooks.domain.addresses import LONGEST
from gateway.webhooks.domain.deliveries import EndpointStatus
from gateway.webhooks.domain.event_types import EVENT_TYPES
from services.common.wire import Answer, Instant, Line, Request, Resource

Url = Annotated[
    str, StringConstraints(min_length=1, max_length=LONGEST), Field(examples=["https://example.org/hook"])
]
Types = Annotated[
    list[str], Field(min_length=1, max_length=100, examples=[["programs.edition.announced.v1"]])
]


class _Subscription(Request):
    @model_validator(mode="after")
    def _known(self) -> Self:
        if unknown := set(getattr(self, "event_types", None) or ()) - set(EVENT_TYPES):
            raise ValueError(f"expected types of /v1/webhook-event-types, {len(unknown)} are not")
        return self


class WebhookEndpointCreate(_Subscription):
    """A new endpoint; `https`, and an address that is public (or in a network that the operator allows)."""

    url: Url
    description: Line
    event_types: Types


class WebhookEndpointChange(_Subscription):
    """What is to be different; a disabled endpoint can be made active again."""

    url: Url | None = None
    description: Line | None = None
    event_types: Types | None = None
    status: Literal[EndpointStatus.ACTIVE, EndpointStatus.PAUSED] | None = None


class WebhookEndpointItem(Resource):
    """An endpoint, in a list."""

    url: str
    description: str
    event_types: list[str]
    status: EndpointStatus
    former_until: Instant | None
    """Until when the former secret signs too."""


class WebhookEndpointRead(WebhookEndpointItem):
    """An endpoint of another system."""

    secret: str | None
    """`whsec_...`: told once, when it is made or rotated; null ever after."""


class WebhookEventType(Answer):
    """A type of event that endpoints can be told of."""

    name: str
    description: str


class WebhookEventTypes(Answer):
    """Every type of event that endpoints can be told of."""

    items: list[WebhookEventType]
