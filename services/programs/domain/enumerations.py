"""The enumerations of this room, as people read them."""

from collections.abc import Sequence
from typing import Final

from services.common.enumerations import Enumeration
from services.programs.domain.budgets import BudgetKind, BudgetStatus
from services.programs.domain.deliveries import (
    DELIVERY_LIFE,
    DeliveryKind,
    DeliveryState,
    DesignTaskState,
    DocumentKind,
)
from services.programs.domain.editions import EDITION_LIFE, CountryRelation, EditionState, Modality
from services.programs.domain.eligibility import RuleSeverity
from services.programs.domain.events import SeatOwner
from services.programs.domain.evidence import Confidence, SourceKind, StatementKind, SubjectKind
from services.programs.domain.money import EntryKind
from services.programs.domain.monitoring import MILESTONE_LIFE, RISK_LIFE, Light, MilestoneState, RiskState
from services.programs.domain.organizations import ORGANIZATION_LIFE, OrganizationStatus
from services.programs.domain.programs import (
    CooperationForm,
    FunctionalRole,
    ProgramKind,
    ProgramStatus,
    TriangularRole,
)
from services.programs.domain.training_sessions import (
    TRAINING_SESSION_LIFE,
    ConflictCode,
    LecturerRole,
    TrainingSessionKind,
    TrainingSessionState,
)


def _texts(table: str) -> dict[str, dict[str, str]]:
    """Read `code | en | ru | kk`, one value a line."""
    rows = [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]
    return {code: {"en": en, "ru": ru, "kk": kk} for code, en, ru, kk in rows}


