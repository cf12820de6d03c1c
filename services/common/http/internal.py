"""What apps say to each other: events and requests to replay them. In no OpenAPI, and routed by no gateway."""

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from services.common.context import traceparent
from services.common.events import EventRegistry
from services.common.http.access import ROUTE
from services.common.identity import Caller, Role
from services.common.inbox import Consumers, read_envelope, receive_event
from services.common.problems import NotAuthenticated, NotPermitted, RequestInvalid
from services.common.replays import Replayers, replay
from services.common.wire import parse_json


class ReplayRequest(BaseModel):
    """Which aggregates to send again."""

    model_config = ConfigDict(extra="forbid")

    kinds: list[str] = Field(min_length=1, max_length=100)


def internal_routes(
    registry: EventRegistry | None, consumers: Consumers, replayers: Replayers
) -> Sequence[Route]:
    """Return the routes by which this app takes events and repeats its own."""

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
        asked = _asked(parse_json(await request.body()))
        if registry is None:
            raise RequestInvalid("This app has no events of its own.")
        async with request.app.state.sessions.transaction() as session:
            count = await replay(session, registry, replayers, asked.kinds, to=to)
        return JSONResponse({"events": count}, status_code=202)

    return [
        Route("/internal/events", receive, methods=["POST"]),
        Route("/internal/replay", repeat, methods=["POST"]),
    ]


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


def _asked(document: Any) -> ReplayRequest:
    try:
        return ReplayRequest.model_validate(document)
    except ValidationError as error:
        raise RequestInvalid("Name the kinds of events to replay, as a list of texts.") from error
