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
from services.participants.domain.attendance import AttendanceStatus
from services.participants.domain.calls import CallState
from services.participants.domain.certificates import CertificateKind, CertificateState, CertificateVerdict
from services.participants.domain.erasures import ERASURE_LIFE, ErasureGround, ErasureState
from services.participants.domain.matching import CandidateState, Feature
from services.participants.domain.messages import OPEN, MessageState, MessageTemplate
from services.participants.domain.offers import OFFER_LIFE, OfferState
from services.participants.domain.participations import PARTICIPATION_LIFE, ParticipationState
from services.participants.domain.people import ConsentEvidence, ConsentPurpose, ReadPurpose, Sex
from services.participants.domain.selection_enumerations import SELECTION_ENUMERATIONS, texts

ENUMERATIONS: Final[Sequence[Enumeration]] = (
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
            other | Other | Другое | Басқа
        """),
    ),
    Enumeration(
        "attendance_status",
        AttendanceStatus,
        texts("""
            present | Present | Присутствовал | Қатысты
            late | Late | Опоздал | Кешікті
            partial | In part | Частично | Ішінара
            excused | Excused | По уважительной причине | Себепті
            absent | Absent | Отсутствовал | Қатыспады
        """),
    ),
    Enumeration(
        "certificate_kind",
        CertificateKind,
        texts("""
            attendance | Attendance | Об участии | Қатысу туралы
            completion | Completion | Об окончании | Аяқтау туралы
        """),
    ),
    Enumeration(
        "certificate_state",
        CertificateState,
        texts("""
            issued | Issued | Выдан | Берілді
            revoked | Revoked | Аннулирован | Күші жойылды
            superseded | Superseded | Заменён | Ауыстырылды
        """),
        terminal=frozenset({CertificateState.REVOKED, CertificateState.SUPERSEDED}),
    ),
    Enumeration(
        "certificate_verdict",
        CertificateVerdict,
        texts("""
            genuine | Genuine | Подлинный | Түпнұсқа
            revoked | Revoked | Аннулирован | Күші жойылған
            superseded | Superseded | Заменён | Ауыстырылған
            erased | Genuine, holder erased | Подлинный, владелец удалён | Түпнұсқа, иесі жойылған
            unknown | Unknown | Неизвестен | Белгісіз
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
    Enumeration(
        "message_template",
        MessageTemplate,
        texts("""
            survey_invitation | Survey invitation | Приглашение к опросу | Сауалнамаға шақыру
            survey_reminder | Survey reminder | Напоминание об опросе | Сауалнама туралы еске салу
            nominee_link | Link to the file | Ссылка для заполнения анкеты | Анкета толтыру сілтемесі
            file_reminder | Reminder to complete the file | Напоминание об анкете | Анкета туралы еске салу
            application_returned | Application returned | Заявка возвращена | Өтінім қайтарылды
            decision_waitlisted | On the waiting list | В листе ожидания | Күту тізімінде
            decision_rejected | Not selected | Отказ в отборе | Іріктелмеді
            offer_made | Offer of a seat | Предложение места | Орын ұсыну
            offer_reminder | Reminder to answer | Напоминание об ответе | Жауап туралы еске салу
            offer_withdrawn | Offer withdrawn | Предложение отозвано | Ұсыныс кері алынды
            certificate_issued | Certificate issued | Сертификат выдан | Сертификат берілді
            voucher_assigned | Voucher assigned | Ваучер закреплён | Ваучер бекітілді
        """),
    ),
    Enumeration(
        "message_state",
        MessageState,
        texts("""
            queued | Waiting | Ожидает | Кезекте
            sending | Being sent | Отправляется | Жіберілуде
            sent | Sent | Отправлено | Жіберілді
            bounced | Refused by the mail server | Отклонено почтой | Пошта қабылдамады
            failed | Failed | Не доставлено | Жеткізілмеді
            opted_out | No address or consent | Нет адреса или согласия | Мекенжай не келісім жоқ
            dropped | No longer needed | Больше не нужно | Енді қажет емес
        """),
        terminal=frozenset(MessageState) - OPEN,
    ),
    Enumeration(
        "match_feature",
        Feature,
        texts("""
            name_same | Same name | Имя совпадает | Аты бірдей
            name_similar | Similar name | Имя похоже | Аты ұқсас
            birth_date_same | Same birth date | Дата рождения совпадает | Туған күні бірдей
            birth_date_near | Birth date differs by a slip | Описка в дате рождения | Туған күнінде қате
            birth_date_unknown | Birth date unknown | Дата рождения неизвестна | Туған күні белгісіз
            birth_date_different | Different birth date | Дата рождения отличается | Туған күні басқа
            sex_different | Different sex | Пол отличается | Жынысы басқа
            nationality_same | Same nationality | Гражданство совпадает | Азаматтығы бірдей
            email_same | Same e-mail address | Почта совпадает | Поштасы бірдей
            passport_same | Same passport number | Номер паспорта совпадает | Паспорт нөмірі бірдей
        """),
    ),
    Enumeration(
        "duplicate_candidate_state",
        CandidateState,
        texts("""
            open | To be decided | Требует решения | Шешім күтуде
            dismissed | Two people | Разные люди | Екі адам
            merged | Merged | Объединены | Біріктірілді
        """),
    ),
    Enumeration(
        "erasure_state",
        ErasureState,
        texts("""
            requested | Requested | Запрошено | Сұралды
            running | In progress | Выполняется | Орындалуда
            completed | Completed | Завершено | Аяқталды
            refused | Refused | Отказано | Бас тартылды
        """),
        terminal=ERASURE_LIFE.terminal,
    ),
    Enumeration(
        "erasure_ground",
        ErasureGround,
        texts("""
            request | Request of the person | Запрос человека | Адамның сұрауы
            consent_withdrawn | Consent withdrawn | Отзыв согласия | Келісім кері алынды
            retention | Kept long enough | Истёк срок хранения | Сақтау мерзімі өтті
        """),
    ),
)


def label_of(enumeration: str, code: str, language: InterfaceLanguage) -> str:
    """Return how a value of one of the enumerations is called in `language`."""
    return next(one for one in ENUMERATIONS if one.name == enumeration).labels[code][language]
