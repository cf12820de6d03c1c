"""Questionnaires: questions, the sections they stand in, and the life of a wording."""

from collections.abc import Sequence
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Final, Self

from pydantic import AfterValidator, Field, StrictInt, StringConstraints, TypeAdapter, model_validator

from services.common.condition_syntax import LONGEST
from services.common.i18n import clean_text
from services.common.states import LifeCycle
from services.common.wire import Code, Flag, Request, Texts


class QuestionKind(StrEnum):
    """How a question is answered; a matrix is a section of them with one scale."""

    SINGLE = "single"
    MULTIPLE = "multiple"
    SCALE = "scale"
    NPS = "nps"
    NUMBER = "number"
    TEXT = "text"
    DATE = "date"
    TIME = "time"
    DATETIME = "datetime"
    RANK = "rank"
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
    MODULE = "module"
    SESSION = "session"
    LECTURER = "lecturer"
    VENUE = "venue"
    CULTURE = "culture"
    LOGISTICS = "logistics"


class BlockKind(StrEnum):
    """What a block of answers is about: each block is a response of its own (E1)."""

    EDITION = "edition"
    MODULE = "module"
    SESSION = "session"
    LECTURER = "lecturer"


class Dimension(StrEnum):
    """A fixed breakdown that the respondent's own optional answer makes possible."""

    COUNTRY = "country"
    SEX = "sex"
    AUDIENCE = "audience"


class SectionKind(StrEnum):
    """How the questions of a section stand together."""

    PAGE = "page"
    GROUP = "group"
    MATRIX = "matrix"
    """One table: each question a row, the shared scale or options its columns."""


