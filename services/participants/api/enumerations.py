"""The enumerations of this room with their labels."""

from services.common.enumerations import describe
from services.common.http.routes import house_router
from services.common.wire import Answer
from services.participants.domain.enumerations import ENUMERATIONS


class ParticipantsEnumerationValue(Answer):
    """One value with its texts in kk, ru and en."""

    code: str
    label: dict[str, str]
    description: dict[str, str] | None
    order: int
    terminal: bool
    deprecated: bool


class ParticipantsEnumerations(Answer):
    """Every enumeration by name, each with its values in order."""

    enumerations: dict[str, list[ParticipantsEnumerationValue]]


router = house_router("enumerations", "/participants/enumerations")


@router.get("", response_model=ParticipantsEnumerations)
async def read_participants_enumerations() -> ParticipantsEnumerations:
    """Read every state, code and reason that this service answers with, in words."""
    return ParticipantsEnumerations(
        enumerations={
            known.name: [
                ParticipantsEnumerationValue.model_validate(value, from_attributes=True)
                for value in describe(known)
            ]
            for known in ENUMERATIONS
        }
    )
