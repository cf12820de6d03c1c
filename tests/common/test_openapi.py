"""The document of an app says every status, header and permission that its routes can give."""

from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from services.common.http.openapi import describe_app
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
