"""What the printed report of a result says, in one language."""

from collections.abc import Mapping
from typing import Any, Final

from services.common.i18n import pick
from services.evaluation.domain.charts import Chart, ChartKind, list_charts
from services.evaluation.domain.drawings import describe, draw

_WORDS: Final[Mapping[str, tuple[str, str, str]]] = {
    "title": ("Survey result", "Результат опроса", "Сауалнама нәтижесі"),
    "question": ("Question", "Вопрос", "Сұрақ"),
    "n": ("n", "n", "n"),
    "mean": ("Mean", "Среднее", "Орташа"),
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
_LANGUAGES: Final = ("en", "ru", "kk")


def write_report(
    figures: Mapping[str, Any],
    edition: Mapping[str, str],
    phase: str,
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
        "edition": say(edition),
        "phase": phase,
        "words": words,
        "synthetic": synthetic,
        "notes": [say(note["text"]) for note in figures["notes"]],
        "charts": [_chart(chart, say) for chart in list_charts(figures)],
        "questions": [_question(question, say) for question in figures["questions"]],
        "methods": ", ".join(str(method) for method in figures["methods"]),
        "reply": reply,
    }


def _chart(chart: Chart, say: Any) -> dict[str, Any]:
    wide = chart.kind in (ChartKind.LIKERT, ChartKind.MEANS)
    return {"svg": draw(chart, say), "alt": f"{say(chart.title)}. {describe(chart, say)}", "wide": wide}


def _question(question: Mapping[str, Any], say: Any) -> dict[str, Any]:
    cell = question["cell"]
    statistics = cell["statistics"] or {}
    value = statistics.get("mean", statistics.get("score"))
    ends = statistics.get("mean_interval") or statistics.get("interval") or {}
    return {
        "text": say(question["text"]),
        "n": None if cell["n"] is None else str(cell["n"]),
        "mean": None if value is None else f"{value:.2f}",
        "interval": f"{ends['low']:.2f} – {ends['high']:.2f}" if ends else None,
        "notes": [say(note["text"]) for note in question["notes"]],
    }
