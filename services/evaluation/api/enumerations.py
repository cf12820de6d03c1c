"""Routes of the enumerations."""

from services.common.enumerations import describe
from services.common.http.callers import Caller
from services.common.http.routes import house_router
from services.common.wire import Answer
from services.evaluation.domain.vocabulary import ENUMERATIONS

router = house_router("enumerations", "/evaluation/enumerations")


class EvaluationEnumerationValue(Answer):
    """One value with its texts."""

    code: str
    label: dict[str, str]
    description: dict[str, str] | None
    order: int
    terminal: bool
    deprecated: bool


class EvaluationEnumeration(Answer):
    """One enumeration with its values in order."""

    name: str
    values: list[EvaluationEnumerationValue]


@router.get("", response_model=list[EvaluationEnumeration])
async def list_evaluation_enumerations(_: Caller) -> object:
    """List the states and codes of this service with labels in kk, ru and en."""
    return [{"name": e.name, "values": describe(e)} for e in ENUMERATIONS]
