"""Entering, changing and deleting editions."""

from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.audit import record_change
from services.common.clock import Provenance
from services.common.edtf import parse_edtf
from services.common.identity import Caller
from services.common.outbox import publish
from services.common.preconditions import require_version
from services.common.problems import Fault, RequestInvalid
from services.common.worker import WorkerPool
from services.programs.db.edition_history import forget_history
from services.programs.db.editions import (
    count_references,
    delete_edition_countries,
    get_edition,
    list_seat_lines,
)
from services.programs.db.evidence import delete_citations
from services.programs.db.programs import find_component, get_program
from services.programs.db.tables import Edition
from services.programs.domain.editions import CALL_PASSED, EditionState
from services.programs.domain.events import EDITION_CANCELLED
from services.programs.domain.evidence import SubjectKind
from services.programs.domain.problems import (
    DemonstrationOnly,
    EditionNotDeletable,
    ReferenceUnknown,
    SettingsFixed,
    SourceRequired,
)
from services.programs.operations.edition_history import remember
from services.programs.operations.edition_records import (
    edition_data,
    record_edition,
    require_seats_within_capacity,
    tell,
)
from services.programs.operations.eligibility import require_sound_rules
from services.programs.operations.evidence import cite
from services.programs.operations.programs import plain_sectors
from services.programs.operations.timetable_moves import require_timetable_inside
from services.programs.schemas.editions import EditionChange, EditionCreate

_SEPARATE: Final = {"sources", "stated", "sectors"}


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
        program=program,
        eligibility_rules_version=int(request.eligibility_rules is not None),
        state=stated.state if stated else EditionState.DRAFT,
        stated_as_of=stated.as_of if stated else None,
        historic=stated is not None and stated.state is EditionState.COMPLETED,
    )
    session.add(edition)
    await record_change(session, caller, "edition.created", edition)
    await remember(
        session, caller, "edition.created", edition, request.model_fields_set - _SEPARATE | {"state"}
    )
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
    """Change what the record says; a person's change ends the rest that a stated fact has from the clock.

    Raises `SettingsFixed`, `SeatsExceedCapacity`, `SessionOutsideEdition`, `RuleUnsound`.
    """
    await require_sound_rules(worker, request.eligibility_rules)
    edition = await get_edition(session, edition_id, lock=True)
    require_version(edition, expected_version)
    changes = request.changes()
    if (
        "allocation" in changes
        and edition.state in CALL_PASSED
        and changes["allocation"] != edition.allocation
    ):
        raise SettingsFixed("Authorities have been told by what seats are given.")
    if "sectors" in changes:
        changes["sectors"] = plain_sectors(changes["sectors"])
    if changes.get("eligibility_rules", edition.eligibility_rules) != edition.eligibility_rules:
        changes["eligibility_rules_version"] = edition.eligibility_rules_version + 1
    if request.period is not None:
        changes |= bounds_of(request.period)
    for field, value in changes.items():
        setattr(edition, field, value)
    _require_order(edition)
    await require_seats_within_capacity(session, edition)
    if request.period is not None:
        await require_timetable_inside(session, edition)
    await record_edition(session, caller, "edition.changed", edition, changes)
    return edition


async def delete_edition(
    session: AsyncSession, caller: Caller, edition_id: UUID, expected_version: int
) -> None:
    """Delete a draft that nothing refers to; whatever was planned once stays for good (invariant P8).

    The other rooms are told that it is cancelled.
    """
    edition = await get_edition(session, edition_id, lock=True)
    require_version(edition, expected_version)
    if edition.state is not EditionState.DRAFT:
        raise EditionNotDeletable("Only a draft can be deleted; cancel the edition instead.")
    if await count_references(session, edition.id):
        raise EditionNotDeletable("Partners, letters, meetings or other records refer to the edition.")
    data = await edition_data(session, edition)
    gone = {"state": EditionState.CANCELLED, "aggregate_version": edition.version + 1, "seat_lines": []}
    await publish(session, EDITION_CANCELLED, data.model_copy(update=gone))
    await record_change(session, caller, "edition.deleted", edition)
    await forget_history(session, edition.id)
    await delete_citations(session, edition.id)
    await delete_edition_countries(session, edition.id)
    for line in await list_seat_lines(session, edition.id):
        await record_change(session, caller, "seat_line.deleted", line)
        await session.delete(line)
    await session.flush()
    await session.delete(edition)


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


def _require_order(edition: Edition) -> None:
    """Raise `RequestInvalid` where a change and what stood already do not go together."""
    opens, closes = edition.call_opens_at, edition.call_closes_at
    faults = []
    if opens and closes and opens >= closes:
        faults.append(Fault("/call_closes_at", "call_window", "The call closes before it opens."))
    least, most = edition.capacity_min, edition.capacity_max
    if least is not None and most is not None and least > most:
        faults.append(Fault("/capacity_min", "capacity", "The minimum exceeds the capacity."))
    if faults:
        raise RequestInvalid("The change does not go with what stands already.", errors=faults)
