"""Conditions on answers: when a question is relevant, and which answers it takes.

Checked when they are saved (unknown names, kinds that do not go together, cycles, patterns), evaluated when
somebody answers. Comparing follows XPath 1.0: an unanswered question is an empty string, and no number.
Patterns are matched by RE2 in time linear in the text, never by Python's `re`.
"""

import math
import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from graphlib import CycleError, TopologicalSorter
from typing import Final, TypeAlias

from services.common.condition_syntax import (
    Call,
    Comparison,
    ConditionError,
    ConditionFault,
    Junction,
    Literal,
    Named,
    Node,
    Own,
    names_in,
    parse_condition,
    walk,
)
from services.common.patterns import find_pattern_fault, matches

MOST_PATTERNS: Final = 5
TICKED: Final = "OK"
"""What XLSForm calls a tick that was set (`acknowledge`)."""

_NUMBER: Final = re.compile(r"\s*-?(?:[0-9]{1,15}(?:\.[0-9]{0,15})?|\.[0-9]{1,15})\s*", re.ASCII)
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


class ValueKind(StrEnum):
    """What an answer is to a condition."""

    NUMBER = "number"
    TEXT = "text"
    DATE = "date"
    CHOICE = "choice"
    CHOICES = "choices"
    TICK = "tick"
    TRUTH = "truth"
    """What comparisons give; no answer is one."""


@dataclass(frozen=True)
class Variable:
    """A question that conditions may look at, with the codes that can be chosen."""

    kind: ValueKind
    choices: frozenset[str] = frozenset()


Value: TypeAlias = float | str | bool
Variables = Mapping[str, Variable]
Answers = Mapping[str, object]
"""By question code: strings, numbers, booleans, lists of codes; None or absent where unanswered."""
Condition: TypeAlias = str | Node
"""As text or, where several are joined, as tree; checked before."""


def check_condition(text: str, variables: Variables, own: Variable | None = None) -> list[ConditionFault]:
    """Return what is wrong with a condition, in order of place; nothing if it may be saved.

    `own` is what `.` stands for, None where there is no answer of its own (relevance).
    """
    try:
        node = parse_condition(text)
    except ConditionError as error:
        return [error.fault]
    checks = _Checks(variables, own)
    checks.require_truth(node)
    patterns = [part for part in walk(node) if isinstance(part, Call) and part.function == "regex"]
    if len(patterns) > MOST_PATTERNS:
        checks.fault(
            patterns[MOST_PATTERNS], "condition_too_costly", f"At most {MOST_PATTERNS} patterns are allowed."
        )
    return sorted(checks.faults, key=lambda fault: fault.at)


def all_of(conditions: Sequence[str]) -> Node:
    """Return the tree that holds where all of these conditions (at least one) hold."""
    parts = tuple(map(parse_condition, conditions))
    return parts[0] if len(parts) == 1 else Junction("and", parts)


def find_cycle(conditions: Mapping[str, Condition]) -> list[str]:
    """Return the codes of questions whose relevance depends on itself, in a circle; empty if there are none.

    All conditions must parse.
    """
    try:
        _order(conditions)
    except CycleError as error:
        return list(error.args[1])
    return []


def find_irrelevant(conditions: Mapping[str, Condition], answers: Answers, today: date) -> set[str]:
    """Return the codes of questions whose condition does not hold.

    The answer to an irrelevant question counts as absent for the others, whatever order they stand in.
    """
    irrelevant: set[str] = set()
    for code in _order(conditions):
        if code in conditions:
            known = {name: answer for name, answer in answers.items() if name not in irrelevant}
            if not holds(conditions[code], known, today):
                irrelevant.add(code)
    return irrelevant


def holds(condition: Condition, answers: Answers, today: date, own: object = None) -> bool:
    """Say whether a checked condition holds; `own` is the answer that `.` stands for."""
    return _truth(_Evaluation(answers, own, today.isoformat()).value(_tree(condition)))


def _tree(condition: Condition) -> Node:
    return parse_condition(condition) if isinstance(condition, str) else condition


def _order(conditions: Mapping[str, Condition]) -> Sequence[str]:
    graph = {code: names_in(_tree(condition)) for code, condition in conditions.items()}
    return tuple(TopologicalSorter(graph).static_order())


