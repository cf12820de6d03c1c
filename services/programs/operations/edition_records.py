"""Recording that an edition has changed: audit, history, the other rooms, the clock."""

from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.audit import record_change
from services.common.edtf import Edtf, parse_edtf
from services.common.events import EventKind
from services.common.identity import Caller, Role
from services.common.outbox import publish
from services.programs.db.editions import list_edition_countries, list_seat_lines
from services.programs.db.tables import Edition, SeatLine
from services.programs.domain.events import (
    EDITION_CHANGED,
    AllocationData,
    CallData,
    CertificatePolicyData,
    EditionData,
    EligibilityRuleData,
    SeatLineData,
)
from services.programs.domain.problems import SeatsExceedCapacity
from services.programs.domain.seats import exceeds_capacity, sum_seats
from services.programs.operations.edition_clock import plan_clock
from services.programs.operations.edition_history import remember


async def require_seats_within_capacity(session: AsyncSession, edition: Edition) -> None:
    """Raise `SeatsExceedCapacity` if the seat lines hold more than the edition has (invariant P4)."""
    await session.flush()
    seats = [line.seats for line in await list_seat_lines(session, edition.id)]
    if exceeds_capacity(seats, edition.capacity_max):
        raise SeatsExceedCapacity(f"The seat lines hold {sum_seats(seats)} of {edition.capacity_max} seats.")


async def record_edition(
    session: AsyncSession,
    caller: Caller,
    action: str,
    edition: Edition,
    fields: Any = (),
    kind: EventKind = EDITION_CHANGED,
) -> None:
    """Audit and keep a change of the edition or of a part of it, and tell the other rooms its whole state."""
    if Role.IMPORTER not in caller.roles:
        edition.stated_as_of = None
    await record_change(session, caller, action, edition, fields)
    await remember(session, caller, action, edition, fields)
    await tell(session, edition, kind)
    await plan_clock(session, edition)


async def tell(session: AsyncSession, edition: Edition, kind: EventKind = EDITION_CHANGED) -> None:
    """Publish the edition's whole state."""
    await publish(session, kind, await edition_data(session, edition))


async def edition_data(session: AsyncSession, edition: Edition) -> EditionData:
    """Return what others may know of the edition: dates, call, seats and rules."""
    period = parse_edtf(edition.period)
    starts_on, ends_on = day_bounds(period)
    countries = {row.country for row in await list_edition_countries(session, edition.id) if row.country}
    lines = await list_seat_lines(session, edition.id)
    return EditionData(
        aggregate_id=edition.id,
        aggregate_version=edition.version,
        program_id=edition.program_id,
        component_id=edition.component_id,
        predecessor_id=edition.predecessor_id,
        code=edition.code,
        title=edition.title,
        state=edition.state,
        provenance=edition.provenance,
        audience=edition.audience,
        period=edition.period,
        starts_on=starts_on,
        ends_on=ends_on,
        zone=edition.zone,
        modality=edition.modality,
        languages=edition.languages,
        capacity_min=edition.capacity_min,
        capacity_max=edition.capacity_max,
        call=_call_data(edition),
        replacement_until=edition.replacement_until,
        seat_lines=[_seat_line_data(line) for line in lines],
        countries=sorted(countries),
        eligibility_rules=[
            EligibilityRuleData.model_validate(rule) for rule in edition.eligibility_rules or []
        ],
        eligibility_rules_version=edition.eligibility_rules_version,
        allocation=AllocationData.model_validate(edition.allocation) if edition.allocation else None,
        certificate_policy=CertificatePolicyData(
            attendance_percent=edition.attendance_percent, pass_mark_percent=edition.pass_mark_percent
        ),
    )


def day_bounds(period: Edtf) -> tuple[date | None, date | None]:
    """Return the first and last day of a period known to the day, otherwise nothing."""
    return (period.earliest, period.latest) if period.is_day_precise else (None, None)


def _call_data(edition: Edition) -> CallData | None:
    if edition.call_opens_at is None or edition.call_closes_at is None:
        return None
    return CallData(
        opens_at=edition.call_opens_at,
        closes_at=edition.call_closes_at,
        zone=edition.zone,
        form_version_id=edition.form_version_id,
    )


def _seat_line_data(line: SeatLine) -> SeatLineData:
    return SeatLineData.model_validate({name: getattr(line, name) for name in SeatLineData.model_fields})
