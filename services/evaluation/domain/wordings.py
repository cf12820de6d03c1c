"""A wording of a questionnaire: its questions and sections together, what must hold of them, its languages."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Final

from services.common.condition_syntax import Node
from services.common.conditions import ValueKind, Variable, all_of, check_condition, find_cycle
from services.common.problems import Fault
from services.evaluation.domain.instruments import (
    DEEPEST_SECTION,
    NOT_APPLICABLE,
    QUESTIONS,
    SECTIONS,
    BlockKind,
    Question,
    QuestionKind,
    Section,
    SectionKind,
    questions_about,
)

_KINDS: Final[Mapping[QuestionKind, ValueKind]] = {
    QuestionKind.SINGLE: ValueKind.CHOICE,
    QuestionKind.MULTIPLE: ValueKind.CHOICES,
    QuestionKind.RANK: ValueKind.CHOICES,
    QuestionKind.SCALE: ValueKind.NUMBER,
    QuestionKind.NPS: ValueKind.NUMBER,
    QuestionKind.NUMBER: ValueKind.NUMBER,
    QuestionKind.TEXT: ValueKind.TEXT,
    QuestionKind.TIME: ValueKind.TEXT,
    QuestionKind.DATETIME: ValueKind.TEXT,
    QuestionKind.DATE: ValueKind.DATE,
    QuestionKind.CONSENT: ValueKind.TICK,
}
"""What conditions see of an answer; a note has none."""


class TranslationState(StrEnum):
    """How far a language of a wording is."""

    PARTIAL = "partial"
    COMPLETE = "complete"
    REVIEWED = "reviewed"


@dataclass(frozen=True)
class Translation:
    """One language of a wording: how many of its texts exist, of how many."""

    state: TranslationState
    translated: int
    total: int


@dataclass(frozen=True)
class Wording:
    """What a version of a questionnaire asks."""

    questions: Sequence[Question]
    sections: Sequence[Section] = ()

    @classmethod
    def read(cls, questions: object, sections: object = ()) -> "Wording":
        """Return the wording of stored questions and sections."""
        return cls(QUESTIONS.validate_python(questions), SECTIONS.validate_python(list(sections)))  # type: ignore[call-overload]  # a list of JSON objects

    @cached_property
    def by_code(self) -> Mapping[str, Section]:
        """The sections by their codes."""
        return {section.code: section for section in self.sections}

    @cached_property
    def answerable(self) -> Mapping[str, Question]:
        """The questions that take an answer, by their codes."""
        return {
            question.code: question for question in self.questions if question.kind is not QuestionKind.NOTE
        }

    def path(self, question: Question) -> list[Section]:
        """Return the sections that a question stands in, the outermost first."""
        return self._upwards(question.section)[::-1]

    def page_of(self, question: Question) -> Section | None:
        """Return the page that a question stands on, None if on none."""
        outermost = next(iter(self.path(question)), None)
        return outermost if outermost and outermost.kind is SectionKind.PAGE else None

    def above(self, section: Section) -> list[Section]:
        """Return a section and those around it, the outermost first."""
        return self._upwards(section.code)[::-1]

    def _upwards(self, code: str | None) -> list[Section]:
        found: list[Section] = []
        while code is not None and code in self.by_code and len(found) <= len(self.sections):
            found.append(self.by_code[code])
            code = found[-1].parent
        return found

    @cached_property
    def conditions(self) -> Mapping[str, Node]:
        """When each question is asked that is not always: its own condition and those of its sections."""
        found = {}
        for question in self.questions:
            texts = [s.relevance for s in self.path(question)] + [question.relevance]
            if own := [text for text in texts if text is not None]:
                found[question.code] = all_of(own)
        return found

    def about(self, block: str) -> "Wording":
        """Return what is asked in one block, with the sections that are not empty there."""
        return self._blocks[BlockKind(block)]

    @cached_property
    def _blocks(self) -> Mapping[BlockKind, "Wording"]:
        return {block: self._part(questions_about(self.questions, block)) for block in BlockKind}

    def _part(self, questions: Sequence[Question]) -> "Wording":
        kept = {section.code for question in questions for section in self.path(question)}
        return Wording(questions, [section for section in self.sections if section.code in kept])


def variable_of(question: Question) -> Variable:
    """Return what conditions may know of a question's answers; a note has none."""
    codes = {option.code for option in question.options} or {str(point) for point in question.points}
    if codes and question.not_applicable:
        codes.add(NOT_APPLICABLE)
    return Variable(_KINDS[question.kind], frozenset(codes))


def check_wording(wording: Wording) -> list[Fault]:
    """Return everything that keeps a wording from being saved, with pointers into the request."""
    faults = [*_find_doubles(wording), *_check_sections(wording), *_check_places(wording)]
    if not faults:
        faults = [*_check_matrices(wording), *_check_conditions(wording), *_check_looking_back(wording)]
    return faults


def translations_of(wording: Wording, reviewed: Sequence[str] = ()) -> dict[str, Translation]:
    """Return each language that a wording has texts in, and how far it is."""
    texts = list(texts_of(wording))
    found = {}
    for tag in sorted({tag for text in texts for tag in text}):
        translated = sum(tag in text for text in texts)
        whole = TranslationState.REVIEWED if tag in reviewed else TranslationState.COMPLETE
        state = whole if translated == len(texts) else TranslationState.PARTIAL
        found[tag] = Translation(state, translated, len(texts))
    return found


