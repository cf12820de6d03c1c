"""Every problem this service can answer with, beyond those of the house."""

from typing import ClassVar

from services.common.problems import Problem, Title, title


class OrganizationNotFound(Problem):
    """No such organization."""

    status: ClassVar[int] = 404
    slug: ClassVar[str] = "organization-not-found"
    title: ClassVar[Title] = title(
        en="Organization not found", ru="Организация не найдена", kk="Ұйым табылмады"
    )


class OrganizationExists(Problem):
    """An organization with this code is entered already."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "organization-exists"
    title: ClassVar[Title] = title(
        en="The organization exists already", ru="Такая организация уже есть", kk="Мұндай ұйым бар"
    )


class TransitionRefused(Problem):
    """The life-cycle has no such step from the present state."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "transition-refused"
    title: ClassVar[Title] = title(
        en="The present state does not allow this",
        ru="Текущее состояние этого не допускает",
        kk="Қазіргі күйі бұған жол бермейді",
    )


class SubjectNotFound(Problem):
    """There is no such thing in the portfolio."""

    status: ClassVar[int] = 404
    slug: ClassVar[str] = "portfolio-item-not-found"
    title: ClassVar[Title] = title(
        en="Not in the portfolio",
        ru="В портфеле этого нет",
        kk="Портфельде мұндай жоқ",
    )


class PortfolioItemExists(Problem):
    """Something with this code or this natural key is entered already."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "portfolio-item-exists"
    title: ClassVar[Title] = title(
        en="It is entered already",
        ru="Такая запись уже есть",
        kk="Мұндай жазба бар",
    )


class ReferenceUnknown(Problem):
    """The request refers to something that is not in the portfolio."""

    status: ClassVar[int] = 422
    slug: ClassVar[str] = "reference-unknown"
    title: ClassVar[Title] = title(
        en="The reference leads nowhere",
        ru="Ссылка никуда не ведёт",
        kk="Сілтеме ешқайда апармайды",
    )


class GuardsUnmet(Problem):
    """The change of state has conditions that are not met; `errors` names each."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "guards-unmet"
    title: ClassVar[Title] = title(
        en="Conditions are not met",
        ru="Условия не выполнены",
        kk="Шарттар орындалмаған",
    )


class SourceRequired(Problem):
    """A fact entered as a source states it must name the source."""

    status: ClassVar[int] = 422
    slug: ClassVar[str] = "source-required"
    title: ClassVar[Title] = title(
        en="A source is required",
        ru="Требуется источник",
        kk="Дереккөз қажет",
    )


class DemonstrationOnly(Problem):
    """Synthetic rows exist in demonstration mode only."""

    status: ClassVar[int] = 403
    slug: ClassVar[str] = "demonstration-only"
    title: ClassVar[Title] = title(
        en="Only in demonstration mode",
        ru="Только в демонстрационном режиме",
        kk="Тек көрсету режимінде",
    )


class SeatsExceedCapacity(Problem):
    """The seat lines hold more seats than the edition has (invariant P4)."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "seats-exceed-capacity"
    title: ClassVar[Title] = title(
        en="More seats than the capacity",
        ru="Мест больше, чем вместимость",
        kk="Орын сыйымдылықтан көп",
    )


class SignatureRefused(Problem):
    """This caller may not sign, return or withdraw this request; `errors` says why."""

    status: ClassVar[int] = 403
    slug: ClassVar[str] = "signature-refused"
    title: ClassVar[Title] = title(
        en="You cannot sign this",
        ru="Вы не можете это подписать",
        kk="Сіз бұған қол қоя алмайсыз",
    )


class EditionNotDeletable(Problem):
    """Only a draft that nothing else refers to can be deleted (invariant P8)."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "edition-not-deletable"
    title: ClassVar[Title] = title(
        en="The edition cannot be deleted",
        ru="Выпуск нельзя удалить",
        kk="Шығарылымды жою мүмкін емес",
    )


