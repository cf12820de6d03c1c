"""A new edition like an old one."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.inspection import inspect

from services.common.audit import record_change
from services.common.identity import Caller
from services.programs.db.editions import (
    find_seat_counts,
    get_edition,
    list_edition_countries,
    list_rolled_over,
    list_seat_lines,
)
from services.programs.db.tables import (
    Edition,
    EditionCountry,
    MirrorSeats,
    Module,
    SeatLine,
    TrainingSession,
)
from services.programs.db.timetables import list_timetable
from services.programs.db.venues import find_modules
from services.programs.domain import events
from services.programs.domain.editions import CountryRelation, EditionState
from services.programs.domain.seats import seats_rolled_over
from services.programs.domain.training_sessions import TrainingSessionState
from services.programs.operations.edition_history import remember
from services.programs.operations.edition_parts import facts_of
from services.programs.operations.edition_records import require_seats_within_capacity, tell
from services.programs.operations.editions import bounds_of, require_demonstration
from services.programs.operations.timetable_moves import require_timetable_inside
from services.programs.operations.training_sessions import tell_training_session
from services.programs.schemas.editions import EditionClone

_OWN: Final = frozenset({"id", "created_at", "updated_at", "version"})
_NOT_TAKEN_OVER: Final = {
    "state": EditionState.DRAFT,
    "state_reason": None,
    "stated_as_of": None,
    "historic": False,
    "pilot": False,
    "public_text": None,
}


async def clone_edition(
    session: AsyncSession, caller: Caller, edition_id: UUID, request: EditionClone, *, demonstration: bool
) -> Edition:
    """Make a draft with the seats, timetable, rules and form of an edition.

    Call, replacement deadline and timetable move by as many days as the earliest day does; countries that
    took part are targeted; seats that nobody took are rolled over where their line says so. Public text and what
    sources state belong to the old edition and stay there. Form and questionnaires are referred to, not copied.
    Raises `SessionOutsideEdition`, `SeatsExceedCapacity`.
    """
    require_demonstration(request.provenance, demonstration=demonstration)
    origin = await get_edition(session, edition_id)
    changed = request.model_dump(exclude={"capacity_max"}) | bounds_of(request.period)
    if request.capacity_max is not None:
        changed["capacity_max"] = request.capacity_max
    edition = Edition(
        **_columns(origin)
        | changed
        | _NOT_TAKEN_OVER
        | {
            "program": origin.program,
            "predecessor_id": origin.id,
            "eligibility_rules_version": int(origin.eligibility_rules is not None),
        },
    )
    shift = edition.earliest - origin.earliest
    for field in ("call_opens_at", "call_closes_at", "replacement_until"):
        if (moment := getattr(origin, field)) is not None:
            setattr(edition, field, moment + shift)
    session.add(edition)
    await record_change(session, caller, "edition.cloned", edition)
    await remember(
        session, caller, "edition.cloned", edition, ["state", "predecessor_id", "eligibility_rules", *changed]
    )
    await _clone_countries(session, origin, edition)
    await _clone_seats(session, caller, origin, edition)
    await _clone_timetable(session, caller, origin, edition, shift)
    await tell(session, edition)
    return edition


async def _clone_countries(session: AsyncSession, origin: Edition, edition: Edition) -> None:
    places = {row.place: row for row in await list_edition_countries(session, origin.id)}
    for place in places.values():
        changed = {"edition_id": edition.id, "relation": CountryRelation.TARGETED, "head_count": None}
        session.add(EditionCountry(**_columns(place) | changed))


async def _clone_seats(session: AsyncSession, caller: Caller, origin: Edition, edition: Edition) -> None:
    counts = await find_seat_counts(session, origin.id)
    shift = edition.earliest - origin.earliest
    lines = await list_seat_lines(session, origin.id)
    # Seats go into one edition only, and none of a real one into a demonstration.
    same_kind = edition.provenance is origin.provenance
    gone = await list_rolled_over(session, [line.id for line in lines])
    for line in lines:
        taken = _count_taken(counts, line)
        unused = same_kind and line.id not in gone
        rolled = seats_rolled_over(facts_of(line), taken, edition.earliest) if unused else 0
        own = None if line.seats is None else line.seats - line.rolled_over
        released = line.minimum_women_released_on
        new_line = SeatLine(
            **_columns(line)
            | {
                "edition_id": edition.id,
                "reallocation_on": None,
                "minimum_women_released_on": released and released + shift,
                "roll_over_until": None,
                "seats": None if own is None else own + rolled,
                "rolled_over": rolled,
                "origin_id": line.id if rolled else None,
            }
        )
        session.add(new_line)
        await record_change(session, caller, "seat_line.created", new_line)
    await require_seats_within_capacity(session, edition)


def _count_taken(counts: MirrorSeats | None, line: SeatLine) -> int | None:
    """Return how many seats of the line are taken, as participants last told; None if they never did."""
    lines = counts.lines if counts else []
    return next((int(told["taken"]) for told in lines if told["seat_line_id"] == str(line.id)), None)


async def _clone_timetable(
    session: AsyncSession, caller: Caller, origin: Edition, edition: Edition, shift: timedelta
) -> None:
    modules = await _clone_modules(session, caller, origin, edition)
    for meeting in await list_timetable(session, [origin.id]):
        if meeting.state is TrainingSessionState.CANCELLED:
            continue
        copied = _columns(meeting) | {
            "edition_id": edition.id,
            "module_id": modules.get(meeting.module_id) if meeting.module_id else None,
            "starts_at": meeting.starts_at + shift,
            "ends_at": meeting.ends_at + shift,
            "state": TrainingSessionState.SCHEDULED,
            "state_reason": None,
            # Nobody has been replaced yet.
            "lecturers": [lecturer | {"stands_in_for": None} for lecturer in meeting.lecturers],
        }
        new_meeting = TrainingSession(**copied)
        session.add(new_meeting)
        await record_change(session, caller, "training_session.scheduled", new_meeting)
        await tell_training_session(session, new_meeting, events.TRAINING_SESSION_SCHEDULED)
    await require_timetable_inside(session, edition)


async def _clone_modules(
    session: AsyncSession, caller: Caller, origin: Edition, edition: Edition
) -> dict[UUID, UUID]:
    """Copy the parts of the timetable; return which is which."""
    copies = {}
    for module in await find_modules(session, origin.id):
        copy = Module(**_columns(module) | {"edition_id": edition.id})
        session.add(copy)
        await record_change(session, caller, "module.created", copy)
        copies[module.id] = copy.id
    return copies


def _columns(row: object) -> dict[str, object]:
    """Return the values that a copy takes over: not its identity, and nothing that the database computes."""
    mapper = inspect(type(row))
    computed = {column.key for column in mapper.columns if column.computed is not None}
    names = (attribute.key for attribute in mapper.column_attrs)
    return {name: getattr(row, name) for name in names if name not in _OWN | computed}
