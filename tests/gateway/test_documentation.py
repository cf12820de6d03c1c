"""The merged document, the portal and the problem pages."""

import copy
import json
import re
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import validate

from cli.openapi import generate
from gateway.documentation import MergeConflictError, merge
from services.common.problems import catalogue
from tests.gateways import Gateway

ROOT = Path(__file__).parents[2]
MERGED = json.loads((ROOT / "docs/openapi/merged.json").read_text())
SERVICES = {
    name: json.loads((ROOT / f"docs/openapi/{name}.json").read_text())
    for name in ("programs", "participants", "evaluation", "gateway")
}


def operations(document: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [(path, operation) for path, item in document["paths"].items() for operation in item.values()]


def test_committed_documents_are_those_that_the_code_gives() -> None:
    outdated = [
        path
        for path, text in generate().items()
        if not (ROOT / path).exists() or (ROOT / path).read_text() != text
    ]
    assert outdated == [], "run `qoldau openapi`"


def test_the_merged_document_is_valid_and_whole() -> None:
    validate(MERGED)
    ids = [operation["operationId"] for _, operation in operations(MERGED)]
    assert sorted(ids) == sorted(
        operation["operationId"] for document in SERVICES.values() for _, operation in operations(document)
    )
    assert not [path for path, _ in operations(MERGED) if path.startswith(("/internal", "/health"))]


@pytest.mark.parametrize(("path", "operation"), operations(MERGED), ids=lambda part: str(part)[:60])
def test_every_operation_says_who_may_and_what_can_go_wrong(path: str, operation: dict[str, Any]) -> None:
    assert {"401", "403", "429", "502", "503", "504"} <= operation["responses"].keys(), path
    assert ({} in operation["security"]) == ("public" in operation["x-permission"])
    assert {"bearer": []} in operation["security"]


def test_services_cannot_contradict_one_another() -> None:
    other = copy.deepcopy(SERVICES["gateway"])
    with pytest.raises(MergeConflictError, match="another service has /"):
        merge({"gateway": SERVICES["gateway"], "other": other})
    other["paths"] = {f"{path}/other": item for path, item in other["paths"].items()}
    with pytest.raises(MergeConflictError, match=r"another service has [a-z_]+$"):
        merge({"gateway": SERVICES["gateway"], "other": other})
    other["paths"] = {}
    merge({"gateway": SERVICES["gateway"], "other": other})
    other["components"]["schemas"]["MeRead"]["description"] = "Something else."
    with pytest.raises(MergeConflictError, match="something else by MeRead"):
        merge({"gateway": SERVICES["gateway"], "other": other})
    other["components"]["schemas"] = {"gateway__me__MeRead": {}, "gateway__you__MeRead": {}}
    with pytest.raises(MergeConflictError, match="two of its models have one name"):
        merge({"other": other})


class References(HTMLParser):
    """Collects what a page loads and whether it runs code of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.inline = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        self.loaded += [value for name in ("src", "href") if (value := names.get(name))]
        self.inline |= (tag == "script" and "src" not in names) or any(
            name.startswith("on") for name in names
        )


async def test_the_portal_loads_nothing_from_another_host(gateway: Gateway) -> None:
    async with gateway.client() as client:
        portal = await client.get("/docs/reference")
        assert portal.headers["content-security-policy"].startswith("default-src 'self';")
        page = References()
        page.feed(portal.text)
        assert not page.inline
        assert len([place for place in page.loaded if place.endswith((".js", ".css", ".png"))]) == 5
        for address in page.loaded:
            assert re.match(r"/[^/]", address)
            answer = await client.get(address)
            assert answer.status_code == 200, address
        assert '"/openapi.json"' in (await client.get("/docs/start.js")).text
        assert (await client.get("/openapi.json")).json() == MERGED


async def test_every_problem_has_a_page(gateway: Gateway) -> None:
    async with gateway.client() as client:
        for kind in catalogue():
            if not kind.__module__.startswith(("services.", "gateway.")):
                continue
            page = await client.get(f"/problems/{kind.slug}", headers={"Accept": "text/html"})
            assert page.status_code == 200, kind.slug
            assert all(escape(text) in page.text for text in kind.title.values()), kind.slug
        asked = {"Accept": "application/json"}
        entry = (await client.get("/problems/not-found", headers=asked)).json()
        assert (entry["slug"], entry["status"]) == ("not-found", 404)
        russian = await client.get("/problems/not-found", headers={"Accept-Language": "ru"})
        assert "<h1>Не найдено</h1>" in russian.text
        assert (await client.get("/problems/unheard-of")).status_code == 404
