"""Questionnaires of learning: what people expect and can do before, and a knowledge test to begin from."""

from typing import Any, Final

from cli.questionnaires.wording import agree, choose, choose_several, texts, write

BASELINE: Final[dict[str, Any]] = {
    "code": "ready.baseline",
    "title": texts(("Before the course", "До курса", "Курсқа дейін")),
    "sections": [],
    "questions": [
        agree(
            "knows_subject",
            (
                "I know the subject of the course well.",
                "Я хорошо знаю тему курса.",
                "Курс тақырыбын жақсы білемін.",
            ),
            "L2",
            criterion="effectiveness",
            facet="knowledge",
        ),
        agree(
            "feels_able",
            (
                "I feel able to solve problems of this subject in my work.",
                "Я чувствую, что могу решать задачи этой темы в своей работе.",
                "Жұмысымда осы тақырыптың мәселелерін шеше аламын.",
            ),
            "L2",
            criterion="effectiveness",
            facet="confidence",
        ),
        agree(
            "boss_supports",
            (
                "My supervisor expects me to apply what I learn.",
                "Мой руководитель ждёт, что я применю изученное.",
                "Басшым үйренгенімді қолдануымды күтеді.",
            ),
            "L3",
            criterion="sustainability",
            facet="drivers",
        ),
        choose_several(
            "hopes_for",
            ("What do you hope for most?", "Чего вы ждёте больше всего?", "Ең алдымен не күтесіз?"),
            {
                "skills": ("New skills", "Новых навыков", "Жаңа дағдылар"),
                "contacts": ("Contacts", "Контактов", "Байланыстар"),
                "examples": ("Examples from practice", "Примеров из практики", "Тәжірибеден мысалдар"),
                "certificate": ("A certificate", "Сертификата", "Сертификат"),
            },
        ),
        write(
            "wants_to_solve",
            (
                "Which problem of your work do you want to solve with this course?",
                "Какую задачу своей работы вы хотите решить с помощью курса?",
                "Осы курстың көмегімен жұмысыңыздың қай мәселесін шешкіңіз келеді?",
            ),
        ),
    ],
}

KNOWLEDGE: Final[dict[str, Any]] = {
    "code": "ready.knowledge",
    "title": texts(
        (
            "Knowledge test: results of a project (an example)",
            "Тест: результаты проекта (пример)",
            "Тест: жоба нәтижелері (үлгі)",
        )
    ),
    "sections": [],
    "questions": [
        choose(
            "output",
            (
                "A course has trained 40 doctors. What is this?",
                "Курс обучил 40 врачей. Что это?",
                "Курс 40 дәрігер оқытты. Бұл не?",
            ),
            {
                "output": ("An output", "Непосредственный результат", "Тікелей нәтиже"),
                "outcome": ("An outcome", "Итог", "Түпкі нәтиже"),
                "impact": ("An impact", "Воздействие", "Ықпал"),
            },
            correct=["output"],
            level="L2",
            facet="knowledge",
        ),
        choose(
            "outcome",
            (
                "Half of them use the new method after six months. What is this?",
                "Половина через полгода применяет новый метод. Что это?",
                "Жартысы алты айдан кейін жаңа әдісті қолданады. Бұл не?",
            ),
            {
                "output": ("An output", "Непосредственный результат", "Тікелей нәтиже"),
                "outcome": ("An outcome", "Итог", "Түпкі нәтиже"),
                "impact": ("An impact", "Воздействие", "Ықпал"),
            },
            correct=["outcome"],
            level="L2",
            facet="knowledge",
        ),
        choose_several(
            "indicator",
            (
                "What belongs to an indicator?",
                "Что относится к показателю?",
                "Көрсеткішке не жатады?",
            ),
            {
                "baseline": ("A baseline", "Исходное значение", "Бастапқы мән"),
                "target": ("A target", "Целевое значение", "Нысаналы мән"),
                "opinion": ("An opinion about a colleague", "Мнение о коллеге", "Әріптес туралы пікір"),
            },
            correct=["baseline", "target"],
            level="L2",
            facet="knowledge",
        ),
        choose(
            "before_after",
            (
                "Why is the same test taken before and after?",
                "Зачем один и тот же тест проводят до и после?",
                "Бір тест неге курсқа дейін және кейін алынады?",
            ),
            {
                "change": ("To see what changed", "Чтобы увидеть изменение", "Өзгерісті көру үшін"),
                "rank": (
                    "To rank the participants",
                    "Чтобы ранжировать участников",
                    "Қатысушыларды реттеу үшін",
                ),
            },
            correct=["change"],
            level="L2",
            facet="knowledge",
        ),
    ],
}
