"""Conditions that users write, in the Common Expression Language (CEL): checked when saved, bounded when evaluated.

An expression sees flat typed variables only, and is a condition: nothing but true or false counts. It is compiled
and evaluated in the bounded worker (`expression_work`), because it can exhaust the process that reads it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from enum import StrEnum
from typing import Annotated, Any, Final, TypedDict

from pydantic import AfterValidator, Field, StringConstraints

from services.common.i18n import clean_text
from services.common.problems import Fault
from services.common.worker import InputTooDemanding, WorkerPool

MAX_CHARACTERS: Final = 2_000
SECONDS: Final = 2.0
MEGABYTES: Final = 512
_WORK: Final = "services.common.expression_work:"

Expression = Annotated[
    str,
    StringConstraints(max_length=MAX_CHARACTERS),
    AfterValidator(lambda text: clean_text(text, multiline=True)),
    Field(min_length=1, examples=["age_at_start >= 21 && 'en' in languages"]),
]
"""The text of an expression, as it comes in."""


class VariableType(StrEnum):
    """What a variable holds, in the words of CEL."""

    BOOL = "bool"
    INT = "int"
    STRING = "string"
    TIMESTAMP = "timestamp"
    STRINGS = "list(string)"
    INTS_BY_STRING = "map(string, int)"


Variables = Mapping[str, VariableType]
"""What an expression may speak of, by name."""
Value = bool | int | str | datetime | Sequence[str] | Mapping[str, int]
"""What a variable may be; a variable whose value is not known is left out."""


class OutcomeCode(StrEnum):
    """Why an expression is neither true nor false."""

    VALUE_MISSING = "value_missing"
    """It asks for a variable whose value is not known."""
    NOT_COMPUTABLE = "not_computable"
    """A key that is not there, a division by zero, a text that is no number."""
    TOO_COSTLY = "too_costly"


@dataclass(frozen=True)
class Outcome:
    """What an expression says of one subject."""

    holds: bool | None
    """None where it cannot be told, never false: what is not known speaks against nobody."""
    code: OutcomeCode | None = None
    variable: str | None = None
    """The first variable that is missing."""


class FoundFault(TypedDict):
    """A fault as the worker tells it; `line` and `column` count from 1, 0 where it concerns the whole."""

    code: str
    line: int
    column: int


_DETAILS: Final[Mapping[str, str]] = {
    "syntax": "This is not an expression of the Common Expression Language.",
    "unknown_name": "Nothing is called so.",
    "wrong_type": "The operator or function does not take values of these types.",
    "not_a_condition": "The expression must be true or false.",
    "too_costly": "The expression is nested too deeply or takes too much work.",
}


async def check_expressions(
    pool: WorkerPool, variables: Variables, expressions: Mapping[str, str]
) -> list[Fault]:
    """Return what is wrong with `expressions` (JSON pointer -> text), each fault with its line and column.

    Codes: `syntax`, `unknown_name`, `wrong_type`, `not_a_condition` (it is not true or false), `too_costly`.
    An expression is tried out on nothing and on full values, so that one beyond the bounds is not saved.
    """
    try:
        found = await _ask(pool, "check", {"variables": variables, "expressions": list(expressions.values())})
    except InputTooDemanding:
        return await _find_costly(pool, variables, expressions)
    return [
        _tell(pointer, text, variables, fault)
        for (pointer, text), faults in zip(expressions.items(), found, strict=True)
        for fault in faults
    ]


async def evaluate_expressions(
    pool: WorkerPool,
    variables: Variables,
    expressions: Sequence[str],
    subjects: Sequence[Mapping[str, Value]],
) -> list[list[Outcome]]:
    """Return for each of `subjects` what each of `expressions` says of it.

    Values are aware times, and of the declared types; an expression that was never checked is not computable.
    """
    payload = {"variables": variables, "expressions": expressions, "subjects": subjects}
    try:
        rows = await _ask(pool, "evaluate", payload)
    except InputTooDemanding:
        if len(expressions) == 1:
            return [[Outcome(None, OutcomeCode.TOO_COSTLY)] for _ in subjects]
        # One of them spoils the lot; the others still have their say.
        alone = [await evaluate_expressions(pool, variables, [text], subjects) for text in expressions]
        return [[column[place][0] for column in alone] for place in range(len(subjects))]
    return [
        [Outcome(holds, OutcomeCode(code) if code else None, variable) for holds, code, variable in row]
        for row in rows
    ]


_TEXT: Final = re.compile(r"""("|')(?:\\.|(?!\1).)*\1""")
_NAME: Final = re.compile(r"\b[a-z_]\w*", re.IGNORECASE)


def names_in(expression: str, variables: Variables) -> list[str]:
    """Return the variables that an expression speaks of, in order of name: the evidence of its outcome."""
    return sorted(set(_NAME.findall(_TEXT.sub("''", expression))) & variables.keys())


async def _ask(pool: WorkerPool, work: str, payload: Mapping[str, Any]) -> Any:
    return await pool.run_bounded(_WORK + work, payload, seconds=SECONDS, megabytes=MEGABYTES)


async def _find_costly(pool: WorkerPool, variables: Variables, expressions: Mapping[str, str]) -> list[Fault]:
    """Return the faults up to the first expression that breaks the worker's bounds alone."""
    if len(expressions) == 1:
        return [Fault(pointer, "too_costly", _DETAILS["too_costly"]) for pointer in expressions]
    faults: list[Fault] = []
    for pointer, text in expressions.items():
        faults += await check_expressions(pool, variables, {pointer: text})
        if faults and faults[-1].code == "too_costly":
            break
    return faults


def _tell(pointer: str, text: str, variables: Variables, fault: FoundFault) -> Fault:
    """Return the fault with its place; what stands there is not repeated, only what may have been meant."""
    detail = _DETAILS[fault["code"]]
    if fault["code"] == "unknown_name":
        rest = text.split("\n")[fault["line"] - 1][fault["column"] - 1 :]
        name = _NAME.match(rest)
        if meant := get_close_matches(name.group() if name else "", variables, n=1):
            detail = f"{detail} Perhaps `{meant[0]}` is meant."
    place = f"Line {fault['line']}, column {fault['column']}: " if fault["line"] > 0 else ""
    return Fault(pointer, fault["code"], place + detail)
