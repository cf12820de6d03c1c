"""What is given that is not a course, and its life."""

from enum import StrEnum
from typing import Final

from services.common.states import LifeCycle


class DeliveryKind(StrEnum):
    """What is delivered."""

    TECHNICAL_GRANT = "technical_grant"
    SOFTWARE_TRANSFER = "software_transfer"
    EQUIPMENT = "equipment"
    VOUCHER_SCHEME = "voucher_scheme"
    CONSULTING = "consulting"
    CONSTRUCTION = "construction"
    EXPERT_MISSION = "expert_mission"
    MOBILITY = "mobility"


class DeliveryState(StrEnum):
    """How far a delivery has come."""

    PLANNED = "planned"
    AGREED = "agreed"
    IN_DELIVERY = "in_delivery"
    HANDED_OVER = "handed_over"
    ACCEPTED = "accepted"
    IN_SUPPORT = "in_support"
    CLOSED = "closed"
    CANCELLED = "cancelled"


D = DeliveryState

DELIVERY_LIFE: Final = LifeCycle(
    initial=D.PLANNED,
    transitions={
        D.PLANNED: frozenset({D.AGREED, D.CANCELLED}),
        D.AGREED: frozenset({D.IN_DELIVERY, D.CANCELLED}),
        D.IN_DELIVERY: frozenset({D.HANDED_OVER, D.CANCELLED}),
        D.HANDED_OVER: frozenset({D.ACCEPTED}),
        D.ACCEPTED: frozenset({D.IN_SUPPORT, D.CLOSED}),
        D.IN_SUPPORT: frozenset({D.CLOSED}),
        D.CLOSED: frozenset(),
        D.CANCELLED: frozenset(),
    },
)


class DesignTaskState(StrEnum):
    """Whether a coming edition has taken a recommendation up."""

    OPEN = "open"
    DONE = "done"
