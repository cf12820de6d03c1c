"""Plain notes beside figures, made by rules, in the three languages of the house."""

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any, Final

from services.evaluation.domain.suppression import SuppressionRule

NOTES: Final = "plain-notes@1"
WIDE_SCORE: Final = 40
"""Points from which an interval of a net promoter score says little."""
FEW_OF_THOSE: Final = 0.9
"""Share of the respondents below which a question was skipped by too many to pass over in silence."""
MIX_GAP: Final = 0.10
"""By how much a group's share of the answers may differ from its share of the cohort."""


class NoteCode(StrEnum):
    """What a note says."""

    ANSWERED = "answered"
    FEW_ANSWERED = "few_answered"
    THIS_COHORT = "this_cohort"
    SIMILAR_COHORTS = "similar_cohorts"
    SKIPPED = "skipped"
    CLIPPED = "clipped"
    WIDE = "wide"
    HIDDEN = "hidden"
    HIDDEN_COUNTRIES = "hidden_countries"
    HIDDEN_GROUPS = "hidden_groups"
    MIX = "mix"
    CONSISTENCY = "consistency"
    FEW_LECTURERS = "few_lecturers"
    NO_RANKING = "no_ranking"
    CO_TAUGHT = "co_taught"
    INTERPRETED = "interpreted"
    REPLACED = "replaced"
    STOOD_IN = "stood_in"
    ONLINE = "online"


_TEXTS: Final[Mapping[NoteCode, tuple[str, str, str]]] = {
    NoteCode.ANSWERED: (
        "{answered} of {eligible} answered ({percent} %).",
        "Ответили {answered} из {eligible} ({percent} %).",
        "{eligible} адамның {answered} жауап берді ({percent} %).",
    ),
    NoteCode.FEW_ANSWERED: (
        "Fewer than half answered; those who did not may think otherwise.",
        "Ответило меньше половины; остальные могут думать иначе.",
        "Жартысынан азы жауап берді; қалғандары басқаша ойлауы мүмкін.",
    ),
    NoteCode.THIS_COHORT: (
        "The intervals speak of this cohort only.",
        "Интервалы относятся только к этой группе.",
        "Аралықтар тек осы топқа қатысты.",
    ),
    NoteCode.SIMILAR_COHORTS: (
        "The intervals speak of similar cohorts to come.",
        "Интервалы относятся к будущим подобным группам.",
        "Аралықтар болашақтағы ұқсас топтарға қатысты.",
    ),
    NoteCode.SKIPPED: (
        "{n} of the {answered} respondents answered this question.",
        "На этот вопрос ответили {n} из {answered}.",
        "Бұл сұраққа {answered} адамның {n} жауап берді.",
    ),
    NoteCode.CLIPPED: (
        "The interval ends where the scale does.",
        "Интервал обрезан по краю шкалы.",
        "Аралық шкаланың шетінде кесілген.",
    ),
    NoteCode.WIDE: (
        "With so few answers the score may lie anywhere from {low} to {high}.",
        "При таком числе ответов показатель может лежать от {low} до {high}.",
        "Жауап саны аз болғандықтан көрсеткіш {low} мен {high} аралығында болуы мүмкін.",
    ),
    NoteCode.HIDDEN: (
        "Not shown: too few answered.",
        "Не показано: слишком мало ответов.",
        "Көрсетілмейді: жауап тым аз.",
    ),
    NoteCode.HIDDEN_COUNTRIES: (
        "Not shown: too few come from each country to one edition.",
        "Не показано: из каждой страны на один набор приезжает слишком мало людей.",
        "Көрсетілмейді: бір басылымға әр елден тым аз адам келеді.",
    ),
    NoteCode.HIDDEN_GROUPS: (
        "{n} groups are not shown, because they are small or would reveal others.",
        "Не показано групп: {n}, потому что они малы или раскрыли бы другие.",
        "{n} топ көрсетілмейді, себебі олар шағын немесе басқаларын ашып қояр еді.",
    ),
    NoteCode.MIX: (
        "{group}: {answers} % of the answers, {cohort} % of the cohort.",
        "{group}: {answers} % ответов, {cohort} % группы.",
        "{group}: жауаптардың {answers} %, топтың {cohort} %.",
    ),
    NoteCode.CONSISTENCY: (
        "How well {questions} go together: alpha {alpha} ({low} to {high}). Below 0.7 do not add them up.",
        "Согласованность вопросов {questions}: альфа {alpha} (от {low} до {high}). Ниже 0.7 их не складывают.",
        "{questions} сұрақтарының үйлесімі: альфа {alpha} ({low} – {high}). 0.7-ден төмен болса, қосылмайды.",
    ),
    NoteCode.FEW_LECTURERS: (
        "Too few lecturers are known to set this mean beside what is usual.",
        "Преподавателей слишком мало, чтобы сравнить это среднее с обычным.",
        "Бұл орташаны әдеттегімен салыстыру үшін оқытушылар тым аз.",
    ),
    NoteCode.NO_RANKING: (
        "The data show no difference between lecturers beyond chance.",
        "Данные не показывают различий между преподавателями сверх случайных.",
        "Деректер оқытушылар арасында кездейсоқтан асатын айырмашылықты көрсетпейді.",
    ),
    NoteCode.CO_TAUGHT: (
        "Taught together with others in some sessions; the marks may be of them too.",
        "Часть занятий велась вместе с другими; оценки могут относиться и к ним.",
        "Кейбір сабақтар басқалармен бірге өткізілді; бағалар оларға да қатысты болуы мүмкін.",
    ),
    NoteCode.INTERPRETED: (
        "Heard through an interpreter in some sessions.",
        "На части занятий участники слушали через переводчика.",
        "Кейбір сабақтарды қатысушылар аудармашы арқылы тыңдады.",
    ),
    NoteCode.REPLACED: (
        "Replaced by somebody else in some sessions.",
        "На части занятий преподавателя заменял другой.",
        "Кейбір сабақтарда оқытушыны басқа адам алмастырды.",
    ),
    NoteCode.STOOD_IN: (
        "Stood in for somebody else in some sessions.",
        "На части занятий преподаватель заменял другого.",
        "Кейбір сабақтарда оқытушы басқаның орнына сабақ берді.",
    ),
    NoteCode.ONLINE: (
        "Some sessions were held online, for all or for some.",
        "Часть занятий прошла онлайн для всех или для некоторых.",
        "Кейбір сабақтар барлығы немесе кейбірі үшін онлайн өтті.",
    ),
}
Texts = Mapping[str, str]


