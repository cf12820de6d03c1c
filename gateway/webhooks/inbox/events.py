"""What the gateway does on the events of the services: it lets the endpoints that want to know be told."""

from sqlalchemy.ext.asyncio import AsyncSession

from gateway.webhooks.domain.event_types import EVENT_TYPES
from gateway.webhooks.operations.deliveries import enter_deliveries
from services.common.inbox import Consumers, Event


def tell_endpoints(origin: str) -> Consumers:
    """Return the consumers of every kind that endpoints can be told of; `origin` begins the links.

    A replayed event repeats what was told already and is passed over.
    """

    async def tell(session: AsyncSession, event: Event) -> None:
        if not event.replay:
            await enter_deliveries(session, event, origin)

    return dict.fromkeys(EVENT_TYPES, tell)
