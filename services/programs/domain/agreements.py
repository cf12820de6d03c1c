"""The life of an agreement, and when somebody must be told that it ends."""

from collections.abc import Collection
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from services.common.states import LifeCycle


class AgreementKind(StrEnum):
    """What kind of document binds the parties."""

    MEMORANDUM = "memorandum"
    FRAMEWORK = "framework"
    CONTRACT = "contract"
    LETTER = "letter"


class AgreementState(StrEnum):
    """Whether an agreement binds."""

    DRAFT = "draft"
    IN_FORCE = "in_force"
    EXPIRED = "expired"
    TERMINATED = "terminated"


G = AgreementState

AGREEMENT_LIFE: Final = LifeCycle(
    initial=G.DRAFT,
    transitions={
        G.DRAFT: frozenset({G.IN_FORCE, G.TERMINATED}),
        G.IN_FORCE: frozenset({G.EXPIRED, G.TERMINATED}),
        G.EXPIRED: frozenset({G.IN_FORCE}),
        G.TERMINATED: frozenset(),
    },
)
"""An amendment may prolong what has expired."""

ALERT_DAYS: Final = (90, 30)
"""So many days before an agreement expires, those in charge are told."""


def due_alerts(expires_on: date, today: date, raised: Collection[int]) -> list[int]:
    """Return which alerts are due and not raised; once a nearer one is due, a farther one says nothing more."""
    due = [days for days in ALERT_DAYS if today >= expires_on - timedelta(days=days)]
    if today > expires_on or not due or min(due) in raised:
        return []
    return [min(due)]


def has_expired(expires_on: date | None, today: date) -> bool:
    """Say whether the last day of an agreement is past."""
    return expires_on is not None and expires_on < today


def next_look(expires_on: date | None, today: date) -> date | None:
    """Return the next day on which an agreement in force must be looked at; None where it does not expire."""
    if expires_on is None:
        return None
    days = [expires_on - timedelta(days=before) for before in ALERT_DAYS] + [expires_on + timedelta(days=1)]
    return next((day for day in days if day > today), None)
