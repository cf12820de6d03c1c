"""The data inventory: what is held of people, what for, on which ground, how long, and who gets it.

It also steers: erasure forgets what stands here, a subject's data are read by it, and a test holds it against the
tables. Source: GDPR article 30, Kazakh law 94-V articles 7 and 25.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from services.participants.domain.people import ConsentPurpose

SENSITIVE_KEPT: Final = timedelta(days=365)
"""How long the sensitive block is kept after the person's last edition ended."""
UNUSED_KEPT: Final = timedelta(days=3 * 365)
"""How long somebody is kept who never took part, after their last application changed."""
READS_KEPT: Final = timedelta(days=5 * 365)
"""How long it is known who read a sensitive block, and which partner was shown somebody."""


class Ground(StrEnum):
    """Why data may be held."""

    CONSENT = "consent"
    CONTRACT = "contract"
    """What the course itself takes, once somebody applied."""
    LEGAL_DUTY = "legal_duty"
    PUBLIC_INTEREST = "public_interest"


class Recipient(StrEnum):
    """Who gets to see data beyond the agency's staff in charge."""

    AUTHORITY = "authority"
    PARTNER = "partner"
    """With consent only."""
    EVALUATION = "evaluation"
    """Under a pseudonym."""
    MIGRATION_SERVICE = "migration_service"
    """On visa-support lists."""
    PUBLIC = "public"


class Fate(StrEnum):
    """What an erasure does to a field."""

    FORGOTTEN = "forgotten"
    """Emptied."""
    KEPT = "kept"
    """It says nothing about anybody any more, or must be kept."""


@dataclass(frozen=True)
class Category:
    """Fields that are held for one purpose."""

    code: str
    purpose: Mapping[str, str]
    period: Mapping[str, str]
    ground: Ground
    consent: ConsentPurpose | None
    recipients: tuple[Recipient, ...]


def _category(
    code: str,
    purpose: tuple[str, str, str],
    period: tuple[str, str, str],
    ground: Ground,
    *recipients: Recipient,
    consent: ConsentPurpose | None = None,
) -> Category:
    languages = ("en", "ru", "kk")
    texts = [dict(zip(languages, said, strict=True)) for said in (purpose, period)]
    return Category(code, texts[0], texts[1], ground, consent, recipients)


_COURSE = (
    "Three years after the last application of somebody who never took part; else until erasure.",
    "Три года после последней заявки того, кто не участвовал; иначе до удаления.",
    "Қатыспаған адамның соңғы өтінімінен кейін үш жыл; әйтпесе жойылғанға дейін.",
)
_ROOM: Final = "participants"

