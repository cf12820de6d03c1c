"""What suggestions and recommendations look like on the wire."""

from uuid import UUID

from pydantic import Field

from services.common.clock import Provenance
from services.common.wire import Answer, Id, Line, Request, Resource, Text, Texts
from services.common.wire_codes import EdtfText, LanguageTag
from services.evaluation.domain.recommendations import (
    Moderation,
    Priority,
    RecommendationState,
    RecommendationVerdict,
    Translator,
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
    language: LanguageTag | None = None
    """Of the original."""
    reason: Line | None = None


class SuggestionTranslation(Request):
    """The text in another language, for readers of the moderated wording's language."""

    language: LanguageTag
    text: Text
    translator: Translator


class SuggestionTranslationRead(Answer):
    """A translation and who made it."""

    language: str
    text: str
    translator: Translator


class SuggestionRead(Resource):
    """A moderated free text."""

    edition_id: UUID
    subject_kind: str
    subject_id: UUID
    question_code: str | None
    original: str | None
    """For evaluators alone."""
    language: str | None
    translation: SuggestionTranslationRead | None
    shown: str | None
    moderation: Moderation
    reason: str | None


class RecommendationCreate(Request):
    """What should be different in later editions."""

    edition_id: Id
    title: Texts
    priority: Priority = Priority.MEDIUM
    addressee: Line | None = None
    """Who is asked to act: a unit or an office, not a person."""
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


class RecommendationLapse(Request):
    """Why nothing more will come of what was agreed."""

    reason: Text


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
    addressee: str | None
    suggestions: list[str]
    state: RecommendationState
    response_reason: str | None
    lapse_reason: str | None
    owner: str | None
    due: str | None
    design_change_edition_id: UUID | None
    verified_by_snapshot_id: UUID | None


class SaidAndDone(Answer):
    """One recommendation as participants see it: what they said, what the agency answered, what came of it."""

    recommendation_id: UUID
    title: dict[str, str]
    said: list[str]
    """Texts that a moderator made public."""
    state: RecommendationState
    answer: str | None
    """Why it was agreed or rejected."""
    changed_edition_id: UUID | None
    changed_edition_title: dict[str, str] | None
    verified: bool


class YouSaidWeDid(Answer):
    """What became of what an edition's participants suggested."""

    edition_id: UUID
    items: list[SaidAndDone]
