"""The enumerations of this room with their labels."""

from services.common.enumerations import describe
from services.common.http.routes import house_router
from services.common.wire import Answer
from services.programs.domain.enumerations import ENUMERATIONS

router = house_router("enumerations", "/programs/enumerations")


class ProgramsEnumerationValue(Answer):
    """One value with its texts in kk, ru and en."""

    code: str
    label: dict[str, str]
    description: dict[str, str] | None
    order: int
    terminal: bool
    deprecated: bool


class ProgramsEnumeration(Answer):
    """One enumeration with its values in order."""

    name: str
    values: list[ProgramsEnumerationValue]


class ProgramsEnumerations(Answer):
    """Every enumeration of this service."""

    items: list[ProgramsEnumeration]


@router.get("", response_model=ProgramsEnumerations)
async def list_programs_enumerations() -> object:
    """List every state, code and role that this service answers with, in words."""
    return {"items": [{"name": known.name, "values": describe(known)} for known in ENUMERATIONS]}
