"""What is delivered, when it is tried again, and what an answer of the endpoint means."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final


@dataclass(frozen=True)
class Parcel:
    """What is sent in one attempt."""

    url: str
    body: bytes
    headers: dict[str, str]


class WebhookOutcome(StrEnum):
    """What became of one attempt."""

    DELIVERED = "delivered"
    REFUSED = "refused"
    """Another status than 2xx; a redirect is one, since nobody follows it."""
    GONE = "gone"
    """410: the endpoint wants nothing any more."""
    TIMED_OUT = "timed_out"
    UNREACHABLE = "unreachable"
    ADDRESS_REFUSED = "address_refused"
    """The name leads to an address that is not public."""
    SECRET_UNREADABLE = "secret_unreadable"  # noqa: S105  the name of an outcome
    """The key that the endpoint's secret was sealed under is gone; rotate the secret."""


class WebhookDeliveryState(StrEnum):
    """How a delivery stands."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"


class EndpointStatus(StrEnum):
    """Whether an endpoint is sent to."""

    ACTIVE = "active"
    PAUSED = "paused"
    """What happens meanwhile waits."""
    DISABLED = "disabled"
    """It said that it is gone; what happens meanwhile is not kept for it."""


PAUSES: Final = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""Between attempts, as the specification proposes: three days and four hours in all."""
MOST_ATTEMPTS: Final = len(PAUSES) + 1
ROTATION: Final = timedelta(hours=24)
"""How long the former secret signs too."""
_JITTER: Final = 0.2


def judge(status: int) -> WebhookOutcome:
    """Return what the status of an answer means."""
    if 200 <= status < 300:
        return WebhookOutcome.DELIVERED
    return WebhookOutcome.GONE if status == 410 else WebhookOutcome.REFUSED


def next_pause(attempts: int, chance: float) -> timedelta | None:
    """Return how long to wait after so many failed attempts (from 1), None if it was the last.

    `chance` in [0, 1) lengthens the pause by up to a fifth, so that not all come back at once.
    """
    if attempts >= MOST_ATTEMPTS:
        return None
    return PAUSES[attempts - 1] * (1 + _JITTER * chance)
