"""Messages to people: their states, and the words of the house in its three languages."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from services.common.i18n import pick


class MessageState(StrEnum):
    """What became of a message."""

    QUEUED = "queued"
    SENT = "sent"
    UNDELIVERABLE = "undeliverable"


class Outcome(StrEnum):
    """What evaluation learns of a message it asked for."""

    SENT = "sent"
    BOUNCED = "bounced"
    OPTED_OUT = "opted_out"


@dataclass(frozen=True)
class Wording:
    """One template: subject and body by language; `{token}` stands for what the message carries."""

    subject: Mapping[str, str]
    body: Mapping[str, str]


SURVEY_INVITATION: Final = "survey_invitation"

_SURVEY: Final = Wording(
    subject={
        "en": "How was the course? Your opinion counts",
        "ru": "Как прошёл курс? Нам важно ваше мнение",
        "kk": "Курс қалай өтті? Пікіріңіз маңызды",
    },
    body={
        "en": "Please answer the survey with this personal code: {token}\nYour answers are anonymous.",
        "ru": "Пожалуйста, ответьте на опрос с этим личным кодом: {token}\nВаши ответы анонимны.",
        "kk": "Сауалнамаға мына жеке кодпен жауап беріңіз: {token}\nЖауаптарыңыз жасырын.",
    },
)
_WORDINGS: Final[Mapping[str, Wording]] = {SURVEY_INVITATION: _SURVEY, "survey_reminder": _SURVEY}


def write_message(template: str, language: str | None, token: str) -> tuple[str, str]:
    """Return subject and body of a message in the reader's language, or the nearest the house speaks.

    Raises ValueError for a template that does not exist.
    """
    wording = _WORDINGS.get(template)
    if wording is None:
        raise ValueError("there is no such template")
    return pick(wording.subject, language).text, pick(wording.body, language).text.format(token=token)
