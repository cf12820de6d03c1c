"""What the bounded worker does with expressions; imported there only, since the CEL library is heavy."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final

from cel_expr_python import cel

from services.common.expressions import FoundFault, OutcomeCode, VariableType

_TYPES: Final = {
    VariableType.BOOL: cel.Type.BOOL,
    VariableType.INT: cel.Type.INT,
    VariableType.STRING: cel.Type.STRING,
    VariableType.TIMESTAMP: cel.Type.TIMESTAMP,
    VariableType.STRINGS: cel.Type.List(cel.Type.STRING),
    VariableType.INTS_BY_STRING: cel.Type.Map(cel.Type.STRING, cel.Type.INT),
}
_FULL: Final = 30
"""How many members a list or map has for which an expression is tried out."""
_SAMPLES: Final[Mapping[VariableType, Any]] = {
    VariableType.BOOL: True,
    VariableType.INT: 1,
    VariableType.STRING: "x" * 100,
    VariableType.TIMESTAMP: datetime(2000, 1, 1, tzinfo=UTC),
    VariableType.STRINGS: [f"{number:02}" for number in range(_FULL)],
    VariableType.INTS_BY_STRING: {f"{number:02}": number for number in range(_FULL)},
}
_PLACED: Final = re.compile(r"ERROR: <input>:(-?\d+):(-?\d+): (.*)$", re.MULTILINE)
_CODES: Final = (
    ("undeclared reference", "unknown_name"),
    ("found no matching overload", "wrong_type"),
    ("expected type", "wrong_type"),
    ("recursion", "too_costly"),
)
_MISSING: Final = re.compile(r'No value with name "(\w+)" found')


def check(payload: dict[str, Any], _: bytes) -> list[list[FoundFault]]:
    """Return the faults of each expression."""
    environment = _open(tuple(payload["variables"].items()))
    samples = {name: _SAMPLES[kind] for name, kind in payload["variables"].items()}
    return [_check(environment, text, samples) for text in payload["expressions"]]


def evaluate(payload: dict[str, Any], _: bytes) -> list[list[tuple[bool | None, str | None, str | None]]]:
    """Return for each subject what each expression says: whether it holds, or why that cannot be told."""
    kinds: dict[str, str] = payload["variables"]
    environment = _open(tuple(kinds.items()))
    compiled = [_compile(environment, text) for text in payload["expressions"]]
    subjects = [_read(kinds, subject) for subject in payload["subjects"]]
    return [[_evaluate(expression, subject) for expression in compiled] for subject in subjects]


@lru_cache(maxsize=8)
def _open(variables: tuple[tuple[str, str], ...]) -> cel.Env:
    return cel.NewEnv(variables={name: _TYPES[VariableType(kind)] for name, kind in variables})


def _check(environment: cel.Env, text: str, samples: Mapping[str, Any]) -> list[FoundFault]:
    try:
        expression = environment.compile(text)
    except RuntimeError as error:
        return _read_faults(str(error))
    if expression.return_type() != cel.Type.BOOL:
        return [_whole("not_a_condition")]
    # Without values both sides of `&&` and `||` are computed; with full ones every member of a list is.
    outcomes = [_evaluate(expression, values) for values in ({}, samples)]
    return [_whole("too_costly")] if any(code == OutcomeCode.TOO_COSTLY for _, code, _ in outcomes) else []


def _compile(environment: cel.Env, text: str) -> cel.Expression | None:
    try:
        return environment.compile(text)
    except RuntimeError:
        return None


def _evaluate(
    expression: cel.Expression | None, values: Mapping[str, Any]
) -> tuple[bool | None, str | None, str | None]:
    if expression is None:
        return None, OutcomeCode.NOT_COMPUTABLE, None
    try:
        value = expression.eval(data=values)
    except RuntimeError:  # the budget of iterations
        return None, OutcomeCode.TOO_COSTLY, None
    # Errors come back as values whose plain form is a text, which Python would take for true.
    if value.type() == cel.Type.BOOL:
        return bool(value.value()), None, None
    missing = _MISSING.search(str(value.value()))
    if missing:
        return None, OutcomeCode.VALUE_MISSING, missing.group(1)
    return None, OutcomeCode.NOT_COMPUTABLE, None


def _read(kinds: Mapping[str, str], subject: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: datetime.fromisoformat(value) if kinds[name] == VariableType.TIMESTAMP else value
        for name, value in subject.items()
    }


def _read_faults(report: str) -> list[FoundFault]:
    """Read the library's report; its messages quote the expression and go no further."""
    placed = [(int(line), int(column), message) for line, column, message in _PLACED.findall(report)]
    faults: list[FoundFault] = [
        {"code": _code_of(message), "line": line, "column": column}
        for line, column, message in placed
        if line > 0
    ]
    return faults or [_whole(_code_of(report))]


def _code_of(message: str) -> str:
    return next((code for words, code in _CODES if words in message), "syntax")


def _whole(code: str) -> FoundFault:
    return {"code": code, "line": 0, "column": 0}
