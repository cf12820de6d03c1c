"""Application forms: what is asked, when it is asked, and which answers are taken."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Final

from services.common.conditions import (
    ValueKind,
    Variable,
    check_condition,
    find_cycle,
    find_irrelevant,
    holds,
)
from services.common.expressions import VariableType
from services.common.problems import Fault
from services.common.states import LifeCycle
from services.participants.domain.eligibility import ELIGIBILITY_VARIABLES


class FormState(StrEnum):
    """How far a version of a form has come; a published one is never changed."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


FORM_LIFE: Final = LifeCycle(
    initial=FormState.DRAFT,
    transitions={
        FormState.DRAFT: frozenset({FormState.PUBLISHED}),
        FormState.PUBLISHED: frozenset({FormState.RETIRED}),
        FormState.RETIRED: frozenset(),
    },
)


class FieldKind(StrEnum):
    """What kind of answer a question takes."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    INTEGER = "integer"
    DATE = "date"
    COUNTRY = "country"
    CHOICE = "choice"
    CHOICES = "choices"
    TICK = "tick"
    LANGUAGES = "languages"
    """Languages by BCP 47 code, each with its level by the Common European Framework (A1 to C2)."""


LEVELS: Final = ("A1", "A2", "B1", "B2", "C1", "C2")

_TO_CONDITIONS: Final[Mapping[FieldKind, ValueKind]] = {
    FieldKind.TEXT: ValueKind.TEXT,
    FieldKind.LONG_TEXT: ValueKind.TEXT,
    FieldKind.INTEGER: ValueKind.NUMBER,
    FieldKind.DATE: ValueKind.DATE,
    FieldKind.COUNTRY: ValueKind.TEXT,
    FieldKind.CHOICE: ValueKind.CHOICE,
    FieldKind.CHOICES: ValueKind.CHOICES,
    FieldKind.TICK: ValueKind.TICK,
}
"""What conditions make of an answer; they cannot look at languages."""

_GIVES: Final[Mapping[FieldKind, VariableType]] = {
    FieldKind.TEXT: VariableType.STRING,
    FieldKind.INTEGER: VariableType.INT,
    FieldKind.COUNTRY: VariableType.STRING,
    FieldKind.CHOICE: VariableType.STRING,
    FieldKind.LANGUAGES: VariableType.INTS_BY_STRING,
}
"""Which type of eligibility variable an answer can give."""

_NEEDS_CHOICES: Final = frozenset({FieldKind.CHOICE, FieldKind.CHOICES})


@dataclass(frozen=True)
class FormField:
    """One question."""

    code: str
    kind: FieldKind
    required: bool = False
    relevant: str | None = None
    """The condition under which it is asked."""
    constraint: str | None = None
    """What its answer (`.`) must meet."""
    choices: Sequence[str] = field(default_factory=list)
    minimum: int | None = None
    """Smallest number, fewest characters or fewest choices."""
    maximum: int | None = None
    variable: str | None = None
    """The eligibility variable that the answer gives."""


def check_fields(fields: Sequence[FormField]) -> list[Fault]:
    """Return what is wrong with a form's questions, each fault with its place; nothing if it may be saved."""
    faults: list[Fault] = []
    known = {one.code: _variable_of(one) for one in fields if one.kind in _TO_CONDITIONS}
    seen: set[str] = set()
    for place, one in enumerate(fields):
        at = f"/fields/{place}"
        if one.code in seen:
            faults.append(Fault(f"{at}/code", "code_repeated", "Another question has this code."))
        seen.add(one.code)
        if bool(one.choices) is not (one.kind in _NEEDS_CHOICES):
            faults.append(
                Fault(f"{at}/choices", "choices", "Questions to choose from have choices, others none.")
            )
        if one.minimum is not None and one.maximum is not None and one.minimum > one.maximum:
            faults.append(Fault(f"{at}/minimum", "bounds", "The minimum exceeds the maximum."))
        if one.variable is not None and not _gives(one, one.variable):
            detail = "There is no such eligibility variable, or an answer of this kind does not give it."
            faults.append(Fault(f"{at}/variable", "variable", detail))
        conditions = (("relevant", one.relevant, None), ("constraint", one.constraint, known.get(one.code)))
        for name, text, own in conditions:
            if text is not None:
                found = check_condition(text, known, own)
                faults += [
                    Fault(f"{at}/{name}", fault.code, f"At character {fault.at + 1}: {fault.detail}")
                    for fault in found
                ]
    if not faults and find_cycle(_relevances(fields)):
        faults.append(Fault("/fields", "relevance_cycle", "The relevance of questions depends on itself."))
    return faults