IDENTITY: Final = _category(
    "identity",
    (
        "To know who applies and takes part, and to print documents",
        "Знать, кто подаёт заявку и участвует; печатать документы",
        "Кім өтініш беріп, қатысатынын білу және құжат басып шығару",
    ),
    _COURSE,
    Ground.CONSENT,
    Recipient.AUTHORITY,
    Recipient.PARTNER,
    consent=ConsentPurpose.PROCESS_APPLICATION,
)
CONTACT: Final = _category(
    "contact",
    ("To write to people", "Писать людям", "Адамдарға хат жазу"),
    _COURSE,
    Ground.CONSENT,
    Recipient.AUTHORITY,
    consent=ConsentPurpose.PROCESS_APPLICATION,
)
SENSITIVE: Final = _category(
    "sensitive",
    (
        "Visa support, access needs and emergencies",
        "Визовая поддержка, особые потребности и чрезвычайные случаи",
        "Визалық қолдау, ерекше қажеттіліктер және төтенше жағдайлар",
    ),
    (
        "One year after the person's last edition ended.",
        "Один год после окончания последнего выпуска.",
        "Соңғы шығарылым аяқталғаннан кейін бір жыл.",
    ),
    Ground.CONSENT,
    Recipient.MIGRATION_SERVICE,
    consent=ConsentPurpose.PROCESS_APPLICATION,
)
APPLICATION: Final = _category(
    "application",
    (
        "To decide who is offered a seat",
        "Решать, кому предложить место",
        "Орынды кімге ұсынуды шешу",
    ),
    _COURSE,
    Ground.CONSENT,
    Recipient.AUTHORITY,
    consent=ConsentPurpose.PROCESS_APPLICATION,
)
TAKING_PART: Final = _category(
    "taking_part",
    (
        "To hold the course, count attendance and report on it",
        "Проводить курс, учитывать посещение и отчитываться",
        "Курсты өткізу, қатысуды есептеу және есеп беру",
    ),
    (
        "For good, without the person after an erasure.",
        "Бессрочно; после удаления без привязки к человеку.",
        "Мерзімсіз; жойылғаннан кейін адамсыз.",
    ),
    Ground.CONTRACT,
    Recipient.EVALUATION,
)
PROOF: Final = _category(
    "proof",
    (
        "To let anybody check a certificate",
        "Дать каждому проверить сертификат",
        "Сертификатты кез келген адамға тексерту",
    ),
    (
        "Number and hash for good; the holder's name until erasure.",
        "Номер и хэш бессрочно; имя до удаления.",
        "Нөмірі мен хэші мерзімсіз; иесінің аты жойылғанға дейін.",
    ),
    Ground.PUBLIC_INTEREST,
    Recipient.PUBLIC,
)
ACCOUNTABILITY: Final = _category(
    "accountability",
    (
        "To show what was agreed to, read, changed and erased",
        "Показать, на что дано согласие, что читали, меняли и удаляли",
        "Неге келісім берілгенін, не оқылғанын, өзгертілгенін және жойылғанын көрсету",
    ),
    ("Five years.", "Пять лет.", "Бес жыл."),
    Ground.LEGAL_DUTY,
)
ALUMNI: Final = _category(
    "alumni",
    (
        "To stay in touch with former participants who want to",
        "Поддерживать связь с выпускниками, которые этого хотят",
        "Хабарласқысы келетін түлектермен байланыста болу",
    ),
    (
        "As long as the consent is in force.",
        "Пока действует согласие.",
        "Келісім күшінде тұрғанда.",
    ),
    Ground.CONSENT,
    consent=ConsentPurpose.ALUMNI_CONTACT,
)
WORK: Final = _category(
    "work",
    (
        "To see for whom the course is, and where what was learned is used",
        "Видеть, для кого курс и где применяется изученное",
        "Курс кімге арналғанын және үйренген білімнің қайда қолданылатынын көру",
    ),
    _COURSE,
    Ground.CONSENT,
    Recipient.AUTHORITY,
    consent=ConsentPurpose.PROCESS_APPLICATION,
)
SUPERVISOR: Final = _category(
    "supervisor",
    (
        "To ask a supervisor, who agreed too, what the course changed",
        "Спросить руководителя, который тоже согласен, что изменил курс",
        "Келісім берген басшыдан курстың нені өзгерткенін сұрау",
    ),
    (
        "Eighteen months after the person's last edition ended.",
        "Восемнадцать месяцев после окончания последнего выпуска.",
        "Соңғы шығарылым аяқталғаннан кейін он сегіз ай.",
    ),
    Ground.CONSENT,
    consent=ConsentPurpose.ASK_SUPERVISOR,
)
MATCHING: Final = _category(
    "matching",
    (
        "To find two records of one person",
        "Находить две записи об одном человеке",
        "Бір адам туралы екі жазбаны табу",
    ),
    _COURSE,
    Ground.PUBLIC_INTEREST,
)


@dataclass(frozen=True)
class PersonalField:
    """One column that holds something about a person."""

    table: str
    column: str
    category: Category
    fate: Fate

    @property
    def name(self) -> str:
        """As `table.column`."""
        return f"{self.table}.{self.column}"


def _fields(category: Category, fate: Fate, *names: str) -> tuple[PersonalField, ...]:
    pairs = (name.split(".") for name in names)
    return tuple(PersonalField(table, column, category, fate) for table, column in pairs)


