"""Survey campaigns: states, kinds, and what respondents are told beforehand."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from services.common.states import LifeCycle
from services.evaluation.domain.suppression import Audience


class CampaignState(StrEnum):
    """The life of a campaign."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    OPEN = "open"
    CLOSED = "closed"
    ANALYSED = "analysed"
    PUBLISHED = "published"
    ARCHIVED = "archived"
    CANCELLED = "cancelled"


CAMPAIGN_LIFE: Final = LifeCycle(
    initial=CampaignState.DRAFT,
    transitions={
        CampaignState.DRAFT: frozenset(
            {CampaignState.SCHEDULED, CampaignState.OPEN, CampaignState.CANCELLED}
        ),
        CampaignState.SCHEDULED: frozenset({CampaignState.OPEN, CampaignState.CANCELLED}),
        CampaignState.OPEN: frozenset({CampaignState.CLOSED, CampaignState.CANCELLED}),
        CampaignState.CLOSED: frozenset({CampaignState.ANALYSED}),
        CampaignState.ANALYSED: frozenset({CampaignState.PUBLISHED, CampaignState.ARCHIVED}),
        CampaignState.PUBLISHED: frozenset({CampaignState.ARCHIVED}),
        CampaignState.ARCHIVED: frozenset(),
        CampaignState.CANCELLED: frozenset(),
    },
)


class Phase(StrEnum):
    """When in the life of an edition a survey asks."""

    BASELINE = "baseline"
    DAILY = "daily"
    MODULE = "module"
    END = "end"
    THREE_MONTHS = "three_months"
    SIX_MONTHS = "six_months"
    TWELVE_MONTHS = "twelve_months"
    ALUMNI = "alumni"
    SUPERVISOR = "supervisor"
    COUNTRY_OUTCOME = "country_outcome"


class Anonymity(StrEnum):
    """What is known of who answered."""

    ANONYMOUS = "anonymous"
    CONFIDENTIAL = "confidential"
    """As the anonymous, and free texts stay with the evaluators until they are moderated."""
    IDENTIFIED = "identified"
    """Answers are kept with the edition's pseudonym: tests, whose results follow a person, and supervisors'."""


class Delivery(StrEnum):
    """How respondents get their tokens."""

    EMAIL = "email"
    SLIPS = "slips"
    """Codes on paper, drawn from a bowl: no way leads from one to a person, and nobody is reminded."""
    KIOSK = "kiosk"
    """Codes entered one after another at one device, which forgets each respondent before the next."""


class TokenState(StrEnum):
    """What became of a ballot token."""

    ISSUED = "issued"
    BOUNCED = "bounced"
    USED = "used"


OPEN_CAMPAIGN: Final = "campaign.open"
CLOSE_CAMPAIGN: Final = "campaign.close"
COUNT_CAMPAIGN: Final = "campaign.count"
REMIND: Final = "campaign.remind"
"""Kinds of jobs; their subject is the campaign."""

MOST_REMINDERS: Final = 3
INVITATIONS: Final[Mapping[Phase, tuple[str, str]]] = {
    Phase.SUPERVISOR: ("supervisor_invitation", "supervisor_reminder")
}
USUAL_INVITATION: Final = ("survey_invitation", "survey_reminder")
"""The templates by which participants invites to a phase and reminds of it."""
PAPER: Final = frozenset({Delivery.SLIPS, Delivery.KIOSK})
"""Ways of delivery by codes on paper."""
_OPENS_AT: Final = time(9)
"""In the edition's own zone."""
_FROM_START: Final = frozenset({Phase.BASELINE})
"""Phases counted from the first day of an edition; the others from its last."""
LIVE_EDITIONS: Final = frozenset(
    {"announced", "call_open", "selection", "confirmed", "running", "completed", "evaluated"}
)
"""States of editions that are asked about without anybody's doing."""
SURVIVING_EDITIONS: Final = LIVE_EDITIONS | {"planned", "suspended", "archived"}
"""States in which what was planned stays."""


@dataclass(frozen=True)
class Window:
    """When a survey opens and closes."""

    opens_at: datetime
    closes_at: datetime


def plan_window(
    phase: Phase, starts_on: date | None, ends_on: date | None, zone: str, days: tuple[int, int]
) -> Window | None:
    """Return when a phase of an edition is asked: so many days after its first or last day, for so many days.

    None while the day is not known.
    """
    anchor = starts_on if phase in _FROM_START else ends_on
    if anchor is None:
        return None
    after, lasting = days
    opens_at = datetime.combine(anchor + timedelta(days=after), _OPENS_AT, ZoneInfo(zone))
    return Window(opens_at, opens_at + timedelta(days=lasting))


def progress_in_steps(answered: int, step: int) -> int:
    """Return how many answered at least, in steps of the internal threshold (design E2)."""
    return answered // step * step


def notice(
    thresholds: Mapping[str, int], anonymity: Anonymity = Anonymity.ANONYMOUS, phase: Phase = Phase.END
) -> dict[str, str]:
    """Return what a respondent is told before answering (E4): who will see what, from how many answers on."""
    if anonymity is Anonymity.IDENTIFIED:
        known = _SUPERVISOR_NOTICE if phase is Phase.SUPERVISOR else _IDENTIFIED_NOTICE
        return {tag: f"{text} {_NAMED_READERS[tag]}" for tag, text in known.items()}
    told = _notice(thresholds)
    if anonymity is Anonymity.CONFIDENTIAL:
        return {tag: f"{text} {_TEXTS_STAY[tag]} {_NAMED_READERS[tag]}" for tag, text in told.items()}
    return told


