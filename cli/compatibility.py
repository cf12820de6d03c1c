"""Whether what integrators built upon the last release still works: the interface as facts, and which were broken.

A *promise* is broken when it goes: an operation, a parameter or field that is accepted, a field that is answered,
the status of an error. A *demand* breaks when it comes: something else that has to be sent, or another type that an
answer may hold. Bounds and patterns of what is sent are demands, of what is answered promises, and a tighter bound
keeps the wider one. A schema may change its name as long as it keeps what it promised. Answered enumerations may
grow (docs/guides/integrator.md). Permissions are rules of the domain and not looked at.
"""

import gzip
import json
import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any, Final, Self

Fact = tuple[str, str]
"""Whose, and what."""
EXISTS: Final = "exists"
SENT, ANSWERED = "sent", "answered"
ITSELF: Final = "it"
_REF: Final = re.compile(r'"\$ref": "#/components/schemas/([^"]+)"')
_WORD: Final = re.compile(r"[\w-]+")
_METHODS: Final = ("get", "put", "post", "delete", "patch")
_BOUND: Final = re.compile(r"bounds (?P<what>.+?) to (?P<keyword>\w+) (?P<limit>.+)", re.DOTALL)
_PART: Final = re.compile(r"[\[{].*")
_BOUNDS: Final = (
    *("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"),
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "uniqueItems", "pattern"),
)


@dataclass(frozen=True)
class Interface:
    """What one version of the merged document says to who builds upon it."""

    promises: frozenset[Fact]
    demands: frozenset[Fact]

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Self:
        """Return the facts of an OpenAPI document as `merge` makes it, shared parts or not."""
        promises, demands = set[Fact](), set[Fact]()
        used: dict[str, set[str]] = {SENT: set(), ANSWERED: set()}
        for owner, operation in _operations(document):
            promises.add((owner, EXISTS))
            _add_request(document, owner, operation, promises, demands)
            used[SENT] |= _schemas(document, operation.get("requestBody"), *_parameters(document, operation))
            answers = _successes(operation)
            promises |= {(owner, f"answers {status}") for status in _errors(operation)}
            for status, media_type, schema in answers:
                promises.add((owner, f"answers {status} as {media_type}"))
                demands |= {(owner, f"answers {status} with {kind}") for kind in _kinds(schema)}
            used[ANSWERED] |= _schemas(document, answers)
        for name in used[SENT]:
            _add_sent(name, document["components"]["schemas"][name], promises, demands)
        for name in used[ANSWERED]:
            _add_answered(name, document["components"]["schemas"][name], promises, demands)
        return cls(frozenset(promises), frozenset(demands))

    @classmethod
    def read(cls, file: Path) -> Self:
        """Return the facts that `write` has kept."""
        kept = json.loads(gzip.decompress(file.read_bytes()))
        promises, demands = (
            {(owner, text) for owner, texts in part.items() for text in texts} for part in kept
        )
        return cls(frozenset(promises), frozenset(demands))

    def write(self, file: Path) -> None:
        """Keep the facts in a small file."""
        parts = [_by_owner(self.promises), _by_owner(self.demands)]
        file.write_bytes(gzip.compress(json.dumps(parts, separators=(",", ":")).encode(), mtime=0))


@dataclass
class SchemaFacts:
    """What a schema promises and demands; whose it is, without its name."""

    promises: set[Fact] = field(default_factory=set)
    demands: set[Fact] = field(default_factory=set)


Schemas = dict[str, SchemaFacts]


def find_breaks(before: Interface, now: Interface) -> list[str]:
    """Return, as sentences that begin with whose it is in backticks, what no longer works as it did `before`."""
    old = _schemas_of(before)
    now = _called_as(old, now)
    new = _schemas_of(now)
    known, here = ({owner for owner, _ in one.promises} for one in (before, now))
    gone = {
        one
        for one in before.promises - now.promises
        if (one[0] in here or _is_lost(one)) and not _holds(one, now.promises)
    }
    answered = {(owner, *text.rpartition(" ")[::2]) for owner, text in before.demands}
    come = {
        (owner, text)
        for owner, text in now.demands - before.demands
        if owner in known
        and not _is_more(answered, old, new, owner, text)
        and not _asks_no_more((owner, text), before)
    }
    return sorted(
        [f"`{owner}` no longer {text}" for owner, text in gone]
        + [f"`{owner}` now {text}" for owner, text in come]
    )


def _holds(fact: Fact, facts: AbstractSet[Fact]) -> bool:
    """Say whether `facts` have this one, or a bound that is tighter."""
    owner, text = fact
    bound = _BOUND.fullmatch(text)
    if fact in facts or bound is None:
        return fact in facts
    others = (_BOUND.fullmatch(other) for whose, other in facts if whose == owner)
    return any(other is not None and _is_tighter(other, bound) for other in others)


