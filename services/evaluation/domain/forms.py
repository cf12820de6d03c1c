"""Questionnaires as frontends get them: JSON Schema (2020-12) with UI hints, in one language."""

from typing import Any, Final

from services.common.condition_syntax import describe_condition, parse_condition
from services.common.i18n import pick
from services.evaluation.domain.instruments import NOT_APPLICABLE, Question, QuestionKind, Section
from services.evaluation.domain.wordings import Wording

_CLOCK: Final = "([01][0-9]|2[0-3]):[0-5][0-9]"


def describe_block(wording: Wording, language: str | None) -> dict[str, object]:
    """Return JSON Schema and UI hints of one block, with texts in one language.

    What is asked under a condition is required by the hints only: a schema cannot say when.
    """
    asked = [q for q in wording.questions if q.kind is not QuestionKind.NOTE]
    conditional = wording.conditions.keys()
    return {
        "schema": {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "type": "object",
            "additionalProperties": False,
            "required": [q.code for q in asked if q.required and q.code not in conditional],
            "properties": {q.code: _property(q, language) for q in asked},
        },
        "ui": {
            "order": [q.code for q in wording.questions],
            "questions": {q.code: _hints(q, language) for q in wording.questions},
            "sections": [_section(section, language) for section in wording.sections],
        },
    }


def _property(question: Question, language: str | None) -> dict[str, object]:
    shape = _shape(question, language)
    if question.not_applicable:
        shape = {"anyOf": [shape, {"const": NOT_APPLICABLE}]}
    return {"title": pick(question.text, language).text} | shape


def _shape(question: Question, language: str | None) -> dict[str, object]:
    choices = [{"const": o.code, "title": pick(o.label, language).text} for o in question.options]
    several = {"type": "array", "uniqueItems": True, "items": {"oneOf": choices}}
    points = question.points or range(1)
    shapes: dict[QuestionKind, dict[str, object]] = {
        QuestionKind.SINGLE: {"type": "string", "oneOf": choices},
        QuestionKind.MULTIPLE: several,
        QuestionKind.RANK: several | {"minItems": len(choices), "maxItems": len(choices)},
        QuestionKind.SCALE: {"type": "integer", "minimum": points[0], "maximum": points[-1]},
        QuestionKind.NPS: {"type": "integer", "minimum": 0, "maximum": 10},
        QuestionKind.NUMBER: {"type": "integer" if question.whole else "number"},
        QuestionKind.CONSENT: {"const": True} if question.required else {"type": "boolean"},
        QuestionKind.DATE: {"type": "string", "format": "date"},
        QuestionKind.TIME: {"type": "string", "pattern": f"^{_CLOCK}$"},
        QuestionKind.DATETIME: {"type": "string", "pattern": f"^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}T{_CLOCK}$"},
        QuestionKind.TEXT: {"type": "string", "minLength": 1, "maxLength": 20_000},
    }
    return shapes[question.kind]


def _hints(question: Question, language: str | None) -> dict[str, object]:
    labels = question.scale.labels if question.scale else {}
    return {
        "widget": question.kind,
        "text": pick(question.text, language).text,
        "hint": pick(question.hint, language).text if question.hint else None,
        "section": question.section,
        "required": question.required,
        "multiline": question.multiline,
        "not_applicable": question.not_applicable,
        "retrospective_pre_of": question.retrospective_pre_of,
        "labels": {point: pick(label, language).text for point, label in labels.items()},
        "relevance": _condition(question.relevance),
        "constraint": _condition(question.constraint),
        "constraint_message": pick(question.constraint_message, language).text
        if question.constraint_message
        else None,
    }


def _section(section: Section, language: str | None) -> dict[str, object]:
    return {
        "code": section.code,
        "kind": section.kind,
        "parent": section.parent,
        "title": pick(section.title, language).text if section.title else None,
        "relevance": _condition(section.relevance),
    }


def _condition(text: str | None) -> dict[str, Any] | None:
    """Return a condition as it is written, and as the tree that a frontend can evaluate."""
    return {"text": text, "tree": describe_condition(parse_condition(text))} if text else None
