"""What the reading of single answers looks like on the wire."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.common.wire import Answer, Day, Id, Request, Resource, Text


class AnswerReaderCreate(Request):
    """Who may read a survey's answers, what for, and until when."""

    account_id: Id
    reason: Text
    until: Day


class AnswerReaderRead(Resource):
    """A named reader of one survey's answers."""

    campaign_id: UUID
    account_id: UUID
    reason: str
    named_by: str
    until: date
    ended: bool


class RawBlock(Answer):
    """What somebody answered about one subject; free texts stand apart, to be moderated."""

    subject: dict[str, str]
    answers: dict[str, Any]


class RawAnswer(Answer):
    """One answer; of a confidential survey each block stands alone, and nobody's name beside it."""

    id: UUID
    pseudonym: str | None
    """Of an identified survey: the code under which the edition knows who answered, or whom it is about."""
    blocks: list[RawBlock]


class AnswerReadItem(Answer):
    """Somebody read single answers."""

    id: UUID
    at: datetime
    campaign_id: UUID
    answer_reader_id: UUID
    actor: str
    answers: int
    request_id: UUID | None