class _Checks:
    """Collects the faults of one condition while it finds out of which kind each part is."""

    def __init__(self, variables: Variables, own: Variable | None) -> None:
        self.faults: list[ConditionFault] = []
        self._variables = variables
        self._own = own

    def fault(self, node: Node, code: str, detail: str) -> None:
        self.faults.append(ConditionFault(node.at, code, detail))

    def require_truth(self, node: Node) -> None:
        kind = self._kind(node)
        if kind not in (None, ValueKind.TRUTH, ValueKind.TICK):
            self.fault(node, "condition_kind", "Expected something that is true or false.")

    def _kind(self, node: Node) -> ValueKind | None:
        """Return the kind of a node; None where a fault was found, so that it is told once."""
        match node:
            case Literal(value):
                return ValueKind.TEXT if isinstance(value, str) else ValueKind.NUMBER
            case Named() | Own():
                variable = self._variable(node)
                return variable.kind if variable else None
            case Comparison():
                self._check_comparison(node)
            case Junction(_, parts):
                for part in parts:
                    self.require_truth(part)
            case Call():
                return self._check_call(node)
        return ValueKind.TRUTH

    def _variable(self, node: Named | Own) -> Variable | None:
        found = self._own if isinstance(node, Own) else self._variables.get(node.code)
        if found is None:
            detail = "`.` has a meaning in constraints only." if isinstance(node, Own) else _UNKNOWN
            self.fault(node, "condition_name", detail)
        return found

    def _check_call(self, node: Call) -> ValueKind | None:
        match node.function:
            case "today":
                return ValueKind.DATE
            case "not":
                self.require_truth(node.arguments[0])
            case "selected":
                self._check_selected(*node.arguments)
            case "regex":
                self._check_regex(*node.arguments)
            case _:
                for argument in node.arguments:
                    kind = self._kind(argument)
                    if kind is not None and not self._is_numeric(argument, kind):
                        self.fault(argument, "condition_kind", "Expected a number.")
                return ValueKind.NUMBER
        return ValueKind.TRUTH

    def _check_selected(self, chosen: Node, option: Node) -> None:
        variable = self._variable(chosen) if isinstance(chosen, Named | Own) else Variable(ValueKind.TRUTH)
        if variable and variable.kind not in (ValueKind.CHOICE, ValueKind.CHOICES) and not variable.choices:
            self.fault(chosen, "condition_kind", "Expected a question with options to choose from.")
        elif not isinstance(option, Literal):
            self.fault(option, "condition_kind", "Expected the code of an option, in quotation marks.")
        elif variable:
            self._check_option(variable, option)

    def _check_option(self, variable: Variable, option: Literal) -> None:
        if variable.choices and _text(option.value) not in variable.choices | {""}:
            self.fault(option, "condition_option", "The question has no such option.")

    def _check_choice(self, side: Node, option: Literal) -> None:
        if isinstance(side, Named | Own) and (variable := self._variable(side)):
            self._check_option(variable, option)

    def _check_regex(self, text: Node, pattern: Node) -> None:
        kind = self._kind(text)
        if kind in (ValueKind.TRUTH, ValueKind.CHOICES):
            self.fault(text, "condition_kind", "Expected a text.")
        if not isinstance(pattern, Literal) or not isinstance(pattern.value, str):
            self.fault(pattern, "condition_pattern", "Expected a pattern in quotation marks.")
        elif detail := find_pattern_fault(pattern.value):
            self.fault(pattern, "condition_pattern", detail)

    def _check_comparison(self, node: Comparison) -> None:
        left, right = self._kind(node.left), self._kind(node.right)
        if left is None or right is None:
            return
        if ValueKind.TRUTH in (left, right):
            self.fault(node, "condition_kind", "What is true or false is joined, not compared.")
        elif node.sign in ("=", "!="):
            self._check_equality(node, left, right)
        elif not self._are_ordered(node, left, right):
            self.fault(node, "condition_kind", "Only two numbers or two dates have an order.")

    def _check_equality(self, node: Comparison, left: ValueKind, right: ValueKind) -> None:
        for side, other, kind in ((node.left, node.right, left), (node.right, node.left, right)):
            if not isinstance(other, Literal) or other.value == "" or isinstance(side, Literal):
                continue
            if kind in (ValueKind.CHOICE, ValueKind.CHOICES):
                self._check_choice(side, other)
            elif not self._may_equal(kind, other.value):
                self.fault(other, "condition_kind", f"Never equal to a {kind}.")
        exact = {left, right} & {ValueKind.NUMBER, ValueKind.DATE, ValueKind.TICK}
        if len(exact) > 1 and not any(isinstance(side, Literal) for side in (node.left, node.right)):
            self.fault(node, "condition_kind", "These two are never equal.")

    def _may_equal(self, kind: ValueKind, value: float | str) -> bool:
        match kind:
            case ValueKind.NUMBER:
                return not math.isnan(_number(value))
            case ValueKind.DATE:
                return _is_day(value)
            case ValueKind.TICK:
                return value == TICKED
            case _:
                return True

    def _are_ordered(self, node: Comparison, left: ValueKind, right: ValueKind) -> bool:
        sides = ((node.left, left), (node.right, right))
        return all(self._is_numeric(*side) for side in sides) or all(self._is_date(*side) for side in sides)

    def _is_numeric(self, node: Node, kind: ValueKind) -> bool:
        if isinstance(node, Literal):
            return not math.isnan(_number(node.value))
        if kind is ValueKind.CHOICE and isinstance(node, Named | Own):
            variable = self._variable(node)
            return bool(variable) and not any(math.isnan(_number(c)) for c in variable.choices)  # type: ignore[union-attr]  # bool says so
        return kind is ValueKind.NUMBER

    def _is_date(self, node: Node, kind: ValueKind) -> bool:
        return _is_day(node.value) if isinstance(node, Literal) else kind is ValueKind.DATE


