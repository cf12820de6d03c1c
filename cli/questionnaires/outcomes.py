"""Questionnaires of what came after: follow-ups, supervisors, countries, alumni."""

from typing import Any, Final

from cli.questionnaires.wording import (
    SEX,
    YES_NO,
    Question,
    advise,
    agree,
    choose,
    choose_several,
    texts,
    write,
)

_APPLIED: Final = choose(
    "applied",
    (
        "Have you used in your work what you learned?",
        "Применили ли вы в работе изученное?",
        "Үйренгеніңізді жұмыста қолдандыңыз ба?",
    ),
    {
        "much": ("Yes, much of it", "Да, многое", "Иә, көбін"),
        "some": ("Yes, some of it", "Да, кое-что", "Иә, біразын"),
        "nothing": ("No, not yet", "Нет, пока нет", "Жоқ, әзірге"),
    },
    required=True,
    level="L3",
    criterion="effectiveness",
    comparable_key="applied",
)
_EXAMPLE: Final = write(
    "example",
    (
        "Please give an example: what do you do differently?",
        "Приведите пример: что вы делаете иначе?",
        "Мысал келтіріңіз: нені басқаша жасайсыз?",
    ),
    relevance="${applied} = 'much' or ${applied} = 'some'",
    level="L3",
)
_HINDERED: Final = choose_several(
    "hindered",
    ("What stands in the way?", "Что мешает?", "Не кедергі?"),
    {
        "time": ("No time", "Нет времени", "Уақыт жоқ"),
        "means": ("No equipment or money", "Нет оборудования или средств", "Жабдық не қаражат жоқ"),
        "support": ("No support from above", "Нет поддержки сверху", "Басшылық қолдамайды"),
        "unfit": (
            "It does not fit our practice",
            "Не подходит к нашей практике",
            "Біздің тәжірибеге сай емес",
        ),
    },
    relevance="not(${applied} = 'much')",
    level="L3",
    criterion="sustainability",
)
_SHARED: Final = choose(
    "shared",
    (
        "Have you passed on to colleagues what you learned?",
        "Передали ли вы изученное коллегам?",
        "Үйренгеніңізді әріптестеріңізге үйреттіңіз бе?",
    ),
    YES_NO,
    level="L3",
    criterion="impact",
    comparable_key="shared",
)
_HOW_MANY: Final[Question] = {
    "code": "shared_with",
    "kind": "number",
    "whole": True,
    "text": texts(("With how many?", "Скольким?", "Қаншасына?")),
    "relevance": "${shared} = 'yes'",
    "constraint": ". > 0 and . <= 10000",
    "constraint_message": texts(("A number from 1 on.", "Число от 1.", "1-ден басталатын сан.")),
}
_CHANGED: Final = agree(
    "changed",
    (
        "My organization works better because of what I brought home.",
        "Моя организация работает лучше благодаря тому, что я привёз(ла).",
        "Мен әкелген біліммен ұйымым жақсырақ жұмыс істейді.",
    ),
    "L4",
    criterion="impact",
)
_LASTS: Final = agree(
    "lasts",
    (
        "The change would last if I left.",
        "Изменение сохранится и без меня.",
        "Мен кетсем де өзгеріс сақталады.",
    ),
    "L4",
    criterion="sustainability",
)


def _follow_up(months: int, *more: Question) -> dict[str, Any]:
    title = (f"{months} months later", f"Через {months} месяцев", f"{months} айдан кейін")
    questions = [_APPLIED, _EXAMPLE, _HINDERED, _SHARED, _HOW_MANY, *more, SEX]
    return {
        "code": f"ready.follow-up-{months}",
        "title": texts(title),
        "sections": [],
        "questions": questions,
    }


THREE_MONTHS: Final = _follow_up(3)
SIX_MONTHS: Final = _follow_up(6, _CHANGED)
TWELVE_MONTHS: Final = _follow_up(12, _CHANGED, _LASTS)

