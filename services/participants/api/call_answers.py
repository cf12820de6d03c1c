"""A call as it is read: the mirror's facts, and what follows from them now."""

from collections.abc import Sequence
from datetime import datetime

from services.participants.db.tables import MirrorEdition, MirrorSeatLine
from services.participants.domain.calls import CANCELLED_EDITION, state_of_call, time_left
from services.participants.schemas.applications import CallRead, CallSeatLineRead


def line_as_read(line: MirrorSeatLine) -> CallSeatLineRead:
    """Return a seat line with what is left of it."""
    return CallSeatLineRead(
        id=line.id,
        owner=line.owner,
        country=line.country,
        seats=line.stated_seats,
        reserve=line.reserve,
        taken=line.taken,
        left=None if line.seats is None else line.seats - line.taken,
    )


def call_as_read(edition: MirrorEdition, lines: Sequence[MirrorSeatLine], now: datetime) -> CallRead:
    """Return the call of an edition as it stands at `now`."""
    left = time_left(edition.call_closes_at, now)
    return CallRead(
        id=edition.id,
        version=edition.aggregate_version,
        code=edition.code,
        title=edition.title,
        state=state_of_call(
            edition.call_opens_at,
            edition.call_closes_at,
            cancelled=edition.state == CANCELLED_EDITION,
            now=now,
        ),
        provenance=edition.provenance,
        opens_at=edition.call_opens_at,
        closes_at=edition.call_closes_at,
        zone=edition.call_zone,
        seconds_left=None if left is None else int(left.total_seconds()),
        capacity=edition.capacity,
        taken=edition.taken,
        seat_lines=[line_as_read(line) for line in lines],
    )
