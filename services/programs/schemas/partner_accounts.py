"""What a partner shared, gave and got, and what editions of a program cost, on the wire."""

from uuid import UUID

from services.common.clock import Provenance
from services.common.wire import Answer, Reference
from services.common.wire_codes import MoneyRead
from services.programs.domain.editions import EditionState
from services.programs.domain.money import EntryKind
from services.programs.domain.programs import FunctionalRole
from services.programs.schemas.costs import PerHeadRead


class ContributionSum(Answer):
    """What the partner pledged, committed or gave, one exact sum per kind and currency; reversals taken off."""

    kind: EntryKind
    money: MoneyRead


class EditionCostRead(Answer):
    """What one edition has cost; the reported figures are null where a rate is missing."""

    id: UUID
    href: str
    code: str
    title: dict[str, str]
    program: Reference
    period: str
    state: EditionState
    participants: int
    """Seats accepted, as participants last told."""
    currencies: list[MoneyRead]
    """As paid, nothing converted."""
    reported: MoneyRead | None
    """In the reporting currency, each payment by the rate of its day."""
    per_participant: list[PerHeadRead] | None
    """So many participants cost so much each; they sum to the cost exactly."""


class SharedEdition(EditionCostRead):
    """An edition that the partner has a part in."""

    roles: list[FunctionalRole]
    share: MoneyRead | None
    """The partner's part of the reported cost, by what it gave to the funds that paid."""


class PartnerAccount(Answer):
    """What an organization shared with the agency: editions, contributions, its part of their cost."""

    organization: Reference
    names: dict[str, str]
    provenance: Provenance
    currency: str
    """The reporting currency."""
    contributions: list[ContributionSum]
    editions: list[SharedEdition]


class ProgramCosts(Answer):
    """What each edition of a program has cost, side by side."""

    program_id: UUID
    provenance: Provenance
    currency: str
    editions: list[EditionCostRead]
