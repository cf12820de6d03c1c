"""The enumerations of publishing, as people read them."""

from collections.abc import Sequence
from typing import Final

from services.common.enumerations import Enumeration, read_labels
from services.programs.domain.activities import ActivityKind
from services.programs.domain.publication_checks import Severity
from services.programs.domain.publications import PUBLICATION_LIFE, PublicationChannel, PublicationState

PUBLICATION_ENUMERATIONS: Final[Sequence[Enumeration]] = (
    Enumeration(
        "activity_kind",
        ActivityKind,
        read_labels("""
            program | Program | Программа | Бағдарлама
            component | Component | Компонент | Құрауыш
            edition | Edition | Выпуск | Шығарылым
            delivery | Delivery | Поставка | Жеткізілім
            fund | Fund | Фонд | Қор
        """),
    ),
    Enumeration(
        "publication_channel",
        PublicationChannel,
        read_labels("""
            iati_activities | IATI activity file | Файл IATI о деятельности | IATI қызмет файлы
            iati_organisation | IATI organisation file | Файл IATI об организации | IATI ұйым файлы
            crs | Aid in the shape of the CRS (CSV) | Помощь в форме CRS (CSV) | CRS пішініндегі көмек (CSV)
            tossd | Support in the shape of TOSSD (CSV) | Поддержка в форме TOSSD (CSV) | TOSSD пішінінде (CSV)
            activities_csv | Activities (CSV) | Деятельность (CSV) | Қызмет (CSV)
            activities_jsonl | Activities (JSON Lines) | Деятельность (JSON Lines) | Қызмет (JSON Lines)
            activities_jsonld | Activities (JSON-LD) | Деятельность (JSON-LD) | Қызмет (JSON-LD)
            transactions_csv | Transactions (CSV) | Операции (CSV) | Операциялар (CSV)
            transactions_jsonl | Transactions (JSON Lines) | Операции (JSON Lines) | Операциялар (JSON Lines)
            organizations_csv | Organizations (CSV) | Организации (CSV) | Ұйымдар (CSV)
            organizations_jsonl | Organizations (JSON Lines) | Организации (JSON Lines) | Ұйымдар (JSON Lines)
        """),
    ),
    Enumeration(
        "publication_state",
        PublicationState,
        read_labels("""
            preparing | Being prepared | Готовится | Дайындалуда
            refused | Refused by the checks | Отклонено проверкой | Тексеруден өтпеді
            published | Published | Опубликовано | Жарияланды
            superseded | Superseded | Заменено новой | Жаңасымен ауыстырылды
            withdrawn | Withdrawn | Отозвано | Кері қайтарылды
        """),
        terminal=PUBLICATION_LIFE.terminal,
    ),
    Enumeration(
        "finding_severity",
        Severity,
        read_labels("""
            error | Stands in the way of publishing | Препятствует публикации | Жариялауға кедергі
            warning | Should be known | Следует учесть | Ескерген жөн
        """),
    ),
)
