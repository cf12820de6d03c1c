"""What respondents send, and what they are asked."""

from typing import Annotated, Any, Literal

from pydantic import Field, WithJsonSchema

from services.common.wire import Answer, Code, Flag, Id, Line, Request
from services.evaluation.domain.campaigns import Delivery

AnswerValue = Annotated[
    Any,
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string"},
                {"type": "number"},
                {"type": "boolean"},
                {"type": "array", "items": {"type": "string"}},
            ]
        }
    ),
]
"""Checked against its question."""


class SubjectWrite(Request):
    """Whom or what a block of answers is about."""

    kind: Literal["edition", "module", "session", "lecturer"]
    id: Id


class ResponseBlock(Request):
    """Answers about one subject, by question code."""

    subject: SubjectWrite
    not_attended: Flag = False
    """For what the respondent did not attend, the edition excepted; the block then has no answers."""
    answers: dict[Code, AnswerValue] = Field(default_factory=dict, max_length=500)


class ResponseSubmit(Request):
    """All answers of one respondent; it cannot be changed or taken back."""

    nonce: Id
    """Made by the client for this submission; a repeat with the same nonce changes nothing."""
    pair_code: Annotated[Line, Field(min_length=4, max_length=40, pattern=r"\w")] | None = None
    """A code that only the respondent can make again, where the survey pairs answers; hashed, never kept."""
    blocks: list[ResponseBlock] = Field(min_length=1, max_length=200)


class BallotPaperBlock(Answer):
    """What is asked about one subject."""

    subject: dict[str, str]
    form: dict[str, Any]


class BallotPaper(Answer):
    """What the holder of a token is asked, and told beforehand."""

    title: dict[str, str]
    notice: dict[str, str]
    closes_at: str | None
    delivery: Delivery
    """At a kiosk the page forgets each respondent and asks for the next code."""
    paired: bool
    """Whether a code of one's own may be given: such as letters of two names and a number only you put together."""
    blocks: list[BallotPaperBlock]
