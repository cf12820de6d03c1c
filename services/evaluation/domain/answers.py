"""Answers to a questionnaire: what fits, what is missing, and what was not asked at all (E6)."""

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from services.common.conditions import find_irrelevant, holds
from services.common.problems import Fault
from services.common.wire import Text
from services.evaluation.domain.instruments import NOT_APPLICABLE, Question, QuestionKind
from services.evaluation.domain.wordings import Wording

_TEXT: Final = TypeAdapter[str](Text)
_MOMENTS: Final = {
    QuestionKind.DATE: re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"),
    QuestionKind.TIME: re.compile(r"[0-9]{2}:[0-9]{2}"),
    QuestionKind.DATETIME: re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}"),
}


@dataclass(frozen=True)
class Settled:
    """The answers of one block: those that count, and how many did not, for nobody was to be asked."""

    answers: Mapping[str, Any]
    irrelevant: AbstractSet[str]
    """Questions that these answers make irrelevant."""
    dropped: int


def settle_answers(
    wording: Wording, answers: Mapping[str, Any], today: date, pointer: str
) -> tuple[Settled, list[Fault]]:
    """Return the answers to what was relevant, and what is wrong with them; details never quote an answer.

    Answers to irrelevant questions are dropped and counted, whatever they are.
    """
    asked = wording.answerable
    faults = [
        Fault(f"{pointer}/{code}", "unknown_question", "The questionnaire has no such question here.")
        for code in answers.keys() - asked.keys()
    ]
    irrelevant = find_irrelevant(wording.conditions, answers, today) if wording.conditions else set()
    kept = {code: answer for code, answer in answers.items() if code in asked and code not in irrelevant}
    for code, question in asked.items():
        if code not in irrelevant and (fault := _find_fault(question, kept, today)):
            faults.append(Fault(f"{pointer}/{code}", *fault))
    return Settled(kept, irrelevant, len(irrelevant & answers.keys() & asked.keys())), faults


def _find_fault(question: Question, answers: Mapping[str, Any], today: date) -> tuple[str, str] | None:
    if question.code not in answers:
        return ("missing", "An answer is required.") if question.required else None
    answer = answers[question.code]
    if not fits(question, answer):
        return "answer", "The answer does not fit the question."
    if question.constraint and answer != NOT_APPLICABLE:
        others = {code: other for code, other in answers.items() if code != question.code}
        if not holds(question.constraint, others, today, answer):
            return "constraint", "The answer is outside of what the question takes."
    return None


def fits(question: Question, answer: object) -> bool:
    """Say whether an answer is of the question's type and on its scale or list; a note takes none."""
    if answer == NOT_APPLICABLE and question.not_applicable:
        return True
    if question.options:
        return _fits_options(question, answer)
    match question.kind:
        case QuestionKind.SCALE | QuestionKind.NPS:
            return type(answer) is int and answer in question.points
        case QuestionKind.NUMBER:
            types = (int,) if question.whole else (int, float)
            return type(answer) in types and abs(float(str(answer))) < 1e12
        case QuestionKind.CONSENT:
            return type(answer) is bool and (answer or not question.required)
        case QuestionKind.TEXT:
            return _is_text(answer)
        case _:
            return isinstance(answer, str) and _is_moment(question.kind, answer)


def _fits_options(question: Question, answer: object) -> bool:
    codes = {option.code for option in question.options}
    if question.kind is QuestionKind.SINGLE:
        return isinstance(answer, str) and answer in codes
    if not isinstance(answer, list) or not all(isinstance(code, str) for code in answer):
        return False
    different = set(answer) <= codes and len(set(answer)) == len(answer)
    return different and (question.kind is QuestionKind.MULTIPLE or len(answer) == len(codes))


def _is_moment(kind: QuestionKind, answer: str) -> bool:
    """Say whether it is a day, a time of day to the minute, or both, as clocks on the wall show them."""
    if kind not in _MOMENTS or not _MOMENTS[kind].fullmatch(answer):
        return False
    try:
        datetime.fromisoformat(f"2000-01-01T{answer}" if kind is QuestionKind.TIME else answer)
    except ValueError:
        return False
    return True


def _is_text(answer: object) -> bool:
    try:
        _TEXT.validate_python(answer, strict=True)
    except ValidationError:
        return False
    return True


def mark_answers(wording: Wording, answers: Mapping[str, Any]) -> tuple[int, int]:
    """Return how many of a test's questions were answered right, of how many; several options all or none."""
    marked = [question for question in wording.questions if question.correct]
    right = sum(set(_as_list(answers.get(question.code))) == set(question.correct) for question in marked)
    return right, len(marked)


def _as_list(answer: object) -> list[Any]:
    return answer if isinstance(answer, list) else [answer]
