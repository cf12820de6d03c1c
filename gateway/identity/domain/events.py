"""What the gateway tells the services: the contract of its events."""

from typing import Final

from services.common.events import EventData, EventRegistry
from services.common.identity import GATEWAY

EVENTS: Final = EventRegistry(GATEWAY)


class ErasureConfirmation(EventData):
    """The gateway has forgotten the access of a person who was erased; the aggregate is the erasure."""

    kept: list[str]
    """What was kept, and why, as reason codes."""


ERASURE_CONFIRMED: Final = EVENTS.define("erasure.confirmed", ErasureConfirmation, "participants")
