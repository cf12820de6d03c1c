"""Survey campaigns: states, kinds, and what respondents are told beforehand."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

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
        CampaignState.ANALYSED: frozenset({CampaignState.PUBLISHED}),
        CampaignState.PUBLISHED: frozenset(),
        CampaignState.CANCELLED: frozenset(),
    },
)


class Phase(StrEnum):
    """When in the life of an edition a survey asks."""

    BASELINE = "baseline"
    DAILY = "daily"
    END = "end"
    THREE_MONTHS = "three_months"
    SIX_MONTHS = "six_months"
    TWELVE_MONTHS = "twelve_months"
    ALUMNI = "alumni"


class Anonymity(StrEnum):
    """What is known of who answered."""

    ANONYMOUS = "anonymous"
    CONFIDENTIAL = "confidential"
    """As the anonymous, and free texts stay with the evaluators until they are moderated."""


class Delivery(StrEnum):
    """How respondents get their tokens."""

    EMAIL = "email"
    SLIPS = "slips"


class TokenState(StrEnum):
    """What became of a ballot token."""

    ISSUED = "issued"
    BOUNCED = "bounced"
    USED = "used"


def progress_in_steps(answered: int, step: int) -> int:
    """Return how many answered at least, in steps of the internal threshold (design E2)."""
    return answered // step * step


def notice(thresholds: Mapping[str, int]) -> dict[str, str]:
    """Return what a respondent is told before answering: who will see what, and from how many answers on."""
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
