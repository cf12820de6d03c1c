"""Idempotency at the edge: a repeated POST is answered what the first was answered, without a second effect."""

import re
from typing import Annotated, Final

from fastapi import Header, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from services.common.idempotency import Attempt, Outcome, find_outcome, keep_outcome
from services.common.identity import Caller
from services.common.problems import Fault, IdempotencyKeyMissing, RequestInvalid

_KEY: Final = re.compile(r"[\x21-\x7e]{1,255}")


class Replayed(Exception):  # noqa: N818  no error: the way out of a request whose work is done already
    """The request was served before; carries its outcome past the route to the edge."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__()
        self.outcome = outcome


def attempt_of(request: Request, caller: Caller) -> Attempt | None:
    """Return the attempt that a POST with an `Idempotency-Key` is, None for any other request."""
    key = request.headers.get("idempotency-key")
    if key is None or request.method != "POST":
        return None
    if not _KEY.fullmatch(key):
        raise RequestInvalid(
            "Idempotency-Key is not valid.",
            errors=[Fault("/header/idempotency-key", "key", "Expected 1 to 255 visible ASCII characters.")],
        )
    return Attempt(caller.principal, key, request.state.fingerprint())


async def replay_if_known(session: AsyncSession, attempt: Attempt) -> None:
    """Raise `Replayed` if this attempt had its effect already."""
    outcome = await find_outcome(session, attempt)
    if outcome is not None:
        raise Replayed(outcome)


def remember_session(request: Request, session: AsyncSession, attempt: Attempt) -> None:
    """Leave session and attempt where `keep_response` finds them when the route has answered."""
    request.state.attempted = (session, attempt)


async def keep_response(request: Request, response: Response, *, keeps_body: bool) -> None:
    """Record the answer of a POST with a key, in the transaction of its effect; only success is kept."""
    attempted: tuple[AsyncSession, Attempt] | None = request.scope.get("state", {}).get("attempted")
    if attempted is None or response.status_code >= 300:
        return
    session, attempt = attempted
    location = response.headers.get("location") or response.headers.get("content-location")
    body = bytes(response.body) if keeps_body else None
    await keep_outcome(session, attempt, Outcome(response.status_code, location, body))


async def _require_key(idempotency_key: Annotated[str | None, Header(max_length=255)] = None) -> None:
    if idempotency_key is None:
        raise IdempotencyKeyMissing("Repeating this request does harm; send an Idempotency-Key.")


require_idempotency_key = _require_key
"""A dependency of the routes where a repeat does harm that no unique key prevents."""
