"""What suggestions and recommendations look like on the wire."""

from uuid import UUID

from pydantic import Field

from services.common.clock import Provenance
from services.common.wire import Id, Line, Request, Resource, Text, Texts
from services.common.wire_codes import EdtfText
from services.evaluation.domain.recommendations import (
    Moderation,
    Priority,
    RecommendationState,
    RecommendationVerdict,
)


class SuggestionCreate(Request):
    """What somebody suggested to staff; not yet moderated."""

    edition_id: Id
    text: Text


class SuggestionModerate(Request):
    """Who may read a free text, and in which wording; the original is kept."""

    moderation: Moderation
    shown: Text | None = None
    """The wording to be shown; needed to show anything."""
    reason: Line | None = None


class SuggestionRead(Resource):
    """A moderated free text."""

    edition_id: UUID
    subject_kind: str
    subject_id: UUID
    question_code: str | None
    original: str | None
    """For evaluators alone."""
    shown: str | None
    moderation: Moderation
    reason: str | None


class RecommendationCreate(Request):
    """What should be different in later editions."""

    edition_id: Id
    title: Texts
    priority: Priority = Priority.MEDIUM
    suggestions: list[Id] = Field(default_factory=list, max_length=50)


class ManagementResponse(Request):
    """What management says, why, who acts and until when (EDTF)."""

    verdict: RecommendationVerdict
    reason: Text
    owner: Line | None = None
    due: EdtfText | None = None


class DesignChangeRecord(Request):
    """The later edition that is different because of the recommendation."""

    edition_id: Id


class RecommendationVerify(Request):
    """The result that shows whether the change worked."""

    result_id: Id


class RecommendationRead(Resource):
    """A recommendation with its management response and what became of it."""

    edition_id: UUID
    program_id: UUID
    provenance: Provenance
    title: dict[str, str]
    priority: Priority
    suggestions: list[str]
    state: RecommendationState
    response_reason: str | None
    owner: str | None
    due: str | None
    design_change_edition_id: UUID | None
    verified_by_snapshot_id: UUID | None
