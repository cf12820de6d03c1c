"""A new edition like an old one."""

from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.inspection import inspect

from services.common.audit import record_change
from services.common.identity import Caller
from services.programs.db.editions import (
    get_edition,
    list_edition_countries,
    list_seat_lines,
    list_timetable,
)
from services.programs.db.tables import Edition, EditionCountry, SeatLine, TrainingSession
from services.programs.domain import events
from services.programs.domain.editions import CountryRelation, EditionState
from services.programs.domain.training_sessions import TrainingSessionState
from services.programs.operations.editions import bounds_of, require_demonstration, tell
from services.programs.operations.training_sessions import tell_training_session
from services.programs.schemas.editions import EditionClone

_OWN: Final = frozenset({"id", "created_at", "updated_at", "version"})


async def clone_edition(
    session: AsyncSession, caller: Caller, edition_id: UUID, request: EditionClone, *, demonstration: bool
) -> Edition:
    """Make a draft with the seats, timetable, rules and form of an edition.

    Call, replacement deadline and timetable move by as many days as the earliest day does; countries that
    took part are targeted. Public text and what sources state belong to the old edition and stay there.
    """
    require_demonstration(request.provenance, demonstration=demonstration)
    origin = await get_edition(session, edition_id)
    fields = _columns(origin) | request.model_dump() | bounds_of(request.period)
    edition = Edition(
        **fields
        | {
            "program": origin.program,
            "predecessor_id": origin.id,
            "state": EditionState.DRAFT,
            "state_reason": None,
            "stated_as_of": None,
            "historic": False,
            "pilot": False,
            "public_text": None,
        }
    )
    shift = edition.earliest - origin.earliest
    for field in ("call_opens_at", "call_closes_at", "replacement_until"):
        if (moment := getattr(origin, field)) is not None:
            setattr(edition, field, moment + shift)
    session.add(edition)
    await record_change(session, caller, "edition.cloned", edition)
    places = {row.place: row for row in await list_edition_countries(session, origin.id)}
    for place in places.values():
        copied = _columns(place) | {"edition_id": edition.id, "relation": CountryRelation.TARGETED}
        copied["head_count"] = None
        session.add(EditionCountry(**copied))
    for line in await list_seat_lines(session, origin.id):
        new_line = SeatLine(**_columns(line) | {"edition_id": edition.id, "reallocation_on": None})
        session.add(new_line)
        await record_change(session, caller, "seat_line.created", new_line)
    for meeting in await list_timetable(session, [origin.id]):
        if meeting.state is TrainingSessionState.CANCELLED:
            continue
        copied = _columns(meeting) | {
            "edition_id": edition.id,
            "starts_at": meeting.starts_at + shift,
            "ends_at": meeting.ends_at + shift,
            "state": TrainingSessionState.SCHEDULED,
            "state_reason": None,
        }
        new_meeting = TrainingSession(**copied)
        session.add(new_meeting)
        await record_change(session, caller, "training_session.scheduled", new_meeting)
        await tell_training_session(session, new_meeting, events.TRAINING_SESSION_SCHEDULED)
    await tell(session, edition)
    return edition


def _columns(row: object) -> dict[str, object]:
    mapper = inspect(type(row)).column_attrs
    return {attribute.key: getattr(row, attribute.key) for attribute in mapper if attribute.key not in _OWN}