def note(code: NoteCode, **values: object) -> dict[str, Any]:
    """Return a note with its texts; a value may itself be a text in several languages."""
    texts = {
        language: template.format(**{name: _in(value, language) for name, value in values.items()})
        for language, template in zip(("en", "ru", "kk"), _TEXTS[code], strict=True)
    }
    return {"code": code, "text": texts}


def notes_on_whole(figures: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what must be known of a result before any of its figures is read."""
    answered, eligible = figures["n_answered"], figures["n_eligible"]
    notes = []
    if answered is not None and eligible:
        notes.append(
            note(
                NoteCode.ANSWERED, answered=answered, eligible=eligible, percent=_percent(answered / eligible)
            )
        )
        if answered / eligible < 0.5:
            notes.append(note(NoteCode.FEW_ANSWERED))
    return [*notes, note(NoteCode(figures["inference_target"]))]


def notes_on_question(
    question: Mapping[str, Any],
    answered: int | None,
    cohort: Mapping[str, Mapping[str, int]],
    labels: Mapping[str, Texts],
) -> list[dict[str, Any]]:
    """Return what must be known of a question's figures.

    `cohort` counts people by dimension and group; `labels` are those of the question's own options.
    """
    cell = question["cell"]
    if cell["suppressed"]:
        of_countries = cell["rule"] == SuppressionRule.COUNTRY_OF_ONE_EDITION
        return [note(NoteCode.HIDDEN_COUNTRIES if of_countries else NoteCode.HIDDEN)]
    notes = list(_notes_on_statistics(cell["statistics"]))
    if answered and cell["n"] < FEW_OF_THOSE * answered:
        notes.append(note(NoteCode.SKIPPED, n=cell["n"], answered=answered))
    hidden = sum(each["suppressed"] for breakdown in question["breakdowns"] for each in breakdown["cells"])
    if hidden:
        notes.append(note(NoteCode.HIDDEN_GROUPS, n=hidden))
    people = cohort.get(question["dimension"] or "", {})
    return notes + list(_notes_on_mix(cell, people, labels))


def notes_on_consistency(found: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return how far questions that are to measure one thing do, where that is told."""
    return [
        note(
            NoteCode.CONSISTENCY,
            questions=", ".join(each["questions"]),
            alpha=f"{each['alpha']:.2f}",
            low=f"{each['interval']['low']:.2f}",
            high=f"{each['interval']['high']:.2f}",
        )
        for each in found
        if not each["suppressed"]
    ]


def _notes_on_statistics(statistics: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    if statistics.get("mean_interval_clipped"):
        yield note(NoteCode.CLIPPED)
    if statistics["kind"] == "nps":
        low, high = (round(statistics["interval"][end]) for end in ("low", "high"))
        if high - low >= WIDE_SCORE:
            yield note(NoteCode.WIDE, low=low, high=high)


def _notes_on_mix(
    cell: Mapping[str, Any], people: Mapping[str, int], labels: Mapping[str, Texts]
) -> Iterator[dict[str, Any]]:
    whole = sum(people.values())
    for group, n in cell["statistics"]["counts"].items() if whole else ():
        answers, expected = n / cell["n"], people.get(group, 0) / whole
        if abs(answers - expected) >= MIX_GAP:
            yield note(
                NoteCode.MIX, group=labels[group], answers=_percent(answers), cohort=_percent(expected)
            )


def _percent(share: float) -> int:
    return round(100 * share)


def _in(value: object, language: str) -> object:
    if isinstance(value, Mapping):
        return value.get(language) or value.get("en") or next(iter(value.values()))
    return value