def texts_of(wording: Wording) -> Iterator[Mapping[str, str]]:
    """Yield every text that respondents may see."""
    for section in wording.sections:
        if section.title:
            yield section.title
    for question in wording.questions:
        yield question.text
        yield from (text for text in (question.hint, question.constraint_message) if text)
        yield from (option.label for option in question.options)
        yield from (question.scale.labels.values() if question.scale else ())


def _find_doubles(wording: Wording) -> Iterator[Fault]:
    seen: set[str] = set()
    keys: set[str] = set()
    for pointer, code in (
        *((f"/sections/{number}/code", section.code) for number, section in enumerate(wording.sections)),
        *((f"/questions/{number}/code", question.code) for number, question in enumerate(wording.questions)),
    ):
        if code in seen:
            yield Fault(pointer, "code_taken", "A code names one question or section of a version.")
        seen.add(code)
    for number, question in enumerate(wording.questions):
        if question.comparable_key in keys:
            yield Fault(f"/questions/{number}/comparable_key", "key_taken", "One question has this key.")
        if question.comparable_key is not None:
            keys.add(question.comparable_key)


def _check_sections(wording: Wording) -> Iterator[Fault]:
    declared: dict[str, Section] = {}
    for number, section in enumerate(wording.sections):
        pointer = f"/sections/{number}/parent"
        parent = declared.get(section.parent or "")
        if section.parent is not None and parent is None:
            yield Fault(pointer, "no_section", "Expected a section that stands before this one.")
        elif section.kind is SectionKind.PAGE and parent is not None:
            yield Fault(pointer, "page_inside", "A page stands in no other section.")
        elif parent is not None and parent.kind is SectionKind.MATRIX:
            yield Fault(pointer, "section_in_matrix", "A matrix holds questions only.")
        declared[section.code] = section
        if len(wording.above(section)) > DEEPEST_SECTION:
            yield Fault(pointer, "too_deep", f"Sections stand in one another {DEEPEST_SECTION} deep at most.")


def _check_places(wording: Wording) -> Iterator[Fault]:
    """Each section's questions stand together, so that it can be shown, and exported, in one piece."""
    left: set[str] = set()
    current: list[str] = []
    for number, question in enumerate(wording.questions):
        pointer = f"/questions/{number}/section"
        if question.section is not None and question.section not in wording.by_code:
            yield Fault(pointer, "no_section", "There is no such section.")
            continue
        path = [section.code for section in wording.path(question)]
        left |= set(current) - set(path)
        if left & set(path):
            yield Fault(pointer, "section_torn", "The questions of a section stand one after the other.")
        current = path


def _check_matrices(wording: Wording) -> Iterator[Fault]:
    for section in wording.sections:
        if section.kind is not SectionKind.MATRIX:
            continue
        rows = [(n, q) for n, q in enumerate(wording.questions) if q.section == section.code]
        for number, question in rows:
            first = rows[0][1]
            kinds = (QuestionKind.SINGLE, QuestionKind.MULTIPLE, QuestionKind.SCALE)
            same = (question.kind, question.scale, question.options, question.block) == (
                *(first.kind, first.scale, first.options, first.block),
            )
            if question.kind not in kinds or not same:
                yield Fault(
                    f"/questions/{number}", "matrix_row", "The rows of a matrix share one scale or options."
                )


def _check_conditions(wording: Wording) -> Iterator[Fault]:
    known = {
        block: {q.code: variable_of(q) for q in questions_about(wording.questions, block) if q.kind in _KINDS}
        for block in BlockKind
    }
    faults: list[Fault] = []
    for number, section in enumerate(wording.sections):
        blocks = {q.block for q in wording.questions if section in wording.path(q)}
        for block in sorted(blocks) if section.relevance else ():
            found = check_condition(section.relevance or "", known[block])
            faults += [fault.under(f"/sections/{number}/relevance") for fault in found]
    for number, question in enumerate(wording.questions):
        variables = known[question.block]
        if question.relevance is not None:
            found = check_condition(question.relevance, variables)
            faults += [fault.under(f"/questions/{number}/relevance") for fault in found]
        if question.constraint is not None:
            found = check_condition(question.constraint, variables, variable_of(question))
            faults += [fault.under(f"/questions/{number}/constraint") for fault in found]
    yield from dict.fromkeys(faults)
    if not faults:
        yield from _find_circles(wording)


def _check_looking_back(wording: Wording) -> Iterator[Fault]:
    """Then and now are compared point by point, so that both are asked on one scale about the edition."""
    taken: set[str] = set()
    for number, then in enumerate(wording.questions):
        if then.retrospective_pre_of is None:
            continue
        pointer = f"/questions/{number}/retrospective_pre_of"
        now = wording.answerable.get(then.retrospective_pre_of)
        if now is None or now.retrospective_pre_of is not None:
            yield Fault(pointer, "no_question", "Expected a question of this version that asks about now.")
        elif (
            then.kind not in (QuestionKind.SCALE, QuestionKind.NPS)
            or (then.kind, then.points, then.reversed) != (now.kind, now.points, now.reversed)
            or {then.block, now.block} != {BlockKind.EDITION}
        ):
            yield Fault(pointer, "not_comparable", "Both are asked on the same scale about the edition.")
        elif now.code in taken:
            yield Fault(pointer, "asked_twice", "A question has one other that looks back.")
        taken.add(then.retrospective_pre_of)


def _find_circles(wording: Wording) -> Iterator[Fault]:
    circle = set(find_cycle(wording.conditions))
    for number, question in enumerate(wording.questions):
        if question.code in circle:
            yield Fault(
                f"/questions/{number}/relevance", "condition_circle", "Whether it is asked depends on itself."
            )
