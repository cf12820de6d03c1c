"""The document of an app says every status, header and permission that its routes can give."""

from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from services.common.http.openapi import describe_app, share_parts
from tests.apps import Door


@pytest.fixture
def document(programs: Door) -> dict[str, Any]:
    return describe_app(programs.app)


def test_it_is_valid_openapi(document: dict[str, Any]) -> None:
    OpenAPIV31SpecValidator(document).validate()


def test_operations_state_their_permission_problems_and_headers(document: dict[str, Any]) -> None:
    change = document["paths"]["/v1/organizations/{organization_id}"]["patch"]
    assert change["operationId"] == "change_organization"
    assert change["x-permission"]["manager"] == "all"
    assert "public" not in change["x-permission"]
    assert {"200", "400", "401", "403", "404", "409", "412", "415", "422", "428", "500", "503"} <= set(
        change["responses"]
    )
    assert "if-match" in {parameter["name"] for parameter in change["parameters"]}
    missing = change["responses"]["404"]["content"]["application/problem+json"]
    assert {"not-found", "organization-not-found"} <= set(missing["examples"])
    assert "HTTPValidationError" not in str(document)


def test_bodies_of_problems_match_what_is_sent(document: dict[str, Any]) -> None:
    schema = document["components"]["schemas"]["ProblemDetails"]
    assert set(schema["required"]) == {"type", "title", "status", "detail", "instance", "code", "errors"}


def test_what_operations_repeat_is_written_once(document: dict[str, Any]) -> None:
    shared = share_parts(document)
    OpenAPIV31SpecValidator(shared).validate()
    components = shared["components"]
    path = "/v1/organizations/{organization_id}"
    whole, change = (one["paths"][path]["patch"] for one in (document, shared))
    for status, answer in change["responses"].items():
        kind, _, name = answer.get("$ref", "").removeprefix("#/components/").partition("/")
        assert (components[kind][name] if name else answer) == whole["responses"][status]
    assert {"$ref": "#/components/parameters/if-match"} in change["parameters"]
    assert components["parameters"]["if-match"] in whole["parameters"]
    missing = {"$ref": "#/components/responses/not-found.organization-not-found"}
    assert change["responses"]["404"] == missing


def test_parts_that_differ_under_one_name_are_not_taken_for_the_same() -> None:
    limits = [
        {"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": most}} for most in (200, 10)
    ]
    paths = {
        f"/{number}": {"get": {"responses": {}, "parameters": [one]}} for number, one in enumerate(limits)
    }
    shared = share_parts({"paths": paths, "components": {}})
    assert shared["components"]["parameters"] == {"limit": limits[0]}
    assert shared["paths"]["/1"]["get"]["parameters"] == [limits[1]]
