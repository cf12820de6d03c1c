"""What instruments look like on the wire."""

from typing import Any
from uuid import UUID

from pydantic import Field

from services.common.wire import Answer, Code, Request, Resource, Texts
from services.evaluation.domain.instruments import InstrumentVersionState, Question


class InstrumentCreate(Request):
    """A new questionnaire, without questions yet."""

    code: Code = Field(examples=["avicenna-end"])
    title: Texts


class InstrumentRead(Resource):
    """A questionnaire over all its versions."""

    code: str
    title: dict[str, str]


class InstrumentVersionCreate(Request):
    """The questions of a new version, a draft."""

    questions: list[Question] = Field(min_length=1, max_length=300)


class InstrumentVersionRead(Resource):
    """One wording of a questionnaire."""

    instrument_id: UUID
    number: int
    state: InstrumentVersionState
    questions: list[dict[str, Any]]


class InstrumentForm(Answer):
    """JSON Schema (2020-12) and UI hints of each kind of block, with texts in the reader's language."""

    edition: dict[str, Any]
    lecturer: dict[str, Any]
