"""Every problem this service can answer with, beyond those of the house."""

from typing import ClassVar

from services.common.problems import Problem, Title, title


class CallNotFound(Problem):
    """No such edition is known here, or it may not be seen."""

    status: ClassVar[int] = 404
    slug: ClassVar[str] = "call-not-found"
    title: ClassVar[Title] = title(en="Call not found", ru="Набор не найден", kk="Қабылдау табылмады")


class CallClosed(Problem):
    """The call takes no nominations now."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "call-closed"
    title: ClassVar[Title] = title(
        en="The call is not open", ru="Приём заявок не открыт", kk="Өтінім қабылдау ашық емес"
    )


class PersonNotFound(Problem):
    """No such person, or none that the caller may see."""

    status: ClassVar[int] = 404
    slug: ClassVar[str] = "person-not-found"
    title: ClassVar[Title] = title(en="Person not found", ru="Человек не найден", kk="Адам табылмады")


class ConsentMissing(Problem):
    """The person has not agreed to what is to be done with their data."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "consent-missing"
    title: ClassVar[Title] = title(
        en="A consent is missing", ru="Нет необходимого согласия", kk="Қажетті келісім жоқ"
    )


class ConsentNotFound(Problem):
    """No such consent of this person."""

    status: ClassVar[int] = 404
    slug: ClassVar[str] = "consent-not-found"
    title: ClassVar[Title] = title(en="Consent not found", ru="Согласие не найдено", kk="Келісім табылмады")


class OrganizationUnknown(Problem):
    """No such organization, or none that the caller may speak for."""

    status: ClassVar[int] = 404
    slug: ClassVar[str] = "organization-unknown"
    title: ClassVar[Title] = title(
        en="Organization not found", ru="Организация не найдена", kk="Ұйым табылмады"
    )


class AffiliationNotFound(Problem):
    """No such affiliation of this person."""

    status: ClassVar[int] = 404
    slug: ClassVar[str] = "affiliation-not-found"
    title: ClassVar[Title] = title(
        en="Affiliation not found", ru="Место работы не найдено", kk="Жұмыс орны табылмады"
    )


class SupervisorMissing(Problem):
    """The affiliation names no supervisor who could agree."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "supervisor-missing"
    title: ClassVar[Title] = title(
        en="No supervisor is named", ru="Руководитель не указан", kk="Басшы көрсетілмеген"
    )


class SensitiveDataNotFound(Problem):
    """The person has not given the data of the sensitive block."""

    status: ClassVar[int] = 404
    slug: ClassVar[str] = "sensitive-data-not-found"
    title: ClassVar[Title] = title(
        en="No sensitive data are held", ru="Чувствительных данных нет", kk="Құпия деректер жоқ"
    )


class AuthorityNotFound(Problem):
    """No such nominating authority, or none that the caller may see."""

    status: ClassVar[int] = 404
    slug: ClassVar[str] = "authority-not-found"
    title: ClassVar[Title] = title(
        en="Nominating authority not found", ru="Номинирующий орган не найден", kk="Ұсынушы орган табылмады"
    )


class AuthorityExists(Problem):
    """The organization is a nominating authority already."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "authority-exists"
    title: ClassVar[Title] = title(
        en="The organization nominates already",
        ru="Организация уже является номинирующим органом",
        kk="Ұйым қазірдің өзінде ұсынушы орган",
    )


class ApplicationNotFound(Problem):
    """No such application, or none that the caller may see."""

    status: ClassVar[int] = 404
    slug: ClassVar[str] = "application-not-found"
    title: ClassVar[Title] = title(en="Application not found", ru="Заявка не найдена", kk="Өтінім табылмады")


class ApplicationExists(Problem):
    """The person has a live application to this edition already (R1)."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "application-exists"
    title: ClassVar[Title] = title(
        en="There is an application to this edition already",
        ru="Заявка на этот выпуск уже есть",
        kk="Бұл шығарылымға өтінім бұрыннан бар",
    )


class SeatLineRefused(Problem):
    """The authority has no seats in this edition, or all its places for nominees are filled."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "seat-line-refused"
    title: ClassVar[Title] = title(
        en="No place for this nomination", ru="Нет места для этой номинации", kk="Бұл ұсынуға орын жоқ"
    )


class RankOrderInvalid(Problem):
    """The rank order does not name each nomination exactly once."""

    status: ClassVar[int] = 422
    slug: ClassVar[str] = "rank-order-invalid"
    title: ClassVar[Title] = title(
        en="The rank order is not complete", ru="Порядок рангов неполон", kk="Рет тәртібі толық емес"
    )


class ReasonMissing(Problem):
    """A refusal names its reason (R6)."""

    status: ClassVar[int] = 422
    slug: ClassVar[str] = "reason-missing"
    title: ClassVar[Title] = title(
        en="A reason is required", ru="Требуется указать причину", kk="Себебін көрсету қажет"
    )


