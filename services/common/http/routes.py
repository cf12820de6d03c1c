"""The one kind of route and router: strict in what it reads, the same furniture around every answer."""

from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Any, Final, Self, get_args
from urllib.parse import urlencode

import orjson
from fastapi import APIRouter, Request, params
from fastapi.dependencies.utils import get_flat_params
from fastapi.routing import APIRoute
from starlette.datastructures import Headers
from starlette.requests import empty_receive
from starlette.responses import Response
from starlette.types import Receive, Scope

from services.common.http.lean import Answer, opens_session, plan_lean
from services.common.http.replays import Replayed, keep_response
from services.common.http.replays_of_personal import read_again
from services.common.identity import Role
from services.common.preconditions import is_fresh, make_etag
from services.common.problems import Fault, MediaTypeUnsupported, RequestInvalid
from services.common.wire import Page, Resource, parse_json

FIELDS: Final = "fields"
"""The parameter by which a reader asks for some fields only."""
_NEXT_CURSOR: Final = b'"next_cursor":"'
PUBLIC_CACHING: Final = "public, max-age=60"
Handle = Callable[[Request], Coroutine[Any, Any, Response]]


class Fields(Headers):
    """The header fields of a request, each found at once: a route looks for eight of them."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope=scope)
        # Of several with one name the first counts, as in Starlette.
        self._first = {name.decode("latin-1"): value.decode("latin-1") for name, value in reversed(self.raw)}

    def __getitem__(self, key: str) -> str:
        return self._first[key.lower()]

    def __contains__(self, key: object) -> bool:
        return str(key).lower() in self._first

    def get(self, key: str, default: Any = None) -> Any:
        """Return the field of this name, or `default`."""
        return self._first.get(key.lower(), default)


class StrictRequest(Request):
    """A request whose JSON is read once, as I-JSON."""

    def __init__(self, scope: Scope, receive: Receive = empty_receive) -> None:
        super().__init__(scope, receive)
        self._headers = Fields(scope)

    @classmethod
    def complete(cls, scope: Scope, body: bytes) -> Self:
        """Return a request whose body has come."""
        request = cls(scope)
        request._body = body
        return request

    async def json(self) -> Any:
        """Return the parsed body; raise `BodyUnreadable`."""
        if not hasattr(self, "_json"):
            self._json = parse_json(await self.body())
        return self._json


class HouseRoute(APIRoute):
    """A route that is named after its function and follows design/api.md in everything no function sees.

    It refuses query parameters it does not know and bodies that are not JSON, leaves out fields that are not
    asked for, tags single resources with their ETag, links the next part of a list, answers 304, replays
    idempotent requests and says how an answer may be cached.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        super().__init__(path, endpoint, **(options | {"operation_id": endpoint.__name__}))
        self._lean = self._plan_lean()

    def get_route_handler(self) -> Handle:
        """Wrap FastAPI's own handler of this route."""
        return self._furnish(super().get_route_handler())

    def lean_answer(self) -> Handle | None:
        """Return the short way to this route's function, with the same furniture, where there is one.

        A change has one only if it opens no session here: the record of an `Idempotency-Key` is written by the
        furniture, inside the transaction that FastAPI still holds open for it.
        """
        return self._lean

    def _plan_lean(self) -> Handle | None:
        reads = self.methods == {"GET"}
        if "{" in self.path or not (
            reads or (self.methods == {"POST"} and not opens_session(self.dependant))
        ):
            return None
        serve = plan_lean(self.dependant)
        return self._furnish(serve) if serve is not None else None

    @property
    def answers_whole(self) -> bool:
        """Whether its answers are always in one piece: a part of a list, or nothing. Files are streamed."""
        return _is_list(self.response_model) or self.status_code == HTTPStatus.NO_CONTENT

    def _furnish(self, serve: Answer) -> Handle:
        known = {p.alias for p in get_flat_params(self.dependant) if isinstance(p.field_info, params.Query)}
        sparse = sparse_fields(self)
        if sparse:
            known.add(FIELDS)
        form = takes_form(self)
        reads_json = self.body_field is not None and not form
        single = isinstance(self.response_model, type) and issubclass(self.response_model, Resource)
        listed = _is_list(self.response_model)

        async def handle(request: Request) -> Response:
            strict = (
                request
                if isinstance(request, StrictRequest)
                else StrictRequest(request.scope, request.receive)
            )
            _check_query(strict, known)
            wished = read_fields(strict.query_params.get(FIELDS), sparse) if sparse else None
            if reads_json or form:
                _check_media_type(strict, "multipart/form-data" if form else "application/json")
            if not reads_json and "idempotency-key" in strict.headers:
                await strict.body()  # what is of no use here still tells one request from another
            try:
                response = await serve(strict)
            except Replayed as replayed:
                return await self._replay(strict, replayed)
            response.headers.setdefault("Cache-Control", self._caching(strict))
            response.headers.setdefault("Vary", "Authorization, Accept-Language")
            if single and response.status_code < 300:
                response = _tagged(strict, response, wished)
            elif wished is not None and response.status_code < 300:
                response = _with_body(response, _thinned_list(bytes(response.body), wished))
            if listed and response.status_code < 300:
                _link_next(strict, response)
            await keep_response(strict, response, keeps_body=request.app.state.keeps_bodies)
            return response

        return handle

    def _caching(self, request: Request) -> str:
        open_to_all = Role.PUBLIC in request.app.state.permissions.get(self.operation_id, ())
        anonymous = "authorization" not in request.headers
        return PUBLIC_CACHING if request.method == "GET" and open_to_all and anonymous else "no-store"

    async def _replay(self, request: Request, replayed: Replayed) -> Response:
        outcome = replayed.outcome
        headers = {"Idempotent-Replayed": "true", "Cache-Control": "no-store"}
        if outcome.location:
            headers["Location"] = outcome.location
        if outcome.body is None and outcome.location:
            again = await read_again(request, outcome.location)
            if again.status_code >= 300:
                return again
            return Response(
                again.body, outcome.status, headers | {"ETag": again.headers["etag"]}, "application/json"
            )
        return Response(outcome.body, outcome.status, headers, "application/json" if outcome.body else None)