class InstrumentVersionState(StrEnum):
    """The life of a version; once published it never changes (E5)."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    PUBLISHED = "published"
    RETIRED = "retired"


_V: Final = InstrumentVersionState
VERSION_LIFE: Final = LifeCycle(
    initial=InstrumentVersionState.DRAFT,
    transitions={
        # Whoever works alone publishes without a review.
        _V.DRAFT: frozenset({_V.IN_REVIEW, _V.PUBLISHED}),
        _V.IN_REVIEW: frozenset({_V.DRAFT, _V.PUBLISHED}),
        _V.PUBLISHED: frozenset({_V.RETIRED}),
        _V.RETIRED: frozenset(),
    },
)

NOT_APPLICABLE: Final = "not_applicable"
COUNTED_KINDS: Final = frozenset(
    {
        QuestionKind.SINGLE,
        QuestionKind.MULTIPLE,
        QuestionKind.SCALE,
        QuestionKind.NPS,
        QuestionKind.CONSENT,
    }
)
"""Kinds whose answers are few enough to be counted one by one, and shown as counts."""
MOST_QUESTIONS: Final = 300
MOST_SECTIONS: Final = 100
DEEPEST_SECTION: Final = 4
"""A page, two groups in it, and a matrix."""

Condition = Annotated[
    str,
    StringConstraints(max_length=LONGEST),
    AfterValidator(clean_text),
    Field(min_length=1, examples=["selected(${topics}, 'other')"]),
]
"""When something is asked or which answers it takes, in the expression language of XLSForm."""


class Scale(Request):
    """An ordered scale of whole numbers, with a label for each point that has one."""

    low: Annotated[StrictInt, Field(ge=0, le=1)] = 1
    high: Annotated[StrictInt, Field(ge=2, le=11)] = 5
    labels: dict[Code, Texts] = Field(default_factory=dict, max_length=12)


class Option(Request):
    """One of the answers to choose from."""

    code: Code
    label: Texts


_CHOOSING: Final = frozenset({QuestionKind.SINGLE, QuestionKind.MULTIPLE, QuestionKind.RANK})
_TESTABLE: Final = frozenset({QuestionKind.SINGLE, QuestionKind.MULTIPLE})
_UNANSWERED: Final = frozenset({QuestionKind.NOTE})


class Question(Request):
    """A question; its code is stable over versions, so that editions can be compared."""

    code: Code
    kind: QuestionKind
    text: Texts
    hint: Texts | None = None
    section: Code | None = None
    """The section it stands in; None at the top."""
    required: Flag = False
    """Where it is relevant."""
    relevance: Condition | None = None
    """When it is asked; always, where there is none."""
    constraint: Condition | None = None
    """Which answers it takes; `.` is the answer."""
    constraint_message: Texts | None = None
    scale: Scale | None = None
    options: list[Option] = Field(default_factory=list, max_length=300)
    correct: list[Code] = Field(default_factory=list, max_length=300)
    """Of a test: the options of a right answer; never shown to who is asked."""
    whole: Flag = False
    """Of a number: whether it has no fraction."""
    multiline: Flag = False
    reversed: Flag = False
    not_applicable: Flag = False
    """Whether "does not apply" is an answer; it is counted apart."""
    level: KirkpatrickLevel | None = None
    facet: Code | None = None
    criterion: DacCriterion | None = None
    subject: QuestionSubject = QuestionSubject.EDITION
    dimension: Dimension | None = None
    comparable_key: Code | None = None
    retrospective_pre_of: Code | None = None
    """The question about now of which this one asks, looking back, how it was before."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        codes = {option.code for option in self.options}
        if (self.kind in _CHOOSING) != bool(self.options) or len(codes) < len(self.options):
            raise ValueError("a question to choose from, and no other, has options with different codes")
        if NOT_APPLICABLE in codes:
            raise ValueError("that a question does not apply is said by `not_applicable`, not by an option")
        if (self.scale is not None) != (self.kind is QuestionKind.SCALE):
            raise ValueError("a scale question, and no other, has a scale")
        if self.scale and not {*self.scale.labels} <= {str(p) for p in self.points}:
            raise ValueError("a label must belong to a point of the scale")
        self._require_flags_that_fit()
        if self.correct and not self._can_be_marked(codes):
            raise ValueError("a right answer is made of options, one of them for a single choice")
        grouping = self.kind is QuestionKind.SINGLE and not self.required
        if self.dimension and not (grouping and self.subject is QuestionSubject.EDITION):
            raise ValueError("a breakdown is an optional single choice about the edition")
        return self

    def _require_flags_that_fit(self) -> None:
        flags = (
            (self.reversed, QuestionKind.SCALE, "only a scale can be reversed"),
            (self.whole, QuestionKind.NUMBER, "only a number can be whole"),
            (self.multiline, QuestionKind.TEXT, "only a text can have several lines"),
        )
        for is_set, kind, reason in flags:
            if is_set and self.kind is not kind:
                raise ValueError(reason)
        if self.kind in _UNANSWERED and (self.required or self.constraint or self.not_applicable):
            raise ValueError("a note takes no answer")

    def _can_be_marked(self, codes: set[str]) -> bool:
        one = self.kind is not QuestionKind.SINGLE or len(self.correct) == 1
        return self.kind in _TESTABLE and one and set(self.correct) <= codes

    @cached_property
    def points(self) -> range:
        """The points of the question's scale; 0 to 10 for NPS, empty without a scale."""
        if self.kind is QuestionKind.NPS:
            return range(11)
        return range(self.scale.low, self.scale.high + 1) if self.scale else range(0)

    @property
    def block(self) -> BlockKind:
        """The block that its answer belongs to."""
        about = {str(kind) for kind in BlockKind}
        return BlockKind(self.subject) if self.subject in about else BlockKind.EDITION


class Section(Request):
    """A page, a group or a matrix; it holds the questions that name it, and sections of its own."""

    code: Code
    kind: SectionKind = SectionKind.GROUP
    title: Texts | None = None
    parent: Code | None = None
    """The section it stands in; None at the top."""
    relevance: Condition | None = None
    """When its questions are asked."""


QUESTIONS: Final = TypeAdapter(list[Question])
SECTIONS: Final = TypeAdapter(list[Section])


def questions_about(questions: Sequence[Question], block: str) -> list[Question]:
    """Return the questions of a block: about a lecturer, session or module, or about the edition as a whole."""
    return [question for question in questions if question.block == block]


def blocks_of(questions: Sequence[Question]) -> list[BlockKind]:
    """Return which blocks a questionnaire has; the edition's stands first, and always."""
    asked = {question.block for question in questions}
    return [kind for kind in BlockKind if kind is BlockKind.EDITION or kind in asked]


def is_test(questions: Sequence[Question]) -> bool:
    """Say whether a questionnaire has right answers."""
    return any(question.correct for question in questions)
