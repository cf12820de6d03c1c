"""The problems of application files, screening and selection."""

from typing import ClassVar

from services.common.problems import Problem, Title, title


class FormNotFound(Problem):
    """No such application form, or it is a draft that the caller may not see."""

    status: ClassVar[int] = 404
    slug: ClassVar[str] = "form-not-found"
    title: ClassVar[Title] = title(en="Form not found", ru="Форма не найдена", kk="Нысан табылмады")


class DocumentNotFound(Problem):
    """The application has no such document, or its form asks for none."""

    status: ClassVar[int] = 404
    slug: ClassVar[str] = "document-not-found"
    title: ClassVar[Title] = title(en="Document not found", ru="Документ не найден", kk="Құжат табылмады")


class FileIncomplete(Problem):
    """The file of the application lacks something; `errors` points at it."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "file-incomplete"
    title: ClassVar[Title] = title(
        en="The file is not complete", ru="Пакет документов неполон", kk="Құжаттар толық емес"
    )


class DelegationExpired(Problem):
    """The document by which the authority nominates has run out."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "delegation-expired"
    title: ClassVar[Title] = title(
        en="The delegation has expired", ru="Срок полномочий истёк", kk="Өкілеттік мерзімі өтті"
    )


class EligibilityUnchecked(Problem):
    """The edition's rules have not been asked about this application."""

    status: ClassVar[int] = 404
    slug: ClassVar[str] = "eligibility-unchecked"
    title: ClassVar[Title] = title(
        en="Eligibility was not checked", ru="Соответствие не проверялось", kk="Сәйкестік тексерілмеген"
    )


class EligibilityFailed(Problem):
    """A blocking rule is broken and was not waived."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "eligibility-failed"
    title: ClassVar[Title] = title(
        en="A rule of eligibility is broken", ru="Нарушено правило отбора", kk="Іріктеу ережесі бұзылған"
    )


class RuleNotFound(Problem):
    """The edition has no such rule."""

    status: ClassVar[int] = 404
    slug: ClassVar[str] = "rule-not-found"
    title: ClassVar[Title] = title(en="Rule not found", ru="Правило не найдено", kk="Ереже табылмады")


class RoundNotFound(Problem):
    """No such selection round, or none in which the caller scores."""

    status: ClassVar[int] = 404
    slug: ClassVar[str] = "round-not-found"
    title: ClassVar[Title] = title(
        en="Selection round not found", ru="Раунд отбора не найден", kk="Іріктеу кезеңі табылмады"
    )


class ScoreRefused(Problem):
    """The reviewer may not score this application, or not any more (R5)."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "score-refused"
    title: ClassVar[Title] = title(
        en="The score is not taken", ru="Оценка не принимается", kk="Баға қабылданбайды"
    )


class AllocationNotFound(Problem):
    """No such allocation."""

    status: ClassVar[int] = 404
    slug: ClassVar[str] = "allocation-not-found"
    title: ClassVar[Title] = title(
        en="Allocation not found", ru="Распределение не найдено", kk="Бөлу табылмады"
    )


class AllocationRefused(Problem):
    """The scores that the allocation goes by are not there."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "allocation-refused"
    title: ClassVar[Title] = title(
        en="Seats cannot be allocated yet",
        ru="Распределить места ещё нельзя",
        kk="Орындарды әлі бөлуге болмайды",
    )


class VisaExportNotFound(Problem):
    """No such export for visa support."""

    status: ClassVar[int] = 404
    slug: ClassVar[str] = "visa-export-not-found"
    title: ClassVar[Title] = title(en="Export not found", ru="Выгрузка не найдена", kk="Экспорт табылмады")


class VisaExportExpired(Problem):
    """The export is not approved, its day is over, or the caller is none of the two who made it (R15)."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "visa-export-expired"
    title: ClassVar[Title] = title(
        en="The export cannot be read", ru="Выгрузка недоступна", kk="Экспорт қолжетімсіз"
    )


class LogisticsNotFound(Problem):
    """Nothing has been said about it yet."""

    status: ClassVar[int] = 404
    slug: ClassVar[str] = "logistics-not-found"
    title: ClassVar[Title] = title(en="Not stated yet", ru="Ещё не указано", kk="Әлі көрсетілмеген")
