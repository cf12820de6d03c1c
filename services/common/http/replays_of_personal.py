"""Personal answers are not kept with an idempotency key: a repeat reads the resource as it is now."""

from urllib.parse import quote

from fastapi import Request
from starlette.responses import Response
from starlette.types import Message


async def read_again(request: Request, location: str) -> Response:
    """Return what the same caller gets for GET `location` (a path of this app) right now."""
    started: list[Message] = []
    parts: list[bytes] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            started.append(message)
        else:
            parts.append(message.get("body", b""))

    headers = [
        pair
        for pair in request.scope["headers"]
        if pair[0] in {b"host", b"authorization", b"accept-language"}
    ]
    scope = {
        "type": "http",
        "asgi": request.scope["asgi"],
        "http_version": request.scope["http_version"],
        "scheme": request.scope["scheme"],
        "server": request.scope.get("server"),
        "client": request.scope.get("client"),
        "method": "GET",
        "path": location,
        "raw_path": quote(location).encode(),
        "query_string": b"",
        "root_path": "",
        "headers": headers,
        "state": dict(request.scope["state"]),
    }
    await request.app(scope, receive, send)
    response = Response(b"".join(parts), started[0]["status"])
    response.raw_headers = started[0]["headers"]
    return response
