"""Questionnaires: questions, their versions, and whether an answer fits its question."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Final, Self

from pydantic import Field, StrictInt, TypeAdapter, ValidationError, model_validator

from services.common.i18n import pick
from services.common.problems import Fault
from services.common.states import LifeCycle
from services.common.wire import Code, Flag, Request, Text, Texts


class QuestionKind(StrEnum):
    """How a question is answered."""

    SINGLE = "single"
    MULTIPLE = "multiple"
    SCALE = "scale"
    NPS = "nps"
    NUMBER = "number"
    TEXT = "text"
    CONSENT = "consent"
    NOTE = "note"


class KirkpatrickLevel(StrEnum):
    """Levels of training evaluation (Kirkpatrick, New World model)."""

    REACTION = "L1"
    LEARNING = "L2"
    BEHAVIOR = "L3"
    RESULTS = "L4"


class DacCriterion(StrEnum):
    """The six evaluation criteria of the OECD DAC (2019) and mutual benefit."""

    RELEVANCE = "relevance"
    COHERENCE = "coherence"
    EFFECTIVENESS = "effectiveness"
    EFFICIENCY = "efficiency"
    IMPACT = "impact"
    SUSTAINABILITY = "sustainability"
    MUTUAL_BENEFIT = "mutual_benefit"


class QuestionSubject(StrEnum):
    """What a question is about."""

    EDITION = "edition"
    LECTURER = "lecturer"
    VENUE = "venue"
    CULTURE = "culture"
    LOGISTICS = "logistics"


class Dimension(StrEnum):
    """A fixed breakdown that the respondent's own optional answer makes possible."""

    COUNTRY = "country"
    SEX = "sex"
    AUDIENCE = "audience"


class InstrumentVersionState(StrEnum):
    """The life of a version; once published it never changes."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


VERSION_LIFE: Final = LifeCycle(
    initial=InstrumentVersionState.DRAFT,
    transitions={
        InstrumentVersionState.DRAFT: frozenset({InstrumentVersionState.PUBLISHED}),
        InstrumentVersionState.PUBLISHED: frozenset({InstrumentVersionState.RETIRED}),
        InstrumentVersionState.RETIRED: frozenset(),
    },
)


NOT_APPLICABLE: Final = "not_applicable"


class Scale(Request):
    """An ordered scale of whole numbers, with a label for each point that has one."""

    low: Annotated[StrictInt, Field(ge=0, le=1)] = 1
    high: Annotated[StrictInt, Field(ge=2, le=11)] = 5
    labels: dict[Code, Texts] = Field(default_factory=dict, max_length=12)


class Option(Request):
    """One of the answers to choose from."""

    code: Code
    label: Texts


class Question(Request):
    """A question; its code is stable over versions, so that editions can be compared."""

    code: Code
    kind: QuestionKind
    text: Texts
    required: Flag = False
    scale: Scale | None = None
    options: list[Option] = Field(default_factory=list, max_length=300)
    reversed: Flag = False
    not_applicable: Flag = False
    """Whether "does not apply" is an answer; it is counted apart."""
    level: KirkpatrickLevel | None = None
    facet: Code | None = None
    criterion: DacCriterion | None = None
    subject: QuestionSubject = QuestionSubject.EDITION
    dimension: Dimension | None = None
    comparable_key: Code | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        chooses = self.kind in (QuestionKind.SINGLE, QuestionKind.MULTIPLE)
        if chooses != bool(self.options) or len({o.code for o in self.options}) < len(self.options):
            raise ValueError("a question to choose from, and no other, has options with different codes")
        if NOT_APPLICABLE in {option.code for option in self.options}:
            raise ValueError("that a question does not apply is said by `not_applicable`, not by an option")
        if (self.scale is not None) != (self.kind is QuestionKind.SCALE):
            raise ValueError("a scale question, and no other, has a scale")
        if self.scale and not {*self.scale.labels} <= {str(p) for p in self.points}:
            raise ValueError("a label must belong to a point of the scale")
        if self.reversed and self.kind is not QuestionKind.SCALE:
            raise ValueError("only a scale can be reversed")
        grouping = self.kind is QuestionKind.SINGLE and not self.required
        if self.dimension and not (grouping and self.subject is QuestionSubject.EDITION):
            raise ValueError("a breakdown is an optional single choice about the edition")
        return self

    @property
    def points(self) -> range:
        """The points of the question's scale; 0 to 10 for NPS, empty without a scale."""
        if self.kind is QuestionKind.NPS:
            return range(11)
        return range(self.scale.low, self.scale.high + 1) if self.scale else range(0)


