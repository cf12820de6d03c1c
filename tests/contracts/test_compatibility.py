"""What breaks those who built upon the last release is found, and must be declared in the changelog."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cli.compatibility import Interface, find_breaks, undeclared
from cli.openapi import MERGED, RELEASED
from services.common.http.openapi import share_parts
from tests.instances import ROOT

DOCUMENT: dict[str, Any] = {
    "paths": {
        "/v1/things/{thing_id}": {
            "patch": {
                "operationId": "change_thing",
                "security": [{}, {"bearer": []}],
                "parameters": [
                    {"name": "thing_id", "in": "path", "required": True, "schema": {"type": "string"}},
                    {"name": "limit", "in": "query", "required": False, "schema": {"type": "integer"}},
                ],
                "requestBody": {
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ThingChange"}}}
                },
                "responses": {
                    "200": {
                        "content": {
                            "application/json": {"schema": {"$ref": "#/components/schemas/ThingRead"}}
                        }
                    },
                    "404": {"description": "Not here."},
                },
            }
        }
    },
    "components": {
        "schemas": {
            "Color": {"type": "string", "enum": ["red", "green"]},
            "ThingChange": {
                "properties": {
                    "color": {"anyOf": [{"$ref": "#/components/schemas/Color"}, {"type": "null"}]},
                    "names": {"type": "array", "items": {"type": "string"}},
                },
            },
            "ThingRead": {
                "properties": {
                    "id": {"type": "string", "format": "uuid"},
                    "color": {"$ref": "#/components/schemas/Color"},
                    "counts": {"type": "object", "additionalProperties": {"type": "integer"}},
                },
                "required": ["id", "color"],
            },
        }
    },
}
NAMES_OR_NOTHING = {"anyOf": [{"type": "array", "items": {"type": "string"}}, {"type": "null"}]}
Change = Callable[[dict[str, Any], dict[str, Any]], object]
"""Does something to the operation and to the schemas."""


def breaks_of(change: Change) -> list[str]:
    document = copy.deepcopy(DOCUMENT)
    change(document["paths"]["/v1/things/{thing_id}"]["patch"], document["components"]["schemas"])
    return find_breaks(Interface.of(DOCUMENT), Interface.of(document))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            lambda o, _: o.update(security=[{"bearer": []}]),
            "`PATCH /v1/things/{thing_id}` now needs a credential",
        ),
        (
            lambda o, _: o["requestBody"].update(required=True),
            "`PATCH /v1/things/{thing_id}` now needs a body",
        ),
        (
            lambda o, _: o["parameters"].pop(),
            "`PATCH /v1/things/{thing_id}` no longer takes integer as query parameter limit",
        ),
        (
            lambda o, _: o["parameters"][1].update(required=True),
            "`PATCH /v1/things/{thing_id}` now needs query parameter limit",
        ),
        (
            lambda o, _: o["responses"].update({"204": o["responses"].pop("200")}),
            "`PATCH /v1/things/{thing_id}` no longer answers 200 as application/json",
        ),
        (lambda o, _: o["responses"].pop("404"), "`PATCH /v1/things/{thing_id}` no longer answers 404"),
        (
            lambda _, s: s["ThingChange"]["properties"].pop("names"),
            "`ThingChange as sent` no longer takes list of string as names",
        ),
        (lambda _, s: s["ThingChange"].update(required=["color"]), "`ThingChange as sent` now needs color"),
        (
            lambda _, s: s["ThingChange"]["properties"]["color"]["anyOf"].pop(),
            "`ThingChange as sent` no longer takes null as color",
        ),
        (lambda _, s: s["Color"]["enum"].pop(), "`Color as sent` no longer takes 'green'"),
        (
            lambda _, s: s["ThingRead"]["properties"].pop("counts"),
            "`ThingRead as answered` no longer has counts",
        ),
        (
            lambda _, s: s["ThingRead"].update(required=["id"]),
            "`ThingRead as answered` no longer always has color",
        ),
        (lambda _, s: s["ThingRead"]["properties"]["id"].pop("format"), "`ThingRead.id` now may be string"),
        (
            lambda _, s: s["ThingRead"]["properties"]["counts"]["additionalProperties"].update(type="string"),
            "`ThingRead.counts` now may be map of string",
        ),
    ],
)
def test_what_breaks_is_told(change: Change, told: str) -> None:
    assert told in breaks_of(change)


def bounded(document: dict[str, Any], where: str, **bounds: Any) -> dict[str, Any]:
    """Return the document with bounds on what is sent or answered."""
    changed = copy.deepcopy(document)
    operation = changed["paths"]["/v1/things/{thing_id}"]["patch"]
    schemas = changed["components"]["schemas"]
    names = schemas["ThingChange"]["properties"]["names"]
    {
        "limit": operation["parameters"][1]["schema"],
        "names": names,
        "name": names["items"],
        "change": schemas["ThingChange"],
        "id": schemas["ThingRead"]["properties"]["id"],
        "count": schemas["ThingRead"]["properties"]["counts"]["additionalProperties"],
    }[where].update(bounds)
    return changed


OWNERS = {
    "limit": "`PATCH /v1/things/{{thing_id}}` {} query parameter limit",
    "names": "`ThingChange as sent` {} names",
    "name": "`ThingChange as sent` {} names[]",
    "change": "`ThingChange as sent` {} it",
    "id": "`ThingRead.id` {} it",
    "count": "`ThingRead.counts` {} it{{}}",
}
NOTHING: dict[str, Any] = {}


@pytest.mark.parametrize(
    ("where", "before", "now", "told"),
    [
        ("limit", NOTHING, {"maximum": 200}, "maximum 200"),
        ("limit", {"maximum": 200}, {"maximum": 100}, "maximum 100"),
        ("limit", {"maximum": 200}, {"maximum": 300}, None),
        ("limit", {"maximum": 200}, NOTHING, None),
        ("limit", {"minimum": 1}, {"minimum": 2.5}, "minimum 2.5"),
        ("limit", {"minimum": 1}, {"minimum": 0}, None),
        ("limit", {"exclusiveMinimum": 1}, {"exclusiveMinimum": 2}, "exclusiveMinimum 2"),
        ("limit", {"multipleOf": 2}, {"multipleOf": 4}, "multipleOf 4"),
        ("names", {"maxItems": 9}, {"maxItems": 8}, "maxItems 8"),
        ("names", {"maxItems": 9}, {"maxItems": 10}, None),
        ("names", NOTHING, {"uniqueItems": True}, "uniqueItems True"),
        ("name", {"maxLength": 200}, {"maxLength": 20}, "maxLength 20"),
        ("name", {"minLength": 2}, {"minLength": 1}, None),
        ("name", {"pattern": "^a"}, {"pattern": "^ab"}, "pattern ^ab"),
        ("name", {"pattern": "^a"}, NOTHING, None),
        ("change", NOTHING, {"minProperties": 1}, "minProperties 1"),
        ("id", {"maxLength": 36}, {"maxLength": 40}, "maxLength 36"),
        ("id", {"maxLength": 36}, NOTHING, "maxLength 36"),
        ("id", {"maxLength": 36}, {"maxLength": 32}, None),
        ("id", NOTHING, {"maxLength": 36}, None),
        ("id", {"pattern": "^a"}, {"pattern": "^b"}, "pattern ^a"),
        ("count", {"minimum": 0}, {"minimum": -1}, "minimum 0"),
        ("count", {"minimum": 0}, {"minimum": 5}, None),
    ],
)
def test_what_is_sent_may_be_bounded_less_and_what_is_answered_more(
    where: str, before: dict[str, Any], now: dict[str, Any], told: str | None
) -> None:
    found = find_breaks(
        Interface.of(bounded(DOCUMENT, where, **before)), Interface.of(bounded(DOCUMENT, where, **now))
    )
    verb = "no longer bounds" if where in {"id", "count"} else "now bounds"
    assert found == ([f"{OWNERS[where].format(verb)} to {told}"] if told else [])


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        ({"enum": ["a", "b"]}, {"enum": ["a"]}, ["'b'"]),
        ({"enum": ["a"]}, {"enum": ["a", "b"]}, []),
        ({"const": "a"}, {"const": "b"}, ["'a'"]),
        (
            {"anyOf": [{"enum": ["a"]}, {"type": "null"}]},
            {"anyOf": [{"enum": ["b"]}, {"type": "null"}]},
            ["'a'"],
        ),
    ],
)
def test_values_that_are_listed_where_they_are_sent(
    before: dict[str, Any], now: dict[str, Any], told: list[str]
) -> None:
    found = find_breaks(
        Interface.of(bounded(DOCUMENT, "limit", **before)), Interface.of(bounded(DOCUMENT, "limit", **now))
    )
    assert found == [
        f"`PATCH /v1/things/{{thing_id}}` no longer takes {one} as query parameter limit" for one in told
    ]


def test_an_operation_that_goes_is_told_once() -> None:
    gone = Interface.of(DOCUMENT | {"paths": {}})
    assert find_breaks(Interface.of(DOCUMENT), gone) == ["`PATCH /v1/things/{thing_id}` no longer exists"]


def renamed(**fields: Any) -> list[str]:
    document = copy.deepcopy(DOCUMENT)
    schemas = document["components"]["schemas"]
    schemas["Followed_ThingRead_"] = schemas.pop("ThingRead")
    schemas["Followed_ThingRead_"]["properties"] |= fields
    text = json.dumps(document).replace('/ThingRead"', '/Followed_ThingRead_"')
    return find_breaks(Interface.of(DOCUMENT), Interface.of(json.loads(text)))


def test_a_schema_may_get_another_name_if_it_stays_what_it_was() -> None:
    assert renamed() == renamed(more={"type": "boolean"}) == []
    (told,) = renamed(id={"type": "integer"})
    assert told == "`PATCH /v1/things/{thing_id}` now answers 200 with Followed_ThingRead_"


def test_a_schema_may_give_way_to_one_that_says_more() -> None:
    document = copy.deepcopy(DOCUMENT)
    other = copy.deepcopy(document["paths"]["/v1/things/{thing_id}"])
    document["paths"]["/v1/other-things/{thing_id}"] = other
    before = Interface.of(document)
    schemas = document["components"]["schemas"]
    more = schemas["ThingDetail"] = copy.deepcopy(schemas["ThingRead"])
    more["properties"]["more"] = {"type": "boolean"}
    answer = other["patch"]["responses"]["200"]["content"]["application/json"]
    answer["schema"] = {"$ref": "#/components/schemas/ThingDetail"}
    assert find_breaks(before, Interface.of(document)) == []
    del more["properties"]["color"]
    (told,) = find_breaks(before, Interface.of(document))
    assert told == "`PATCH /v1/other-things/{thing_id}` now answers 200 with ThingDetail"


@pytest.mark.parametrize(
    "change",
    [
        lambda o, _: o["parameters"].append({"name": "q", "in": "query", "schema": {"type": "string"}}),
        lambda o, _: o["responses"].update({"409": {"description": "Conflict."}}),
        lambda o, _: o.update(description="Said better.", operationId="change_a_thing"),
        lambda _, s: s["ThingChange"]["properties"].update(size={"type": "integer", "maximum": 9}),
        lambda _, s: s["ThingChange"]["properties"].update(names=NAMES_OR_NOTHING),
        lambda _, s: s["ThingRead"]["properties"].update(size={"type": "integer"}),
        lambda _, s: s["ThingRead"].update(required=["id", "color", "counts"]),
        lambda _, s: s["Color"]["enum"].append("blue"),
    ],
)
def test_what_only_adds_breaks_nothing(change: Change) -> None:
    assert breaks_of(change) == []


def test_writing_shared_parts_once_changes_nothing(tmp_path: Path) -> None:
    shared = Interface.of(share_parts(DOCUMENT))
    shared.write(tmp_path / "released.json.gz")
    assert Interface.read(tmp_path / "released.json.gz") == shared == Interface.of(DOCUMENT)


def test_breaks_are_declared_by_what_they_concern() -> None:
    changelog = (
        "## [Unreleased]\n\n### Breaking\n- `A.b` may be left out.\n\n### Added\n- `C.d`\n\n## [0.1.0]\n"
    )
    assert undeclared(["`A.b` now may be null"], changelog) == []
    assert undeclared(["`C.d` now may be null", "`E` now needs f"], changelog) == [
        "`C.d` now may be null",
        "`E` now needs f",
    ]
    assert undeclared(["`A.b` now may be null"], "## [Unreleased]\n\n## [0.1.0]\n### Breaking\n- `A.b`\n")


def test_nothing_undeclared_breaks_who_built_upon_the_last_release() -> None:
    now = Interface.of(json.loads((ROOT / MERGED).read_text(encoding="utf-8")))
    breaks = find_breaks(Interface.read(ROOT / RELEASED), now)
    missing = undeclared(breaks, (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    assert missing == [], (
        "add it, or name it under `### Breaking` of the unreleased changes (docs/contributing.md)"
    )
