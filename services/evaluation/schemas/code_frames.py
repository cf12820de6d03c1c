"""What code frames and codings look like on the wire."""

from typing import Self
from uuid import UUID

from pydantic import Field, model_validator

from services.common.wire import Answer, Code, Id, Request, Resource, Texts
from services.evaluation.domain.code_frames import CodeFrameState


class Theme(Request):
    """Something that texts may speak of."""

    code: Code = Field(examples=["more_practice"])
    label: Texts


class CodeFrameCreate(Request):
    """The next version of a frame; its number follows from its code."""

    code: Code = Field(examples=["course-comments"])
    themes: list[Theme] = Field(min_length=1, max_length=100)

    @model_validator(mode="after")
    def _differ(self) -> Self:
        if len({theme.code for theme in self.themes}) < len(self.themes):
            raise ValueError("each theme has a code of its own")
        return self


class CodeFrameRead(Resource):
    """A version of a frame."""

    code: str
    number: int
    state: CodeFrameState
    themes: list[Theme]


class CodingCreate(Request):
    """The themes that the caller finds in a text; an empty list says: none of them."""

    code_frame_id: Id
    themes: list[Code] = Field(max_length=100)


class CodingRead(Resource):
    """What one coder found in one text."""

    suggestion_id: UUID
    code_frame_id: UUID
    themes: list[str]


class AgreementRead(Answer):
    """How far the first two coders agree on a theme, over the texts that both read."""

    n: int
    observed: float
    expected: float
    kappa: float | None
    """Cohen's; null where both used one answer throughout."""


class ThemeCountRead(Answer):
    """In how many texts a theme was found; null below the threshold of staff."""

    theme: str
    n: int | None
    agreement: AgreementRead | None


class EditionThemes(Answer):
    """What an edition's free texts speak of; never broken down."""

    edition_id: UUID
    code_frame_id: UUID
    texts: int
    """How many texts were read."""
    themes: list[ThemeCountRead]
