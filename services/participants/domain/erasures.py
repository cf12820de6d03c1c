"""The life of an erasure, and of a legal hold that postpones it."""

from datetime import datetime
from enum import StrEnum
from typing import Final

from services.common.states import LifeCycle

FINISH_ERASURE: Final = "erasure.finish"
"""The job that destroys keys and files once the rows are gone."""
RETAIN_PERSONS: Final = "persons.retain"
"""The daily job that forgets what has been kept long enough."""

CONFIRMERS: Final = frozenset({"programs", "evaluation", "gateway"})
"""The apps that must confirm; this room's own part is confirmed by what it did itself."""

KEPT_HERE: Final = ("participation_counts", "certificate_numbers", "consent_records", "audit_entries")
"""What this room keeps, and why it may: counts without a person, numbers without a holder, legal duties."""


class ErasureGround(StrEnum):
    """Why somebody is to be forgotten."""

    REQUEST = "request"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    RETENTION = "retention"


class ErasureState(StrEnum):
    """How far an erasure has come."""

    REQUESTED = "requested"
    RUNNING = "running"
    """Approved by a second person; nothing of it can be undone."""
    COMPLETED = "completed"
    """Every service has confirmed, and the keys are destroyed."""
    REFUSED = "refused"


ERASURE_LIFE: Final = LifeCycle(
    initial=ErasureState.REQUESTED,
    transitions={
        ErasureState.REQUESTED: frozenset({ErasureState.RUNNING, ErasureState.REFUSED}),
        ErasureState.RUNNING: frozenset({ErasureState.COMPLETED}),
        ErasureState.COMPLETED: frozenset(),
        ErasureState.REFUSED: frozenset(),
    },
)


def holds(released_at: datetime | None, until: datetime | None, now: datetime) -> bool:
    """Say whether a legal hold still postpones an erasure."""
    return released_at is None and (until is None or now < until)


def is_complete(confirmed: frozenset[str], keys_destroyed_at: datetime | None) -> bool:
    """Say whether nothing of an erasure is left to do."""
    return confirmed >= CONFIRMERS and keys_destroyed_at is not None
