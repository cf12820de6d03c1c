"""The enumerations of this room as people read them."""

from typing import Final

from services.common.enumerations import Enumeration, Labels
from services.evaluation.domain.assessments import (
    EvaluationTiming,
    EvidenceKind,
    EvidenceStrength,
    OutcomeState,
)
from services.evaluation.domain.campaigns import CAMPAIGN_LIFE, CampaignState, Phase
from services.evaluation.domain.code_frames import CodeFrameState
from services.evaluation.domain.comparisons import Caveat
from services.evaluation.domain.composites import COMPOSITE_LIFE, CompositeState, Lack
from services.evaluation.domain.computed_indicators import Omission
from services.evaluation.domain.indicators import PERIOD_LIFE, IndicatorSource, PeriodState, ResultLevel
from services.evaluation.domain.lecturers import Band
from services.evaluation.domain.recommendations import (
    RECOMMENDATION_LIFE,
    Moderation,
    RecommendationState,
    Translator,
)
from services.evaluation.domain.suppression import SuppressionRule


def _labels(en: str, ru: str, kk: str) -> Labels:
    return {"en": en, "ru": ru, "kk": kk}


_C, _R, _P, _M, _S = CampaignState, RecommendationState, Phase, Moderation, SuppressionRule

PHASES: Final = Enumeration(
    "phase",
    Phase,
    {
        _P.BASELINE: _labels("Baseline", "До курса", "Курсқа дейін"),
        _P.DAILY: _labels("Daily", "Ежедневно", "Күн сайын"),
        _P.MODULE: _labels("Module", "После модуля", "Модульден кейін"),
        _P.END: _labels("End of course", "В конце курса", "Курс соңында"),
        _P.THREE_MONTHS: _labels("After 3 months", "Через 3 месяца", "3 айдан кейін"),
        _P.SIX_MONTHS: _labels("After 6 months", "Через 6 месяцев", "6 айдан кейін"),
        _P.TWELVE_MONTHS: _labels("After 12 months", "Через 12 месяцев", "12 айдан кейін"),
        _P.ALUMNI: _labels("Alumni", "Выпускники", "Түлектер"),
        _P.SUPERVISOR: _labels("Supervisors", "Руководители", "Басшылар"),
        _P.COUNTRY_OUTCOME: _labels("Outcomes in the country", "Итоги в стране", "Елдегі нәтижелер"),
    },
)

