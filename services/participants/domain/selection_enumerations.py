"""The enumerations of forms, screening and selection, as people read them."""

from collections.abc import Sequence
from typing import Final

from services.common.enumerations import Enumeration
from services.participants.domain.allocation import AllocationReason, Basis, TieBreak
from services.participants.domain.applications import DocumentState
from services.participants.domain.forms import FORM_LIFE, FieldKind, FormState
from services.participants.domain.logistics import Diet, LogisticsList
from services.participants.domain.offers import Benefit, DeclineReason, Promotion
from services.participants.domain.screening import Verdict


def texts(table: str) -> dict[str, dict[str, str]]:
    """Read `code | en | ru | kk`, one value a line."""
    rows = [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]
    return {code: {"en": en, "ru": ru, "kk": kk} for code, en, ru, kk in rows}


SELECTION_ENUMERATIONS: Final[Sequence[Enumeration]] = (
    Enumeration(
        "form_state",
        FormState,
        texts("""
            draft | Draft | Черновик | Жоба
            published | Published | Опубликована | Жарияланды
            retired | Retired | Выведена из употребления | Қолданыстан шықты
        """),
        terminal=FORM_LIFE.terminal,
    ),
    Enumeration(
        "form_field_kind",
        FieldKind,
        texts("""
            text | One line | Строка | Бір жол
            long_text | Text | Текст | Мәтін
            integer | Whole number | Целое число | Бүтін сан
            date | Date | Дата | Күн
            country | Country | Страна | Ел
            choice | One of several | Один из списка | Тізімнен біреуі
            choices | Some of several | Несколько из списка | Тізімнен бірнешеуі
            tick | Tick | Отметка | Белгі
            languages | Languages with level | Языки с уровнем | Деңгейімен тілдер
        """),
    ),
    Enumeration(
        "selection_basis",
        Basis,
        texts("""
            authority_rank | The authority's rank | Ранг органа | Органның реті
            score | Score | Балл | Балл
            weighted | Rank and score, weighted | Ранг и балл с весами | Рет пен балл, салмақпен
        """),
    ),
    Enumeration(
        "tie_rule",
        TieBreak,
        texts("""
            score | Higher score | Более высокий балл | Жоғары балл
            authority_rank | The authority's rank | Ранг органа | Органның реті
            women_first | Women first | Сначала женщины | Алдымен әйелдер
        """),
    ),
    Enumeration(
        "allocation_reason",
        AllocationReason,
        texts("""
            by_order | By the order of the line | По порядку квоты | Квота реті бойынша
            discretionary_seat | Seat by the authority's rank | Место по рангу органа | Орган реті бойынша орын
            women_minimum | Minimum of women | Минимум женщин | Әйелдердің ең аз саны
            pooled_seat | Seat of another line | Место другой квоты | Басқа квотаның орны
            seats_exhausted | No seats left | Места исчерпаны | Орындар таусылды
            reserve_place | Nominated as reserve | Номинирован в резерв | Резервке ұсынылды
            capacity | No room left in the edition | Выпуск заполнен | Шығарылымда орын жоқ
            country_cap | The country's limit is reached | Достигнут предел страны | Ел шегіне жетті
        """),
    ),
    Enumeration(
        "promotion",
        Promotion,
        texts("""
            automatic | At once | Сразу | Бірден
            propose | By staff | Решением сотрудника | Қызметкер шешімімен
        """),
    ),
    Enumeration(
        "eligibility_verdict",
        Verdict,
        texts("""
            pass | Meets the rules | Соответствует правилам | Ережелерге сай
            fail | Breaks a rule | Нарушает правило | Ережеге сай емес
            unknown | Cannot be told yet | Пока не определить | Әзірге белгісіз
        """),
    ),
    Enumeration(
        "document_state",
        DocumentState,
        texts("""
            received | Received | Получен | Алынды
            verified | Verified | Проверен | Тексерілді
            rejected | Rejected | Отклонён | Қабылданбады
        """),
    ),
    Enumeration(
        "benefit",
        Benefit,
        texts("""
            tuition | Tuition | Обучение | Оқу
            travel | Travel | Проезд | Жол
            accommodation | Accommodation | Проживание | Тұру
            meals | Meals | Питание | Тамақ
            per_diem | Per diem | Суточные | Тәулікақы
            insurance | Insurance | Страховка | Сақтандыру
            visa | Visa fees | Визовые сборы | Виза алымдары
        """),
    ),
    Enumeration(
        "decline_reason",
        DeclineReason,
        texts("""
            work | Duties at work | Рабочие обязанности | Жұмыс міндеттері
            employer | The employer does not agree | Работодатель не согласен | Жұмыс беруші келіспейді
            dates | The dates do not fit | Не подходят даты | Күндері қолайсыз
            other_course | Another course | Другой курс | Басқа курс
            travel | The journey is not possible | Невозможно приехать | Келу мүмкін емес
            personal | Personal reasons | Личные причины | Жеке себептер
            other | Other | Другое | Басқа
        """),
    ),
    Enumeration(
        "diet",
        Diet,
        texts("""
            any | Anything | Любое питание | Кез келген тамақ
            halal | Halal | Халяль | Халал
            vegetarian | Vegetarian | Вегетарианское | Вегетариандық
            vegan | Vegan | Веганское | Вегандық
            other | Other | Другое | Басқа
        """),
    ),
    Enumeration(
        "logistics_list",
        LogisticsList,
        texts("""
            arrivals | Arrivals | Прибытие | Келу
            rooming | Rooms | Размещение | Орналасу
            meals | Meals | Питание | Тамақтану
            per_diem | Per diem | Суточные | Тәулікақы
        """),
    ),
)
