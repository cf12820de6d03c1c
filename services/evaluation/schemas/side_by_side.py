"""Published figures of several editions side by side, on the wire."""

from uuid import UUID

from services.common.wire import Answer


class EditionFigureRead(Answer):
    """What one edition's participants answered; null and `suppressed` where a rule hides it."""

    edition_id: UUID
    result_id: UUID
    n: int | None
    mean: float | None
    top_two: float | None
    suppressed: bool


class QuestionRowRead(Answer):
    """One question in one phase, over the editions that asked it, the latest wording."""

    key: str
    phase: str
    level: str | None
    """Kirkpatrick's: reaction, learning, behavior or results."""
    text: dict[str, str]
    editions: list[EditionFigureRead]


class SideBySide(Answer):
    """Published figures of several editions, never added up over editions or questions."""

    rows: list[QuestionRowRead]