_IDENTIFIED_NOTICE: Final = {
    "en": (
        "This is not anonymous: your result is kept with the code under which this course knows you, to compare "
        "before and after, and whether you passed is told to the agency for your certificate. Nobody reads your "
        "single answers before it closes, and they cannot be changed once sent. Others see figures of groups only."
    ),
    "ru": (
        "Это не анонимно: ваш результат хранится с кодом, под которым вас знает этот курс, чтобы сравнить до и "
        "после, а сдали ли вы, сообщается агентству для сертификата. До закрытия ответы никто не читает, изменить "
        "их после отправки нельзя. Остальные видят только показатели групп."
    ),
    "kk": (
        "Бұл жасырын емес: нәтижеңіз осы курс сізді танитын кодпен сақталады, курсқа дейінгі және кейінгі нәтиже "
        "салыстырылады, тапсырғаныңыз сертификат үшін агенттікке айтылады. Жабылғанша жауаптарды ешкім оқымайды, "
        "жіберілген соң өзгертуге болмайды. Басқалар тек топтың көрсеткіштерін көреді."
    ),
}
_SUPERVISOR_NOTICE: Final = {
    "en": (
        "This is not anonymous: what you answer is kept with the code under which the course knows your employee, "
        "who may read it when they ask what is held about them. Evaluators of the agency read it, others see "
        "figures of groups only. Nobody reads it before the survey closes, and it cannot be changed once sent. You "
        "need not answer, and it has no consequences for your employee."
    ),
    "ru": (
        "Это не анонимно: ваши ответы хранятся с кодом, под которым курс знает вашего сотрудника; он может "
        "прочитать их, запросив данные о себе. Их читают оценщики агентства, остальные видят только показатели "
        "групп. До закрытия опроса ответы никто не читает, изменить их после отправки нельзя. Отвечать "
        "необязательно, и для сотрудника это не имеет последствий."
    ),
    "kk": (
        "Бұл жасырын емес: жауаптарыңыз курс қызметкеріңізді танитын кодпен сақталады; ол өзі туралы деректерді "
        "сұратып, оларды оқи алады. Оларды агенттіктің бағалаушылары оқиды, басқалар тек топтың көрсеткіштерін "
        "көреді. Сауалнама жабылғанша жауаптарды ешкім оқымайды, жіберілген соң өзгертуге болмайды. Жауап беру "
        "міндетті емес, бұл қызметкеріңізге әсер етпейді."
    ),
}
_TEXTS_STAY: Final = {
    "en": "What you write in your own words stays with the evaluators.",
    "ru": "То, что вы напишете своими словами, останется у оценщиков.",
    "kk": "Өз сөзіңізбен жазғаныңыз бағалаушыларда қалады.",
}
_NAMED_READERS: Final = {
    "en": "Single answers are read, if at all, by evaluators named for it, and every reading is recorded.",
    "ru": "Отдельные ответы читают, если вообще читают, только названные для этого оценщики; каждое чтение "
    "записывается.",
    "kk": "Жеке жауаптарды оқу қажет болса, оны тек сол үшін аталған бағалаушылар оқиды; әр оқу жазылып алынады.",
}


def _notice(thresholds: Mapping[str, int]) -> dict[str, str]:
    internal, partner = thresholds[Audience.INTERNAL], thresholds[Audience.PARTNER]
    public = thresholds[Audience.PUBLIC]
    return {
        "en": (
            "Your answers are sealed when you send them and cannot be read before the survey closes; nobody can "
            "then tell whose they are, so they cannot be taken back or changed. The agency sees figures from "
            f"{internal} answers on, partners and lecturers (about themselves only) from {partner}, the public "
            f"from {public} if at least half of the group answered. Free texts are read by a moderator first: do "
            "not name yourself in them."
        ),
        "ru": (
            "Ваши ответы запечатываются при отправке и не читаются до закрытия опроса; после этого никто не может "
            "узнать, чьи они, поэтому отозвать или изменить их нельзя. Агентство видит показатели от "
            f"{internal} ответов, партнёры и преподаватели (только о себе) — от {partner}, все — от {public}, если "
            "ответила хотя бы половина группы. Тексты сначала читает модератор: не называйте себя."
        ),
        "kk": (
            "Жауаптарыңыз жіберілген кезде мөрленеді және сауалнама жабылғанша оқылмайды; кейін олардың кімдікі "
            "екенін ешкім біле алмайды, сондықтан оларды қайтарып алуға не өзгертуге болмайды. Агенттік "
            f"көрсеткіштерді {internal} жауаптан бастап, серіктестер мен оқытушылар (тек өзі туралы) {partner} "
            f"жауаптан бастап, жұртшылық топтың кемінде жартысы жауап берсе, {public} жауаптан бастап көреді. "
            "Мәтіндерді алдымен модератор оқиды: өзіңізді атамаңыз."
        ),
    }
