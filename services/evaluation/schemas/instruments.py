"""What instruments look like on the wire."""

from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from services.common.actions import Action
from services.common.wire import Answer, Code, Request, Resource, Texts
from services.evaluation.domain.instruments import (
    MOST_QUESTIONS,
    MOST_SECTIONS,
    InstrumentVersionState,
    Question,
    Section,
)
from services.evaluation.domain.wordings import TranslationState
from services.evaluation.schemas.responses import AnswerValue


class InstrumentCreate(Request):
    """A new questionnaire, without questions yet."""

    code: Code = Field(examples=["avicenna-end"])
    title: Texts


class InstrumentRead(Resource):
    """A questionnaire over all its versions."""

    code: str
    title: dict[str, str]


class InstrumentVersionCreate(Request):
    """What a draft asks: questions, in the order in which they are asked, and the sections they stand in."""

    questions: list[Question] = Field(min_length=1, max_length=MOST_QUESTIONS)
    sections: list[Section] = Field(default_factory=list, max_length=MOST_SECTIONS)


class TranslationRead(Answer):
    """How far one language is."""

    state: TranslationState
    translated: int
    """Texts that exist in this language."""
    total: int


class InstrumentVersionSummary(Answer):
    """One version in the list of its instrument's."""

    id: UUID
    number: int
    state: InstrumentVersionState


class InstrumentVersionRead(Resource):
    """One wording of a questionnaire."""

    instrument_id: UUID
    number: int
    state: InstrumentVersionState
    questions: list[dict[str, Any]]
    sections: list[dict[str, Any]]
    languages: dict[str, TranslationRead]
    """By BCP 47 tag."""
    actions: list[Action]


class XlsFormNote(Answer):
    """Something that a form had and that was not taken over."""

    pointer: str
    """Sheet, row and column."""
    code: str
    detail: str


class InstrumentImport(Answer):
    """The draft that a form became."""

    version: InstrumentVersionRead
    left_out: list[XlsFormNote]


class InstrumentForm(Answer):
    """JSON Schema (2020-12) and UI hints of each kind of block, with texts in the reader's language."""

    edition: dict[str, Any]
    module: dict[str, Any] | None
    session: dict[str, Any] | None
    lecturer: dict[str, Any]


class InstrumentSurveyJs(Answer):
    """SurveyJS JSON of each kind of block that is asked, in all languages."""

    blocks: dict[str, dict[str, Any]]


class InstrumentPreviewAnswers(Request):
    """Answers to be tried on a version; nothing is kept of them."""

    block: Literal["edition", "module", "session", "lecturer"] = "edition"
    answers: dict[Code, AnswerValue] = Field(default_factory=dict, max_length=500)


class InstrumentPreviewFault(Answer):
    """What would be refused."""

    pointer: str
    code: str
    detail: str


class InstrumentPreview(Answer):
    """What would become of answers."""

    asked: list[str]
    """Questions that these answers make relevant, notes included."""
    counted: dict[str, AnswerValue]
    dropped: int
    """Answers to questions that are not relevant."""
    errors: list[InstrumentPreviewFault]
