"""Training sessions on the wire."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from services.common.wire import Answer, Flag, Id, Instant, Line, Reference, Request, Resource, Texts
from services.common.wire_codes import LanguageTag
from services.programs.domain.editions import Modality
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
    stands_in_for: Id | None = None
    """The lecturer who was to teach here and does not."""


class SessionLecturerRead(Answer):
    """Who teaches, and as what."""

    lecturer_id: UUID
    role: LecturerRole
    interpreted: bool
    stands_in_for: UUID | None


class Material(Request):
    """Something that participants get."""

    title: Line
    url: Annotated[Line, Field(pattern=r"^https?://[^\s]+$")]
    language: LanguageTag | None = None


class MaterialRead(Answer):
    """Something that participants get."""

    title: str
    url: str
    language: str | None


class TrainingSessionMove(Request):
    """Another time, and another place if one is named."""

    starts_at: Instant
    ends_at: Instant
    venue: Line | None = None
    """In words; the label of the venue where `venue_id` names one and nothing else is said."""
    venue_id: Id | None = None


class TrainingSessionDetails(Request):
    """What is held, and for whom; time and place apart."""

    mandatory: Flag = True
    counts_for_attendance: Flag = True
    delivery_language: LanguageTag | None = None
    interpretation: list[LanguageTag] = Field(default_factory=list, max_length=10)
    """Languages into which it is interpreted."""
    modality: Modality | None = None
    """How people take part in it; without one, as in its edition."""
    module_id: Id | None = None
    lecturers: list[SessionLecturer] = Field(default_factory=list, max_length=20)
    materials: list[Material] = Field(default_factory=list, max_length=50)

    @model_validator(mode="after")
    def _replaced(self) -> Self:
        teaching = {lecturer.lecturer_id for lecturer in self.lecturers}
        replaced = [each.stands_in_for for each in self.lecturers if each.stands_in_for]
        if teaching & set(replaced) or len(set(replaced)) < len(replaced):
            raise ValueError("whoever is replaced, by one other, does not teach in the same meeting")
        return self


class TrainingSessionCreate(TrainingSessionMove, TrainingSessionDetails):
    """One meeting of a course."""

    kind: TrainingSessionKind
    title: Texts


class TrainingSessionChange(TrainingSessionDetails):
    """What is to be different; what is left out stays as it is. Time and place are changed by a move."""

    kind: TrainingSessionKind | None = None
    title: Texts | None = None

    @model_validator(mode="after")
    def _named(self) -> Self:
        if any(name in self.model_fields_set and getattr(self, name) is None for name in ("kind", "title")):
            raise ValueError("a meeting has a kind and a title")
        return self


class TrainingSessionCancellation(Request):
    """Why a meeting does not take place."""

    reason: Line


class TrainingSessionSetback(Request):
    """Why a meeting whose time is over was not held."""

    reason: Line


class TrainingSessionRead(Resource):
    """One meeting of a course."""

    edition_id: UUID
    kind: TrainingSessionKind
    title: dict[str, str]
    starts_at: datetime
    ends_at: datetime
    module_id: UUID | None
    venue: str | None
    venue_id: UUID | None
    state: TrainingSessionState
    state_reason: str | None
    mandatory: bool
    counts_for_attendance: bool
    delivery_language: str | None
    interpretation: list[str]
    modality: Modality | None
    lecturers: list[SessionLecturerRead]
    materials: list[MaterialRead]


class TimetableConflict(Answer):
    """Another meeting at the same time that needs the same lecturer or the same venue."""

    code: ConflictCode
    training_session_id: UUID
    edition_id: UUID
    starts_at: datetime
    ends_at: datetime


class TrainingSessionPlanned(TrainingSessionRead):
    """A single meeting, with warnings that its planner may override."""

    edition: Reference
    module: Reference | None
    warnings: list[TimetableConflict]
