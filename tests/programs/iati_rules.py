"""IATI's own tests of a file: schema, codelists and standard ruleset, read from ../shared/data/iati.

The ruleset's 15 kinds of rules are evaluated as IATI's SPEC.rst describes them. An exception for identifiers
that exist already (`idCondition`) is not made: what holds without it holds with it.
"""

import json
import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

_REPOSITORY = Path(__file__).parents[2]
IATI = Path(os.environ.get("QOLDAU_SHARED", _REPOSITORY.parent / "shared")) / "data" / "iati"
needs_iati = pytest.mark.skipif(
    not IATI.exists(),
    reason="IATI's files are not here: set QOLDAU_SHARED to the folder that holds data/iati",
)

Element = Any
Case = Mapping[str, Any]
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


@dataclass(frozen=True)
class Breach:
    """A rule that an element breaks."""

    rule: str
    severity: str
    where: str
    message: str


def schema_errors(content: bytes, kind: str = "activities") -> list[str]:
    """Return what the official schema finds wrong with a file of activities or organisations."""
    schema: Any = etree.XMLSchema(etree.parse(str(IATI / "schemas" / f"iati-{kind}-schema.xsd")))
    schema.validate(etree.fromstring(content))
    return [f"{error.line}: {error.message}" for error in schema.error_log]


@cache
def _codelist(name: str) -> tuple[bool, frozenset[str]]:
    path = next(p for p in (IATI / "codelists").glob(f"*/{name}.xml"))
    root = etree.parse(str(path)).getroot()
    codes = (item.findtext("code", "").strip() for item in root.iter("codelist-item"))
    return root.get("complete") == "1", frozenset(codes)


@cache
def _mappings() -> list[tuple[str, str, str | None]]:
    root: Element = etree.parse(str(IATI / "codelists" / "mapping.xml")).getroot()
    return [
        (m.findtext("path", ""), m.find("codelist").get("ref"), m.findtext("condition"))
        for m in root.iter("mapping")
    ]


def unlisted_codes(content: bytes) -> tuple[list[str], int]:
    """Return the coded values that a complete codelist lacks, and how many values were compared."""
    root: Element = etree.fromstring(content)
    wrong: list[str] = []
    compared = 0
    for path, name, condition in _mappings():
        owner, _, attribute = path.rpartition("/")
        complete, codes = _codelist(name)
        for element in root.getroottree().xpath(owner or "//*"):
            if condition and not element.xpath(f"boolean({condition})"):
                continue
            for value in element.xpath(attribute):
                compared += 1
                if complete and str(value) not in codes:
                    wrong.append(f"{path}: {value} is not in {name}")
    return wrong, compared


def count_cases() -> int:
    """Return how many cases the ruleset has."""
    return sum(len(rule["cases"]) for kinds in _ruleset().values() for rule in kinds.values())


def rule_kinds() -> set[str]:
    """Return the kinds of rules in the ruleset, loops included."""
    return {kind for kinds in _ruleset().values() for kind in kinds}


@cache
def _ruleset() -> dict[str, Any]:
    read: dict[str, Any] = json.loads((IATI / "rulesets" / "standard.json").read_text("utf-8"))
    return read


def breaches(content: bytes, now: datetime | None = None) -> list[Breach]:
    """Return every breach of the standard ruleset in a file."""
    root: Element = etree.fromstring(content)
    tree = root.getroottree()
    evaluation = _Evaluation(now or datetime.now(UTC))
    found: list[Breach] = []
    for context, kinds in _ruleset().items():
        for element in tree.xpath(context):
            for kind, rule in kinds.items():
                for case in rule["cases"]:
                    found += evaluation.run(element, kind, case)
    return found