def _is_list(model: Any) -> bool:
    return isinstance(model, type) and issubclass(model, Page)


def _check_query(request: Request, known: set[str]) -> None:
    if not request.scope["query_string"]:
        return
    faults = [
        Fault(f"/query/{name[:100]}", "unknown_parameter", "There is no such parameter.")
        for name in request.query_params
        if name not in known
    ]
    if faults:
        raise RequestInvalid("The query names parameters that this list does not have.", errors=faults)


def takes_form(route: APIRoute) -> bool:
    """Say whether the route takes files, which come as a form of several parts."""
    return route.body_field is not None and isinstance(route.body_field.field_info, params.Form)


def _check_media_type(request: Request, expected: str) -> None:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    has_body = request.headers.get("content-length", "0") != "0" or "transfer-encoding" in request.headers
    if has_body and media_type != expected:
        raise MediaTypeUnsupported(f"Send the body as {expected}.")


def _link_next(request: Request, response: Response) -> None:
    """Name the next part of a list in `Link` (RFC 8288), as its body does."""
    body = bytes(response.body)
    # The cursor follows the items, and no quote stands bare in a JSON text: the last place is the page's own.
    begin = body.rfind(_NEXT_CURSOR) + len(_NEXT_CURSOR)
    if begin < len(_NEXT_CURSOR):
        return
    cursor = body[begin : body.index(b'"', begin)].decode()
    query = [pair for pair in request.query_params.multi_items() if pair[0] != "cursor"]
    response.headers["Link"] = (
        f'<{request.scope["path"]}?{urlencode([*query, ("cursor", cursor)])}>; rel="next"'
    )


def sparse_fields(route: APIRoute) -> frozenset[str]:
    """Return which fields a reader may choose among; none where answers are no resources or lists of models."""
    answer: Any = route.response_model
    if route.methods != {"GET"} or not isinstance(answer, type):
        return frozenset()
    if issubclass(answer, Page):
        (answer,) = get_args(answer.model_fields["items"].annotation)
    elif not issubclass(answer, Resource):
        return frozenset()
    return frozenset(getattr(answer, "model_fields", ()))


def read_fields(value: str | None, known: frozenset[str]) -> frozenset[str] | None:
    """Return which fields `id,title` asks for, None for all; raise `RequestInvalid`."""
    if value is None:
        return None
    names = frozenset(value.split(","))
    if not names <= known:
        expected = ", ".join(sorted(known))
        raise RequestInvalid(
            "See `errors`.", errors=[Fault(f"/query/{FIELDS}", FIELDS, f"Expected of: {expected}.")]
        )
    return names


def _thinned(item: dict[str, Any], wished: frozenset[str]) -> dict[str, Any]:
    return {name: value for name, value in item.items() if name in wished}


def _thinned_list(body: bytes, wished: frozenset[str]) -> bytes:
    page = orjson.loads(body)
    return orjson.dumps(page | {"items": [_thinned(item, wished) for item in page["items"]]})


def _with_body(response: Response, body: bytes) -> Response:
    headers = {name: value for name, value in response.headers.items() if name != "content-length"}
    return Response(body, response.status_code, headers)


def _tagged(request: Request, response: Response, wished: frozenset[str] | None) -> Response:
    body = bytes(response.body)
    resource = orjson.loads(body)
    if wished is not None:
        body = orjson.dumps(_thinned(resource, wished))
        response = _with_body(response, body)
    etag = make_etag(resource["version"], body)
    response.headers["ETag"] = etag
    if request.method == "GET" and is_fresh(request.headers.get("if-none-match"), etag):
        kept = {
            name: value
            for name, value in response.headers.items()
            if name in {"etag", "cache-control", "vary"}
        }
        return Response(status_code=304, headers=kept)
    return response


def house_router(noun: str, path: str) -> APIRouter:
    """Return the router of a noun: its operations stand below `/v1/<path>` and are tagged with the noun."""
    return APIRouter(prefix=f"/v1{path}", tags=[noun], route_class=HouseRoute, redirect_slashes=False)
