"""What the slips of a survey say, beside the code."""

from collections.abc import Mapping
from typing import Final

SLIP_TEXTS: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "title": "Survey slips",
        "ask": "What do you think of the course?",
        "how": "Scan the code or type it on the page. It works once.",
        "promise": "Draw any slip: nobody knows who has which, and nobody can tell whose answers are whose.",
        "cut": "Cut along the lines, fold the slips and let everybody draw one from a bowl.",
    },
    "ru": {
        "title": "Талоны опроса",
        "ask": "Что вы думаете о курсе?",
        "how": "Отсканируйте код или введите его на странице. Он действует один раз.",
        "promise": "Возьмите любой талон: никто не знает, у кого какой, и чьи это ответы, узнать нельзя.",
        "cut": "Разрежьте по линиям, сложите талоны, и пусть каждый вытянет один.",
    },
    "kk": {
        "title": "Сауалнама талондары",
        "ask": "Курс туралы не ойлайсыз?",
        "how": "Кодты сканерлеңіз немесе бетте теріңіз. Ол бір рет жарайды.",
        "promise": "Кез келген талонды алыңыз: кімде қайсысы екенін де, жауап кімдікі екенін де ешкім білмейді.",
        "cut": "Сызық бойымен қиып, талондарды бүктеңіз, әркім біреуін суырып алсын.",
    },
}
