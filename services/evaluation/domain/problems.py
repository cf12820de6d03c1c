"""Every problem this service can answer with, beyond those of the house."""

from typing import ClassVar

from services.common.problems import Problem, Title, title


class InstrumentNotFound(Problem):
    """No such instrument, or no such version of it."""

    status: ClassVar[int] = 404
    slug: ClassVar[str] = "instrument-not-found"
    title: ClassVar[Title] = title(en="Instrument not found", ru="Инструмент не найден", kk="Құрал табылмады")


class InstrumentExists(Problem):
    """An instrument with this code exists already."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "instrument-exists"
    title: ClassVar[Title] = title(
        en="The instrument exists already", ru="Такой инструмент уже есть", kk="Мұндай құрал бар"
    )


class VersionPublished(Problem):
    """A published version never changes; draw up a new one."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "instrument-version-published"
    title: ClassVar[Title] = title(
        en="A published version never changes",
        ru="Опубликованная версия не изменяется",
        kk="Жарияланған нұсқа өзгермейді",
    )


class XlsFormRefused(Problem):
    """The workbook is no XLSForm that can be taken over; `errors` name sheet, row and column."""

    status: ClassVar[int] = 422
    slug: ClassVar[str] = "xlsform-refused"
    title: ClassVar[Title] = title(
        en="The form cannot be imported", ru="Форму нельзя импортировать", kk="Форманы импорттау мүмкін емес"
    )


class ActionPlanNotFound(Problem):
    """No action plan has this code."""

    status: ClassVar[int] = 404
    slug: ClassVar[str] = "action-plan-not-found"
    title: ClassVar[Title] = title(
        en="Action plan not found", ru="План действий не найден", kk="Іс-қимыл жоспары табылмады"
    )


class ActionPlanExists(Problem):
    """Whoever holds this invitation has an action plan of the course already."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "action-plan-exists"
    title: ClassVar[Title] = title(
        en="You have an action plan already",
        ru="У вас уже есть план действий",
        kk="Сізде іс-қимыл жоспары бар",
    )


class TranslationMissing(Problem):
    """The version lacks texts in the language, or has none that is complete."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "translation-missing"
    title: ClassVar[Title] = title(
        en="The translation is not complete", ru="Перевод неполон", kk="Аударма толық емес"
    )


class CampaignNotFound(Problem):
    """No such campaign."""

    status: ClassVar[int] = 404
    slug: ClassVar[str] = "campaign-not-found"
    title: ClassVar[Title] = title(en="Campaign not found", ru="Опрос не найден", kk="Сауалнама табылмады")


class EditionUnknown(Problem):
    """This service has not heard of the edition."""

    status: ClassVar[int] = 422
    slug: ClassVar[str] = "edition-unknown"
    title: ClassVar[Title] = title(
        en="The edition is not known here", ru="Выпуск здесь неизвестен", kk="Бұл өткізілім мұнда белгісіз"
    )


class NotAllowedNow(Problem):
    """The life-cycle has no such step from the present state."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "evaluation-state-refused"
    title: ClassVar[Title] = title(
        en="The present state does not allow this",
        ru="Текущее состояние этого не допускает",
        kk="Қазіргі күйі бұған жол бермейді",
    )


class NobodyToAsk(Problem):
    """The cohort is empty, so there is nobody to give a token to."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "nobody-to-ask"
    title: ClassVar[Title] = title(
        en="There is nobody to ask", ru="Некого опрашивать", kk="Сұралатын адам жоқ"
    )


class SealingUnavailable(Problem):
    """No key store or no key of participants is configured, and without them no ballot box may open."""

    status: ClassVar[int] = 503
    slug: ClassVar[str] = "sealing-unavailable"
    title: ClassVar[Title] = title(
        en="Answers cannot be sealed", ru="Ответы нельзя запечатать", kk="Жауаптарды мөрлеу мүмкін емес"
    )


class InvitationNotUsable(Problem):
    """The token is wrong, used already, or its survey is not open: on purpose, it is not said which."""

    status: ClassVar[int] = 404
    slug: ClassVar[str] = "invitation-not-usable"
    title: ClassVar[Title] = title(
        en="This invitation cannot be used",
        ru="Это приглашение нельзя использовать",
        kk="Бұл шақыруды пайдалану мүмкін емес",
    )


class AnswersAnonymous(Problem):
    """Answers of an anonymous survey are read by nobody, one by one: only figures are."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "answers-anonymous"
    title: ClassVar[Title] = title(
        en="Nobody reads these answers one by one",
        ru="Эти ответы по отдельности никто не читает",
        kk="Бұл жауаптарды ешкім жеке-жеке оқымайды",
    )


class AnswerReaderNotNamed(Problem):
    """Nobody has named you a reader of this survey's answers, or your time is over."""

    status: ClassVar[int] = 403
    slug: ClassVar[str] = "answer-reader-not-named"
    title: ClassVar[Title] = title(
        en="You are not named to read these answers",
        ru="Вы не назначены читать эти ответы",
        kk="Бұл жауаптарды оқуға тағайындалмағансыз",
    )


class AnswerReaderNotFound(Problem):
    """The survey has no such reader."""

    status: ClassVar[int] = 404
    slug: ClassVar[str] = "answer-reader-not-found"
    title: ClassVar[Title] = title(en="Reader not found", ru="Читатель не найден", kk="Оқушы табылмады")