class StepRefused(Problem):
    """The life-cycle has no such step from the present state."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "step-refused"
    title: ClassVar[Title] = title(
        en="The present state does not allow this step",
        ru="Текущее состояние не допускает этого шага",
        kk="Қазіргі күй бұл қадамға жол бермейді",
    )


class NoFreeSeat(Problem):
    """Every seat of the line, or of the edition, is taken (R2)."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "no-free-seat"
    title: ClassVar[Title] = title(en="No seat is free", ru="Свободных мест нет", kk="Бос орын жоқ")


class OfferNotFound(Problem):
    """No such offer, or none that the caller may see."""

    status: ClassVar[int] = 404
    slug: ClassVar[str] = "offer-not-found"
    title: ClassVar[Title] = title(en="Offer not found", ru="Предложение не найдено", kk="Ұсыныс табылмады")


class OfferExpired(Problem):
    """The time to answer the offer is over (R7)."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "offer-expired"
    title: ClassVar[Title] = title(
        en="The offer has expired", ru="Срок предложения истёк", kk="Ұсыныс мерзімі өтті"
    )


class ParticipationNotFound(Problem):
    """No such participation, or none that the caller may see."""

    status: ClassVar[int] = 404
    slug: ClassVar[str] = "participation-not-found"
    title: ClassVar[Title] = title(
        en="Participation not found", ru="Участие не найдено", kk="Қатысу табылмады"
    )


class AttendanceRefused(Problem):
    """Attendance cannot be taken for this session or person now (R8)."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "attendance-refused"
    title: ClassVar[Title] = title(
        en="Attendance cannot be taken", ru="Отметить посещение нельзя", kk="Қатысуды белгілеуге болмайды"
    )


class TrainingSessionUnknown(Problem):
    """The edition has no such training session."""

    status: ClassVar[int] = 404
    slug: ClassVar[str] = "training-session-unknown"
    title: ClassVar[Title] = title(
        en="Training session not found", ru="Занятие не найдено", kk="Сабақ табылмады"
    )


class CertificateNotFound(Problem):
    """No such certificate, or none that the caller may see."""

    status: ClassVar[int] = 404
    slug: ClassVar[str] = "certificate-not-found"
    title: ClassVar[Title] = title(
        en="Certificate not found", ru="Сертификат не найден", kk="Сертификат табылмады"
    )


class MessageNotFound(Problem):
    """No such message, or none that the caller may see."""

    status: ClassVar[int] = 404
    slug: ClassVar[str] = "message-not-found"
    title: ClassVar[Title] = title(
        en="Message not found", ru="Сообщение не найдено", kk="Хабарлама табылмады"
    )


class DuplicateCandidateNotFound(Problem):
    """No such pair of records."""

    status: ClassVar[int] = 404
    slug: ClassVar[str] = "duplicate-candidate-not-found"
    title: ClassVar[Title] = title(
        en="Pair of records not found", ru="Пара записей не найдена", kk="Жазбалар жұбы табылмады"
    )


class MergeNotFound(Problem):
    """No such merge of two records."""

    status: ClassVar[int] = 404
    slug: ClassVar[str] = "merge-not-found"
    title: ClassVar[Title] = title(
        en="Merge not found", ru="Объединение не найдено", kk="Біріктіру табылмады"
    )


class MergeRefused(Problem):
    """The two records cannot be made one now (R13)."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "merge-refused"
    title: ClassVar[Title] = title(
        en="The records cannot be merged", ru="Записи нельзя объединить", kk="Жазбаларды біріктіруге болмайды"
    )


class MergeFinal(Problem):
    """The merge cannot be undone any more."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "merge-final"
    title: ClassVar[Title] = title(
        en="The merge cannot be undone",
        ru="Объединение нельзя отменить",
        kk="Біріктіруді болдырмауға болмайды",
    )


class ErasureNotFound(Problem):
    """No such erasure, or none that the caller may see."""

    status: ClassVar[int] = 404
    slug: ClassVar[str] = "erasure-not-found"
    title: ClassVar[Title] = title(en="Erasure not found", ru="Удаление не найдено", kk="Жою табылмады")


class ErasureExists(Problem):
    """An erasure of this person was asked for already."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "erasure-exists"
    title: ClassVar[Title] = title(
        en="The erasure was asked for already", ru="Удаление уже запрошено", kk="Жою бұрын сұралған"
    )


class ErasureHeld(Problem):
    """A legal hold keeps the person's data for now (R12)."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "erasure-held"
    title: ClassVar[Title] = title(
        en="A legal hold postpones the erasure",
        ru="Удаление отложено по правовому основанию",
        kk="Жою құқықтық негізде кейінге қалдырылды",
    )


class SecondPersonNeeded(Problem):
    """What cannot be undone takes two people."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "second-person-needed"
    title: ClassVar[Title] = title(
        en="A second person must approve",
        ru="Нужно подтверждение второго лица",
        kk="Екінші адам растауы керек",
    )


class LegalHoldNotFound(Problem):
    """No such legal hold."""

    status: ClassVar[int] = 404
    slug: ClassVar[str] = "legal-hold-not-found"
    title: ClassVar[Title] = title(
        en="Legal hold not found", ru="Правовое удержание не найдено", kk="Құқықтық ұстау табылмады"
    )
