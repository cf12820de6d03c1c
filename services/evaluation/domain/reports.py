"""What the printed report of a result says, in one language."""

from collections.abc import Mapping
from typing import Any, Final

from services.common.i18n import pick
from services.evaluation.domain.campaigns import Phase
from services.evaluation.domain.charts import Chart, list_charts
from services.evaluation.domain.drawings import describe, draw
from services.evaluation.domain.suppression import Audience
from services.evaluation.domain.vocabulary import PHASES

_WORDS: Final[Mapping[str, tuple[str, str, str]]] = {
    "title": ("Survey result", "Результат опроса", "Сауалнама нәтижесі"),
    "edition": ("Edition", "Набор", "Басылым"),
    "phase": ("Survey", "Опрос", "Сауалнама"),
    "audience": ("Made for", "Для кого", "Кімге арналған"),
    "invited": ("Asked", "Опрошено", "Сұралды"),
    "answered": ("Answered", "Ответили", "Жауап берді"),
    "threshold": (
        "Shown from so many answers",
        "Показывается от числа ответов",
        "Көрсетілетін ең аз жауап саны",
    ),
    "question": ("Question", "Вопрос", "Сұрақ"),
    "n": ("n", "n", "n"),
    "mean": ("Mean or score", "Среднее или индекс", "Орташа не көрсеткіш"),
    "interval": ("95 % interval", "Интервал 95 %", "95 % аралық"),
    "notes": ("To be known", "Что нужно знать", "Білу қажет"),
    "hidden": ("not shown", "не показано", "көрсетілмейді"),
    "synthetic": (
        "Synthetic: invented for demonstration",
        "Вымышленные данные для демонстрации",
        "Көрсетуге ойдан шығарылған деректер",
    ),
    "reply": ("The lecturer's reply", "Ответ преподавателя", "Оқытушының жауабы"),
    "methods": ("Methods", "Методы", "Әдістер"),
    "rule": (
        "Figures that would tell of few people are not shown, by rule.",
        "Показатели, которые раскрыли бы ответы немногих, по правилу не показываются.",
        "Аз адамның жауабын ашатын көрсеткіштер ереже бойынша көрсетілмейді.",
    ),
}
_AUDIENCES: Final[Mapping[Audience, tuple[str, str, str]]] = {
    Audience.INTERNAL: ("staff", "сотрудники", "қызметкерлер"),
    Audience.LECTURER: ("the lecturer", "преподаватель", "оқытушы"),
    Audience.PARTNER: ("partners", "партнёры", "серіктестер"),
    Audience.PUBLIC: ("the public", "все", "жұртшылық"),
}
_LANGUAGES: Final = ("en", "ru", "kk")


def tell_about(
    figures: Mapping[str, Any], edition: Mapping[str, str], phase: Phase, audience: Audience, language: str
) -> dict[str, str]:
    """Return what a result is about and for whom it is made, by what that is called; `language` is kk, ru or en."""
    place = _LANGUAGES.index(language)
    answered = figures["n_answered"]
    told = {
        "edition": pick(edition, language).text,
        "phase": pick(PHASES.labels[phase], language).text,
        "audience": _AUDIENCES[audience][place],
        "invited": str(figures["n_invited"]),
        "answered": _WORDS["hidden"][place] if answered is None else str(answered),
        "threshold": str(figures["threshold"]),
    }
    return {_WORDS[name][place]: value for name, value in told.items()}


def write_report(
    figures: Mapping[str, Any],
    edition: Mapping[str, str],
    phase: Phase,
    audience: Audience,
    language: str,
    *,
    synthetic: bool,
    reply: str | None,
) -> dict[str, Any]:
    """Return the data of the report's template; `language` is kk, ru or en."""

    def say(text: Mapping[str, str]) -> str:
        return pick(text, language).text

    words = {name: texts[_LANGUAGES.index(language)] for name, texts in _WORDS.items()}
    return {
        "title": f"{words['title']}: {say(edition)}",
        "about": list(tell_about(figures, edition, phase, audience, language).items())[1:],
        "words": words,
        "synthetic": synthetic,
        "notes": [say(note["text"]) for note in figures["notes"]],
        "charts": [_chart(chart, say) for chart in list_charts(figures)],
        "questions": [_question(question, say) for question in figures["questions"]],
        "methods": ", ".join(str(method) for method in figures["methods"]),
        "reply": reply,
    }


def _chart(chart: Chart, say: Any) -> dict[str, Any]:
    return {"svg": draw(chart, say, on_paper=True), "alt": f"{say(chart.title)}. {describe(chart, say)}"}


def _question(question: Mapping[str, Any], say: Any) -> dict[str, Any]:
    cell = question["cell"]
    statistics = cell["statistics"] or {}
    value = statistics.get("mean", statistics.get("score"))
    ends = statistics.get("mean_interval") or statistics.get("interval") or {}
    digits = 0 if "score" in statistics else 2
    return {
        "text": say(question["text"]),
        "n": None if cell["n"] is None else str(cell["n"]),
        "mean": None if value is None else f"{value:.{digits}f}",
        "interval": f"{ends['low']:.{digits}f} – {ends['high']:.{digits}f}" if ends else None,
        "notes": [say(note["text"]) for note in question["notes"]],
    }
