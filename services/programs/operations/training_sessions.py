"""What can be done to an edition's timetable."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.common.audit import record_change
from services.common.clock import domain_now
from services.common.edtf import parse_edtf
from services.common.events import EventKind
from services.common.identity import Caller
from services.common.outbox import publish
from services.common.preconditions import require_version
from services.common.problems import Fault
from services.programs.db.editions import get_edition
from services.programs.db.programs import get_lecturer
from services.programs.db.tables import Edition, TrainingSession
from services.programs.db.timetables import get_training_session, list_concurrent
from services.programs.db.venues import get_venue, require_module
from services.programs.domain import events
from services.programs.domain.edition_guards import local_day
from services.programs.domain.editions import EditionState
from services.programs.domain.events import SessionLecturerData, TrainingSessionData
from services.programs.domain.problems import ActualInFuture, SessionOutsideEdition, TransitionRefused
from services.programs.domain.training_sessions import (
    TRAINING_SESSION_LIFE,
    Place,
    TrainingSessionState,
    find_conflicts,
)
from services.programs.operations.edition_clock import plan_clock
from services.programs.schemas.training_sessions import (
    TrainingSessionCancellation,
    TrainingSessionChange,
    TrainingSessionCreate,
    TrainingSessionDetails,
    TrainingSessionMove,
    TrainingSessionSetback,
)


async def create_training_session(
    session: AsyncSession, caller: Caller, edition_id: UUID, request: TrainingSessionCreate
) -> TrainingSession:
    """Put a meeting on the timetable; raises `SessionOutsideEdition`, `TransitionRefused` once that is over."""
    edition = await get_edition(session, edition_id)
    _require_open(edition)
    require_inside(edition, request.starts_at, request.ends_at)
    await _require_parts(session, caller, edition.id, request)
    fields = request.model_dump(exclude={"lecturers", "venue", "venue_id"})
    meeting = TrainingSession(
        edition_id=edition.id,
        state=TRAINING_SESSION_LIFE.initial,
        **fields,
        **await _place_of(session, request),
        lecturers=_plain_lecturers(request),
    )
    session.add(meeting)
    await record_change(session, caller, "training_session.scheduled", meeting)
    await tell_training_session(session, meeting, events.TRAINING_SESSION_SCHEDULED)
    await plan_clock(session, edition)
    return meeting


async def change_training_session(
    session: AsyncSession,
    caller: Caller,
    training_session_id: UUID,
    expected_version: int,
    request: TrainingSessionChange,
) -> TrainingSession:
    """Change what is held and who teaches; raises `ReferenceUnknown` for a module of another edition."""
    meeting = await get_training_session(session, training_session_id)
    require_version(meeting, expected_version)
    if meeting.state is TrainingSessionState.CANCELLED:
        raise TransitionRefused("A training session that is cancelled is not changed any more.")
    await _require_parts(session, caller, meeting.edition_id, request)
    changes = request.changes()
    if "lecturers" in changes:
        changes["lecturers"] = _plain_lecturers(request)
    for field, value in changes.items():
        setattr(meeting, field, value)
    await record_change(session, caller, "training_session.changed", meeting, changes)
    # Whoever is told keeps the newest state, whatever the kind of the event; nothing was moved.
    await tell_training_session(session, meeting, events.TRAINING_SESSION_SCHEDULED)
    return meeting


async def move_training_session(
    session: AsyncSession, caller: Caller, training_session_id: UUID, request: TrainingSessionMove
) -> TrainingSession:
    """Give a meeting another time or place, also one that the clock has held already."""
    meeting = await _enter(session, training_session_id, TrainingSessionState.MOVED)
    edition = await get_edition(session, meeting.edition_id)
    _require_open(edition)
    require_inside(edition, request.starts_at, request.ends_at)
    meeting.starts_at, meeting.ends_at = request.starts_at, request.ends_at
    meeting.set_back = False
    fields = ["starts_at", "ends_at"]
    if request.venue is not None or request.venue_id is not None:
        for field, value in (await _place_of(session, request)).items():
            setattr(meeting, field, value)
            fields.append(field)
    await record_change(session, caller, "training_session.moved", meeting, fields)
    await tell_training_session(session, meeting, events.TRAINING_SESSION_MOVED)
    await plan_clock(session, edition)
    return meeting


async def cancel_training_session(
    session: AsyncSession, caller: Caller, training_session_id: UUID, request: TrainingSessionCancellation
) -> TrainingSession:
    """Say that a meeting does not take place, and why."""
    meeting = await _enter(session, training_session_id, TrainingSessionState.CANCELLED)
    meeting.state_reason = request.reason
    await record_change(session, caller, "training_session.cancelled", meeting, ["state", "state_reason"])
    await tell_training_session(session, meeting, events.TRAINING_SESSION_CANCELLED)
    return meeting


async def set_back_training_session(
    session: AsyncSession, caller: Caller, training_session_id: UUID, request: TrainingSessionSetback
) -> TrainingSession:
    """Say that a meeting which the clock held has not been held, and why; it waits for somebody to decide.

    Raises `TransitionRefused` once the edition is over: that all its meetings are settled was its condition.
    """
    meeting = await _enter(session, training_session_id, TrainingSessionState.SCHEDULED)
    edition = await get_edition(session, meeting.edition_id, lock=True)
    if edition.state not in (EditionState.RUNNING, EditionState.SUSPENDED):
        raise TransitionRefused(f"The meetings of an edition that is {edition.state} are not set back.")
    meeting.state_reason, meeting.set_back = request.reason, True
    fields = ["state", "state_reason", "set_back"]
    await record_change(session, caller, "training_session.set_back", meeting, fields)
    await tell_training_session(session, meeting, events.TRAINING_SESSION_SCHEDULED)
    return meeting


async def hold_training_session(
    session: AsyncSession, caller: Caller, training_session_id: UUID
) -> TrainingSession:
    """Say that a meeting was held; raises `ActualInFuture` before its end."""
    meeting = await _enter(session, training_session_id, TrainingSessionState.HELD)
    edition = await get_edition(session, meeting.edition_id)
    if meeting.ends_at > await domain_now(session, edition.provenance):
        raise ActualInFuture("The meeting is not over.")
    meeting.state_reason, meeting.set_back = None, False
    fields = ["state", "state_reason", "set_back"]
    await record_change(session, caller, "training_session.held", meeting, fields)
    await tell_training_session(session, meeting, events.TRAINING_SESSION_HELD)
    await plan_clock(session, edition)
    return meeting


async def list_warnings(session: AsyncSession, meeting: TrainingSession) -> list[dict[str, Any]]:
    """Return which other meetings need the same lecturer or venue at the same time (invariant P5)."""
    wanted = _place(meeting)
    return [
        {
            "code": code,
            "training_session_id": other.id,
            "edition_id": other.edition_id,
            "starts_at": other.starts_at,
            "ends_at": other.ends_at,
        }
        for other in await list_concurrent(session, meeting)
        for code in find_conflicts(wanted, _place(other))
    ]


def _place(meeting: TrainingSession) -> Place:
    lecturers = frozenset(str(one["lecturer_id"]) for one in meeting.lecturers)
    return Place(meeting.venue, lecturers, str(meeting.venue_id) if meeting.venue_id else None)


async def _place_of(session: AsyncSession, request: TrainingSessionMove) -> dict[str, Any]:
    """Return where the meeting is; a venue with a record lends its name where no other words are given."""
    venue = await get_venue(session, request.venue_id) if request.venue_id else None
    return {"venue_id": request.venue_id, "venue": request.venue or (venue and venue.label)}


async def _require_parts(
    session: AsyncSession, caller: Caller, edition_id: UUID, request: TrainingSessionDetails
) -> None:
    if request.module_id is not None:
        await require_module(session, edition_id, request.module_id)
    for lecturer in request.lecturers:
        await get_lecturer(session, lecturer.lecturer_id, visible_to=caller)
        if lecturer.stands_in_for is not None:
            await get_lecturer(session, lecturer.stands_in_for, visible_to=caller)


def _plain_lecturers(request: TrainingSessionDetails) -> list[dict[str, Any]]:
    return [lecturer.model_dump(mode="json") for lecturer in request.lecturers]


def _require_open(edition: Edition) -> None:
    if edition.state in (EditionState.CANCELLED, EditionState.ARCHIVED):
        raise TransitionRefused(f"The timetable of an edition that is {edition.state} is closed.")


async def tell_training_session(session: AsyncSession, meeting: TrainingSession, kind: EventKind) -> None:
    """Publish the whole state of a meeting."""
    await publish(session, kind, training_session_data(meeting))


def training_session_data(meeting: TrainingSession) -> TrainingSessionData:
    """Return what others may know of a meeting."""
    return TrainingSessionData(
        aggregate_id=meeting.id,
        aggregate_version=meeting.version,
        edition_id=meeting.edition_id,
        module_id=meeting.module_id,
        kind=meeting.kind,
        title=meeting.title,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        state=meeting.state,
        mandatory=meeting.mandatory,
        counts_for_attendance=meeting.counts_for_attendance,
        venue=meeting.venue,
        delivery_language=meeting.delivery_language,
        interpretation=tuple(meeting.interpretation),
        modality=meeting.modality,
        lecturers=[SessionLecturerData.model_validate(lecturer) for lecturer in meeting.lecturers],
    )


def require_inside(edition: Edition, starts_at: datetime, ends_at: datetime) -> None:
    """Raise `SessionOutsideEdition` unless the meeting lies inside the edition (invariant P5)."""
    period = parse_edtf(edition.period)
    days = [local_day(moment, edition.zone) for moment in (starts_at, ends_at)]
    first, last = period.sort_key
    if starts_at >= ends_at or not all(first <= day <= last for day in days):
        raise SessionOutsideEdition(
            "A meeting ends after it begins, inside the edition's period.",
            errors=[Fault("/starts_at", "outside_edition", "Choose a time inside the edition.")],
        )


async def _enter(
    session: AsyncSession, training_session_id: UUID, target: TrainingSessionState
) -> TrainingSession:
    meeting = await get_training_session(session, training_session_id)
    if not TRAINING_SESSION_LIFE.may_become(meeting.state, target):
        raise TransitionRefused(f"A training session that is {meeting.state} cannot become {target}.")
    meeting.state = target
    return meeting
