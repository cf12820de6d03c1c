"""The short way of hot reads: from the path straight to the function, with the same checks as any other route.

Finding a route among a hundred by regular expressions and solving its dependencies anew costs more than a hot
read itself. A route that only reads, has no parameter in its path and gives its own `Response` is therefore found
in a dictionary, and what its function needs is worked out by a plan made at start.
"""

import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from fastapi import Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import request_params_to_args
from fastapi.exceptions import RequestValidationError
from starlette.types import ASGIApp, Receive, Scope, Send

from services.common.http.problem_responses import invalid_request

Answer = Callable[[Request], Awaitable[Response]]


def plan_lean(dependant: Dependant) -> Answer | None:
    """Return how to call a route's function; None where it needs what only FastAPI gives."""
    endpoint = dependant.call
    if endpoint is None or dependant.path_params or not _is_plain(dependant):
        return None
    if inspect.signature(endpoint).return_annotation is not Response:
        return None
    solve = _plan(dependant)

    async def answer(request: Request) -> Response:
        errors: list[Any] = []
        async with AsyncExitStack() as stack:
            values = await solve(request, stack, {}, errors)
            if errors:
                raise invalid_request(RequestValidationError(errors))
            response: Response = await endpoint(**values)
        return response

    return answer


def _is_plain(dependant: Dependant) -> bool:
    unusual = (
        dependant.body_params,
        dependant.cookie_params,
        dependant.websocket_param_name,
        dependant.http_connection_param_name,
        dependant.response_param_name,
        dependant.background_tasks_param_name,
        dependant.security_scopes_param_name,
    )
    return not any(unusual) and all(_is_plain(below) for below in dependant.dependencies)


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
            values |= _read(headers, request.headers, errors)
        if itself is not None:
            values[itself] = request
        return values

    return solve


def _read(fields: Sequence[Any], received: Any, errors: list[Any]) -> Mapping[str, Any]:
    values, faults = request_params_to_args(fields, received)
    errors += faults
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


class LeanReads:
    """Pure ASGI, innermost of an app's own layers: serves GET of the paths it knows and leaves the rest."""

    def __init__(self, app: ASGIApp, routes: Mapping[str, tuple[Any, Answer]]) -> None:
        """`routes`: path -> its route and what answers there."""
        self._app = app
        self._routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        found = self._routes.get(scope["path"]) if scope["type"] == "http" else None
        if found is None or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        scope["route"], answer = found
        scope["path_params"] = {}
        response = await answer(Request(scope, receive))
        await response(scope, receive, send)
