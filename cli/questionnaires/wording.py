"""How the ready questionnaires are written: one line a question, its texts as (en, ru, kk)."""

from typing import Any, Final, TypeAlias

Texts: TypeAlias = tuple[str, str, str]
Question: TypeAlias = dict[str, Any]

AGREEMENT: Final[dict[str, Any]] = {
    "low": 1,
    "high": 5,
    "labels": {
        "1": {"en": "Not at all", "ru": "Совсем нет", "kk": "Мүлде жоқ"},
        "3": {"en": "Partly", "ru": "Отчасти", "kk": "Ішінара"},
        "5": {"en": "Completely", "ru": "Полностью", "kk": "Толығымен"},
    },
}
"""How far a statement is true."""


def texts(triple: Texts) -> dict[str, str]:
    """Return a text by language."""
    return dict(zip(("en", "ru", "kk"), triple, strict=True))


def agree(code: str, text: Texts, level: str, **more: Any) -> Question:
    """Return a statement that is more or less true; comparable over editions by its code."""
    asked = {"code": code, "kind": "scale", "scale": AGREEMENT, "text": texts(text), "level": level}
    return asked | {"comparable_key": code} | more


def advise(code: str, text: Texts, **more: Any) -> Question:
    """Return a question from 0 to 10 whether one would advise something."""
    return {"code": code, "kind": "nps", "text": texts(text), "level": "L1", "comparable_key": code} | more


def write(code: str, text: Texts, **more: Any) -> Question:
    """Return a question that is answered in one's own words."""
    return {"code": code, "kind": "text", "multiline": True, "text": texts(text)} | more


def choose(code: str, text: Texts, options: dict[str, Texts], **more: Any) -> Question:
    """Return a question with one answer to choose."""
    listed = [{"code": option, "label": texts(label)} for option, label in options.items()]
    return {"code": code, "kind": "single", "text": texts(text), "options": listed} | more


def choose_several(code: str, text: Texts, options: dict[str, Texts], **more: Any) -> Question:
    """Return a question with several answers to choose."""
    return choose(code, text, options) | {"kind": "multiple"} | more


SEX: Final = choose(
    "sex",
    (
        "You are (you need not answer; shown only where enough others answered)",
        "Вы (можно не отвечать; показывается, только если ответило достаточно людей)",
        "Сіз (жауап бермеуге болады; жеткілікті адам жауап бергенде ғана көрсетіледі)",
    ),
    {"female": ("a woman", "женщина", "әйел"), "male": ("a man", "мужчина", "ер")},
    dimension="sex",
)
YES_NO: Final[dict[str, Texts]] = {"yes": ("Yes", "Да", "Иә"), "no": ("No", "Нет", "Жоқ")}
