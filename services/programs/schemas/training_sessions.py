"""Training sessions on the wire."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from services.common.wire import Answer, Flag, Id, Instant, Line, Request, Resource, Texts
from services.common.wire_codes import LanguageTag
from services.programs.domain.training_sessions import (
    ConflictCode,
    LecturerRole,
    TrainingSessionKind,
    TrainingSessionState,
)


class SessionLecturer(Request):
    """Who teaches, and as what."""

    lecturer_id: Id
    role: LecturerRole = LecturerRole.LECTURER
    interpreted: Flag = False


class SessionLecturerRead(Answer):
    """Who teaches, and as what."""

    lecturer_id: UUID
    role: LecturerRole
    interpreted: bool


class TrainingSessionMove(Request):
    """Another time, and another place if one is named."""

    starts_at: Instant
    ends_at: Instant
    venue: Line | None = None


class TrainingSessionCreate(TrainingSessionMove):
    """One meeting of a course."""

    kind: TrainingSessionKind
    title: Texts
    mandatory: Flag = True
    counts_for_attendance: Flag = True
    delivery_language: LanguageTag | None = None
    lecturers: list[SessionLecturer] = Field(default_factory=list, max_length=20)


class TrainingSessionCancellation(Request):
    """Why a meeting does not take place."""

    reason: Line


class TrainingSessionRead(Resource):
    """One meeting of a course."""

    edition_id: UUID
    kind: TrainingSessionKind
    title: dict[str, str]
    starts_at: datetime
    ends_at: datetime
    venue: str | None
    state: TrainingSessionState
    state_reason: str | None
    mandatory: bool
    counts_for_attendance: bool
    delivery_language: str | None
    lecturers: list[SessionLecturerRead]


class TimetableConflict(Answer):
    """Another meeting at the same time that needs the same lecturer or the same venue."""

    code: ConflictCode
    training_session_id: UUID
    edition_id: UUID
    starts_at: datetime
    ends_at: datetime


class TrainingSessionPlanned(TrainingSessionRead):
    """A meeting that was given its time, with warnings that its planner may override."""

    warnings: list[TimetableConflict]
