"""The life of an offer: one seat, held for one person until they answer."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from services.common.states import LifeCycle


class OfferState(StrEnum):
    """What became of an offer."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class Benefit(StrEnum):
    """What the agency pays for with a seat."""

    TUITION = "tuition"
    TRAVEL = "travel"
    ACCOMMODATION = "accommodation"
    MEALS = "meals"
    PER_DIEM = "per_diem"
    INSURANCE = "insurance"
    VISA = "visa"


class DeclineReason(StrEnum):
    """Why somebody refuses an offer; nothing of their health or family is asked."""

    WORK = "work"
    EMPLOYER = "employer"
    DATES = "dates"
    OTHER_COURSE = "other_course"
    TRAVEL = "travel"
    PERSONAL = "personal"
    OTHER = "other"


class Promotion(StrEnum):
    """What becomes of a seat that is given back before the replacement deadline."""

    AUTOMATIC = "automatic"
    """The first who waits in the line is offered it at once."""
    PROPOSE = "propose"
    """Staff offer it to the first who waits; it stays free until then."""


OFFER_LIFE: Final = LifeCycle(
    initial=OfferState.OFFERED,
    transitions={
        OfferState.OFFERED: frozenset(
            {OfferState.ACCEPTED, OfferState.DECLINED, OfferState.EXPIRED, OfferState.WITHDRAWN}
        ),
        OfferState.ACCEPTED: frozenset(),
        OfferState.DECLINED: frozenset(),
        OfferState.EXPIRED: frozenset(),
        OfferState.WITHDRAWN: frozenset(),
    },
)

EXPIRE_OFFER: Final = "offer.expire"
"""The job that ends an offer at its `reply_by`."""

REMINDED_BEFORE: Final = timedelta(days=2)
"""How long before its end an unanswered offer is brought to mind."""

TIME_TO_REPLY: Final = timedelta(days=7)
"""How long a promoted person has for an answer."""


def reply_by_of_promotion(now: datetime, replacement_until: datetime | None) -> datetime:
    """Return until when somebody promoted from the waiting list may answer."""
    return now + TIME_TO_REPLY if replacement_until is None else min(now + TIME_TO_REPLY, replacement_until)


def may_replace(released_at: datetime | None, replacement_until: datetime | None, now: datetime) -> bool:
    """Say whether a free seat goes to the waiting list at once: from release to the replacement deadline (R14)."""
    return released_at is not None and (replacement_until is None or now < replacement_until)
