"""What a program is, and its parts."""

from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum
from typing import Final

WHOLE: Final = Decimal(100)


class ProgramKind(StrEnum):
    """What a program consists of."""

    COURSE_PROGRAM = "course_program"
    SEMINAR_SERIES = "seminar_series"
    MOBILITY = "mobility"
    PROJECT = "project"
    GRANT_SCHEME = "grant_scheme"
    VOUCHER_SCHEME = "voucher_scheme"


class Cadence(StrEnum):
    """How often a program is held."""

    SEVERAL_A_YEAR = "several_a_year"
    ANNUAL = "annual"
    BIENNIAL = "biennial"
    IRREGULAR = "irregular"


class ProgramStatus(StrEnum):
    """Where a program stands in its life."""

    IDEA = "idea"
    PILOT = "pilot"
    ANNUAL = "annual"
    ONE_OFF = "one_off"
    SUSPENDED = "suspended"
    CLOSED = "closed"


class CooperationForm(StrEnum):
    """The form of cooperation as a source states it; the IATI code is derived elsewhere."""

    BILATERAL = "bilateral"
    MULTILATERAL = "multilateral"
    TRILATERAL = "trilateral"


class FunctionalRole(StrEnum):
    """What an organization does in a partnership."""

    LEAD = "lead"
    CO_ORGANIZER = "co_organizer"
    HOST = "host"
    IMPLEMENTER = "implementer"
    FUNDER = "funder"
    KNOWLEDGE_PROVIDER = "knowledge_provider"
    NOMINATOR = "nominator"
    RECIPIENT = "recipient"
    VENUE = "venue"
    CULTURE = "culture"
    PARTNER = "partner"
    """Named as a partner, without saying what it does."""


class TriangularRole(StrEnum):
    """The party's place in triangular cooperation (OECD)."""

    FACILITATOR = "facilitator"
    PIVOTAL = "pivotal"
    BENEFICIARY = "beneficiary"


class SupportKind(StrEnum):
    """How a facilitator supports triangular cooperation (GPI on Effective Triangular Co-operation)."""

    FINANCIAL = "financial"
    TECHNICAL = "technical"
    COORDINATION = "coordination"
    IN_KIND = "in_kind"


def shares_are_whole(shares: Iterable[Decimal | None]) -> bool:
    """Say whether percentages are all known and sum to exactly 100 (invariant P1)."""
    known = list(shares)
    return None not in known and sum((share for share in known if share is not None), Decimal(0)) == WHOLE
