"""The enumerations of this room, as people read them."""

from collections.abc import Sequence
from typing import Final

from services.common.enumerations import Enumeration
from services.common.i18n import InterfaceLanguage
from services.participants.domain.applications import (
    APPLICATION_LIFE,
    ApplicationState,
    Channel,
    Decision,
    NomineePlace,
    ReasonCode,
    Slot,
)
from services.participants.domain.calls import CallState
from services.participants.domain.consents import Consequence
from services.participants.domain.offers import OFFER_LIFE, OfferState
from services.participants.domain.participations import PARTICIPATION_LIFE, ParticipationState
from services.participants.domain.people import ConsentEvidence, ConsentPurpose, ReadPurpose, Sex
from services.participants.domain.record_enumerations import RECORD_ENUMERATIONS
from services.participants.domain.selection_enumerations import SELECTION_ENUMERATIONS, texts

ENUMERATIONS: Final[Sequence[Enumeration]] = (
    *RECORD_ENUMERATIONS,
    *SELECTION_ENUMERATIONS,
    Enumeration(
        "application_state",
        ApplicationState,
        texts("""
            draft | Draft | Черновик | Жоба
            submitted | Submitted | Подана | Берілді
            returned | Returned for completion | Возвращена на доработку | Толықтыруға қайтарылды
            nominated | Nominated | Номинирован | Ұсынылды
            not_nominated | Not nominated | Не номинирован | Ұсынылмады
            screening | In screening | На проверке | Тексерілуде
            eligible | Eligible | Соответствует требованиям | Талаптарға сай
            ineligible | Not eligible | Не соответствует требованиям | Талаптарға сай емес
            selected | Selected | Отобран | Іріктелді
            waitlisted | On the waiting list | В листе ожидания | Күту тізімінде
            rejected | Rejected | Отклонена | Қабылданбады
            withdrawn | Withdrawn | Отозвана | Кері алынды
            void | Void | Недействительна | Жарамсыз
        """),
        terminal=APPLICATION_LIFE.terminal,
    ),
    Enumeration(
        "offer_state",
        OfferState,
        texts("""
            offered | Offered | Предложено | Ұсынылды
            accepted | Accepted | Принято | Қабылданды
            declined | Declined | Отказ | Бас тартылды
            expired | Expired | Срок истёк | Мерзімі өтті
            withdrawn | Withdrawn | Отозвано | Кері алынды
        """),
        terminal=OFFER_LIFE.terminal,
    ),
    Enumeration(
        "participation_state",
        ParticipationState,
        texts("""
            enrolled | Enrolled | Зачислен | Тіркелді
            arrived | Arrived | Прибыл | Келді
            active | Active | Участвует | Қатысуда
            completed | Completed | Завершил | Аяқтады
            incomplete | Not completed | Не завершил | Аяқтамады
            certified | Certified | Получил сертификат | Сертификат алды
            withdrawn | Withdrawn | Выбыл | Шықты
            dismissed | Dismissed | Отчислен | Шығарылды
            no_show | Did not come | Не явился | Келмеді
        """),
        terminal=PARTICIPATION_LIFE.terminal,
    ),
    Enumeration(
        "call_state",
        CallState,
        texts("""
            not_planned | Without dates | Без сроков | Мерзімсіз
            upcoming | Upcoming | Предстоит | Алда
            open | Open | Открыт | Ашық
            closed | Closed | Закрыт | Жабық
            cancelled | Cancelled | Отменён | Болдырылмады
        """),
        terminal=frozenset({CallState.CANCELLED}),
    ),
    Enumeration(
        "channel",
        Channel,
        texts("""
            self | By the person | Самостоятельно | Өзі
            authority | By an authority | Через орган | Орган арқылы
            import | Imported | Импорт | Импорт
        """),
    ),
    Enumeration(
        "nomination_place",
        NomineePlace,
        texts("""
            principal | Principal | Основной | Негізгі
            reserve | Reserve | Резервный | Резервтегі
        """),
    ),
    Enumeration(
        "nomination_slot",
        Slot,
        texts("""
            ordinary | Ordinary | Обычное место | Әдеттегі орын
            discretionary | By the authority's rank | По рангу органа | Органның реті бойынша
        """),
    ),
    Enumeration(
        "decision",
        Decision,
        texts("""
            eligible | Eligible | Соответствует | Сай келеді
            ineligible | Not eligible | Не соответствует | Сай келмейді
            selected | Select | Отобрать | Іріктеу
            waitlisted | Put on the waiting list | В лист ожидания | Күту тізіміне
            rejected | Reject | Отклонить | Қабылдамау
        """),
    ),
    Enumeration(
        "decision_reason",
        ReasonCode,
        texts("""
            meets_criteria | Meets the criteria | Соответствует критериям | Критерийлерге сай
            seats_exhausted | No seats left | Места исчерпаны | Орындар таусылды
            lower_rank | Ranked lower | Ниже по рангу | Реті төмен
            profile_mismatch | Profile does not match | Профиль не подходит | Бейіні сәйкес емес
            language_level | Language level | Уровень языка | Тіл деңгейі
            incomplete_file | File not complete | Неполный пакет | Құжаттар толық емес
            prior_training | Trained before | Уже обучался | Бұрын оқыған
            waiver | By waiver | По исключению | Ерекше шешіммен
            discretionary_seat | Seat by the authority's rank | Место по рангу органа | Орган реті бойынша орын
            women_minimum | Minimum of women | Минимум женщин | Әйелдердің ең аз саны
            pooled_seat | Seat of another line | Место другой квоты | Басқа квотаның орны
            reserve_place | Nominated as reserve | Номинирован в резерв | Резервке ұсынылды
            capacity | No room left in the edition | Выпуск заполнен | Шығарылымда орын жоқ
            country_cap | The country's limit is reached | Достигнут предел страны | Ел шегіне жетті
            authority_decision | Not put forward by the authority | Не выдвинут органом | Орган ұсынбады
            fraud | Untrue or forged | Недостоверные сведения | Жалған мәлімет
            duplicate | Entered twice | Подана дважды | Екі рет енгізілген
            other | Other | Другое | Басқа
        """),
    ),
    Enumeration(
        "sex",
        Sex,
        texts("""
            female | Female | Женский | Әйел
            male | Male | Мужской | Ер
            unspecified | Not specified | Не указан | Көрсетілмеген
        """),
    ),
    Enumeration(
        "consent_purpose",
        ConsentPurpose,
        texts("""
            process_application | Process the application | Обработка заявки | Өтінімді өңдеу
            share_with_partner | Share with a partner | Передача партнёру | Серіктеске беру
            link_across_editions | Link editions | Связь между выпусками | Шығарылымдарды байланыстыру
            alumni_contact | Contact as alumnus | Связь с выпускником | Түлекпен байланыс
            publish_name | Publish the name | Публикация имени | Есімді жариялау
            ask_supervisor | Ask the supervisor | Опрос руководителя | Басшыдан сұрау
        """),
    ),
    Enumeration(
        "consent_consequence",
        Consequence,
        texts("""
            application_withdrawn | The application is withdrawn | Заявка отзывается | Өтінім кері алынады
            voucher_returned | The voucher goes back | Ваучер возвращается | Ваучер қайтарылады
            sensitive_data_forgotten | Sensitive data deleted | Особые данные удаляются | Құпия деректер жойылады
            participation_stays | Taking part goes on | Участие продолжается | Қатысу жалғасады
            messages_end | No more messages | Писем больше не будет | Хаттар тоқтайды
            sharing_ends | Nothing more is shared | Передача прекращается | Бөлісу тоқтайды
            partner_knows | The partner knows already | Партнёр уже знает | Серіктес біледі
            linking_ends | Editions are not linked | Выпуски не связываются | Шығарылымдар байланыстырылмайды
            profile_emptied | The alumni profile is emptied | Профиль очищается | Түлек профилі тазартылады
            engagement_note_forgotten | A note is deleted | Заметка удаляется | Жазба жойылады
            name_not_published | The name is not published | Имя не публикуется | Есім жарияланбайды
            supervisor_forgotten | Supervisor forgotten | Данные руководителя удаляются | Басшы дерегі жойылады
        """),
    ),
    Enumeration(
        "consent_evidence",
        ConsentEvidence,
        texts("""
            electronic | Electronic | Электронное | Электрондық
            paper_scan | Scanned paper | Скан бумаги | Қағаз сканері
            digital_signature | Digital signature | Цифровая подпись | Цифрлық қолтаңба
        """),
    ),
    Enumeration(
        "read_purpose",
        ReadPurpose,
        texts("""
            own_data | Own data | Свои данные | Өз деректері
            visa_support | Visa support | Визовая поддержка | Визалық қолдау
            emergency | Emergency | Чрезвычайный случай | Төтенше жағдай
            subject_request | Request of the person | Запрос человека | Адамның сұрауы
        """),
    ),
)


def label_of(enumeration: str, code: str, language: InterfaceLanguage) -> str:
    """Return how a value of one of the enumerations is called in `language`."""
    return next(one for one in ENUMERATIONS if one.name == enumeration).labels[code][language]