class SettingsFixed(Problem):
    """By what seats are given is fixed once authorities have been told."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "allocation-settings-fixed"
    title: ClassVar[Title] = title(
        en="The call has been opened by these settings",
        ru="Приём открыт на этих условиях",
        kk="Қабылдау осы шарттармен ашылған",
    )


class SeatLineInconsistent(Problem):
    """The numbers of a seat line do not agree; `errors` names each."""

    status: ClassVar[int] = 422
    slug: ClassVar[str] = "seat-line-inconsistent"
    title: ClassVar[Title] = title(
        en="The numbers of the seat line do not agree",
        ru="Числа в строке мест не согласуются",
        kk="Орындар жолындағы сандар үйлеспейді",
    )


class RuleUnsound(Problem):
    """An eligibility rule does not compile, is no condition or costs too much; `errors` names the place."""

    status: ClassVar[int] = 422
    slug: ClassVar[str] = "eligibility-rule-unsound"
    title: ClassVar[Title] = title(
        en="The eligibility rule cannot be evaluated",
        ru="Правило отбора нельзя вычислить",
        kk="Іріктеу ережесін есептеу мүмкін емес",
    )


class SessionOutsideEdition(Problem):
    """A training session lies inside its edition and ends after it begins (invariant P5)."""

    status: ClassVar[int] = 422
    slug: ClassVar[str] = "session-outside-edition"
    title: ClassVar[Title] = title(
        en="The training session lies outside the edition",
        ru="Занятие вне сроков выпуска",
        kk="Сабақ мерзімнен тыс",
    )


class FundExceeded(Problem):
    """Allocations stay within what was received and committed, per fund and currency (invariant P6)."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "fund-exceeded"
    title: ClassVar[Title] = title(
        en="More than the fund has", ru="Больше, чем есть в фонде", kk="Қордағы қаражаттан көп"
    )


class PeriodClosed(Problem):
    """The fiscal period of this day is closed."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "period-closed"
    title: ClassVar[Title] = title(en="The period is closed", ru="Период закрыт", kk="Кезең жабылған")


class EntryReversed(Problem):
    """The entry is reversed already, or is a reversal itself."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "entry-reversed"
    title: ClassVar[Title] = title(
        en="The entry cannot be reversed", ru="Запись нельзя сторнировать", kk="Жазбаны сторнолау мүмкін емес"
    )


class RateMissing(Problem):
    """No exchange rate leads from one currency to the other on that day."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "rate-missing"
    title: ClassVar[Title] = title(en="No exchange rate", ru="Нет обменного курса", kk="Айырбас бағамы жоқ")


class ActualInFuture(Problem):
    """What has happened is not dated in the future (invariant P7)."""

    status: ClassVar[int] = 422
    slug: ClassVar[str] = "actual-in-future"
    title: ClassVar[Title] = title(en="The date is in the future", ru="Дата в будущем", kk="Күні болашақта")


class ReportingIdentifierMissing(Problem):
    """Nothing can be published until the agency's identifier as a reporting organization is known."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "reporting-identifier-missing"
    title: ClassVar[Title] = title(
        en="The reporting identifier is missing",
        ru="Не указан идентификатор издателя",
        kk="Жариялаушының идентификаторы жоқ",
    )


class PublicationRefused(Problem):
    """The checks before publication found errors; `errors` names the records to mend."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "publication-refused"
    title: ClassVar[Title] = title(
        en="Not fit for publication", ru="Не готово к публикации", kk="Жариялауға дайын емес"
    )


class NotPublished(Problem):
    """Nothing has been published at this address yet."""

    status: ClassVar[int] = 404
    slug: ClassVar[str] = "not-published"
    title: ClassVar[Title] = title(en="Not published yet", ru="Ещё не опубликовано", kk="Әлі жарияланбаған")


class PublicationWithdrawn(Problem):
    """What was published at this address has been taken back."""

    status: ClassVar[int] = 410
    slug: ClassVar[str] = "publication-withdrawn"
    title: ClassVar[Title] = title(
        en="The publication is withdrawn", ru="Публикация отозвана", kk="Жарияланым кері қайтарылды"
    )


class DeliveryChainCircular(Problem):
    """A delivery cannot follow itself, over however many others."""

    status: ClassVar[int] = 422
    slug: ClassVar[str] = "delivery-chain-circular"
    title: ClassVar[Title] = title(
        en="The chain of deliveries would be a circle",
        ru="Цепочка поставок замкнулась бы в круг",
        kk="Жеткізілімдер тізбегі тұйықталып қалады",
    )


class BudgetOverlaps(Problem):
    """The subject has a budget in this currency for some of these days, which would be counted twice."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "budget-overlaps"
    title: ClassVar[Title] = title(
        en="There is a budget for this period; revise it",
        ru="Бюджет на этот период уже есть; уточните его",
        kk="Бұл кезеңге бюджет бар; оны нақтылаңыз",
    )


class BudgetRevised(Problem):
    """A later revision has taken the place of this budget; that one is revised next."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "budget-revised"
    title: ClassVar[Title] = title(
        en="The budget is revised already", ru="Бюджет уже уточнён", kk="Бюджет нақтыланған"
    )
