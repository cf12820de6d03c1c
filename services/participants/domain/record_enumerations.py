"""The enumerations of attendance, certificates, messages, matching and privacy, as people read them."""

from collections.abc import Sequence
from typing import Final

from services.common.enumerations import Enumeration
from services.participants.domain.affiliations import PostLevel
from services.participants.domain.alumni import EngagementKind
from services.participants.domain.attendance import AttendanceStatus
from services.participants.domain.certificates import CertificateKind, CertificateState, CertificateVerdict
from services.participants.domain.check_ins import CheckInOutcome
from services.participants.domain.erasures import ERASURE_LIFE, ErasureGround, ErasureState
from services.participants.domain.matching import CandidateState, Feature
from services.participants.domain.messages import OPEN, MessageState, MessageTemplate
from services.participants.domain.people import LanguageLevel
from services.participants.domain.selection_enumerations import texts
from services.participants.domain.vouchers import VOUCHER_LIFE, VoucherState

RECORD_ENUMERATIONS: Final[Sequence[Enumeration]] = (
    Enumeration(
        "language_level",
        LanguageLevel,
        texts("""
            A1 | A1 beginner | A1 начальный | A1 бастапқы
            A2 | A2 elementary | A2 элементарный | A2 қарапайым
            B1 | B1 intermediate | B1 средний | B1 орта
            B2 | B2 upper intermediate | B2 выше среднего | B2 ортадан жоғары
            C1 | C1 advanced | C1 продвинутый | C1 жоғары
            C2 | C2 proficient | C2 в совершенстве | C2 жетік
            native | Native | Родной | Ана тілі
        """),
    ),
    Enumeration(
        "post_level",
        PostLevel,
        texts("""
            head | Head of the organization | Руководитель организации | Ұйым басшысы
            senior_manager | Senior manager | Руководитель высшего звена | Жоғары буын басшысы
            manager | Manager | Руководитель среднего звена | Орта буын басшысы
            specialist | Specialist | Специалист | Маман
            assistant | Assistant | Помощник | Көмекші
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
            distinction | With distinction | С отличием | Үздік
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
        "message_template",
        MessageTemplate,
        texts("""
            survey_invitation | Survey invitation | Приглашение к опросу | Сауалнамаға шақыру
            survey_reminder | Survey reminder | Напоминание об опросе | Сауалнама туралы еске салу
            supervisor_invitation | Supervisor survey | Опрос руководителя | Басшы сауалнамасы
            supervisor_reminder | Supervisor reminder | Напоминание руководителю | Басшыға еске салу
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
    Enumeration(
        "check_in_outcome",
        CheckInOutcome,
        texts("""
            checked_in | Checked in | Отмечен | Белгіленді
            already_checked_in | Checked in already | Уже отмечен | Бұрын белгіленген
            badge_unknown | Badge not known | Бейдж не распознан | Бейдж танылмады
            session_unknown | Session not known | Занятие не найдено | Сабақ табылмады
            session_cancelled | Session cancelled | Занятие отменено | Сабақ болдырылмады
            too_early | Too early | Слишком рано | Тым ерте
            session_over | Session is over | Занятие закончилось | Сабақ аяқталды
            in_future | Scanned in the future | Время сканирования в будущем | Сканерлеу уақыты болашақта
            not_enrolled | Takes no part | Не участвует | Қатыспайды
        """),
    ),
    Enumeration(
        "voucher_state",
        VoucherState,
        texts("""
            issued | Issued | Выпущен | Шығарылды
            transferred | With an authority | У органа | Органда
            assigned | Assigned | Закреплён | Бекітілді
            redeemed | Redeemed | Использован | Пайдаланылды
            completed | Completed | Обучение завершено | Оқу аяқталды
            failed | Not completed | Обучение не завершено | Оқу аяқталмады
            expired | Expired | Срок истёк | Мерзімі өтті
            void | Void | Недействителен | Жарамсыз
        """),
        terminal=VOUCHER_LIFE.terminal,
    ),
    Enumeration(
        "engagement_kind",
        EngagementKind,
        texts("""
            contact | Contact | Контакт | Байланыс
            event | Event | Мероприятие | Іс-шара
            mentoring | Mentoring | Наставничество | Тәлімгерлік
            lecture | Lecture | Лекция | Дәріс
            publication | Publication | Публикация | Жарияланым
            joint_project | Joint project | Совместный проект | Бірлескен жоба
            other | Other | Другое | Басқа
        """),
    ),
)
