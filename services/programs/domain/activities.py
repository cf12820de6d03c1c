"""An activity as IATI 2.03 knows it: what is published of a program, component, edition, delivery or fund."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Final
from uuid import UUID

if TYPE_CHECKING:
    from services.programs.domain.activity_details import Details

Texts = Mapping[str, str]
"""One text in several languages, by BCP 47 tag."""


class ActivityKind(StrEnum):
    """What of the portfolio is published as an activity; the names are those of the tables."""

    PROGRAM = "program"
    COMPONENT = "component"
    EDITION = "edition"
    DELIVERY = "delivery"
    FUND = "fund"


HIERARCHY: Final[Mapping[ActivityKind, int]] = {
    ActivityKind.PROGRAM: 1,
    ActivityKind.COMPONENT: 2,
    ActivityKind.EDITION: 3,
    ActivityKind.DELIVERY: 4,
    ActivityKind.FUND: 1,
}
"""Money is published of editions, deliveries and funds only, so that no level counts another's."""

_PREFIXES: Final[Mapping[ActivityKind, str]] = {
    ActivityKind.PROGRAM: "PRG",
    ActivityKind.COMPONENT: "CMP",
    ActivityKind.EDITION: "EDN",
    ActivityKind.DELIVERY: "DEL",
    ActivityKind.FUND: "FND",
}


def activity_identifier(reporting: str, kind: ActivityKind, code: str) -> str:
    """Return the identifier of an activity, which begins with the reporting organization's and never changes."""
    return f"{reporting}-{_PREFIXES[kind]}-{code}"


@dataclass(frozen=True)
class Subject:
    """The record of the portfolio that an activity is published from, and that is mended where it is wrong."""

    kind: ActivityKind
    id: UUID
    code: str
    href: str


@dataclass(frozen=True)
class Party:
    """An organization, with its identifier where a register has given it one."""

    names: Texts
    ref: str | None = None
    kind: str | None = None
    """IATI OrganisationType."""
    channel: str | None = None
    """CRS channel code."""


@dataclass(frozen=True)
class Participant:
    """What an organization does in the activity, by IATI OrganisationRole."""

    role: str
    party: Party


@dataclass(frozen=True)
class ActivityDate:
    """A date by IATI ActivityDateType; the note says how exactly it is known, where that is not to the day."""

    type: str
    day: date
    note: Texts | None = None


@dataclass(frozen=True)
class Part:
    """A code and its share of the whole in percent; the note says whose share it is."""

    code: str
    percentage: Decimal | None
    note: Texts | None = None


@dataclass(frozen=True)
class Marker:
    """A policy marker (OECD DAC) and its significance."""

    code: str
    significance: str


@dataclass(frozen=True)
class OtherIdentifier:
    """What others, or an earlier publication, call the activity."""

    ref: str
    type: str
    owner: Party | None = None


@dataclass(frozen=True)
class Value:
    """An amount, negative in a reversal, and the day whose worth it has."""

    amount: Decimal
    currency: str
    day: date


@dataclass(frozen=True)
class Budget:
    """Planned money of a period of at most one year."""

    type: str
    status: str
    starts: date
    ends: date
    value: Value


@dataclass(frozen=True)
class PlannedDisbursement:
    """A payment that is foreseen for a period."""

    starts: date
    ends: date | None
    value: Value
    receiver: Party | None = None


@dataclass(frozen=True)
class Transaction:
    """Money that moved or was promised, by IATI TransactionType."""

    ref: str
    type: str
    day: date
    value: Value
    description: str | None = None
    provider: Party | None = None
    provider_activity: str | None = None
    receiver: Party | None = None
    receiver_activity: str | None = None


@dataclass(frozen=True)
class Document:
    """A public document about the activity."""

    url: str
    format: str
    title: Texts
    category: str
    languages: Sequence[str]
    dated: date | None


@dataclass(frozen=True)
class Related:
    """Another activity, by IATI RelatedActivityType."""

    ref: str
    type: str


@dataclass(frozen=True)
class Condition:
    """What an activity depends on, by IATI ConditionType."""

    type: str
    text: Texts


@dataclass(frozen=True)
class Figure:
    """A figure of a period or baseline, for one part of the whole or, without dimension, for all of it."""

    value: str | None
    dimension: tuple[str, str] | None = None


@dataclass(frozen=True)
class Period:
    """What was aimed at and reached in a period."""

    starts: date
    ends: date
    targets: Sequence[Figure]
    actuals: Sequence[Figure]


@dataclass(frozen=True)
class Indicator:
    """What shows whether a result is reached."""

    code: str
    """The publisher's own."""
    measure: str
    """IATI IndicatorMeasure: 1 units, 2 percent, 5 qualitative and without values."""
    title: Texts
    description: Texts | None
    baseline: tuple[int, Sequence[Figure]] | None
    """Year and figures."""
    periods: Sequence[Period]


@dataclass(frozen=True)
class Result:
    """A result with its indicators, by IATI ResultType."""

    type: str
    title: Texts
    indicators: Sequence[Indicator]


@dataclass(frozen=True)
class Activity:
    """Everything that is published of one subject, in the terms of IATI 2.03."""

    subject: Subject
    identifier: str
    updated_at: datetime
    title: Texts
    description: Texts
    objectives: Texts | None
    participants: Sequence[Participant]
    status: str
    dates: Sequence[ActivityDate]
    details: "Details"
    scope: str | None
    countries: Sequence[Part]
    regions: Sequence[Part]
    sectors: Sequence[Part]
    other_identifiers: Sequence[OtherIdentifier] = ()
    places: Sequence[str] = ()
    goals: Sequence[str] = ()
    targets: Sequence[str] = ()
    markers: Sequence[Marker] = ()
    collaboration_type: str | None = None
    flow_type: str | None = None
    finance_type: str | None = None
    aid_type: str | None = None
    paid_in_vouchers: bool = False
    tied_status: str | None = None
    budget_not_provided: str | None = None
    humanitarian: bool = False
    budgets: Sequence[Budget] = ()
    planned_disbursements: Sequence[PlannedDisbursement] = ()
    transactions: Sequence[Transaction] = ()
    documents: Sequence[Document] = ()
    related: Sequence[Related] = ()
    conditions: Sequence[Condition] = ()
    results: Sequence[Result] = ()
    doubts: Sequence[str] = ()
    """Codes of what the publisher had to assume or leave out."""

    undated: bool = False
    """No source dates its record: there are no dates, and others do not point at it."""

    @property
    def hierarchy(self) -> int:
        """The level at which it stands: 1 for what has no parent."""
        return HIERARCHY[self.subject.kind]


@dataclass(frozen=True)
class Publisher:
    """The agency, as it reports to IATI."""

    ref: str
    kind: str
    names: Texts
    country: str

    @property
    def party(self) -> Party:
        """The agency as one of the organizations of an activity."""
        return Party(self.names, self.ref, self.kind)
