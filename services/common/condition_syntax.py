"""The syntax of conditions: the part of the XLSForm expression language that questionnaires need.

`${name}`, `.`, numbers, strings, brackets, `= != < <= > >=`, `and`, `or`, and the functions not(), selected(),
regex(), today(), sum() and mean(). A text becomes a tree of our own that knows where each part stood; everything
else is refused with its place. Nothing is ever handed to an interpreter.
Source: https://xlsform.org/en/#relevant, XPath 1.0.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Never, TypeAlias, TypeVar

from services.common.problems import Fault

LONGEST: Final = 2_000
"""Characters of a condition."""
MOST_PARTS: Final = 200
"""Nodes of a tree: what evaluating it costs at most."""
DEEPEST: Final = 20

FUNCTIONS: Final = {
    "not": (1, 1),
    "selected": (2, 2),
    "regex": (2, 2),
    "today": (0, 0),
    "sum": (1, 50),
    "mean": (1, 50),
}
"""Name -> fewest and most arguments."""

_TOKEN: Final = re.compile(
    r"\s*(?:(?P<name>\$\{\s*(?P<code>[A-Za-z0-9_][A-Za-z0-9._:-]{0,63})\s*\})"
    r"|(?P<number>[0-9]{1,15}(?:\.[0-9]{0,15})?|\.[0-9]{1,15})"
    r"|(?P<string>'[^']*'|\"[^\"]*\")"
    r"|(?P<sign><=|>=|!=|[=<>(),.-])"
    r"|(?P<word>[A-Za-z_][A-Za-z0-9_-]*)"
    r"|(?P<end>$)|(?P<stranger>.))",
    re.DOTALL,
)
_COMPARISONS: Final = frozenset({"=", "!=", "<", "<=", ">", ">="})


@dataclass(frozen=True)
class Literal:
    """A number or a string, as written."""

    value: float | str
    at: int = 0


@dataclass(frozen=True)
class Named:
    """The answer to a question: `${code}`."""

    code: str
    at: int = 0


@dataclass(frozen=True)
class Own:
    """The answer that a constraint is about: `.`."""

    at: int = 0


@dataclass(frozen=True)
class Comparison:
    """Two values compared."""

    sign: str
    left: "Node"
    right: "Node"
    at: int = 0


@dataclass(frozen=True)
class Junction:
    """Conditions of which all (`and`) or one (`or`) must hold."""

    word: str
    parts: tuple["Node", ...]
    at: int = 0


@dataclass(frozen=True)
class Call:
    """A function of `FUNCTIONS`."""

    function: str
    arguments: tuple["Node", ...]
    at: int = 0


Found = TypeVar("Found")
Node: TypeAlias = Literal | Named | Own | Comparison | Junction | Call


@dataclass(frozen=True)
class ConditionFault:
    """What is wrong with a condition, and at which character (from 0)."""

    at: int
    code: str
    detail: str

    def under(self, pointer: str) -> Fault:
        """Return the fault as problems tell it, for the condition that stands at `pointer`."""
        return Fault(pointer, self.code, f"At character {self.at + 1}: {self.detail}")


class ConditionError(ValueError):
    """A text that is no condition."""

    def __init__(self, fault: ConditionFault) -> None:
        super().__init__(fault.detail)
        self.fault = fault


@lru_cache(maxsize=4096)
def parse_condition(text: str) -> Node:
    """Return the tree of a condition; raise `ConditionError`, which tells what is wrong and where."""
    if len(text) > LONGEST:
        _refuse(LONGEST, "condition_too_long", f"A condition has at most {LONGEST} characters.")
    return _Parser(text).parse()


def walk(node: Node) -> Iterator[Node]:
    """Yield a node and everything in it."""
    yield node
    for part in _parts(node):
        yield from walk(part)


def names_in(node: Node) -> frozenset[str]:
    """Return the codes of the questions that a condition looks at."""
    return frozenset(part.code for part in walk(node) if isinstance(part, Named))


def write_condition(node: Node) -> str:
    """Return the condition as text, in one spelling whatever it was read from; it parses to an equal tree."""
    match node:
        case Literal(value):
            return _write_literal(value)
        case Named(code):
            return f"${{{code}}}"
        case Own():
            return "."
        case Comparison(sign, left, right):
            return f"{_bracketed(left)} {sign} {_bracketed(right)}"
        case Junction(word, parts):
            return f" {word} ".join(map(_bracketed_junction, parts))
        case Call(function, arguments):
            return f"{function}({', '.join(map(write_condition, arguments))})"


def describe_condition(node: Node) -> dict[str, Any]:
    """Return the tree as JSON, for frontends that evaluate conditions themselves."""
    match node:
        case Literal(value):
            return {"literal": value}
        case Named(code):
            return {"answer": code}
        case Own():
            return {"own": True}
        case Comparison(sign, left, right):
            return {"compare": sign, "of": [describe_condition(left), describe_condition(right)]}
        case Junction(word, parts):
            return {"join": word, "of": [describe_condition(part) for part in parts]}
        case Call(function, arguments):
            return {"call": function, "of": [describe_condition(part) for part in arguments]}


def _parts(node: Node) -> tuple[Node, ...]:
    match node:
        case Comparison(_, left, right):
            return (left, right)
        case Junction(_, parts):
            return parts
        case Call(_, arguments):
            return arguments
        case _:
            return ()


def _write_literal(value: float | str) -> str:
    if isinstance(value, str):
        return f'"{value}"' if "'" in value else f"'{value}'"
    return f"{value:.15f}".rstrip("0").rstrip(".")


def _bracketed(node: Node) -> str:
    text = write_condition(node)
    return f"({text})" if isinstance(node, Comparison | Junction) else text


def _bracketed_junction(node: Node) -> str:
    text = write_condition(node)
    return f"({text})" if isinstance(node, Junction) else text


def _refuse(at: int, code: str, detail: str) -> Never:
    raise ConditionError(ConditionFault(at, code, detail))


class _Parser:
    """Reads one text from left to right: or < and < comparison < value."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._parts = 0
        self._depth = 0
        self._advance(0)

    def parse(self) -> Node:
        node = self._junction("or")
        if self._kind != "end":
            self._unexpected()
        return node

    def _advance(self, position: int) -> None:
        found = _TOKEN.match(self._text, position)
        assert found is not None  # noqa: S101  `stranger` takes whatever nothing else does
        self._kind = found.lastgroup if found.lastgroup != "code" else "name"
        self._token = found
        self._at = found.start(self._kind or "end")
        self._value = found[self._kind or "end"]
        if self._kind == "stranger":
            self._unexpected()

    def _take(self) -> tuple[str, int]:
        value, at = self._value, self._at
        self._advance(self._token.end())
        return value, at

    def _made(self, node: Node) -> Node:
        self._parts += 1
        if self._parts > MOST_PARTS:
            _refuse(node.at, "condition_too_costly", f"A condition has at most {MOST_PARTS} parts.")
        return node

    def _junction(self, word: str) -> Node:
        at = self._at
        parts = [self._part(word)]
        while self._kind == "word" and self._value == word:
            self._take()
            parts.append(self._part(word))
        return parts[0] if len(parts) == 1 else self._made(Junction(word, tuple(parts), at))

    def _part(self, word: str) -> Node:
        return self._junction("and") if word == "or" else self._comparison()

    def _comparison(self) -> Node:
        left = self._operand()
        if self._kind != "sign" or self._value not in _COMPARISONS:
            return left
        sign, at = self._take()
        node = self._made(Comparison(sign, left, self._operand(), at))
        if self._kind == "sign" and self._value in _COMPARISONS:
            _refuse(self._at, "condition_syntax", "The result of a comparison cannot be compared.")
        return node

    def _operand(self) -> Node:
        if self._kind == "name":
            code = self._token["code"]
            return self._made(Named(code, self._take()[1]))
        if self._kind == "number":
            value, at = self._take()
            return self._made(Literal(float(value), at))
        if self._kind == "string":
            value, at = self._take()
            return self._made(Literal(value[1:-1], at))
        if self._kind == "word" and self._value in FUNCTIONS:
            return self._call()
        if self._kind == "sign" and self._value in (".", "(", "-"):
            return self._signed()
        return self._unexpected()

    def _signed(self) -> Node:
        sign, at = self._take()
        if sign == ".":
            return self._made(Own(at))
        if sign == "-":
            if self._kind != "number":
                self._unexpected()
            return self._made(Literal(-float(self._take()[0]), at))
        return self._inside(lambda: self._junction("or"), at)

    def _call(self) -> Node:
        function, at = self._take()
        fewest, most = FUNCTIONS[function]
        self._expect("(")

        def arguments() -> tuple[Node, ...]:
            found: list[Node] = []
            while self._value != ")":
                if found:
                    self._expect(",")
                found.append(self._junction("or"))
            return tuple(found)

        parts = self._inside(arguments, at)
        if not fewest <= len(parts) <= most:
            wanted = str(fewest) if fewest == most else f"{fewest} to {most}"
            _refuse(at, "condition_syntax", f"{function}() takes {wanted} arguments.")
        return self._made(Call(function, parts, at))

    def _inside(self, read: Callable[[], Found], at: int) -> Found:
        """Read what stands in brackets, the closing one included."""
        self._depth += 1
        if self._depth > DEEPEST:
            _refuse(at, "condition_too_deep", f"Brackets stand in brackets at most {DEEPEST} times.")
        found = read()
        self._expect(")")
        self._depth -= 1
        return found

    def _expect(self, sign: str) -> None:
        if self._kind != "sign" or self._value != sign:
            self._unexpected(f", expected `{sign}`")
        self._take()

    def _unexpected(self, expected: str = "") -> Never:
        if self._kind == "end":
            _refuse(self._at, "condition_syntax", f"The condition ends too early{expected}.")
        if self._kind == "word" and self._text[self._token.end() :].lstrip().startswith("("):
            known = ", ".join(f"{name}()" for name in FUNCTIONS)
            _refuse(self._at, "condition_function", f"No such function; there are {known}.")
        if self._kind == "stranger" and self._value in "'\"":
            _refuse(self._at, "condition_syntax", "The string does not end.")
        _refuse(self._at, "condition_syntax", f"This cannot stand here{expected}.")
