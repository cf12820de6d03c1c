"""The enumerations of a room with their labels: one route, the same in every room."""

from collections.abc import Sequence

from fastapi import APIRouter

from services.common.enumerations import Enumeration, describe
from services.common.http.callers import Caller
from services.common.http.routes import house_router
from services.common.wire import Answer


class EnumerationValueRead(Answer):
    """One value with its texts in kk, ru and en."""

    code: str
    label: dict[str, str]
    description: dict[str, str] | None
    order: int
    terminal: bool
    deprecated: bool


class EnumerationRead(Answer):
    """One enumeration with its values in order."""

    name: str
    values: list[EnumerationValueRead]


class Enumerations(Answer):
    """Every enumeration of a service."""

    items: list[EnumerationRead]


def enumerations_router(room: str, known: Sequence[Enumeration]) -> APIRouter:
    """Return the router of `GET /v1/<room>/enumerations`; its operation is `list_<room>_enumerations`."""
    router = house_router("enumerations", f"/{room}/enumerations")

    async def list_enumerations(_: Caller) -> object:
        """List every state, code and reason that this service answers with, in words."""
        return {"items": [{"name": one.name, "values": describe(one)} for one in known]}

    list_enumerations.__name__ = f"list_{room}_enumerations"
    router.add_api_route("", list_enumerations, response_model=Enumerations)
    return router
