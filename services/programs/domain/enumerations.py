"""The enumerations of this room, as people read them."""

from collections.abc import Sequence
from typing import Final

from services.common.enumerations import Enumeration, read_labels
from services.programs.domain.agreements import AGREEMENT_LIFE, AgreementKind, AgreementState
from services.programs.domain.approvals import APPROVAL_LIFE, ApprovalState
from services.programs.domain.cooperation import CollaborationType, CooperationDoubt
from services.programs.domain.deliveries import (
    DELIVERY_LIFE,
    DeliveryKind,
    DeliveryState,
    DesignTaskState,
    DocumentKind,
)
from services.programs.domain.edition_enumerations import EDITION_ENUMERATIONS
from services.programs.domain.evidence import Confidence, SourceKind, StatementKind, SubjectKind
from services.programs.domain.money_enumerations import MONEY_ENUMERATIONS
from services.programs.domain.monitoring import (
    MILESTONE_LIFE,
    RISK_LIFE,
    Light,
    MilestoneState,
    OverdueKind,
    RiskState,
)
from services.programs.domain.needs import NEEDS_SURVEY_LIFE, NeedsSurveyState, SectorMatch
from services.programs.domain.organizations import ORGANIZATION_LIFE, OrganizationStatus
from services.programs.domain.programs import (
    Cadence,
    CooperationForm,
    FunctionalRole,
    ProgramKind,
    ProgramStatus,
    SupportKind,
    TriangularRole,
)
from services.programs.domain.publication_enumerations import PUBLICATION_ENUMERATIONS
from services.programs.domain.search import FindableKind

