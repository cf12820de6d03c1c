"""Letters to people with accounts, in plain text; links carry their token in the fragment, unseen by servers."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from gateway.identity.domain.accounts import LetterPurpose

VALID: Final[Mapping[LetterPurpose, timedelta]] = {
    LetterPurpose.INVITATION: timedelta(days=7),
    LetterPurpose.RESET: timedelta(hours=1),
}
"""How long a password can be set with it."""
LANGUAGES: Final = ("en", "ru", "kk")
_SUBJECTS: Final[Mapping[LetterPurpose, Mapping[str, str]]] = {
    LetterPurpose.INVITATION: {
        "en": "Your account is ready",
        "ru": "Ваша учётная запись готова",
        "kk": "Есептік жазбаңыз дайын",
    },
    LetterPurpose.RESET: {
        "en": "Set a new password",
        "ru": "Задайте новый пароль",
        "kk": "Жаңа құпиясөз орнатыңыз",
    },
}
_TEXTS: Final[Mapping[LetterPurpose, Mapping[str, str]]] = {
    LetterPurpose.INVITATION: {
        "en": "An account was made for you. Set your password within seven days:",
        "ru": "Для вас создана учётная запись. Задайте пароль в течение семи дней:",
        "kk": "Сіз үшін есептік жазба жасалды. Құпиясөзді жеті күн ішінде орнатыңыз:",
    },
    LetterPurpose.RESET: {
        "en": "Somebody asked for a new password for this address. If it was you, set it within an hour; "
        "otherwise nothing needs to be done:",
        "ru": "Для этого адреса запрошен новый пароль. Если это были вы, задайте его в течение часа; "
        "иначе ничего делать не нужно:",
        "kk": "Осы мекенжай үшін жаңа құпиясөз сұралды. Егер бұл сіз болсаңыз, оны бір сағат ішінде орнатыңыз; "
        "әйтпесе ештеңе істеудің қажеті жоқ:",
    },
}


def write_letter(purpose: LetterPurpose, language: str, secret: str, page: str | None) -> tuple[str, str]:
    """Return subject and text; without a `page` the token itself stands in it."""
    place = f"{page}#{secret}" if page else secret
    return _SUBJECTS[purpose][language], f"{_TEXTS[purpose][language]}\n\n{place}\n"
