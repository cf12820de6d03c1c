"""The gateway's own enumerations, as people read them."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from gateway.compositions.next_steps import NextStepCode
from services.common.enumerations import Enumeration, read_labels
from services.common.identity import GrantKind, Role


class SearchKind(StrEnum):
    """What can be found by words."""

    PROGRAM = "program"
    EDITION = "edition"
    DELIVERY = "delivery"
    ORGANIZATION = "organization"
    LECTURER = "lecturer"
    PERSON = "person"
    DOCUMENT = "document"
    SOURCE = "source"
    PUBLICATION = "publication"


GATEWAY_ENUMERATIONS: Final[Sequence[Enumeration]] = (
    Enumeration(
        "search_kind",
        SearchKind,
        read_labels("""
            program | Program | Программа | Бағдарлама
            edition | Edition | Выпуск | Шығарылым
            delivery | Delivery | Поставка | Жеткізілім
            organization | Organization | Организация | Ұйым
            lecturer | Lecturer | Преподаватель | Оқытушы
            person | Person | Человек | Адам
            document | Document | Документ | Құжат
            source | Source | Источник | Дереккөз
            publication | Open data | Открытые данные | Ашық деректер
        """),
    ),
    Enumeration(
        "next_step",
        NextStepCode,
        read_labels("""
            answer_offer | Answer the offer of a seat | Ответьте на предложение места | Орын ұсынысына жауап беріңіз
            nominate | Nominate candidates | Выдвиньте кандидатов | Үміткерлерді ұсыныңыз
            fill_needs_survey | State the country's needs | Укажите потребности | Қажеттілікті көрсетіңіз
            sign_approval | Sign or return a request | Подпишите или верните | Қол қойыңыз не қайтарыңыз
            catch_up | Catch up with what is late | Наверстайте просроченное | Кешіккенді орындаңыз
            finish_design_task | Finish a design task | Завершите задачу | Тапсырманы аяқтаңыз
            respond_to_recommendation | Answer a recommendation | Ответьте на рекомендацию | Ұсынымға жауап беріңіз
            follow_up_recommendation | Follow up what was agreed | Проверьте исполнение | Орындалуын тексеріңіз
            verify_recommendation | Verify what was done | Подтвердите исполнение | Орындалғанын растаңыз
        """),
    ),
    Enumeration(
        "role",
        Role,
        read_labels("""
            public | Public | Общественность | Жұртшылық
            participant | Participant | Участник | Қатысушы
            nominator | Nominator | Выдвигающий орган | Ұсынушы
            manager | Program manager | Менеджер программы | Бағдарлама менеджері
            reviewer | Reviewer | Рецензент | Сарапшы
            lecturer | Lecturer | Преподаватель | Оқытушы
            evaluator | Evaluator | Специалист по оценке | Бағалаушы
            partner | Partner | Партнёр | Серіктес
            approver | Approver | Утверждающий | Бекітуші
            country_reporter | Country reporter | Корреспондент страны | Ел есеп берушісі
            voucher_provider | Voucher provider | Поставщик по ваучерам | Ваучер провайдері
            finance | Finance officer | Финансист | Қаржыгер
            auditor | Auditor | Аудитор | Аудитор
            data_protection_officer | Data-protection officer | Защита данных | Деректерді қорғау
            administrator | Administrator | Администратор | Әкімші
            importer | Importer | Загрузчик данных | Дерек жүктеуші
            service | Service | Сервис | Сервис
        """),
    ),
    Enumeration(
        "grant_kind",
        GrantKind,
        read_labels("""
            country | Country | Страна | Ел
            organization | Organization | Организация | Ұйым
            program | Program | Программа | Бағдарлама
            edition | Edition | Выпуск | Шығарылым
            person | Person | Человек | Адам
            lecturer | Lecturer | Преподаватель | Оқытушы
        """),
    ),
)
