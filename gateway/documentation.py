"""The interface as one document: the merged OpenAPI, the permission matrix and the catalogue of problems."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from gateway.portal.pages import ProblemEntry
from gateway.rate_limits import TooManyRequests
from gateway.upstream import UpstreamFailed, UpstreamTimedOut, UpstreamUnavailable
from gateway.webhooks.domain.event_types import EVENT_TYPES, EventType
from gateway.webhooks.schemas.deliveries import WebhookPayload
from services.common.http.problem_responses import problem_examples, problems
from services.common.identity import Role
from services.common.problems import NotAuthenticated, NotPermitted, Problem

NOT_PUBLIC: Final = ("/internal", "/health", "/metrics")
SECURITY_SCHEME: Final = "bearer"
_ADDED: Final = (
    NotAuthenticated,
    NotPermitted,
    TooManyRequests,
    UpstreamFailed,
    UpstreamUnavailable,
    UpstreamTimedOut,
)

_PERMISSIONS_INTRODUCTION: Final = (
    "Made by `qoldau openapi` from the matrices in the code; deny by default. `published`: public facts; "
    "`own`: also what lies within the caller's grants or is about the caller; `all`: everything."
)


class MergeConflictError(ValueError):
    """Two services use one name for different things."""


def merge(documents: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return the one OpenAPI document of the whole system, from those of its services.

    Raises `MergeConflictError` where two use the same path, operationId, or name of a different schema, and where
    one calls two of its models alike, for which generated clients have no names.
    """
    paths: dict[str, Any] = {}
    schemas: dict[str, Any] = {}
    operations: set[str] = set()
    for service, document in documents.items():
        for name, schema in document.get("components", {}).get("schemas", {}).items():
            if "__" in name:
                raise MergeConflictError(f"{service}: two of its models have one name: {name}")
            if _bytes_of(schemas.setdefault(name, schema)) != _bytes_of(schema):
                raise MergeConflictError(f"{service}: another service means something else by {name}")
        for path, item in document["paths"].items():
            if path.startswith(NOT_PUBLIC):
                continue
            if path in paths:
                raise MergeConflictError(f"{service}: another service has {path}")
            paths[path] = {method: _public(operation) for method, operation in item.items()}
            for operation in item.values():
                if operation["operationId"] in operations:
                    raise MergeConflictError(f"{service}: another service has {operation['operationId']}")
                operations.add(operation["operationId"])
    paths = dict(sorted(paths.items()))
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Qoldau",
            "summary": "The open backend for development-cooperation programs.",
            "version": _version(documents),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/", "description": "The front door that served this document."}],
        "paths": paths,
        "webhooks": {kind.name: _webhook(kind) for kind in EVENT_TYPES.values()},
        "components": {
            "schemas": dict(sorted((schemas | _payload_schemas()).items())),
            "examples": problem_examples(paths),
            "securitySchemes": {
                SECURITY_SCHEME: {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "An access token of `POST /v1/auth/token`, or an API key `qk_...`.",
                }
            },
        },
    }


def write_permissions(documents: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the permission matrix as a page: who may use which operation, and how far it reaches."""
    lines = [
        "# Permissions",
        "",
        _PERMISSIONS_INTRODUCTION,
    ]
    for service, document in documents.items():
        lines += ["", f"## {service}", "", "| operation | request | roles |", "|---|---|---|"]
        rows = [
            (operation["operationId"], f"`{method.upper()} {path}`", operation["x-permission"])
            for path, item in document["paths"].items()
            for method, operation in item.items()
        ]
        for name, request, permission in sorted(rows, key=lambda row: row[0]):
            reaches = ", ".join(f"{role}: {reach}" for role, reach in sorted(permission.items()))
            lines.append(f"| `{name}` | {request} | {reaches} |")
    return "\n".join(lines) + "\n"


def describe_problems(catalogue: Sequence[type[Problem]]) -> list[ProblemEntry]:
    """Return the entries of the problem pages, by slug."""
    return [
        ProblemEntry(
            slug=kind.slug,
            status=kind.status,
            title=dict(kind.title),
            description=" ".join((kind.__doc__ or "").split()),
        )
        for kind in catalogue
    ]


def _webhook(kind: EventType) -> dict[str, Any]:
    """Return what the receiver of this type of event implements."""
    name = "".join(part.capitalize() for part in kind.name.replace("_", ".").split("."))
    string = {"type": "string"}
    headers = [
        {"name": header, "in": "header", "required": True, "description": told, "schema": string}
        for header, told in (
            ("webhook-id", "The same in every attempt: take each once."),
            ("webhook-timestamp", "Seconds of Unix time; refuse what is older than five minutes."),
            (
                "webhook-signature",
                "`v1,` and the HMAC-SHA256 of `id.timestamp.body`; two while a secret rotates.",
            ),
        )
    ]
    return {
        "post": {
            "operationId": f"receive{name}",
            "tags": ["webhooks"],
            "summary": kind.description,
            "description": "Signed after Standard Webhooks; its reference libraries verify it.",
            "security": [],
            "parameters": headers,
            "requestBody": {
                "required": True,
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/WebhookPayload"}}},
            },
            "responses": {
                "2XX": {"description": "Taken."},
                "410": {"description": "Not wanted any more: the endpoint is disabled."},
                "default": {"description": "Not taken: sent again, for about three days."},
            },
        }
    }


def _payload_schemas() -> dict[str, Any]:
    schema = WebhookPayload.model_json_schema(
        mode="serialization", ref_template="#/components/schemas/{model}"
    )
    parts: dict[str, Any] = schema.pop("$defs")
    return parts | {"WebhookPayload": schema}


def _public(operation: Mapping[str, Any]) -> dict[str, Any]:
    """Return the operation as it looks from outside the front door."""
    answers = json.loads(json.dumps(operation["responses"]))
    for status, entry in problems(*_ADDED).items():
        known = answers.setdefault(str(status), entry)
        for media_type, content in entry["content"].items():
            examples = known.get("content", {}).get(media_type, {}).get("examples")
            if examples is not None:
                known["content"][media_type]["examples"] = content["examples"] | examples
    open_to_all = Role.PUBLIC in operation["x-permission"]
    security: list[dict[str, list[str]]] = [{SECURITY_SCHEME: []}]
    return {
        **operation,
        "responses": dict(sorted(answers.items())),
        "security": [{}, *security] if open_to_all else security,
    }


def _bytes_of(schema: object) -> bytes:
    return json.dumps(schema, sort_keys=True).encode()


def _version(documents: Mapping[str, Mapping[str, Any]]) -> str:
    return str(next(iter(documents.values()))["info"]["version"])
