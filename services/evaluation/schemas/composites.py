"""What composites look like on the wire."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, StrictInt, model_validator

from services.common.wire import Answer, Code, Request, Resource, Text, Texts
from services.evaluation.domain.composites import CompositeState, Lack


class QuestionWeight(Request):
    """How much one question counts."""

    comparable_key: Code
    weight: Annotated[StrictInt, Field(ge=1, le=1000)]


class CompositeCreate(Request):
    """The next version of a composite; its number follows from its code."""

    code: Code = Field(examples=["course-quality"])
    title: Texts
    rationale: Text
    components: list[QuestionWeight] = Field(min_length=2, max_length=50)

    @model_validator(mode="after")
    def _differ(self) -> Self:
        if len({part.comparable_key for part in self.components}) < len(self.components):
            raise ValueError("each question counts once")
        return self


class CompositeRead(Resource):
    """A version of a composite."""

    code: str
    number: int
    state: CompositeState
    title: dict[str, str]
    rationale: str
    components: list[QuestionWeight]


class ScoredQuestion(Answer):
    """One question in a score."""

    comparable_key: str
    weight: int
    n: int | None
    value: float | None
    """From 0, the lowest point of its scale, to 100, the highest."""
    lack: Lack | None
    """Why there is no value."""


class ResultComposite(Answer):
    """A score of one result, and what it is made of: never read the one without the other."""

    result_id: UUID
    composite_id: UUID
    code: str
    number: int
    title: dict[str, str]
    methods: list[str]
    value: float | None
    """From 0 to 100; null where a component has no value."""
    components: list[ScoredQuestion]
