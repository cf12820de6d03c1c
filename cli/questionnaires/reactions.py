"""Questionnaires of the last day: the course as a whole, and each lecturer and meeting."""

from typing import Any, Final

from cli.questionnaires.wording import SEX, advise, agree, choose_several, texts, write

_PAGES: Final = [
    {"code": "content", "kind": "page", "title": texts(("The course", "Курс", "Курс"))},
    {"code": "usefulness", "kind": "matrix", "parent": "content"},
    {
        "code": "stay",
        "kind": "page",
        "title": texts(("Your stay", "Ваше пребывание", "Сіздің болған уақытыңыз")),
    },
    {
        "code": "closing",
        "kind": "page",
        "title": texts(("In your own words", "Своими словами", "Өз сөзіңізбен")),
    },
]

COURSE: Final[dict[str, Any]] = {
    "code": "ready.course",
    "title": texts(("End of course", "В конце курса", "Курс соңында")),
    "sections": _PAGES,
    "questions": [
        agree(
            "needed",
            (
                "What we learned is needed in my work.",
                "То, чему мы научились, нужно в моей работе.",
                "Үйренгеніміз менің жұмысыма керек.",
            ),
            "L1",
            section="usefulness",
            criterion="relevance",
            facet="relevance",
            required=True,
        ),
        agree(
            "level_right",
            (
                "The level was right for me.",
                "Уровень мне подошёл.",
                "Деңгейі маған сай болды.",
            ),
            "L1",
            section="usefulness",
            criterion="effectiveness",
            facet="satisfaction",
        ),
        agree(
            "took_part",
            (
                "I could ask, discuss and practice.",
                "Я мог(ла) спрашивать, обсуждать и практиковаться.",
                "Сұрақ қойып, талқылап, тәжірибе жасай алдым.",
            ),
            "L1",
            section="usefulness",
            criterion="effectiveness",
            facet="engagement",
        ),
        agree(
            "learned",
            (
                "I know more now than before.",
                "Теперь я знаю больше, чем раньше.",
                "Қазір бұрынғыдан көп білемін.",
            ),
            "L2",
            section="usefulness",
            criterion="effectiveness",
            facet="knowledge",
        ),
        agree(
            "will_apply",
            (
                "I know what I will do differently at home.",
                "Я знаю, что буду делать дома иначе.",
                "Үйде нені басқаша жасайтынымды білемін.",
            ),
            "L2",
            section="usefulness",
            criterion="impact",
            facet="commitment",
        ),
        agree(
            "time_well_used",
            ("The time was well used.", "Время использовано с толком.", "Уақыт тиімді пайдаланылды."),
            "L1",
            section="content",
            criterion="efficiency",
            facet="satisfaction",
        ),
        advise(
            "advise",
            (
                "Would you advise a colleague to take this course?",
                "Посоветуете ли вы этот курс коллеге?",
                "Бұл курсты әріптесіңізге ұсынасыз ба?",
            ),
            section="content",
        ),
        agree(
            "venue",
            (
                "Rooms and equipment were good to work with.",
                "В помещениях и с оборудованием было удобно работать.",
                "Бөлмелер мен жабдықтар жұмысқа қолайлы болды.",
            ),
            "L1",
            section="stay",
            subject="venue",
            criterion="efficiency",
        ),
        agree(
            "logistics",
            (
                "Travel, rooms and meals were well arranged.",
                "Дорога, проживание и питание были хорошо организованы.",
                "Жол, тұрғын жай және тамақ жақсы ұйымдастырылды.",
            ),
            "L1",
            section="stay",
            subject="logistics",
            criterion="efficiency",
        ),
        agree(
            "culture",
            (
                "I have come to know Kazakhstan and the other participants.",
                "Я узнал(а) Казахстан и других участников.",
                "Қазақстанды және басқа қатысушыларды таныдым.",
            ),
            "L1",
            section="stay",
            subject="culture",
            criterion="mutual_benefit",
        ),
        choose_several(
            "missing",
            ("What was there too little of?", "Чего не хватило?", "Не жетіспеді?"),
            {
                "practice": ("Practice", "Практики", "Тәжірибе"),
                "theory": ("Theory", "Теории", "Теория"),
                "visits": ("Visits", "Выездов", "Сапарлар"),
                "exchange": (
                    "Exchange with others",
                    "Обмена опытом",
                    "Тәжірибе алмасу",
                ),
                "other": ("Something else", "Другого", "Басқа нәрсе"),
            },
            section="closing",
        ),
        write(
            "missing_other",
            ("What was it?", "Чего именно?", "Атап айтқанда не?"),
            section="closing",
            relevance="selected(${missing}, 'other')",
        ),
        write(
            "better",
            (
                "What should the next course do differently?",
                "Что следующему курсу сделать иначе?",
                "Келесі курс нені басқаша жасағаны жөн?",
            ),
            section="closing",
        ),
        SEX | {"section": "closing"},
    ],
}

LECTURERS: Final[dict[str, Any]] = {
    "code": "ready.lecturers",
    "title": texts(("Lecturers and meetings", "Преподаватели и занятия", "Оқытушылар мен сабақтар")),
    "sections": [],
    "questions": [
        agree(
            "lecturer_clear",
            ("The lecturer was clear.", "Преподаватель объяснял понятно.", "Оқытушы түсінікті айтты."),
            "L1",
            subject="lecturer",
            criterion="effectiveness",
        ),
        agree(
            "lecturer_knows",
            (
                "The lecturer knows the subject and our practice.",
                "Преподаватель знает предмет и нашу практику.",
                "Оқытушы пәнді де, біздің тәжірибені де біледі.",
            ),
            "L1",
            subject="lecturer",
            criterion="relevance",
        ),
        agree(
            "lecturer_heard",
            (
                "The lecturer took up our questions.",
                "Преподаватель отвечал на наши вопросы.",
                "Оқытушы сұрақтарымызға жауап берді.",
            ),
            "L1",
            subject="lecturer",
            criterion="effectiveness",
        ),
        write(
            "lecturer_better",
            (
                "What should this lecturer do differently?",
                "Что этому преподавателю сделать иначе?",
                "Бұл оқытушы нені басқаша жасағаны жөн?",
            ),
            subject="lecturer",
        ),
        agree(
            "session_useful",
            ("This meeting was useful.", "Это занятие было полезным.", "Бұл сабақ пайдалы болды."),
            "L1",
            subject="session",
            criterion="relevance",
        ),
        agree(
            "session_pace",
            ("The pace was right.", "Темп был подходящим.", "Қарқыны дұрыс болды."),
            "L1",
            subject="session",
            criterion="effectiveness",
        ),
    ],
}
