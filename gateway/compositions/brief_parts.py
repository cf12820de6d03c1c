"""What a country's brief reads of the services' answers; everything else in them is passed over."""

from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from gateway.compositions.words import Words
from gateway.upstream import MissingPart
from services.common.wire import Instant

Texts = dict[str, str]


class _Read(BaseModel):
    """What a brief reads of another service's answer; everything else is passed over."""

    model_config = ConfigDict(extra="ignore")


class Note(_Read):
    """A doubt about an entry."""

    text: Texts


class PartnerOrganization(_Read):
    """An organization, by its label."""

    label: str | None


class EntryPartner(_Read):
    """Who had a part."""

    organization: PartnerOrganization


class Entry(_Read):
    """A course or a delivery."""

    code: str
    kind: str
    title: Texts
    topic: Texts | None
    date_text: Texts | None
    state: str
    quantity: int | None
    partners: list[EntryPartner]
    notes: list[Note]


class DossierYear(_Read):
    """What began in one year."""

    year: int | None
    entries: list[Entry]


class Dossier(_Read):
    """Everything that a country had part in or received."""

    label: Texts
    years: list[DossierYear]
    notes: list[Note]


class Cell(_Read):
    """A number of people, or none where a rule hides it."""

    group: str
    n: int | None


class OutputYear(_Read):
    """People of one year."""

    year: int | None
    participants: int
    completed: Cell
    by_sex: list[Cell]


class Actual(_Read):
    """A figure as it was reported."""

    value: Decimal | None


class IndicatorFigure(_Read):
    """What an indicator reached."""

    title: Texts
    unit: Texts | None
    period: str
    suppressed: bool
    actual: Actual | None


class Change(_Read):
    """A change that was claimed, and found so or not."""

    change: Texts
    observed: str
    state: str


class Recommended(_Read):
    """What should be different."""

    title: Texts
    edition_title: Texts
    state: str


class Outcomes(_Read):
    """What came of it."""

    outputs: list[OutputYear]
    indicators: list[IndicatorFigure]
    results: list[dict[str, Any]]
    outcome_evidence: list[Change]
    recommendations: list[Recommended] | None


class Amount(_Read):
    """An amount of money, with the decimals of its currency."""

    amount: str
    currency: str


class Costs(_Read):
    """What was paid for a country."""

    currencies: list[Amount]
    reported: Amount


class CallLine(_Read):
    """Seats of one country, or of all (null)."""

    country: str | None
    seats: int | None
    left: int | None


class OpenCall(_Read):
    """A call."""

    title: Texts
    state: str
    closes_at: Instant | None
    seat_lines: list[CallLine]


class Calls(_Read):
    """The calls, latest first."""

    items: list[OpenCall]


class EnumerationValue(_Read):
    """A code in words."""

    code: str
    label: Texts


class NamedValues(_Read):
    """An enumeration."""

    name: str
    values: list[EnumerationValue]


class Vocabulary(_Read):
    """The enumerations of a service."""

    items: list[NamedValues] = Field(default_factory=list)

    def say(self, name: str, code: str, words: Words) -> str:
        """Return a code in words, or as it is where nobody told them."""
        for named in self.items:
            if named.name == name:
                for value in named.values:
                    if value.code == code:
                        return words.of(value.label)
        return code.replace("_", " ")


class BriefParts(_Read):
    """Everything that a brief is made of; what could not be had is null."""

    country: str
    dossier: Dossier
    outcomes: Outcomes | None
    costs: Costs | None
    calls: Calls | None
    vocabulary: Vocabulary
    missing: list[MissingPart]
