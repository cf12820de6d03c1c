"""Every example of the merged document is what its schema says; those of programs are the reference portfolio's."""

import json
from collections.abc import Iterator
from typing import Any, Final

import jsonschema
import pytest

from tests.instances import ROOT

DOCUMENT: Final[dict[str, Any]] = json.loads(
    (ROOT / "docs" / "openapi" / "merged.json").read_text(encoding="utf-8")
)
Found = Iterator[tuple[str, dict[str, Any], Any]]


def examples_of_schemas(node: Any, place: str = "") -> Found:
    """Yield where an example stands, its schema, and the example."""
    if isinstance(node, dict):
        if isinstance(node.get("examples"), list) and "properties" not in place.rpartition("/")[2]:
            for example in node["examples"]:
                yield place, {key: part for key, part in node.items() if key != "examples"}, example
        for key, part in node.items():
            if key != "examples":
                yield from examples_of_schemas(part, f"{place}/{key}")
    elif isinstance(node, list):
        for number, part in enumerate(node):
            yield from examples_of_schemas(part, f"{place}/{number}")


def examples_of_media(node: Any, place: str = "") -> Found:
    """Yield the examples of bodies; those that are referred to are looked up."""
    if isinstance(node, dict):
        if isinstance(node.get("examples"), dict) and "schema" in node:
            for name, example in node["examples"].items():
                target = example
                if "$ref" in example:
                    target = DOCUMENT["components"]["examples"][example["$ref"].rpartition("/")[2]]
                yield f"{place}/{name}", node["schema"], target["value"]
        for key, part in node.items():
            yield from examples_of_media(part, f"{place}/{key}")
    elif isinstance(node, list):
        for number, part in enumerate(node):
            yield from examples_of_media(part, f"{place}/{number}")


def faults_of(found: Found) -> tuple[list[str], int]:
    """Return what is wrong with the examples, each pair of schema and example once, and how many there are."""
    seen: set[str] = set()
    faults = []
    for place, schema, example in found:
        key = json.dumps([schema, example], sort_keys=True)
        if key in seen:
            continue
        seen.add(key)
        validator = jsonschema.Draft202012Validator(
            schema | {"components": DOCUMENT["components"]},
            format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER,
        )
        faults += [f"{place}: {error.message}" for error in validator.iter_errors(example)]
    return faults, len(seen)


def test_examples_of_schemas_are_valid() -> None:
    faults, count = faults_of(examples_of_schemas(DOCUMENT))
    assert faults == []
    assert count > 40


def test_examples_of_bodies_are_valid() -> None:
    said_once = DOCUMENT["components"].get("responses", {})
    faults, count = faults_of(examples_of_media([DOCUMENT["paths"], said_once]))
    assert faults == []
    assert count > 40


def test_a_wrong_example_is_found() -> None:
    """Negative control."""
    wrong = {"type": "object", "properties": {"a": {"type": "string", "examples": [1]}}}
    assert faults_of(examples_of_schemas(wrong))[0] == ["/properties/a: 1 is not of type 'string'"]


@pytest.mark.parametrize(
    "name",
    [
        *("SourceCreate", "OrganizationCreate", "ProgramCreate", "ComponentCreate", "EditionCreate"),
        *("DeliveryCreate", "PartnershipCreate", "StatementCreate", "FundCreate", "AgencyWrite"),
        *("PublicationProfileWrite", "PublicationRequest"),
    ],
)
def test_what_is_sent_to_programs_has_an_example(name: str) -> None:
    assert DOCUMENT["components"]["schemas"][name]["examples"]
