"""Turns every failure of an app into an RFC 9457 answer, and describes it in OpenAPI."""

import json
import re
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

import orjson
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match, Route

from services.common.context import request_id
from services.common.i18n import pick
from services.common.problems import (
    BodyUnreadable,
    Fault,
    InternalError,
    MediaTypeUnsupported,
    MethodNotAllowed,
    NotFound,
    Problem,
    RequestInvalid,
    RequestUnreadable,
    catalogue,
)
from services.common.wire import say_error

MEDIA_TYPE: Final = "application/problem+json"
_EXAMPLES: Final = "#/components/examples/"
log = structlog.get_logger()

_BY_STATUS: Final[dict[int, type[Problem]]] = {
    400: RequestUnreadable,
    404: NotFound,
    405: MethodNotAllowed,
    415: MediaTypeUnsupported,
    422: RequestInvalid,
}


class FaultDetails(BaseModel):
    """One thing wrong in a request."""

    pointer: str
    code: str
    detail: str


class ProblemDetails(BaseModel):
    """RFC 9457 problem details; a problem may add members of its own."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    errors: list[FaultDetails]


def problem_body(problem: Problem, *, language: str | None, instance: UUID | None) -> dict[str, Any]:
    """Return the members of `problem` as they are sent."""
    return {
        "type": f"/problems/{problem.slug}",
        "title": pick(problem.title, language).text,
        "status": problem.status,
        "detail": problem.detail,
        "instance": f"urn:uuid:{instance}" if instance else "about:blank",
        "code": problem.slug,
        "errors": [{"pointer": f.pointer, "code": f.code, "detail": f.detail} for f in problem.errors],
    } | problem.extensions


def problem_response(problem: Problem, *, language: str | None) -> Response:
    """Return `problem` as a response, in the language of its reader."""
    headers = {"Cache-Control": "no-store"} | problem.headers
    if problem.retry_after is not None:
        headers.setdefault("Retry-After", str(problem.retry_after))
    body = problem_body(problem, language=language, instance=request_id.get())
    return Response(orjson.dumps(body), problem.status, headers, MEDIA_TYPE)


def problems(*kinds: type[Problem]) -> dict[int | str, dict[str, Any]]:
    """Describe the problems that a route may answer with, by status, for its OpenAPI entry.

    Their examples are references; `problem_examples` gives what they refer to.
    """
    described: dict[int | str, dict[str, Any]] = {}
    for kind in kinds:
        schema = {"$ref": "#/components/schemas/ProblemDetails"}
        entry = described.setdefault(
            kind.status,
            {
                "description": HTTPStatus(kind.status).phrase,
                "content": {MEDIA_TYPE: {"schema": schema, "examples": {}}},
            },
        )
        entry["content"][MEDIA_TYPE]["examples"][kind.slug] = {"$ref": f"{_EXAMPLES}{kind.slug}"}
    return described


def problem_examples(document: object) -> dict[str, Any]:
    """Return the OpenAPI examples of every problem that `document` refers to, by slug."""
    slugs = set(re.findall(rf'"{_EXAMPLES}([a-z0-9-]+)"', json.dumps(document)))
    return {kind.slug: _example(kind) for kind in catalogue() if kind.slug in slugs}


def _example(kind: type[Problem]) -> dict[str, Any]:
    summary = " ".join((kind.__doc__ or "").split())
    return {
        "summary": kind.title["en"],
        "value": problem_body(kind(summary), language="en", instance=UUID(int=0)),
    }


def install_problem_handlers(app: FastAPI) -> None:
    """Make every failure of `app`, expected or not, answer as problem details."""
    handlers: Sequence[tuple[type[Exception], Callable[[Request, Any], Any]]] = (
        (Problem, _on_problem),
        (RequestValidationError, _on_invalid_request),
        (HTTPException, _on_http_exception),
        (Exception, _on_bug),
    )
    for kind, handler in handlers:
        app.add_exception_handler(kind, handler)


def _respond(request: Request, problem: Problem) -> Response:
    return problem_response(problem, language=request.headers.get("accept-language"))


async def _on_problem(request: Request, problem: Problem) -> Response:
    return _respond(request, problem)


async def _on_invalid_request(request: Request, error: RequestValidationError) -> Response:
    return _respond(request, invalid_request(error))


def invalid_request(error: RequestValidationError) -> RequestInvalid:
    """Return what the framework finds wrong with a request as our problem."""
    places = {"body": "", "query": "/query", "path": "/path", "header": "/header"}
    faults = [
        Fault(
            pointer=places.get(str(fault["loc"][0]), "")
            + "".join(f"/{_escape(part)}" for part in fault["loc"][1:]),
            code=str(fault["type"]),
            detail=say_error(fault),
        )
        for fault in error.errors()
    ]
    return RequestInvalid("See `errors` for each fault.", errors=faults)


def _escape(part: int | str) -> str:
    return str(part).replace("~", "~0").replace("/", "~1")[:100]


async def _on_http_exception(request: Request, error: HTTPException) -> Response:
    if isinstance(error.__cause__, Problem):  # FastAPI wraps what parsing the body raises
        return _respond(request, error.__cause__)
    kind = _BY_STATUS.get(error.status_code, BodyUnreadable if error.status_code < 500 else InternalError)
    problem = kind(HTTPStatus(error.status_code).phrase + ".")
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        problem.with_headers(Allow=", ".join(sorted(_methods_here(request))))
    return _respond(request, problem)


def _methods_here(request: Request) -> set[str]:
    """Return the methods of *every* route at this path; Starlette's own answer names those of the first."""
    methods: set[str] = set()
    for route in request.app.routes:
        if isinstance(route, Route) and route.matches(request.scope)[0] is not Match.NONE:
            methods |= route.methods or set()
    return methods | ({"HEAD"} if "GET" in methods else set())


async def _on_bug(request: Request, error: Exception) -> Response:
    return bug_response(error, language=request.headers.get("accept-language"))


def bug_response(error: Exception, *, language: str | None) -> Response:
    """Log what nobody expected, and return the answer that says no more than where to find it."""
    log.error("unexpected_failure", exc_info=error)
    return problem_response(InternalError("The request id finds this fault in the log."), language=language)