QUESTIONS: Final = TypeAdapter(list[Question])
_TEXT: Final = TypeAdapter[str](Text)


def questions_about(questions: Sequence[Question], subject_kind: str) -> list[Question]:
    """Return the questions of a subject block: those about a lecturer, or all others."""
    about_lecturer = subject_kind == QuestionSubject.LECTURER
    return [q for q in questions if (q.subject is QuestionSubject.LECTURER) == about_lecturer]


def find_faults(questions: Sequence[Question], answers: Mapping[str, object], pointer: str) -> list[Fault]:
    """Return what is wrong with the answers of one block; details never quote an answer."""
    known = {q.code: q for q in questions if q.kind is not QuestionKind.NOTE}
    faults = [
        Fault(f"{pointer}/{code}", "unknown_question", "The questionnaire has no such question here.")
        for code in answers.keys() - known.keys()
    ]
    for code, question in known.items():
        if code not in answers:
            if question.required:
                faults.append(Fault(f"{pointer}/{code}", "missing", "An answer is required."))
        elif not fits(question, answers[code]):
            faults.append(Fault(f"{pointer}/{code}", "answer", "The answer does not fit the question."))
    return faults


def fits(question: Question, answer: object) -> bool:
    """Say whether an answer is of the question's type and on its scale or list."""
    if answer == NOT_APPLICABLE and question.not_applicable:
        return True
    codes = {option.code for option in question.options}
    match question.kind:
        case QuestionKind.SCALE | QuestionKind.NPS:
            return type(answer) is int and answer in question.points
        case QuestionKind.NUMBER:
            return type(answer) in (int, float) and abs(float(str(answer))) < 1e12
        case QuestionKind.CONSENT:
            return type(answer) is bool and (answer or not question.required)
        case QuestionKind.SINGLE:
            return isinstance(answer, str) and answer in codes
        case QuestionKind.MULTIPLE:
            listed = isinstance(answer, list) and all(isinstance(code, str) for code in answer)
            return listed and set(answer) <= codes and len(set(answer)) == len(answer)  # type: ignore[arg-type, call-overload]  # listed says so
        case _:  # a note takes no answer
            return question.kind is QuestionKind.TEXT and _is_text(answer)


def _is_text(answer: object) -> bool:
    try:
        _TEXT.validate_python(answer, strict=True)
    except ValidationError:
        return False
    return True


def describe_block(questions: Sequence[Question], language: str | None) -> dict[str, object]:
    """Return JSON Schema (2020-12) and UI hints of one block, with texts in one language."""
    asked = [q for q in questions if q.kind is not QuestionKind.NOTE]
    return {
        "schema": {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "type": "object",
            "additionalProperties": False,
            "required": [q.code for q in asked if q.required],
            "properties": {q.code: _property(q, language) for q in asked},
        },
        "ui": {
            "order": [q.code for q in questions],
            "questions": {q.code: _hints(q, language) for q in questions},
        },
    }


def _property(question: Question, language: str | None) -> dict[str, object]:
    choices = [{"const": o.code, "title": pick(o.label, language).text} for o in question.options]
    points = question.points
    shapes: dict[QuestionKind, dict[str, object]] = {
        QuestionKind.SINGLE: {"type": "string", "oneOf": choices},
        QuestionKind.MULTIPLE: {"type": "array", "uniqueItems": True, "items": {"oneOf": choices}},
        QuestionKind.SCALE: {
            "type": "integer",
            "minimum": min(points, default=0),
            "maximum": max(points, default=0),
        },
        QuestionKind.NPS: {"type": "integer", "minimum": 0, "maximum": 10},
        QuestionKind.NUMBER: {"type": "number"},
        QuestionKind.CONSENT: {"const": True} if question.required else {"type": "boolean"},
        QuestionKind.TEXT: {"type": "string", "minLength": 1, "maxLength": 20_000},
    }
    shape = shapes[question.kind]
    if question.not_applicable:
        shape = {"anyOf": [shape, {"const": NOT_APPLICABLE}]}
    return {"title": pick(question.text, language).text} | shape


def _hints(question: Question, language: str | None) -> dict[str, object]:
    labels = question.scale.labels if question.scale else {}
    return {
        "widget": question.kind,
        "text": pick(question.text, language).text,
        "required": question.required,
        "not_applicable": question.not_applicable,
        "labels": {point: pick(label, language).text for point, label in labels.items()},
    }
