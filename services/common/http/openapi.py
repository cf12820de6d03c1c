"""The OpenAPI document of an app: what FastAPI makes of the routes, and what the house adds to each of them."""

import copy
from collections.abc import Mapping
from typing import Any, Final

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from pydantic import TypeAdapter

from services.common.http.limits import (
    BodyTooLarge,
    ExpectationFailed,
    HeadTooLarge,
    RequestTimedOut,
    TargetTooLong,
)
from services.common.http.problem_responses import MEDIA_TYPE, ProblemDetails, problem_examples, problems
from services.common.http.routes import FIELDS, sparse_fields
from services.common.http.sessions import begin_writing
from services.common.problems import (
    BodyUnreadable,
    Conflict,
    CursorUnusable,
    IdempotencyKeyReused,
    InternalError,
    MediaTypeUnsupported,
    MethodNotAllowed,
    NotAuthenticated,
    NotFound,
    NotPermitted,
    PreconditionFailed,
    PreconditionRequired,
    Problem,
    RequestInFlight,
    RequestInvalid,
    RequestUnreadable,
    Unavailable,
)

Operation = dict[str, Any]

SHARED_PARAMETERS: Final = frozenset(
    {"Idempotency-Key", "If-None-Match", "if-match", "cursor", "limit", "count"}
)
"""Parameters of the house, which many operations have alike."""

ALWAYS: Final = (
    RequestUnreadable,
    NotAuthenticated,
    NotPermitted,
    MethodNotAllowed,
    RequestTimedOut,
    TargetTooLong,
    ExpectationFailed,
    RequestInvalid,
    HeadTooLarge,
    InternalError,
    Unavailable,
)
CHANGES: Final = (Conflict, PreconditionFailed)
WITH_BODY: Final = (BodyUnreadable, BodyTooLarge, MediaTypeUnsupported)
BY_POST: Final = (RequestInFlight, IdempotencyKeyReused)

_IDEMPOTENCY_KEY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Repeats of this request with the same key have one effect and one answer (kept 24 hours).",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
}
_LINK: Final = {
    "description": 'The next part of the list, `rel="next"`; left out at its end.',
    "schema": {"type": "string"},
}
_FIELDS: Final = {
    "name": FIELDS,
    "in": "query",
    "required": False,
    "description": "Only these fields, of each item of a list, with commas between; the answer then has no others.",
    "schema": {"type": "string", "maxLength": 1000},
}
_IF_NONE_MATCH: Final = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "An ETag you have; answers 304 if the resource is still the same.",
    "schema": {"type": "string"},
}


def describe_app(app: FastAPI) -> dict[str, Any]:
    """Return the app's OpenAPI 3.1 document with every status, header and problem that its routes can give."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title,
            version=app.version,
            summary=app.summary,
            routes=app.routes,
            separate_input_output_schemas=app.separate_input_output_schemas,
        )
        schema = TypeAdapter(ProblemDetails).json_schema(ref_template="#/components/schemas/{model}")
        parts = schema.pop("$defs")
        document.setdefault("components", {}).setdefault("schemas", {}).update(
            parts | {"ProblemDetails": schema}
        )
        repeatable = {
            route.operation_id
            for route in app.routes
            if isinstance(route, APIRoute) and _writes(route.dependant)
        }
        sparse = {
            route.operation_id for route in app.routes if isinstance(route, APIRoute) and sparse_fields(route)
        }
        for path, operations in document["paths"].items():
            for method, operation in operations.items():
                permission = app.state.permissions[operation["operationId"]]
                operation["x-permission"] = {
                    str(role): str(reach) for role, reach in sorted(permission.items())
                }
                if operation["operationId"] in sparse:
                    operation["parameters"] = [*operation.get("parameters", []), _FIELDS]
                _complete(path, method.upper(), operation)
                if method == "post" and operation["operationId"] in repeatable:
                    _add_idempotency(operation)
        for framework_schema in ("HTTPValidationError", "ValidationError"):
            document["components"]["schemas"].pop(framework_schema, None)
        document["components"]["examples"] = problem_examples(document["paths"])
        app.openapi_schema = document
    return app.openapi_schema


def share_parts(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return `document` with what its operations repeat, problems and the house's parameters, in `components` once.

    A component of problems is named after their slugs. What differs under the same name stays where it is.
    """
    shared = copy.deepcopy(dict(document))
    components = shared["components"]
    responses: dict[str, Any] = {}
    parameters: dict[str, Any] = {}
    for item in shared["paths"].values():
        for operation in item.values():
            for status, answer in operation["responses"].items():
                slugs = sorted(answer.get("content", {}).get(MEDIA_TYPE, {}).get("examples", ()))
                if slugs and len(answer["content"]) == 1:
                    operation["responses"][status] = _share(responses, "responses", ".".join(slugs), answer)
            for place, one in enumerate(operation.get("parameters", ())):
                if one["name"] in SHARED_PARAMETERS:
                    operation["parameters"][place] = _share(parameters, "parameters", one["name"], one)
    components |= {
        "responses": dict(sorted(responses.items())),
        "parameters": dict(sorted(parameters.items())),
    }
    return shared


def _share(known: dict[str, Any], kind: str, name: str, part: dict[str, Any]) -> dict[str, Any]:
    return {"$ref": f"#/components/{kind}/{name}"} if known.setdefault(name, part) == part else part


def _complete(path: str, method: str, operation: Operation) -> None:
    parameters = operation.get("parameters", [])
    header_names = {str(p["name"]).lower() for p in parameters if p["in"] == "header"}
    answers = operation["responses"]
    kinds = [*ALWAYS]
    if "{" in path:
        kinds.append(NotFound)
    if any(p["name"] == "cursor" for p in parameters):
        kinds.append(CursorUnusable)
        answers["200"].setdefault("headers", {})["Link"] = _LINK
    if method != "GET":
        kinds += CHANGES
    if "requestBody" in operation:
        kinds += WITH_BODY
    if "if-match" in header_names:
        kinds.append(PreconditionRequired)
    if method == "GET" and "{" in path:
        operation["parameters"] = [*parameters, _IF_NONE_MATCH]
        answers["304"] = {"description": "You have it already."}
    _add_problems(answers, kinds)


def _writes(dependant: Dependant) -> bool:
    """Say whether a route has a `WriteSession`, which is where a key is looked up and kept."""
    return any(below.call is begin_writing or _writes(below) for below in dependant.dependencies)


def _add_idempotency(operation: Operation) -> None:
    parameters = operation.get("parameters", [])
    if not any(p["in"] == "header" and p["name"].lower() == "idempotency-key" for p in parameters):
        operation["parameters"] = [*parameters, _IDEMPOTENCY_KEY]
    _add_problems(operation["responses"], [*BY_POST])


def _add_problems(answers: Operation, kinds: list[type[Problem]]) -> None:
    """Add the problems of the house to those the route names; FastAPI's own entry for 422 gives way to ours."""
    if "HTTPValidationError" in str(answers.get("422", "")):
        del answers["422"]
    for status, entry in problems(*kinds).items():
        known: Mapping[str, Any] = answers.setdefault(str(status), entry)
        examples = known.get("content", {}).get(MEDIA_TYPE, {}).get("examples")
        if examples is not None:
            examples |= {
                slug: e
                for slug, e in entry["content"][MEDIA_TYPE]["examples"].items()
                if slug not in examples
            }
