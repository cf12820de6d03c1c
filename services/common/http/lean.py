"""The short way of hot routes: from the path straight to the function, with the same checks as any other route.

Finding a route among a hundred by regular expressions and solving its dependencies anew costs more than a hot
read itself. A route without a parameter in its path that gives its own `Response` is therefore found in a
dictionary, and what its function needs is worked out by a plan made at start.
"""

import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any

from fastapi import Request, Response, params
from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import request_body_to_args, request_params_to_args
from fastapi.exceptions import RequestValidationError
from pydantic_core import PydanticUndefined as Undefined
from starlette.types import ASGIApp, Receive, Scope, Send

from services.common.http.problem_responses import invalid_request, problem_response
from services.common.problems import Problem

Answer = Callable[[Request], Awaitable[Response]]


def plan_lean(dependant: Dependant) -> Answer | None:
    """Return how to call a route's function; None where it needs what only FastAPI gives."""
    endpoint, body = dependant.call, dependant.body_params
    if endpoint is None or dependant.path_params or not _is_plain(dependant):
        return None
    if inspect.signature(endpoint).return_annotation is not Response:
        return None
    if any(isinstance(one.field_info, params.Form) or _is_embedded(one, body) for one in body):
        return None
    solve = _plan(dependant)

    async def answer_within(stack: AsyncExitStack, request: Request) -> Response:
        errors: list[Any] = []
        sent = await _read_body(request) if body else None
        values = await solve(request, stack, {}, errors)
        if body:
            values |= await _validate_body(body, sent, errors)
        if errors:
            raise invalid_request(RequestValidationError(errors))
        response: Response = await endpoint(**values)
        return response

    async def answer(request: Request) -> Response:
        async with AsyncExitStack() as stack:
            return await answer_within(stack, request)

    # Where nothing is held open, nothing is to be closed.
    return answer if opens_session(dependant) else partial(answer_within, AsyncExitStack())


def opens_session(dependant: Dependant) -> bool:
    """Say whether a route holds something open until it has answered, such as a transaction."""
    return any(
        inspect.isasyncgenfunction(below.call) or opens_session(below) for below in dependant.dependencies
    )


async def _read_body(request: Request) -> Any:
    """Return the parsed body, or what FastAPI takes for one that is missing."""
    return await request.json() if await request.body() else Undefined


async def _validate_body(body: Sequence[Any], sent: Any, errors: list[Any]) -> Mapping[str, Any]:
    if sent is Undefined:
        values, faults = await request_body_to_args(list(body), sent, embed_body_fields=False)
    else:
        (one,) = body
        value, faults = one.validate(sent, {}, loc=("body",))
        values = {one.name: value}
    errors += faults
    return values


def _is_embedded(one: Any, body: Sequence[Any]) -> bool:
    """Say whether a part of the body stands below its name, as several parameters or FastAPI's `embed` make it."""
    return len(body) > 1 or bool(getattr(one.field_info, "embed", False))


def _is_plain(dependant: Dependant) -> bool:
    unusual = (
        dependant.cookie_params,
        dependant.websocket_param_name,
        dependant.http_connection_param_name,
        dependant.response_param_name,
        dependant.background_tasks_param_name,
        dependant.security_scopes_param_name,
    )
    below = dependant.dependencies
    return not any(unusual) and all(_is_plain(one) and not one.body_params for one in below)


Solve = Callable[[Request, AsyncExitStack, dict[Any, Any], list[Any]], Awaitable[dict[str, Any]]]


def _plan(dependant: Dependant) -> Solve:
    """Return the function that works out the arguments of `dependant`, those it depends on first."""
    below = [(one.name, one.call, _opener(one.call), _plan(one)) for one in dependant.dependencies]
    query, headers = dependant.query_params, dependant.header_params
    usual = {one.name: one.default for one in query if not one.field_info.is_required()}
    itself = dependant.request_param_name

    async def solve(
        request: Request, stack: AsyncExitStack, known: dict[Any, Any], errors: list[Any]
    ) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for name, call, opener, plan in below:
            if call not in known:
                faults = len(errors)
                needed = await plan(request, stack, known, errors)
                if len(errors) > faults:
                    continue
                known[call] = await opener(stack, needed)
            if name is not None:
                values[name] = known[call]
        if query:
            # What is left out needs no reading; most requests name few of a list's parameters.
            received = request.query_params
            named = [one for one in query if one.name not in usual or one.alias in received]
            values |= usual
            if named:
                values |= _read(named, received, errors)
        if headers:
            values |= _read_texts(headers, request.headers) or _read(headers, request.headers, errors)
        if itself is not None:
            values[itself] = request
        return values

    return solve


def _read(fields: Sequence[Any], received: Any, errors: list[Any]) -> Mapping[str, Any]:
    values, faults = request_params_to_args(fields, received)
    errors += faults
    return values


def _read_texts(fields: Sequence[Any], received: Any) -> Mapping[str, Any] | None:
    """Return header fields that are plain texts under names of their own, all sent and valid; else None.

    FastAPI looks anew at each request what kind of parameter it reads, and that costs more than reading.
    """
    values = {}
    for one in fields:
        sent = received.get(one.alias) if one.field_info.annotation is str and one.alias != one.name else None
        if sent is None:
            return None
        values[one.name], faults = one.validate(sent, {})
        if faults:
            return None
    return values


def _opener(call: Callable[..., Any] | None) -> Callable[[AsyncExitStack, dict[str, Any]], Awaitable[Any]]:
    if call is None:
        raise TypeError("a dependency without a function")
    if inspect.isasyncgenfunction(call):
        manager = asynccontextmanager(call)

        async def enter(stack: AsyncExitStack, needed: dict[str, Any]) -> Any:
            return await stack.enter_async_context(manager(**needed))

        return enter

    async def ask(_: AsyncExitStack, needed: dict[str, Any]) -> Any:
        return await call(**needed)

    return ask


class LeanRoutes:
    """Pure ASGI, innermost of an app's own layers: serves the routes it knows and leaves the rest."""

    def __init__(self, app: ASGIApp, routes: Mapping[tuple[str, str], tuple[Any, Answer]]) -> None:
        """`routes`: method and path -> the route and what answers there."""
        self._app = app
        self._routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        found = self._routes.get((scope["method"], scope["path"])) if scope["type"] == "http" else None
        if found is None:
            await self._app(scope, receive, send)
            return
        scope["route"], answer = found
        scope["path_params"] = {}
        request = Request(scope, receive)
        try:
            response = await answer(request)
        except Problem as problem:  # as FastAPI's own handler does, which stands further inside
            response = problem_response(problem, language=request.headers.get("accept-language"))
        await response(scope, receive, send)
