"""Who may call: authentication of the internal token and the permission matrix, at each route."""

from typing import Annotated

from fastapi import Depends, Request

from services.common.identity import ANONYMOUS
from services.common.identity import Caller as CallerIdentity
from services.common.permissions import admit
from services.common.problems import NotAuthenticated


async def _admit_caller(request: Request) -> CallerIdentity:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if token and scheme.lower() != "bearer":
        raise NotAuthenticated("Only bearer tokens are accepted.")
    caller = request.app.state.tokens.verify(token) if token else ANONYMOUS
    return admit(request.app.state.permissions, request.scope["route"].operation_id, caller)


Caller = Annotated[CallerIdentity, Depends(_admit_caller)]
"""The caller, admitted to the operation that the route is named after, with the reach it has there."""
