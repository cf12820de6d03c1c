"""Patterns that users write, matched by RE2 in time linear in the text; never by Python's `re`."""

from functools import lru_cache
from typing import Any, Final

LONGEST_PATTERN: Final = 200
LONGEST_MATCHED: Final = 1_000
"""A longer text matches no pattern, so that no answer is costly to check."""


def matches(text: str, pattern: str) -> bool:
    """Say whether the whole text matches an RE2 pattern; texts above 1,000 characters match none."""
    return len(text) <= LONGEST_MATCHED and _run_pattern(text, f"^(?:{pattern})$") is True


def find_pattern_fault(pattern: str) -> str | None:
    """Return why a text is no pattern of RE2 (https://github.com/google/re2/wiki/Syntax), None if it is one."""
    if len(pattern) > LONGEST_PATTERN:
        return f"A pattern has at most {LONGEST_PATTERN} characters."
    # Alone first: `a)|(b` would be a pattern within our brackets.
    if all(isinstance(_run_pattern("", whole), bool) for whole in (pattern, f"^(?:{pattern})$")):
        return None
    return "Not a pattern of RE2, which has neither back references nor look-around, or too large."


def _run_pattern(text: str, pattern: str) -> object:
    # RE2 comes with CEL; the expression is ours, text and pattern are data. Faults come back as values.
    return _matcher().eval(data={"text": text, "pattern": pattern}).value()


@lru_cache(maxsize=1)
def _matcher() -> Any:
    from cel_expr_python import cel  # noqa: PLC0415  a large library, loaded where a pattern is met

    variables = {"text": cel.Type.STRING, "pattern": cel.Type.STRING}
    return cel.NewEnv(variables=variables).compile("text.matches(pattern)")
