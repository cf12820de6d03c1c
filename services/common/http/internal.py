"""What apps say to each other: events, requests to replay them, inquiries. In no OpenAPI, routed by no gateway."""

from collections.abc import Sequence
from typing import Any, TypeVar

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from services.common.context import traceparent
from services.common.events import EventRegistry
from services.common.http.access import ROUTE
from services.common.identity import Caller, Role
from services.common.inbox import Consumers, read_envelope, receive_event
from services.common.inquiries import Inquiries, Inquiry
from services.common.problems import NotAuthenticated, NotPermitted, RequestInvalid
from services.common.replays import Replayers, replay
from services.common.wire import parse_json

Asked = TypeVar("Asked", bound=BaseModel)


class ReplayRequest(BaseModel):
    """Which aggregates to send again."""

    model_config = ConfigDict(extra="forbid")

    kinds: list[str] = Field(min_length=1, max_length=100)


def internal_routes(
    registry: EventRegistry | None, consumers: Consumers, replayers: Replayers, inquiries: Inquiries
) -> Sequence[Route]:
    """Return the routes by which this app takes events, repeats its own, and answers what others may ask."""

    async def receive(request: Request) -> Response:
        """Take an event; 204 whether it is new, known already or of no use here."""
        request.scope[ROUTE] = "/internal/events"
        sender = _service(_caller(request))
        event = read_envelope(parse_json(await request.body()))
        if event.source != sender or not event.kind.startswith(f"{sender}."):
            raise NotPermitted("An app sends events in its own name only.")
        if event.traceparent:
            traceparent.set(event.traceparent)
        async with request.app.state.sessions.transaction() as session:
            await receive_event(session, consumers, event)
        return Response(status_code=204)

    async def repeat(request: Request) -> Response:
        """Send the state of all aggregates of the kinds asked for to the app that asks; 202 and their number."""
        request.scope[ROUTE] = "/internal/replay"
        caller = _caller(request)
        to = None if Role.ADMINISTRATOR in caller.roles else _service(caller)
        asked = _read(ReplayRequest, parse_json(await request.body()))
        if registry is None:
            raise RequestInvalid("This app has no events of its own.")
        async with request.app.state.sessions.transaction() as session:
            count = await replay(session, registry, replayers, asked.kinds, to=to)
        return JSONResponse({"events": count}, status_code=202)

    return [
        Route("/internal/events", receive, methods=["POST"]),
        Route("/internal/replay", repeat, methods=["POST"]),
        *(_inquiry_route(f"/internal/{name}", inquiry) for name, inquiry in inquiries.items()),
    ]


def _inquiry_route(path: str, inquiry: Inquiry) -> Route:
    async def tell(request: Request) -> Response:
        """Answer another app that may ask."""
        request.scope[ROUTE] = path
        if _service(_caller(request)) not in inquiry.askers:
            raise NotPermitted("This app does not ask here.")
        asked = _read(inquiry.model, parse_json(await request.body()))
        async with request.app.state.sessions.reading() as session:
            told = await inquiry.answer(session, asked)
        # asyncpg has a UUID of its own, which orjson does not know.
        return Response(orjson.dumps(told, default=str), media_type="application/json")

    return Route(path, tell, methods=["POST"])


def _caller(request: Request) -> Caller:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise NotAuthenticated("Apps identify themselves by their token.")
    caller: Caller = request.app.state.tokens.verify(token)
    return caller


def _service(caller: Caller) -> str:
    if caller.service is None:
        raise NotPermitted("Only the other apps may do this.")
    return caller.service


def _read(model: type[Asked], document: Any) -> Asked:
    try:
        return model.model_validate(document)
    except ValidationError as error:
        raise RequestInvalid("This is not what is asked here.") from error
