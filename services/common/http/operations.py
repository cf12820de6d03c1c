"""The route by which long work is followed; each room has its own, for operation ids are unique over all."""

from typing import Final
from uuid import UUID

from fastapi import APIRouter

from services.common.http.callers import Caller
from services.common.http.problem_responses import problems
from services.common.http.routes import house_router
from services.common.http.sessions import ReadSession
from services.common.operations import OperationNotFound, OperationRead, get_operation

_ABOUT: Final = "Follow long work that was accepted with 202, until it has `succeeded` or `failed`."


def operations_router(room: str) -> APIRouter:
    """Return the router with `read_<room>_operation`, whose permission is `OPERATION_READERS`."""
    router = house_router("operations", f"/services/{room}/operations")

    async def read(session: ReadSession, caller: Caller, operation_id: UUID) -> OperationRead:
        return await get_operation(session, operation_id, visible_to=caller)

    read.__name__ = f"read_{room}_operation"
    read.__doc__ = _ABOUT
    router.add_api_route(
        "/{operation_id}", read, response_model=OperationRead, responses=problems(OperationNotFound)
    )
    return router
