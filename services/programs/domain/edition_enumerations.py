"""The enumerations of editions and timetables, as people read them."""

from collections.abc import Sequence
from typing import Final

from services.common.enumerations import Enumeration, read_labels
from services.programs.domain.editions import (
    EDITION_LIFE,
    ContentKind,
    CountryRelation,
    EditionState,
    InvitationReply,
    Modality,
)
from services.programs.domain.eligibility import RuleSeverity
from services.programs.domain.events import SeatOwner
from services.programs.domain.seats import AllocationBasis, RollOver, TieRule
from services.programs.domain.training_sessions import (
    TRAINING_SESSION_LIFE,
    ConflictCode,
    LecturerRole,
    TrainingSessionKind,
    TrainingSessionState,
)

EDITION_ENUMERATIONS: Final[Sequence[Enumeration]] = (
    Enumeration(
        "edition_state",
        EditionState,
        read_labels("""
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
        "content_kind",
        ContentKind,
        read_labels("""
            public_text | Public text | Публичный текст | Жария мәтін
            eligibility_rules | Eligibility rules | Правила отбора | Іріктеу ережелері
        """),
    ),
    Enumeration(
        "modality",
        Modality,
        read_labels("""
            on_site | On site | Очно | Күндізгі
            online | Online | Онлайн | Онлайн
            hybrid | Hybrid | Смешанный формат | Аралас формат
        """),
    ),
    Enumeration(
        "country_relation",
        CountryRelation,
        read_labels("""
            invited | Invited | Приглашена | Шақырылды
            took_part | Took part | Участвовала | Қатысты
            targeted | Targeted | Целевая страна | Нысаналы ел
        """),
    ),
    Enumeration(
        "seat_owner",
        SeatOwner,
        read_labels("""
            country | Country | Страна | Ел
            authority | Nominating authority | Номинирующий орган | Ұсынушы орган
            organization | Organization | Организация | Ұйым
        """),
    ),
    Enumeration(
        "invitation_reply",
        InvitationReply,
        read_labels("""
            accepted | Accepted | Принято | Қабылданды
            declined | Declined | Отклонено | Бас тартылды
        """),
    ),
    Enumeration(
        "allocation_basis",
        AllocationBasis,
        read_labels("""
            authority_rank | Rank of the authority | Ранг номинирующего органа | Ұсынушы органның реті
            score | Score | Балл | Балл
            weighted | Score and rank, weighted | Балл и ранг с весами | Салмақталған балл мен рет
        """),
    ),
    Enumeration(
        "tie_rule",
        TieRule,
        read_labels("""
            authority_rank | Rank of the authority | Ранг номинирующего органа | Ұсынушы органның реті
            women_first | Women first | Сначала женщины | Алдымен әйелдер
            fewer_prior_trainings | Fewer prior trainings | Меньше прежних курсов | Бұрынғы курстары азы
            lot | Lot that can be drawn again | Воспроизводимый жребий | Қайталап тексеруге болатын жеребе
        """),
    ),
    Enumeration(
        "roll_over",
        RollOver,
        read_labels("""
            none | They lapse | Сгорают | Күйіп кетеді
            next_edition | To the next edition | На следующий выпуск | Келесі шығарылымға
        """),
    ),
    Enumeration(
        "rule_severity",
        RuleSeverity,
        read_labels("""
            block | Must be met | Обязательное | Міндетті
            warn | Warns whoever screens | Предупреждение | Ескерту
        """),
    ),
    Enumeration(
        "training_session_kind",
        TrainingSessionKind,
        read_labels("""
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
        read_labels("""
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
        read_labels("""
            lecturer | Lecturer | Лектор | Дәріскер
            moderator | Moderator | Модератор | Модератор
            trainer | Trainer | Тренер | Жаттықтырушы
            examiner | Examiner | Экзаменатор | Емтихан алушы
        """),
    ),
    Enumeration(
        "timetable_conflict",
        ConflictCode,
        read_labels("""
            lecturer_elsewhere | The lecturer teaches elsewhere | Лектор занят в другом месте | Дәріскер басқа жерде
            venue_taken | The venue is taken | Помещение занято | Орын бос емес
        """),
    ),
)
