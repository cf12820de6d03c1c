"""A call as it is read: the mirror's facts, and what follows from them now."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.clock import domain_now
from services.participants.db.applications import NominationCount, count_nominations
from services.participants.db.mirrors import deadline_of, find_line_of
from services.participants.db.tables import Authority, MirrorEdition, MirrorSeatLine
from services.participants.domain.calls import CANCELLED_EDITION, state_of_call, time_left
from services.participants.schemas.applications import CallRead, CallSeatLineRead
from services.participants.schemas.nominees import AuthorityCallRead


def line_as_read(line: MirrorSeatLine) -> CallSeatLineRead:
    """Return a seat line with what is left of it."""
    return CallSeatLineRead(
        id=line.id,
        owner=line.owner,
        country=line.country,
        seats=line.stated_seats,
        reserve=line.reserve,
        discretionary=line.discretionary,
        minimum_women=line.minimum_women,
        minimum_women_is_hard=line.minimum_women_is_hard,
        reallocation_on=line.reallocation_on,
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
        form_id=edition.form_id,
        seconds_left=None if left is None else int(left.total_seconds()),
        capacity=edition.capacity,
        taken=edition.taken,
        seat_lines=[line_as_read(line) for line in lines],
    )


async def call_of_authority(
    session: AsyncSession, edition: MirrorEdition, authority: Authority
) -> AuthorityCallRead:
    """Return a call as one authority sees it: its own seats and deadline, what is used and left of both."""
    deadline = await deadline_of(session, edition, authority.id)
    left = time_left(deadline, await domain_now(session, edition.provenance))
    line = await find_line_of(
        session, edition.id, organization_id=authority.organization_id, country=authority.country
    )
    counted = await count_nominations(session, line.id) if line else NominationCount(0, 0, 0)
    seats, reserve = (line.stated_seats or 0, line.reserve) if line else (0, 0)
    return AuthorityCallRead(
        edition_id=edition.id,
        authority_id=authority.id,
        seat_line_id=line.id if line else None,
        deadline=deadline,
        zone=edition.call_zone,
        seconds_left=None if left is None else int(left.total_seconds()),
        form_id=edition.form_id,
        seats=seats,
        principals=counted.principals,
        principals_left=max(seats - counted.principals, 0),
        reserve=reserve,
        reserves=counted.reserves,
        reserves_left=max(reserve - counted.reserves, 0),
        discretionary=line.discretionary if line else 0,
        discretionaries=counted.discretionaries,
    )