class AnswerReaderExists(Problem):
    """The account is named a reader of this survey already; end that first."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "answer-reader-exists"
    title: ClassVar[Title] = title(en="Named already", ru="Уже назначен", kk="Бұрын тағайындалған")


class ResultNotFound(Problem):
    """No such result, or none that this caller may see."""

    status: ClassVar[int] = 404
    slug: ClassVar[str] = "result-not-found"
    title: ClassVar[Title] = title(en="Result not found", ru="Результат не найден", kk="Нәтиже табылмады")


class ResultWouldDisclose(Problem):
    """Together with what its readers have already seen, the result would tell of a few people."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "result-would-disclose"
    title: ClassVar[Title] = title(
        en="The result would tell of a few people",
        ru="Результат раскрыл бы ответы немногих",
        kk="Нәтиже аз ғана адамның жауабын ашып қояр еді",
    )


class ResultsNotComparable(Problem):
    """Results of another phase, of another subject, or of one edition cannot be compared."""

    status: ClassVar[int] = 422
    slug: ClassVar[str] = "results-not-comparable"
    title: ClassVar[Title] = title(
        en="These results cannot be compared",
        ru="Эти результаты нельзя сравнить",
        kk="Бұл нәтижелерді салыстыруға болмайды",
    )


class SuggestionNotFound(Problem):
    """No such suggestion, or none that this caller may see."""

    status: ClassVar[int] = 404
    slug: ClassVar[str] = "suggestion-not-found"
    title: ClassVar[Title] = title(
        en="Suggestion not found", ru="Предложение не найдено", kk="Ұсыныс табылмады"
    )


class RecommendationNotFound(Problem):
    """No such recommendation, or none that this caller may see."""

    status: ClassVar[int] = 404
    slug: ClassVar[str] = "recommendation-not-found"
    title: ClassVar[Title] = title(
        en="Recommendation not found", ru="Рекомендация не найдена", kk="Ұсыным табылмады"
    )


class DesignChangeTooEarly(Problem):
    """A design change belongs to another, later edition than the one that gave its evidence."""

    status: ClassVar[int] = 422
    slug: ClassVar[str] = "design-change-too-early"
    title: ClassVar[Title] = title(
        en="The edition is not later than its evidence",
        ru="Выпуск не позже своих данных",
        kk="Өткізілім дәлелдерінен кейін емес",
    )


class IndicatorNotFound(Problem):
    """No such indicator, or no such period of it."""

    status: ClassVar[int] = 404
    slug: ClassVar[str] = "indicator-not-found"
    title: ClassVar[Title] = title(
        en="Indicator not found", ru="Показатель не найден", kk="Көрсеткіш табылмады"
    )


class IndicatorExists(Problem):
    """An indicator with this code exists already, or one of the program that is computed in the same way."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "indicator-exists"
    title: ClassVar[Title] = title(
        en="The indicator exists already", ru="Такой показатель уже есть", kk="Мұндай көрсеткіш бар"
    )


class IndicatorPeriodExists(Problem):
    """The indicator has this period already, or one that shares days with it."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "indicator-period-exists"
    title: ClassVar[Title] = title(
        en="The period exists already", ru="Такой период уже есть", kk="Мұндай кезең бар"
    )


class IndicatorNotComputable(Problem):
    """This system's own data say nothing of the period that may be told; `detail` says why."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "indicator-not-computable"
    title: ClassVar[Title] = title(
        en="There is no value to compute",
        ru="Вычислять нечего",
        kk="Есептейтін мән жоқ",
    )


class DutiesNotSeparated(Problem):
    """Who reports an actual value cannot approve it."""

    status: ClassVar[int] = 403
    slug: ClassVar[str] = "duties-not-separated"
    title: ClassVar[Title] = title(
        en="Somebody else must approve this",
        ru="Это должен утвердить кто-то другой",
        kk="Мұны басқа адам бекітуі тиіс",
    )


class CodeFrameNotFound(Problem):
    """No such version of a code frame."""

    status: ClassVar[int] = 404
    slug: ClassVar[str] = "code-frame-not-found"
    title: ClassVar[Title] = title(
        en="Code frame not found", ru="Кодификатор не найден", kk="Кодификатор табылмады"
    )


class CodeFrameExists(Problem):
    """Somebody drew up this version of the code frame at the same moment."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "code-frame-exists"
    title: ClassVar[Title] = title(
        en="The version exists already", ru="Такая версия уже есть", kk="Мұндай нұсқа бар"
    )


class ChartNotFound(Problem):
    """The result has no such chart; its list of charts names those there are."""

    status: ClassVar[int] = 404
    slug: ClassVar[str] = "chart-not-found"
    title: ClassVar[Title] = title(en="Chart not found", ru="Диаграмма не найдена", kk="Диаграмма табылмады")


class EvaluationPlanNotFound(Problem):
    """No such evaluation plan."""

    status: ClassVar[int] = 404
    slug: ClassVar[str] = "evaluation-plan-not-found"
    title: ClassVar[Title] = title(
        en="Evaluation plan not found", ru="План оценки не найден", kk="Бағалау жоспары табылмады"
    )


class AssessmentNotFound(Problem):
    """No such assessment."""

    status: ClassVar[int] = 404
    slug: ClassVar[str] = "assessment-not-found"
    title: ClassVar[Title] = title(en="Assessment not found", ru="Оценка не найдена", kk="Бағалау табылмады")


class AssessmentExists(Problem):
    """The edition was assessed under this criterion; change that assessment."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "assessment-exists"
    title: ClassVar[Title] = title(en="Assessed already", ru="Уже оценено", kk="Бұрын бағаланған")


class OutcomeEvidenceNotFound(Problem):
    """No such claimed outcome, or none that this caller may see."""

    status: ClassVar[int] = 404
    slug: ClassVar[str] = "outcome-evidence-not-found"
    title: ClassVar[Title] = title(en="Outcome not found", ru="Результат не найден", kk="Нәтиже табылмады")