INVENTORY: Final = (
    *_fields(IDENTITY, Fate.FORGOTTEN, "person.names", "person.birth_date", "person.residence"),
    *_fields(IDENTITY, Fate.KEPT, "person.sex", "person.nationality"),
    *_fields(IDENTITY, Fate.FORGOTTEN, "person.languages"),
    *_fields(CONTACT, Fate.FORGOTTEN, "person.email", "person.phone"),
    *_fields(CONTACT, Fate.KEPT, "person.preferred_language"),
    *_fields(SENSITIVE, Fate.FORGOTTEN, "person.sensitive", "person.passport_index"),
    *_fields(MATCHING, Fate.FORGOTTEN, "person.spellings"),
    *_fields(MATCHING, Fate.KEPT, "duplicate_candidate.features"),
    *_fields(APPLICATION, Fate.FORGOTTEN, "nomination.justification"),
    *_fields(APPLICATION, Fate.FORGOTTEN, "application.answers", "application.return_note"),
    *_fields(APPLICATION, Fate.FORGOTTEN, "application_document.reason", "application_document.expires_on"),
    *_fields(APPLICATION, Fate.KEPT, "application_document.code", "offer.decline_reason", "offer.benefits"),
    *_fields(TAKING_PART, Fate.FORGOTTEN, "logistics.arrives_by", "logistics.leaves_by", "logistics.room"),
    *_fields(TAKING_PART, Fate.FORGOTTEN, "logistics.insured_until"),
    *_fields(TAKING_PART, Fate.KEPT, "logistics.diet"),
    *_fields(APPLICATION, Fate.FORGOTTEN, "eligibility_result.rules", "waiver.reason", "score.comment"),
    *_fields(APPLICATION, Fate.FORGOTTEN, "conflict_of_interest.reason"),
    *_fields(APPLICATION, Fate.KEPT, "eligibility_result.verdict", "waiver.rule_id", "score.points"),
    *_fields(APPLICATION, Fate.KEPT, "application.state", "application.reason_code", "offer.state"),
    *_fields(TAKING_PART, Fate.KEPT, "participation.state", "participation.country"),
    *_fields(TAKING_PART, Fate.KEPT, "participation.attendance_share", "participation.passed_test"),
    *_fields(TAKING_PART, Fate.KEPT, "attendance.status", "attendance.minutes"),
    *_fields(TAKING_PART, Fate.FORGOTTEN, "attendance_change.reason"),
    *_fields(TAKING_PART, Fate.KEPT, "check_in.scanned_at"),
    *_fields(TAKING_PART, Fate.KEPT, "voucher.code", "voucher.valid_until"),
    *_fields(ALUMNI, Fate.FORGOTTEN, "alumni_profile.shown_name", "alumni_profile.organization"),
    *_fields(ALUMNI, Fate.FORGOTTEN, "alumni_profile.post", "alumni_profile.about", "alumni_profile.contact"),
    *_fields(ALUMNI, Fate.FORGOTTEN, "alumni_engagement.note"),
    *_fields(ALUMNI, Fate.KEPT, "alumni_profile.country", "alumni_engagement.happened_on"),
    *_fields(PROOF, Fate.FORGOTTEN, "certificate.content", "certificate.revocation_reason"),
    *_fields(ACCOUNTABILITY, Fate.KEPT, "certificate.revocation_requested_by", "attendance_change.actor"),
    *_fields(PROOF, Fate.KEPT, "certificate.number", "certificate.content_hash", "certificate.verify_token"),
    *_fields(WORK, Fate.FORGOTTEN, "affiliation.organization_name", "affiliation.unit", "affiliation.post"),
    *_fields(WORK, Fate.FORGOTTEN, "affiliation.period"),
    *_fields(SUPERVISOR, Fate.FORGOTTEN, "affiliation.supervisor_name", "affiliation.supervisor_email"),
    *_fields(SUPERVISOR, Fate.FORGOTTEN, "affiliation.supervisor_language"),
    *_fields(SUPERVISOR, Fate.FORGOTTEN, "affiliation.supervisor_text_version"),
    *_fields(CONTACT, Fate.FORGOTTEN, "message.sealed_token"),
    *_fields(CONTACT, Fate.KEPT, "message.facts", "message.language"),
    *_fields(ACCOUNTABILITY, Fate.KEPT, "consent.text_version", "consent.language_tag"),
    *_fields(ACCOUNTABILITY, Fate.KEPT, "consent.third_parties", "consent.collected_by"),
    *_fields(ACCOUNTABILITY, Fate.KEPT, "disclosure.actor"),
    *_fields(ACCOUNTABILITY, Fate.KEPT, "sensitive_read.actor", "sensitive_read.purpose"),
    *_fields(ACCOUNTABILITY, Fate.FORGOTTEN, "legal_hold.subject", "legal_hold.reason"),
    *_fields(ACCOUNTABILITY, Fate.KEPT, "erasure.requested_by", "erasure.approved_by"),
    *_fields(ACCOUNTABILITY, Fate.KEPT, "erasure.confirmations", "merge.moved"),
    *_fields(ACCOUNTABILITY, Fate.KEPT, "erasure.subjects", "erasure.letters"),
)
"""Every column that says something about a person; what is not named here holds ids, times and counts."""

FATES: Final[Mapping[str, Fate]] = {field.name: field.fate for field in INVENTORY}
