"""Every enumeration of the system with its labels, the services' and the gateway's own."""

from fastapi import Response

from gateway.compositions.parts import Reading, Seen, collect
from gateway.compositions.vocabulary import GATEWAY_ENUMERATIONS
from gateway.upstream import MissingPart
from services.common.enumerations import describe
from services.common.http.routes import house_router
from services.common.wire import Answer

OWNERS = ("programs", "participants", "evaluation")

router = house_router("enumerations", "/enumerations")


class SeenEnumerations(Seen):
    """The enumerations of one service."""

    items: list[Seen]


class AllEnumerations(Answer):
    """The enumerations of every service; a service that could not be asked is named in `missing`."""

    items: list[Seen]
    missing: list[MissingPart]


@router.get("", response_model=AllEnumerations)
async def list_all_enumerations(reading: Reading, response: Response) -> AllEnumerations:
    """List every enumeration and reason code with its labels in kk, ru and en."""
    parts, missing = await collect(
        required={},
        optional_parts={
            owner: reading.read(owner, f"/v1/{owner}/enumerations", SeenEnumerations) for owner in OWNERS
        },
    )
    if missing:
        response.headers["Cache-Control"] = "no-store"
    items = [item for owner in OWNERS if parts[owner] is not None for item in parts[owner].items]
    items += [
        Seen.model_validate({"name": one.name, "values": describe(one)}) for one in GATEWAY_ENUMERATIONS
    ]
    return AllEnumerations(items=items, missing=missing)
