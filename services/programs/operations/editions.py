"""Entering and changing editions, and telling the other rooms."""

from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.audit import record_change
from services.common.clock import Provenance
from services.common.edtf import Edtf, parse_edtf
from services.common.events import EventKind
from services.common.identity import Caller, Role
from services.common.outbox import publish
from services.common.preconditions import require_version
from services.common.worker import WorkerPool
from services.programs.db.editions import get_edition, list_edition_countries, list_seat_lines
from services.programs.db.programs import find_component, get_program
from services.programs.db.tables import Edition, SeatLine
from services.programs.domain.editions import EditionState
from services.programs.domain.events import (
    EDITION_CHANGED,
    CallData,
    CertificatePolicyData,
    EditionData,
    EligibilityRuleData,
    SeatLineData,
)
from services.programs.domain.evidence import SubjectKind
from services.programs.domain.problems import (
    DemonstrationOnly,
    ReferenceUnknown,
    SeatsExceedCapacity,
    SourceRequired,
)
from services.programs.operations.edition_clock import plan_clock
from services.programs.operations.eligibility import require_sound_rules
from services.programs.operations.evidence import cite
from services.programs.operations.programs import plain_sectors
from services.programs.schemas.editions import EditionChange, EditionCreate

_SEPARATE: Final = {"sources", "stated", "eligibility_rules", "sectors"}


async def create_edition(
    session: AsyncSession, caller: Caller, request: EditionCreate, worker: WorkerPool, *, demonstration: bool
) -> Edition:
    """Enter an edition; one whose state a source states skips the guards, and must name the source."""
    await require_sound_rules(worker, request.eligibility_rules)
    require_demonstration(request.provenance, demonstration=demonstration)
    if request.stated is not None and not request.sources:
        raise SourceRequired("Name the source that states where the edition stands.")
    program = await get_program(session, request.program_id)
    await require_component(session, request.component_id, program.id)
    stated = request.stated
    edition = Edition(
        **request.model_dump(exclude=_SEPARATE),
        **bounds_of(request.period),
        sectors=plain_sectors([sector.model_dump() for sector in request.sectors]),
        eligibility_rules=request.model_dump()["eligibility_rules"],
        program=program,
        state=stated.state if stated else EditionState.DRAFT,
        stated_as_of=stated.as_of if stated else None,
        historic=stated is not None and stated.state is EditionState.COMPLETED,
    )
    session.add(edition)
    await record_change(session, caller, "edition.created", edition)
    await cite(session, SubjectKind.EDITION, edition.id, request.sources)
    await tell(session, edition)
    return edition


async def change_edition(
    session: AsyncSession,
    caller: Caller,
    edition_id: UUID,
    expected_version: int,
    request: EditionChange,
    worker: WorkerPool,
) -> Edition:
    """Change what the record says; a person's change ends the rest that a stated fact has from the clock."""
    await require_sound_rules(worker, request.eligibility_rules)
    edition = await get_edition(session, edition_id, lock=True)
    require_version(edition, expected_version)
    changes = request.changes()
    if "sectors" in changes:
        changes["sectors"] = plain_sectors(changes["sectors"])
    if request.period is not None:
        changes |= bounds_of(request.period)
    for field, value in changes.items():
        setattr(edition, field, value)
    await require_seats_within_capacity(session, edition)
    await record_edition(session, caller, "edition.changed", edition, changes)
    return edition


async def require_component(session: AsyncSession, component_id: UUID | None, program_id: UUID) -> None:
    """Raise `ReferenceUnknown` unless the component, if there is one, belongs to the program."""
    if component_id is not None and await find_component(session, component_id, program_id) is None:
        raise ReferenceUnknown("The component is not one of this program.")


def require_demonstration(provenance: Provenance, *, demonstration: bool) -> None:
    """Raise `DemonstrationOnly` for a synthetic row outside demonstration mode."""
    if provenance is Provenance.SYNTHETIC and not demonstration:
        raise DemonstrationOnly("This installation is not in demonstration mode.")


def bounds_of(period: str | None) -> dict[str, date | None]:
    """Return the first and the last day that a period may mean, as columns."""
    edtf = parse_edtf(period) if period else None
    return {"earliest": edtf.earliest if edtf else None, "latest": edtf.latest if edtf else None}


async def require_seats_within_capacity(session: AsyncSession, edition: Edition) -> None:
    """Raise `SeatsExceedCapacity` if the seat lines hold more than the edition has (invariant P4)."""
    await session.flush()
    seats = sum(line.seats or 0 for line in await list_seat_lines(session, edition.id))
    if edition.capacity_max is not None and seats > edition.capacity_max:
        raise SeatsExceedCapacity(f"The seat lines hold {seats} of {edition.capacity_max} seats.")


async def record_edition(
    session: AsyncSession,
    caller: Caller,
    action: str,
    edition: Edition,
    fields: Any = (),
    kind: EventKind = EDITION_CHANGED,
) -> None:
    """Audit a change of the edition or of a part of it, and tell the other rooms its whole state."""
    if Role.IMPORTER not in caller.roles:
        edition.stated_as_of = None
    await record_change(session, caller, action, edition, fields)
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