ENUMERATIONS: Final = (
    Enumeration(
        "campaign_state",
        CampaignState,
        {
            _C.DRAFT: _labels("Draft", "Черновик", "Жоба"),
            _C.SCHEDULED: _labels("Scheduled", "Запланирован", "Жоспарланған"),
            _C.OPEN: _labels("Open", "Открыт", "Ашық"),
            _C.CLOSED: _labels("Closed", "Закрыт", "Жабық"),
            _C.ANALYSED: _labels("Analysed", "Обработан", "Өңделген"),
            _C.PUBLISHED: _labels("Published", "Опубликован", "Жарияланған"),
            _C.ARCHIVED: _labels("Archived", "В архиве", "Мұрағатта"),
            _C.CANCELLED: _labels("Cancelled", "Отменён", "Бас тартылған"),
        },
        terminal=CAMPAIGN_LIFE.terminal,
    ),
    PHASES,
    Enumeration(
        "recommendation_state",
        RecommendationState,
        {
            _R.PROPOSED: _labels("Proposed", "Предложена", "Ұсынылған"),
            _R.AGREED: _labels("Agreed", "Принята", "Қабылданған"),
            _R.PARTLY_AGREED: _labels("Partly agreed", "Принята частично", "Ішінара қабылданған"),
            _R.REJECTED: _labels("Rejected", "Отклонена", "Қабылданбаған"),
            _R.IN_PROGRESS: _labels("In progress", "Выполняется", "Орындалуда"),
            _R.IMPLEMENTED: _labels("Implemented", "Выполнена", "Орындалған"),
            _R.VERIFIED: _labels("Verified", "Проверена", "Тексерілген"),
            _R.LAPSED: _labels("Lapsed", "Утратила силу", "Күшін жойған"),
        },
        terminal=RECOMMENDATION_LIFE.terminal,
    ),
    Enumeration(
        "moderation",
        Moderation,
        {
            _M.PENDING: _labels("Pending", "Ожидает", "Күтуде"),
            _M.PUBLIC: _labels("Public", "Для всех", "Жалпыға"),
            _M.INTERNAL: _labels("Internal", "Для агентства", "Агенттікке"),
            _M.LECTURER_ONLY: _labels("For the lecturer", "Для преподавателя", "Оқытушыға"),
            _M.REMOVED: _labels("Removed", "Удалено", "Жойылған"),
        },
    ),
    Enumeration(
        "translator",
        Translator,
        {
            Translator.PERSON: _labels("A person", "Человек", "Адам"),
            Translator.MACHINE: _labels("A machine", "Машина", "Машина"),
        },
    ),
    Enumeration(
        "code_frame_state",
        CodeFrameState,
        {
            CodeFrameState.DRAFT: _labels("Draft", "Черновик", "Жоба"),
            CodeFrameState.PUBLISHED: _labels("Published", "Опубликован", "Жарияланған"),
            CodeFrameState.RETIRED: _labels("Retired", "Выведен из употребления", "Қолданыстан шыққан"),
        },
    ),
    Enumeration(
        "composite_state",
        CompositeState,
        {
            CompositeState.DRAFT: _labels("Draft", "Черновик", "Жоба"),
            CompositeState.PUBLISHED: _labels("Published", "Опубликован", "Жарияланған"),
            CompositeState.RETIRED: _labels("Retired", "Выведен из употребления", "Қолданыстан шыққан"),
        },
        terminal=COMPOSITE_LIFE.terminal,
    ),
    Enumeration(
        "composite_lack",
        Lack,
        {
            Lack.NOT_ASKED: _labels("Not asked", "Вопрос не задавался", "Сұралмаған"),
            Lack.HIDDEN: _labels("Hidden by rule", "Скрыто по правилу", "Ереже бойынша жасырылған"),
            Lack.NO_VALUE: _labels("No mean to take", "Нет среднего", "Орташа мәні жоқ"),
        },
    ),
    Enumeration(
        "evidence_strength",
        EvidenceStrength,
        {
            EvidenceStrength.STRONG: _labels("Strong", "Сильные", "Күшті"),
            EvidenceStrength.MODERATE: _labels("Moderate", "Умеренные", "Орташа"),
            EvidenceStrength.WEAK: _labels("Weak", "Слабые", "Әлсіз"),
            EvidenceStrength.NONE: _labels("Nothing known yet", "Пока неизвестно", "Әзірге белгісіз"),
        },
    ),
    Enumeration(
        "evidence_kind",
        EvidenceKind,
        {
            EvidenceKind.RESULT: _labels("Survey result", "Результат опроса", "Сауалнама нәтижесі"),
            EvidenceKind.INDICATOR: _labels("Indicator", "Показатель", "Көрсеткіш"),
            EvidenceKind.OUTCOME_EVIDENCE: _labels(
                "Claimed outcome", "Заявленный результат", "Мәлімделген нәтиже"
            ),
            EvidenceKind.DOCUMENT: _labels("Document", "Документ", "Құжат"),
            EvidenceKind.INTERVIEW: _labels("Interview", "Интервью", "Сұхбат"),
        },
    ),
    Enumeration(
        "evaluation_timing",
        EvaluationTiming,
        {
            EvaluationTiming.BASELINE: _labels("Baseline", "Исходная", "Бастапқы"),
            EvaluationTiming.MIDTERM: _labels("Midterm", "Промежуточная", "Аралық"),
            EvaluationTiming.FINAL: _labels("Final", "Итоговая", "Қорытынды"),
            EvaluationTiming.EX_POST: _labels("Ex post", "Последующая", "Кейінгі"),
        },
    ),
    Enumeration(
        "outcome_state",
        OutcomeState,
        {
            OutcomeState.CLAIMED: _labels("Claimed", "Заявлен", "Мәлімделді"),
            OutcomeState.SUBSTANTIATED: _labels("Substantiated", "Подтверждён", "Расталды"),
            OutcomeState.REFUTED: _labels("Refuted", "Опровергнут", "Теріске шығарылды"),
            OutcomeState.WITHDRAWN: _labels("Withdrawn", "Отозван", "Қайтарып алынды"),
        },
    ),
    Enumeration(
        "suppression_rule",
        SuppressionRule,
        {
            _S.TOO_FEW: _labels("Too few answers", "Слишком мало ответов", "Жауап тым аз"),
            _S.UNANIMOUS: _labels(
                "All answered alike", "Все ответили одинаково", "Барлығы бірдей жауап берді"
            ),
            _S.COMPLEMENT: _labels(
                "Would reveal a hidden figure", "Раскрыло бы скрытое", "Жасырын көрсеткішті ашар еді"
            ),
            _S.COUNTRY_OF_ONE_EDITION: _labels(
                "Countries of one edition are never shown",
                "Страны одного выпуска не показываются",
                "Бір өткізілімнің елдері көрсетілмейді",
            ),
            _S.RESPONSE_RATE: _labels(
                "Fewer than half answered", "Ответило меньше половины", "Жартысынан азы жауап берді"
            ),
            _S.PERIOD_NOT_OVER: _labels(
                "Shown when the period is over",
                "Показывается по окончании периода",
                "Кезең біткенде көрсетіледі",
            ),
            _S.DIFFERENCING: _labels(
                "Earlier results would reveal it",
                "Раскрыли бы прежние результаты",
                "Бұрынғы нәтижелер ашып қояр еді",
            ),
            _S.FEW_NEW_RESPONDENTS: _labels(
                "Too few new respondents",
                "Слишком мало новых ответов",
                "Жаңа жауап берушілер тым аз",
            ),
        },
    ),
    Enumeration(
        "comparison_caveat",
        Caveat,
        {
            Caveat.WORDING_CHANGED: _labels(
                "The wording changed", "Формулировка изменилась", "Тұжырым өзгерді"
            ),
            Caveat.COUNTRY_MIX_CHANGED: _labels(
                "The mix of countries changed", "Состав стран изменился", "Елдер құрамы өзгерді"
            ),
            Caveat.RESPONSE_RATES_APART: _labels(
                "Response rates are far apart",
                "Доли ответивших сильно различаются",
                "Жауап берушілер үлесі қатты ерекшеленеді",
            ),
            Caveat.FEW_ANSWERS: _labels("Few answers", "Мало ответов", "Жауап аз"),
        },
    ),
    Enumeration(
        "lecturer_band",
        Band,
        {
            Band.BELOW: _labels("Below what is usual", "Ниже обычного", "Әдеттегіден төмен"),
            Band.AROUND: _labels("As usual", "Как обычно", "Әдеттегідей"),
            Band.ABOVE: _labels("Above what is usual", "Выше обычного", "Әдеттегіден жоғары"),
        },
    ),
    Enumeration(
        "result_level",
        ResultLevel,
        {
            ResultLevel.OUTPUT: _labels("Output", "Непосредственный результат", "Тікелей нәтиже"),
            ResultLevel.OUTCOME: _labels("Outcome", "Итог", "Түпкі нәтиже"),
            ResultLevel.IMPACT: _labels("Impact", "Воздействие", "Ықпал"),
        },
    ),
    Enumeration(
        "indicator_source",
        IndicatorSource,
        {
            IndicatorSource.MANUAL: _labels("Reported", "Сообщается", "Хабарланады"),
            IndicatorSource.PARTICIPANTS: _labels(
                "Participants counted", "Число участников", "Қатысушылар саны"
            ),
            IndicatorSource.DELIVERIES: _labels(
                "Deliveries accepted by their recipients",
                "Поставки, принятые получателями",
                "Алушылар қабылдаған жеткізілімдер",
            ),
            IndicatorSource.COMPLETION: _labels(
                "Completion counted", "Доля завершивших", "Аяқтағандар үлесі"
            ),
            IndicatorSource.CERTIFIED: _labels(
                "People with a certificate", "Получившие сертификат", "Сертификат алғандар"
            ),
            IndicatorSource.VOUCHERS: _labels(
                "Vouchers redeemed", "Погашенные ваучеры", "Пайдаланылған ваучерлер"
            ),
            IndicatorSource.SURVEY_SHARE: _labels(
                "Share of answers in surveys", "Доля ответов в опросах", "Сауалнамадағы жауаптар үлесі"
            ),
            IndicatorSource.SURVEY_MEAN: _labels(
                "Mean of answers in surveys", "Среднее ответов в опросах", "Сауалнама жауаптарының орташасы"
            ),
            IndicatorSource.GAIN: _labels(
                "Normalized gain of tests", "Нормированный прирост знаний", "Білімнің нормаланған өсімі"
            ),
            IndicatorSource.ACTION_PLANS: _labels(
                "Action plans begun", "Начатые планы действий", "Басталған іс-қимыл жоспарлары"
            ),
        },
    ),
    Enumeration(
        "indicator_omission",
        Omission,
        {
            Omission.HIDDEN: _labels("Hidden by rule", "Скрыто по правилу", "Ереже бойынша жасырылған"),
            Omission.NOT_ASKED: _labels("Not asked", "Вопрос не задавался", "Сұралмаған"),
            Omission.NOT_COMPARABLE: _labels(
                "Asked in another way", "Вопрос задан иначе", "Басқаша сұралған"
            ),
            Omission.NOTHING_TO_GAIN: _labels(
                "All was known before", "Всё было известно заранее", "Бәрі бұрыннан белгілі болған"
            ),
        },
    ),
    Enumeration(
        "indicator_period_state",
        PeriodState,
        {
            PeriodState.OPEN: _labels("Open", "Открыт", "Ашық"),
            PeriodState.REPORTED: _labels("Reported", "Представлен", "Ұсынылған"),
            PeriodState.VERIFIED: _labels("Verified", "Проверен", "Тексерілген"),
            PeriodState.LOCKED: _labels("Locked", "Закреплён", "Бекітілген"),
        },
        terminal=PERIOD_LIFE.terminal,
    ),
)
