"""Questionnaires as JSON of SurveyJS (https://surveyjs.io/form-library/documentation), in all their languages.

Answers keep the shape that this service takes: a flat object by question code, so a matrix is a panel of ratings.
Conditions are written in SurveyJS's expressions; its `regex()` is no built-in and has to be registered by the page,
and so has `retrospectivePreOf`, a property of our own: the question that one looks back from.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from services.common.condition_syntax import (
    Comparison,
    Junction,
    Literal,
    Named,
    Node,
    Own,
    parse_condition,
)
from services.common.conditions import ValueKind, Variables
from services.common.i18n import pick
from services.evaluation.domain.instruments import (
    NOT_APPLICABLE,
    Option,
    Question,
    QuestionKind,
    Section,
)
from services.evaluation.domain.wordings import Wording, variable_of

_NOT_APPLICABLE_TEXT: Final = {"en": "Does not apply", "ru": "Не применимо", "kk": "Қатысы жоқ"}
_TYPES: Final[Mapping[QuestionKind, Mapping[str, Any]]] = {
    QuestionKind.SINGLE: {"type": "radiogroup"},
    QuestionKind.MULTIPLE: {"type": "checkbox"},
    QuestionKind.RANK: {"type": "ranking"},
    QuestionKind.SCALE: {"type": "rating"},
    QuestionKind.NPS: {"type": "rating"},
    QuestionKind.NUMBER: {"type": "text", "inputType": "number"},
    QuestionKind.TEXT: {"type": "text"},
    QuestionKind.DATE: {"type": "text", "inputType": "date"},
    QuestionKind.TIME: {"type": "text", "inputType": "time"},
    QuestionKind.DATETIME: {"type": "text", "inputType": "datetime-local"},
    QuestionKind.CONSENT: {"type": "boolean", "renderAs": "checkbox"},
    QuestionKind.NOTE: {"type": "html"},
}

_SIGNS: Final = {"!=": "<>"}
_FUNCTIONS: Final = {"mean": "avg"}


def write_surveyjs(wording: Wording, title: Mapping[str, str]) -> dict[str, Any]:
    """Return one block of a questionnaire as SurveyJS JSON."""
    asked = [question for question in wording.questions if question.kind is not QuestionKind.NOTE]
    variables = {question.code: variable_of(question) for question in asked}
    pages: list[dict[str, Any]] = []
    for number, (page, questions) in enumerate(groupby(wording.questions, key=wording.page_of), start=1):
        whole: dict[str, Any] = {"name": f"page{number}", "elements": []}
        if page:
            whole = _panel(page, variables)
        open_panels: dict[str, dict[str, Any]] = {}
        for question in questions:
            place = whole
            for section in wording.path(question)[1 if page else 0 :]:
                if section.code not in open_panels:
                    open_panels[section.code] = {"type": "panel"} | _panel(section, variables)
                    place["elements"].append(open_panels[section.code])
                place = open_panels[section.code]
            place["elements"].append(_element(question, variables))
        pages.append(whole)
    return {"title": _texts(title), "pages": pages}


def _panel(section: Section, variables: Variables) -> dict[str, Any]:
    panel: dict[str, Any] = {"name": section.code, "elements": []}
    if section.title:
        panel["title"] = _texts(section.title)
    if section.relevance:
        panel["visibleIf"] = write_expression(parse_condition(section.relevance), variables)
    return panel


def _element(question: Question, variables: Variables) -> dict[str, Any]:
    element: dict[str, Any] = {"name": question.code, **_TYPES[question.kind]}
    if question.kind is QuestionKind.NOTE:
        return element | {"html": _texts(question.text)} | _visible(question, variables)
    element["title"] = _texts(question.text)
    if question.hint:
        element["description"] = _texts(question.hint)
    if question.required:
        element["isRequired"] = True
    if question.multiline:
        element["type"] = "comment"
    if question.retrospective_pre_of:
        element["retrospectivePreOf"] = question.retrospective_pre_of
    return element | _answers(question) | _visible(question, variables) | _validators(question, variables)


def _answers(question: Question) -> dict[str, Any]:
    apart = (
        [{"value": NOT_APPLICABLE, "text": _texts(_NOT_APPLICABLE_TEXT)}] if question.not_applicable else []
    )
    if question.options:
        return {"choices": _choices(question.options) + apart}
    points = question.points
    if not points:
        return {}
    labels = question.scale.labels if question.scale else {}
    if apart:
        chosen = [{"value": p, "text": _texts(labels.get(str(p), {"en": str(p)}))} for p in points]
        return {"type": "radiogroup", "choices": chosen + apart}
    values = [
        {"value": p, "text": _texts(labels[str(p)])} if str(p) in labels else {"value": p} for p in points
    ]
    return {"rateMin": points[0], "rateMax": points[-1], "rateValues": values}


def _choices(options: Sequence[Option]) -> list[dict[str, Any]]:
    return [{"value": option.code, "text": _texts(option.label)} for option in options]


def _visible(question: Question, variables: Variables) -> dict[str, Any]:
    if not question.relevance:
        return {}
    return {"visibleIf": write_expression(parse_condition(question.relevance), variables)}


def _validators(question: Question, variables: Variables) -> dict[str, Any]:
    if not question.constraint:
        return {}
    expression = write_expression(parse_condition(question.constraint), variables, question.code)
    validator: dict[str, Any] = {
        "type": "expression",
        "expression": f"{{{question.code}}} empty or ({expression})",
    }
    if question.constraint_message:
        validator["text"] = _texts(question.constraint_message)
    return {"validators": [validator]}


def write_expression(node: Node, variables: Variables, own: str = "") -> str:
    """Return a checked condition in the expression language of SurveyJS; `own` is the code that `.` means."""
    return _Writer(variables, own).truth(node)


@dataclass(frozen=True)
class _Writer:
    """Writes one condition."""

    variables: Variables
    own: str

    def truth(self, node: Node) -> str:
        text = self._write(node)
        return f"{text} = true" if isinstance(node, Named | Own) else text

    def _write(self, node: Node) -> str:
        match node:
            case Literal(value):
                return f"'{value}'" if isinstance(value, str) else f"{value:g}"
            case Named() | Own():
                return f"{{{self._code(node)}}}"
            case Comparison():
                return self._compare(node)
            case Junction(word, parts):
                return f" {word} ".join(f"({self.truth(part)})" for part in parts)
            case _:
                return self._call(node.function, node.arguments)

    def _compare(self, node: Comparison) -> str:
        for side, other in ((node.left, node.right), (node.right, node.left)):
            if isinstance(other, Literal) and other.value == "":
                return f"{self._write(side)} {'empty' if node.sign == '=' else 'notempty'}"
            if self._kind(side) is ValueKind.TICK:
                return f"{self._write(side)} {_SIGNS.get(node.sign, node.sign)} true"
        return f"{self._write(node.left)} {_SIGNS.get(node.sign, node.sign)} {self._write(node.right)}"

    def _call(self, function: str, arguments: Sequence[Node]) -> str:
        if function == "not":
            return f"!({self.truth(arguments[0])})"
        if function == "selected":
            several = self._kind(arguments[0]) is ValueKind.CHOICES
            return f"{self._write(arguments[0])} {'contains' if several else '='} {self._write(arguments[1])}"
        return f"{_FUNCTIONS.get(function, function)}({', '.join(map(self._write, arguments))})"

    def _kind(self, node: Node) -> ValueKind | None:
        return self.variables[self._code(node)].kind if isinstance(node, Named | Own) else None

    def _code(self, node: Named | Own) -> str:
        return node.code if isinstance(node, Named) else self.own


def _texts(texts: Mapping[str, str]) -> dict[str, str]:
    return {"default": pick(texts, None, fallback=("en", "ru", "kk")).text, **texts}