def _asks_no_more(fact: Fact, former: "Interface | SchemaFacts") -> bool:
    """Say whether whoever did what was demanded does what `fact` demands, a bound of something new included."""
    if _holds(fact, former.demands):
        return True
    owner, text = fact
    bound = _BOUND.fullmatch(text)
    if bound is None:
        return False
    name = _PART.sub("", bound["what"])
    return name != ITSELF and not any(
        whose == owner and promise.endswith(f" as {name}") for whose, promise in former.promises
    )


def _is_tighter(one: re.Match[str], other: re.Match[str]) -> bool:
    if (one["what"], one["keyword"]) != (other["what"], other["keyword"]):
        return False
    keyword = one["keyword"].lower()
    if "max" in keyword:
        return float(one["limit"]) <= float(other["limit"])
    return "min" in keyword and float(one["limit"]) >= float(other["limit"])


def _is_lost(fact: Fact) -> bool:
    """Say whether an operation is gone; a schema that nothing uses any more is not missed."""
    owner, text = fact
    return text == EXISTS and " /" in owner


def _is_more(answered: set[tuple[str, str, str]], old: Schemas, new: Schemas, owner: str, text: str) -> bool:
    """Say whether what is answered now is another schema, which keeps what one promised that was answered there."""
    what, _, kind = text.rpartition(" ")
    return kind in new and any(
        (owner, what, former) in answered and _keeps(facts, new[kind]) for former, facts in old.items()
    )


def _called_as(old: Schemas, now: Interface) -> Interface:
    """Return `now` with schemas that only changed their names called as they were."""
    new = _schemas_of(now)
    gone = {name: facts for name, facts in old.items() if name not in new}
    names: dict[str, str] = {}
    for name in sorted(new.keys() - old.keys()):
        alike = [former for former in sorted(gone.keys() - names.values()) if _keeps(gone[former], new[name])]
        if alike:
            names[name] = max(alike, key=lambda one: SequenceMatcher(None, one, name).ratio())

    def former_name(text: str) -> str:
        return _WORD.sub(lambda found: names.get(found[0], found[0]), text)

    promises, demands = (
        frozenset((former_name(owner), former_name(text)) for owner, text in part)
        for part in (now.promises, now.demands)
    )
    return Interface(promises, demands)


def _schemas_of(interface: Interface) -> Schemas:
    schemas: Schemas = {}
    for part in ("promises", "demands"):
        for owner, text in getattr(interface, part):
            if " /" not in owner:
                name = re.split(r"[ .]", owner, maxsplit=1)[0]
                facts = schemas.setdefault(name, SchemaFacts())
                getattr(facts, part).add((owner.removeprefix(name), text))
    return schemas


def _keeps(former: SchemaFacts, latter: SchemaFacts) -> bool:
    """Say whether whoever works with the former schema works with the latter, where the latter is used."""
    ways = {owner for owner, text in latter.promises if text == EXISTS}
    promised = {one for one in former.promises if one[0] in ways or not one[0].startswith(" as ")}
    known = {owner for owner, _ in promised}
    return all(_holds(one, latter.promises) for one in promised) and all(
        _asks_no_more(one, former) for one in latter.demands if one[0] in known
    )


def undeclared(breaks: list[str], changelog: str) -> list[str]:
    """Return the breaks that no line under `### Breaking` of the unreleased changes names, in backticks."""
    unreleased = changelog.partition("## [Unreleased]")[2].partition("\n## [")[0]
    declared = unreleased.partition("### Breaking\n")[2].partition("\n### ")[0]
    return [one for one in breaks if f"`{one.split('`')[1]}`" not in declared]


