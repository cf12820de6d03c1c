"""The words of a country's brief, in English, Russian and Kazakh."""

from typing import Final

from gateway.compositions.words import WordTable

BRIEF_WORDS: Final[WordTable] = {
    "brief": (
        "Cooperation with {country}: a brief",
        "Сотрудничество со страной: {country}. Справка",
        "Ынтымақтастық: {country}. Анықтама",
    ),
    "as_of": ("As of {day}", "По состоянию на {day}", "{day} жағдай бойынша"),
    "synthetic": (
        "Synthetic: invented for demonstration",
        "Вымышленные данные для демонстрации",
        "Көрсетуге ойдан шығарылған деректер",
    ),
    "in_short": ("In short", "Кратко", "Қысқаша"),
    "courses": ("Courses and seminars: {n}", "Курсы и семинары: {n}", "Курстар мен семинарлар: {n}"),
    "deliveries": ("Other deliveries: {n}", "Другие поставки: {n}", "Басқа жеткізілімдер: {n}"),
    "years": ("Years: {years}", "Годы: {years}", "Жылдар: {years}"),
    "participants_in_all": (
        "Participants in all: {n}",
        "Участников всего: {n}",
        "Барлық қатысушылар: {n}",
    ),
    "paid_in_all": ("Paid: {money}", "Выплачено: {money}", "Төленді: {money}"),
    "done": ("What was done", "Что сделано", "Не істелді"),
    "coming": ("What comes", "Что предстоит", "Алда не бар"),
    "nothing": ("Nothing is known.", "Сведений нет.", "Мәлімет жоқ."),
    "when": ("When", "Когда", "Қашан"),
    "what": ("What", "Что", "Не"),
    "kind": ("Kind", "Вид", "Түрі"),
    "state": ("State", "Состояние", "Күйі"),
    "with_whom": ("With whom", "С кем", "Кіммен"),
    "undated": ("undated", "без даты", "күні белгісіз"),
    "course": ("Course", "Курс", "Курс"),
    "people": ("People", "Люди", "Адамдар"),
    "year": ("Year", "Год", "Жыл"),
    "participants": ("Participants", "Участники", "Қатысушылар"),
    "completed": ("Completed", "Завершили", "Аяқтағандар"),
    "women": ("Women", "Женщины", "Әйелдер"),
    "men": ("Men", "Мужчины", "Ерлер"),
    "hidden": (
        "Not shown, by rule: the figure would tell of few people, or its year is not over.",
        "По правилу не показывается: число раскрыло бы немногих, или год ещё не закончен.",
        "Ереже бойынша көрсетілмейді: сан аз адамды ашады немесе жыл әлі аяқталмаған.",
    ),
    "money": ("Money", "Деньги", "Қаражат"),
    "paid_for": (
        "Paid for the country, its part of courses by its participants: {money}.",
        "Выплачено для страны, её доля в курсах по участникам: {money}.",
        "Ел үшін төленді, курстардағы үлесі қатысушылар бойынша: {money}.",
    ),
    "reported": (
        "In the reporting currency: {money}, each payment by the rate of its day.",
        "В валюте отчётности: {money}, каждый платёж по курсу своего дня.",
        "Есеп валютасында: {money}, әр төлем өз күнінің бағамымен.",
    ),
    "outcomes": ("Outcomes", "Результаты", "Нәтижелер"),
    "indicator": ("Indicator", "Показатель", "Көрсеткіш"),
    "period": ("Period", "Период", "Кезең"),
    "actual": ("Actual", "Факт", "Нақты"),
    "published_results": (
        "Published survey results of courses that the country took part in: {n}",
        "Опубликованные результаты опросов по курсам с участием страны: {n}",
        "Ел қатысқан курстар бойынша жарияланған сауалнама нәтижелері: {n}",
    ),
    "open_calls": ("Open calls", "Открытые наборы", "Ашық қабылдаулар"),
    "closes": ("Closes", "Закрывается", "Жабылады"),
    "seats": ("Seats of the country", "Места страны", "Елдің орындары"),
    "left": ("Left", "Осталось", "Қалды"),
    "no_calls": (
        "No call is open for the country.",
        "Открытых наборов для страны нет.",
        "Ел үшін ашық қабылдау жоқ.",
    ),
    "owed": ("What is owed next", "Что предстоит выполнить", "Алдағы міндеттер"),
    "to_hand_over": (
        "To be handed over: {title} ({when})",
        "Передать: {title} ({when})",
        "Тапсыру керек: {title} ({when})",
    ),
    "recommended": (
        "Recommended after {edition}: {title}",
        "Рекомендовано после выпуска «{edition}»: {title}",
        "«{edition}» шығарылымынан кейін ұсынылды: {title}",
    ),
    "unknown": ("What is not known for certain", "Что точно не известно", "Нақты белгісіз жайттар"),
    "missing": ("Not in this document", "Чего нет в этом документе", "Бұл құжатта жоқ"),
    "not_yours": ("not within the reader's rights", "вне прав читателя", "оқырман құқығынан тыс"),
    "not_there": ("not to be had just now", "сейчас недоступно", "қазір қолжетімсіз"),
}