_UNKNOWN: Final = "There is no such question here."


@dataclass(frozen=True)
class _Evaluation:
    """What a condition is evaluated on."""

    answers: Answers
    own: object
    today: str

    def value(self, node: Node) -> Value:
        match node:
            case Literal(value):
                return value
            case Named(code):
                return _simple(self.answers.get(code))
            case Own():
                return _simple(self.own)
            case Comparison(sign, left, right):
                return _compare(sign, self.value(left), self.value(right))
            case Junction("and", parts):
                return all(_truth(self.value(part)) for part in parts)
            case Junction(_, parts):
                return any(_truth(self.value(part)) for part in parts)
            case Call(function, arguments):
                return self._call(function, [self.value(argument) for argument in arguments])

    def _call(self, function: str, values: Sequence[Value]) -> Value:
        match function:
            case "today":
                return self.today
            case "not":
                return not _truth(values[0])
            case "selected":
                return _text(values[1]) in _text(values[0]).split(" ")
            case "regex":
                return matches(_text(values[0]), _text(values[1]))
            case _:
                given = [number for value in values if not math.isnan(number := _number(value))]
                if function == "sum":
                    return math.fsum(given)
                return math.fsum(given) / len(given) if given else math.nan


def _simple(answer: object) -> float | str:
    """Return an answer as XPath sees it: unanswered is empty, several codes stand in one string."""
    match answer:
        case None | False:
            return ""
        case True:
            return TICKED
        case int() | float():
            return float(answer)
        case str():
            return answer
        case Sequence() | AbstractSet():
            return " ".join(str(code) for code in answer)
        case _:
            return ""


def _compare(sign: str, left: Value, right: Value) -> bool:
    texts = isinstance(left, str) and isinstance(right, str)
    if sign in ("=", "!="):
        equal = left == right if texts else _number(left) == _number(right)
        return equal is (sign == "=")
    if texts and _is_day(left) and _is_day(right):
        return _ordered(sign, (str(left) > str(right)) - (str(left) < str(right)))
    first, second = _number(left), _number(right)
    if math.isnan(first) or math.isnan(second):
        return False
    return _ordered(sign, (first > second) - (first < second))


def _ordered(sign: str, order: int) -> bool:
    """Say whether `order` (-1, 0, 1) is what a sign asks for."""
    return (order < 0 and "<" in sign) or (order > 0 and ">" in sign) or (order == 0 and "=" in sign)


def _truth(value: Value) -> bool:
    return value not in ("", False)


def _text(value: Value) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _number(value: Value) -> float:
    if isinstance(value, str):
        return float(value) if _NUMBER.fullmatch(value) else math.nan
    return float(value)


def _is_day(value: object) -> bool:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True