def _operations(document: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method in _METHODS:
            if method in item:
                yield f"{method.upper()} {path}", item[method]


def _parameters(document: Mapping[str, Any], operation: Mapping[str, Any]) -> list[dict[str, Any]]:
    shared = document["components"].get("parameters", {})
    return [
        shared[one["$ref"].rpartition("/")[2]] if "$ref" in one else one
        for one in operation.get("parameters", ())
    ]


def _add_request(
    document: Mapping[str, Any],
    owner: str,
    operation: Mapping[str, Any],
    promises: set[Fact],
    demands: set[Fact],
) -> None:
    if {} not in operation.get("security", [{}]):
        demands.add((owner, "needs a credential"))
    for one in _parameters(document, operation):
        name = f"{one['in']} parameter {one['name'].lower() if one['in'] == 'header' else one['name']}"
        promises |= {
            (owner, f"takes {kind} as {name}") for kind in (*_kinds(one["schema"]), *_values(one["schema"]))
        }
        demands |= {(owner, text) for text in _bounds(one["schema"], name)}
        if one.get("required"):
            demands.add((owner, f"needs {name}"))
    body = operation.get("requestBody", {})
    for media_type, content in body.get("content", {}).items():
        promises |= {(owner, f"takes {kind} as {media_type}") for kind in _kinds(content.get("schema", {}))}
    if body.get("required"):
        demands.add((owner, "needs a body"))


def _successes(operation: Mapping[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (status, media_type, content.get("schema", {}))
        for status, answer in operation["responses"].items()
        if status.startswith("2")
        for media_type, content in answer.get("content", {"nothing": {}}).items()
    ]


def _errors(operation: Mapping[str, Any]) -> list[str]:
    return [status for status in operation["responses"] if status.startswith(("4", "5"))]


def _schemas(document: Mapping[str, Any], *parts: object) -> set[str]:
    """Return the names of all schemas that `parts` refer to, through others too."""
    found: set[str] = set()
    waiting = set(_REF.findall(json.dumps(parts)))
    while waiting:
        name = waiting.pop()
        found.add(name)
        waiting |= set(_REF.findall(json.dumps(document["components"]["schemas"][name]))) - found
    return found


def _add_sent(name: str, schema: Mapping[str, Any], promises: set[Fact], demands: set[Fact]) -> None:
    owner = f"{name} as {SENT}"
    promises.add((owner, EXISTS))
    promises |= {(owner, f"takes {value}") for value in _values(schema)}
    demands |= {(owner, text) for text in _bounds(schema, ITSELF)}
    for part, described in schema.get("properties", {}).items():
        promises |= {(owner, f"takes {kind} as {part}") for kind in (*_kinds(described), *_values(described))}
        demands |= {(owner, text) for text in _bounds(described, part)}
    demands |= {(owner, f"needs {part}") for part in schema.get("required", ())}


def _add_answered(name: str, schema: Mapping[str, Any], promises: set[Fact], demands: set[Fact]) -> None:
    owner = f"{name} as {ANSWERED}"
    promises.add((owner, EXISTS))
    for part, described in schema.get("properties", {}).items():
        own = f"{name}.{part}"
        promises |= {(owner, f"has {part}"), (own, EXISTS)}
        promises |= {(own, text) for text in _bounds(described, ITSELF)}
        demands |= {(own, f"may be {kind}") for kind in _kinds(described)}
    promises |= {(owner, f"always has {part}") for part in schema.get("required", ())}


def _kinds(schema: Mapping[str, Any]) -> set[str]:
    """Return what a value may be, one word for each alternative."""
    if "$ref" in schema:
        return {schema["$ref"].rpartition("/")[2]}
    if alternatives := _alternatives(schema):
        return {kind for part in alternatives for kind in _kinds(part)}
    kind = schema.get("type", "anything")
    if kind == "array":
        return {f"list of {one}" for one in _kinds(schema.get("items", {}))}
    values = schema.get("additionalProperties")
    if kind == "object" and isinstance(values, Mapping):
        return {f"map of {one}" for one in _kinds(values)}
    return {f"{kind} ({schema['format']})" if "format" in schema else str(kind)}


def _values(schema: Mapping[str, Any]) -> set[str]:
    """Return the values that are allowed, where they are listed; those of a schema with a name stand there."""
    listed = [*schema.get("enum", ()), *([schema["const"]] if "const" in schema else ())]
    return {repr(value) for value in listed}.union(*(_values(part) for part in _alternatives(schema)))


def _bounds(schema: Mapping[str, Any], what: str) -> Iterator[str]:
    """Yield the limits of a value, and of what it is a list or map of; listed values are told by `_values`."""
    for keyword in _BOUNDS:
        if keyword in schema:
            yield f"bounds {what} to {keyword} {schema[keyword]}"
    for part in _alternatives(schema):
        yield from _bounds(part, what)
    for keyword, place in (("items", "[]"), ("additionalProperties", "{}"), ("propertyNames", "{names}")):
        if isinstance(schema.get(keyword), Mapping):
            yield from _bounds(schema[keyword], what + place)


def _alternatives(schema: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [part for union in ("anyOf", "oneOf") for part in schema.get(union, ())]


def _by_owner(facts: frozenset[Fact]) -> dict[str, list[str]]:
    owned: dict[str, list[str]] = {}
    for owner, text in sorted(facts):
        owned.setdefault(owner, []).append(text)
    return owned