ENUMERATIONS: Final[Sequence[Enumeration]] = (
    Enumeration(
        "edition_state",
        EditionState,
        _texts("""
            draft | Draft | Черновик | Жоба
            planned | Planned | Запланирован | Жоспарланған
            announced | Announced | Объявлен | Жарияланды
            call_open | Call open | Приём номинаций открыт | Ұсыныстар қабылдануда
            selection | Selection | Отбор | Іріктеу
            confirmed | Confirmed | Подтверждён | Расталды
            running | Running | Идёт | Өтіп жатыр
            completed | Completed | Завершён | Аяқталды
            evaluated | Evaluated | Оценён | Бағаланды
            archived | Archived | В архиве | Мұрағатта
            postponed | Postponed | Отложен | Кейінге қалдырылды
            suspended | Suspended | Приостановлен | Тоқтатыла тұрды
            cancelled | Cancelled | Отменён | Болдырылмады
        """),
        terminal=EDITION_LIFE.terminal,
    ),
    Enumeration(
        "modality",
        Modality,
        _texts("""
            on_site | On site | Очно | Күндізгі
            online | Online | Онлайн | Онлайн
            hybrid | Hybrid | Смешанный формат | Аралас формат
        """),
    ),
    Enumeration(
        "country_relation",
        CountryRelation,
        _texts("""
            invited | Invited | Приглашена | Шақырылды
            took_part | Took part | Участвовала | Қатысты
            targeted | Targeted | Целевая страна | Нысаналы ел
        """),
    ),
    Enumeration(
        "seat_owner",
        SeatOwner,
        _texts("""
            country | Country | Страна | Ел
            authority | Nominating authority | Номинирующий орган | Ұсынушы орган
            organization | Organization | Организация | Ұйым
        """),
    ),
    Enumeration(
        "rule_severity",
        RuleSeverity,
        _texts("""
            block | Must be met | Обязательное | Міндетті
            warn | Warns whoever screens | Предупреждение | Ескерту
        """),
    ),
    Enumeration(
        "program_kind",
        ProgramKind,
        _texts("""
            course_program | Program of courses | Программа курсов | Курстар бағдарламасы
            seminar_series | Series of seminars | Серия семинаров | Семинарлар топтамасы
            mobility | Mobility | Мобильность | Ұтқырлық
            project | Project | Проект | Жоба
            grant_scheme | Grant scheme | Грантовая схема | Гранттар бағдарламасы
            voucher_scheme | Voucher scheme | Ваучерная схема | Ваучерлер бағдарламасы
        """),
    ),
    Enumeration(
        "program_status",
        ProgramStatus,
        _texts("""
            idea | Idea | Идея | Идея
            pilot | Pilot | Пилот | Пилоттық
            annual | Annual | Ежегодная | Жыл сайынғы
            one_off | One-off | Разовая | Бір реттік
            suspended | Suspended | Приостановлена | Тоқтатыла тұрды
            closed | Closed | Закрыта | Жабылды
        """),
    ),
    Enumeration(
        "cooperation_form",
        CooperationForm,
        _texts("""
            bilateral | Bilateral | Двустороннее | Екіжақты
            multilateral | Multilateral | Многостороннее | Көпжақты
            trilateral | Trilateral | Трёхстороннее | Үшжақты
        """),
    ),
    Enumeration(
        "functional_role",
        FunctionalRole,
        _texts("""
            lead | Lead partner | Ведущий партнёр | Жетекші серіктес
            co_organizer | Co-organizer | Соорганизатор | Тең ұйымдастырушы
            host | Host | Принимающая сторона | Қабылдаушы тарап
            implementer | Implementer | Исполнитель | Орындаушы
            funder | Funder | Финансирующая сторона | Қаржыландырушы
            knowledge_provider | Knowledge provider | Источник экспертизы | Сараптама беруші
            nominator | Nominator | Номинирующая сторона | Ұсынушы тарап
            recipient | Recipient | Получатель | Алушы
            venue | Venue | Место проведения | Өткізу орны
            culture | Cultural program | Культурная программа | Мәдени бағдарлама
            partner | Partner | Партнёр | Серіктес
        """),
    ),
    Enumeration(
        "triangular_role",
        TriangularRole,
        _texts("""
            facilitator | Facilitating partner | Содействующий партнёр | Жәрдемдесуші серіктес
            pivotal | Pivotal partner | Ключевой партнёр | Негізгі серіктес
            beneficiary | Beneficiary partner | Партнёр-бенефициар | Бенефициар серіктес
        """),
    ),
    Enumeration(
        "training_session_kind",
        TrainingSessionKind,
        _texts("""
            lecture | Lecture | Лекция | Дәріс
            seminar | Seminar | Семинар | Семинар
            workshop | Workshop | Мастерская | Шеберхана
            practice | Practice | Практика | Тәжірибе
            study_visit | Study visit | Учебный визит | Оқу сапары
            cultural_visit | Cultural visit | Культурный визит | Мәдени сапар
            exam | Exam | Экзамен | Емтихан
            ceremony | Ceremony | Церемония | Салтанатты рәсім
            travel | Travel | Переезд | Жол жүру
        """),
    ),
    Enumeration(
        "training_session_state",
        TrainingSessionState,
        _texts("""
            scheduled | Scheduled | Назначено | Белгіленді
            moved | Moved | Перенесено | Ауыстырылды
            held | Held | Состоялось | Өтті
            cancelled | Cancelled | Отменено | Болдырылмады
        """),
        terminal=TRAINING_SESSION_LIFE.terminal,
    ),
    Enumeration(
        "lecturer_role",
        LecturerRole,
        _texts("""
            lecturer | Lecturer | Лектор | Дәріскер
            moderator | Moderator | Модератор | Модератор
            trainer | Trainer | Тренер | Жаттықтырушы
            examiner | Examiner | Экзаменатор | Емтихан алушы
        """),
    ),
    Enumeration(
        "delivery_kind",
        DeliveryKind,
        _texts("""
            technical_grant | Technical grant | Технический грант | Техникалық грант
            software_transfer | Transfer of software | Передача программ | Бағдарламалық жасақтама беру
            equipment | Equipment | Оборудование | Жабдық
            voucher_scheme | Voucher scheme | Ваучерная схема | Ваучерлер бағдарламасы
            consulting | Consulting | Консультации | Кеңес беру
            construction | Construction | Строительство | Құрылыс
            expert_mission | Expert mission | Миссия экспертов | Сарапшылар миссиясы
            mobility | Mobility | Мобильность | Ұтқырлық
        """),
    ),
    Enumeration(
        "delivery_state",
        DeliveryState,
        _texts("""
            planned | Planned | Запланировано | Жоспарланған
            agreed | Agreed | Согласовано | Келісілді
            in_delivery | In delivery | Выполняется | Орындалуда
            handed_over | Handed over | Передано | Тапсырылды
            accepted | Accepted | Принято | Қабылданды
            in_support | In support | На сопровождении | Қолдау көрсетілуде
            closed | Closed | Закрыто | Жабылды
            cancelled | Cancelled | Отменено | Болдырылмады
        """),
        terminal=DELIVERY_LIFE.terminal,
    ),
    Enumeration(
        "document_kind",
        DocumentKind,
        _texts("""
            agreement | Agreement | Соглашение | Келісім
            photo | Photo | Фотография | Фотосурет
            deliverable | Deliverable | Результат работ | Жұмыс нәтижесі
            acceptance | Acceptance document | Акт приёмки | Қабылдау актісі
            other | Other | Прочее | Өзге
        """),
    ),
    Enumeration(
        "design_task_state",
        DesignTaskState,
        _texts("""
            open | Open | Открыта | Ашық
            done | Done | Выполнена | Орындалды
        """),
        terminal=frozenset({DesignTaskState.DONE}),
    ),
    Enumeration(
        "entry_kind",
        EntryKind,
        _texts("""
            pledge | Pledge | Обещание взноса | Жарна уәдесі
            commitment | Commitment | Обязательство донора | Донор міндеттемесі
            receipt | Receipt | Поступление | Түсім
            in_kind | In kind | Взнос в натуральной форме | Заттай жарна
            exchange_out | Given in exchange | Отдано при обмене | Айырбасқа берілді
            exchange_in | Received in exchange | Получено при обмене | Айырбастан алынды
            allocation | Allocation | Распределение | Бөлу
            outgoing_commitment | Outgoing commitment | Обязательство фонда | Қор міндеттемесі
            disbursement | Disbursement | Перечисление | Аударым
            expenditure | Expenditure | Расход | Шығыс
        """),
    ),
    Enumeration(
        "budget_kind",
        BudgetKind,
        _texts("""
            original | Original | Первоначальный | Бастапқы
            revised | Revised | Уточнённый | Нақтыланған
        """),
    ),
    Enumeration(
        "budget_status",
        BudgetStatus,
        _texts("""
            indicative | Indicative | Ориентировочный | Болжамды
            committed | Committed | Утверждённый | Бекітілген
        """),
    ),
    Enumeration(
        "organization_status",
        OrganizationStatus,
        _texts("""
            unresolved | Not identified | Не установлена | Анықталмаған
            proposed | Not yet verified | Не проверена | Тексерілмеген
            verified | Verified | Проверена | Тексерілді
            merged | Merged | Объединена с другой | Басқасымен біріктірілді
        """),
        terminal=ORGANIZATION_LIFE.terminal,
    ),
    Enumeration(
        "source_kind",
        SourceKind,
        _texts("""
            interview | Interview | Интервью | Сұхбат
            news | News | Новости | Жаңалықтар
            document | Document | Документ | Құжат
            register | Register | Реестр | Тізілім
            website | Website | Веб-сайт | Веб-сайт
        """),
    ),
    Enumeration(
        "confidence",
        Confidence,
        _texts("""
            stated | Stated by the source | Указано источником | Дереккөзде көрсетілген
            inferred | Inferred | Выведено из источника | Дереккөзден шығарылған
            unresolved | Unresolved | Толкуется неоднозначно | Екіұшты түсініледі
        """),
    ),
    Enumeration(
        "subject_kind",
        SubjectKind,
        _texts("""
            agency | Agency | Агентство | Агенттік
            organization | Organization | Организация | Ұйым
            program | Program | Программа | Бағдарлама
            component | Component | Компонент | Құрамдас бөлік
            edition | Edition | Выпуск | Шығарылым
            delivery | Delivery | Поставка | Жеткізілім
            fund | Fund | Фонд | Қор
            partnership | Partnership | Партнёрство | Серіктестік
            statement | Statement | Утверждение | Мәлімдеме
            edition_country | Country of an edition | Страна выпуска | Шығарылым елі
        """),
    ),
    Enumeration(
        "statement_kind",
        StatementKind,
        _texts("""
            policy_frame | Policy framework | Политические рамки | Саяси негіз
            principle | Principle | Принцип | Қағидат
            strategic_priority | Strategic priority | Стратегический приоритет | Стратегиялық басымдық
            strategic_direction | Strategic direction | Стратегическое направление | Стратегиялық бағыт
            challenge | Challenge | Вызов | Сын-қатер
            response | Response | Ответ | Жауап шарасы
            geography | Geography | География | География
            sector | Sector | Отрасль | Сала
            cooperation_form | Form of cooperation | Форма сотрудничества | Ынтымақтастық нысаны
            instrument | Instrument | Инструмент | Құрал
            partner | Partner | Партнёр | Серіктес
            cultural_program | Cultural program | Культурная программа | Мәдени бағдарлама
            effectiveness | Effectiveness | Результативность | Нәтижелілік
            gap | Gap | Пробел | Олқылық
            contradiction | Contradiction | Противоречие | Қайшылық
            remark | Remark | Замечание | Ескерту
        """),
    ),
    Enumeration(
        "milestone_state",
        MilestoneState,
        _texts("""
            open | Open | Открыта | Ашық
            achieved | Achieved | Достигнута | Жетті
            cancelled | Cancelled | Отменена | Болдырылмады
        """),
        terminal=MILESTONE_LIFE.terminal,
    ),
    Enumeration(
        "risk_state",
        RiskState,
        _texts("""
            open | Open | Открыт | Ашық
            occurred | Occurred | Наступил | Орын алды
            closed | Closed | Закрыт | Жабық
        """),
        terminal=RISK_LIFE.terminal,
    ),
    Enumeration(
        "light",
        Light,
        _texts("""
            green | As planned | По плану | Жоспар бойынша
            amber | Off the plan, can be mended | Отклонение, устранимо | Ауытқу бар, түзетуге болады
            red | Off the plan, a decision is needed | Отклонение, нужно решение | Ауытқу бар, шешім қажет
        """),
    ),
    Enumeration(
        "timetable_conflict",
        ConflictCode,
        _texts("""
            lecturer_elsewhere | The lecturer teaches elsewhere | Лектор занят в другом месте | Дәріскер басқа жерде
            venue_taken | The venue is taken | Помещение занято | Орын бос емес
        """),
    ),
)