def schema_of(fields: Sequence[FormField]) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of the answers; relevance and requirement are told beside it."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {one.code: _schema_of_field(one) for one in fields},
        "additionalProperties": False,
    }


def find_answer_faults(
    fields: Sequence[FormField], answers: Mapping[str, Any], today: date, *, complete: bool
) -> list[Fault]:
    """Return what is wrong with the answers; with `complete`, unanswered required questions too.

    The answer to a question that is not relevant is no fault and counts for nothing. No fault quotes an answer.
    """
    faults = _find_misfits(schema_of(fields), answers)
    if faults:
        return faults
    relevant = _relevant(fields, answers, today)
    for one in fields:
        answer = answers.get(one.code)
        if one.code not in relevant:
            continue
        if answer in (None, "", [], {}):
            if one.required and complete:
                faults.append(Fault(f"/answers/{one.code}", "required", "An answer is required."))
        elif one.constraint is not None and not holds(one.constraint, relevant, today, answer):
            faults.append(
                Fault(f"/answers/{one.code}", "constraint", "The answer does not meet its condition.")
            )
    return faults


def keep_relevant(fields: Sequence[FormField], answers: Mapping[str, Any], today: date) -> dict[str, Any]:
    """Return the answers without those to questions that are not asked."""
    return {code: answer for code, answer in answers.items() if code in _relevant(fields, answers, today)}


def _find_misfits(schema: Mapping[str, Any], answers: Mapping[str, Any]) -> list[Fault]:
    from jsonschema import Draft202012Validator, FormatChecker  # noqa: PLC0415  slow to load, used where forms are

    validator = Draft202012Validator(schema, format_checker=FormatChecker(["date"]))
    detail = "The answer is not of the kind that the question takes."
    # Below the question stands what the applicant typed, which no fault repeats.
    found = {
        ("/".join(["/answers", *map(str, list(error.absolute_path)[:1])]), str(error.validator))
        for error in validator.iter_errors(dict(answers))
    }
    return [Fault(pointer, code, detail) for pointer, code in sorted(found)]


def _relevant(fields: Sequence[FormField], answers: Mapping[str, Any], today: date) -> dict[str, Any]:
    """Return the relevant questions' answers, None where there is none."""
    irrelevant = find_irrelevant(_relevances(fields), answers, today)
    return {one.code: answers.get(one.code) for one in fields if one.code not in irrelevant}


def _relevances(fields: Sequence[FormField]) -> dict[str, str]:
    return {one.code: one.relevant for one in fields if one.relevant is not None}


def _variable_of(one: FormField) -> Variable:
    return Variable(_TO_CONDITIONS[one.kind], frozenset(one.choices))


def _gives(one: FormField, variable: str) -> bool:
    known = ELIGIBILITY_VARIABLES.get(variable)
    return known is not None and _GIVES.get(one.kind) is known.type


_SCHEMAS: Final[Mapping[FieldKind, Mapping[str, Any]]] = {
    FieldKind.TEXT: {"type": "string", "maxLength": 500},
    FieldKind.LONG_TEXT: {"type": "string", "maxLength": 10_000},
    FieldKind.INTEGER: {"type": "integer"},
    FieldKind.DATE: {"type": "string", "format": "date"},
    FieldKind.COUNTRY: {"type": "string", "minLength": 2, "maxLength": 2},
    FieldKind.CHOICES: {"type": "array", "uniqueItems": True},
    FieldKind.TICK: {"type": "boolean"},
    FieldKind.LANGUAGES: {
        "type": "object",
        "maxProperties": 20,
        "propertyNames": {"minLength": 2, "maxLength": 3},
        "additionalProperties": {"enum": list(LEVELS)},
    },
}
_BOUNDS: Final[Mapping[FieldKind, tuple[str, str]]] = {
    FieldKind.TEXT: ("minLength", "maxLength"),
    FieldKind.LONG_TEXT: ("minLength", "maxLength"),
    FieldKind.INTEGER: ("minimum", "maximum"),
    FieldKind.CHOICES: ("minItems", "maxItems"),
}


def _schema_of_field(one: FormField) -> dict[str, Any]:
    options = {"enum": list(one.choices)}
    if one.kind is FieldKind.CHOICE:
        return options
    limits = zip(_BOUNDS.get(one.kind, ()), (one.minimum, one.maximum), strict=False)
    bounds = {name: limit for name, limit in limits if limit is not None}
    return {**_SCHEMAS[one.kind], **bounds, **({"items": options} if one.kind is FieldKind.CHOICES else {})}