class _Evaluation:
    def __init__(self, now: datetime) -> None:
        self._now = now
        self._kinds: dict[str, Callable[[Element, Case], bool]] = {
            name: getattr(self, f"_{name}")
            for name in (
                *("unique", "startswith", "atleast_one", "one_or_all", "date_now", "date_order"),
                *("regex_matches", "no_spaces", "no_more_than_one", "strict_sum", "range", "if_then"),
                *("between_dates", "time_limit"),
            )
        }

    def run(self, element: Element, kind: str, case: Case) -> Iterable[Breach]:
        if kind == "loop":
            yield from self._loop(element, case)
            return
        if "condition" in case and not element.xpath(f"boolean({case['condition']})"):
            return
        if not self._kinds[kind](element, case):
            info = case["ruleInfo"]
            where = element.getroottree().getpath(element)
            yield Breach(info["id"], info["severity"], where, info["message"])

    def _loop(self, element: Element, case: Case) -> Iterable[Breach]:
        for value in sorted({str(found) for found in element.xpath(case["foreach"])}):
            for kind, rule in case["do"].items():
                for inner in rule["cases"]:
                    filled = {
                        key: _fill(part, value) if key in (*case["subs"], "condition") else part
                        for key, part in inner.items()
                    }
                    yield from self.run(element, kind, filled)

    def _values(self, element: Element, case: Case) -> list[str]:
        return [text for path in case["paths"] for text in _texts(element, path)]

    def _unique(self, element: Element, case: Case) -> bool:
        values = self._values(element, case)
        return len(values) == len(set(values))

    def _startswith(self, element: Element, case: Case) -> bool:
        if case["prefix"] == ["ORG-ID-PREFIX"]:
            prefixes: Iterable[str] = _codelist("OrganisationRegistrationAgency")[1]
        else:
            prefixes = [text for path in case["prefix"] for text in _texts(element, path)]
        separator = case.get("separator", "")
        starts = tuple(prefix + separator for prefix in prefixes)
        return all(value.startswith(starts) for value in self._values(element, case))

    def _atleast_one(self, element: Element, case: Case) -> bool:
        return bool(self._nodes(element, case))

    def _no_more_than_one(self, element: Element, case: Case) -> bool:
        return len(self._nodes(element, case)) <= 1

    def _nodes(self, element: Element, case: Case) -> list[Any]:
        return [node for path in case["paths"] for node in element.xpath(path)]

    def _one_or_all(self, element: Element, case: Case) -> bool:
        if case["one"] == "sector":
            moved = element.findall("transaction")
            if element.find("sector") is not None or not any(t.find("sector") is not None for t in moved):
                return True
            return all(t.find("sector") is not None for t in moved)
        if element.xpath(case["one"]):
            return True
        if case["all"] == "lang":
            return all(_LANGUAGE in narrative.attrib for narrative in element.iter("narrative"))
        return all("currency" in value.attrib for value in element.iter("value"))

    def _date_now(self, element: Element, case: Case) -> bool:
        moments = (datetime.fromisoformat(str(value)) for value in element.xpath(case["date"]))
        return all(moment <= self._now for moment in moments)

    def _days(self, element: Element, path: str) -> list[date]:
        if path == "NOW":
            return [self._now.date()]
        return [date.fromisoformat(str(value)[:10]) for value in element.xpath(path)]

    def _date_order(self, element: Element, case: Case) -> bool:
        less, more = self._days(element, case["less"]), self._days(element, case["more"])
        return not less or not more or max(less) <= min(more)

    def _between_dates(self, element: Element, case: Case) -> bool:
        starts, ends = self._days(element, case["start"]), self._days(element, case["end"])
        days = self._days(element, case["date"])
        return not (starts and ends) or all(starts[0] <= day <= ends[0] for day in days)

    def _time_limit(self, element: Element, case: Case) -> bool:
        starts, ends = self._days(element, case["start"]), self._days(element, case["end"])
        return not (starts and ends) or (ends[0] - starts[0]).days <= 365

    def _regex_matches(self, element: Element, case: Case) -> bool:
        return all(re.search(case["regex"], value) for value in self._values(element, case))

    def _no_spaces(self, element: Element, case: Case) -> bool:
        return all(value == value.strip() for value in self._values(element, case))

    def _strict_sum(self, element: Element, case: Case) -> bool:
        return sum(Decimal(value) for value in self._values(element, case)) == Decimal(case["sum"])

    def _range(self, element: Element, case: Case) -> bool:
        low, high = Decimal(str(case["min"])), Decimal(str(case["max"]))
        return all(low <= Decimal(value) <= high for value in self._values(element, case))

    def _if_then(self, element: Element, case: Case) -> bool:
        return not element.xpath(f"boolean({case['if']})") or bool(element.xpath(f"boolean({case['then']})"))


def _fill(part: Any, value: str) -> Any:
    return (
        [text.replace("$1", value) for text in part] if isinstance(part, list) else part.replace("$1", value)
    )


def _texts(element: Element, path: str) -> list[str]:
    return [str(n) if isinstance(n, str) else "".join(n.itertext()) for n in element.xpath(path)]