SUPERVISOR: Final[dict[str, Any]] = {
    "code": "ready.supervisor",
    "title": texts(("For supervisors", "Для руководителей", "Басшыларға")),
    "sections": [],
    "questions": [
        agree(
            "uses_it",
            (
                "My employee uses what they learned.",
                "Мой сотрудник применяет изученное.",
                "Қызметкерім үйренгенін қолданады.",
            ),
            "L3",
            criterion="effectiveness",
        ),
        agree(
            "supported",
            (
                "We gave them the time and means to use it.",
                "Мы дали на это время и средства.",
                "Біз бұған уақыт пен қаражат бердік.",
            ),
            "L3",
            criterion="sustainability",
            facet="drivers",
        ),
        agree(
            "unit_better",
            (
                "Our unit works better by it.",
                "Наше подразделение работает лучше.",
                "Бөліміміз жақсырақ жұмыс істейді.",
            ),
            "L4",
            criterion="impact",
        ),
        write(
            "seen",
            (
                "What have you seen that is different?",
                "Какие изменения вы видите?",
                "Қандай өзгеріс байқадыңыз?",
            ),
        ),
        choose(
            "send_again",
            ("Would you send somebody again?", "Направите ли вы кого-то ещё?", "Тағы біреуді жібересіз бе?"),
            YES_NO,
        ),
    ],
}

COUNTRY: Final[dict[str, Any]] = {
    "code": "ready.country-outcome",
    "title": texts(("Outcomes in the country", "Итоги в стране", "Елдегі нәтижелер")),
    "sections": [],
    "questions": [
        agree(
            "priority",
            (
                "The courses met priorities of our country.",
                "Курсы отвечали приоритетам нашей страны.",
                "Курстар еліміздің басымдықтарына сай болды.",
            ),
            "L4",
            criterion="relevance",
        ),
        agree(
            "fits_others",
            (
                "They fit what we do with other partners.",
                "Они согласуются с работой других партнёров.",
                "Олар басқа серіктестермен жұмысымызбен үйлеседі.",
            ),
            "L4",
            criterion="coherence",
        ),
        choose_several(
            "what_changed",
            (
                "What has changed, also because of the courses?",
                "Что изменилось, в том числе благодаря курсам?",
                "Курстардың да ықпалымен не өзгерді?",
            ),
            {
                "rules": ("Laws or rules", "Законы или правила", "Заңдар не ережелер"),
                "services": ("Services to people", "Услуги для людей", "Адамдарға қызмет"),
                "training": ("How we train others", "Как мы обучаем других", "Басқаларды оқытуымыз"),
                "nothing": ("Nothing yet", "Пока ничего", "Әзірге ештеңе"),
            },
            level="L4",
            criterion="impact",
        ),
        write(
            "evidence",
            (
                "Where can this be seen, and who can confirm it?",
                "Где это видно и кто может подтвердить?",
                "Бұл қайдан көрінеді және кім растай алады?",
            ),
            relevance="not(selected(${what_changed}, 'nothing')) and ${what_changed} != ''",
        ),
        agree(
            "both_gained",
            ("Both sides have gained.", "Выиграли обе стороны.", "Екі жақ та ұтты."),
            "L4",
            criterion="mutual_benefit",
        ),
    ],
}

ALUMNI: Final[dict[str, Any]] = {
    "code": "ready.alumni",
    "title": texts(("Alumni", "Выпускники", "Түлектер")),
    "sections": [],
    "questions": [
        _APPLIED,
        _EXAMPLE,
        choose(
            "moved_up",
            (
                "Have your tasks grown since the course?",
                "Расширились ли ваши задачи после курса?",
                "Курстан кейін міндеттеріңіз кеңейді ме?",
            ),
            YES_NO,
            level="L4",
            criterion="impact",
        ),
        choose(
            "in_touch",
            (
                "Are you in touch with others of your course?",
                "Общаетесь ли вы с другими участниками курса?",
                "Курстастарыңызбен байланыстасыз ба?",
            ),
            YES_NO,
            level="L4",
            criterion="sustainability",
        ),
        advise(
            "advise",
            (
                "Would you advise a colleague to take the course?",
                "Посоветуете ли вы курс коллеге?",
                "Курсты әріптесіңізге ұсынасыз ба?",
            ),
        ),
        write(
            "next_topic",
            (
                "On which subject should there be a course?",
                "По какой теме нужен курс?",
                "Қай тақырыпта курс керек?",
            ),
        ),
    ],
}