ENUMERATIONS: Final[Sequence[Enumeration]] = (
    *EDITION_ENUMERATIONS,
    *MONEY_ENUMERATIONS,
    Enumeration(
        "program_kind",
        ProgramKind,
        read_labels("""
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
        read_labels("""
            idea | Idea | Идея | Идея
            pilot | Pilot | Пилот | Пилоттық
            annual | Annual | Ежегодная | Жыл сайынғы
            one_off | One-off | Разовая | Бір реттік
            suspended | Suspended | Приостановлена | Тоқтатыла тұрды
            closed | Closed | Закрыта | Жабылды
        """),
    ),
    Enumeration(
        "cadence",
        Cadence,
        read_labels("""
            several_a_year | Several times a year | Несколько раз в год | Жылына бірнеше рет
            annual | Every year | Ежегодно | Жыл сайын
            biennial | Every other year | Раз в два года | Екі жылда бір рет
            irregular | As needed | По мере необходимости | Қажеттілігіне қарай
        """),
    ),
    Enumeration(
        "cooperation_form",
        CooperationForm,
        read_labels("""
            bilateral | Bilateral | Двустороннее | Екіжақты
            multilateral | Multilateral | Многостороннее | Көпжақты
            trilateral | Trilateral | Трёхстороннее | Үшжақты
        """),
    ),
    Enumeration(
        "functional_role",
        FunctionalRole,
        read_labels("""
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
        read_labels("""
            facilitator | Facilitating partner | Содействующий партнёр | Жәрдемдесуші серіктес
            pivotal | Pivotal partner | Ключевой партнёр | Негізгі серіктес
            beneficiary | Beneficiary partner | Партнёр-бенефициар | Бенефициар серіктес
        """),
    ),
    Enumeration(
        "needs_survey_state",
        NeedsSurveyState,
        read_labels("""
            open | Open | Открыт | Ашық
            submitted | Submitted | Подан | Ұсынылды
            closed | Closed | Закрыт | Жабық
        """),
        terminal=NEEDS_SURVEY_LIFE.terminal,
    ),
    Enumeration(
        "sector_match",
        SectorMatch,
        read_labels("""
            same | The same purpose | Та же цель | Сол мақсат
            related | The same sector | Та же отрасль | Сол сала
        """),
    ),
    Enumeration(
        "support_kind",
        SupportKind,
        read_labels("""
            financial | Financial | Финансовая | Қаржылық
            technical | Technical | Техническая | Техникалық
            coordination | Coordination | Координация | Үйлестіру
            in_kind | In kind | В натуральной форме | Заттай
        """),
    ),
    Enumeration(
        "collaboration_type",
        CollaborationType,
        read_labels("""
            1 | Bilateral | Двустороннее | Екіжақты
            8 | Triangular | Трёхстороннее | Үшжақты
        """),
    ),
    Enumeration(
        "cooperation_doubt",
        CooperationDoubt,
        read_labels("""
            facilitator_missing | No facilitating partner | Нет содействующего партнёра | Жәрдемдесуші серіктес жоқ
            pivotal_missing | No pivotal partner | Нет ключевого партнёра | Негізгі серіктес жоқ
            beneficiary_missing | No beneficiary | Нет бенефициара | Бенефициар жоқ
            too_few_parties | Fewer than three parties | Менее трёх сторон | Үш тараптан кем
            no_south_south | No South-South element | Нет элемента Юг–Юг | «Оңтүстік–Оңтүстік» элементі жоқ
            form_contradicted | Contradicts the stated form | Противоречит заявленной форме | Мәлім нысанға қайшы
        """),
    ),
    Enumeration(
        "approval_state",
        ApprovalState,
        read_labels("""
            pending | Waits for signatures | Ожидает подписей | Қол қоюды күтуде
            approved | Approved | Согласовано | Келісілді
            returned | Returned | Возвращено | Қайтарылды
            withdrawn | Withdrawn | Отозвано | Кері қайтарып алынды
        """),
        terminal=APPROVAL_LIFE.terminal,
    ),
    Enumeration(
        "agreement_kind",
        AgreementKind,
        read_labels("""
            memorandum | Memorandum of understanding | Меморандум о взаимопонимании | Өзара түсіністік меморандумы
            framework | Framework agreement | Рамочное соглашение | Негіздемелік келісім
            contract | Contract | Договор | Шарт
            letter | Exchange of letters | Обмен письмами | Хат алмасу
        """),
    ),
    Enumeration(
        "agreement_state",
        AgreementState,
        read_labels("""
            draft | Draft | Проект | Жоба
            in_force | In force | Действует | Күшінде
            expired | Expired | Истекло | Мерзімі өтті
            terminated | Terminated | Прекращено | Тоқтатылды
        """),
        terminal=AGREEMENT_LIFE.terminal,
    ),
    Enumeration(
        "delivery_kind",
        DeliveryKind,
        read_labels("""
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
        read_labels("""
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
        read_labels("""
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
        read_labels("""
            open | Open | Открыта | Ашық
            done | Done | Выполнена | Орындалды
        """),
        terminal=frozenset({DesignTaskState.DONE}),
    ),
    Enumeration(
        "organization_status",
        OrganizationStatus,
        read_labels("""
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
        read_labels("""
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
        read_labels("""
            stated | Stated by the source | Указано источником | Дереккөзде көрсетілген
            inferred | Inferred | Выведено из источника | Дереккөзден шығарылған
            unresolved | Unresolved | Толкуется неоднозначно | Екіұшты түсініледі
        """),
    ),
    Enumeration(
        "subject_kind",
        SubjectKind,
        read_labels("""
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
            country_priority | Priority of a country | Приоритет страны | Ел басымдығы
        """),
    ),
    Enumeration(
        "statement_kind",
        StatementKind,
        read_labels("""
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
        read_labels("""
            open | Open | Открыта | Ашық
            achieved | Achieved | Достигнута | Жетті
            cancelled | Cancelled | Отменена | Болдырылмады
        """),
        terminal=MILESTONE_LIFE.terminal,
    ),
    Enumeration(
        "risk_state",
        RiskState,
        read_labels("""
            open | Open | Открыт | Ашық
            occurred | Occurred | Наступил | Орын алды
            closed | Closed | Закрыт | Жабық
        """),
        terminal=RISK_LIFE.terminal,
    ),
    Enumeration(
        "overdue_kind",
        OverdueKind,
        read_labels("""
            milestone | Milestone | Контрольная точка | Бақылау нүктесі
            risk | Review of a risk | Пересмотр риска | Тәуекелді қайта қарау
            delivery | Handing over of a delivery | Передача поставки | Жеткізілімді тапсыру
            design_task | Answer to a recommendation | Ответ на рекомендацию | Ұсынымға жауап
            status_report | Next status report | Следующий отчёт о состоянии | Жай-күй туралы келесі есеп
        """),
    ),
    Enumeration(
        "light",
        Light,
        read_labels("""
            green | As planned | По плану | Жоспар бойынша
            amber | Off the plan, can be mended | Отклонение, устранимо | Ауытқу бар, түзетуге болады
            red | Off the plan, a decision is needed | Отклонение, нужно решение | Ауытқу бар, шешім қажет
        """),
    ),
    Enumeration(
        "findable_kind",
        FindableKind,
        read_labels("""
            program | Program | Программа | Бағдарлама
            edition | Edition | Выпуск программы | Бағдарлама шығарылымы
            delivery | Delivery | Поставка | Жеткізілім
            organization | Organization | Организация | Ұйым
            lecturer | Lecturer | Лектор | Дәріскер
            document | Paper or photo of a delivery | Документ или фото поставки | Жеткізілім құжаты не суреті
            source | Source | Источник | Дереккөз
            publication | Published file | Опубликованный файл | Жарияланған файл
        """),
    ),
    *PUBLICATION_ENUMERATIONS,
)
